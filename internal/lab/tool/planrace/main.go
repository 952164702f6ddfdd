// Command planrace measures whole plans of large gates, in one run, and fails
// where one does not hold its bar: the time of a gate with 1,000 clients against
// the data source and against a resource of Terraform's own with the same
// clients, the provider's memory, the plan's lines, 500 gates, the start of the
// process, and what the binary holds.
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/fleet"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

// The bars.
const (
	maxRatio  = 1.5 // of the gate to the data source, in CPU time of a whole plan
	maxLines  = 300
	maxMemory = 150 << 20
	maxStart  = 60 // ms
)

func main() {
	if servesAsProvider() {
		return
	}
	clients := flag.Int("clients", 1000, "clients of the large gate")
	gates := flag.Int("gates", 500, "gates in the plan of many")
	instances := flag.Int("instances", 0, "DB instances of a whole fleet; then nothing else is measured")
	workspaces := flag.Int("workspaces", 20, "workspaces of the fleet, each with a Region of its own")
	flag.Parse()
	command.Main("planrace", func(ctx context.Context, dir string) error {
		l, err := newLab(ctx, dir)
		if err != nil {
			return err
		}
		if *instances > 0 {
			return thousands(ctx, l, *instances, *workspaces)
		}
		return race(ctx, l, *clients, *gates)
	})
}

func race(ctx context.Context, l *lab, clients, gates int) error {
	var bars bars
	if err := bars.start(ctx, l.binary); err != nil {
		return err
	}
	if err := contents(ctx, l.binary); err != nil {
		return err
	}
	a, err := newAccount(ctx, l.dir, max(gates, 1), regionName)
	if err != nil {
		return err
	}
	if err := bars.oneGate(ctx, l, a, clients); err != nil {
		return err
	}
	if err := bars.manyGates(ctx, l, a, gates); err != nil {
		return err
	}
	return bars.failed
}

// bars remembers whether one was missed.
type bars struct{ failed error }

// hold prints a figure, and its bar.
func (b *bars) hold(holds bool, format string, arguments ...any) {
	mark := "ok  "
	if !holds {
		mark, b.failed = "FAIL", errors.New("a bar does not hold")
	}
	fmt.Printf(mark+" "+format+"\n", arguments...)
}

// oneGate races one gate with many clients.
func (b *bars) oneGate(ctx context.Context, l *lab, a account, clients int) error {
	fmt.Printf("\n%d clients, CPU time of Terraform and its providers (wall time beside it)\n", clients)
	plain, gate, switched := a.plain(clients), a.gate(clients, fleet.PresentCA, false), a.gate(clients, fleet.TargetCA, false)
	took, err := l.inTurn(ctx, []step{
		{"data source", "plan", "source", a.dataSource(clients)},
		{"terraform_data, new", "plan", "plain", plain},
		{"gate, new", "plan", "gate", gate},
		{"gate that is printed, new", "plan", "printed", a.gate(clients, fleet.TargetCA, true)},
		{"terraform_data, apply", "apply", "plain", plain},
		{"terraform_data, unchanged", "plan", "plain", plain},
		{"gate, apply", "apply", "gate", gate},
		{"gate, unchanged", "plan", "gate", gate},
		{"gate, another target", "plan", "gate", switched},
	})
	if err != nil {
		return err
	}
	times := func(name string) float64 { return took[name].CPU.Seconds() / took["data source"].CPU.Seconds() }
	const own = "terraform_data, new"
	fmt.Println()
	for _, name := range []string{"gate, new", "gate, unchanged", "gate, another target"} {
		gate := took[name]
		b.hold(times(name) <= maxRatio, "%s: %.2f times the CPU time of the data source, at most %.1f (terraform_data: %.2f times)", name, times(name), maxRatio, times(own))
		b.hold(gate.provider.Memory <= maxMemory, "%s: the provider holds %d MiB at most, bar %d MiB", name, gate.provider.Memory>>20, maxMemory>>20)
		b.hold(gate.lines < maxLines, "%s: %d lines, less than %d (terraform_data: %d)", name, gate.lines, maxLines, took[own].lines)
	}
	return nil
}

// manyGates measures a plan of many gates.
func (b *bars) manyGates(ctx context.Context, l *lab, a account, gates int) error {
	fmt.Printf("\n%d gates of 3 clients\n", gates)
	many := a.gates(gates)
	took, err := l.inTurn(ctx, []step{
		{"gates, new", "plan", "many", many},
		{"gates, apply", "apply", "many", many},
		{"gates, unchanged", "plan", "many", many},
	})
	if err != nil {
		return err
	}
	most := max(took["gates, new"].provider.Memory, took["gates, unchanged"].provider.Memory)
	b.hold(most <= maxMemory, "%d gates: the provider holds %d MiB at most, bar %d MiB", gates, most>>20, maxMemory>>20)
	return nil
}

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
