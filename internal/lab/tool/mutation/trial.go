package main

import (
	"bufio"
	"cmp"
	"context"
	_ "embed" // the programs of the overlay
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

//go:embed overlay/switch.go.txt
var switchSource string

//go:embed overlay/replay.go.txt
var replaySource string

// Killer says what noticed a mutant.
type Killer string

// The killers. The zero value: nothing did.
const (
	Survived   Killer = ""
	KilledCase Killer = "case" // a recorded case is predicted differently
	KilledTest Killer = "test" // a unit test fails
	KilledHang Killer = "hang" // it does not come to an end
)

// Verdict is what became of a mutant.
type Verdict struct {
	Mutant Mutant
	Killer Killer
	// Reached is how many programs came by it: the replay of the recorded cases
	// and the unit tests of each package.
	Reached int
}

// Trial has one package's mutants compiled in.
type Trial struct {
	target  Target
	root    string // the module's folder
	work    string // a folder for the programs
	mutants []Mutant
	replay  string // empty where no recorded case comes by the package
	tests   []unit
}

// unit is a program of unit tests.
type unit struct {
	file, dir string
	reached   map[int][]string // by mutant, the tests that come by it, the quickest first
	noticed   *atomic.Value    // the test that noticed the last one; it may notice its neighbour, too
}

const module = "github.com/sslready/terraform-provider-sslready/"

// NewTrial compiles all mutants of a package into its replay and its tests.
// work is a folder that the caller removes.
func NewTrial(ctx context.Context, root string, target Target, work string) (*Trial, error) {
	t := &Trial{target: target, root: root, work: work}
	p, err := Prepare(filepath.Join(root, target.Dir), module+target.Dir)
	if err != nil {
		return nil, err
	}
	t.mutants = p.Mutants
	if err := t.writeOverlay(p); err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	if target.Replay {
		t.replay = filepath.Join(work, "replay")
		if err := t.build(ctx, "build", "-o", t.replay, "./internal/lab/tool/mutation/replay"); err != nil {
			return nil, err
		}
	}
	for i, dir := range target.Tests {
		u := unit{file: filepath.Join(work, "unit"+strconv.Itoa(i)), dir: filepath.Join(root, dir), reached: map[int][]string{}, noticed: &atomic.Value{}}
		if err := t.build(ctx, "test", "-c", "-vet=off", "-o", u.file, "./"+dir); err != nil {
			return nil, err
		}
		if err := t.reach(ctx, u); err != nil {
			return nil, err
		}
		t.tests = append(t.tests, u)
	}
	return t, nil
}

func (t *Trial) build(ctx context.Context, args ...string) error {
	args = slices.Insert(args, 1, "-overlay", filepath.Join(t.work, "overlay.json"))
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = t.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", args[0], err, out)
	}
	return nil
}

func (t *Trial) writeOverlay(p *Package) error {
	replace := map[string]string{}
	sources := p.Sources
	sources[filepath.Join(t.root, t.target.Dir, "mutant_switch.go")] = []byte(
		strings.NewReplacer("PACKAGE", p.Name, "COUNT", strconv.Itoa(len(p.Mutants))).Replace(switchSource))
	sources[filepath.Join(t.root, "internal", "lab", "tool", "mutation", "replay", "main.go")] = []byte(
		strings.ReplaceAll(replaySource, "IMPORT", module+t.target.Dir))
	for path, content := range sources {
		replace[path] = filepath.Join(t.work, "source-"+strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(replace[path], content, 0o600); err != nil {
			return err
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.work, "overlay.json"), content, 0o600)
}

// Run tries mutants, parallel at once, and reports each verdict as it is known:
// first on a few of the recorded cases, then on the unit tests, then on all
// cases, as most are noticed by the first few.
func (t *Trial) Run(ctx context.Context, mutants []Mutant, parallel int, report func(Verdict)) error {
	next := make(chan Mutant, len(mutants))
	for _, m := range mutants {
		next <- m
	}
	close(next)
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for range parallel {
		group.Go(func() error {
			return t.try(ctx, next, func(v Verdict) {
				mu.Lock()
				defer mu.Unlock()
				report(v)
			})
		})
	}
	return group.Wait()
}

func (t *Trial) try(ctx context.Context, next <-chan Mutant, report func(Verdict)) error {
	var r *judge.Program
	stop := func() {
		if r != nil {
			r.Stop()
			r = nil
		}
	}
	defer stop()
	for m := range next {
		v := Verdict{Mutant: m}
		switch {
		case m.AtInit:
			// The unit tests come first: the replay has to be started anew.
			if t.unitTests(ctx, &v); v.Killer == Survived && t.replay != "" {
				fresh, err := t.startReplay(ctx, m)
				if err != nil {
					v.Killer = KilledCase // it does not even start
					break
				}
				t.recorded(fresh, &v, t.most())
				fresh.Stop()
			}
		case t.replay != "":
			if r == nil {
				var err error
				if r, err = t.startReplay(ctx, m); err != nil {
					return err
				}
			}
			alive := t.recorded(r, &v, fewCases)
			if v.Killer == Survived {
				t.unitTests(ctx, &v)
			}
			if v.Killer == Survived {
				alive = t.recorded(r, &v, t.most())
			}
			if !alive {
				stop()
			}
		default:
			t.unitTests(ctx, &v)
		}
		if ctx.Err() != nil {
			return ctx.Err() //nolint:wrapcheck // the user stopped it
		}
		report(v)
	}
	return nil
}

// unitTimeout bounds the unit tests of a package under a mutant.
const unitTimeout = 2 * time.Minute

// slow is how much processor time a test takes at most in a quick trial.
const slow = 6 * time.Second

// atOnce is how many tests one process runs: fewer start more processes, and
// more run slow tests that the quick ones make needless.
const atOnce = 10

func (t *Trial) unit(ctx context.Context, u unit, env string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, u.file, append(args, "-test.failfast", "-test.short", "-test.skip="+t.target.Skip)...)
	cmd.Dir, cmd.Env = u.dir, append(os.Environ(), env)
	return cmd
}

