package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const (
	regionName    = "lab-local-1"
	presentCA     = pki.CARSA2048
	targetCA      = pki.CARSA4096
	storePassword = "changeit"
	readiness     = "readiness" // the role of both sides
)

// Fleet is a Region whose DB instances are endpoints of one PostgreSQL, and
// the Java trust store of one client of each.
type Fleet struct {
	// Instances are the identifiers.
	Instances []string

	rds *region.Region
	dir string
}

// StartFleet starts a Region with DB instances, and writes files to dir. Two
// parameter groups alternate, with rds.force_ssl on and off. Every third store
// lacks the root of the target CA. Three sessions are open, one of them in
// plaintext.
func StartFleet(ctx context.Context, dir string, instances int) (*Fleet, error) {
	rds, err := region.Start(ctx, regionName, pgserver.Options{Roles: []pgserver.Role{{Name: readiness, Monitor: true}, {Name: "billing"}}})
	if err != nil {
		return nil, err
	}
	f := &Fleet{rds: rds, dir: dir}
	if err := errors.Join(f.launch(instances), f.writeStores(), f.connect(ctx)); err != nil {
		return nil, errors.Join(err, f.Stop())
	}
	return f, nil
}

// Stop ends the servers with their sessions.
func (f *Fleet) Stop() error { return f.rds.Stop() }

func (f *Fleet) launch(instances int) error {
	f.rds.API.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "15.18", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	for _, value := range []string{"0", "1"} {
		f.rds.API.PutParameterGroup(rdsserver.ParameterGroup{
			Name: group(value), Family: "postgres15", Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: value, Source: "user"}},
		})
	}
	for i := range instances {
		instance := rdsserver.Instance{
			Identifier: fmt.Sprintf("orders-%02d", i), Engine: "postgres", EngineVersion: "15.18", ParameterGroup: group(fmt.Sprint(i % 2)), CAIdentifier: presentCA,
		}
		f.Instances = append(f.Instances, instance.Identifier)
		if i == 0 {
			if err := f.rds.Launch(instance); err != nil {
				return err
			}
			continue
		}
		instance.Host, instance.Port = region.Host, f.rds.Server(f.Instances[0]).Port()
		f.rds.API.PutInstance(instance)
	}
	return nil
}

func group(value string) string { return "force-ssl-" + value }

func (f *Fleet) writeStores() error {
	roots := map[string]*x509.Certificate{}
	for _, ca := range []string{presentCA, targetCA} {
		root, err := f.rds.CAs.Root(ca, pki.Options{})
		if err != nil {
			return err
		}
		roots[ca] = root
	}
	secret := storePassword
	for i, id := range f.Instances {
		trusted := []*x509.Certificate{roots[presentCA], roots[targetCA]}
		if i%3 == 2 {
			trusted = trusted[:1]
		}
		store, err := truststore.EncodeJKS(trusted, &secret)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(f.dir, id+".jks"), store, 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(f.rootsFile(), pki.PEM(roots[presentCA]), 0o600)
}

func (f *Fleet) rootsFile() string { return filepath.Join(f.dir, "roots.pem") }

// connect opens the sessions that both sides are to see.
func (f *Fleet) connect(ctx context.Context) error {
	for _, encrypted := range []bool{true, true, false} {
		if _, err := f.rds.Server(f.Instances[0]).Session(ctx, "billing", encrypted); err != nil {
			return err
		}
	}
	return nil
}
