package postgres_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// counted is a connection that counts turns from writing to reading.
type counted struct {
	net.Conn
	wrote atomic.Bool
	trips *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	c.wrote.Store(true)
	return c.Conn.Write(b)
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && c.wrote.Swap(false) {
		c.trips.Add(1)
	}
	return n, err
}

func counting(trips *atomic.Int64) postgres.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &counted{Conn: conn, trips: trips}, nil
	}
}

func TestALookIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	var once, often atomic.Int64
	config := configFor(s)

	config.Dial = counting(&once)
	if _, err := postgres.Sessions(t.Context(), config, postgres.Look{}); err != nil {
		t.Fatal(err)
	}
	config.Dial = counting(&often)
	got, err := postgres.Sessions(t.Context(), config, postgres.Look{ObserveFor: time.Second, SampleInterval: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if trips := often.Load() - once.Load(); trips != int64(got.Samples-1) {
		t.Errorf("%d more looks took %d more round trips", got.Samples-1, trips)
	}
	t.Logf("logging in and one look: %d round trips", once.Load())
}

func BenchmarkSessions(b *testing.B) {
	s := startServer(b, pgserver.Options{Version: "15"})
	for range 50 {
		session{user: "app", database: "postgres", encrypted: true}.open(b, s)
	}
	var trips atomic.Int64
	config := configFor(s)
	config.Dial = counting(&trips)
	for b.Loop() {
		if _, err := postgres.Sessions(b.Context(), config, postgres.Look{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(trips.Load())/float64(b.N), "roundtrips/op")
}

// scripted plays a server that lets everyone in and answers each statement
// with rows, without TLS.
func scripted(rows func(send func([][]byte) error) error) postgres.DialFunc {
	return func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close() //nolint:errcheck // A pipe.
			backend := pgproto3.NewBackend(there, there)
			if _, err := backend.ReceiveStartupMessage(); err != nil {
				return
			}
			backend.Send(&pgproto3.AuthenticationOk{})
			backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			if backend.Flush() != nil {
				return
			}
			for {
				message, err := backend.Receive()
				if err != nil {
					return
				}
				if _, sync := message.(*pgproto3.Sync); !sync {
					continue
				}
				backend.Send(&pgproto3.ParseComplete{})
				backend.Send(&pgproto3.BindComplete{})
				backend.Send(&pgproto3.RowDescription{Fields: make([]pgproto3.FieldDescription, 17)})
				err = rows(func(values [][]byte) error {
					backend.Send(&pgproto3.DataRow{Values: values})
					return backend.Flush()
				})
				backend.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
				backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
				if err != nil || backend.Flush() != nil {
					return
				}
			}
		}()
		return here, nil
	}
}

func TestAHostileServerEndsInAnError(t *testing.T) {
	t.Parallel()
	row := func() [][]byte {
		return [][]byte{
			[]byte("15.18"), []byte("t"), []byte("1790000000000000"), []byte("0"), []byte("1"), []byte("orders"), []byte("app"),
			nil, []byte("192.0.2.1"), []byte("f"), []byte("t"), []byte("TLSv1.3"), []byte("TLS_AES_256_GCM_SHA384"), []byte("256"), nil, []byte("f"), []byte("1780000000000000"),
		}
	}
	const endless = 1 << 30
	for name, tc := range map[string]struct {
		times int
		edit  func([][]byte) [][]byte
		want  error
	}{
		"one good row":     {1, func(r [][]byte) [][]byte { return r }, nil},
		"no row":           {0, func(r [][]byte) [][]byte { return r }, postgres.ErrProtocol},
		"endless rows":     {endless, func(r [][]byte) [][]byte { return r }, postgres.ErrTooManyClients},
		"too few columns":  {1, func(r [][]byte) [][]byte { return r[:5] }, postgres.ErrProtocol},
		"sessions is text": {1, func(r [][]byte) [][]byte { r[4] = []byte("many"); return r }, postgres.ErrProtocol},
		"hidden is null":   {1, func(r [][]byte) [][]byte { r[3] = nil; return r }, postgres.ErrProtocol},
		"bits overflow":    {1, func(r [][]byte) [][]byte { r[13] = []byte("99999999999999999999"); return r }, postgres.ErrProtocol},
		"a huge value":     {1, func(r [][]byte) [][]byte { r[7] = make([]byte, 2<<20); return r }, postgres.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := postgres.Config{Host: "fake.example", Username: "readiness", SSLMode: postgres.Disable, TotalTimeout: 30 * time.Second}
			config.Dial = scripted(func(send func([][]byte) error) error {
				for range tc.times {
					if err := send(tc.edit(row())); err != nil {
						return err
					}
				}
				return nil
			})
			got, err := postgres.Sessions(t.Context(), config, postgres.Look{})
			if !errors.Is(err, tc.want) || (tc.want == nil && (err != nil || got.SSLSessions != 1)) {
				t.Errorf("got %+v, %v, want %v", got, err, tc.want)
			}
		})
	}
}
