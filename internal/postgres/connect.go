package postgres

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// applicationName is how this package's sessions show in pg_stat_activity.
	applicationName = "sslready"
	// maxAnswer bounds one message of the server, in octets. The rows asked
	// for have some hundreds.
	maxAnswer = 1 << 20
	// closeTimeout is for saying goodbye.
	closeTimeout = time.Second
)

// login opens a read-only session, which quit closes. The error has one of the
// package's meanings.
func (c Config) login(ctx context.Context) (open *session, err error) {
	t, err := c.trust(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := c.settings()
	if err != nil {
		return nil, err
	}
	network, address := pgconn.NetworkAddress(settings.Host, settings.Port)
	if network == "unix" {
		t = trust{} // There is no TLS on a socket; libpq ignores sslmode too.
	}
	ctx, cancel := context.WithTimeout(ctx, settings.ConnectTimeout)
	defer cancel()
	if c.Token != nil {
		if !t.path {
			return nil, fail(ErrNotVerified, address, errTokenNotVerified)
		}
		settings.Password, err = c.Token(ctx, settings.Host, settings.Port, settings.User)
		if err != nil {
			return nil, fail(ErrToken, address, err)
		}
	}
	guarded := !t.path && network != "unix" && settings.Password != ""
	if guarded {
		t.guard(settings)
	}
	// The first connection is the session's. pgx dials again, in a goroutine of
	// its own, to cancel what it gives up.
	var first atomic.Pointer[meter]
	settings.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, counted, err := c.dial(ctx, t, network, address, settings.Host)
		first.CompareAndSwap(nil, counted)
		return conn, err
	}
	conn, err := pgconn.ConnectConfig(ctx, settings)
	switch {
	case err == nil:
		return &session{PgConn: conn, meter: first.Load(), address: address, secret: settings.Password}, nil
	case first.Load().spent():
		return nil, flood(address, maxLogin)
	}
	err = translate(ctx, address, settings.Password, err)
	if guarded && errors.Is(err, ErrProtocol) {
		return nil, fail(ErrNotVerified, address, errPasswordNotVerified)
	}
	return nil, err
}

// session is a session of a server.
type session struct {
	*pgconn.PgConn

	meter           *meter
	address, secret string
}

var (
	errTokenNotVerified    = errors.New("anyone who obtains an IAM token can log in with it; use sslmode verify-full or verify-ca, or name the root with sslrootcert")
	errPasswordNotVerified = errors.New("the server does not accept SCRAM with channel binding, or the password is wrong; use sslmode verify-full or verify-ca, or name the root with sslrootcert")
)

// guard keeps the password from a server that nothing has verified. On TLS,
// SCRAM with channel binding gives it nothing and proves that it knows the
// password; without channel binding whoever stands in between could pass the
// exchange on, and take the session over. In plaintext, which has no channel
// to bind to, the password is at least not sent itself.
func (t trust) guard(settings *pgconn.Config) {
	if t.encrypt {
		settings.RequireAuth, settings.ChannelBinding = "scram-sha-256", "require"
		return
	}
	settings.RequireAuth = "!password"
}

