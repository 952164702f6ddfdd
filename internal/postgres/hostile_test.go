package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// hostileMemory is how much may be allocated and still live in any trial.
const hostileMemory = 256 << 20

// impostor starts one, and returns how the provider would log in there.
func impostor(t *testing.T, i pgserver.Impostor) (config postgres.Config, heard func() string) {
	t.Helper()
	port, heard, err := i.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return postgres.Config{
		Host: "localhost", Port: uint16(port), Database: "postgres", Username: "readiness", Password: readinessPassword,
		SSLMode: postgres.Require, ConnectTimeout: 5 * time.Second, StatementTimeout: 5 * time.Second,
	}, heard
}

// TestAnImpostorGetsNoSecret: in the first edition one with a certificate of
// its own got the password with sslmode require, and with PGSSLMODE=require or
// prefer, in clear text and as MD5, and it got the IAM token.
func TestAnImpostorGetsNoSecret(t *testing.T) { //nolint:paralleltest // sets the environment
	asks := map[string]pgproto3.BackendMessage{
		"clear text":            &pgproto3.AuthenticationCleartextPassword{},
		"MD5":                   &pgproto3.AuthenticationMD5Password{Salt: [4]byte{1, 2, 3, 4}},
		"SCRAM without binding": &pgproto3.AuthenticationSASL{AuthMechanisms: []string{"SCRAM-SHA-256"}},
	}
	logins := map[string]struct {
		edit        func(*postgres.Config)
		environment string
	}{
		"require":                       {edit: func(*postgres.Config) {}},
		"PGSSLMODE":                     {edit: func(c *postgres.Config) { c.SSLMode = "" }, environment: "require"},
		"PGSSLMODE prefer":              {edit: func(c *postgres.Config) { c.SSLMode = "" }, environment: "prefer"},
		"a token":                       {edit: withToken},
		"a token, and PGSSLMODE":        {edit: func(c *postgres.Config) { withToken(c); c.SSLMode = "" }, environment: "allow"},
		"verify-full":                   {edit: func(c *postgres.Config) { c.SSLMode = postgres.VerifyFull }},
		"verify-ca with another root":   {edit: func(c *postgres.Config) { c.SSLMode = postgres.VerifyCA }},
		"a token over a verified name?": {edit: func(c *postgres.Config) { withToken(c); c.SSLMode = postgres.VerifyFull }},
	}
	chain := newChain(t, pki.CARSA2048, pki.Options{KeyGeneration: 1})
	for asked, ask := range asks {
		for name, login := range logins {
			t.Setenv("PGSSLMODE", login.environment)
			config, heard := impostor(t, pgserver.Impostor{TLS: chain.TLS(), Asks: ask, LetsIn: true})
			login.edit(&config)
			_, err := postgres.Sessions(t.Context(), config, postgres.Look{})
			if !errors.Is(err, postgres.ErrNotVerified) && !errors.Is(err, postgres.ErrCertificateNotTrusted) {
				t.Errorf("%s, asked for %s: got %v, want %v", name, asked, err, postgres.ErrNotVerified)
			}
			if got := heard(); got != "" {
				t.Errorf("%s, asked for %s: the impostor got %q", name, asked, got)
			}
			assertNoSecret(t, err)
		}
	}
}

func withToken(c *postgres.Config) {
	c.Token = func(context.Context, string, uint16, string) (string, error) { return tokenPassword, nil }
}

// TestARealServerIsTakenWithChannelBinding: nothing verifies it, and it proves
// by SCRAM that it knows the password.
func TestARealServerIsTakenWithChannelBinding(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	config := configFor(s)
	config.SSLMode, config.SSLRootCertPEM = postgres.Require, nil
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); err != nil {
		t.Error(err)
	}
}

func TestTheEnvironmentLowersTheDefault(t *testing.T) { //nolint:paralleltest // sets the environment
	for mode, lowers := range map[string]bool{"": false, "verify-full": false, "verify-ca": true, "require": true, "prefer": true, "allow": true, "disable": true} {
		t.Setenv("PGSSLMODE", mode)
		if got := (postgres.Config{}).LoweredBy(); (got != "") != lowers {
			t.Errorf("%q lowers as %q", mode, got)
		}
		if got := (postgres.Config{SSLMode: postgres.Require}).LoweredBy(); got != "" {
			t.Errorf("%q lowers what is configured as %q", mode, got)
		}
	}
}

