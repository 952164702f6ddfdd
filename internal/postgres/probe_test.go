package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

func endpointOf(s *pgserver.Server) postgres.Endpoint {
	return postgres.Endpoint{Host: pgserver.Host, Port: uint16(s.Port())}
}

func TestProbeTellsWhetherPlaintextIsTaken(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	for _, tc := range []struct {
		name  string
		force pgserver.ForceSSL
		hba   []string
		want  postgres.ForceSSLProbe
	}{
		{"allowed", pgserver.PlaintextAllowed, nil, postgres.ForceSSLProbe{PlaintextTaken: true}},
		{"rejected", pgserver.PlaintextRejected, nil, postgres.ForceSSLProbe{Enforced: true}},
		{"hostssl only", pgserver.TLSOnly, nil, postgres.ForceSSLProbe{Enforced: true}},
		{
			"everything is rejected", pgserver.PlaintextAllowed,
			[]string{"host all all all reject"},
			postgres.ForceSSLProbe{Inconclusive: true, Reason: postgres.RefusedEitherWay},
		},
		{
			"everyone is trusted, but the role does not exist", pgserver.PlaintextAllowed,
			[]string{"host all all all trust"},
			postgres.ForceSSLProbe{PlaintextTaken: true},
		},
	} {
		if err := s.Change(t.Context(), func(o *pgserver.Options) { o.ForceSSL, o.HBA = tc.force, tc.hba }); err != nil {
			t.Fatal(err)
		}
		got, err := postgres.Probe(t.Context(), endpointOf(s))
		if err != nil || got != tc.want {
			t.Errorf("%s: got %+v, %v, want %+v", tc.name, got, err, tc.want)
		}
	}
}

// fake returns a dialer whose connections are answered by bytes, after which
// they are closed.
func fake(answer []byte) postgres.DialFunc {
	return func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close() //nolint:errcheck // A pipe.
			request := make([]byte, 4096)
			if _, err := there.Read(request); err == nil {
				_, _ = io.Copy(there, bytes.NewReader(answer))
			}
		}()
		return here, nil
	}
}

func report(t *testing.T, r pgproto3.ErrorResponse) []byte {
	t.Helper()
	message, err := r.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func TestProbeOfOtherAnswers(t *testing.T) {
	t.Parallel()
	refused := pgproto3.ErrorResponse{Code: "28000", Routine: "ClientAuthentication", Message: "pg_hba.conf weist Verbindung ab, keine Verschlüsselung"}
	for name, tc := range map[string]struct {
		answer []byte
		want   postgres.ForceSSLProbe
		err    error
	}{
		"too many connections": {
			answer: report(t, pgproto3.ErrorResponse{Code: "53300", Message: "sorry, too many clients already"}),
			want:   postgres.ForceSSLProbe{Inconclusive: true, Reason: postgres.OtherError},
		},
		"role does not exist": {
			answer: report(t, pgproto3.ErrorResponse{Code: "28000", Routine: "InitializeSessionUserId", Message: `role "sslready" does not exist`}),
			want:   postgres.ForceSSLProbe{Inconclusive: true, Reason: postgres.OtherError},
		},
		"closed":            {want: postgres.ForceSSLProbe{Inconclusive: true, Reason: postgres.ClosedWithoutAnswer}},
		"another protocol":  {answer: []byte("HTTP/1.1 400 Bad Request\r\n"), err: postgres.ErrProtocol},
		"a length of 4 GiB": {answer: []byte{'E', 255, 255, 255, 255}, err: postgres.ErrProtocol},
		"a length of 0":     {answer: []byte{'E', 0, 0, 0, 0}, err: postgres.ErrProtocol},
		"cut off":           {answer: []byte{'E', 0, 0, 0, 80, 'S'}, err: postgres.ErrUnreachable},
		"a localized refusal, then no PostgreSQL": {answer: report(t, refused), err: postgres.ErrProtocol},
	} {
		got, err := postgres.Probe(t.Context(), postgres.Endpoint{Host: "fake.example", Timeout: 5 * time.Second, Dial: fake(tc.answer)})
		if !errors.Is(err, tc.err) || (tc.err == nil && err != nil) || got != tc.want {
			t.Errorf("%s: got %+v, %v, want %+v, %v", name, got, err, tc.want, tc.err)
		}
	}
}

func TestARefusalIsRecognizedInEveryLanguage(t *testing.T) {
	t.Parallel()
	refused := report(t, pgproto3.ErrorResponse{Code: "28000", Routine: "ClientAuthentication", Message: "kein pg_hba.conf-Eintrag, keine Verschlüsselung"})
	calls := 0
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if calls++; calls == 1 {
			return fake(refused)(ctx, network, address)
		}
		return fake([]byte("N"))(ctx, network, address) // No TLS either.
	}
	got, err := postgres.Probe(t.Context(), postgres.Endpoint{Host: "fake.example", Dial: dial})
	want := postgres.ForceSSLProbe{Inconclusive: true, Reason: postgres.RefusedEitherWay}
	if err != nil || got != want || calls != 2 {
		t.Errorf("got %+v, %v after %d connections, want %+v", got, err, calls, want)
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte("N"))
	f.Add([]byte{'R', 0, 0, 0, 8, 0, 0, 0, 0})
	f.Add([]byte{'E', 0, 0, 0, 12, 'C', '2', '8', '0', '0', '0', 0, 0})
	f.Fuzz(func(t *testing.T, answer []byte) {
		fuzzing.Limit(t)
		got, err := postgres.Probe(t.Context(), postgres.Endpoint{Host: "fake.example", Timeout: time.Second, Dial: fake(answer)})
		if got.Enforced {
			t.Errorf("enforced without TLS ever answering: %v", err)
		}
	})
}

func FuzzParseRoots(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		if postgres.ParseRoots(content) == nil && !bytes.Contains(content, []byte("CERTIFICATE")) {
			t.Error("roots out of nothing")
		}
	})
}

// TestAnEndpointThatCannotBeReachedSaysWhy: a refused connection shows its
// cause, and one that takes too long is a timeout, not a cancellation.
func TestAnEndpointThatCannotBeReachedSaysWhy(t *testing.T) {
	t.Parallel()
	refused := errors.New("connection refused")
	tests := map[string]struct {
		dial postgres.DialFunc
		want error
	}{
		"refused": {func(context.Context, string, string) (net.Conn, error) { return nil, refused }, refused},
		"too late": {func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, postgres.ErrTimeout},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := postgres.Endpoint{Host: "db.example", Port: 5432, Timeout: 50 * time.Millisecond, Dial: tc.dial}
			_, probed := postgres.Probe(t.Context(), endpoint)
			_, presented := postgres.ServerCertificate(t.Context(), endpoint, postgres.OfferAny, postgres.SSLRequest)
			for _, err := range []error{probed, presented} {
				if !errors.Is(err, tc.want) || errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want %v", err, tc.want)
				}
			}
		})
	}
}