// settings are pgx's, without its TLS: pgx falls back to plaintext in some
// modes, and its errors hold the configuration with the password.
func (c Config) settings() (*pgconn.Config, error) {
	conninfo := map[string]string{
		"sslmode": Disable, "sslrootcert": "", "sslcert": "", "sslkey": "", "sslcertmode": "allow",
		"sslnegotiation": "postgres", "target_session_attrs": "any",
	}
	database := c.Database
	if database == "" && os.Getenv("PGDATABASE") == "" && os.Getenv("PGSERVICE") == "" {
		database = "postgres"
	}
	for keyword, value := range map[string]string{"host": c.Host, "user": c.Username, "dbname": database} {
		if value != "" {
			conninfo[keyword] = value
		}
	}
	if c.Port != 0 {
		conninfo["port"] = strconv.Itoa(int(c.Port))
	}
	settings, err := pgconn.ParseConfig(keywordValues(conninfo))
	if err != nil {
		// Not wrapped: the error of pgx quotes what it could not read.
		return nil, fmt.Errorf("%w: the host, the port, a PG* environment variable or the service file cannot be read", ErrInvalidConfig)
	}
	if len(settings.Fallbacks) > 0 {
		return nil, fmt.Errorf("%w: more than one host", ErrInvalidConfig)
	}
	settings.Password = cmp.Or(c.Password, settings.Password)
	settings.ConnectTimeout = cmp.Or(c.ConnectTimeout, settings.ConnectTimeout, DefaultConnectTimeout)
	settings.MaxProtocolMessageBodyLen = maxAnswer
	settings.RuntimeParams["application_name"] = applicationName
	settings.RuntimeParams["client_encoding"] = "UTF8"
	settings.RuntimeParams["default_transaction_read_only"] = "on"
	statement := cmp.Or(c.StatementTimeout, DefaultStatementTimeout)
	settings.RuntimeParams["statement_timeout"] = strconv.FormatInt(max(1, statement.Milliseconds()), 10) // 0 is no limit
	// The dialer resolves names itself, and tries all addresses of one.
	settings.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	return settings, nil
}

// keywordValues writes a conninfo string.
func keywordValues(settings map[string]string) string {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var out strings.Builder
	for keyword, value := range settings {
		out.WriteString(keyword + "='" + quote.Replace(value) + "' ")
	}
	return out.String()
}

// dial connects and, where t says so, secures the connection.
func (c Config) dial(ctx context.Context, t trust, network, address, host string) (net.Conn, *meter, error) {
	raw, err := dialer(c.Dial)(ctx, network, address)
	if err != nil {
		return nil, nil, unreachable(ctx, address, err)
	}
	conn := newMeter(raw)
	if !t.encrypt {
		return conn, conn, nil
	}
	release := context.AfterFunc(ctx, func() { _ = conn.Close() })
	secured, err := startTLS(ctx, conn, address, t.tlsConfig(host))
	if err != nil || !release() {
		_ = conn.Close() // The handshake's error says more.
		if err == nil {
			err = unreachable(ctx, address, ctx.Err())
		}
		return nil, conn, err
	}
	return secured, conn, nil
}

// startTLS sends an SSLRequest and makes the handshake.
//
// Source: PostgreSQL's documentation, "SSL Session Encryption": the answer is
// one octet, S or N; a server older than the request sends an error, E.
func startTLS(ctx context.Context, conn net.Conn, address string, config *tls.Config) (*tls.Conn, error) {
	if _, err := conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		return nil, unreachable(ctx, address, err)
	}
	answer := make([]byte, 1)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, unreachable(ctx, address, err)
	}
	switch answer[0] {
	case 'S':
		return handshake(ctx, conn, address, config)
	case 'N':
		return nil, fail(ErrTLSRefused, address, nil)
	default:
		return nil, fail(ErrProtocol, address, nil)
	}
}

// handshake makes conn a TLS connection.
func handshake(ctx context.Context, conn net.Conn, address string, config *tls.Config) (*tls.Conn, error) {
	secured := tls.Client(conn, config)
	err := secured.HandshakeContext(ctx)
	switch {
	case err == nil:
		return secured, nil
	case ctx.Err() != nil:
		return nil, unreachable(ctx, address, err)
	case errors.Is(err, ErrCertificateNotTrusted), errors.Is(err, ErrHostNameMismatch):
		return nil, &failure{fmt.Errorf("%s: %w", address, err)}
	default:
		return nil, fail(ErrTLSHandshake, address, err)
	}
}

// quit closes a session politely, also after ctx has ended.
func quit(ctx context.Context, session *session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = session.Close(ctx) // The answers are there already.
}
