package provider_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
)

const serverCertificateType = "sslready_server_certificate"

// startPostgres runs a server of a major version with a path of the CA. It
// returns nil where the version can neither be found nor downloaded, which is
// a failure in CI.
func startPostgres(t *testing.T, version, ca string) *pgserver.Server {
	t.Helper()
	chain, err := pki.NewRegion(labRegion, pki.Today()).Chain(ca, pki.Options{})
	must(t, err)
	s, err := pgserver.Start(t.Context(), pgserver.Options{Version: version, Chain: chain})
	if errors.Is(err, pgserver.ErrNotInstalled) {
		judge.Missing(t, "PostgreSQL "+version, err.Error())
		return nil
	}
	must(t, err)
	t.Cleanup(func() { must(t, s.Stop()) })
	return s
}

// TestAServerCertificateIsReadFromEveryKindOfServer asks real servers: of both
// key types, and by direct TLS, which comes with version 17.
func TestAServerCertificateIsReadFromEveryKindOfServer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		version, ca, negotiation string
		rsa, ecdsa               bool
		fails                    string
	}{
		"RSA":                  {version: "15", ca: pki.CARSA2048, rsa: true},
		"RSA 4096":             {version: "15", ca: pki.CARSA4096, rsa: true},
		"ECDSA":                {version: "15", ca: pki.CAECC384, ecdsa: true},
		"direct TLS before 17": {version: "15", ca: pki.CARSA2048, negotiation: "direct", fails: "direct"},
		"17":                   {version: "17", ca: pki.CAECC384, ecdsa: true},
		"17, direct":           {version: "17", ca: pki.CARSA2048, negotiation: "direct", rsa: true},
		"18":                   {version: "18", ca: pki.CARSA2048, rsa: true},
		"18, direct, ECDSA":    {version: "18", ca: pki.CAECC384, negotiation: "direct", ecdsa: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startPostgres(t, tc.version, tc.ca)
			if s == nil {
				return
			}
			config := values{"host": pgserver.Host, "port": s.Port(), "negotiation": tc.negotiation}
			if tc.negotiation == "" {
				delete(config, "negotiation")
			}
			state, told := newProtocol(t, now, values{}).read(t, serverCertificateType, config)
			if tc.fails != "" {
				told.expect(t, "ERROR", "host", "Cannot Read the Server Certificate", "TLS")
				return
			}
			if len(told) > 0 {
				t.Fatal(told)
			}
			for kind, want := range map[string]bool{"rsa": tc.rsa, "ecdsa": tc.ecdsa} {
				cipher, _ := at(t, state, kind+"_cipher").(string)
				if got := at(t, state, "accepts_"+kind); got != want || strings.Contains(cipher, strings.ToUpper(kind)) != want || (at(t, state, kind+"_tls_version") == "TLSv1.2") != want {
					t.Errorf("%s: accepted %v, want %v; %v, %q", kind, got, want, at(t, state, kind+"_tls_version"), cipher)
				}
			}
			if at(t, state, "tls_version") != "TLSv1.3" || at(t, state, "reachable") != true || at(t, state, "verified") != false || at(t, state, "ca_cert_identifier") != nil {
				t.Errorf("%v, reachable %v, verified %v under %v", at(t, state, "tls_version"), at(t, state, "reachable"), at(t, state, "verified"), at(t, state, "ca_cert_identifier"))
			}
			chain, _ := at(t, state, "chain_pem").(string)
			if n := strings.Count(chain, "BEGIN CERTIFICATE"); n != 3 || fmt.Sprint(at(t, state, "dns_names")) != "[localhost]" {
				t.Errorf("%d certificates for %v", n, at(t, state, "dns_names"))
			}
			block, _ := pem.Decode([]byte(chain))
			leaf, err := x509.ParseCertificate(block.Bytes)
			must(t, err)
			if got := at(t, state, "not_after"); got != leaf.NotAfter.UTC().Format("2006-01-02T15:04:05Z") {
				t.Errorf("it ends at %v, want %v", got, leaf.NotAfter)
			}
		})
	}
}

func TestAServerThatCannotBeAskedIsNull(t *testing.T) {
	t.Parallel()
	config := values{"host": "127.0.0.1", "port": closedPort(t), "timeout": "2s"}
	_, told := newProtocol(t, now, values{}).read(t, serverCertificateType, config)
	told.expect(t, "ERROR", "host", "Cannot Read the Server Certificate", "127.0.0.1")
	config["allow_unreachable"] = true
	state, told := newProtocol(t, now, values{}).read(t, serverCertificateType, config)
	told.expect(t, "WARNING", "host", "Cannot Read the Server Certificate", "The result says nothing")
	for name, value := range object(at(t, state)) {
		if _, given := config[name]; !given && name != "reachable" && value != nil {
			t.Errorf("%s = %v, want null", name, value)
		}
	}
	if at(t, state, "reachable") != false {
		t.Error("it is reachable")
	}
}