// only selects tests by their names.
func only(names ...string) string { return "-test.run=^(" + strings.Join(names, "|") + ")$" }

// reach runs each test alone and without a mutant, and notes what it comes by.
func (t *Trial) reach(ctx context.Context, u unit) error {
	list, err := t.unit(ctx, u, "", "-test.list=^(Test|Fuzz|Example)").Output()
	if err != nil {
		return fmt.Errorf("the tests of %s: %w", u.dir, err)
	}
	hits, took := map[string]string{}, map[string]time.Duration{}
	for name := range strings.FieldsSeq(string(list)) {
		file := u.file + "." + name
		cmd := t.unit(ctx, u, "SSLREADY_MUTANT_HITS="+file, only(name))
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s of %s fails without a mutant: %w\n%s", name, u.dir, err, out)
		}
		took[name] = cmd.ProcessState.UserTime() // The time of day depends on who else is at work.
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("what %s of %s comes by: %w", name, u.dir, err)
		}
		hits[name] = string(content)
	}
	if t.target.Quick {
		maps.DeleteFunc(took, func(_ string, d time.Duration) bool { return d > slow })
	}
	for _, name := range slices.SortedFunc(maps.Keys(took), func(a, b string) int { return cmp.Compare(took[a], took[b]) }) {
		for line := range strings.FieldsSeq(hits[name]) {
			if id, err := strconv.Atoi(line); err == nil {
				u.reached[id] = append(u.reached[id], name)
			}
		}
	}
	if len(u.reached) == 0 {
		return fmt.Errorf("no test of %s comes by the package", u.dir)
	}
	return nil
}

func (t *Trial) unitTests(ctx context.Context, v *Verdict) {
	for _, u := range t.tests {
		v.Reached += min(len(u.reached[v.Mutant.ID]), 1)
		for names := range u.batches(v.Mutant.ID) {
			limited, cancel := context.WithTimeout(ctx, unitTimeout)
			failed, err := firstFailure(t.unit(limited, u, "SSLREADY_MUTANT="+strconv.Itoa(v.Mutant.ID), only(names...), "-test.v=test2json"))
			expired := limited.Err() != nil
			cancel()
			switch {
			case failed != "":
				u.noticed.Store(failed)
				v.Killer = KilledTest
			case expired:
				v.Killer = KilledHang
			case err != nil:
				v.Killer = KilledTest
			default:
				continue
			}
			return
		}
	}
}

var failure = regexp.MustCompile(`^\x16?\s*--- FAIL: (\w+)`)

// firstFailure runs tests until one fails, be it a part of a test, and returns
// the test's name; what comes after it is not waited for. The error is that of a
// program that failed without naming a test.
func firstFailure(tests *exec.Cmd) (name string, err error) {
	out, err := tests.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("read what tests print: %w", err)
	}
	if err := tests.Start(); err != nil {
		return "", fmt.Errorf("start tests: %w", err)
	}
	lines := bufio.NewReader(out)
	for name == "" {
		line, _, err := lines.ReadLine() // A longer line is read in parts.
		if err != nil {
			break
		}
		if failed := failure.FindSubmatch(line); failed != nil {
			name = string(failed[1])
			_ = tests.Process.Kill()
		}
	}
	return name, tests.Wait()
}

// batches gives the tests that come by a mutant: first the one that noticed
// another mutant, then the others, the quickest first.
func (u unit) batches(id int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		names := u.reached[id]
		if at := slices.Index(names, fmt.Sprint(u.noticed.Load())); at >= 0 {
			if !yield(names[at : at+1]) {
				return
			}
			names = slices.Delete(slices.Clone(names), at, at+1)
		}
		slices.Chunk(names, atOnce)(yield)
	}
}

// startReplay starts the replay, with a mutant that is evaluated then switched
// on.
func (t *Trial) startReplay(ctx context.Context, m Mutant) (*judge.Program, error) {
	lab := filepath.Join(t.root, "internal", "lab", "judge", "clients", "testdata")
	cmd := exec.CommandContext(ctx, t.replay, filepath.Join(lab, "observed"), filepath.Join(lab, "settings"))
	if m.AtInit {
		cmd.Env = append(os.Environ(), "SSLREADY_MUTANT="+strconv.Itoa(m.ID))
	}
	p, err := judge.Start(cmd)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	var ready struct{}
	if err := p.Read(10*time.Minute, &ready); err != nil {
		p.Stop()
		return nil, fmt.Errorf("replay: %w", err)
	}
	return p, nil
}

// How many of the recorded cases a mutant is put to, and how long it may take.
const (
	fewCases    = 50
	someCases   = 1000
	allCases    = math.MaxInt
	caseTimeout = 5 * time.Minute
)

func (t *Trial) most() int {
	if t.target.Quick {
		return someCases
	}
	return allCases
}

// recorded puts a mutant to some of the recorded cases, and says whether the
// program is still good for another one.
func (t *Trial) recorded(r *judge.Program, v *Verdict, most int) (alive bool) {
	var answer struct {
		Killed bool `json:"killed"`
		Passed int  `json:"passed"`
	}
	if err := r.Ask(fmt.Appendf(nil, "%d %d", v.Mutant.ID, most), caseTimeout, &answer); err != nil {
		v.Killer = KilledHang
		return false
	}
	if answer.Killed {
		v.Killer = KilledCase
	}
	if most > fewCases {
		v.Reached += min(answer.Passed, 1)
	}
	return true
}
