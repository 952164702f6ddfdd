package conformance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/oracle"
)

// Bench is everything that real clients are judged on: servers, files, time.
type Bench struct {
	World   *World
	Cluster *Cluster
	// SettingsDir holds the settings files.
	SettingsDir string
	// Cache is where clients are installed.
	Cache string
	// PerClient is how many cases a client gets at most; zero is all.
	PerClient int
	// Select, where set, narrows the cases further.
	Select func(Case) bool

	dir   string
	files *files
}

// NewBench prepares a bench below an empty folder that the caller removes.
func NewBench(w *World, cluster *Cluster, settingsDir, cache, dir string) (*Bench, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return &Bench{
		World: w, Cluster: cluster, SettingsDir: settingsDir, Cache: cache,
		dir: dir, files: newFiles(w, dir),
	}, nil
}

// caseTimeout bounds one connection of a client.
const caseTimeout = 10 * time.Second

// Judge puts a client's cases to it and returns what it did.
func (b *Bench) Judge(ctx context.Context, client oracle.Client) (Run, error) {
	settings, err := LoadSettings(b.SettingsDir, client.Settings)
	if err != nil {
		return Run{}, err
	}
	judge, err := b.start(ctx, client)
	if err != nil {
		return Run{}, err
	}
	id := judge.Identity()
	run := Run{Client: client.Name(), Identity: id}
	cases := Expand(settings, id.RulesVersion(), id.RuntimeVersion)
	if b.Select != nil {
		cases = slices.DeleteFunc(cases, func(c Case) bool { return !b.Select(c) })
	}
	limit := b.PerClient
	if client.Cases > 0 && limit > 0 {
		limit = min(limit, client.Cases)
	}
	cases = Sample(cases, client.Name(), limit)
	run.Comparisons = make([]Comparison, len(cases))

	group, ctx := errgroup.WithContext(ctx)
	next := make(chan int)
	group.Go(func() error {
		defer close(next)
		for i := range cases {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err() //nolint:wrapcheck // another judge failed
			}
		}
		return nil
	})
	group.Go(func() error { return b.work(ctx, judge, settings, cases, next, run.Comparisons) })
	for range min(client.Parallel, len(cases)/20) - 1 {
		group.Go(func() error {
			judge, err := b.start(ctx, client)
			if err != nil {
				return err
			}
			return b.work(ctx, judge, settings, cases, next, run.Comparisons)
		})
	}
	return run, group.Wait() //nolint:wrapcheck // its errors say what they are about
}

func (b *Bench) start(ctx context.Context, client oracle.Client) (*oracle.Judge, error) {
	home := filepath.Join(b.dir, "home", "empty")
	if err := b.files.folder(home); err != nil {
		return nil, err
	}
	return oracle.Start(ctx, client, b.Cache, home) //nolint:wrapcheck // its errors name the client
}

// work lets one judge answer cases until there are none left, and ends it.
func (b *Bench) work(ctx context.Context, judge *oracle.Judge, s Settings, cases []Case, next <-chan int, out []Comparison) error {
	defer judge.Close()
	for i := range next {
		c := cases[i]
		p, err := b.files.place(s, c, b.Cluster.Port(c.Server))
		if err != nil {
			return err
		}
		t := c.fill(p)
		question := oracle.Case{
			ID: c.ID(), Connection: t.Connection, Environment: t.Environment, Properties: t.Properties,
			Home: p.home, TimeoutMS: caseTimeout.Milliseconds(),
		}
		result, err := judge.Ask(ctx, question)
		if err == nil && result.Outcome == oracle.Hung {
			result, err = judge.Ask(ctx, question) // a busy machine is not a client that hangs
		}
		if err != nil {
			return fmt.Errorf("case %s: %w", c.ID(), err)
		}
		out[i] = Comparison{Case: c, Predicted: predict(b.World, c, judge.Identity(), p, b.World.At), Observed: result}
	}
	return nil
}

// All judges several clients, at most parallel at once, and tells done of
// each as it ends. A client that cannot go on is an error of its own and
// stops no other.
func (b *Bench) All(ctx context.Context, clients []oracle.Client, parallel int, done func(oracle.Client, Run, error, time.Duration)) {
	var group errgroup.Group
	group.SetLimit(parallel)
	var mu sync.Mutex
	for _, client := range clients {
		group.Go(func() error {
			start := time.Now()
			run, err := b.Judge(ctx, client)
			mu.Lock()
			defer mu.Unlock()
			done(client, run, err, time.Since(start))
			return nil
		})
	}
	_ = group.Wait() // no goroutine of it returns an error
}
