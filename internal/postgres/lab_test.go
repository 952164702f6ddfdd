package postgres_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// The passwords that must show up nowhere.
const (
	readinessPassword = "hunter2-readiness"
	wrongPassword     = "hunter2-wrong"
	tokenPassword     = "hunter2-token"
)

// serverName is what the lab's server certificates are for.
const serverName = "localhost"

// roles are those of every server here: one that sees everyone, one that does
// not, an application with replication, and one with IAM authentication.
func roles() []pgserver.Role {
	return []pgserver.Role{
		{Name: "readiness", Password: readinessPassword, Monitor: true},
		{Name: "blind", Password: readinessPassword},
		{Name: "app", Replication: true},
		{Name: "iam", Password: tokenPassword, IAM: true, Monitor: true},
	}
}

func newChain(tb testing.TB, ca string, opts pki.Options) *pki.Chain {
	tb.Helper()
	chain, err := pki.NewRegion("us-east-1", pki.Today()).Chain(ca, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return chain
}

// startServer runs a PostgreSQL with the roles and TLS.
func startServer(tb testing.TB, opts pgserver.Options) *pgserver.Server {
	tb.Helper()
	if opts.Chain == nil {
		opts.Chain = newChain(tb, pki.CARSA2048, pki.Options{})
	}
	return startAsIs(tb, opts)
}

// startAsIs runs a PostgreSQL with the roles, and without TLS unless opts has a
// chain.
func startAsIs(tb testing.TB, opts pgserver.Options) *pgserver.Server {
	tb.Helper()
	opts.Roles = roles()
	s, err := pgserver.Start(tb.Context(), opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// configFor logs the role readiness in, with full verification.
func configFor(s *pgserver.Server) postgres.Config {
	c := postgres.Config{
		Host: serverName, Port: uint16(s.Port()), Database: "postgres",
		Username: "readiness", Password: readinessPassword, SSLMode: postgres.VerifyFull,
	}
	if s.Chain() != nil {
		c.SSLRootCertPEM = s.Chain().RootPEM()
	}
	return c
}

// session is a client for the adapter to see; it stays until the test ends.
type session struct {
	host, user, password, database, application string
	encrypted, replication                      bool
	clientCertificate                           *pki.Chain
}

// open connects it.
func (w session) open(tb testing.TB, s *pgserver.Server) *pgconn.PgConn {
	tb.Helper()
	if w.host == "" {
		w.host = pgserver.Host
	}
	config, err := pgconn.ParseConfig(fmt.Sprintf("host='%s' port=%d user=%s dbname=%s sslmode=disable", w.host, s.Port(), w.user, w.database))
	if err != nil {
		tb.Fatal(err)
	}
	config.Password = w.password
	config.RuntimeParams["application_name"] = w.application
	if w.replication {
		config.RuntimeParams["replication"] = "true"
	}
	if w.encrypted {
		config.TLSConfig = &tls.Config{InsecureSkipVerify: true}
	}
	if c := w.clientCertificate; c != nil {
		config.TLSConfig.Certificates = c.TLS().Certificates
	}
	conn, err := pgconn.ConnectConfig(tb.Context(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	})
	return conn
}

// assertNoSecret fails if an error shows a password, in any format.
func assertNoSecret(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a password is in the error: %s", text)
		}
	}
}
