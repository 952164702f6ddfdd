package provider_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// reported is a client as somebody has declared it, and what is right for it:
// outcomes that are, and the reason where one is owed.
type reported struct {
	client   values
	outcomes string // separated by blanks; "error:TITLE" is a diagnostic
	reason   string
	says     string // part of the detail, the findings or the diagnostic
}

const (
	never   = "fails indeterminate" // and so never ready
	anyOpen = "connects_unverified indeterminate"
)

// remediesOf are parts of the remedies that are owed for a reason, one of which has
// to be there.
var remediesOf = map[string][]string{
	"setting_not_read":              {"Remove the ignored setting, or move it to where it is read."},
	"placeholder_not_filled_in":     {"Declare the value that the client gets in place of the placeholder."},
	"file_not_declared":             {"Declare the file in \"files\", under the path that the client sees"},
	"client_certificate_not_usable": {"Correct the client certificate, its private key or the permissions of the key file"},
	"version_not_declared":          {"Declare driver_version and runtime_version as they are deployed."},
	"invalid_settings":              {"Correct the client's settings"},
	"contradictory_settings":        {"Correct the client's settings"},
	"framework_does_not_start":      {"Correct the framework's settings"},
	"plaintext_refused_by_server":   {"Make the client use TLS"},
	"driver_not_covered":            {"Test this client against an instance that is already on the target CA"},
	"trust_store_not_available":     {"to provide a trust store that can be read where Terraform runs"},
	"trust_store_unreadable":        {"Rebuild the trust store in a format that"},
	"root_certificate_missing":      {"Put the root CA of rds-ca-rsa4096-g1 into the file where the client looks", "Correct the settings so that the client uses the declared trust store to verify the server"},
	"unknown_authority":             {"Add the root CA", "In the client's settings, name a trust store that contains the root CA", "Correct the settings so that the client uses the declared trust store to verify the server"},
}

// reportedStores are what clients find: the root of before, and both.
type reportedStores struct{ old, both, bundle, folder, chain, key, otherKey string }

func newReportedStores(t *testing.T, a *account) reportedStores {
	t.Helper()
	s := reportedStores{old: a.store(t, "old.pem", presentCA), both: a.store(t, "both.pem", presentCA, targetCA)}
	folder := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(folder, name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o700))
		must(t, os.WriteFile(file, []byte(content), 0o600))
		return file
	}
	// Debian's store after update-ca-certificates with one .crt of two roots.
	old := a.root(t, presentCA)
	write("certs/"+truststore.NameHash(old)+".0", string(pki.PEM(old)))
	write("certs/rds-bundle.pem", a.roots(t, presentCA, targetCA))
	s.bundle = write("certs/ca-certificates.crt", a.roots(t, presentCA, targetCA))
	s.folder = filepath.Dir(s.bundle)
	own, err := a.cas.Chain(presentCA, pki.Options{DNSNames: []string{"client.example"}})
	must(t, err)
	another, err := a.cas.Chain(targetCA, pki.Options{DNSNames: []string{"client.example"}})
	must(t, err)
	key, err := own.KeyPEM()
	must(t, err)
	otherKey, err := another.KeyPEM()
	must(t, err)
	s.chain, s.key, s.otherKey = write("client.crt", string(own.PEM())), write("client.key", string(key)), write("other.key", string(otherKey))
	return s
}

// encoded is the store of both roots as content.
func (s reportedStores) encoded(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(s.both)
	must(t, err)
	return base64.StdEncoding.EncodeToString(content)
}

// judgeReported reads all clients at once.
func judgeReported(t *testing.T, cases map[string]reported) {
	t.Helper()
	a := newAccount(t)
	chain := func(ca string) string {
		issued, err := a.cas.Chain(ca, pki.Options{DNSNames: []string{"localhost", "orders.example"}})
		must(t, err)
		return string(issued.PEM())
	}
	p := newProtocol(t, always(judgedAt), values{})
	clients := values{}
	for name, c := range cases {
		clients[name] = c.client
	}
	state, told := p.read(t, readinessType, values{
		"target_ca_cert_identifier": targetCA, "force_ssl": true, "server_certificate_chain_pem": chain(targetCA), "current_server_certificate_chain_pem": chain(presentCA),
		"clients": clients,
	})
	if told.failed() {
		t.Fatal(told)
	}
	findings, _ := at(t, state, "findings").([]any)
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		outcome, _ := at(t, state, "verdicts", name, "target", "outcome").(string)
		reason, _ := at(t, state, "verdicts", name, "target", "reason").(string)
		text, _ := at(t, state, "verdicts", name, "target", "detail").(string)
		remedy, _ := at(t, state, "verdicts", name, "remedy").(string)
		if owed := remediesOf[reason]; len(owed) > 0 != strings.Contains(never, outcome) || len(owed) > 0 && !slices.ContainsFunc(owed, func(part string) bool { return strings.Contains(remedy, part) }) {
			t.Errorf("%s: %s, %s: remedy %q, want one of %q", name, outcome, reason, remedy, owed)
		}
		for _, finding := range findings {
			if f, is := finding.(values); is && f["client"] == name {
				text += fmt.Sprintf(" [%v] %v", f["code"], f["detail"])
			}
		}
		if !slices.Contains(strings.Fields(c.outcomes), outcome) || c.reason != "" && reason != c.reason || !strings.Contains(text, c.says) {
			t.Errorf("%s: %s, %s: %s\nwant %s %s %q", name, outcome, reason, text, c.outcomes, c.reason, c.says)
		}
	}
}

func verifying(driver, connection, store string, more ...values) values {
	client := values{"driver": driver, "connection": connection, "trust_store": values{"path": store}}
	for _, m := range more {
		maps.Copy(client, m)
	}
	return client
}
