// Command byhand measures the provider's plan against what a user would write
// today in its place: a shell script around the AWS CLI, psql, openssl and
// keytool. Both ask the same fleet on loopback, must find the same, and are
// measured in one run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

func main() {
	instances := flag.Int("instances", 20, "DB instances")
	runs := flag.Int("runs", 1, "runs of the provider's plan; the slowest counts")
	aws := flag.String("aws", "", "path of the AWS CLI; default: that of PATH")
	least := flag.Float64("least", 20, "fail if the script does not take at least as many times as long, in wall and CPU time")
	flag.Parse()

	command.Main("byhand", func(ctx context.Context, dir string) error {
		return compare(ctx, dir, *instances, *runs, *aws, *least)
	})
}

// side is one way to get the answers.
type side struct {
	name string
	runs int
	run  func(context.Context) ([]Answer, command.Cost, error)
	cost command.Cost
}

func compare(ctx context.Context, dir string, instances, runs int, aws string, least float64) (err error) {
	fleet, err := StartFleet(ctx, dir, instances)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fleet.Stop()) }()
	plan, err := NewPlan(ctx, fleet)
	if err != nil {
		return err
	}
	script, err := NewScript(fleet, aws)
	if err != nil {
		return err
	}
	sides := []side{
		{name: "provider: terraform plan, from nothing", runs: runs, run: plan.Run},
		{name: "script: one process for all", runs: 1, run: script.Loop},
		{name: "script: one process each, as hashicorp/external", runs: 1, run: script.EachAlone},
	}
	if err := measure(ctx, sides); err != nil {
		return err
	}
	return report(sides, instances, least)
}

// measure runs the sides, which must agree.
func measure(ctx context.Context, sides []side) error {
	var agreed []Answer
	for i := range sides {
		for range sides[i].runs {
			answers, cost, err := sides[i].run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", sides[i].name, err)
			}
			if agreed == nil {
				agreed = answers
			}
			if !slices.Equal(answers, agreed) {
				return fmt.Errorf("%s finds something else:\n%+v\n%+v", sides[i].name, answers, agreed)
			}
			sides[i].cost = command.Cost{Wall: max(sides[i].cost.Wall, cost.Wall), CPU: max(sides[i].cost.CPU, cost.CPU)}
		}
	}
	return nil
}

func report(sides []side, instances int, least float64) error {
	fmt.Printf("%d DB instances, the same answers from every side\n\n", instances)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "side\twall\tCPU\tx wall\tx CPU")
	provider, short := sides[0].cost, false
	for _, s := range sides {
		wall, cpu := ratio(s.cost.Wall, provider.Wall), ratio(s.cost.CPU, provider.CPU)
		fmt.Fprintf(table, "%s\t%.2fs\t%.2fs\t%.1f\t%.1f\n", s.name, s.cost.Wall.Seconds(), s.cost.CPU.Seconds(), wall, cpu)
		short = short || (s.name != sides[0].name && min(wall, cpu) < least)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if short {
		return fmt.Errorf("the script does not take %.0f times as long", least)
	}
	return nil
}

func ratio(script, provider time.Duration) float64 { return float64(script) / float64(provider) }
