package provider_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/pavlo-v-chernykh/keystore-go/v4"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// TestNothingForgedReachesTheTerminal plants what acts on a terminal in all
// that others write, and looks at all that comes out: diagnostics and values.
func TestNothingForgedReachesTheTerminal(t *testing.T) {
	t.Parallel()
	root := forgedRoot(t)
	refusing, looked := lyingServer(t, refusal(t), nil), lyingServer(t, nil, lyingLook(t))
	server := newProtocol(t, now, values{"region": labRegion, "skip_region_validation": true, "postgres": values{
		"username": "watcher", "database": "postgres", "sslmode": "disable", "connect_timeout": "5s",
	}})
	plain := newProtocol(t, always(judgedAt), values{"region": labRegion, "skip_region_validation": true})
	judged := func(client values, more values) values {
		client = with(values{"driver": "psql", "connection": "host=orders sslmode=verify-full sslrootcert=/r.pem"}, "trust_store", client)
		config := values{"region": labRegion, "host": "orders", "force_ssl": true, "target_ca_cert_identifier": targetCA, "clients": values{"app": client}}
		maps.Copy(config, more)
		return config
	}
	fleet := newAccount(t)
	fleet.api.PutInstance(forgedInstance())
	tests := map[string]struct {
		p      *protocol
		reads  string
		config values
		shows  string // of what comes out
	}{
		"the subject of a certificate in a store": {plain, storeType, values{"content": string(pki.PEM(root))}, `\u202e`},
		"the alias of an entry":                   {plain, storeType, values{"content_base64": base64Of(forgedJKS(t, root)), "password": "changeit"}, `\u202e`},
		"the subject of a server's certificate": {
			plain, "sslready_readiness", judged(values{"content": string(pki.PEM(root))}, values{"server_certificate_chain_pem": string(pki.PEM(root))}), `\u202e`,
		},
		"the name of a session": {
			plain, "sslready_readiness", judged(values{"content": string(pki.PEM(root))}, values{"server_certificate_chain_pem": string(pki.PEM(root)), "observations": observedBy(true, observedSession("web"+forged, true))}), `\u202e`,
		},
		"an error of PostgreSQL":        {server, "sslready_clients", refusing, "malformed"},
		"the sessions of a PostgreSQL":  {server, "sslready_clients", looked, `\u202e`},
		"the names of a fleet":          {fleet.protocol(t), "sslready_instances", values{}, `\u202e`},
		"the files of an image":         {plain, "sslready_image", values{"image": "dir:" + forgedFolder(t)}, `\u202e`},
		"the lines of a log, CSV":       {plain, connectionLogType, values{"files": []any{forgedLog(t, "log.csv")}, "log_connections": true}, `\u202e`},
		"the lines of a log":            {plain, connectionLogType, values{"files": []any{forgedLog(t, "log.log")}, "log_connections": true}, `u202e`},
		"an error of RDS, in its code":  {lyingRDS(t, "\u009b2J\u202e", "denied"), "sslready_force_ssl", values{"db_instance_identifier": orders}, "rds"},
		"an error of RDS, in its words": {lyingRDS(t, "InternalFailure", "\u009b2J\u202e\u2066"), "sslready_force_ssl", values{"db_instance_identifier": orders}, "InternalFailure"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state, told := tc.p.read(t, tc.reads, tc.config)
			outputs := object(at(t, state))
			for argument := range tc.config { // Terraform has them as they were given.
				delete(outputs, argument)
			}
			out := fmt.Sprint(outputs, told)
			if found := unshowable(out); found != "" {
				t.Errorf("a terminal would act on %q of %q", found, out)
			}
			if !strings.Contains(out, tc.shows) {
				t.Errorf("it does not show %s: %q", tc.shows, out)
			}
		})
	}
}

// TestNothingForgedIsListed: identities and configurations are printed, too.
func TestNothingForgedIsListed(t *testing.T) {
	t.Parallel()
	fleet := newAccount(t)
	fleet.api.PutInstance(forgedInstance())
	p := fleet.protocol(t)
	results, told := p.list(t, values{"target_ca_cert_identifier": targetCA}, 0)
	out := fmt.Sprint(told)
	for _, result := range results {
		out += fmt.Sprint(result.DisplayName, p.identity(t, result.Identity), plain(t, decode(t, p.schemas.ResourceSchemas[gateType].ValueType(), result.Resource)))
	}
	if found := unshowable(out); found != "" || !strings.Contains(out, `\u202e`) {
		t.Errorf("a terminal would act on %q of %q", found, out)
	}
}

// forgedRoot is a root of which the names act on a terminal.
func forgedRoot(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	name := pkix.Name{CommonName: "root " + forged, Organization: []string{forged}}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: name, Issuer: name, NotBefore: judgedAt.AddDate(-1, 0, 0), NotAfter: judgedAt.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"orders"},
	}, &x509.Certificate{Subject: name}, key.Public(), key)
	must(t, err)
	root, err := x509.ParseCertificate(der)
	must(t, err)
	return root
}

func forgedJKS(t *testing.T, root *x509.Certificate) string {
	t.Helper()
	store := keystore.New()
	must(t, store.SetTrustedCertificateEntry("alias "+forged, keystore.TrustedCertificateEntry{
		CreationTime: judgedAt, Certificate: keystore.Certificate{Type: "X509", Content: root.Raw},
	}))
	var content bytes.Buffer
	must(t, store.Store(&content, []byte("changeit")))
	return content.String()
}

// lyingServer is where a PostgreSQL is that is none.
func lyingServer(t *testing.T, login, query func(int) []byte) values {
	t.Helper()
	port, _, err := pgserver.Impostor{Login: login, Query: query}.Start(t.Context())
	must(t, err)
	return values{"host": "localhost", "port": int64(port)}
}

