package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// start measures how long the process takes until it has written the line that
// Terraform waits for. The least of twenty counts: what else runs on the machine
// only makes it longer.
func (b *bars) start(ctx context.Context, binary string) error {
	var times []time.Duration
	for range 20 {
		took, err := handshake(ctx, binary)
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	b.hold(times[0].Milliseconds() < maxStart, "start of the process until its handshake: %d ms (median %d ms), less than %d ms", times[0].Milliseconds(), times[len(times)/2].Milliseconds(), maxStart)
	return nil
}

func handshake(ctx context.Context, binary string) (time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command := exec.CommandContext(ctx, binary)
	command.Env = append(os.Environ(), "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", "PLUGIN_PROTOCOL_VERSIONS=6")
	stdout, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	started := time.Now() //nolint:forbidigo // It measures.
	if err := command.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	took := time.Since(started)
	cancel()
	_ = command.Wait() // It was ended.
	if err != nil || !strings.HasPrefix(line, "1|6|") {
		return 0, fmt.Errorf("the provider's first line is %q: %w", line, err)
	}
	return took, nil
}

// contents prints the size of a binary, as a release has it, and whose code and
// data it holds.
func contents(ctx context.Context, binary string) error {
	stat, err := os.Stat(binary)
	if err != nil {
		return err
	}
	listing, err := exec.CommandContext(ctx, "go", "tool", "nm", "-size", binary).Output()
	if err != nil {
		return fmt.Errorf("go tool nm: %w", err)
	}
	sizes, all := map[string]int{}, 0
	for line := range strings.Lines(string(listing)) {
		columns := strings.Fields(line) // Address, size, type, name.
		if len(columns) < 4 || strings.EqualFold(columns[2], "b") {
			continue // What is only zeros is not in the file.
		}
		size, err := strconv.Atoi(columns[1])
		if err != nil {
			continue
		}
		sizes[owner(columns[3])] += size
		all += size
	}
	names := make([]string, 0, len(sizes))
	for name := range sizes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), strings.Compare(a, b)) })
	fmt.Printf("     binary: %d MiB with its tables of symbols, %d MiB of code and data; of these\n", stat.Size()>>20, all>>20)
	for _, name := range names[:min(12, len(names))] {
		fmt.Printf("     %7.1f MiB %s\n", float64(sizes[name])/(1<<20), name)
	}
	return nil
}

// owner is the module of a symbol, as far as its name says: host and two more
// parts of the path, or the standard library.
func owner(symbol string) string {
	parts := strings.Split(symbol, "/")
	if len(parts) == 1 || !strings.Contains(parts[0], ".") {
		return "the standard library and Go's own tables"
	}
	parts = parts[:min(3, len(parts))]
	last, _, _ := strings.Cut(parts[len(parts)-1], ".")
	parts[len(parts)-1] = last
	return strings.TrimPrefix(strings.Join(parts, "/"), "type:")
}
