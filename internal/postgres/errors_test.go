package postgres_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

func TestEachFailureHasItsOwnMeaning(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{
		Version: "15",
		HBA:     []string{"host all banned all reject"},
	})
	other := newChain(t, pki.CARSA2048, pki.Options{KeyGeneration: 1})
	missing := filepath.Join(t.TempDir(), "missing.pem")
	failToken := errors.New("no credentials")

	tests := map[string]struct {
		edit func(*postgres.Config)
		want error
	}{
		"wrong password":                {func(c *postgres.Config) { c.Password = wrongPassword }, postgres.ErrWrongPassword},
		"unknown user":                  {func(c *postgres.Config) { c.Username, c.Password = "nobody", wrongPassword }, postgres.ErrWrongPassword},
		"user that no rule lets in":     {func(c *postgres.Config) { c.Username = "banned" }, postgres.ErrAuthentication},
		"unknown database":              {func(c *postgres.Config) { c.Database = "nowhere" }, postgres.ErrDatabaseNotFound},
		"another root of the same name": {func(c *postgres.Config) { c.SSLRootCertPEM = other.RootPEM() }, postgres.ErrCertificateNotTrusted},
		"another root with verify-ca":   {func(c *postgres.Config) { c.SSLMode, c.SSLRootCertPEM = postgres.VerifyCA, other.RootPEM() }, postgres.ErrCertificateNotTrusted},
		"another root with require":     {func(c *postgres.Config) { c.SSLMode, c.SSLRootCertPEM = postgres.Require, other.RootPEM() }, postgres.ErrCertificateNotTrusted},
		"no root and none known":        {func(c *postgres.Config) { c.SSLRootCertPEM = nil }, postgres.ErrCertificateNotTrusted},
		"the system's roots":            {func(c *postgres.Config) { c.SSLRootCertPEM, c.SSLRootCert = nil, postgres.SystemRoots }, postgres.ErrCertificateNotTrusted},
		"certificate that has ended": {func(c *postgres.Config) {
			c.Now = func() time.Time { return pki.Today().AddDate(2, 0, 0) }
		}, postgres.ErrCertificateNotTrusted},
		"another host name":         {func(c *postgres.Config) { c.Host = "127.0.0.1" }, postgres.ErrHostNameMismatch},
		"root file that is missing": {func(c *postgres.Config) { c.SSLRootCertPEM, c.SSLRootCert = nil, missing }, postgres.ErrInvalidRootCertificate},
		"root file that is missing, without TLS": {func(c *postgres.Config) {
			c.SSLMode, c.SSLRootCertPEM, c.SSLRootCert = postgres.Disable, nil, missing
		}, postgres.ErrInvalidRootCertificate},
		"unknown sslmode": {func(c *postgres.Config) { c.SSLMode = "verify_full" }, postgres.ErrInvalidSSLMode},
		"several hosts":   {func(c *postgres.Config) { c.Host = "localhost,localhost" }, postgres.ErrInvalidConfig},
		"host with a NUL": {func(c *postgres.Config) { c.Host = "local\x00host" }, postgres.ErrInvalidConfig},
		"token without TLS": {func(c *postgres.Config) {
			c.SSLMode = postgres.Disable
			c.Token = func(context.Context, string, uint16, string) (string, error) { return tokenPassword, nil }
		}, postgres.ErrInvalidConfig},
		"token that cannot be made": {func(c *postgres.Config) {
			c.Token = func(context.Context, string, uint16, string) (string, error) { return "", failToken }
		}, postgres.ErrToken},
		"token that is wrong": {func(c *postgres.Config) {
			c.Username = "iam"
			c.Token = func(context.Context, string, uint16, string) (string, error) { return wrongPassword, nil }
		}, postgres.ErrWrongPassword},
		"total timeout":     {func(c *postgres.Config) { c.TotalTimeout = time.Nanosecond }, postgres.ErrTimeout},
		"statement timeout": {func(c *postgres.Config) { c.StatementTimeout = time.Nanosecond }, postgres.ErrTimeout},
		"unknown host":      {func(c *postgres.Config) { c.Host = "postgres.invalid" }, postgres.ErrUnreachable},
		"closed port":       {func(c *postgres.Config) { c.Port = 1 }, postgres.ErrUnreachable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configFor(s)
			tc.edit(&config)
			assertFails(t, config, tc.want)
		})
	}
}

