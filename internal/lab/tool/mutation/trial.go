package mutation

import (
	"bufio"
	"context"
	_ "embed" // the programs of the overlay
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
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
	KilledTest Killer = "test" // a unit test of the package fails
	KilledHang Killer = "hang" // it does not come to an end
)

// Verdict is what became of a mutant.
type Verdict struct {
	Mutant Mutant
	Killer Killer
	// By names the case, or is empty.
	By string
	// Passed is how many recorded cases came by a mutant that they did not
	// kill.
	Passed int
}

// Trial has one package's mutants compiled in.
type Trial struct {
	// Root is the module's folder, Dir the package's below it.
	Root, Dir string
	// Work is a folder for the programs, removed by the caller.
	Work string

	importPath   string
	replay, test string
	mutants      []Mutant
}

const module = "github.com/sslready/terraform-provider-sslready/"

// NewTrial compiles all mutants of a package into its replay and its tests.
//
// The error is [ErrPackage], or what the go command says.
func NewTrial(ctx context.Context, root, dir, work string) (*Trial, error) {
	t := &Trial{Root: root, Dir: dir, Work: work, importPath: module + filepath.ToSlash(dir)}
	p, err := Prepare(filepath.Join(root, dir), t.importPath)
	if err != nil {
		return nil, err
	}
	t.mutants = p.Mutants
	overlay := filepath.Join(work, "overlay.json")
	if err := t.writeOverlay(p, overlay); err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	t.replay, t.test = filepath.Join(work, "replay"), filepath.Join(work, "unit.test")
	builds := [][]string{
		{"build", "-overlay", overlay, "-o", t.replay, "./internal/lab/tool/mutation/replay"},
		{"test", "-c", "-vet=off", "-overlay", overlay, "-o", t.test, "./" + filepath.ToSlash(dir)},
	}
	for _, args := range builds {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: go %s: %w\n%s", ErrPackage, args[0], err, out)
		}
	}
	return t, nil
}

// Mutants returns all of them.
func (t *Trial) Mutants() []Mutant { return t.mutants }

func (t *Trial) writeOverlay(p *Package, file string) error {
	replace := map[string]string{}
	add := func(path string, content []byte) error {
		target := filepath.Join(t.Work, "source-"+strconv.Itoa(len(replace))+".go")
		replace[path] = target
		return os.WriteFile(target, content, 0o600)
	}
	for path, content := range p.Sources {
		if err := add(path, content); err != nil {
			return err //nolint:wrapcheck // wrapped by the caller
		}
	}
	source := strings.NewReplacer("PACKAGE", filepath.Base(t.Dir), "COUNT", strconv.Itoa(len(p.Mutants))).Replace(switchSource)
	if err := add(filepath.Join(t.Root, t.Dir, "mutant_switch.go"), []byte(source)); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	source = strings.ReplaceAll(replaySource, "IMPORT", t.importPath)
	if err := add(filepath.Join(t.Root, "internal", "lab", "tool", "mutation", "replay", "main.go"), []byte(source)); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	return os.WriteFile(file, content, 0o600) //nolint:wrapcheck // wrapped by the caller
}

