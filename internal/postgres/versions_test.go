package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// TestEveryMajorVersionAnswersAlike runs on PostgreSQL 10 to 18. A version that
// this machine can neither find nor download is printed; in CI it is a failure.
func TestEveryMajorVersionAnswersAlike(t *testing.T) {
	t.Parallel()
	for _, major := range pgserver.EmbeddedMajors() {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			opts := pgserver.Options{Version: strconv.Itoa(major), Chain: newChain(t, pki.CARSA2048, pki.Options{}), Roles: roles()}
			s, err := pgserver.Start(t.Context(), opts)
			if errors.Is(err, pgserver.ErrNotInstalled) {
				judge.Missing(t, fmt.Sprintf("PostgreSQL %d", major), err.Error())
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Stop() })
			assertSessions(t, s, major)
			assertHidden(t, s)
			assertTLS(t, s, major)
		})
	}
}

func assertSessions(t *testing.T, s *pgserver.Server, major int) {
	t.Helper()
	session{user: "app", database: "postgres", application: "secure", encrypted: true}.open(t, s)
	session{user: "app", database: "postgres", application: "plain"}.open(t, s)
	session{user: "app", database: "postgres", application: "standby", encrypted: true, replication: true}.open(t, s)
	got, err := postgres.Sessions(t.Context(), configFor(s), postgres.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if got.SSLSessions != 2 || got.PlaintextSessions != 1 || got.LocalSessions != 0 || !got.Complete {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.ServerVersion, strconv.Itoa(major)+".") {
		t.Errorf("version %q, want %d", got.ServerVersion, major)
	}
}

func assertHidden(t *testing.T, s *pgserver.Server) {
	t.Helper()
	config := configFor(s)
	config.Username = "blind"
	got, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if err != nil {
		t.Fatal(err)
	}
	// The session of the role that has looked before may not have ended yet.
	of := slices.DeleteFunc(slices.Clone(got.Clients), func(c postgres.Client) bool { return c.Username != "app" })
	if got.Complete || got.HiddenSessions < 3 || len(of) != 3 || got.SSLSessions+got.PlaintextSessions != 0 {
		t.Errorf("a role that may not see: %+v", got)
	}
}

func assertTLS(t *testing.T, s *pgserver.Server, major int) {
	t.Helper()
	if got, err := postgres.Probe(t.Context(), endpointOf(s)); err != nil || !got.PlaintextTaken {
		t.Errorf("probe: %+v, %v", got, err)
	}
	for _, force := range []pgserver.ForceSSL{pgserver.TLSOnly, pgserver.PlaintextRejected} {
		if err := s.SetForceSSL(t.Context(), force); err != nil {
			t.Fatal(err)
		}
		if got, err := postgres.Probe(t.Context(), endpointOf(s)); err != nil || !got.Enforced {
			t.Errorf("probe, TLS forced: %+v, %v", got, err)
		}
	}
	_, err := postgres.ServerCertificate(t.Context(), endpointOf(s), postgres.OfferAny, postgres.Direct)
	if (err == nil) != (major >= 17) {
		t.Errorf("direct TLS: %v", err)
	}
}

// oldShape is the views of version 9.6, which cannot be had as a program here,
// made of the present ones. It shows that the statement resolves its columns,
// not that such a server answers so.
//
// Source: src/backend/catalog/system_views.sql of REL9_6_STABLE.
const oldShape = `
CREATE SCHEMA %[1]s;
GRANT USAGE ON SCHEMA %[1]s TO PUBLIC;
CREATE VIEW %[1]s.pg_stat_ssl AS
  SELECT pid, ssl, version, cipher, bits, false AS compression, client_dn AS clientdn FROM pg_catalog.pg_stat_ssl;
CREATE VIEW %[1]s.pg_stat_activity AS
  SELECT datid, datname, pid, usesysid, usename, application_name, client_addr, client_hostname, client_port,
         backend_start, xact_start, query_start, state_change, wait_event_type, wait_event, state, backend_xid,
         backend_xmin, query FROM pg_catalog.pg_stat_activity;
GRANT SELECT ON ALL TABLES IN SCHEMA %[1]s TO PUBLIC;`

func TestTheStatementFitsTheViewsOfVersion96(t *testing.T) {
	t.Parallel()
	const schema = "v96"
	s := startServer(t, pgserver.Options{Version: "15"})
	session{user: "app", database: "postgres", application: "secure", encrypted: true}.open(t, s)
	if err := s.Exec(t.Context(), fmt.Sprintf(oldShape, schema)); err != nil {
		t.Fatal(err)
	}
	sql := postgres.LookSQL
	for _, view := range []string{"pg_stat_activity", "pg_stat_ssl"} {
		sql = strings.ReplaceAll(sql, "pg_catalog."+view, schema+"."+view)
	}
	config, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%d user=readiness password=%s dbname=postgres sslmode=disable", pgserver.Host, s.Port(), readinessPassword))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	result := conn.ExecParams(t.Context(), sql, nil, nil, nil, nil).Read()
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	// Views run with their owner's rights, who sees everyone.
	if result.Err != nil || len(result.Rows) != 1 || string(result.Rows[0][7]) != "secure" || string(result.Rows[0][11]) != "TLSv1.3" {
		t.Errorf("%v, rows %q", result.Err, result.Rows)
	}
}