// assertFails wants the meaning, and no password in it.
func assertFails(t *testing.T, config postgres.Config, want error) {
	t.Helper()
	_, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	assertNoSecret(t, err)
}

func TestAServerWithoutTLSIsRefused(t *testing.T) {
	t.Parallel()
	s := startAsIs(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	for _, mode := range []string{"prefer", "allow", postgres.Require, postgres.VerifyCA, postgres.VerifyFull} {
		config.SSLMode = mode
		if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); !errors.Is(err, postgres.ErrTLSRefused) {
			t.Errorf("%s: got %v, want ErrTLSRefused", mode, err)
		}
	}
	config.SSLMode = postgres.Disable
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); err != nil {
		t.Errorf("disable: %v", err)
	}
	if _, err := postgres.ServerCertificate(t.Context(), endpointOf(s), postgres.OfferAny, postgres.SSLRequest); !errors.Is(err, postgres.ErrTLSRefused) {
		t.Errorf("server certificate: got %v, want ErrTLSRefused", err)
	}
}

func TestNoPasswordGoesOutInClearText(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15", HBA: []string{"hostnossl all readiness all password"}})
	config := configFor(s)
	config.SSLMode = postgres.Disable
	_, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if !errors.Is(err, postgres.ErrNotVerified) {
		t.Errorf("got %v, want ErrNotVerified: pgx has to refuse", err)
	}
	assertNoSecret(t, err)
}

func TestAKnownRootIsTheAnchor(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	config.SSLRootCertPEM = nil
	config.KnownRoot = func(sha256 string) bool { return sha256 == pki.SHA256(s.Chain().Root) }
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); err != nil {
		t.Errorf("known root: %v", err)
	}
	config.Host = "127.0.0.1"
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); !errors.Is(err, postgres.ErrHostNameMismatch) {
		t.Errorf("known root, another name: got %v, want ErrHostNameMismatch", err)
	}
	config.Host = serverName

	for name, chain := range map[string]*pki.Chain{
		"a server that presents no root":         newChain(t, pki.CARSA2048, pki.Options{OmitRoot: true}),
		"a known root that has ended":            newChain(t, pki.CARSA2048, pki.Options{Root: pki.Validity{NotAfter: pki.Today().AddDate(0, 0, -1)}}),
		"a server that presents no subordinate":  newChain(t, pki.CARSA2048, pki.Options{OmitSubordinate: true}),
		"a known root above another's signature": newChain(t, pki.CARSA2048, pki.Options{KeyGeneration: 1}),
	} {
		known := pki.SHA256(chain.Root)
		if name == "a known root above another's signature" {
			known = pki.SHA256(s.Chain().Root)
		}
		config.KnownRoot = func(sha256 string) bool { return sha256 == known }
		if err := s.SwapChain(t.Context(), chain); err != nil {
			t.Fatal(err)
		}
		if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); !errors.Is(err, postgres.ErrCertificateNotTrusted) {
			t.Errorf("%s: got %v, want ErrCertificateNotTrusted", name, err)
		}
	}
}

func TestAnIAMTokenIsThePassword(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	config.Username, config.Password = "iam", wrongPassword
	config.Token = func(_ context.Context, host string, port uint16, username string) (string, error) {
		if host != serverName || int(port) != s.Port() || username != "iam" {
			t.Errorf("token for %s:%d, %s", host, port, username)
		}
		return tokenPassword, nil
	}
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); err != nil {
		t.Error(err)
	}
}

