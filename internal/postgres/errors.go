package postgres

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// The errors of this package, one a meaning. Test them with errors.Is.
var (
	// ErrInvalidConfig: a setting, a PG* variable or a service file is wrong.
	ErrInvalidConfig = errors.New("invalid connection settings")
	// ErrInvalidSSLMode: an sslmode that is none of libpq's.
	ErrInvalidSSLMode = errors.New("invalid sslmode")
	// ErrInvalidRootCertificate: sslrootcert cannot be read, or a part of it
	// is no certificate.
	ErrInvalidRootCertificate = errors.New("invalid root certificate")
	// ErrToken: no authentication token could be made.
	ErrToken = errors.New("cannot create an authentication token")

	// ErrUnreachable: no connection, or it broke.
	ErrUnreachable = errors.New("PostgreSQL cannot be reached")
	// ErrTimeout: one of the timeouts ended it.
	ErrTimeout = errors.New("timed out")
	// ErrProtocol: what answers does not behave as PostgreSQL does.
	ErrProtocol = errors.New("unexpected answer, probably not from PostgreSQL")

	// ErrTLSRefused: the server has no TLS.
	ErrTLSRefused = errors.New("the server does not offer TLS")
	// ErrTLSHandshake: client and server found no common TLS parameters.
	ErrTLSHandshake = errors.New("the TLS handshake failed")
	// ErrCertificateNotTrusted: the certification path does not lead to a
	// trusted root, or a certificate on it is not valid now.
	ErrCertificateNotTrusted = errors.New("the server certificate is not trusted")
	// ErrHostNameMismatch: the path is trusted, the name is another one.
	ErrHostNameMismatch = errors.New("the server certificate is for another host name")

	// ErrWrongPassword is SQLSTATE 28P01.
	ErrWrongPassword = errors.New("wrong password")
	// ErrAuthentication is SQLSTATE 28000: no such role, or no rule in
	// pg_hba.conf lets it in this way.
	ErrAuthentication = errors.New("the server rejects the login of this user")
	// ErrDatabaseNotFound is SQLSTATE 3D000.
	ErrDatabaseNotFound = errors.New("no such database")
	// ErrInsufficientPrivilege is SQLSTATE 42501.
	ErrInsufficientPrivilege = errors.New("the role lacks a privilege")
	// ErrTooManyConnections is SQLSTATE 53300.
	ErrTooManyConnections = errors.New("the server has no free connection")
	// ErrServer: any other error that the server reports.
	ErrServer = errors.New("the server reports an error")
	// ErrTooManyClients: more groups of sessions than this package holds.
	ErrTooManyClients = errors.New("too many different clients")
	// ErrTooMuch: the server sends more octets than its answer can have.
	ErrTooMuch = errors.New("the server sends more data than allowed")
	// ErrNotVerified: the login would send a secret to a server that nothing
	// has verified.
	ErrNotVerified = errors.New("the login would send a secret to a server whose certificate is not verified")
)

const maxMessage = 300

// reported is what PostgreSQL reports, as far as it is safe to show: the
// SQLSTATE after the message in the server's language, of which there is one
// line of at most 300 characters, and none where it quotes the password.
func reported(code, message, secret string) error {
	text := Printable(strings.Join(strings.Fields(message), " "))
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	if text == "" || secret != "" && (strings.Contains(message, secret) || strings.Contains(text, secret)) {
		return errors.New("SQLSTATE " + sqlState(code))
	}
	return errors.New(text + " (SQLSTATE " + sqlState(code) + ")")
}

// sqlState is a code as PostgreSQL makes them, or that it is none.
func sqlState(code string) string {
	if len(code) == 5 && strings.Trim(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return code
	}
	return "malformed"
}

// meanings maps SQLSTATE once for the whole package. Any other is ErrServer.
var meanings = map[string]error{
	"28P01": ErrWrongPassword,
	"28000": ErrAuthentication,
	"3D000": ErrDatabaseNotFound,
	"42501": ErrInsufficientPrivilege,
	"53300": ErrTooManyConnections,
	"57014": ErrTimeout,
}

// failure is an error that this package already gave its meaning. It survives
// the wrapping of pgx, whose own errors hold the whole configuration.
type failure struct{ error }

func (f *failure) Unwrap() error { return f.error }

// fail makes a failure: a sentinel, where it happened, and why.
func fail(sentinel error, address string, cause error) error {
	if cause == nil {
		return &failure{fmt.Errorf("%s: %w", address, sentinel)}
	}
	return &failure{fmt.Errorf("%s: %w: %w", address, sentinel, shown(cause))}
}

// shown is an error whose text can be printed: those of crypto/x509 quote the
// names in the server's certificate.
func shown(err error) error {
	if text := err.Error(); Printable(text) != text {
		return &shownError{err: err, text: Printable(text)}
	}
	return err
}

type shownError struct {
	err  error
	text string
}

func (e *shownError) Error() string { return e.text }

func (e *shownError) Unwrap() error { return e.err }

// unreachable gives a network error its meaning.
func unreachable(ctx context.Context, address string, err error) error {
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fail(ErrUnreachable, address, context.Canceled)
	case ctx.Err() != nil, errors.As(err, &network) && network.Timeout():
		return fail(ErrTimeout, address, nil)
	default:
		return fail(ErrUnreachable, address, err)
	}
}

// untrusted gives an error of crypto/x509 its meaning.
func untrusted(err error) error {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Errorf("%w: %w", ErrHostNameMismatch, shown(err))
	}
	return fmt.Errorf("%w: %w", ErrCertificateNotTrusted, shown(err))
}

// translate gives an error of pgx its meaning and leaves pgx behind.
func translate(ctx context.Context, address, secret string, err error) error {
	var (
		ours    *failure
		report  *pgconn.PgError
		network net.Error
	)
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &report):
		return fail(cmp.Or(meanings[report.Code], ErrServer), address, reported(report.Code, report.Message, secret))
	case ctx.Err() != nil, pgconn.Timeout(err):
		return unreachable(ctx, address, context.DeadlineExceeded)
	case errors.As(err, &network):
		return fail(ErrUnreachable, address, network)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fail(ErrUnreachable, address, io.ErrUnexpectedEOF)
	default:
		return fail(ErrProtocol, address, nil)
	}
}
