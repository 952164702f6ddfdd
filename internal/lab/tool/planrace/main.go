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

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/fleet"
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
	instances := flag.Int("instances", 0, "DB instances of a whole fleet; then nothing else is measured")
	workspaces := flag.Int("workspaces", 20, "workspaces of the fleet, each with a Region of its own")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := inLab(ctx, func(l *lab) error {
		if *instances > 0 {
			return thousands(ctx, l, *instances, *workspaces)
		}
		return race(ctx, l, *clients, *gates)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1) //nolint:gocritic // Everything was removed in race.
	}
}

// inLab runs something with the provider built.
func inLab(ctx context.Context, run func(*lab) error) (err error) {
	dir, err := os.MkdirTemp("", "planrace-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	built := filepath.Join(dir, "built")
	if err := tfcli.BuildProviders(ctx, built); err != nil {
		return err
	}
	l, err := newLab(dir, filepath.Join(built, tfcli.SSLReady))
	if err != nil {
		return err
	}
	return run(l)
}

func race(ctx context.Context, l *lab, clients, gates int) error {
	var bars bars
	if err := bars.start(ctx, l.binary); err != nil {
		return err
	}
	if err := contents(ctx, l.binary); err != nil {
		return err
	}
	a, err := newAccount(ctx, max(gates, 1), regionName)
	if err != nil {
		return err
	}
	defer a.stop()
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
		mark, b.failed = "FAIL", errBars
	}
	fmt.Printf(mark+" "+format+"\n", arguments...)
}

// oneGate races one gate with many clients.
func (b *bars) oneGate(ctx context.Context, l *lab, a *account, clients int) error {
	fmt.Printf("\n%d clients, CPU time of Terraform and its providers (wall time beside it)\n", clients)
	source, err := l.workspace(ctx, "source", a.dataSource(clients))
	if err != nil {
		return err
	}
	plain, err := l.workspace(ctx, "plain", a.plain(clients))
	if err != nil {
		return err
	}
	gate, err := l.workspace(ctx, "gate", a.gate(clients, fleet.PresentCA, false))
	if err != nil {
		return err
	}
	printed, err := l.workspace(ctx, "printed", a.gate(clients, fleet.TargetCA, true))
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
	if _, err := printed.measured(ctx, "gate that is printed, new", "plan"); err != nil {
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
	if err := gate.configure(a.gate(clients, fleet.TargetCA, false)); err != nil {
		return err
	}
	switched, err := gate.measured(ctx, "gate, another target", "plan")
	if err != nil {
		return err
	}
	fmt.Println()
	for _, gate := range []struct {
		name string
		cost
	}{{"a new gate", created}, {"an unchanged gate", unchanged}, {"a gate with another target", switched}} {
		ratio := gate.cpu.Seconds() / reading.cpu.Seconds()
		b.hold(ratio <= maxRatio, "%s: %.2f times the CPU time of the data source, at most %.1f (terraform_data: %.2f times)", gate.name, ratio, maxRatio, own.cpu.Seconds()/reading.cpu.Seconds())
		b.hold(gate.memory <= maxMemory, "%s: the provider holds %d MiB at most, bar %d MiB", gate.name, gate.memory>>20, maxMemory>>20)
		b.hold(gate.lines < maxLines, "%s: %d lines, less than %d (terraform_data: %d)", gate.name, gate.lines, maxLines, own.lines)
	}
	return nil
}

// manyGates measures a plan of many gates.
func (b *bars) manyGates(ctx context.Context, l *lab, a *account, gates int) error {
	fmt.Printf("\n%d gates of 3 clients\n", gates)
	many, err := l.workspace(ctx, "many", a.gates(gates))
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
