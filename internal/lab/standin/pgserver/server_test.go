package pgserver_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// ownerVariable makes the test program a process that starts a server and
// waits to be killed.
const ownerVariable = "SSLREADY_TEST_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(ownerVariable) == "" {
		os.Exit(m.Run())
	}
	s, err := pgserver.Start(context.Background(), pgserver.Options{})
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, _ = fmt.Fprintln(os.Stdout, s.SocketDir(), s.Port())
	select {}
}

func newChain(t *testing.T, ca string) *pki.Chain {
	t.Helper()
	chain, err := pki.NewRegion("us-east-1", pki.Today()).Chain(ca, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return chain
}

func start(t *testing.T, opts pgserver.Options) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// login connects once and returns the DER of the server certificate, nil on a
// connection without TLS.
func login(t *testing.T, s *pgserver.Server, conninfo string, encrypted bool) ([]byte, error) {
	t.Helper()
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%d dbname=postgres sslmode=disable %s", pgserver.Host, s.Port(), conninfo))
	if err != nil {
		t.Fatal(err)
	}
	if encrypted {
		config.TLSConfig = &tls.Config{InsecureSkipVerify: true}
	}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		return nil, err
	}
	defer conn.Close(t.Context()) //nolint:errcheck // The login was the test.
	if secure, ok := conn.PgConn().Conn().(*tls.Conn); ok {
		return secure.ConnectionState().PeerCertificates[0].Raw, nil
	}
	return nil, nil
}

func TestAServerPresentsItsChainAndSwapsItUnderOpenSessions(t *testing.T) {
	t.Parallel()
	before, after := newChain(t, pki.CARSA2048), newChain(t, pki.CAECC384)
	s := start(t, pgserver.Options{Chain: before, Roles: []pgserver.Role{{Name: "app"}}})

	if got, err := login(t, s, "user=app", true); err != nil || string(got) != string(before.Server.Raw) {
		t.Fatalf("before the swap: error %v, or another certificate", err)
	}
	if err := s.SwapChain(t.Context(), after); err != nil {
		t.Fatal(err)
	}
	if got, err := login(t, s, "user=app", true); err != nil || string(got) != string(after.Server.Raw) {
		t.Fatalf("after the swap: error %v, or another certificate", err)
	}
}

func TestForceSSLDecidesOnPlaintext(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{Chain: newChain(t, pki.CARSA2048), Roles: []pgserver.Role{{Name: "app", Password: "swordfish"}}})
	for force, wantCode := range map[pgserver.ForceSSL]string{
		pgserver.PlaintextRejected: "28000", pgserver.TLSOnly: "28000", pgserver.PlaintextAllowed: "",
	} {
		if err := s.SetForceSSL(t.Context(), force); err != nil {
			t.Fatal(err)
		}
		_, err := login(t, s, "user=app password=swordfish", false)
		var code string
		if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
			code = refusal.Code
		}
		if code != wantCode || (wantCode == "") != (err == nil) {
			t.Errorf("force %d: plaintext gives %v, want SQLSTATE %q", force, err, wantCode)
		}
		if _, err := login(t, s, "user=app password=swordfish", true); err != nil {
			t.Errorf("force %d: TLS gives %v", force, err)
		}
	}
}

func TestRolesAreAsInRDS(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{
		Chain: newChain(t, pki.CARSA2048),
		Roles: []pgserver.Role{
			{Name: "postgres", Password: "master", Master: true},
			{Name: "readiness", Password: "token", IAM: true, Monitor: true},
		},
		Databases: []string{"orders"},
	})
	if _, err := login(t, s, "user=postgres password=master dbname=orders", true); err != nil {
		t.Errorf("master: %v", err)
	}
	if _, err := login(t, s, "user=readiness password=token", true); err != nil {
		t.Errorf("IAM over TLS: %v", err)
	}
	var refusal *pgconn.PgError
	if _, err := login(t, s, "user=postgres password=wrong", true); !errors.As(err, &refusal) || refusal.Code != "28P01" {
		t.Errorf("wrong password: got %v, want SQLSTATE 28P01", err)
	}
	if _, err := login(t, s, "user=rdsadmin", true); !errors.As(err, &refusal) || refusal.Code != "28P01" {
		t.Errorf("superuser over TCP: got %v, want SQLSTATE 28P01", err)
	}
	log, err := os.ReadFile(s.LogFile())
	if err != nil || !strings.Contains(string(log), ":readiness@postgres:[") {
		t.Errorf("no line of readiness with RDS's prefix in the log (%v)", err)
	}
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := pgserver.Start(ctx, pgserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	awaitGone(t, s.SocketDir())
	if err := s.SwapChain(t.Context(), newChain(t, pki.CARSA2048)); err == nil {
		t.Error("a stopped server swapped its chain")
	}
}

func TestAServerDiesWithItsOwner(t *testing.T) {
	t.Parallel()
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"=1")
	output, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	dir, _, found := strings.Cut(line, " ")
	if err != nil || !found {
		t.Fatalf("the owner said %q: %v", line, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	awaitGone(t, dir)
}

func awaitGone(t *testing.T, dir string) {
	t.Helper()
	for range 300 {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s is still there", dir)
}

func TestAVersionThatIsNotInstalledIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := pgserver.Start(t.Context(), pgserver.Options{Version: "8"}); !errors.Is(err, pgserver.ErrNotInstalled) {
		t.Errorf("got %v, want ErrNotInstalled", err)
	}
}