func TestCancelingEndsAnObservation(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	time.AfterFunc(500*time.Millisecond, cancel)
	_, err := postgres.Sessions(ctx, configFor(s), postgres.Look{ObserveFor: time.Hour})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestASilentServerTimesOut(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // The test is over.
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("not TCP")
	}
	config := postgres.Config{Host: "127.0.0.1", Port: uint16(address.Port), SSLMode: postgres.Require, ConnectTimeout: 100 * time.Millisecond}
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); !errors.Is(err, postgres.ErrTimeout) {
		t.Errorf("sessions: got %v, want ErrTimeout", err)
	}
	e := postgres.Endpoint{Host: "127.0.0.1", Port: uint16(address.Port), Timeout: 100 * time.Millisecond}
	if _, err := postgres.Probe(t.Context(), e); !errors.Is(err, postgres.ErrTimeout) {
		t.Errorf("probe: got %v, want ErrTimeout", err)
	}
	if _, err := postgres.ServerCertificate(t.Context(), e, postgres.OfferAny, postgres.SSLRequest); !errors.Is(err, postgres.ErrTimeout) {
		t.Errorf("certificate: got %v, want ErrTimeout", err)
	}
}

func TestRootFilesAreReadStrictly(t *testing.T) {
	t.Parallel()
	good := string(newChain(t, pki.CAECC384, pki.Options{}).RootPEM())
	for name, tc := range map[string]struct {
		content string
		ok      bool
	}{
		"one":                         {good, true},
		"two with a comment":          {good + "# second\n" + good, true},
		"empty":                       {"", false},
		"no PEM":                      {"<html>not found</html>", false},
		"a broken block at the end":   {good + "-----BEGIN CERTIFICATE-----\nMIIB!!!\n-----END CERTIFICATE-----\n", false},
		"a broken block in front":     {"-----BEGIN CERTIFICATE-----\nMIIB!!!\n-----END CERTIFICATE-----\n" + good, false},
		"a truncated block":           {good + good[:200], false},
		"a block that is no DER":      {good + "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", false},
		"a block of another type":     {good + "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", false},
		"more than there can be ever": {good + string(make([]byte, 4<<20)), false},
	} {
		if err := postgres.ParseRoots([]byte(tc.content)); (err == nil) != tc.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// It sets the environment, so it is not parallel.
func TestTheEnvironmentFillsIn(t *testing.T) {
	s := startServer(t, pgserver.Options{Version: "15"})
	dir := t.TempDir()
	root, passfile := filepath.Join(dir, "root.pem"), filepath.Join(dir, "pgpass")
	for path, content := range map[string]string{root: string(s.Chain().RootPEM()), passfile: "*:*:postgres:readiness:" + readinessPassword + "\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PGUSER", "readiness")
	t.Setenv("PGPASSFILE", passfile)
	t.Setenv("PGSSLROOTCERT", root)
	config := postgres.Config{Host: serverName, Port: uint16(s.Port())}
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); err != nil {
		t.Errorf("PGUSER, PGPASSFILE and PGSSLROOTCERT: %v", err)
	}
	t.Setenv("PGPASSWORD", wrongPassword)
	_, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if !errors.Is(err, postgres.ErrWrongPassword) {
		t.Errorf("PGPASSWORD: got %v, want ErrWrongPassword", err)
	}
	assertNoSecret(t, err)
	t.Setenv("PGSSLMODE", "nonsense")
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); !errors.Is(err, postgres.ErrInvalidSSLMode) {
		t.Errorf("PGSSLMODE: got %v, want ErrInvalidSSLMode", err)
	}
	t.Setenv("PGSSLMODE", "")
	t.Setenv("PGCONNECT_TIMEOUT", "soon")
	_, err = postgres.Sessions(t.Context(), config, postgres.Look{})
	if !errors.Is(err, postgres.ErrInvalidConfig) {
		t.Errorf("PGCONNECT_TIMEOUT: got %v, want ErrInvalidConfig", err)
	}
	assertNoSecret(t, err)
}