// Run tries mutants, first on the recorded cases, then those that survive on
// the unit tests, and tells each verdict as it is known.
func (t *Trial) Run(ctx context.Context, mutants []Mutant, told func(Verdict)) error {
	workers := max(runtime.NumCPU(), 1)
	var mu sync.Mutex
	tell := func(v Verdict) {
		mu.Lock()
		defer mu.Unlock()
		told(v)
	}
	var group sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		var share []Mutant
		for at := i; at < len(mutants); at += workers {
			share = append(share, mutants[at])
		}
		group.Go(func() { errs[i] = t.work(ctx, share, tell) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Trial) work(ctx context.Context, mutants []Mutant, tell func(Verdict)) error {
	var r *replayer
	defer func() { r.stop() }()
	for _, m := range mutants {
		if m.AtInit {
			v, err := t.tryAtInit(ctx, m)
			if err != nil {
				return err
			}
			tell(v)
			continue
		}
		if r == nil {
			var err error
			if r, err = t.start(ctx, m); err != nil {
				return err
			}
		}
		v, alive := r.try(m)
		if v.Killer == Survived {
			v.Killer = t.unitTests(ctx, m)
		}
		tell(v)
		if !alive {
			r.stop()
			r = nil
		}
	}
	return nil
}

// tryAtInit tries a mutant that is evaluated when a program starts. The unit
// tests, which take milliseconds, come first there: the replay has to be
// started anew and to go through every case.
func (t *Trial) tryAtInit(ctx context.Context, m Mutant) (Verdict, error) {
	if killer := t.unitTests(ctx, m); killer != Survived {
		return Verdict{Mutant: m, Killer: killer}, nil
	}
	r, err := t.start(ctx, m)
	if errors.Is(err, ErrPackage) {
		return Verdict{Mutant: m, Killer: KilledCase, By: "the program does not start"}, nil
	}
	if err != nil {
		return Verdict{}, err
	}
	defer r.stop()
	v, _ := r.try(m)
	return v, nil
}

// unitTimeout bounds the unit tests under a mutant.
const unitTimeout = 60 * time.Second

func (t *Trial) unitTests(ctx context.Context, m Mutant) Killer {
	ctx, cancel := context.WithTimeout(ctx, unitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.test, "-test.failfast", "-test.short")
	cmd.Dir = filepath.Join(t.Root, t.Dir)
	cmd.Env = append(os.Environ(), "SSLREADY_MUTANT="+strconv.Itoa(m.ID))
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return KilledHang
	case err != nil:
		return KilledTest
	}
	return Survived
}

// replayer is a running replay program.
type replayer struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string
}

// start starts the replay, with a mutant that is evaluated then switched on.
func (t *Trial) start(ctx context.Context, m Mutant) (*replayer, error) {
	lab := filepath.Join(t.Root, "internal", "lab", "judge", "clients", "testdata")
	cmd := exec.CommandContext(ctx, t.replay, filepath.Join(lab, "observed"), filepath.Join(lab, "settings"))
	cmd.Stderr = os.Stderr
	if m.AtInit {
		cmd.Env = append(os.Environ(), "SSLREADY_MUTANT="+strconv.Itoa(m.ID))
		cmd.Stderr = nil
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	r := &replayer{cmd: cmd, in: in, lines: make(chan string, 1)}
	go func() {
		defer close(r.lines)
		scanner := bufio.NewScanner(out)
		for scanner.Scan() {
			r.lines <- scanner.Text()
		}
	}()
	if line, ok := r.line(2 * time.Minute); !ok || line != "ready" {
		r.stop()
		return nil, fmt.Errorf("%w: the replay does not start", ErrPackage)
	}
	return r, nil
}

func (r *replayer) line(limit time.Duration) (string, bool) {
	select {
	case line, ok := <-r.lines:
		return line, ok
	case <-time.After(limit):
		return "", false
	}
}

// try says what the recorded cases do to a mutant, and whether the program is
// still good for another one.
func (r *replayer) try(m Mutant) (Verdict, bool) {
	v := Verdict{Mutant: m}
	if _, err := fmt.Fprintln(r.in, m.ID); err != nil {
		v.Killer, v.By = KilledCase, "the program ends"
		return v, false
	}
	line, ok := r.line(30 * time.Second)
	fields := strings.Fields(line)
	switch {
	case !ok || len(fields) < 3:
		v.Killer = KilledHang
		return v, false
	case fields[1] == "killed":
		v.Killer, v.By = KilledCase, fields[2]
	default:
		v.Passed, _ = strconv.Atoi(fields[2])
	}
	return v, true
}

func (r *replayer) stop() {
	if r == nil {
		return
	}
	_ = r.in.Close()
	_ = r.cmd.Process.Kill()
	for range r.lines {
	}
	_ = r.cmd.Wait()
}
