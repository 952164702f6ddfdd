package provider_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/awsprovider"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

const (
	labRegion = "lab-local-1" // No Region of AWS: its roots are not in the fact table.
	orders    = "orders-prod"
	presentCA = pki.CARSA2048
	targetCA  = pki.CARSA4096
)

// judgedAt is the provider's time in tests that do not meet a real server.
var judgedAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestMain keeps a user's own settings out, and ends the shared servers.
func TestMain(m *testing.M) {
	if servesAsPlugin() {
		return
	}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "PG") || name == "TF_CLI_CONFIG_FILE" || strings.HasPrefix(name, "TF_LOG") {
			_ = os.Unsetenv(name)
		}
	}
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "AWS_EC2_METADATA_DISABLED": "true", "PGPASSFILE": "none",
	} {
		_ = os.Setenv(name, value)
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the shared Region:", err)
		code = 1
	}
	os.Exit(code)
}

// account is an RDS API with CAs like RDS's, and no database servers.
type account struct {
	api *rdsserver.Server
	url string
	cas *pki.Region
}

// newAccount has the DB instance orders-prod on the present CA, with
// rds.force_ssl on.
func newAccount(t testing.TB) *account {
	t.Helper()
	a := &account{
		api: rdsserver.New(rdsserver.Options{Region: labRegion, Now: always(judgedAt)}),
		cas: pki.NewRegion(labRegion, judgedAt),
	}
	for _, id := range pki.CAIdentifiers() {
		root := a.root(t, id)
		a.api.PutCertificate(rdsserver.Certificate{
			Identifier: id, Thumbprint: pki.Thumbprint(root), ValidFrom: root.NotBefore, ValidTill: root.NotAfter,
		})
	}
	a.api.PutParameterGroup(forceSSLGroup("orders-pg16", "1"))
	a.api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.3", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	a.api.PutInstance(ordersInstance())
	url, stop, err := a.api.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	a.url = url
	return a
}

func ordersInstance() rdsserver.Instance {
	return rdsserver.Instance{
		Identifier: orders, Engine: "postgres", EngineVersion: "16.3", Class: "db.t4g.medium", AllocatedStorage: 20,
		Host: orders + ".c0example." + labRegion + ".rds.amazonaws.com", Port: 5432, ParameterGroup: "orders-pg16", CAIdentifier: presentCA,
	}
}

func forceSSLGroup(name, value string) rdsserver.ParameterGroup {
	return rdsserver.ParameterGroup{
		Name: name, Family: "postgres16",
		Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: value, Source: "user"}},
	}
}

// settings is the provider's configuration for this account.
func (a *account) settings() values {
	return values{
		"region": labRegion, "access_key": "lab", "secret_key": "lab", "skip_region_validation": true, "max_retries": 2,
		"endpoints": values{"rds": a.url, "sts": a.url},
	}
}

// protocol is a provider for this account, at the fixed time.
func (a *account) protocol(t testing.TB) *protocol {
	t.Helper()
	return newProtocol(t, always(judgedAt), a.settings())
}

// providers are both providers' blocks for this account.
func (a *account) providers() string { return providerBlocks(a.url, "") }

// providerBlocks points both providers to an API.
func providerBlocks(url, more string) string {
	return fmt.Sprintf(`
provider "sslready" {
  region                 = %[1]q
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true
  max_retries            = 2
  endpoints              = { rds = %[2]q, sts = %[2]q }
%[3]s
}

provider "aws" {
  region                      = %[1]q
  access_key                  = "lab"
  secret_key                  = "lab"
  skip_credentials_validation = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  endpoints {
    rds = %[2]q
    sts = %[2]q
  }
}
`, labRegion, url, more)
}

// store writes a PEM trust store with the roots of the CAs, and returns its
// path.
func (a *account) store(t testing.TB, name string, cas ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	a.rewrite(t, file, cas...)
	return file
}

func (a *account) rewrite(t testing.TB, file string, cas ...string) {
	t.Helper()
	must(t, os.WriteFile(file, []byte(a.roots(t, cas...)), 0o600))
}

// roots is the PEM of the roots of the CAs.
func (a *account) roots(t testing.TB, cas ...string) string {
	t.Helper()
	var text strings.Builder
	for _, id := range cas {
		text.Write(pki.PEM(a.root(t, id)))
	}
	return text.String()
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// sslreadyOnly serves the provider at a time.
func sslreadyOnly(clock func() time.Time) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"sslready": func() (tfprotov6.ProviderServer, error) { return sslready.ServerAt("test", clock)(), nil },
	}
}

