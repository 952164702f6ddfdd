package provider_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
)

// session is a client's connection that stays open until the test ends.
type session struct {
	user, application      string
	encrypted, replication bool
}

// open connects it.
func (s session) open(t testing.TB, server *pgserver.Server) {
	t.Helper()
	config, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=postgres sslmode=disable", pgserver.Host, server.Port(), s.user, password))
	must(t, err)
	config.RuntimeParams["application_name"] = s.application
	if s.replication {
		config.RuntimeParams["replication"] = "true"
	}
	if s.encrypted {
		config.TLSConfig = &tls.Config{InsecureSkipVerify: true}
	}
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	})
}
