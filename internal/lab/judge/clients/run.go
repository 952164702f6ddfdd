package clients

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Bench is everything that real clients are judged on: servers, files, time.
type Bench struct {
	// PerClient is how many cases a client gets at most; zero is all.
	PerClient int
	// Select, where set, narrows the cases further.
	Select func(Case) bool

	world           *World
	cluster         *Cluster
	settings, cache string // folders
	dir             string
	files           *files
}

// NewBench starts one server of each kind and prepares a folder for the files of
// cases. settings is the folder of the settings files, cache the one in which
// clients are installed. The caller calls [Bench.Close].
func NewBench(ctx context.Context, settings, cache string) (*Bench, error) {
	world, err := NewWorld(time.Now())
	if err != nil {
		return nil, err
	}
	// The servers' own user has to enter it, so it is none of a test's folders.
	dir, err := os.MkdirTemp("", "sslready-conformance-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	b := &Bench{world: world, settings: settings, cache: cache, dir: dir, files: newFiles(world, filepath.Join(dir, "files"))}
	for _, folder := range []string{dir, b.files.dir} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
		if err := os.Chmod(folder, 0o755); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
	}
	if b.cluster, err = StartCluster(ctx, world, filepath.Join(dir, "servers"), ServerKinds()); err != nil {
		_ = os.RemoveAll(dir) // the servers' error counts
		return nil, err
	}
	return b, nil
}

// Close stops the servers and removes the files.
func (b *Bench) Close() {
	b.cluster.Stop()
	_ = os.RemoveAll(b.dir) // a leftover does no harm
}

// caseTimeout bounds one connection of a client.
const caseTimeout = 10 * time.Second

// cases are the client's, as far as they are wanted.
func (b *Bench) cases(client Client, settings Settings, id Identity) []Case {
	cases := Expand(settings, id.RulesVersion(), id.RuntimeVersion)
	if b.Select != nil {
		cases = slices.DeleteFunc(cases, func(c Case) bool { return !b.Select(c) })
	}
	limit := b.PerClient
	if client.Cases > 0 && limit > 0 {
		limit = min(limit, client.Cases)
	}
	return Sample(cases, client.Name(), limit)
}

// Judge puts a client's cases to it and returns what it did.
func (b *Bench) Judge(ctx context.Context, client Client) (Run, error) {
	settings, err := LoadSettings(b.settings, client.Settings)
	if err != nil {
		return Run{}, err
	}
	judge, err := b.start(ctx, client)
	if err != nil {
		return Run{}, err
	}
	run := Run{Client: client.Name(), Identity: judge.Identity()}
	cases := b.cases(client, settings, run.Identity)
	run.Comparisons = make([]Comparison, len(cases))
	next := make(chan int, len(cases))
	for i := range cases {
		next <- i
	}
	close(next)
	group, ctx := errgroup.WithContext(ctx)
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

func (b *Bench) start(ctx context.Context, client Client) (*Judge, error) {
	home := filepath.Join(b.files.dir, "home", "empty")
	if err := b.files.folder(home); err != nil {
		return nil, err
	}
	return Start(ctx, client, b.cache, home)
}

// work lets one judge answer cases until there are none left, and ends it.
func (b *Bench) work(ctx context.Context, judge *Judge, s Settings, cases []Case, next <-chan int, out []Comparison) error {
	defer judge.Close()
	for i := range next {
		c := cases[i]
		p, err := b.files.place(s, c, b.cluster.Port(c.Server))
		if err != nil {
			return err
		}
		t := c.fill(p)
		question := Question{
			ID: c.ID(), Connection: t.Connection, Environment: t.Environment, Properties: t.Properties,
			Home: p.home, TimeoutMS: caseTimeout.Milliseconds(),
		}
		result, err := judge.Ask(ctx, question)
		if err == nil && result.Outcome == Hung {
			result, err = judge.Ask(ctx, question) // a busy machine is not a client that hangs
		}
		if err != nil {
			return fmt.Errorf("case %s: %w", c.ID(), err)
		}
		out[i] = Comparison{Case: c, Predicted: predict(b.world, c, judge.Identity(), p, b.world.At), Observed: result}
	}
	return nil
}

// All judges several clients, at most parallel at once, and reports each as it
// ends. A client that cannot go on is an error of its own and stops no other.
func (b *Bench) All(ctx context.Context, clients []Client, parallel int, done func(Client, Run, error, time.Duration)) {
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
