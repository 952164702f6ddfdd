// Command mutation spoils the rules of packages one by one and reports what
// the recorded cases and the unit tests do not notice: a rule that can be wrong
// without a failing test is not tested.
//
// All mutants of a package are compiled into one program at once, each behind
// a switch, so that trying one takes milliseconds instead of a build. The
// sources are changed in an overlay of the go command only, never on disk.
//
// Its arguments are the folders of packages, such as internal/conninfo, or
// driver/jvm for a family of drivers; none is all. It exits with 1 where a mutant survives that nobody has reviewed, and
// where a reviewed one is noticed now.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

type options struct {
	files, kinds     *regexp.Regexp
	sample, parallel int
	list, quick      bool
}

func main() {
	var o options
	files := flag.String("file", "", "only files whose name matches this regular expression")
	kinds := flag.String("kind", "", "only mutants of which the description, such as \"condition dropped: a == b\" or \"Fails becomes Indeterminate\", matches this regular expression")
	flag.IntVar(&o.sample, "sample", 1, "try every n-th mutant only")
	flag.IntVar(&o.parallel, "parallel", 2, "how many mutants are tried at once")
	flag.BoolVar(&o.quick, "quick", false, "leave out slow tests and most recorded cases: what survives then may be noticed by the rest")
	flag.BoolVar(&o.list, "list", false, "list the mutants and stop")
	flag.Parse()
	o.files, o.kinds = regexp.MustCompile(*files), regexp.MustCompile(*kinds)
	command.Main("mutation", func(ctx context.Context, dir string) error { return o.run(ctx, dir, flag.Args()) })
}

// run tries the packages of the working directory's module.
func (o options) run(ctx context.Context, work string, dirs []string) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	targets, known, bad := Targets(root), Reviewed(), false
	for _, dir := range dirs {
		if !slices.ContainsFunc(targets, func(t Target) bool { return within(t.Dir, dir) }) {
			return fmt.Errorf("no such package: %s", dir)
		}
	}
	for _, target := range targets {
		if len(dirs) > 0 && !slices.ContainsFunc(dirs, func(dir string) bool { return within(target.Dir, dir) }) {
			continue
		}
		target.Quick = o.quick
		failed, err := o.try(ctx, root, filepath.Join(work, target.Dir), target, known)
		if err != nil {
			return fmt.Errorf("%s: %w", target.Dir, err)
		}
		bad = bad || failed
	}
	if bad {
		return errors.New("mutants survive that nobody has reviewed, or reviewed ones do not survive")
	}
	return nil
}

func within(dir, named string) bool {
	named = strings.TrimPrefix(strings.TrimSuffix(named, "/"), "./")
	named = "internal/" + strings.TrimPrefix(named, "internal/")
	return dir == named || strings.HasPrefix(dir, named+"/")
}

// try reports whether a package has something to be looked at.
func (o options) try(ctx context.Context, root, work string, target Target, known map[string]string) (bad bool, err error) {
	if err := os.MkdirAll(work, 0o750); err != nil {
		return false, fmt.Errorf("temporary folder: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // The programs of a package are large.
	start := time.Now()
	trial, err := NewTrial(ctx, root, target, work)
	if err != nil {
		return false, err
	}
	var chosen []Mutant
	of := 0
	for _, m := range trial.mutants {
		if !o.files.MatchString(m.File) || !o.kinds.MatchString(m.What) {
			continue
		}
		if of%o.sample == 0 {
			chosen = append(chosen, m)
		}
		of++
	}
	if o.list {
		for _, m := range chosen {
			fmt.Println(target.Dir, m)
		}
		return false, nil
	}
	fmt.Printf("%s: %d mutants, %d selected, %d tried, built in %s\n", target.Dir, len(trial.mutants), of, len(chosen), time.Since(start).Round(time.Second))
	counts := map[Killer]int{}
	err = trial.Run(ctx, chosen, o.parallel, func(v Verdict) {
		counts[v.Killer]++
		name := target.Dir + " " + v.Mutant.Name()
		why, reviewed := known[name]
		switch {
		case v.Killer == Survived && reviewed:
			fmt.Printf("SURVIVES %s: %s\n", v.Mutant, why)
		case v.Killer == Survived:
			fmt.Printf("SURVIVED %s:%d\t%s\t(reached by %d programs)\n", target.Dir+"/"+v.Mutant.File, v.Mutant.Line, name, v.Reached)
			bad = true
		case reviewed:
			fmt.Printf("NOTICED %s: take it off the list of reviewed survivors\n", name)
			bad = true
		}
	})
	fmt.Printf("%s: %d tried: %d noticed by recorded cases, %d by unit tests, %d hung, %d survived, %s\n", target.Dir, len(chosen),
		counts[KilledCase], counts[KilledTest], counts[KilledHang], counts[Survived], time.Since(start).Round(time.Second))
	return bad, err
}
