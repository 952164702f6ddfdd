// Package fleet is the RDS API of Regions with DB instances of which there is
// nothing but what RDS says: no server is behind them.
package fleet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// The CAs of a fleet: all DB instances are on the first.
const (
	PresentCA = pki.CARSA2048
	TargetCA  = pki.CARSA4096
)

// Stores are a Region's trust stores, PEM: Old has the root of the present CA,
// Both that of the target, too.
type Stores struct{ Old, Both string }

// Account is the API of some Regions, and the trust stores of each.
type Account struct {
	URL    string
	APIs   []*rdsserver.Server
	Stores map[string]Stores
}

// Start serves the API of Regions with these DB instances until the context ends,
// and writes trust stores into dir. The Regions are none of AWS's, whose roots
// nobody can make.
func Start(ctx context.Context, dir string, in map[string][]string) (*Account, error) {
	a := &Account{Stores: map[string]Stores{}}
	for region, instances := range in {
		api, stores, err := newRegion(region, dir, instances)
		if err != nil {
			return nil, err
		}
		a.APIs, a.Stores[region] = append(a.APIs, api), stores
	}
	url, _, err := rdsserver.NewRegions(a.APIs...).Start(ctx)
	a.URL = url
	return a, err
}

// Provider is the provider's block for a Region, in a whole configuration.
func (a *Account) Provider(region string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    sslready = { source = "sslready/sslready" }
  }
}

provider "sslready" {
  region                 = %q
  access_key             = "stand-in"
  secret_key             = "stand-in"
  skip_region_validation = true
  endpoints              = { rds = %[2]q, sts = %[2]q, account = %[2]q }
}
`, region, a.URL)
}

func newRegion(region, dir string, instances []string) (*rdsserver.Server, Stores, error) {
	api, cas := rdsserver.New(rdsserver.Options{Region: region}), pki.NewRegion(region, time.Now().AddDate(0, -1, 0)) //nolint:forbidigo // Certificates that are valid now.
	stores := Stores{Old: filepath.Join(dir, region+"-old.pem"), Both: filepath.Join(dir, region+"-both.pem")}
	var roots []byte
	for _, ca := range []struct{ id, store string }{{PresentCA, stores.Old}, {TargetCA, stores.Both}} {
		root, err := cas.Root(ca.id, pki.Options{})
		if err != nil {
			return nil, stores, err
		}
		api.PutCertificate(rdsserver.Certificate{Identifier: ca.id, Thumbprint: pki.Thumbprint(root), ValidFrom: root.NotBefore, ValidTill: root.NotAfter})
		roots = append(roots, pki.PEM(root)...)
		if err := os.WriteFile(ca.store, roots, 0o600); err != nil {
			return nil, stores, err
		}
	}
	api.PutParameterGroup(rdsserver.ParameterGroup{Name: "on", Family: "postgres16", Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}}})
	api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.3", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	for _, id := range instances {
		api.PutInstance(rdsserver.Instance{
			Identifier: id, Engine: "postgres", EngineVersion: "16.3", Class: "db.t4g.medium", AllocatedStorage: 20, ParameterGroup: "on",
			Host: Host(region, id), Port: 5432, CAIdentifier: PresentCA,
		})
	}
	return api, stores, nil
}

// Host is the endpoint of a DB instance.
func Host(region, id string) string { return id + ".c0example." + region + ".rds.amazonaws.com" }

// Names are those of DB instances.
func Names(count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = Name(i)
	}
	return names
}

// Name is that of one DB instance.
func Name(i int) string { return fmt.Sprintf("orders-%03d", i) }
