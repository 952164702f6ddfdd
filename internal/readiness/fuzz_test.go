package readiness_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// FuzzEvaluate judges random declarations, stores and chains: no judgement
// panics or is slow, ready is what every verdict says, and nobody verifies a
// server without a root that was there to read.
func FuzzEvaluate(f *testing.F) {
	s := newSwitchover(f, pki.CARSA2048)
	right, wrong, password := pki.PEM(s.next.Root), pki.PEM(s.old.Root), "changeit"
	jks, err := truststore.EncodeJKS([]*x509.Certificate{s.next.Root}, &password)
	if err != nil {
		f.Fatal(err)
	}
	pkcs12, err := truststore.EncodePKCS12([]*x509.Certificate{s.next.Root, s.old.Root}, &password)
	if err != nil {
		f.Fatal(err)
	}
	for i, connection := range []string{
		"sslmode=verify-full sslrootcert=/r.pem", "sslmode=require", "postgres://" + endpoint + "/db?sslmode=verify-ca&sslrootcert=/r.pem",
		"jdbc:postgresql://" + endpoint + "/app?sslmode=verify-full", "Host=" + endpoint + ";SSL Mode=VerifyFull", "host=a,b sslmode=prefer",
		`{"host":"` + endpoint + `","ssl":{"rejectUnauthorized":true}}`, "postgres://orders.proxy-c9akciq32rgd.us-east-1.rds.amazonaws.com/db?sslmode=verify-full",
	} {
		for d := range driver.Names() {
			f.Add(uint8(d), uint16(i*37+d), connection, "", "", "sslmode=verify-full\nPGSSLROOTCERT=/r.pem", right, []byte{})
		}
		for _, store := range [][]byte{jks, pkcs12, s.next.Root.Raw} {
			f.Add(uint8(i*5), uint16(0x1802+i*4), connection, "42.7.4", "21", "javax.net.ssl.trustStore=/r.pem\nsslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", store, s.old.Root.Raw)
		}
		f.Add(uint8(i), uint16(i), connection, "8.23.1", "20", "ssl=true", wrong, s.next.Server.Raw)
		f.Add(uint8(i), uint16(0xffff), connection, "16", "3.0", "", []byte("none"), s.next.Root.Raw)
	}
	f.Fuzz(func(t *testing.T, driverAt uint8, bits uint16, connection, version, runtime, settings string, store, der []byte) {
		fuzzing.Limit(t)
		is := func(bit int) bool { return bits>>bit&1 == 1 }
		names := append(driver.Names(), version)
		client := readiness.Client{Name: "c", ViaProxy: is(0), Store: readiness.Store{Content: store}, Settings: policy.Settings{
			Driver: names[int(driverAt)%len(names)], Version: version, Runtime: runtime, Connection: connection, StoreDeclared: is(1),
			Environment: pairs(settings, is(2)), Properties: pairs(settings, is(3)),
		}}
		if is(4) {
			client.Settings.Host = endpoint
		}
		if is(5) {
			client.Store.Unavailable = "permission denied"
		}
		if is(11) {
			client.Store.Password = &password
		}
		in := s.input(client, readiness.Client{Name: "right", Settings: client.Settings, Store: readiness.Store{Content: right}})
		if is(6) {
			in.Target.Presented = certpath.Presented{Certificates: chain(s, der, is(7))}
			if is(12) {
				in.Target.Presented.Certificates = slices.Repeat(in.Target.Presented.Certificates, 40)
			}
		}
		if is(8) {
			in.Target = readiness.Evidence{}
		}
		if is(9) {
			in.ForceSSL = nil
		}
		if is(10) {
			in.Current, in.Host = readiness.Evidence{}, connection
		}
		report := readiness.Evaluate(in)
		for name, v := range report.Verdicts {
			if report.Ready && !v.Ready {
				t.Errorf("the report is ready, and %s is not: %+v", name, v)
			}
			if v.Ready && v.Target.Outcome == readiness.Indeterminate {
				t.Errorf("%s is ready, and nothing was decided: %+v", name, v)
			}
		}
		v := report.Verdicts["c"].Target
		proxied := client.ViaProxy || strings.Contains(strings.ToLower(connection+settings+in.Host), "proxy-")
		if v.Outcome != readiness.Connects || proxied {
			return
		}
		inSettings := strings.Contains(connection+settings, "MII")
		switch {
		case is(8):
			t.Errorf("verified what is not known: %+v", v)
		case (client.Store.Unavailable != "" || !client.Settings.StoreDeclared) && !inSettings:
			t.Errorf("verified without a store that could be read: %+v", v)
		case v.AnchorSHA256 == "" && len(in.Target.Presented.Certificates) > 0:
			t.Errorf("verified without an anchor: %+v", v)
		}
	})
}

// chain is a path with a certificate of any octets somewhere in it.
func chain(s switchover, der []byte, first bool) []*x509.Certificate {
	path := slices.Clone(s.next.Presented())
	c, parsed := certpath.ParseCertificate(der)
	if !parsed {
		return nil
	}
	if first {
		return append([]*x509.Certificate{c}, path...)
	}
	return append(path, c)
}

// pairs are lines of name=value.
func pairs(text string, given bool) map[string]string {
	if !given {
		return nil
	}
	all := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		all[name] = value
	}
	return all
}
