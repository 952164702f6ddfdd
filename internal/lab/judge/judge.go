// Package judge holds what all judges have in common: a program is started
// and asked, and one that is missing is counted.
//
// A judge is a real program that says who is right: clients of PostgreSQL
// (package clients), validators of certification paths (package paths) and
// readers of trust stores (package stores).
package judge

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ReportVariable names the environment variable with the file to which
// missing judges are added, one a line. `make test` sets it, and prints and
// counts them in the end. Without it they are in the test's own log only.
const ReportVariable = "SSLREADY_MISSING_JUDGES"

// InCI reports whether a missing judge is a failure: in CI, where the
// environment variable CI is "true", nothing is left out.
func InCI() bool { return os.Getenv("CI") == "true" }

// Missing reports that a test goes on without a judge, and what was not judged
// therefore. In CI the test fails.
//
// go test shows nothing of what a passing test logs, and a test that asked
// nobody would look like one that did: hence the report.
func Missing(tb testing.TB, judge, consequence string) {
	tb.Helper()
	line := fmt.Sprintf("MISSING JUDGE: %s: %s (%s)", judge, consequence, tb.Name())
	if InCI() {
		tb.Error(line)
	} else {
		tb.Log(line)
	}
	name := os.Getenv(ReportVariable)
	if name == "" {
		return
	}
	// Test programs run at the same time: one write in append mode is whole.
	report, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatalf("report of missing judges: %v", err)
	}
	if _, err := report.WriteString(line + "\n"); err != nil {
		tb.Errorf("report of missing judges: %v", err)
	}
	if err := report.Close(); err != nil {
		tb.Errorf("report of missing judges: %v", err)
	}
}

// ErrSilent is returned where a program does not keep to the contract: it does
// not start, ends, says nothing in time, or answers with something else.
var ErrSilent = errors.New("the judge does not answer")

// Program is a running judge: each question is a line on its standard input,
// each answer a JSON object on a line of its standard output. It is for one
// goroutine at a time.
type Program struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan []byte
	stderr *tail
}

// Start starts a program. What it prints before the first question is its first
// answer: see [Program.Read]. The caller calls [Program.Stop].
//
// The error is [ErrSilent], or that of a pipe.
func Start(cmd *exec.Cmd) (*Program, error) {
	// Its children end with it, and none of them keeps the pipes open.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	p := &Program{cmd: cmd, in: in, lines: make(chan []byte), stderr: &tail{}}
	cmd.Stderr = p.stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSilent, err)
	}
	go p.read(out)
	return p, nil
}

// Ask puts a question, which holds no line break, and reads the answer, which
// takes limit at most, into a pointer.
//
// The error is [ErrSilent]; after it the program is good for nothing but
// [Program.Stop].
func (p *Program) Ask(question []byte, limit time.Duration, answer any) error {
	if _, err := p.in.Write(append(question, '\n')); err != nil {
		return fmt.Errorf("%w: %w: %s", ErrSilent, err, p.Complaint())
	}
	return p.Read(limit, answer)
}

// Read reads the next line into a pointer, as [Program.Ask] does.
func (p *Program) Read(limit time.Duration, answer any) error {
	select {
	case line, ok := <-p.lines:
		if !ok {
			return fmt.Errorf("%w: it ended: %s", ErrSilent, p.Complaint())
		}
		if err := json.Unmarshal(line, answer); err != nil {
			return fmt.Errorf("%w: %w", ErrSilent, err)
		}
		return nil
	case <-time.After(limit):
		return fmt.Errorf("%w within %s: %s", ErrSilent, limit, p.Complaint())
	}
}

// Complaint returns the last part of what the program printed on standard error.
func (p *Program) Complaint() string { return p.stderr.String() }

// Stop ends the program and the children that it may have started.
func (p *Program) Stop() {
	_ = p.in.Close()
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	for range p.lines {
	}
	_ = p.cmd.Wait()
}

// maxLine bounds an answer, in octets.
const maxLine = 16 << 20

// read passes lines on and skips what is not JSON, such as a library's warning
// on standard output.
func (p *Program) read(out io.Reader) {
	defer close(p.lines)
	scanner := bufio.NewScanner(out)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	for scanner.Scan() {
		if strings.HasPrefix(scanner.Text(), "{") {
			p.lines <- []byte(scanner.Text())
		}
	}
}

// tail keeps the last part of what a program prints on standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// tailSize is how many octets of standard error are kept.
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
