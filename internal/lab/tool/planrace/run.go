package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

// The variables by which this program, started as the provider, learns which
// one to run, and where to write what it took.
const (
	providerVariable = "PLANRACE_PROVIDER"
	usageVariable    = "PLANRACE_USAGE"
)

// usage is what one process of the provider took: CPU time in nanoseconds, and
// octets of memory.
type usage struct {
	CPU    time.Duration `json:"cpu"`
	Memory int64         `json:"memory"`
}

// servesAsProvider runs the provider where Terraform has started this program
// in its place, and writes what it took: a process knows that of its children.
func servesAsProvider() bool {
	binary := os.Getenv(providerVariable)
	if filepath.Base(os.Args[0]) != tfcli.SSLReady || binary == "" {
		return false
	}
	command := exec.Command(binary, os.Args[1:]...) //nolint:gosec,noctx // Terraform ends it.
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	if state := command.ProcessState; state != nil {
		err = errors.Join(err, writeUsage(usageOf(state)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func usageOf(state *os.ProcessState) usage {
	u := usage{CPU: state.UserTime() + state.SystemTime()}
	if more, is := state.SysUsage().(*syscall.Rusage); is {
		u.Memory = more.Maxrss << 10
	}
	return u
}

func writeUsage(u usage) error {
	file, err := os.OpenFile(os.Getenv(usageVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(file).Encode(u), file.Close())
}

// lab is where Terraform runs with this program as the provider.
type lab struct{ dir, plugins, binary string }

func newLab(dir, binary string) (*lab, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir, plugins: filepath.Join(dir, "plugins"), binary: binary}
	if err := os.Mkdir(l.plugins, 0o750); err != nil {
		return nil, err
	}
	return l, os.Symlink(self, filepath.Join(l.plugins, tfcli.SSLReady))
}

// workspace is a configuration to be run.
type workspace struct {
	*tfcli.Workspace

	usages string
}

func (l *lab) workspace(ctx context.Context, name, configuration string) (*workspace, error) {
	dir := filepath.Join(l.dir, name)
	if err := os.Mkdir(dir, 0o750); err != nil {
		return nil, err
	}
	usages := filepath.Join(dir, "usages")
	made, err := tfcli.NewWorkspace(ctx, dir, l.plugins, providerVariable+"="+l.binary, usageVariable+"="+usages,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=none", "AWS_SHARED_CREDENTIALS_FILE=none")
	if err != nil {
		return nil, err
	}
	w := &workspace{made, usages}
	return w, w.configure(configuration)
}

func (w *workspace) configure(configuration string) error {
	return os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(configuration), 0o600)
}

// cost is what a run of Terraform took: the CPU time of all processes, of the
// provider's among them, the most memory that one of those held, and the lines
// that were written.
type cost struct {
	wall, cpu, provider time.Duration
	memory              int64
	lines               int
}

// measured runs Terraform, and prints what it took.
func (w *workspace) measured(ctx context.Context, name, verb string, flags ...string) (cost, error) {
	c, err := w.run(ctx, name, verb, flags...)
	if err == nil {
		fmt.Printf("     %-28s %6.2f s (%.2f s), the provider %.2f s and %d MiB, %d lines\n", name, c.cpu.Seconds(), c.wall.Seconds(), c.provider.Seconds(), c.memory>>20, c.lines)
	}
	return c, err
}

// run runs Terraform, and says what it took.
func (w *workspace) run(ctx context.Context, name, verb string, flags ...string) (cost, error) {
	if err := os.RemoveAll(w.usages); err != nil {
		return cost{}, err
	}
	command := w.Command(ctx, append([]string{verb, "-input=false", "-no-color"}, flags...)...)
	started := time.Now() //nolint:forbidigo // It measures.
	written, err := command.CombinedOutput()
	c := cost{wall: time.Since(started), lines: bytes.Count(written, []byte("\n"))}
	if err != nil {
		return c, fmt.Errorf("%s: %w\n%s", name, err, written[max(0, len(written)-4000):])
	}
	c.cpu = usageOf(command.ProcessState).CPU // The provider's too: Terraform has waited for it.
	usages, err := os.ReadFile(w.usages)
	if err != nil && !os.IsNotExist(err) {
		return c, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(usages)); ; {
		var one usage
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return c, err
		}
		c.provider, c.memory = c.provider+one.CPU, max(c.memory, one.Memory)
	}
	return c, nil
}
