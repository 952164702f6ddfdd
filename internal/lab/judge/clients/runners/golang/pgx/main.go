// Command runner connects with pgx, one JSON case a line.
package main

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients/runners/golang/serve"
)

func main() { serve.Run("pgx", "github.com/jackc/pgx/v5", connect) }

func connect(ctx context.Context, connection string) (encrypted bool, err error) {
	conn, err := pgx.Connect(ctx, connection)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, serve.Query).Scan(&encrypted)
	return encrypted, err
}
