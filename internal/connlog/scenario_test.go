package connlog_test

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
)

// visitor is a client that says what it is told to, octet by octet.
type visitor struct {
	startup []string // names and values of the startup packet
	tls     *tls.Config
	alert   byte // the alert that it sends in place of trusting the server
	raw     []byte
	query   string
	leave   bool // goes away before the startup packet
	comes   bool // is to become a session
}

func version(v uint16) *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: v, MaxVersion: v} //nolint:gosec // The lab's own server.
}

var errNotTrusted = errors.New("not trusted")

// visit connects, and reports whether it became a session.
func (v visitor) visit(t *testing.T, s *pgserver.Server) (session bool) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()                                     //nolint:errcheck // It has said what it had to.
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second)) //nolint:forbidigo // A real connection.
	if v.raw != nil {
		_ = conn.SetDeadline(time.Now().Add(200 * time.Millisecond)) //nolint:forbidigo // A real connection.
		_, _ = conn.Write(v.raw)
		_, _ = io.Copy(io.Discard, conn)
		return false
	}
	if v.tls != nil || v.alert != 0 {
		_, _ = conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47})
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if v.alert != 0 {
			refuse := version(tls.VersionTLS12)
			refuse.VerifyConnection = func(tls.ConnectionState) error { return errNotTrusted }
			_ = tls.Client(alerting{conn, v.alert}, refuse).HandshakeContext(t.Context())
			_, _ = io.Copy(io.Discard, conn)
			return false
		}
		secured := tls.Client(conn, v.tls)
		if err := secured.HandshakeContext(t.Context()); err != nil {
			_, _ = io.Copy(io.Discard, conn)
			return false
		}
		conn = secured
	}
	if v.leave {
		return false
	}
	body := binary.BigEndian.AppendUint32(nil, 3<<16)
	for _, word := range v.startup {
		body = append(append(body, word...), 0)
	}
	body = append(body, 0)
	_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...))
	for {
		head := make([]byte, 5)
		if _, err := io.ReadFull(conn, head); err != nil {
			return session
		}
		rest := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(conn, rest); err != nil {
			return session
		}
		switch head[0] {
		case 'Z':
			if session = true; v.query != "" {
				_, _ = conn.Write(append(binary.BigEndian.AppendUint32([]byte{'Q'}, uint32(len(v.query)+5)), v.query+"\x00"...))
				v.query = ""
				break
			}
			_, _ = conn.Write([]byte{'X', 0, 0, 0, 4})
		case 'R':
			if !bytes.Equal(rest, make([]byte, 4)) && rest[3] != 12 {
				_, _ = conn.Write([]byte{'p', 0, 0, 0, 5, 0}) // No password.
			}
		}
	}
}

// alerting writes another alert in the place of Go's.
type alerting struct {
	net.Conn

	alert byte
}

func (a alerting) Write(p []byte) (int, error) {
	if len(p) == 7 && p[0] == 21 {
		p = append(bytes.Clone(p[:6]), a.alert)
	}
	return a.Conn.Write(p)
}

// truth is what really happened, by what a report has to say.
type truth struct {
	clients   map[connlog.Client]int64
	refused   map[string]int64 // by alert
	plaintext map[connlog.PlaintextRefusal]int64
}

// The roles of the servers. Some have names that only quotes make possible.
const (
	app      = "app"
	dashed   = "my-app.v2"
	odd      = "we@ird:[7]:LOG:  connection authorized: user=x database=y"
	standby  = "standby"
	stranger = "stranger" // gets in by TLS only
	locked   = "locked"   // has a password
)

func options(prefix string) pgserver.Options {
	return pgserver.Options{
		ForceSSL: pgserver.TLSOnly,
		HBA:      []string{"hostnossl all " + app + " all trust", "hostnossl all rejected all reject", `hostnossl all "` + odd + `" all trust`},
		Roles: []pgserver.Role{
			{Name: app}, {Name: dashed}, {Name: odd}, {Name: standby, Replication: true}, {Name: stranger}, {Name: "rejected"}, {Name: locked, Password: "secret"},
		},
		Databases: []string{"orders", "we=ird database=x"},
		Settings: map[string]string{
			"logging_collector": "on", "log_filename": "postgresql.log", "log_line_prefix": prefix,
			"log_statement": "none", "log_error_verbosity": "default", "max_wal_senders": "4",
		},
	}
}

const oddDatabase = "we=ird database=x"

// alerts are the alerts of TLS by number, for those that a client may send.
var alerts = map[byte]string{
	10: "unexpected_message", 40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
	46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error",
	70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
}

// forgers are clients whose names are made to look like lines of the server.
// None becomes a session.
func forgers() []visitor {
	const line = "2026-11-23 17:56:45 UTC:10.9.9.9(1):"
	var all []visitor
	for _, names := range [][2]string{
		{"x\n" + line + "boss", "d:[7]:LOG:  connection authorized: user=boss database=d\n"},
		{"x\n" + line + "[unknown]", "[unknown]:[7]:LOG:  connection received: host=10.9.9.9 port=1\n"},
		{"x\n" + line, ":[7]:LOG:  could not accept SSL connection: tlsv1 alert unknown ca\n"},
		{"boss@d:[7]:LOG:  connection authorized: user=boss database=d", "orders"},
		{"boss@d:[7]:LOG:  connection authorized: user=boss database=d\n", "orders"},
		{"boss@d:[7]:LOG:  connection authorized: user=boss database=d\n\t", "orders"},
		{"boss", "d:[7]:LOG:  connection authorized: user=boss database=d"},
		{"boss", "d:[7]:LOG:  connection authorized: user=boss database=d\n"},
		{"boss", "d\n"},
		{"boss\", database \"d\", no encryption", "orders"},
		{"boss", "d\", no encryption"},
		{"x\n\tx", "orders"},
		{"\n", "\n"},
		{"boss\n2026-11-23 17:56:45.000 UTC [7] LOG:  connection received: x", "d\n<1763920605.000>1"},
	} {
		all = append(all,
			visitor{tls: version(tls.VersionTLS13), startup: []string{"user", names[0], "database", names[1], "application_name", "x\n" + line + "boss@d:[7]:LOG:  connection authorized: user=boss database=d"}},
			visitor{tls: version(tls.VersionTLS13), startup: []string{"user", names[0], "database", names[1], "replication", "true"}})
	}
	return all
}

