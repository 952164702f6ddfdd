// Command conformance puts cases to the real clients that are installed and
// compares what they do with what is predicted.
//
// It exits with 1 where a prediction was wrong, and in CI also where a client
// is missing.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/conformance"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/oracle"
)

// options are the command's flags.
type options struct {
	all, full, install, record bool
	drivers, cases             string
	report, table, disagree    string
	perClient, parallel, print int
}

// fullPerClient is how many cases a client gets in a full run, and
// smokePerClient in the default one.
const (
	fullPerClient  = 450
	smokePerClient = 40
)

func main() {
	var o options
	flag.BoolVar(&o.full, "full", false, fmt.Sprintf("up to %d cases a client instead of %d", fullPerClient, smokePerClient))
	flag.BoolVar(&o.all, "all", false, "every case of every client")
	flag.IntVar(&o.perClient, "n", 0, "how many cases a client gets at most; 0 goes by -full and -all")
	flag.BoolVar(&o.install, "install", false, "install missing clients first")
	flag.BoolVar(&o.record, "record", false, "record what the clients did for the replay in go test")
	flag.StringVar(&o.drivers, "driver", "", "only these clients, separated by commas: a driver, or driver-variant")
	flag.StringVar(&o.cases, "case", "", "only cases whose ID contains this text")
	flag.StringVar(&o.report, "report", "", "write the report as JSON to this file")
	flag.StringVar(&o.table, "table", "", "write the table in Markdown to this file")
	flag.StringVar(&o.disagree, "disagreements", "", "write DISAGREE-<client>.md files into this folder")
	flag.IntVar(&o.parallel, "parallel", 3, "how many clients are judged at once")
	flag.IntVar(&o.print, "print", 5, "how many disagreements are printed a client")
	flag.Parse()

	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := o.run(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
	if !ok {
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

// run says whether every prediction was right.
func (o options) run(ctx context.Context) (bool, error) {
	root, err := moduleRoot()
	if err != nil {
		return false, err
	}
	lab := filepath.Join(root, "internal", "lab")
	clients, err := oracle.Discover(filepath.Join(lab, "oracle", "runners"))
	if err != nil {
		return false, err
	}
	clients = slices.DeleteFunc(clients, func(c oracle.Client) bool { return !o.wants(c) })
	cache, err := oracle.CacheDir()
	if err != nil {
		return false, err
	}
	present, missing := oracle.Present(ctx, clients, cache, o.install, os.Stderr)

	dir, err := os.MkdirTemp("", "sslready-conformance-")
	if err != nil {
		return false, fmt.Errorf("temporary folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	if err := os.Chmod(dir, 0o755); err != nil {
		return false, fmt.Errorf("temporary folder: %w", err)
	}
	bench, err := o.bench(ctx, dir, filepath.Join(lab, "conformance", "testdata", "settings"), cache)
	if err != nil {
		return false, err
	}
	defer bench.Cluster.Stop()

	runs, failed := o.judge(ctx, bench, present, filepath.Join(lab, "conformance", "testdata", "observed"))
	report := conformance.NewReport(runs, missing)
	if err := o.write(report); err != nil {
		return false, err
	}
	fmt.Print(report.Markdown())
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		fmt.Printf("MISSING %s: %s\n", name, strings.Join(missing[name], ", "))
	}
	cases, agreed, _ := report.Totals()
	return cases == agreed && !failed && (len(missing) == 0 || !oracle.InCI()), nil
}

func (o options) wants(c oracle.Client) bool {
	return o.drivers == "" || slices.ContainsFunc(strings.Split(o.drivers, ","), func(name string) bool {
		return name == c.Driver || name == c.Name()
	})
}

func (o options) bench(ctx context.Context, dir, settings, cache string) (*conformance.Bench, error) {
	world, err := conformance.NewWorld(time.Now())
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it is about
	}
	cluster, err := conformance.StartCluster(ctx, world, filepath.Join(dir, "servers"), conformance.ServerKinds())
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it is about
	}
	bench, err := conformance.NewBench(world, cluster, settings, cache, filepath.Join(dir, "files"))
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it is about
	}
	bench.PerClient = smokePerClient
	switch {
	case o.perClient > 0:
		bench.PerClient = o.perClient
	case o.all:
		bench.PerClient = 0
	case o.full:
		bench.PerClient = fullPerClient
	}
	if o.cases != "" {
		bench.Select = func(c conformance.Case) bool { return strings.Contains(c.ID(), o.cases) }
	}
	return bench, nil
}

func (o options) judge(ctx context.Context, bench *conformance.Bench, clients []oracle.Client, observed string) (runs []conformance.Run, failed bool) {
	bench.All(ctx, clients, o.parallel, func(c oracle.Client, r conformance.Run, err error, took time.Duration) {
		if err != nil {
			fmt.Printf("ERROR %s: %v\n", c.Name(), err)
			failed = true
			return
		}
		runs = append(runs, r)
		wrong := r.Disagreements()
		fmt.Printf("%-28s %-12s %5d cases, %4d wrong, %s\n", r.Client, r.Identity.Version, len(r.Comparisons), len(wrong), took.Round(time.Second/10))
		for _, d := range wrong[:min(len(wrong), o.print)] {
			fmt.Println("  " + d.String())
		}
		if o.record {
			if err := conformance.Record(observed, c.Settings, r); err != nil {
				fmt.Printf("ERROR %v\n", err)
				failed = true
			}
		}
		if o.disagree != "" {
			if err := disagreements(filepath.Join(o.disagree, "DISAGREE-"+r.Client+".md"), r); err != nil {
				fmt.Printf("ERROR %v\n", err)
				failed = true
			}
		}
	})
	return runs, failed
}

// disagreements writes what a rule's owner has to look at.
func disagreements(file string, r conformance.Run) error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("disagreements: %w", err)
	}
	wrong := r.Disagreements()
	fmt.Fprintf(f, "# %s %s (%s): %d cases, %d wrong\n", r.Client, r.Identity.Version, r.Identity.Runtime, len(r.Comparisons), len(wrong))
	for _, d := range wrong {
		fmt.Fprintf(f, "- %s\n", d)
	}
	texts(f, r)
	if err := f.Close(); err != nil {
		return fmt.Errorf("disagreements: %w", err)
	}
	return nil
}

// texts lists predicted error texts that the client did not print, once each.
func texts(w io.Writer, r conformance.Run) {
	type pair struct{ predicted, observed string }
	seen := map[pair]string{}
	for _, c := range r.Comparisons {
		if c.Agreed() && !c.TextAgreed() {
			p := pair{c.Predicted.ExpectedError, strings.ReplaceAll(c.Observed.Error, "\n", " ⏎ ")}
			if seen[p] == "" {
				seen[p] = c.Case.ID()
			}
		}
	}
	pairs := make([]pair, 0, len(seen))
	for p := range seen {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(seen[a], seen[b]) })
	for _, p := range pairs {
		fmt.Fprintf(w, "- TEXT %s\n    expected %q\n    observed %s\n", seen[p], p.predicted, p.observed)
	}
}

func (o options) write(r conformance.Report) error {
	if o.report != "" {
		content, err := r.JSON()
		if err != nil {
			return err //nolint:wrapcheck // says what it is about
		}
		if err := os.WriteFile(o.report, content, 0o600); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	if o.table != "" {
		if err := os.WriteFile(o.table, []byte(r.Markdown()), 0o600); err != nil {
			return fmt.Errorf("table: %w", err)
		}
	}
	return nil
}
