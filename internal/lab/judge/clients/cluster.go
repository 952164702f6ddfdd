package clients

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// Cluster is one running PostgreSQL for each kind of server.
type Cluster struct {
	mu      sync.Mutex
	servers map[string]*pgserver.Server
}

// hba makes the users of [Users]: what the server takes depends on the user.
// What stands in none of the lines is refused, as RDS does it.
var hba = []string{
	"hostnossl all rejected all reject",
	"hostssl all hostssl,rejected all trust",
	"host all open all trust",
}

// StartCluster starts a server for each of the kinds; some of their files go
// below a folder that the caller removes after [Cluster.Stop].
func StartCluster(ctx context.Context, w *World, dir string, kinds []string) (*Cluster, error) {
	c := &Cluster{servers: map[string]*pgserver.Server{}}
	installation, err := pgserver.Find(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("servers: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("servers: %w", err)
	}
	var group errgroup.Group
	group.SetLimit(4)
	for _, kind := range kinds {
		group.Go(func() error {
			if err := c.start(ctx, installation, w.Servers[kind], kind, dir); err != nil {
				return fmt.Errorf("server %s: %w", kind, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		c.Stop()
		return nil, err //nolint:wrapcheck // names the server
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, installation pgserver.Installation, s Server, kind, dir string) error {
	settings := map[string]string{
		"listen_addresses": "127.0.0.1,::1", "autovacuum": "off", "shared_buffers": "8MB", "log_connections": "off", "log_disconnections": "off",
		"max_wal_senders": "0", "wal_level": "minimal",
	}
	if s.RSAOnly {
		settings["ssl_ciphers"] = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"
	}
	if s.reordered {
		file := filepath.Join(dir, kind+".crt")
		if err := os.WriteFile(file, pki.PEM(s.Chain...), 0o644); err != nil {
			return fmt.Errorf("certificate file: %w", err)
		}
		settings["ssl_cert_file"] = file
	}
	server, err := pgserver.Start(ctx, pgserver.Options{
		Installation: installation, Chain: s.issued, ForceSSL: pgserver.TLSOnly, HBA: hba,
		MinTLS: s.MinProtocol, MaxTLS: s.MaxProtocol, Settings: settings,
	})
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	c.mu.Lock()
	c.servers[kind] = server
	c.mu.Unlock()
	for _, name := range Users() {
		if err := server.Exec(ctx, "CREATE ROLE "+name+" LOGIN"); err != nil {
			return err //nolint:wrapcheck // wrapped by the caller
		}
	}
	return nil
}

// Port returns the port of a kind of server, in decimal.
func (c *Cluster) Port(kind string) string { return strconv.Itoa(c.servers[kind].Port()) }

// Stop ends all servers.
func (c *Cluster) Stop() {
	for _, server := range c.servers {
		_ = server.Stop() // the next run starts its own
	}
}