// forgedInstance has names that RDS would not take.
func forgedInstance() rdsserver.Instance {
	instance := ordersInstance()
	instance.Identifier, instance.EngineVersion, instance.CAIdentifier, instance.Host = "orders\u202e\u2066", "16.3\u009b2J", "ca\u202e", "db\u202e.example"
	return instance
}

// forgedFolder is a root file system of which names and versions are forged.
func forgedFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"app/node_modules/pg/package.json":                     `{"name":"pg","version":"8.11.3\u202e\u001b[2J"}`,
		"app" + forged + "/node_modules/pg/package.json":       `{"name":"pg","version":"8.11.3"}`,
		"app" + forged + "/node_modules/postgres/package.json": "{",
		"srv/" + forged + ".pem":                               "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, "\r", ""))
		must(t, os.MkdirAll(filepath.Dir(file), 0o750))
		must(t, os.WriteFile(file, []byte(content), 0o600))
	}
	return dir
}

// forgedLog has a client whose names are forged.
func forgedLog(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	user := "app\u202e\u2066\u009b2J"
	record := func(message string) string {
		return "2026-01-02 03:00:00 UTC:10.0.0.5(4711):" + user + "@orders:[77]:LOG:  " + message + "\n"
	}
	content := "2026-01-02 03:00:00 UTC:10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  connection received: host=10.0.0.5 port=4711\n" +
		record("connection authorized: user="+user+" database=orders application_name=x\u202e SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)")
	if strings.HasSuffix(name, ".csv") {
		row := func(who, message string) string {
			return "2026-01-02 03:00:00.000 UTC," + who + `,77,"10.0.0.5:4711",6957.1,1,"authentication",2026-01-02 03:00:00 UTC,3/1,0,LOG,00000,"` + message + `",,,,,,,,,"","client backend",,0` + "\n"
		}
		content = row(",", "connection received: host=10.0.0.5 port=4711") +
			row(`"`+user+`","orders"`, "connection authorized: user="+user+" database=orders application_name=x\u202e SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)")
	}
	must(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// refusal is a login that is refused, in a code and words that are forged.
func refusal(t *testing.T) func(int) []byte {
	t.Helper()
	return once(message(t, &pgproto3.ErrorResponse{Severity: "FATAL", Code: forged, Message: "sorry " + forged}))
}

func once(octets []byte) func(int) []byte {
	return func(nth int) []byte {
		if nth > 0 {
			return nil
		}
		return octets
	}
}

// lyingLook answers a look with one session, of which all names are forged.
func lyingLook(t *testing.T) func(int) []byte {
	t.Helper()
	columns := []string{"15.18", "t", fmt.Sprint(time.Now().UnixMicro()), "0", "1", forged, forged, forged, "10.0.0.1", "f", "t", "TLSv1.3", forged, "256", "", "f", "1750000000000000"} //nolint:forbidigo // A server's clock.
	row, fields := make([][]byte, len(columns)), make([]pgproto3.FieldDescription, len(columns))
	for i, column := range columns {
		row[i], fields[i] = []byte(column), pgproto3.FieldDescription{Name: []byte("c"), DataTypeOID: 25, DataTypeSize: -1}
	}
	var all []byte
	for _, m := range []pgproto3.BackendMessage{
		&pgproto3.ParseComplete{}, &pgproto3.BindComplete{}, &pgproto3.RowDescription{Fields: fields}, &pgproto3.DataRow{Values: row},
		&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")}, &pgproto3.ReadyForQuery{TxStatus: 'I'},
	} {
		all = append(all, message(t, m)...)
	}
	return once(all)
}

func message(t *testing.T, m pgproto3.BackendMessage) []byte {
	t.Helper()
	octets, err := m.Encode(nil)
	must(t, err)
	return octets
}

// lyingRDS is a provider for an RDS that refuses everything.
func lyingRDS(t *testing.T, code, words string) *protocol {
	t.Helper()
	a := newAccount(t)
	a.api.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{rdsserver.EveryAction: {
		Status: 400, Body: "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + words + "</Message></Error><RequestId>" + code + "</RequestId></ErrorResponse>",
	}}})
	return a.protocol(t)
}

// TestANumberOfSessionsIsNotNegative at its path.
func TestANumberOfSessionsIsNotNegative(t *testing.T) {
	t.Parallel()
	session := observedSession("app", true)
	session["sessions"] = int64(-5)
	_, told := newProtocol(t, always(judgedAt), values{}).read(t, "sslready_readiness", values{
		"region": labRegion, "target_ca_cert_identifier": targetCA, "observations": observedBy(true, session),
		"clients": values{"app": values{"driver": "psql", "connection": "host=orders"}},
	})
	told.expect(t, "ERROR", "observations[0].sessions[0].sessions", "Invalid Attribute Value", "at least 0", "-5")
}

// TestNobodyIsAskedWithoutPause: in a billionth of a second, a server and AWS
// would be asked without end.
func TestNobodyIsAskedWithoutPause(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, now, values{})
	_, told := p.read(t, "sslready_clients", values{"host": "orders", "observe_for": "10s", "sample_interval": "1ns"})
	told.expect(t, "ERROR", "sample_interval", "Invalid Duration", "at least 10ms")
	_, told = p.invoke(t.Context(), t, values{"db_instance_identifier": orders, "target_ca_cert_identifier": targetCA, "poll_interval": "1ns"})
	told.expect(t, "ERROR", "poll_interval", "Invalid Duration", "at least 100ms")
}
