package paths

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"
)

// errNoName is for a client that has no name to compare.
var errNoName = errors.New("tls: either ServerName or InsecureSkipVerify must be specified in the tls.Config")

// Servers are PostgreSQL servers on loopback that end every session after the
// TLS handshake: one for each server certificate.
type servers struct {
	ports     map[string]int
	listeners []net.Listener
}

// start listens for each leaf, which is presented with the certificates above
// it under the lab's key.
func start(ctx context.Context, leaves map[string][]byte, above [][]byte, key any) (*servers, error) {
	s := &servers{ports: map[string]int{}}
	for name, leaf := range leaves {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			s.close()
			return nil, err
		}
		s.listeners = append(s.listeners, listener)
		address, isTCP := listener.Addr().(*net.TCPAddr)
		if !isTCP {
			s.close()
			return nil, net.ErrClosed
		}
		s.ports[name] = address.Port
		chain := tls.Certificate{Certificate: [][]byte{leaf}, PrivateKey: key}
		chain.Certificate = append(chain.Certificate, above...)
		go serve(listener, &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS12})
	}
	return s, nil
}

func (s *servers) close() {
	for _, listener := range s.listeners {
		_ = listener.Close() // the listener is of no use any more
	}
}

func serve(listener net.Listener, config *tls.Config) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			_ = session(connection, config) // the client's error is what counts
			_ = connection.Close()
		}()
	}
}

// session answers an SSLRequest, and the startup message with a refusal that
// the client's judge recognizes.
func session(connection net.Conn, config *tls.Config) error {
	const sslRequestLength = 8
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	request := make([]byte, sslRequestLength)
	if _, err := io.ReadFull(connection, request); err != nil {
		return err
	}
	if _, err := connection.Write([]byte("S")); err != nil {
		return err
	}
	secure := tls.Server(connection, config)
	startup := make([]byte, 4)
	if _, err := io.ReadFull(secure, startup); err != nil {
		return err
	}
	fields := "SFATAL\x00C28000\x00Mthe judge's server was accepted\x00\x00"
	message := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(len(fields)+4)) //nolint:gosec // a short constant
	_, err := secure.Write(append(message, fields...))
	return err
}
