package postgres

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// ForceSSLProbe is what a server does with a connection without TLS. Exactly
// one of the three is true.
type ForceSSLProbe struct {
	// Enforced: plaintext is refused, and the same with TLS is not.
	Enforced bool
	// PlaintextTaken: the server goes on to authentication in plaintext.
	PlaintextTaken bool
	// Inconclusive: the answer proves neither; Reason says what came.
	Inconclusive bool
	// Reason is one of the constants, empty if conclusive.
	Reason ProbeReason
}

// ProbeReason is why a probe is inconclusive. Codes are stable.
type ProbeReason string

// The reasons of an inconclusive probe.
const (
	// RefusedEitherWay: no rule of the server lets the prober in, with or
	// without TLS.
	RefusedEitherWay ProbeReason = "refused_with_and_without_tls"
	// OtherError: the server reported something that is not about TLS, such
	// as too many connections, or starting up.
	OtherError ProbeReason = "other_server_error"
	// ClosedWithoutAnswer: the connection ended before an answer, as a proxy
	// may do.
	ClosedWithoutAnswer ProbeReason = "closed_without_answer"
)

// answer is how a server takes a startup message.
type answer int

const (
	answerOther answer = iota
	answerAuthentication
	answerRefused // by pg_hba.conf, before authentication
	answerClosed
)

// Probe finds out whether the server takes plaintext, without credentials: it
// sends a startup message in plaintext and reads whether authentication would
// follow, then leaves. A refusal is confirmed with the same over TLS.
//
// The server's log shows one or two connections of a user "sslready" that were
// refused or given up. The errors are [ErrUnreachable], [ErrTimeout] and
// [ErrProtocol].
//
// Source: PostgreSQL's src/backend/libpq/auth.c, ClientAuthentication.
// Observed on PostgreSQL 10 to 18.
func Probe(ctx context.Context, e Endpoint) (ForceSSLProbe, error) {
	plain, err := e.startup(ctx, false)
	if err != nil {
		return ForceSSLProbe{}, err
	}
	switch plain {
	case answerAuthentication:
		return ForceSSLProbe{PlaintextTaken: true}, nil
	case answerClosed:
		return ForceSSLProbe{Inconclusive: true, Reason: ClosedWithoutAnswer}, nil
	case answerOther:
		return ForceSSLProbe{Inconclusive: true, Reason: OtherError}, nil
	case answerRefused:
	}
	encrypted, err := e.startup(ctx, true)
	if err != nil && !errors.Is(err, ErrTLSRefused) {
		return ForceSSLProbe{}, err
	}
	if encrypted == answerAuthentication {
		return ForceSSLProbe{Enforced: true}, nil
	}
	return ForceSSLProbe{Inconclusive: true, Reason: RefusedEitherWay}, nil
}

// startup sends a startup message and reads the first answer.
func (e Endpoint) startup(ctx context.Context, encrypted bool) (answer, error) {
	conn, ctx, done, err := e.open(ctx)
	if err != nil {
		return answerOther, err
	}
	defer done()
	if encrypted {
		// Nothing is verified: neither credentials nor decisions depend on
		// who answers. Whoever can forge this answer can forge the first.
		unverified := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10} //nolint:gosec // See above.
		if conn, err = startTLS(ctx, conn, e.address(), unverified); err != nil {
			return answerOther, err
		}
	}
	message, err := (&pgproto3.StartupMessage{
		ProtocolVersion: pgproto3.ProtocolVersion30,
		Parameters:      map[string]string{"user": applicationName, "database": "postgres", "application_name": applicationName},
	}).Encode(nil)
	if err != nil {
		return answerOther, fail(ErrProtocol, e.address(), err)
	}
	if _, err := conn.Write(message); err != nil {
		return answerOther, unreachable(ctx, e.address(), err)
	}
	return e.readAnswer(ctx, conn)
}

// readAnswer reads one message: one octet of type, four of length.
func (e Endpoint) readAnswer(ctx context.Context, conn net.Conn) (answer, error) {
	const maxReport = 64 << 10
	header := make([]byte, 5)
	if n, err := io.ReadFull(conn, header); err != nil {
		if n == 0 && ctx.Err() == nil {
			return answerClosed, nil
		}
		return answerOther, unreachable(ctx, e.address(), err)
	}
	length := binary.BigEndian.Uint32(header[1:])
	switch {
	case length < 4 || length > maxReport:
		return answerOther, fail(ErrProtocol, e.address(), nil)
	case header[0] == 'R':
		return answerAuthentication, nil
	case header[0] != 'E':
		return answerOther, fail(ErrProtocol, e.address(), nil)
	}
	body := make([]byte, length-4)
	if _, err := io.ReadFull(conn, body); err != nil {
		return answerOther, unreachable(ctx, e.address(), err)
	}
	var report pgproto3.ErrorResponse
	if err := report.Decode(body); err != nil {
		return answerOther, fail(ErrProtocol, e.address(), nil)
	}
	if refusedByRules(&report) {
		return answerRefused, nil
	}
	return answerOther, nil
}

// refusedByRules reports whether pg_hba.conf refused the connection.
//
// SQLSTATE 28000 alone also means that a role does not exist. The routine that
// reports tells the two apart in every language; the English text does so for
// a server that leaves it out.
//
// Source: auth.c, ClientAuthentication, the errors of uaReject and
// uaImplicitReject: "… no encryption" from PostgreSQL 14, "… SSL off" before.
func refusedByRules(report *pgproto3.ErrorResponse) bool {
	if report.Code != "28000" {
		return false
	}
	return report.Routine == "ClientAuthentication" ||
		strings.HasSuffix(report.Message, ", no encryption") || strings.HasSuffix(report.Message, ", SSL off")
}