// message writes one.
func message(t *testing.T, m pgproto3.BackendMessage) []byte {
	t.Helper()
	octets, err := m.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// row is a row of a look, but for what is given.
func row(t *testing.T, given map[int]string) []byte {
	t.Helper()
	values := make([][]byte, 17)
	for column, value := range map[int]string{0: "15.18", 1: "t", 2: "1760000000000000", 3: "0", 4: "1", 5: "app", 6: "app", 7: "web", 8: "10.0.0.1", 9: "f", 10: "t", 11: "TLSv1.3", 12: "suite", 13: "256", 15: "f", 16: "1750000000000000"} {
		values[column] = []byte(value)
	}
	for column, value := range given {
		values[column] = []byte(value)
	}
	return message(t, &pgproto3.DataRow{Values: values})
}

// answer is a whole answer to a query, with rows until there is none.
func answer(t *testing.T, rows func(nth int) []byte) func(int) []byte {
	t.Helper()
	begin := message(t, &pgproto3.ParseComplete{})
	begin = append(begin, message(t, &pgproto3.BindComplete{})...)
	fields := make([]pgproto3.FieldDescription, 17)
	for i := range fields {
		fields[i] = pgproto3.FieldDescription{Name: []byte("c"), DataTypeOID: 25, DataTypeSize: -1}
	}
	begin = append(begin, message(t, &pgproto3.RowDescription{Fields: fields})...)
	end := message(t, &pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
	end = append(end, message(t, &pgproto3.ReadyForQuery{TxStatus: 'I'})...)
	over := false
	return func(nth int) []byte {
		switch {
		case nth == 0:
			over = false
			return begin
		case over:
			return nil
		}
		if r := rows(nth - 1); r != nil {
			return r
		}
		over = true
		return end
	}
}

// TestAServerWithoutABound: endless ParameterStatus and notices, names of a
// megabyte, rows without end. The first edition was bounded by time only: a
// flood of ParameterStatus cost gigabytes.
func TestAServerWithoutABound(t *testing.T) { //nolint:paralleltest // measures memory
	chain := newChain(t, pki.CARSA2048, pki.Options{})
	long := strings.Repeat("x", 500_000)
	for name, tc := range map[string]struct {
		impostor pgserver.Impostor
		look     postgres.Look
		want     error
	}{
		"endless ParameterStatus": {pgserver.Impostor{Login: func(nth int) []byte {
			return message(t, &pgproto3.ParameterStatus{Name: fmt.Sprint("p", nth), Value: long})
		}}, postgres.Look{}, postgres.ErrTooMuch},
		"endless small ParameterStatus": {pgserver.Impostor{Login: func(nth int) []byte {
			return message(t, &pgproto3.ParameterStatus{Name: fmt.Sprint("p", nth), Value: ""})
		}}, postgres.Look{}, postgres.ErrTooMuch},
		"endless notices": {pgserver.Impostor{Login: func(int) []byte {
			return message(t, &pgproto3.NoticeResponse{Code: "00000", Message: "wait"})
		}}, postgres.Look{}, postgres.ErrTooMuch},
		"endless notices in a look": {pgserver.Impostor{Query: func(int) []byte {
			return message(t, &pgproto3.NoticeResponse{Code: "00000", Message: long})
		}}, postgres.Look{}, postgres.ErrTooMuch},
		"endless ParameterStatus in a look": {pgserver.Impostor{Query: func(nth int) []byte {
			return message(t, &pgproto3.ParameterStatus{Name: fmt.Sprint("p", nth), Value: long})
		}}, postgres.Look{}, postgres.ErrTooMuch},
		"rows without end": {pgserver.Impostor{Query: answer(t, func(nth int) []byte {
			return row(t, map[int]string{7: fmt.Sprint("web", nth)})
		})}, postgres.Look{}, postgres.ErrTooManyClients},
		"names of half a megabyte": {pgserver.Impostor{Query: answer(t, func(nth int) []byte {
			return row(t, map[int]string{7: fmt.Sprint(nth, long)})
		})}, postgres.Look{}, postgres.ErrTooMuch},
		"other clients in each look": {pgserver.Impostor{Query: fresh(t)}, postgres.Look{ObserveFor: time.Minute, SampleInterval: time.Millisecond}, postgres.ErrTooManyClients},
		"a message of 2 MiB": {pgserver.Impostor{Query: answer(t, func(int) []byte {
			return row(t, map[int]string{7: strings.Repeat("x", 2<<20)})
		})}, postgres.Look{}, nil},
	} {
		tc.impostor.TLS = chain.TLS()
		config, _ := impostor(t, tc.impostor)
		config.SSLRootCertPEM, config.SSLMode = chain.RootPEM(), postgres.VerifyFull
		config.ConnectTimeout, config.StatementTimeout = 20*time.Second, 20*time.Second
		live := watchMemory()
		_, err := postgres.Sessions(t.Context(), config, tc.look)
		if peak := live(); peak > hostileMemory {
			t.Errorf("%s: memory rose by %d MiB", name, peak>>20)
		}
		if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

// fresh answers every look with eight clients of long names, none twice.
func fresh(t *testing.T) func(int) []byte {
	t.Helper()
	looks := 0
	return answer(t, func(nth int) []byte {
		if nth == 8 {
			looks++
			return nil
		}
		return row(t, map[int]string{7: fmt.Sprint(looks, "-", nth, strings.Repeat("x", 200_000))})
	})
}

// watchMemory samples the heap until it is called, and returns how far it rose.
func watchMemory() func() uint64 {
	runtime.GC()
	read := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, peak := read(), uint64(0)
	done, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		for {
			peak = max(peak, read())
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-finished
		return peak - min(before, peak)
	}
}

// TestNumbersOfAServerAreChecked: the first edition took what strconv takes.
func TestNumbersOfAServerAreChecked(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]map[int]string{
		"sessions below zero": {4: "-5"}, "too many sessions": {4: "9999999999"}, "hidden below zero": {3: "-1"}, "bits below zero": {13: "-256"},
		"a time out of this world": {2: "9223372036854775807"}, "a time before PostgreSQL": {2: "-62135596800000000"}, "no time": {2: "now"}, "a session that began at no time": {16: "now"},
	} {
		config, _ := impostor(t, pgserver.Impostor{Query: answer(t, func(nth int) []byte {
			if nth > 0 {
				return nil
			}
			return row(t, given)
		})})
		config.SSLMode = postgres.Disable
		if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); !errors.Is(err, postgres.ErrProtocol) {
			t.Errorf("%s: got %v, want %v", name, err, postgres.ErrProtocol)
		}
	}
}

// escape is what must not reach a terminal: colors, a title, a bell, C1
// controls, the other direction of writing.
const escape = "\x1b[31mred\x1b]0;title\x07\r\u009b2J\u202eevil\u2066"

// TestWhatAServerWritesIsPrintable: the first edition passed SQLSTATE, names of
// certificates and of sessions on as they came.
func TestWhatAServerWritesIsPrintable(t *testing.T) {
	t.Parallel()
	refusal := message(t, &pgproto3.ErrorResponse{Severity: "FATAL", Code: "\x1b[2J1", Message: "sorry " + escape})
	config, _ := impostor(t, pgserver.Impostor{Login: func(nth int) []byte {
		if nth > 0 {
			return nil
		}
		return refusal
	}})
	config.SSLMode = postgres.Disable
	_, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	assertPrintable(t, fmt.Sprint(err))
	if !strings.Contains(fmt.Sprint(err), "malformed") || !strings.Contains(fmt.Sprint(err), `\u202e`) {
		t.Errorf("got %v", err)
	}

	config, _ = impostor(t, pgserver.Impostor{Query: answer(t, func(nth int) []byte {
		if nth > 0 {
			return nil
		}
		return row(t, map[int]string{0: escape, 5: escape, 6: escape, 7: escape + "\xff", 8: escape, 11: escape, 12: escape, 14: escape})
	})})
	config.SSLMode = postgres.Disable
	seen, err := postgres.Sessions(t.Context(), config, postgres.Look{})
	if err != nil || len(seen.Clients) != 1 {
		t.Fatalf("%+v, %v", seen, err)
	}
	c := seen.Clients[0]
	assertPrintable(t, strings.Join([]string{seen.ServerVersion, c.Database, c.Username, c.ApplicationName, c.ClientAddr, c.TLSVersion, c.Cipher, c.ClientDN}, ""))
}

func assertPrintable(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\x1b\x07\r\u009b\u202e\u2066") || !utf8.ValidString(text) {
		t.Errorf("a terminal would act on %q", text)
	}
}
