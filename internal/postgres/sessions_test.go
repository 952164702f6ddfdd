package postgres_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// seen drops what differs from run to run.
var seen = cmpopts.IgnoreFields(postgres.Client{}, "FirstSeen", "LastSeen", "Began")

func TestSessionsAreGroupedWithTheirTLS(t *testing.T) {
	t.Parallel()
	client := newChain(t, pki.CARSA2048, pki.Options{CommonName: "billing-client", ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	s := startServer(t, pgserver.Options{Version: "15", ClientCA: client.RootPEM()})
	for range 3 {
		session{user: "app", database: "postgres", application: "billing", encrypted: true}.open(t, s)
	}
	session{user: "app", database: "postgres", application: "billing", encrypted: true, clientCertificate: client}.open(t, s)
	session{user: "app", database: "postgres", application: "legacy"}.open(t, s)
	session{user: "app", database: "postgres", application: "cron", host: s.SocketDir()}.open(t, s)
	session{user: "app", database: "postgres", application: "standby", encrypted: true, replication: true}.open(t, s)
	session{user: "rdsadmin", database: "postgres", host: s.SocketDir()}.open(t, s)

	got, err := postgres.Sessions(t.Context(), configFor(s), postgres.Look{})
	if err != nil {
		t.Fatal(err)
	}
	secure := postgres.Client{
		Group: postgres.Group{
			Database: "postgres", Username: "app", ClientAddr: "127.0.0.1", SSL: true,
			TLSVersion: "TLSv1.3", Cipher: "TLS_AES_256_GCM_SHA384", Bits: 256,
		},
		Sessions: 1, Samples: 1,
	}
	with := func(c postgres.Client, edit func(*postgres.Client)) postgres.Client { edit(&c); return c }
	want := []postgres.Client{
		with(secure, func(c *postgres.Client) { c.Database, c.ApplicationName = "", "standby" }),
		with(secure, func(c *postgres.Client) { c.ApplicationName, c.Sessions = "billing", 3 }),
		with(secure, func(c *postgres.Client) {
			c.ApplicationName = "billing"
			c.ClientDN = `/C=US/ST=WA/L=Seattle/O=Amazon Web Services\, Inc./OU=Amazon RD`
		}),
		{Group: postgres.Group{Database: "postgres", Username: "app", ApplicationName: "cron", Local: true}, Sessions: 1, Samples: 1},
		{Group: postgres.Group{Database: "postgres", Username: "app", ApplicationName: "legacy", ClientAddr: "127.0.0.1"}, Sessions: 1, Samples: 1},
	}
	if diff := cmp.Diff(want, got.Clients, seen); diff != "" {
		t.Errorf("clients (-want +got):\n%s", diff)
	}
	for _, c := range got.Clients {
		if c.Began.IsZero() || c.Began.After(c.FirstSeen) || c.FirstSeen.Sub(c.Began) > time.Minute {
			t.Errorf("%s of %s began at %s, and was seen at %s", c.ApplicationName, c.Username, c.Began, c.FirstSeen)
		}
	}
	if got.SSLSessions != 5 || got.PlaintextSessions != 1 || got.LocalSessions != 1 || got.HiddenSessions != 0 {
		t.Errorf("TLS %d, plaintext %d, local %d, hidden %d; want 5, 1, 1, 0", got.SSLSessions, got.PlaintextSessions, got.LocalSessions, got.HiddenSessions)
	}
	if !got.Complete || !got.SeesEveryone || got.Samples != 1 || !strings.HasPrefix(got.ServerVersion, "15.") {
		t.Errorf("complete %t, sees everyone %t, samples %d, version %q", got.Complete, got.SeesEveryone, got.Samples, got.ServerVersion)
	}
}

func TestARoleThatMayNotSeeClaimsNothing(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	config.Username = "blind"

	alone, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if alone.Complete || alone.SeesEveryone {
		t.Error("a role without pg_read_all_stats claims a complete view")
	}
	session{user: "app", database: "postgres", encrypted: true}.open(t, s)
	session{user: "app", database: "postgres"}.open(t, s)
	session{user: "rdsadmin", database: "postgres", host: s.SocketDir()}.open(t, s)
	got, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(got.Clients, func(c postgres.Client) bool { return c.Hidden && c.Username == "app" && c.Sessions == 2 }) {
		t.Errorf("clients %v: the users of hidden sessions are visible", got.Clients)
	}
	if hidden := got.HiddenSessions - alone.HiddenSessions; hidden != 2 {
		t.Errorf("%d more sessions are hidden, want 2", hidden)
	}
	shown := slices.ContainsFunc(got.Clients, func(c postgres.Client) bool { return !c.Hidden })
	if got.Complete || shown || got.PlaintextSessions != 0 || got.SSLSessions != 0 {
		t.Errorf("complete %t, clients %v: hidden sessions must be neither TLS nor plaintext", got.Complete, got.Clients)
	}
}

// TestLooksDoNotSeeEachOther: two data sources that look at one server at the
// same time are no clients of it.
func TestLooksDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	session{user: config.Username, password: config.Password, database: "postgres", application: "sslready", encrypted: true}.open(t, s)
	session{user: config.Username, password: config.Password, database: "postgres", application: "psql", encrypted: true}.open(t, s)
	session{user: "app", database: "postgres", application: "sslready", encrypted: true}.open(t, s)
	got, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, c := range got.Clients {
		seen = append(seen, c.Username+" "+c.ApplicationName)
	}
	if want := []string{"app sslready", config.Username + " psql"}; !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
}

func TestObservingCatchesWhoComesAndGoes(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	session{user: "app", database: "postgres", application: "resident", encrypted: true}.open(t, s)
	visitor := make(chan struct{})
	go func() {
		defer close(visitor)
		time.Sleep(500 * time.Millisecond) // The first look is over by then.
		conn := session{user: "app", database: "postgres", application: "visitor"}.open(t, s)
		time.Sleep(500 * time.Millisecond)
		_ = conn.Close(t.Context())
	}()

	got, err := postgres.Sessions(t.Context(), config, postgres.Look{ObserveFor: 5 * time.Second, SampleInterval: 50 * time.Millisecond})
	<-visitor
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Clients) != 2 || got.PlaintextSessions != 1 || got.SSLSessions != 1 {
		t.Fatalf("clients %v", got.Clients)
	}
	resident, visit := got.Clients[0], got.Clients[1]
	if resident.Samples != got.Samples || !resident.FirstSeen.Before(visit.FirstSeen) || !visit.LastSeen.Before(resident.LastSeen) {
		t.Errorf("resident %+v, visitor %+v of %d samples", resident, visit, got.Samples)
	}
	if visit.Samples == 0 || visit.Samples >= got.Samples || got.Samples < 5 {
		t.Errorf("visitor in %d of %d samples", visit.Samples, got.Samples)
	}
}

func TestTheOwnSessionIsReadOnlyAndNamed(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	done := make(chan error, 1)
	go func() {
		_, err := postgres.Sessions(t.Context(), configFor(s), postgres.Look{ObserveFor: time.Second})
		done <- err
	}()
	other := configFor(s)
	other.Username, other.Password = "iam", tokenPassword // Those of its own role it leaves out.
	var found bool
	for range 40 {
		got, err := postgres.Sessions(t.Context(), other, postgres.Look{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got.Clients {
			found = found || c.ApplicationName == "sslready" && c.SSL
		}
		if found {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !found {
		t.Error("no session calls itself sslready")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
