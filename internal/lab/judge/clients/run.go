package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
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
	if err := errors.Join(os.Chmod(dir, 0o755), os.Mkdir(b.files.dir, 0o755)); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
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

// Judge is a running client. It is for one goroutine at a time.
type Judge struct {
	client   Client
	cache    string
	home     string
	identity Identity
	program  *judge.Program
}

// grace is how long a runner may take beyond the case's own timeout, and
// startTime how long it may take to introduce itself.
const (
	grace     = 15 * time.Second
	startTime = 4 * time.Minute
)

// Start runs a client's runner and reads its first line.
//
// home is an empty folder. The caller calls [Judge.Close].
// The error is [judge.ErrSilent].
func Start(ctx context.Context, c Client, cache, home string) (*Judge, error) {
	j := &Judge{client: c, cache: cache, home: home}
	return j, j.start(ctx)
}

// Identity returns what the runner said of itself.
func (j *Judge) Identity() Identity { return j.identity }

func (j *Judge) start(ctx context.Context) error {
	args := make([]string, len(j.client.Command))
	for i, arg := range j.client.Command {
		args[i] = j.client.expand(arg, j.cache)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = j.client.dir, j.client.environment(j.cache, j.home)
	program, err := judge.Start(cmd)
	if err != nil {
		return fmt.Errorf("runner %s: %w", j.client.Name(), err)
	}
	if err := program.Read(startTime, &j.identity); err != nil {
		program.Stop()
		return fmt.Errorf("runner %s: first line: %w", j.client.Name(), err)
	}
	j.program = program
	return nil
}

// Ask puts one case to the client and waits for what it did.
//
// A client that hangs or dies is killed and started anew; the result then is
// [Hung] with the last lines that it printed on standard error. The error
// means that the client cannot go on at all.
func (j *Judge) Ask(ctx context.Context, q Question) (Result, error) {
	line, err := json.Marshal(q)
	if err != nil {
		return Result{}, fmt.Errorf("case %s: %w", q.ID, err)
	}
	var result Result
	err = j.program.Ask(line, time.Duration(q.TimeoutMS)*time.Millisecond+grace, &result)
	if err == nil && result.ID == q.ID {
		return result, nil
	}
	result = Result{ID: q.ID, Outcome: Hung, Error: j.program.Complaint()}
	j.Close()
	if ctx.Err() != nil {
		return Result{}, fmt.Errorf("case %s: %w", q.ID, ctx.Err())
	}
	return result, j.start(ctx)
}

// Close ends the runner.
func (j *Judge) Close() {
	if j.program != nil {
		j.program.Stop()
		j.program = nil
	}
}
