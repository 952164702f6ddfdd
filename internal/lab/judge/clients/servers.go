package clients

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// Server is one kind of server.
type Server struct {
	// Chain is what it presents, server certificate first.
	Chain []*x509.Certificate
	// MinProtocol and MaxProtocol are PostgreSQL's ssl_min_protocol_version
	// and ssl_max_protocol_version; empty is its default.
	MinProtocol, MaxProtocol string
	// RSAOnly: its cipher suites for TLS 1.2 are for RSA keys only.
	RSAOnly bool
	// CAIdentifier is the CA that the stores of its cases are made for.
	CAIdentifier string

	name     string
	opts     pki.Options
	from, to time.Duration // the server certificate's dates around now; both zero is the usual
	reverse  bool          // root before subordinate
	extra    bool          // an unrelated root between the others
	issued   *pki.Chain    // by the CA, in the usual order
}

const year = 365 * 24 * time.Hour

// servers are all kinds, which have no certificates yet. One that names no CA has
// rds-ca-rsa2048-g1.
func servers(at time.Time) []Server {
	loopback := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	return []Server{
		{name: fullServer},
		{name: "no_root", opts: pki.Options{OmitRoot: true}},
		{name: "no_subordinate", opts: pki.Options{OmitSubordinate: true}},
		{name: "server_only", opts: pki.Options{OmitSubordinate: true, OmitRoot: true}},
		{name: "unordered", reverse: true},
		{name: "wrong_name", opts: pki.Options{DNSNames: []string{"other.example"}}},
		{name: "cn_only", opts: pki.Options{CommonName: "localhost", OmitSAN: true}},
		{name: "cn_beside_other_san", opts: pki.Options{CommonName: "localhost", DNSNames: []string{"other.example"}}},
		{name: "upper_case", opts: pki.Options{DNSNames: []string{"LOCALHOST"}}},
		{name: "ip_san", opts: pki.Options{DNSNames: []string{"db.example"}, IPs: loopback}},
		{name: "ip_san_only", opts: pki.Options{CommonName: "localhost", IPs: loopback}},
		{name: "ip_as_dns_name", opts: pki.Options{CommonName: "db.example", DNSNames: []string{"127.0.0.1"}}},
		{name: "ip_as_cn", opts: pki.Options{CommonName: "127.0.0.1", OmitSAN: true}},
		{name: "expired", from: -year, to: -year / 4},
		{name: "not_yet_valid", from: year / 4, to: year},
		{name: "ip6_san", opts: pki.Options{DNSNames: []string{"db.example"}, IPs: []netip.Addr{netip.MustParseAddr("::1"), loopback[0]}}},
		{name: "wildcard", opts: pki.Options{DNSNames: []string{"*.orders.example"}}},
		{name: "many_names", opts: pki.Options{CommonName: "db.orders.example", DNSNames: []string{"db.orders.example", "db-ro.orders.example", "localhost"}}},
		{name: "trailing_dot", opts: pki.Options{DNSNames: []string{"localhost.", "db.orders.example."}}},
		{name: "client_purpose", opts: pki.Options{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}},
		{name: "expired_subordinate", opts: pki.Options{Subordinate: pki.Validity{NotBefore: at.Add(-2 * year), NotAfter: at.Add(-year / 4)}}},
		{name: "extra_certificate", extra: true},
		{name: "ecc_key", opts: pki.Options{ServerKey: pki.ECC256}},
		{name: "rsa4096", CAIdentifier: pki.CARSA4096},
		{name: "ecc", CAIdentifier: pki.CAECC384},
		{name: "ecc_tls12_only", CAIdentifier: pki.CAECC384, MaxProtocol: "TLSv1.2"},
		{name: "ecc_rsa_suites", CAIdentifier: pki.CAECC384, RSAOnly: true},
		{name: "ecc_rsa_suites_tls12", CAIdentifier: pki.CAECC384, RSAOnly: true, MaxProtocol: "TLSv1.2"},
		{name: "rsa_suites_tls12", RSAOnly: true, MaxProtocol: "TLSv1.2"},
		{name: "tls12_only", MaxProtocol: "TLSv1.2"},
		{name: "tls13_only", MinProtocol: "TLSv1.3"},
	}
}

// ServerKinds returns the names of all kinds of server; the usual one, with a
// whole path and the right name, is the first.
func ServerKinds() []string {
	var names []string
	for _, s := range servers(time.Time{}) {
		names = append(names, s.name)
	}
	return names
}

// issue makes what the server presents.
func (s *Server) issue(region *pki.Region, at time.Time) (err error) {
	s.CAIdentifier = cmp.Or(s.CAIdentifier, pki.CARSA2048)
	if s.from != 0 || s.to != 0 {
		s.opts.Server = pki.Validity{NotBefore: at.Add(s.from), NotAfter: at.Add(s.to)}
	}
	if s.issued, err = region.Chain(s.CAIdentifier, s.opts); err != nil {
		return fmt.Errorf("server %s: %w", s.name, err)
	}
	s.Chain = s.issued.Presented()
	if s.reverse {
		slices.Reverse(s.Chain[1:])
	}
	if s.extra {
		other, err := pki.NewRegion("eu-west-1", at).Root(s.CAIdentifier, pki.Options{KeyGeneration: 1})
		if err != nil {
			return fmt.Errorf("server %s: %w", s.name, err)
		}
		s.Chain = slices.Insert(s.Chain, 1, other)
	}
	return nil
}

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
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
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
	if s.reverse || s.extra {
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
