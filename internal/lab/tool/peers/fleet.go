package main

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"time"

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
	engineVersion = "15.18"
	storePassword = "changeit"
	observer      = "readiness" // the role that sees all sessions
)

// Fleet has the problems: DB instances of a stand-in for RDS, one of them a real
// PostgreSQL with sessions, and the files of the clients.
type Fleet struct {
	// Dir holds the clients' files.
	Dir string

	rds *region.Region
}

// StartFleet starts the servers, and writes the clients' files to dir.
func StartFleet(ctx context.Context, dir string) (*Fleet, error) {
	roles := []pgserver.Role{{Name: observer, Monitor: true}}
	for _, name := range []string{"blind", "billing", "reports", "legacy", "monthly"} {
		roles = append(roles, pgserver.Role{Name: name})
	}
	rds, err := region.Start(ctx, regionName, pgserver.Options{Roles: roles})
	if err != nil {
		return nil, err
	}
	f := &Fleet{Dir: dir, rds: rds}
	if err := errors.Join(f.launch(), f.connect(ctx), f.writeFiles()); err != nil {
		return nil, errors.Join(err, f.Stop())
	}
	return f, nil
}

// Stop ends the servers with their sessions.
func (f *Fleet) Stop() error { return f.rds.Stop() }

func (f *Fleet) launch() error {
	api := f.rds.API
	for version, restarts := range map[string]bool{engineVersion: false, "12.9": true} {
		api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: version, SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: !restarts})
	}
	api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "11.22", SupportedCAs: []string{presentCA}, RotationWithoutRestart: true})
	api.PutEngineVersion(rdsserver.EngineVersion{Engine: "aurora-postgresql", Version: "15.10", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	user := func(name, value string) rdsserver.Parameter {
		return rdsserver.Parameter{Name: name, Value: value, Source: "user"}
	}
	for name, parameters := range map[string][]rdsserver.Parameter{
		"enforced": {user("rds.force_ssl", "1"), user("log_connections", "1")}, "off": {user("rds.force_ssl", "0")},
		"rsa": {user("rds.force_ssl", "1"), user("ssl_max_protocol_version", "TLSv1.2"), user("ssl_ciphers", "ECDHE-RSA-AES256-GCM-SHA384")},
	} {
		api.PutParameterGroup(rdsserver.ParameterGroup{Name: name, Family: "postgres15", Parameters: parameters})
	}
	if err := f.rds.Launch(instance(Control, nil)); err != nil {
		return err
	}
	for name, plant := range map[string]func(*rdsserver.Instance){
		"force-ssl-off":        func(i *rdsserver.Instance) { i.ParameterGroup = "off" },
		"force-ssl-waits":      func(i *rdsserver.Instance) { i.ParameterApplyStatus = "pending-reboot" },
		"group-not-applied":    func(i *rdsserver.Instance) { i.ParameterApplyStatus = "failed-to-apply" },
		"change-waits":         func(i *rdsserver.Instance) { i.PendingCA = targetCA },
		"switch-restarts":      func(i *rdsserver.Instance) { i.EngineVersion = "12.9" },
		"target-retired":       nil,
		"target-not-offered":   func(i *rdsserver.Instance) { i.EngineVersion = "11.22" },
		"rsa-suites-only":      func(i *rdsserver.Instance) { i.ParameterGroup = "rsa" },
		"refused-since-switch": func(i *rdsserver.Instance) { i.CAIdentifier = targetCA },
		"mixed-cas-1":          func(i *rdsserver.Instance) { i.ClusterIdentifier = "mixed-cas" },
		"mixed-cas-2":          func(i *rdsserver.Instance) { i.ClusterIdentifier, i.CAIdentifier = "mixed-cas", targetCA },
		"right-1":              func(i *rdsserver.Instance) { i.ClusterIdentifier = "right" },
		"right-2":              func(i *rdsserver.Instance) { i.ClusterIdentifier = "right" },
	} {
		planted := instance(name, plant)
		planted.Host, planted.Port = region.Host, f.rds.Server(Control).Port()
		api.PutInstance(planted)
	}
	for _, name := range []string{"mixed-cas", "right"} {
		api.PutCluster(rdsserver.Cluster{
			Identifier: name, Engine: "aurora-postgresql", EngineVersion: "15.10", Endpoint: region.Host, Port: f.rds.Server(Control).Port(),
			Members: []rdsserver.Member{{Identifier: name + "-1", Writer: true}, {Identifier: name + "-2"}},
		})
	}
	f.refuse("refused-since-switch")
	return nil
}

// instance is one of which nothing is wrong, but for what plant changes.
func instance(name string, plant func(*rdsserver.Instance)) rdsserver.Instance {
	i := rdsserver.Instance{
		Identifier: name, Engine: "postgres", EngineVersion: engineVersion, ParameterGroup: "enforced", CAIdentifier: presentCA,
		ServerCertificateValidTill: pki.Today().AddDate(1, 0, 0), MasterUsername: "dba",
	}
	if plant != nil {
		plant(&i)
	}
	if i.ClusterIdentifier != "" {
		i.Engine, i.EngineVersion = "aurora-postgresql", "15.10"
	}
	return i
}

// refuse writes what PostgreSQL logs when a client does not trust the CA.
func (f *Fleet) refuse(name string) {
	now := pki.Today()
	at := now.Format("2006-01-02 15:04:05 UTC") + ":10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  "
	f.rds.API.PutLogFile(name, rdsserver.LogFile{
		Name: "error/postgresql.log." + now.Format("2006-01-02-15"), LastWritten: now.Add(time.Hour),
		Content: at + "connection received: host=10.0.0.5 port=4711\n" + at + "could not accept SSL connection: tlsv1 alert unknown ca\n",
	})
}

// connect opens the sessions that are to be seen. The monthly job goes away
// again, and only the log has it.
func (f *Fleet) connect(ctx context.Context) error {
	for _, user := range []string{"billing", "reports", "legacy", "monthly"} {
		session, err := f.rds.Server(Control).Session(ctx, user, user != "legacy")
		if err == nil && user == "monthly" {
			err = session.Close(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Fleet) writeFiles() error {
	present, err := f.rds.CAs.Chain(presentCA, pki.Options{})
	if err != nil {
		return err
	}
	target, err := f.rds.CAs.Chain(targetCA, pki.Options{})
	if err != nil {
		return err
	}
	expired, err := f.rds.CAs.Root(targetCA, pki.Options{Root: pki.Validity{NotAfter: pki.Today().AddDate(0, 0, -1)}})
	if err != nil {
		return err
	}
	secret := storePassword
	keyStore, err := truststore.EncodeJKS([]*x509.Certificate{present.Root, target.Root}, &secret)
	if err != nil {
		return err
	}
	const packages, python = "image/var/lib/dpkg/status", "image/usr/lib/python3/dist-packages/psycopg2-2.9.5.egg-info/PKG-INFO"
	for name, content := range map[string][]byte{
		"both.pem": pki.PEM(present.Root, target.Root), "present.pem": pki.PEM(present.Root), "subordinate.pem": pki.PEM(present.Root, target.Subordinate),
		"expired.pem": pki.PEM(present.Root, expired), "both.jks": keyStore, "target-chain.pem": target.PEM(), "client.crt": pki.PEM(target.Server),
		"image/etc/ssl/rds.pem": pki.PEM(present.Root),
		python:                  []byte("Name: psycopg2\nVersion: 2.9.5\n"),
		packages:                []byte("Package: libpq5\nStatus: install ok installed\nVersion: 15.8-0+deb12u1\n\nPackage: libssl3\nStatus: install ok installed\nVersion: 3.0.14-1\n"),
	} {
		file := filepath.Join(f.Dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o750), os.WriteFile(file, content, 0o600)); err != nil {
			return err
		}
	}
	return nil
}