// canaryLab has orders-prod on the present CA and orders-canary on another.
func canaryLab(t *testing.T, canaryCA string) *region.Region {
	t.Helper()
	rds, err := region.Start(t.Context(), labRegion, pgserver.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, rds.Stop()) })
	rds.API.PutParameterGroup(forceSSLGroup("on", "1"))
	for id, ca := range map[string]string{orders: presentCA, "orders-canary": canaryCA} {
		must(t, rds.Launch(rdsserver.Instance{Identifier: id, Engine: "postgres", EngineVersion: "15.18", ParameterGroup: "on", CAIdentifier: ca}))
	}
	return rds
}

// TestAccTheCanaryIsEvidence runs the documented example: the root that a
// canary presents decides, and not its names; DescribeCertificates is denied.
func TestAccTheCanaryIsEvidence(t *testing.T) {
	t.Parallel()
	rds := canaryLab(t, targetCA)
	rds.API.SetFaults(rdsserver.Faults{Denied: []string{"DescribeCertificates"}})
	store := filepath.Join(t.TempDir(), "rds.pem")
	write := func(cas ...string) func() {
		return func() {
			var text []byte
			for _, ca := range cas {
				root, err := rds.RootPEM(ca)
				must(t, err)
				text = append(text, root...)
			}
			must(t, os.WriteFile(store, text, 0o600))
		}
	}
	example, err := examples.Files.ReadFile("data-sources/sslready_server_certificate/data-source.tf")
	must(t, err)
	config := providerBlocks(rds.URL, "") + strings.ReplaceAll(string(example), "${path.module}/rds.pem", store)
	step := func(ready bool, outcome, reason string) resource.TestStep {
		target := pathTo("verdicts").AtMapKey("billing").AtMapKey("target")
		return resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("billing_is_ready", knownvalue.Bool(ready)),
			statecheck.ExpectKnownValue(readinessAddress, target, knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"outcome": knownvalue.StringExact(outcome), "reason": knownvalue.StringExact(reason),
			})),
		}}
	}
	old, both := step(false, "fails", "unknown_authority"), step(true, "connects", "accepted")
	old.PreConfig, both.PreConfig = write(presentCA), write(presentCA, targetCA)
	runAt(t, now, old, both)
}

func TestAccACanaryOnAnotherCAIsNoEvidence(t *testing.T) {
	t.Parallel()
	rds := canaryLab(t, presentCA)
	store := filepath.Join(t.TempDir(), "rds.pem")
	root, err := rds.RootPEM(presentCA)
	must(t, err)
	must(t, os.WriteFile(store, root, 0o600))
	example, err := examples.Files.ReadFile("data-sources/sslready_server_certificate/data-source.tf")
	must(t, err)
	config := providerBlocks(rds.URL, "") + strings.ReplaceAll(string(example), "${path.module}/rds.pem", store)
	runAt(t, now,
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)Certificate Chain of Another CA.*rds-ca-rsa2048-g1`)},
		resource.TestStep{ // Nor as the exact path.
			Config:      strings.ReplaceAll(config, "canary_server_certificate_chain_pem", "server_certificate_chain_pem"),
			ExpectError: regexp.MustCompile(`(?s)Certificate Chain of Another CA.*rds-ca-rsa2048-g1`),
		},
	)
}

// TestACanaryIsTakenForItsRootOnly: its names are its own, and a client that
// pins its subordinate CA would not know the next one.
func TestACanaryIsTakenForItsRootOnly(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	canary, err := a.cas.Chain(targetCA, pki.Options{DNSNames: []string{"canary.example"}})
	must(t, err)
	rootless, err := a.cas.Chain(targetCA, pki.Options{OmitRoot: true})
	must(t, err)
	clients := func(pem []byte) values {
		return values{"app": values{
			"driver": "pgjdbc", "connection": "jdbc:postgresql://" + ordersInstance().Host + "/app?sslmode=verify-full&sslrootcert=/x", "trust_store": values{"content": string(pem)},
		}}
	}
	for name, tc := range map[string]struct {
		more   values
		store  []byte
		reason string
	}{
		"by the root":                         {values{"canary_server_certificate_chain_pem": string(canary.PEM())}, canary.RootPEM(), "accepted"},
		"by its subordinate":                  {values{"canary_server_certificate_chain_pem": string(canary.PEM())}, pki.PEM(canary.Subordinate), "subordinate_not_predictable"},
		"as the exact path, its name differs": {values{"server_certificate_chain_pem": string(canary.PEM())}, canary.RootPEM(), "host_name_mismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state, told := a.protocol(t).read(t, readinessType, gate(clients(tc.store), tc.more))
			if told.failed() {
				t.Fatal(told)
			}
			if got := at(t, state, "verdicts", "app", "target", "reason"); got != tc.reason {
				t.Errorf("reason %v, want %s", got, tc.reason)
			}
		})
	}
	_, told := a.protocol(t).read(t, readinessType, gate(clients(canary.RootPEM()), values{"canary_server_certificate_chain_pem": string(rootless.PEM())}))
	told.expect(t, "ERROR", "canary_server_certificate_chain_pem", "Certificate Chain Without a Root", "self-signed root")
}