func awsToo() map[string]func() (tfprotov5.ProviderServer, error) {
	return map[string]func() (tfprotov5.ProviderServer, error){
		"aws": providerserver.NewProtocol5WithError(awsprovider.New()),
	}
}

// run runs steps in Terraform, with the provider at the fixed time.
func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	runAt(t, always(judgedAt), steps...)
}

func runAt(t *testing.T, clock func() time.Time, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: sslreadyOnly(clock), ProtoV5ProviderFactories: awsToo(), Steps: steps,
	})
}

// sharedRegion has real PostgreSQL servers, for the tests that only look.
type sharedRegion struct {
	once   sync.Once
	region *region.Region
	err    error
	dir    string
}

var shared sharedRegion

// The roles of the shared servers.
const (
	watcher  = "readiness" // with pg_monitor, password watcherPassword
	nobody   = "blind"     // without
	billing  = "billing"
	reports  = "reports"
	replica  = "replica"
	locked   = "locked" // asked for a password that nobody has
	password = "watcher-password"

	tlsOnly   = "orders-tls"   // refuses plaintext
	plaintext = "orders-plain" // takes it
)

// labWithServers returns the shared Region: the DB instances tlsOnly and
// plaintext, members of the cluster "orders".
func labWithServers(t testing.TB) *region.Region {
	t.Helper()
	shared.once.Do(func() { shared.err = shared.start() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.region
}

func (s *sharedRegion) start() error {
	rds, err := region.Start(context.Background(), labRegion, pgserver.Options{Roles: []pgserver.Role{
		{Name: watcher, Monitor: true, Password: password},
		{Name: nobody},
		{Name: billing},
		{Name: reports},
		{Name: replica, Replication: true},
		{Name: locked, Password: "another"},
		{Name: "planted", Monitor: true, Password: planted["postgres.password"]},
		{Name: "planted-env", Monitor: true, Password: planted["PGPASSWORD"]},
		{Name: "token", Monitor: true, IAM: true},
		{Name: "token-refused", Password: "no token is this", IAM: true},
	}, Settings: map[string]string{"max_wal_senders": "4"}})
	if err != nil {
		return err
	}
	s.region = rds
	rds.API.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "15.18", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	for id, value := range map[string]string{tlsOnly: "1", plaintext: "0"} {
		rds.API.PutParameterGroup(forceSSLGroup(id, value))
		err := rds.Launch(rdsserver.Instance{
			Identifier: id, Engine: "postgres", EngineVersion: "15.18", Class: "db.t4g.micro", ParameterGroup: id, CAIdentifier: presentCA,
		})
		if err != nil {
			return err
		}
	}
	if err := rds.Server(tlsOnly).SetForceSSL(context.Background(), pgserver.TLSOnly); err != nil {
		return err
	}
	group := forceSSLGroup("orders-cluster", "1")
	group.Cluster = true
	rds.API.PutParameterGroup(group)
	rds.API.PutCluster(rdsserver.Cluster{
		Identifier: "orders", ParameterGroup: group.Name, Engine: "postgres", EngineVersion: "15.18", Endpoint: region.Host, Port: rds.Server(tlsOnly).Port(),
		Members: []rdsserver.Member{{Identifier: tlsOnly, Writer: true}, {Identifier: plaintext}},
	})
	if s.dir, err = os.MkdirTemp("", "sslready-provider-"); err != nil {
		return err
	}
	root, err := rds.RootPEM(presentCA)
	if err != nil {
		return err
	}
	return os.WriteFile(s.roots(), root, 0o600)
}

// roots is the file with the root of the servers' certificates.
func (s *sharedRegion) roots() string { return filepath.Join(s.dir, "roots.pem") }

func (s *sharedRegion) stop() error {
	if s.region == nil {
		return nil
	}
	return errors.Join(s.region.Stop(), os.RemoveAll(s.dir))
}

func (a *account) root(t testing.TB, ca string) *x509.Certificate {
	t.Helper()
	root, err := a.cas.Root(ca, pki.Options{})
	must(t, err)
	return root
}

// closedPort is a port of 127.0.0.1 that nobody listens on.
func closedPort(t testing.TB) int {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, listener.Close()) }()
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port
}

// now is the clock of tests that meet real servers, whose certificates are of
// today.
func now() time.Time { return time.Now() } //nolint:forbidigo // See above.
