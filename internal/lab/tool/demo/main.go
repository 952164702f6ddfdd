// Command demo runs the provider's main job on real parts: a PostgreSQL that
// speaks TLS, the provider in Terraform or OpenTofu, and a stand-in for the
// RDS API, all on loopback. It fails if the gate does not hold.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

const (
	regionName = "lab-local-1" // No Region of AWS: its roots are not in the fact table.
	instance   = "orders-prod"
	presentCA  = pki.CARSA2048
	targetCA   = pki.CARSA4096
)

func main() {
	picture := flag.String("picture", "", "SVG `file` for the picture of the blocked plan; empty makes none")
	flag.Parse()
	command.Main("demo", func(ctx context.Context, dir string) error {
		if err := run(ctx, dir, *picture); err != nil {
			return fmt.Errorf("the demo failed: %w", err)
		}
		say("Done, and nothing is left running. Real AWS was not reached: the RDS API and aws_db_instance were stand-ins")
		return nil
	})
}

func run(ctx context.Context, dir, picture string) (err error) {
	say("Building the provider, starting PostgreSQL over TLS and a stand-in for the RDS API")
	rds, err := launch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rds.Stop()) }()
	workspace, err := newWorkspace(ctx, dir)
	if err != nil {
		return err
	}
	d := &demo{Workspace: workspace, rds: rds, stores: filepath.Join(dir, "stores"), picture: picture}
	if err := d.fillStores(); err != nil {
		return err
	}
	defer d.disconnect()
	for _, step := range []func(context.Context) error{
		d.connectClients, d.lookAround, d.blocked, d.held, d.mended, d.quiet,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// launch starts a Region with one DB instance on the present CA.
func launch(ctx context.Context) (*region.Region, error) {
	rds, err := region.Start(ctx, regionName, pgserver.Options{
		ForceSSL: pgserver.TLSOnly,
		Roles:    []pgserver.Role{{Name: "readiness", Monitor: true}, {Name: "billing"}, {Name: "reports"}},
	})
	if err != nil {
		return nil, err
	}
	rds.API.PutParameterGroup(rdsserver.ParameterGroup{
		Name: "orders-pg15", Family: "postgres15",
		Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}},
	})
	rds.API.PutEngineVersion(rdsserver.EngineVersion{
		Engine: "postgres", Version: "15.18", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true,
	})
	err = rds.Launch(rdsserver.Instance{
		Identifier: instance, Engine: "postgres", EngineVersion: "15.18", Class: "db.t4g.micro",
		AllocatedStorage: 20, ParameterGroup: "orders-pg15", CAIdentifier: presentCA,
	})
	if err != nil {
		return nil, errors.Join(err, rds.Stop())
	}
	return rds, nil
}

// say prints a headline, in bold on a terminal.
func say(text string) {
	headline := "== " + text
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		headline = "\033[1m" + headline + "\033[0m"
	}
	fmt.Println("\n" + headline)
}

func tell(format string, values ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, values...), "\n") {
		fmt.Println("   " + line)
	}
}
