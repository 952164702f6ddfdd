package postgres

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxClients bounds how many groups of sessions are held, and maxNames the
// octets of their names. A name has at most 63 in PostgreSQL.
const (
	maxClients = 50_000
	maxNames   = 16 << 20
)

// lookSQL is one look at everybody, in one statement for PostgreSQL 9.6 to 18.
//
// It reads from pg_stat_activity outwards, because pg_stat_ssl has no row for
// a session that the role may not see (since 13). Such a session shows with
// its user and application name, but without backend_start: it is shown as
// hidden, for it may be anything. A visible one without a client_port is no
// client but a background process; -1 is a Unix-domain socket. Sessions that
// are still logging in (visible since 18) have no usesysid yet. Walsenders are
// clients. Other sessions of the same role and name are this program's, too: a
// look beside this one, or one that the server has not ended yet.
//
// client_dn is called clientdn before 12. In the innermost query both names
// resolve to a column of pg_stat_ssl where it has one, else to absent's null.
//
// Source: src/backend/catalog/system_views.sql of PostgreSQL 9.6 to 18, and
// pg_stat_get_activity in pgstatfuncs.c. Observed on 10 to 18.
const lookSQL = `
WITH me AS (
  SELECT pg_catalog.current_setting('server_version') AS version,
         EXISTS (SELECT 1 FROM pg_catalog.pg_roles r
                 WHERE r.rolname = current_user AND r.rolsuper
                    OR r.rolname IN ('pg_read_all_stats', 'rds_superuser') AND pg_catalog.pg_has_role(r.oid, 'USAGE')
         ) AS sees_everyone,
         (1000000 * EXTRACT(epoch FROM pg_catalog.statement_timestamp()))::bigint AS at
), session AS (
  SELECT a.datname, a.usename, a.application_name, pg_catalog.host(a.client_addr) AS client_addr,
         a.client_port = -1 AS local, a.backend_start IS NULL AS hidden,
         (1000000 * EXTRACT(epoch FROM a.backend_start))::bigint AS began,
         coalesce(s.ssl, false) AS ssl, s.version, s.cipher, s.bits, s.dn
  FROM pg_catalog.pg_stat_activity a
  LEFT JOIN (
    SELECT t.* FROM (SELECT NULL::text AS client_dn, NULL::text AS clientdn) absent,
    LATERAL (SELECT pid, ssl, version, cipher, bits, coalesce(client_dn, clientdn) AS dn
             FROM pg_catalog.pg_stat_ssl) t
  ) s ON s.pid = a.pid
  WHERE a.pid <> pg_catalog.pg_backend_pid()
    AND a.usesysid IS NOT NULL
    AND NOT (a.usename = session_user AND a.application_name = '` + applicationName + `')
    AND a.usename IS DISTINCT FROM 'rdsadmin'
    AND (a.backend_start IS NULL OR a.client_port IS NOT NULL)
), client AS (
  SELECT hidden, datname, usename, application_name, client_addr, local, ssl, version, cipher, bits, dn,
         count(*) AS sessions, max(began) AS began
  FROM session
  GROUP BY hidden, datname, usename, application_name, client_addr, local, ssl, version, cipher, bits, dn
)
SELECT me.version, me.sees_everyone, me.at, (SELECT count(*) FROM session WHERE hidden) AS hidden,
       c.sessions, c.datname, c.usename, c.application_name, c.client_addr, c.local,
       c.ssl, c.version, c.cipher, c.bits, c.dn, c.hidden, c.began
FROM me LEFT JOIN client c ON true`

// The columns of lookSQL.
const (
	columnServerVersion = iota
	columnSeesEveryone
	columnAt
	columnHidden
	columnSessions
	columnDatabase
	columnUsername
	columnApplicationName
	columnClientAddr
	columnLocal
	columnSSL
	columnTLSVersion
	columnCipher
	columnBits
	columnClientDN
	columnClientHidden
	columnBegan
	columns
)

// octets are those of its names.
func (g Group) octets() int {
	return len(g.Database) + len(g.Username) + len(g.ApplicationName) + len(g.ClientAddr) + len(g.TLSVersion) + len(g.Cipher) + len(g.ClientDN)
}

// look is the answer to lookSQL.
type look struct {
	serverVersion string
	seesEveryone  bool
	at            time.Time // the server's clock
	hidden        int
	sessions      map[Group]alike
}

// alike are the sessions of a group: how many, and when the newest began.
type alike struct {
	count int
	began time.Time // zero where it is hidden
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// takeLook asks once; the error is pgx's own, or of this package.
func takeLook(ctx context.Context, session *pgconn.PgConn) (look, error) {
	result := session.ExecParams(ctx, lookSQL, nil, nil, nil, nil)
	seen := look{sessions: map[Group]alike{}}
	rows, octets := 0, 0
	var broken error
	for broken == nil && result.NextRow() {
		row := result.Values()
		for _, value := range row {
			octets += len(value)
		}
		if rows++; rows > maxClients || octets > 2*maxNames {
			broken = ErrTooManyClients
		} else {
			broken = seen.add(row)
		}
	}
	if broken != nil {
		// Reading on to the end could take forever: the session is lost.
		_ = session.Conn().Close()
		return look{}, broken
	}
	if _, err := result.Close(); err != nil {
		return look{}, err
	}
	if rows == 0 {
		return look{}, fmt.Errorf("%w: it has no row", ErrProtocol)
	}
	return seen, nil
}

// add reads a row, in text format.
func (l *look) add(row [][]byte) error {
	if len(row) != columns {
		return fmt.Errorf("%w: the number of columns in a row is %d", ErrProtocol, len(row))
	}
	text := func(column int) string { return Printable(string(row[column])) }
	flag := func(column int) bool { return text(column) == "t" }
	l.serverVersion, l.seesEveryone = text(columnServerVersion), flag(columnSeesEveryone)
	var err error
	missing := func(what string) { err = cmp.Or(err, fmt.Errorf("%w: %s is missing", ErrProtocol, what)) }
	// None is below zero, and a server has fewer than a billion of anything that
	// is counted here.
	count := func(column int, what string) int {
		n, odd := strconv.ParseInt(text(column), 10, 31)
		if odd != nil || n < 0 {
			missing(what)
		}
		return int(n)
	}
	micros := func(column int, what string) time.Time {
		n, odd := strconv.ParseInt(text(column), 10, 64)
		if odd != nil {
			missing(what)
		}
		return time.UnixMicro(n).UTC()
	}
	if l.at = micros(columnAt, "the time"); l.at.Year() < 2000 || l.at.Year() > 9999 {
		missing("the time")
	}
	l.hidden = count(columnHidden, "the number of hidden sessions")
	if err != nil || row[columnSessions] == nil {
		return err // Without sessions, nobody is there.
	}
	sessions := count(columnSessions, "the number of sessions")
	g := Group{Database: text(columnDatabase), Username: text(columnUsername), ApplicationName: text(columnApplicationName), Hidden: flag(columnClientHidden)}
	var began time.Time
	if !g.Hidden {
		began = micros(columnBegan, "the time at which a session began")
		g.ClientAddr, g.Local, g.SSL = text(columnClientAddr), flag(columnLocal), flag(columnSSL)
		g.TLSVersion, g.Cipher, g.ClientDN = text(columnTLSVersion), text(columnCipher), text(columnClientDN)
		if row[columnBits] != nil {
			g.Bits = count(columnBits, "the number of bits of a session's cipher")
		}
	}
	before := l.sessions[g]
	l.sessions[g] = alike{count: before.count + sessions, began: later(before.began, began)}
	return err
}
