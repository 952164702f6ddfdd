package main

import (
	"context"
	_ "embed" // the programs of the overlay
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	reached   map[int]bool // mutants that the tests come by
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
		u := unit{file: filepath.Join(work, "unit"+strconv.Itoa(i)), dir: filepath.Join(root, dir), reached: map[int]bool{}}
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

// Run tries mutants, parallel at once, first on the recorded cases, then those
// that survive on the unit tests, and reports each verdict as it is known.
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
				t.recorded(fresh, &v)
				fresh.Stop()
			}
		case t.replay != "":
			if r == nil {
				var err error
				if r, err = t.startReplay(ctx, m); err != nil {
					return err
				}
			}
			if alive := t.recorded(r, &v); !alive {
				stop()
			}
			if v.Killer == Survived {
				t.unitTests(ctx, &v)
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

func (t *Trial) unit(ctx context.Context, u unit, env string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, u.file, "-test.failfast", "-test.short", "-test.skip="+t.target.Skip)
	cmd.Dir, cmd.Env = u.dir, append(os.Environ(), env)
	return cmd
}

// reach runs tests without a mutant, and notes what they come by.
func (t *Trial) reach(ctx context.Context, u unit) error {
	hits := u.file + ".hits"
	if out, err := t.unit(ctx, u, "SSLREADY_MUTANT_HITS="+hits).CombinedOutput(); err != nil {
		return fmt.Errorf("the tests of %s fail without a mutant: %w\n%s", u.dir, err, out)
	}
	content, err := os.ReadFile(hits)
	if err != nil {
		return fmt.Errorf("no test of %s comes by the package: %w", u.dir, err)
	}
	for line := range strings.Lines(string(content)) {
		if id, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			u.reached[id] = true
		}
	}
	return nil
}

func (t *Trial) unitTests(ctx context.Context, v *Verdict) {
	for _, u := range t.tests {
		if !u.reached[v.Mutant.ID] {
			continue
		}
		v.Reached++
		limited, cancel := context.WithTimeout(ctx, unitTimeout)
		err := t.unit(limited, u, "SSLREADY_MUTANT="+strconv.Itoa(v.Mutant.ID)).Run()
		expired := limited.Err() != nil
		cancel()
		switch {
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

// recorded puts a mutant to the recorded cases, and says whether the program is
// still good for another one.
func (t *Trial) recorded(r *judge.Program, v *Verdict) (alive bool) {
	var answer struct {
		Killed bool `json:"killed"`
		Passed int  `json:"passed"`
	}
	if err := r.Ask([]byte(strconv.Itoa(v.Mutant.ID)), time.Minute, &answer); err != nil {
		v.Killer = KilledHang
		return false
	}
	if answer.Killed {
		v.Killer = KilledCase
	}
	v.Reached += min(answer.Passed, 1)
	return true
}
