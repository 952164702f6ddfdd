package pgserver

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Session opens a session of a user, over TLS or in plaintext. It ends with the
// server.
func (s *Server) Session(ctx context.Context, user string, encrypted bool) (*pgconn.PgConn, error) {
	config, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=disable", Host, s.port, user))
	if err != nil {
		return nil, err
	}
	if encrypted {
		config.TLSConfig = &tls.Config{InsecureSkipVerify: true}
	}
	session, err := pgconn.ConnectConfig(ctx, config)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = append(s.sessions, session) // What nobody holds, Go closes.
	return session, err
}
