// Package postgres asks a PostgreSQL server who is connected and how, whether
// it takes plaintext, and which certificate it presents.
//
// It is an adapter: pgx and crypto/tls in, plain structs out. Its own
// connections verify the server certificate and its name unless told
// otherwise, and never fall back to plaintext. No error of this package
// contains a password, a token or a connection string.
package postgres

import (
	"cmp"
	"context"
	"net"
	"os"
	"strconv"
	"time"
)

// The sslmodes of [Config], as libpq names them. The zero value is none of
// them: it takes PGSSLMODE, and VerifyFull where that is not set.
const (
	// Disable never uses TLS. A password is then sent only to a server that
	// does not ask for it in clear text, and a token never.
	Disable = "disable"
	// Require uses TLS. Without a root certificate it verifies nothing; with
	// one it is VerifyCA, as in libpq.
	Require = "require"
	// VerifyCA verifies the certification path, but not the name.
	VerifyCA = "verify-ca"
	// VerifyFull verifies the certification path and the name.
	VerifyFull = "verify-full"
)

// SystemRoots as [Config] SSLRootCert stands for the operating system's roots.
// RDS's are not among them, those of RDS Proxy are.
const SystemRoots = "system"

// What a zero duration in [Config] and [Look] stands for.
const (
	DefaultConnectTimeout   = 10 * time.Second
	DefaultStatementTimeout = 10 * time.Second
	DefaultSampleInterval   = time.Second
)

// MinSampleInterval is what a shorter interval in [Look] is taken for: a query
// of pg_stat_activity is work for the server.
const MinSampleInterval = 10 * time.Millisecond

// DefaultPort is PostgreSQL's.
const DefaultPort = 5432

// DialFunc opens a connection; (*net.Dialer).DialContext is one.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// TokenFunc makes a password that is good for one login, such as an RDS IAM
// authentication token.
type TokenFunc func(ctx context.Context, host string, port uint16, username string) (string, error)

// Config says how to log in.
//
// A zero field takes the value of libpq's environment variable: PGHOST,
// PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGPASSFILE (else ~/.pgpass),
// PGSSLMODE, PGSSLROOTCERT, PGCONNECT_TIMEOUT, PGSERVICE, PGOPTIONS and those
// that pgx knows beside them. The default database is "postgres".
type Config struct {
	// Host is a DNS name, an IP address, or the folder of a Unix-domain
	// socket. One host only: sessions are those of one instance.
	Host string
	Port uint16

	Database string
	Username string
	Password string
	// Token, where set, takes the place of every password, and needs TLS.
	Token TokenFunc

	// SSLMode is one of the constants. With Require without a root certificate
	// nothing is verified: then no token is sent at all, and a password only
	// by SCRAM with channel binding. The environment's "allow" and
	// "prefer" are taken as Require: there is no fallback to plaintext.
	SSLMode string
	// SSLRootCert is the path of a PEM file with the trusted roots, or
	// SystemRoots. Empty trusts what KnownRoot knows.
	SSLRootCert string
	// SSLRootCertPEM is the content instead of the path, and wins over it.
	SSLRootCertPEM []byte
	// KnownRoot reports whether a self-signed root that the server presents
	// is a known CA of RDS, by the lower-case hexadecimal SHA-256 of its
	// DER. It counts only where no root certificate is configured. Nil knows
	// none.
	KnownRoot func(sha256 string) bool
	// Now is the time at which certificates must be valid; nil is the
	// present.
	Now func() time.Time

	// ConnectTimeout bounds connecting and logging in.
	ConnectTimeout time.Duration
	// StatementTimeout bounds each look, on the server and here.
	StatementTimeout time.Duration
	// TotalTimeout bounds everything. Zero is ConnectTimeout plus two
	// StatementTimeouts plus the time of observation.
	TotalTimeout time.Duration

	// Dial opens connections; nil is a net.Dialer.
	Dial DialFunc
}

// LoweredBy is the sslmode that PGSSLMODE takes from a configuration without
// one, where it verifies less than the default; empty if it does not.
func (c Config) LoweredBy() (mode string) {
	if mode = os.Getenv("PGSSLMODE"); c.SSLMode != "" || mode == VerifyFull {
		return ""
	}
	return mode
}

// Endpoint is where a server listens, for what needs no login.
type Endpoint struct {
	// Host is a DNS name or an IP address; Port 0 is [DefaultPort].
	Host string
	Port uint16
	// Timeout bounds each connection; zero is [DefaultConnectTimeout].
	Timeout time.Duration
	// Dial opens connections; nil is a net.Dialer.
	Dial DialFunc
}

// address is what DialFunc takes.
func (e Endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(cmp.Or(e.Port, DefaultPort))))
}

// open connects, and limits what happens on the connection to the timeout.
// The caller calls done, which closes it.
func (e Endpoint) open(ctx context.Context) (conn net.Conn, bounded context.Context, done func(), err error) {
	bounded, cancel := context.WithTimeout(ctx, cmp.Or(e.Timeout, DefaultConnectTimeout))
	conn, err = dialer(e.Dial)(bounded, "tcp", e.address())
	if err != nil {
		err = unreachable(bounded, e.address(), err) // Before cancel, which would be taken for the cause.
		cancel()
		return nil, nil, nil, err
	}
	// Closing is what interrupts reads and writes under way.
	release := context.AfterFunc(bounded, func() { _ = conn.Close() })
	return conn, bounded, func() {
		release()
		_ = conn.Close() // Everything was read already.
		cancel()
	}, nil
}

func dialer(f DialFunc) DialFunc {
	if f == nil {
		return new(net.Dialer).DialContext
	}
	return f
}
