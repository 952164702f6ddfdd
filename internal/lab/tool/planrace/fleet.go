package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

const (
	regionName = "lab-local-1"
	presentCA  = pki.CARSA2048
	targetCA   = pki.CARSA4096
	unready    = 8 // of the large gate's clients
)

// fleet is an RDS API, and two trust stores.
type fleet struct {
	url       string
	stop      func()
	old, both string
}

func newFleet(ctx context.Context, instances int) (*fleet, error) {
	api, cas := rdsserver.New(rdsserver.Options{Region: regionName}), pki.NewRegion(regionName, time.Now().AddDate(0, -1, 0))
	dir, err := os.MkdirTemp("", "planrace-stores-")
	if err != nil {
		return nil, err
	}
	f := &fleet{old: filepath.Join(dir, "old.pem"), both: filepath.Join(dir, "both.pem")}
	var stores []byte
	for _, id := range []string{presentCA, targetCA} {
		root, err := cas.Root(id, pki.Options{})
		if err != nil {
			return nil, err
		}
		api.PutCertificate(rdsserver.Certificate{Identifier: id, Thumbprint: pki.Thumbprint(root), ValidFrom: root.NotBefore, ValidTill: root.NotAfter})
		stores = append(stores, pki.PEM(root)...)
		for _, name := range []string{f.old, f.both} {
			if id == presentCA || name == f.both {
				if err := os.WriteFile(name, stores, 0o600); err != nil {
					return nil, err
				}
			}
		}
	}
	api.PutParameterGroup(rdsserver.ParameterGroup{Name: "on", Family: "postgres16", Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}}})
	api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.3", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	for i := range instances {
		id := instanceName(i)
		api.PutInstance(rdsserver.Instance{
			Identifier: id, Engine: "postgres", EngineVersion: "16.3", Class: "db.t4g.medium", AllocatedStorage: 20, ParameterGroup: "on",
			Host: id + ".c0example." + regionName + ".rds.amazonaws.com", Port: 5432, CAIdentifier: presentCA,
		})
	}
	url, stop, err := api.Start(ctx)
	f.url = url
	f.stop = func() {
		stop()
		_ = os.RemoveAll(dir)
	}
	return f, err
}

func instanceName(i int) string { return fmt.Sprintf("orders-%03d", i) }

// clients declares them, as "clients" of a gate or a local value.
func (f *fleet) clients(count, first int) string {
	var b strings.Builder
	b.WriteString("clients = {\n")
	for i := range count {
		store := f.both
		if i < first {
			store = f.old
		}
		fmt.Fprintf(&b, `    client-%04[1]d = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %[2]q }
      match       = { usernames = ["user-%04[1]d"] }
    }
`, i, filepath.ToSlash(store))
	}
	b.WriteString("  }\n")
	return b.String()
}

func (f *fleet) provider() string {
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
`, regionName, f.url)
}

func (f *fleet) dataSource(clients int) string {
	return f.provider() + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  %s}
`, instanceName(0), targetCA, f.clients(clients, unready))
}

// gate is one as the docs advise it for many clients: without details.
func (f *fleet) gate(clients int, target string) string {
	return f.provider() + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  details                   = false
  %s}
`, instanceName(0), target, f.clients(clients, unready))
}

// plain has the same clients in a resource that does nothing: what they cost
// Terraform.
func (f *fleet) plain(clients int) string {
	return "locals {\n  " + f.clients(clients, unready) + "}\n\nresource \"terraform_data\" \"orders\" {\n  input = local.clients\n}\n"
}

func (f *fleet) gates(count int) string {
	return f.provider() + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  count                     = %d
  db_instance_identifier    = format("orders-%%03d", count.index)
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  %s}
`, count, targetCA, f.clients(3, 0))
}
