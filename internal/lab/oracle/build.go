package oracle

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// binary is the program that build makes; empty where there is none to make.
func (c Client) binary(cache string) string {
	if len(c.goModules) == 0 {
		return ""
	}
	return filepath.Join(c.buildDir(cache), "runner")
}

// Rebuilds says whether the client is compiled from source: its program may be
// older than the runner.
func (c Client) Rebuilds() bool { return len(c.goModules) > 0 }

func (c Client) buildDir(cache string) string {
	return filepath.Join(cache, "go", strings.NewReplacer("/", "-", ":", "-").Replace(c.Name()+"-"+strings.Join(c.goModules, "+")))
}

// build compiles the runner's Go files in a module of their own in the cache,
// so that one runner can be built against several versions of its driver.
func (c Client) build(ctx context.Context, cache string, log io.Writer) error {
	if len(c.goModules) == 0 {
		return nil
	}
	dir := c.buildDir(cache)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	sources, err := filepath.Glob(filepath.Join(c.dir, "*.go"))
	if err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		content, err := os.ReadFile(source)
		if err != nil {
			return fmt.Errorf("build of a runner: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(source)), content, 0o600); err != nil {
			return fmt.Errorf("build of a runner: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module runner\n\ngo 1.24\n"), 0o600); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	env := []string{"GOFLAGS=-mod=mod", "GOWORK=off"}
	if err := run(ctx, log, dir, env, "go", append([]string{"get"}, c.goModules...)...); err != nil {
		return err
	}
	return run(ctx, log, dir, env, "go", "build", "-o", "runner", ".")
}
