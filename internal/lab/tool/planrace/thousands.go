package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/fleet"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

// thousands applies and plans the gates of a fleet as the guide Thousands of
// instances advises it: workspaces that know nothing of each other, as many at a
// time as the machine has processors, and one report out of all.
func thousands(ctx context.Context, l *lab, instances, workspaces int) error {
	each := max(instances/workspaces, 1)
	regions := make([]string, workspaces)
	for i := range regions {
		regions[i] = fmt.Sprintf("lab-local-%d", i+1)
	}
	a, err := newAccount(ctx, l.dir, each, regions...)
	if err != nil {
		return err
	}
	parts := make([]*workspace, workspaces)
	for i, region := range regions {
		if parts[i], err = l.workspace(ctx, region, a.part(region, each)); err != nil {
			return err
		}
	}
	fmt.Printf("\n%d DB instances with a gate of 3 clients each, in %d workspaces, %d at a time\n", each*workspaces, workspaces, runtime.NumCPU())
	for _, verb := range []string{"apply", "plan"} {
		if err := a.everywhere(ctx, parts, verb); err != nil {
			return err
		}
	}
	return report(ctx, parts, each*workspaces)
}

// part is the configuration of one workspace, as in the guide. In the first of
// its gates, a client is not ready.
func (a account) part(region string, gates int) string {
	return a.Provider(region) + fmt.Sprintf(`
locals {
  clients = %[1]s
  stale   = %[2]s
}

resource "sslready_trust_store_validation" "all" {
  for_each = toset([for n in range(%[3]d) : format("orders-%%03d", n)])

  db_instance_identifier    = each.key
  target_ca_cert_identifier = %[4]q
  on_unready                = "hold"
  clients                   = each.key == %[5]q ? local.stale : local.clients
}

output "gates" {
  value = {
    for id, gate in sslready_trust_store_validation.all : "%[6]s/${id}" => {
      ready   = gate.ready
      ca      = gate.ca_cert_identifier
      summary = gate.summary
      unready = { for name, verdict in gate.verdicts : name => verdict.remedy if !verdict.ready }
    }
  }
}
`, a.clients(region, 3, 0), a.clients(region, 3, 1), gates, fleet.TargetCA, fleet.Name(0), region)
}

// everywhere runs Terraform in all parts, and prints what it took.
func (a account) everywhere(ctx context.Context, parts []*workspace, verb string) error {
	for _, api := range a.APIs {
		api.ResetRequests()
	}
	costs := make([]cost, len(parts))
	started := time.Now() //nolint:forbidigo // It measures.
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, part := range parts {
		group.Go(func() (err error) {
			costs[i], err = part.run(ctx, verb)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	passed, calls := time.Since(started), 0
	for _, api := range a.APIs {
		calls = max(calls, api.RDSCalls())
	}
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.Wall, b.Wall) })
	var all, provider command.Cost
	for _, c := range costs {
		all, provider = all.Plus(c.Cost), provider.Plus(c.provider)
	}
	middle := costs[len(costs)/2]
	fmt.Printf("     %s: %.0f s for all; a workspace %.0f s (the slowest %.0f s), %d lines, %d calls of the RDS API at most; CPU time %.0f s, of which the provider %.0f s; it holds %d MiB at most\n",
		map[string]string{"apply": "the first apply", "plan": "a plan in which nothing changes"}[verb], passed.Seconds(), middle.Wall.Seconds(), costs[len(costs)-1].Wall.Seconds(), middle.lines, calls, all.CPU.Seconds(), provider.CPU.Seconds(), provider.Memory>>20)
	return nil
}

// report puts the outputs of all parts together, and fails where a gate is
// missing or let through what is not ready.
func report(ctx context.Context, parts []*workspace, want int) error {
	type gate struct {
		Ready   bool              `json:"ready"`
		Unready map[string]string `json:"unready"`
	}
	gates := map[string]gate{}
	for _, part := range parts {
		var ofPart map[string]gate
		if err := part.Output(ctx, "gates", &ofPart); err != nil {
			return err
		}
		maps.Copy(gates, ofPart)
	}
	var held []string
	for name, gate := range gates {
		if !gate.Ready {
			held = append(held, name)
		}
		if gate.Ready != (len(gate.Unready) == 0) {
			return fmt.Errorf("%s: ready is %t, and not ready are %v", name, gate.Ready, gate.Unready)
		}
	}
	slices.Sort(held)
	fmt.Printf("     one report out of all: %d DB instances, %d not ready: %s, …\n", len(gates), len(held), strings.Join(held[:min(3, len(held))], ", "))
	if len(gates) != want || len(held) != len(parts) {
		return fmt.Errorf("the report has %d DB instances, %d not ready; want %d and %d", len(gates), len(held), want, len(parts))
	}
	return nil
}
