// Command runner connects with lib/pq, one JSON case a line.
package main

import (
	"context"
	"database/sql"

	_ "github.com/lib/pq"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients/runners/golang/serve"
)

func main() { serve.Run("lib-pq", "github.com/lib/pq", connect) }

func connect(ctx context.Context, connection string) (encrypted bool, err error) {
	conn, err := sql.Open("postgres", connection)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	err = conn.QueryRowContext(ctx, serve.Query).Scan(&encrypted)
	return encrypted, err
}
