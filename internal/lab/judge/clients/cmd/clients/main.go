// Command clients installs the real clients that judge the verdicts, puts cases
// to them, and compares what they do with what is predicted.
//
// Debian's packages are installed for everybody, which takes root; npm packages
// and programs that are built go into the user's cache. The command exits with 1
// where a prediction was wrong, and in CI also where a client is missing:
// elsewhere it is counted and named.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

// folder is the package's, from the module's root.
const folder = "internal/lab/judge/clients"

// options are the command's flags.
type options struct {
	install, installOnly, record, full bool
	drivers, cases, report             string
	perClient, parallel, print         int
}

func main() {
	var o options
	flag.BoolVar(&o.full, "full", false, "every client, also those that the tests do without, and up to 450 cases each")
	flag.IntVar(&o.perClient, "n", -1, "how many cases a client gets at most; 0 is all, and without it it is 40, or 450 with -full")
	flag.BoolVar(&o.install, "install", false, "install missing clients first")
	flag.BoolVar(&o.installOnly, "install-only", false, "install missing clients and stop")
	flag.BoolVar(&o.record, "record", false, "record what the clients did for the replay in go test")
	flag.StringVar(&o.drivers, "driver", "", "only these clients, separated by commas: a driver, or driver-variant")
	flag.StringVar(&o.cases, "case", "", "only cases whose ID contains this text")
	flag.StringVar(&o.report, "report", "", "write the report as JSON to this file")
	flag.IntVar(&o.parallel, "parallel", 3, "how many clients are judged at once")
	flag.IntVar(&o.print, "print", 5, "how many wrong predictions are printed a client")
	flag.Parse()
	switch {
	case o.perClient < 0 && o.full:
		o.perClient = 450
	case o.perClient < 0:
		o.perClient = 40
	}
	command.Main("clients", func(ctx context.Context, _ string) error { return o.run(ctx) })
}

func (o options) run(ctx context.Context) error {
	all, err := clients.Discover(filepath.Join(folder, "runners"))
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	all = slices.DeleteFunc(all, func(c clients.Client) bool { return !o.wants(c) })
	cache, err := judge.CacheDir()
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	present, missing := clients.Present(ctx, all, cache, o.install || o.installOnly, os.Stderr)
	wrong := false
	if !o.installOnly {
		if wrong, err = o.judge(ctx, present, missing, cache); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		fmt.Printf("MISSING %s: %s\n", name, strings.Join(missing[name], ", "))
	}
	fmt.Printf("%d of %d clients are installed\n", len(present), len(all))
	switch {
	case wrong:
		return errors.New("predictions are wrong, or clients did not answer")
	case len(missing) > 0 && judge.InCI():
		return errors.New("clients are missing")
	}
	return nil
}

func (o options) wants(c clients.Client) bool {
	if o.drivers == "" {
		return o.full || !c.Full
	}
	return slices.ContainsFunc(strings.Split(o.drivers, ","), func(name string) bool {
		return name == c.Driver || name == c.Name()
	})
}

// judge reports whether a prediction was wrong or a client did not answer.
func (o options) judge(ctx context.Context, present []clients.Client, missing map[string][]string, cache string) (wrong bool, err error) {
	bench, err := clients.NewBench(ctx, filepath.Join(folder, "testdata", "settings"), cache)
	if err != nil {
		return false, err //nolint:wrapcheck // says what it is about
	}
	defer bench.Close()
	bench.PerClient = o.perClient
	bench.Select = func(c clients.Case) bool { return strings.Contains(c.ID(), o.cases) }
	var runs []clients.Run
	bench.All(ctx, present, o.parallel, func(c clients.Client, r clients.Run, err error, took time.Duration) {
		if err == nil && o.record {
			err = clients.Record(filepath.Join(folder, "testdata", "observed"), c.Settings, r)
		}
		if err != nil {
			fmt.Printf("ERROR %s: %v\n", c.Name(), err)
			wrong = true
			return
		}
		runs = append(runs, r)
		disagreements := r.Disagreements()
		fmt.Printf("%-28s %-12s %5d cases, %4d wrong, %s\n", r.Client, r.Identity.Version, len(r.Comparisons), len(disagreements), took.Round(time.Second/10))
		for _, d := range disagreements[:min(len(disagreements), o.print)] {
			fmt.Println("  " + d.String())
		}
	})
	report := clients.NewReport(runs, missing)
	fmt.Print(report.Markdown())
	if o.report != "" {
		content, err := report.JSON()
		if err != nil {
			return false, err //nolint:wrapcheck // says what it is about
		}
		if err := os.WriteFile(o.report, content, 0o600); err != nil {
			return false, fmt.Errorf("report: %w", err)
		}
	}
	cases, agreed, _ := report.Totals()
	return wrong || cases != agreed, nil
}
