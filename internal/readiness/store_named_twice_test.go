package readiness_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestTwoSettingsThatNameAStore: the declared store is the file that has its name,
// or its format; where neither says which, nothing is decided.
func TestTwoSettingsThatNameAStore(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	password := "changeit"
	jks, err := truststore.EncodeJKS([]*x509.Certificate{s.next.Root}, &password)
	if err != nil {
		t.Fatal(err)
	}
	file := pki.PEM(s.next.Root)
	directory := truststore.Directory{"a.pem": file}.Archive() // OpenSSL does not find it by that name.
	libpq := func(connection string, environment map[string]string) policy.Settings {
		return policy.Settings{Driver: "libpq", Version: "16", Connection: connection, Environment: environment}
	}
	a := libpq("sslmode=verify-ca sslrootcert=/etc/a.pem", map[string]string{"PGSSLROOTCERT": "/etc/b.pem"})
	at := func(place policy.Place, s policy.Settings) policy.Settings { s.StorePlace = place; return s }
	beside := func(s policy.Settings) policy.Settings { s.Files = policy.Files{"/etc/b.pem": {}}; return s }
	java := policy.Settings{
		Driver: "pgjdbc", Version: "42.7.3", Runtime: "17", Connection: "jdbc:postgresql://" + endpoint + "/db?sslmode=verify-ca&sslrootcert=/etc/a.pem",
		Environment: map[string]string{"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/etc/b.jks"},
	}
	const open = `The driver uses "/etc/a.pem", but PGSSLROOTCERT names "/etc/b.pem", and it is not known which of the two is the declared trust store. Remove the setting that has no effect, declare its file in "files", or give the declared store the same file name as the file that the client reads.`
	const unread = `The client uses "/etc/a.pem", but the declared store is the one that PGSSLROOTCERT names ("/etc/b.pem").`
	for name, tc := range map[string]struct {
		settings policy.Settings
		store    string // its name
		content  []byte
		reason   readiness.Reason
		detail   string // of an open verdict
		why      string // of the finding that the store is not read
	}{
		"the one that is read":                     {settings: a, store: "certs/a.pem", reason: certpath.Accepted},
		"the other one":                            {settings: a, store: "certs/b.pem", reason: readiness.RootCertificateMissing, why: unread},
		"one of a third name":                      {settings: a, store: "certs/c.pem", reason: readiness.SettingNotRead, detail: open},
		"one of a third name, wherever it is":      {settings: at(policy.PlaceAuto, a), store: "certs/c.pem", reason: readiness.SettingNotRead, detail: open},
		"one without a name":                       {settings: a, reason: readiness.SettingNotRead, detail: open},
		"one of a third name, and the other is":    {settings: beside(a), store: "certs/c.pem", reason: certpath.Accepted},
		"both settings name one file":              {settings: libpq(a.Connection, map[string]string{"PGSSLROOTCERT": "/etc/a.pem"}), store: "certs/c.pem", reason: certpath.Accepted},
		"both files have the store's name":         {settings: libpq(a.Connection, map[string]string{"PGSSLROOTCERT": "/srv/a.pem"}), store: "certs/a.pem", reason: readiness.SettingNotRead, detail: strings.ReplaceAll(open, "/etc/b.pem", "/srv/a.pem")},
		"in the home directory, as declared":       {settings: at(policy.PlaceHome, libpq("sslmode=verify-ca sslrootcert=/home/app/.postgresql/root.crt", a.Environment)), store: "certs/c.pem", reason: certpath.Accepted},
		"the system's store, moved":                {settings: libpq("sslmode=verify-full sslrootcert=system", map[string]string{"SSL_CERT_FILE": "/etc/a.pem"}), store: "certs/a.pem", reason: certpath.Accepted},
		"the system's directory, moved":            {settings: libpq("sslmode=verify-full sslrootcert=system", map[string]string{"SSL_CERT_DIR": "/etc/certs", "PGSSLROOTCERT": "/etc/b.pem"}), store: "certs/c.pem", content: directory, reason: certpath.UnknownAuthority},
		"no file is read":                          {settings: libpq("sslmode=disable sslrootcert=/etc/a.pem", a.Environment), store: "certs/c.pem", reason: readiness.TLSNotAttempted, why: "The client's mode (disable) does not use TLS."},
		"Java verifies nothing":                    {settings: policy.Settings{Driver: "pgjdbc", Version: "42.7.3", Runtime: "17", Connection: strings.Replace(java.Connection, "verify-ca", "require", 1), Environment: java.Environment}, store: "certs/c.pem", reason: readiness.NotVerified, why: "The client's mode (require) verifies nothing."},
		"a file that the driver would not find":    {settings: libpq("sslmode=verify-ca sslrootcert=~/a.pem", a.Environment), store: "certs/c.pem", reason: readiness.RootCertificateMissing, why: `The client's settings point to "~/a.pem", but this driver would not find the declared store there.`},
		"the settings say that there are none":     {settings: libpq("sslmode=verify-ca sslrootcert=/dev/null", a.Environment), store: "certs/c.pem", reason: readiness.TrustStoreUnreadable, why: "The client's settings contain certificates, and the client uses those."},
		"PEM, and the other is a key store":        {settings: java, store: "certs/c.pem", reason: certpath.Accepted},
		"a key store, and the driver reads PEM":    {settings: java, store: "certs/c.jks", content: jks, reason: readiness.RootCertificateMissing, why: `The client uses "/etc/a.pem", but the declared store is the one that JAVA_TOOL_OPTIONS names ("/etc/b.jks").`},
		"the system's own, which libpq looks past": {settings: at(policy.PlaceSystem, libpq("sslmode=verify-ca", nil)), reason: readiness.RootCertificateMissing, why: "The client looks in its default place, and the store is not there."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.content == nil {
				tc.content = file
			}
			tc.settings.StoreDeclared, tc.settings.Host = true, endpoint
			client := readiness.Client{Name: "c", Settings: tc.settings, Store: readiness.Store{Declared: true, Name: tc.store, Content: tc.content, Password: &password}}
			report := readiness.Evaluate(s.input(client))
			v, why := report.Verdicts["c"].Target, ""
			for _, f := range report.Findings {
				if f.Code == readiness.FindingStoreNotRead {
					why = strings.TrimPrefix(f.Detail, "The client never reads the declared trust store, so either the store or the settings do not match what is deployed. ")
				}
			}
			if v.Reason != tc.reason || tc.detail != "" && v.Detail != tc.detail || why != tc.why {
				t.Errorf("%s (%s): %s\nthe store is not read: %q", v.Outcome, v.Reason, v.Detail, why)
			}
		})
	}
}
