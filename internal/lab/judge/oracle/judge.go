package oracle

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrRunner is returned where a runner does not keep to the contract: it does
// not start, prints something else, or answers another case.
var ErrRunner = errors.New("the runner does not answer")

// Judge is a running client. It is for one goroutine at a time.
type Judge struct {
	client   Client
	cache    string
	home     string
	identity Identity
	process  *process
}

// process is one run of the runner.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan []byte
	stderr *tail
}

// Start runs a client's runner and reads its first line.
//
// home is an empty folder. The caller calls [Judge.Close].
// The error is [ErrRunner] for a runner that does not start or introduce
// itself within four minutes.
func Start(ctx context.Context, c Client, cache, home string) (*Judge, error) {
	j := &Judge{client: c, cache: cache, home: home}
	if err := j.start(ctx); err != nil {
		return nil, err
	}
	return j, nil
}

// Identity returns what the runner said of itself.
func (j *Judge) Identity() Identity { return j.identity }

func (j *Judge) start(ctx context.Context) error {
	args := make([]string, len(j.client.command))
	for i, arg := range j.client.command {
		args[i] = j.client.expand(arg, j.cache)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = j.client.dir, j.client.environment(j.cache, j.home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("runner %s: %w", j.client.Name(), err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("runner %s: %w", j.client.Name(), err)
	}
	p := &process{cmd: cmd, in: in, lines: make(chan []byte), stderr: &tail{}}
	cmd.Stderr = p.stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("runner %s: %w", j.client.Name(), err)
	}
	go p.read(ctx, out)
	j.process = p
	line, err := p.line(startTime)
	if err != nil {
		j.kill()
		return fmt.Errorf("runner %s: first line: %w", j.client.Name(), err)
	}
	if err := json.Unmarshal(line, &j.identity); err != nil {
		j.kill()
		return fmt.Errorf("%w: runner %s: first line is not JSON", ErrRunner, j.client.Name())
	}
	return nil
}

// Ask tells the client one case and waits for what it did.
//
// A client that hangs or dies is killed and started anew; the result then is
// [Hung] with the last lines that it printed on standard error. The error
// means that the client cannot go on at all.
func (j *Judge) Ask(ctx context.Context, c Case) (Result, error) {
	line, err := json.Marshal(c)
	if err != nil {
		return Result{}, fmt.Errorf("case %s: %w", c.ID, err)
	}
	if j.process == nil {
		if err := j.start(ctx); err != nil {
			return Result{}, err
		}
	}
	if result, err := j.process.ask(line, c); err == nil {
		return result, nil
	}
	j.kill()
	if ctx.Err() != nil {
		return Result{}, fmt.Errorf("case %s: %w", c.ID, ctx.Err())
	}
	return Result{ID: c.ID, Outcome: Hung, Error: j.process.close()}, j.restart(ctx)
}

func (j *Judge) restart(ctx context.Context) error {
	j.process = nil
	return j.start(ctx)
}

// Close ends the runner.
func (j *Judge) Close() {
	if j.process != nil {
		_ = j.process.in.Close()
		j.kill()
		j.process = nil
	}
}

// kill ends the runner and the children that it may have started.
func (j *Judge) kill() {
	p := j.process
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	for range p.lines {
	}
	_ = p.cmd.Wait()
}

func (p *process) ask(line []byte, c Case) (Result, error) {
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return Result{}, fmt.Errorf("case %s: %w", c.ID, err)
	}
	answer, err := p.line(time.Duration(c.TimeoutMS)*time.Millisecond + grace)
	if err != nil {
		return Result{}, err
	}
	var result Result
	if err := json.Unmarshal(answer, &result); err != nil {
		return Result{}, fmt.Errorf("case %s: %w", c.ID, err)
	}
	if result.ID != c.ID {
		return Result{}, fmt.Errorf("%w: answer to %s instead of %s", ErrRunner, result.ID, c.ID)
	}
	return result, nil
}

func (p *process) line(limit time.Duration) ([]byte, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case line, ok := <-p.lines:
		if !ok {
			return nil, fmt.Errorf("%w: it ended: %s", ErrRunner, p.close())
		}
		return line, nil
	case <-timer.C:
		return nil, fmt.Errorf("%w within %s: %s", ErrRunner, limit, p.close())
	}
}

func (p *process) close() string { return p.stderr.String() }

// read passes the runner's lines on and skips what is not JSON, such as a
// library's warning on standard output.
func (p *process) read(ctx context.Context, out io.Reader) {
	defer close(p.lines)
	scanner := bufio.NewScanner(out)
	scanner.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for scanner.Scan() {
		if !strings.HasPrefix(scanner.Text(), "{") {
			continue
		}
		select {
		case p.lines <- []byte(scanner.Text()):
		case <-ctx.Done():
			return
		}
	}
}

// tail keeps the last part of what a runner prints on standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// tailSize is how many bytes of standard error are kept.
const tailSize = 2000

// Write never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = t.text[over:]
	}
	return len(b), nil
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// InCI says whether a missing client is a failure: in CI nothing is left out.
func InCI() bool { return os.Getenv("CI") == "true" }
