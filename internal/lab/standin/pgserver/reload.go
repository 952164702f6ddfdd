package pgserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// ErrNotReloaded is returned where the server keeps its old settings; its log
// says why.
var ErrNotReloaded = errors.New("the PostgreSQL server did not take the new settings")

// SwapChain makes the server present another chain, and returns when it does.
// Open sessions stay. The error is [ErrNotReloaded] or [ErrStopped].
func (s *Server) SwapChain(ctx context.Context, chain *pki.Chain) error {
	return s.Change(ctx, func(o *Options) { o.Chain = chain })
}

// SetForceSSL changes how connections without TLS are treated, and returns
// when it holds. Open sessions stay. The errors are those of SwapChain.
func (s *Server) SetForceSSL(ctx context.Context, force ForceSSL) error {
	return s.Change(ctx, func(o *Options) { o.ForceSSL = force })
}

// Change edits the options that a reload can change, everything but the port,
// roles and databases, and returns when new connections see them. The errors
// are those of SwapChain.
func (s *Server) Change(ctx context.Context, edit func(*Options)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(&s.opts)
	if err := s.writeAll(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, reloadTimeout)
	defer cancel()
	err := s.reload(ctx)
	if err == nil && s.opts.Chain != nil {
		err = s.await(ctx, func() (bool, error) {
			got, err := s.presented(ctx)
			return bytes.Equal(got, s.opts.Chain.Server.Raw), err
		})
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotReloaded, err)
	}
	return nil
}

// Chain is what the server presents; nil without TLS.
func (s *Server) Chain() *pki.Chain {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opts.Chain
}

// writeAll writes the server's configuration and certificates.
func (s *Server) writeAll() error {
	files := map[string][]byte{
		"postgresql.conf": []byte(s.opts.postgresqlConf(s.Installation, s.dir, s.port)),
		"pg_hba.conf":     []byte(s.opts.hba()),
	}
	if s.opts.Chain != nil {
		key, err := s.opts.Chain.KeyPEM()
		if err != nil {
			return err
		}
		files[certificateFile], files[keyFile] = s.opts.Chain.PEM(), key
	}
	if len(s.opts.ClientCA) > 0 {
		files[clientCAFile] = s.opts.ClientCA
	}
	for name, content := range files {
		path := filepath.Join(s.dataDir(), name)
		fresh := path + ".new"
		if err := os.WriteFile(fresh, content, 0o600); err != nil {
			return err
		}
		if err := errors.Join(s.account.own(fresh), os.Rename(fresh, path)); err != nil {
			return err
		}
	}
	return nil
}

// reload signals the postmaster and waits until new sessions are younger than
// the signal.
func (s *Server) reload(ctx context.Context) error {
	before, err := s.loadedAt(ctx)
	if err != nil {
		return err
	}
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		return fmt.Errorf("%w: %w", ErrStopped, err)
	}
	return s.await(ctx, func() (bool, error) {
		now, err := s.loadedAt(ctx)
		return now.After(before), err
	})
}

// loadedAt is when the settings of a new session were read.
func (s *Server) loadedAt(ctx context.Context) (time.Time, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrStopped, err)
	}
	defer conn.Close(ctx) //nolint:errcheck // It was only read.
	var at time.Time
	err = conn.QueryRow(ctx, "SELECT pg_conf_load_time()").Scan(&at)
	return at, err
}

// await polls until something is so, the context ends or the server does. Its
// error holds the last one of the look.
func (s *Server) await(ctx context.Context, done func() (bool, error)) error {
	for {
		ok, err := done()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-s.exited:
			return ErrStopped
		case <-time.After(pollInterval):
		}
	}
}

// presented is the DER of the server certificate after an SSLRequest.
func (s *Server) presented(ctx context.Context) ([]byte, error) {
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", s.Address())
	if err != nil {
		return nil, err
	}
	defer raw.Close() //nolint:errcheck // Nothing more is said.
	if _, err := raw.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		return nil, err
	}
	answer := make([]byte, 1)
	if _, err := raw.Read(answer); err != nil || answer[0] != 'S' {
		return nil, fmt.Errorf("%w: answer %q to SSLRequest", ErrNotReloaded, answer)
	}
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}) //nolint:gosec // It compares the certificate itself.
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return conn.ConnectionState().PeerCertificates[0].Raw, nil
}

// Exec runs statements as the superuser in the database postgres, each in a
// transaction of its own.
func (s *Server) Exec(ctx context.Context, statements ...string) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStopped, err)
	}
	defer conn.Close(ctx) //nolint:errcheck // Its work is done.
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("statement: %w", err)
		}
	}
	return nil
}

// connect logs the superuser in through the socket.
func (s *Server) connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("host='%s' port=%d user=%s dbname=postgres password='' sslmode=disable sslrootcert='' sslcert='' sslkey=''", s.dir, s.port, Superuser))
	if err != nil {
		return nil, err
	}
	return pgx.ConnectConfig(ctx, config)
}
