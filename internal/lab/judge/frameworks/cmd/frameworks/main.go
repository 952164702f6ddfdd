// Command frameworks installs the frameworks that judge framework_client, puts
// the cases to them, and compares what they hand to their drivers with what is
// predicted. It exits with 1 where a prediction was wrong, and in CI also where a
// judge is missing: elsewhere it is counted and named.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/frameworks"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

// folder is the package's, from the module's root.
const folder = "internal/lab/judge/frameworks"

func main() {
	installOnly := flag.Bool("install-only", false, "install what is missing and stop")
	record := flag.Bool("record", false, "record what the frameworks did for the replay in go test")
	only := flag.String("judge", "", "only judges whose name starts with this text")
	flag.Parse()
	command.Main("frameworks", func(ctx context.Context, home string) error { return run(ctx, home, *installOnly, *record, *only) })
}

var errWrong = errors.New("a prediction was wrong, or a judge is missing")

func run(ctx context.Context, home string, installOnly, record bool, only string) error {
	cache, err := judge.CacheDir()
	if err != nil {
		return err //nolint:wrapcheck // It says what it is.
	}
	judges, err := frameworks.Judges(folder)
	if err != nil {
		return err //nolint:wrapcheck // It names the file.
	}
	judges = slices.DeleteFunc(judges, func(j frameworks.Judge) bool { return !strings.HasPrefix(j.Name, only) })
	var needs []judge.Needs
	for _, j := range judges {
		needs = append(needs, j.Needs)
	}
	if err := judge.InstallDebian(ctx, os.Stderr, needs...); err != nil {
		fmt.Fprintln(os.Stderr, err) // Each judge then says what it lacks.
	}
	failed, missing := false, 0
	for _, j := range judges {
		if err := j.Install(ctx, folder, cache, os.Stderr); err != nil {
			fmt.Printf("MISSING JUDGE: %s: %v\n", j.Name, err)
			missing++
			continue
		}
		if installOnly {
			continue
		}
		own := filepath.Join(home, j.Name)
		if err := os.Mkdir(own, 0o750); err != nil {
			return err
		}
		wrong, err := ask(ctx, j, cache, own, record)
		if err != nil {
			fmt.Println(err)
		}
		failed = failed || wrong || err != nil
	}
	fmt.Printf("%d missing judges\n", missing)
	if failed || missing > 0 && judge.InCI() {
		return errWrong
	}
	return nil
}

// ask puts a judge's cases to it and prints where the prediction differs.
func ask(ctx context.Context, j frameworks.Judge, cache, home string, record bool) (wrong bool, err error) {
	cases, err := frameworks.Cases(folder, j.Framework)
	if err != nil {
		return false, err //nolint:wrapcheck // It names the file.
	}
	answers, err := j.Ask(ctx, folder, cache, home, cases)
	if err != nil {
		return false, err //nolint:wrapcheck // It names the judge.
	}
	differences, undecided, err := j.Compare(cases, answers)
	for _, difference := range differences {
		fmt.Println(j.Name, difference)
	}
	fmt.Printf("%s: %d cases, %d undecided\n", j.Name, len(cases), undecided)
	if wrong = len(differences) > 0; err != nil || !record {
		return wrong, err //nolint:wrapcheck // It names the case.
	}
	var lines strings.Builder
	for _, a := range answers {
		line, err := json.Marshal(a)
		if err != nil {
			return wrong, fmt.Errorf("record: %w", err)
		}
		lines.Write(append(line, '\n'))
	}
	return wrong, os.WriteFile(filepath.Join(folder, "testdata", "recorded", j.Name+".jsonl"), []byte(lines.String()), 0o600)
}
