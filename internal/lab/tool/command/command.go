// Package command holds what the lab's commands have in common: how they begin
// and end, and how they measure another program.
package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Main runs a command, in the context that an interrupt ends, with a folder of
// its own that is removed after it. Its error is printed, and the process ends with 1.
func Main(name string, run func(ctx context.Context, dir string) error) {
	if err := inFolder(name, run); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func inFolder(name string, run func(ctx context.Context, dir string) error) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "sslready-"+name+"-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return run(ctx, dir)
}

// Cost is what a program and the processes that it waited for took: the time
// that passed, CPU time, user and system, which does not depend on who else uses
// the machine, and the most memory that one of them held, in octets.
type Cost struct {
	Wall, CPU time.Duration
	Memory    int64
}

// Plus is the cost of two programs, one after the other.
func (c Cost) Plus(other Cost) Cost {
	return Cost{Wall: c.Wall + other.Wall, CPU: c.CPU + other.CPU, Memory: max(c.Memory, other.Memory)}
}

// CostOf is what a process took that has ended, without the time that passed.
func CostOf(ended *os.ProcessState) Cost {
	if ended == nil {
		return Cost{}
	}
	cost := Cost{CPU: ended.UserTime() + ended.SystemTime()}
	if usage, is := ended.SysUsage().(*syscall.Rusage); is {
		cost.Memory = usage.Maxrss << 10
	}
	return cost
}

// longestSaid is how many octets of what a program printed an error holds.
const longestSaid = 16 << 10

// Measure runs a program, and returns what it wrote to standard output and what
// it took. The error has what it printed.
func Measure(program *exec.Cmd) ([]byte, Cost, error) {
	var stdout, stderr bytes.Buffer
	program.Stdout, program.Stderr = &stdout, &stderr
	began := time.Now()
	err := program.Run()
	cost := CostOf(program.ProcessState)
	cost.Wall = time.Since(began)
	if err != nil {
		said := slices.Concat(stdout.Bytes(), stderr.Bytes())
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(program.Path), err, said[max(0, len(said)-longestSaid):])
	}
	return stdout.Bytes(), cost, err
}