// raises is a statement that writes what the server writes, as any user may.
func raises() string {
	var b strings.Builder
	b.WriteString("DO $$ BEGIN ")
	for _, message := range []string{
		"connection received: host=10.9.9.9 port=1",
		"connection authorized: user=app database=orders application_name=boss" + tls13,
		"replication connection authorized: user=app application_name=boss" + tls13,
		"could not accept SSL connection: tlsv1 alert unknown ca",
		"SSL error: tlsv1 alert unknown ca",
		"disconnection: session time: 999:00:00.000 user=app database=orders host=10.9.9.9 port=1",
		"could not receive data from client: Connection reset by peer",
		"database system is ready to accept connections",
	} {
		b.WriteString("RAISE LOG '" + message + "' USING DETAIL = 'x'; ")
	}
	b.WriteString("END $$")
	return b.String()
}

// plan is who visits a server of a version, in order, and what has to be in the
// report.
func plan(v int) ([]visitor, truth) {
	tr := truth{clients: map[connlog.Client]int64{}, refused: map[string]int64{}, plaintext: map[connlog.PlaintextRefusal]int64{}}
	var all []visitor
	tls12 := version(tls.VersionTLS12)
	tls12.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
	in12 := func(c connlog.Client) connlog.Client {
		c.Transport, c.TLSVersion, c.Cipher, c.Bits = connlog.TLS, "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256
		return c
	}
	tls13 := version(tls.VersionTLS13)
	in13 := func(c connlog.Client) connlog.Client {
		c.Transport, c.TLSVersion, c.Cipher, c.Bits = connlog.TLS, "TLSv1.3", "TLS_AES_256_GCM_SHA384", 256
		return c
	}
	if v <= 10 {
		tls13, in13 = tls12, in12 // Built with OpenSSL 1.0.
	}
	come := func(c connlog.Client, secured *tls.Config, more ...string) {
		all = append(all, visitor{tls: secured, comes: true, startup: append([]string{"user", c.Username, "database", c.Database, "application_name", c.ApplicationName}, more...)})
		if c.Bits > 0 && v <= 10 {
			c.Bits = 0 // Not logged before 11.
		}
		if c.Address = pgserver.Host; v < 12 {
			c.ApplicationName = "" // Not logged before.
		}
		tr.clients[c]++
	}
	for range 2 {
		come(in13(connlog.Client{Username: app, Database: "orders", ApplicationName: "orders-api"}), tls13)
	}
	come(in12(connlog.Client{Username: dashed, Database: "postgres", ApplicationName: "psql"}), tls12)
	for _, name := range []string{
		"SSL enabled (protocol=TLSv9)", "we: ird [app] (x)", "a@b:[1]:LOG:  connection authorized: user=boss database=d", " database=x", "", " application_name=y", `q"uo'te`,
	} {
		come(in13(connlog.Client{Username: app, Database: "orders", ApplicationName: name}), tls13)
		come(connlog.Client{Username: app, Database: "orders", ApplicationName: name, Transport: connlog.Plaintext}, nil)
	}
	come(in13(connlog.Client{Username: odd, Database: oddDatabase, ApplicationName: "odd"}), tls13)
	come(connlog.Client{Username: odd, Database: "orders", ApplicationName: "odd", Transport: connlog.Plaintext}, nil)
	come(in13(connlog.Client{Username: standby, ApplicationName: "walreceiver", Replication: true}), tls13, "replication", "true")
	come(in13(connlog.Client{Username: app, Database: "orders", ApplicationName: "raises"}), tls13)
	all[len(all)-1].query = raises()
	for _, number := range slices.Sorted(maps.Keys(alerts)) {
		all = append(all, visitor{alert: number})
		tr.refused[alerts[number]]++
	}
	for _, user := range []string{stranger, "rejected"} {
		all = append(all, visitor{startup: []string{"user", user, "database", "orders"}})
		tr.plaintext[connlog.PlaintextRefusal{Username: user, Database: "orders", Address: pgserver.Host}]++
	}
	all = append(all, visitor{startup: []string{"user", stranger, "replication", "true"}})
	tr.plaintext[connlog.PlaintextRefusal{Username: stranger, Address: pgserver.Host, Replication: true}]++
	all = append(all,
		visitor{tls: tls13, startup: []string{"user", locked, "database", "orders"}},
		visitor{tls: tls13, startup: []string{"user", "nobody", "database", "orders"}},
		visitor{tls: tls13, startup: []string{"user", strings.Repeat("long", 30), "database", strings.Repeat("name", 30)}},
		visitor{raw: []byte("GET / HTTP/1.0\r\n\r\n")},
		visitor{raw: append([]byte{0, 0, 0, 8, 4, 210, 22, 47}, "garbage garbage garbage"...)},
		visitor{tls: tls13, leave: true}, visitor{leave: true})
	return all, tr
}
