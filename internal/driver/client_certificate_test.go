package driver_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// fate says what becomes of a client by its own certificate.
func fate(p policy.Policy) string {
	switch {
	case p.Undecided != "":
		return "undecided: " + p.Undecided
	case p.Rejection != nil:
		return "refused: " + p.Rejection.Detail + " [" + p.Rejection.Client + "]"
	case p.TLSDoubt != "":
		return "doubt: " + p.TLSDoubt
	}
	for _, attempt := range p.Attempts {
		if attempt.TLS && attempt.Ends != nil {
			return "ends TLS: " + attempt.Ends.Detail + " [" + attempt.Ends.Client + "]"
		}
	}
	return "nothing"
}

// TestClientCertificates goes through what can be wrong with a client
// certificate and its key, for each driver that loads them. The file has a line
// for each: driver and settings, files, and what becomes of it.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	pair := func() (certificate, key []byte) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
		if err != nil {
			t.Fatal(err)
		}
		pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	}
	certificate, key := pair()
	_, another := pair()
	content := func(content []byte) policy.File { return policy.File{Content: content, Mode: 0o600} }
	mode := func(mode int) policy.File { return policy.File{Content: key, Mode: mode} }
	absent := policy.File{Absent: true}
	const (
		home                           = "/home/app/.postgresql/"
		defaultCertificate, defaultKey = home + "postgresql.crt", home + "postgresql.key"
	)
	of := func(c, k policy.File) policy.Files { return policy.Files{"/c": c, "/k": k} }
	inHome := func(c, k policy.File) policy.Files {
		return policy.Files{defaultCertificate: c, defaultKey: k}
	}
	files := map[string]policy.Files{
		"good":                     of(content(certificate), content(key)),
		"not declared":             nil,
		"key not declared":         {"/c": content(certificate)},
		"certificate not declared": {"/k": content(key)},
		"absent":                   of(absent, absent),
		"no certificate":           of(absent, content(key)),
		"no key":                   of(content(certificate), absent),
		"certificate unreadable":   of(content(key), content(key)),
		"key unreadable":           of(content(certificate), content(certificate)),
		"key of another":           of(content(certificate), content(another)),
		"key open":                 of(content(certificate), mode(0o644)),
		"key of root's group":      of(content(certificate), mode(0o640)),
		"key of unknown mode":      of(content(certificate), mode(-1)),
		"in home":                  inHome(content(certificate), content(key)),
		"in home, of another":      inHome(content(certificate), content(another)),
		"in home, absent":          inHome(absent, absent),
		"in home, no certificate":  inHome(absent, content(key)),
		"in home, no key":          inHome(content(certificate), absent),
		"in home, certificate":     {defaultCertificate: content(certificate)},
		"in home, key":             {defaultKey: content(key)},
	}
	settings := func(driver, version, connection string) policy.Settings {
		return policy.Settings{Driver: driver, Version: version, Connection: connection}
	}
	elsewhere := func(version string) policy.Settings {
		s := settings("libpq", version, "host=h sslmode=require")
		s.Environment = map[string]string{"HOME": "/elsewhere"}
		return s
	}
	bouncer := func(c, k string) policy.Settings {
		return policy.Settings{Driver: "pgbouncer", Version: "1.23.1", Connection: "host=h", Properties: map[string]string{
			"server_tls_sslmode": "require", "server_tls_cert_file": c, "server_tls_key_file": k,
		}}
	}
	var got []string
	for name, declared := range map[string]policy.Settings{
		"pgx":                             settings("pgx", "5.12.0", "host=h sslmode=require sslcert=/c sslkey=/k"),
		"pgx, disable":                    settings("pgx", "5.12.0", "host=h sslmode=disable sslcert=/c sslkey=/k"),
		"pgx, certificate":                settings("pgx", "5.12.0", "host=h sslmode=require sslcert=/c"),
		"pgx, key":                        settings("pgx", "5.12.0", "host=h sslmode=require sslkey=/k"),
		"pgx, default":                    settings("pgx", "5.12.0", "host=h sslmode=require"),
		"pgx, disable, default":           settings("pgx", "5.12.0", "host=h sslmode=disable"),
		"lib-pq":                          settings("lib-pq", "1.10.9", "host=h sslmode=require sslcert=/c sslkey=/k"),
		"lib-pq, certificate":             settings("lib-pq", "1.10.9", "host=h sslmode=require sslcert=/c"),
		"lib-pq, key":                     settings("lib-pq", "1.10.9", "host=h sslmode=require sslkey=/k"),
		"lib-pq, default":                 settings("lib-pq", "1.10.9", "host=h sslmode=require"),
		"libpq":                           settings("libpq", "16", "host=h sslmode=require sslcert=/c sslkey=/k"),
		"libpq, certificate":              settings("libpq", "16", "host=h sslmode=require sslcert=/c"),
		"libpq, key":                      settings("libpq", "16", "host=h sslmode=require sslkey=/k"),
		"libpq 14, another HOME, default": elsewhere("14"),
		"libpq 15, another HOME, default": elsewhere("15"),
		"libpq, default":                  settings("libpq", "16", "host=h sslmode=require"),
		"libpq, engine":                   settings("libpq", "16", "host=h sslmode=require sslcert=/c sslkey=pkcs11:k"),
		"libpq, no certificate":           settings("libpq", "17", "host=h sslmode=require sslcert=/c sslkey=/k sslcertmode=disable"),
		"libpq, disable":                  settings("libpq", "16", "host=h sslmode=disable sslcert=/c sslkey=/k"),
		"asyncpg":                         settings("asyncpg", "0.30.0", "postgresql://app@h/app?sslmode=require&sslcert=/c&sslkey=/k"),
		"asyncpg, certificate":            settings("asyncpg", "0.30.0", "postgresql://app@h/app?sslmode=require&sslcert=/c"),
		"asyncpg, key":                    settings("asyncpg", "0.30.0", "postgresql://app@h/app?sslmode=require&sslkey=/k"),
		"asyncpg, default":                settings("asyncpg", "0.30.0", "postgresql://app@h/app?sslmode=require"),
		"node-postgres":                   settings("node-postgres", "8.23.1", "postgres://h/app?sslmode=no-verify&sslcert=/c&sslkey=/k"),
		"node-postgres, disable":          settings("node-postgres", "8.23.1", "postgres://h/app?sslmode=disable&sslcert=/c&sslkey=/k"),
		"node-postgres, certificate":      settings("node-postgres", "8.23.1", "postgres://h/app?sslmode=no-verify&sslcert=/c"),
		"node-postgres, key":              settings("node-postgres", "8.23.1", "postgres://h/app?sslmode=no-verify&sslkey=/k"),
		"pgbouncer":                       bouncer("/c", "/k"),
		"pgbouncer, certificate":          bouncer("/c", ""),
		"pgbouncer, key":                  bouncer("", "/k"),
		"pgjdbc":                          settings("pgjdbc", "42.7.13", "jdbc:postgresql://h/app?sslmode=require&sslcert=/c&sslkey=/k"),
		"pgjdbc 42.7.8":                   settings("pgjdbc", "42.7.8", "jdbc:postgresql://h/app?sslmode=require&sslcert=/c&sslkey=/k"),
		"pgjdbc, certificate":             settings("pgjdbc", "42.7.13", "jdbc:postgresql://h/app?sslmode=require&sslcert=/c"),
		"pgjdbc, key":                     settings("pgjdbc", "42.7.13", "jdbc:postgresql://h/app?sslmode=require&sslkey=/k"),
	} {
		for situation, files := range files {
			if strings.HasSuffix(name, "default") != strings.HasPrefix(situation, "in home") {
				continue
			}
			declared.Files = files
			got = append(got, name+"\t"+situation+"\t"+fate(driver.Resolve(declared))+"\n")
		}
	}
	slices.Sort(got)
	const golden = "testdata/client_certificates.tsv"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(golden, []byte(strings.Join(got, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Collect(strings.Lines(string(want))), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
