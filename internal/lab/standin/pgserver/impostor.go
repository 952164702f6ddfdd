package pgserver

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Impostor is what answers in place of a PostgreSQL server: it asks for what it
// wants, and goes on as it likes. It is not PostgreSQL.
type Impostor struct {
	// TLS holds the certificates that it presents; nil has no TLS.
	TLS *tls.Config
	// Asks is its first message after the startup message, such as
	// &pgproto3.AuthenticationCleartextPassword{}; nil lets everybody in.
	Asks pgproto3.BackendMessage
	// LetsIn is whether it takes whatever is answered.
	LetsIn bool
	// Login is sent after that instead of the end of a login; each is called
	// until it returns nil. Nil is a proper end.
	Login func(nth int) []byte
	// Query is sent as the answer to each query, in the same way.
	Query func(nth int) []byte
}

// Start serves on a free port of loopback until the context ends. heard returns
// all that clients sent after their startup messages.
func (i Impostor) Start(ctx context.Context) (port int, heard func() string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(Host, "0"))
	if err != nil {
		return 0, nil, fmt.Errorf("listen on loopback: %w", err)
	}
	address, isTCP := listener.Addr().(*net.TCPAddr)
	if !isTCP {
		return 0, nil, fmt.Errorf("listening on %v", listener.Addr())
	}
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	var mu sync.Mutex
	var all []byte
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			go func() {
				defer stop()
				defer conn.Close() //nolint:errcheck // It was read as far as it matters.
				i.serve(conn, func(octets []byte) {
					mu.Lock()
					defer mu.Unlock()
					all = append(all, octets...)
				})
			}()
		}
	}()
	return address.Port, func() string {
		mu.Lock()
		defer mu.Unlock()
		return string(all)
	}, nil
}

func (i Impostor) serve(conn net.Conn, hear func([]byte)) {
	conn, err := i.secure(conn)
	if err != nil {
		return
	}
	if i.Asks != nil {
		ask, err := i.Asks.Encode(nil)
		if err != nil {
			return
		}
		if _, err = conn.Write(ask); err != nil {
			return
		}
		answer, err := readMessage(conn)
		if err != nil {
			return
		}
		if hear(answer); !i.LetsIn {
			return
		}
	}
	proper := []pgproto3.BackendMessage{&pgproto3.AuthenticationOk{}, &pgproto3.BackendKeyData{SecretKey: []byte("0000")}, &pgproto3.ReadyForQuery{TxStatus: 'I'}}
	var end []byte
	for n, message := range proper {
		if n == 1 && i.Login != nil {
			if _, err := conn.Write(end); err != nil || !pour(conn, i.Login) {
				return
			}
			end = nil
		}
		if end, err = message.Encode(end); err != nil {
			return
		}
	}
	if _, err := conn.Write(end); err != nil {
		return
	}
	for {
		query, err := readMessage(conn)
		if err != nil {
			return
		}
		if query[0] == 'S' && i.Query != nil && !pour(conn, i.Query) {
			return
		}
	}
}

// pour writes parts until there is none, or the client has gone.
func pour(conn net.Conn, part func(nth int) []byte) bool {
	for nth := 0; ; nth++ {
		octets := part(nth)
		if octets == nil {
			return true
		}
		if _, err := conn.Write(octets); err != nil {
			return false
		}
	}
}

// secure reads the startup message, behind TLS where the client asks for it.
func (i Impostor) secure(conn net.Conn) (net.Conn, error) {
	for {
		header := make([]byte, 8)
		if _, err := io.ReadFull(conn, header); err != nil {
			return nil, err
		}
		const sslRequest = 80877103
		if binary.BigEndian.Uint32(header[4:]) != sslRequest {
			_, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(header))-int64(len(header)))
			return conn, err
		}
		answer := "N"
		if i.TLS != nil {
			answer = "S"
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return nil, err
		}
		if i.TLS != nil {
			conn = tls.Server(conn, i.TLS)
		}
	}
}

// readMessage reads one message of a client.
func readMessage(conn net.Conn) ([]byte, error) {
	header := make([]byte, 5)
	if _, err := io.ReadFull(conn, header); err != nil {
		return header, err
	}
	body := make([]byte, max(int64(binary.BigEndian.Uint32(header[1:]))-4, 0))
	_, err := io.ReadFull(conn, body)
	return slices.Concat(header, body), err
}
