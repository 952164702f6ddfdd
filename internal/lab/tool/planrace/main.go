// Command planrace measures whole plans of large gates, in one run, and fails
// where one does not hold its bar: the time of a gate with 1,000 clients against
// the data source and against a resource of Terraform's own with the same
// clients, the provider's memory, the plan's lines, 500 gates, the start of the
// process, and what the binary holds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

// The bars.
const (
	maxRatio  = 1.5 // of the gate to the data source, in CPU time of a whole plan
	maxLines  = 300
	maxMemory = 150 << 20
	maxStart  = 60 // ms
)

var errBars = errors.New("a bar does not hold")

func main() {
	if servesAsProvider() {
		return
	}
	clients := flag.Int("clients", 1000, "clients of the large gate")
	gates := flag.Int("gates", 500, "gates in the plan of many")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := race(ctx, *clients, *gates); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1) //nolint:gocritic // Everything was removed in race.
	}
}

func race(ctx context.Context, clients, gates int) (err error) {
	dir, err := os.MkdirTemp("", "planrace-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	built := filepath.Join(dir, "built")
	if err := tfcli.BuildProviders(ctx, built); err != nil {
		return err
	}
	binary := filepath.Join(built, tfcli.SSLReady)
	var bars bars
	if err := bars.start(ctx, binary); err != nil {
		return err
	}
	if err := contents(ctx, binary); err != nil {
		return err
	}
	f, err := newFleet(ctx, max(gates, 1))
	if err != nil {
		return err
	}
	defer f.stop()
	lab, err := newLab(dir, binary)
	if err != nil {
		return err
	}
	if err := bars.oneGate(ctx, lab, f, clients); err != nil {
		return err
	}
	if err := bars.manyGates(ctx, lab, f, gates); err != nil {
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
		mark, b.failed = "FAIL", errBars
	}
	fmt.Printf(mark+" "+format+"\n", arguments...)
}

// oneGate races one gate with many clients.
func (b *bars) oneGate(ctx context.Context, l *lab, f *fleet, clients int) error {
	fmt.Printf("\n%d clients, CPU time of Terraform and its providers (wall time beside it)\n", clients)
	source, err := l.workspace(ctx, "source", f.dataSource(clients))
	if err != nil {
		return err
	}
	plain, err := l.workspace(ctx, "plain", f.plain(clients))
	if err != nil {
		return err
	}
	gate, err := l.workspace(ctx, "gate", f.gate(clients, presentCA))
	if err != nil {
		return err
	}
	reading, err := source.measured(ctx, "data source", "plan")
	if err != nil {
		return err
	}
	own, err := plain.measured(ctx, "terraform_data, new", "plan")
	if err != nil {
		return err
	}
	created, err := gate.measured(ctx, "gate, new", "plan")
	if err != nil {
		return err
	}
	if _, err := plain.measured(ctx, "terraform_data, apply", "apply", "-auto-approve"); err != nil {
		return err
	}
	if _, err := plain.measured(ctx, "terraform_data, unchanged", "plan"); err != nil {
		return err
	}
	if _, err := gate.measured(ctx, "gate, apply", "apply", "-auto-approve"); err != nil {
		return err
	}
	unchanged, err := gate.measured(ctx, "gate, unchanged", "plan")
	if err != nil {
		return err
	}
	if err := gate.configure(f.gate(clients, targetCA)); err != nil {
		return err
	}
	switched, err := gate.measured(ctx, "gate, another target", "plan")
	if err != nil {
		return err
	}
	fmt.Println()
	for name, c := range map[string]cost{"a new gate": created, "an unchanged gate": unchanged, "a gate with another target": switched} {
		ratio := c.cpu.Seconds() / reading.cpu.Seconds()
		b.hold(ratio <= maxRatio, "%s: %.2f times the CPU time of the data source, at most %.1f (terraform_data: %.2f times)", name, ratio, maxRatio, own.cpu.Seconds()/reading.cpu.Seconds())
		b.hold(c.memory <= maxMemory, "%s: the provider holds %d MiB at most, bar %d MiB", name, c.memory>>20, maxMemory>>20)
	}
	b.hold(unchanged.lines <= maxLines, "an unchanged gate: %d lines, at most %d", unchanged.lines, maxLines)
	b.hold(switched.lines <= maxLines, "a gate with another target: %d lines, at most %d", switched.lines, maxLines)
	fmt.Printf("     a new gate: %d lines, terraform_data %d: Terraform prints every argument of what is new\n", created.lines, own.lines)
	return nil
}

// manyGates measures a plan of many gates.
func (b *bars) manyGates(ctx context.Context, l *lab, f *fleet, gates int) error {
	fmt.Printf("\n%d gates of 3 clients\n", gates)
	many, err := l.workspace(ctx, "many", f.gates(gates))
	if err != nil {
		return err
	}
	planned, err := many.measured(ctx, "gates, new", "plan")
	if err != nil {
		return err
	}
	if _, err := many.measured(ctx, "gates, apply", "apply", "-auto-approve"); err != nil {
		return err
	}
	again, err := many.measured(ctx, "gates, unchanged", "plan")
	if err != nil {
		return err
	}
	b.hold(max(planned.memory, again.memory) <= maxMemory, "%d gates: the provider holds %d MiB at most, bar %d MiB", gates, max(planned.memory, again.memory)>>20, maxMemory>>20)
	return nil
}
