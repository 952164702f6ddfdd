// Command standin plays the RDS API of an account on this machine, for whoever
// wants to try the provider without AWS: DB instances in some Regions, all on the
// same CA. It writes the provider's block, a query and trust stores, and runs
// until it is interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/fleet"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

func main() {
	instances := flag.Int("instances", 40, "DB instances in all")
	regions := flag.String("regions", "lab-local-1,lab-local-2", "Regions; they cannot be those of AWS, whose roots nobody can make")
	dir := flag.String("dir", "bin/stand-in", "folder for the provider's block and the trust stores")
	flag.Parse()
	command.Main("standin", func(ctx context.Context, _ string) error {
		return serve(ctx, *dir, strings.Split(*regions, ","), *instances)
	})
}

func serve(ctx context.Context, dir string, regions []string, instances int) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	in := map[string][]string{}
	for i, name := range fleet.Names(instances) {
		region := regions[i%len(regions)]
		in[region] = append(in[region], name)
	}
	account, err := fleet.Start(ctx, dir, in)
	if err != nil {
		return err
	}
	for name, content := range map[string]string{"provider.tf": account.Provider(regions[0]), "fleet.tfquery.hcl": query} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	fmt.Printf(`The RDS API at %s has %d DB instances in %s.

  first DB instance  %s, in %s
  its endpoint       %s
  current CA         %s
  target             %s

In %s are

  provider.tf        the provider's block for it: write your configuration beside it
  fleet.tfquery.hcl  a query for all DB instances that need a gate (Terraform 1.14 and later)
  REGION-old.pem     a trust store with the root of %s
  REGION-both.pem    one that has the root of %s, too

Interrupt it (Ctrl-C) to end it.
`, account.URL, instances, strings.Join(regions, " and "), fleet.Name(0), regions[0], fleet.Host(regions[0], fleet.Name(0)), fleet.PresentCA, fleet.TargetCA,
		dir, fleet.PresentCA, fleet.TargetCA)
	<-ctx.Done()
	return nil
}

const query = `list "sslready_trust_store_validation" "fleet" {
  provider = sslready

  config {
    target_ca_cert_identifier = "` + fleet.TargetCA + `"
    regions                   = ["*"]
  }
}
`
