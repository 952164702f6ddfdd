package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/fleet"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

const (
	regionName = "lab-local-1"
	unready    = 8 // of the large gate's clients
)

// account is an RDS API of one or more Regions, and the trust stores of each.
type account struct {
	url    string
	stop   func()
	apis   []*rdsserver.Server
	stores map[string]fleet.Stores
}

// newAccount has as many DB instances in each Region.
func newAccount(ctx context.Context, instances int, regions ...string) (*account, error) {
	dir, err := os.MkdirTemp("", "planrace-stores-")
	if err != nil {
		return nil, err
	}
	a := &account{stores: map[string]fleet.Stores{}}
	for _, region := range regions {
		api, stores, err := fleet.New(region, dir, fleet.Names(instances))
		if err != nil {
			return nil, err
		}
		a.apis, a.stores[region] = append(a.apis, api), stores
	}
	url, stop, err := rdsserver.NewRegions(a.apis...).Start(ctx)
	a.url = url
	a.stop = func() {
		stop()
		_ = os.RemoveAll(dir)
	}
	return a, err
}

// clients declares them for a Region; the first are not ready.
func (a *account) clients(region string, count, first int) string {
	var b strings.Builder
	b.WriteString("{\n")
	for i := range count {
		store := a.stores[region].Both
		if i < first {
			store = a.stores[region].Old
		}
		fmt.Fprintf(&b, `    client-%04[1]d = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %[2]q }
      match       = { usernames = ["user-%04[1]d"] }
    }
`, i, filepath.ToSlash(store))
	}
	b.WriteString("  }")
	return b.String()
}

func (a *account) provider(region string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    sslready = { source = "sslready/sslready" }
  }
}

provider "sslready" {
  region                 = %q
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true
  endpoints              = { rds = %[2]q, sts = %[2]q }
}
`, region, a.url)
}

func (a *account) dataSource(clients int) string {
	return a.provider(regionName) + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  clients                   = %s
}
`, fleet.Name(0), fleet.TargetCA, a.clients(regionName, clients, unready))
}

// gate is one as the docs advise it for many clients: without details, and with
// clients that Terraform does not print, unless printed.
func (a *account) gate(clients int, target string, printed bool) string {
	declared := a.clients(regionName, clients, unready)
	if !printed {
		declared = "sensitive(" + declared + ")"
	}
	return a.provider(regionName) + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  details                   = false
  clients                   = %s
}
`, fleet.Name(0), target, declared)
}

// plain has the same clients in a resource that does nothing: what they cost
// Terraform.
func (a *account) plain(clients int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"orders\" {\n  input = %s\n}\n", a.clients(regionName, clients, unready))
}

func (a *account) gates(count int) string {
	return a.provider(regionName) + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  count                     = %d
  db_instance_identifier    = format("orders-%%03d", count.index)
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  clients                   = %s
}
`, count, fleet.TargetCA, a.clients(regionName, 3, 0))
}
