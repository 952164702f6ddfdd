// Package connlog reads who connected, who was refused and why out of
// PostgreSQL's own log: stderr files with any log_line_prefix, csvlog and
// jsonlog, as versions 9.6 to 18 write them in English.
//
// A client chooses its user, database and application_name before anybody
// knows it, and a user or database name with a line feed breaks a line of a
// stderr log in two. So nothing is looked for in a line: a line has to be what
// the server writes, from its first octet to its last, with the same names in
// the prefix and in the message. What is neither that nor the continuation of
// it counts as unread, and what stands beside it is not believed.
package connlog

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What bounds the memory of a Log, whatever a file holds.
const (
	// MaxLine is how much of a record is looked at. The longest that says
	// something about a connection has a startup packet's 10,000 octets twice.
	MaxLine = 32 << 10
	// MaxGroups is how many groups of each kind are told apart.
	MaxGroups = 20_000
	// MaxOpen is how many connections may be under way at once.
	MaxOpen = 100_000
)

var (
	// ErrPrefix is returned for a log_line_prefix that cannot be read back.
	ErrPrefix = errors.New("the log_line_prefix cannot be parsed")
	// ErrFormat is returned for a file that is of another kind than its name
	// says.
	ErrFormat = errors.New("the file is not a PostgreSQL log in the expected format")
)

// Options say how the server writes its log.
type Options struct {
	// Prefix is the server's log_line_prefix; see [ParsePrefix]. It is for
	// stderr files only.
	Prefix Prefix
	// Location is the server's log_timezone; nil is UTC.
	Location *time.Location
	// Since leaves out what happened earlier; the zero time leaves out nothing.
	Since time.Time
}

// Client is a group of connections that differ in nothing listed here. An empty
// string is a value that the client did not give or the log does not have.
type Client struct {
	Database, Username, ApplicationName string
	// Address is the client's, or the proxy's in between; a host name where
	// log_hostname is on; empty for a Unix socket.
	Address string
	// ClientDN is the subject of the client certificate that the client
	// authenticated with.
	ClientDN string
	// Transport says whether the session was on TLS.
	Transport Transport
	// TLSVersion such as "TLSv1.3", Cipher and Bits are empty and zero without
	// TLS.
	TLSVersion, Cipher string
	Bits               int
	// Replication marks a walsender.
	Replication bool
}

// Transport is how a session's octets travelled.
type Transport uint8

// The transports. A session that began before the log did, and of which only
// the end was seen, has a transport that is not known.
const (
	TransportUnknown Transport = iota
	Plaintext
	TLS
)

// Refusal is a group of TLS handshakes that did not end in a session.
type Refusal struct {
	// Address as in Client.
	Address string
	// Alert is the TLS alert that the client sent, by its name in RFC 8446,
	// such as "unknown_ca"; empty where the handshake ended without one.
	Alert string
	// Text is the server's own, such as "tlsv1 alert unknown ca".
	Text string
}

// PlaintextRefusal is a group of connections without TLS that the server did
// not take because of that.
type PlaintextRefusal struct {
	Database, Username, Address string
	Replication                 bool
}

// Unfinished is a group of connections that were received and of which the log
// says nothing else: the client went away. A client that checks the server
// certificate after the handshake, as Node.js does, leaves no more than this
// where it does not trust it; so does a health check.
type Unfinished struct{ Address string }

// Times says how often something happened, and when first and last.
type Times struct {
	Count       int64
	First, Last time.Time
	// Began is when it last began: a session that is open still, or has ended
	// later, reaches until Last.
	Began time.Time
}

func (t *Times) add(at time.Time) {
	if t.Count++; t.First.IsZero() || at.Before(t.First) {
		t.First = at
	}
	if at.After(t.Began) {
		t.Began = at
	}
	t.reach(at)
}

func (t *Times) reach(at time.Time) {
	if at.After(t.Last) {
		t.Last = at
	}
}

// Report is what a log says.
type Report struct {
	Clients          map[Client]*Times
	Refused          map[Refusal]*Times
	PlaintextRefused map[PlaintextRefusal]*Times
	Unfinished       map[Unfinished]*Times
	// From and To are the times of the first and the last record; zero without
	// one.
	From, To time.Time
	// Records is how many there were, and Connections how many of them say that
	// somebody came: RDS's own user among them. A log without one is of a server
	// that does not log connections, or not in English, or that nobody visits.
	Records, Connections int64
	// Gaps say why the report may not have everything. Without one, every line
	// was read.
	Gaps []Gap
}

// GapKind is a reason for which a report may not have everything.
type GapKind string

// The kinds of gaps that a log itself shows.
const (
	// GapUnread: lines that the server does not write so, or that can be read
	// in more than one way. A client forged them, or the prefix is not the
	// server's, or its messages are not in English.
	GapUnread GapKind = "unread_lines"
	// GapCut: a record was cut, by RDS or at the end of a file.
	GapCut GapKind = "cut_records"
	// GapBound: there were more groups, or more connections under way, than
	// are told apart.
	GapBound GapKind = "too_many"
	// GapOff: log_connections was off for a time.
	GapOff GapKind = "log_connections_off"
	// GapBegin: a session ended that began within the log, and is not in it.
	GapBegin GapKind = "missing_begin"
	// GapLanguage: the messages were in another language for a time.
	GapLanguage GapKind = "other_language"
)

// Gap is one of them.
type Gap struct {
	Kind GapKind
	// Count is how many lines, records or groups it is about.
	Count int64
	// First is when it was met first: the time of the record before it.
	First time.Time
}

// String says it in words.
func (g Gap) String() string {
	at, first := "", ""
	if !g.First.IsZero() {
		after := g.First.UTC().Format(time.RFC3339)
		at, first = " (first noticed after "+after+")", ", first noticed after "+after
	}
	switch g.Kind {
	case GapUnread:
		return fmt.Sprintf("not every line is in the expected log format (lines in another format: %d%s): either the server's log_line_prefix, log_timezone or lc_messages is not the one that the provider assumes, or lines were forged", g.Count, first)
	case GapCut:
		return fmt.Sprintf("not every record is complete (records cut off: %d%s)", g.Count, first)
	case GapBound:
		return fmt.Sprintf("the log has more than %d groups of connections, or more than %d connections that were open at once%s: beyond these limits, groups are left out, and connections are not followed to their end (records affected: %d)", MaxGroups, MaxOpen, at, g.Count)
	case GapOff:
		return "log_connections may have been off for a time" + at + ": that parameter or log_min_messages was changed, or nobody connected before or after a restart"
	case GapBegin:
		return "the log shows how some sessions ended, but not how they began" + at + ": log_connections was off for a time, or a file is missing or out of order"
	case GapLanguage:
		return "some messages are not in English, because lc_messages was changed" + at
	}
	return string(g.Kind)
}

// English reports whether a value of lc_messages makes the server write its
// messages in English. The empty string is RDS's default, which does.
func English(value string) bool {
	word := strings.ToLower(value)
	return word == "" || word == "c" || word == "posix" || strings.HasPrefix(word, "c.") || strings.HasPrefix(word, "en")
}

// LogsConnections reports whether a value of log_connections makes the server
// log who was authorized: a boolean up to PostgreSQL 17, a list of aspects from
// 18. The empty string is the default, which is off.
func LogsConnections(value string) bool {
	for aspect := range strings.SplitSeq(strings.ToLower(value), ",") {
		switch strings.Trim(aspect, ` "'`) {
		case "on", "true", "yes", "1", "all", "authorization", "t", "y":
			return true
		}
	}
	return false
}
