package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
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

// Killer says what noticed a mutant.
type Killer string

// The killers. The zero value: nothing did.
const (
	Survived   Killer = ""
	KilledCase Killer = "case" // a recorded case or a vector is predicted differently
	KilledTest Killer = "test" // a unit test fails
	KilledHang Killer = "hang" // it does not come to an end
)

// Verdict is what became of a mutant.
type Verdict struct {
	Mutant Mutant
	Killer Killer
	// Reached is how many programs came by it: the replays, and the unit tests of
	// each package.
	Reached int
}

// Trial has one package's mutants compiled in.
type Trial struct {
	target  Target
	root    string // the module's folder
	work    string // a folder for the programs
	mutants []Mutant
	served  []served
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
	if target.Vectors != "" {
		s := served{file: filepath.Join(work, "vectors"), dir: filepath.Join(root, target.Dir), args: []string{"-test.run=^TestMutants$", "-test.timeout=0"}, most: allCases}
		if err := t.build(ctx, "test", "-c", "-vet=off", "-o", s.file, "./"+target.Dir); err != nil {
			return nil, err
		}
		t.served = append(t.served, s)
	}
	if target.Replay {
		lab := filepath.Join(root, "internal", "lab", "judge", "clients", "testdata")
		s := served{file: filepath.Join(work, "replay"), args: []string{filepath.Join(lab, "observed"), filepath.Join(lab, "settings")}, most: allCases}
		if target.Quick {
			s.most = someCases
		}
		if err := t.build(ctx, "build", "-o", s.file, "./internal/lab/tool/mutation/replay"); err != nil {
			return nil, err
		}
		t.served = append(t.served, s)
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
	started := make([]*judge.Program, len(t.served))
	stop := func(i int) {
		if started[i] != nil {
			started[i].Stop()
			started[i] = nil
		}
	}
	defer func() {
		for i := range started {
			stop(i)
		}
	}()
	for m := range next {
		v := Verdict{Mutant: m}
		// ask puts the mutant to some cases of each program.
		ask := func(most int) error {
			for i, s := range t.served {
				if v.Killer != Survived {
					return nil
				}
				if started[i] == nil || m.AtInit {
					stop(i)
					var err error
					if started[i], err = s.start(ctx, m); err != nil && !m.AtInit {
						return err
					} else if err != nil {
						v.Killer = KilledCase // it does not even start
						continue
					}
				}
				if alive := recorded(started[i], &v, min(most, s.most)); !alive || m.AtInit {
					stop(i)
				}
			}
			return nil
		}
		var err error
		if !m.AtInit { // else the programs have to be started anew, and the unit tests come first
			err = ask(fewCases)
		}
		if v.Killer == Survived {
			t.unitTests(ctx, &v)
		}
		if err == nil && v.Killer == Survived {
			err = ask(allCases)
		}
		if ctx.Err() != nil {
			return ctx.Err() //nolint:wrapcheck // the user stopped it
		}
		if err != nil {
			return err
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
	cmd := exec.CommandContext(ctx, u.file, append(args, "-test.failfast", "-test.short", "-test.skip="+t.skipped())...)
	cmd.Dir, cmd.Env = u.dir, append(os.Environ(), env)
	return cmd
}

// skipped is a regular expression of the tests that are left out: what they put
// to the package comes from a program that is started once.
func (t *Trial) skipped() string {
	var skipped []string
	for _, some := range []string{t.target.Skip, t.target.Vectors} {
		if some != "" {
			skipped = append(skipped, some)
		}
	}
	if t.target.Vectors != "" {
		skipped = append(skipped, "^TestMutants$")
	}
	return strings.Join(skipped, "|")
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
