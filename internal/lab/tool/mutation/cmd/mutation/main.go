// Command mutation spoils the rules of a package one by one and reports what
// the recorded cases and the unit tests do not notice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/mutation"
)

func main() {
	dir := flag.String("package", "internal/driver", "folder of the package below the module's")
	files := flag.String("file", "", "only files whose name matches this regular expression")
	sample := flag.Int("sample", 1, "try every n-th mutant only")
	list := flag.Bool("list", false, "list the mutants and stop")
	flag.Parse()

	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	survived, err := run(ctx, *dir, *files, *sample, *list)
	cancel()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(2)
	case survived > 0:
		os.Exit(1)
	}
}

// errNoModule means that the command was started outside the source tree.
var errNoModule = errors.New("no go.mod above the working directory")

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("working directory: %w", err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
	}
	return "", errNoModule
}

// run returns how many mutants nothing noticed.
func run(ctx context.Context, dir, files string, sample int, list bool) (int, error) {
	root, err := moduleRoot()
	if err != nil {
		return 0, err
	}
	pattern, err := regexp.Compile(files)
	if err != nil {
		return 0, fmt.Errorf("-file: %w", err)
	}
	work, err := os.MkdirTemp("", "sslready-mutation-")
	if err != nil {
		return 0, fmt.Errorf("temporary folder: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder
	start := time.Now()
	trial, err := mutation.NewTrial(ctx, root, dir, work)
	if err != nil {
		return 0, err //nolint:wrapcheck // says what it is about
	}
	var chosen []mutation.Mutant
	for _, m := range trial.Mutants() {
		if pattern.MatchString(m.File) {
			chosen = append(chosen, m)
		}
	}
	if sample > 1 {
		var every []mutation.Mutant
		for i := 0; i < len(chosen); i += sample {
			every = append(every, chosen[i])
		}
		chosen = every
	}
	if list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return 0, nil
	}
	fmt.Printf("%d mutants of %s, %d tried, built in %s\n", len(trial.Mutants()), dir, len(chosen), time.Since(start).Round(time.Second))
	return report(ctx, trial, chosen, start)
}

func report(ctx context.Context, trial *mutation.Trial, chosen []mutation.Mutant, start time.Time) (int, error) {
	counts := map[mutation.Killer]int{}
	byFile := map[string][2]int{}
	alive := 0
	err := trial.Run(ctx, chosen, func(v mutation.Verdict) {
		counts[v.Killer]++
		score := byFile[v.Mutant.File]
		score[0]++
		if v.Killer == mutation.Survived {
			fmt.Printf("SURVIVED %s (passed by %d recorded cases)\n", v.Mutant, v.Passed)
			alive++
			score[1]++
		}
		byFile[v.Mutant.File] = score
	})
	names := make([]string, 0, len(byFile))
	for name := range byFile {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Printf("%-32s %5d mutants, %4d survived\n", name, byFile[name][0], byFile[name][1])
	}
	fmt.Printf("%d tried: %d killed by recorded cases, %d by unit tests, %d hung, %d survived, %s\n", len(chosen),
		counts[mutation.KilledCase], counts[mutation.KilledTest], counts[mutation.KilledHang], counts[mutation.Survived], time.Since(start).Round(time.Second))
	return alive, err
}
