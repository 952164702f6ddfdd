package connlog

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// entry is one record, whatever file it is from. Its byte slices are the
// reader's and change after the call.
type entry struct {
	at                         time.Time
	pid                        int64
	severity                   severity
	user, database, host, port []byte
	// hasUser and hasDatabase: the record names them beside the message, so
	// that the two have to agree. hasHost: it has the address.
	hasUser, hasDatabase, hasHost bool
	// traced: a statement was running, or the report has a context. RAISE LOG
	// writes anything, and the server writes neither beside what it says of a
	// connection.
	traced  bool
	message []byte
}

// eventKind is what a record says of a connection.
type eventKind uint8

const (
	nothing       eventKind = iota
	unreadable              // it begins as one of these, and does not go on as one
	received                // a connection came in
	authenticated           // its certificate is known
	authorized              // it became a session
	disconnected            // the session ended
	refused                 // the TLS handshake failed
	plaintextRefused
	left      // the client went away before it said who it is
	ended     // it ended for another reason, which the log has
	restarted // the server forgot all connections
	logging   // log_connections or log_min_messages was changed
	language  // lc_messages was changed
)

type event struct {
	kind     eventKind
	client   Client
	text     string
	duration time.Duration
}

// families are the messages that say something about a connection, by their
// beginnings. Each has to be whole: see read.
//
// Source: postmaster.c, backend_startup.c, auth.c, be-secure-openssl.c and
// postgres.c of 9.6 to 18; recorded from servers of 10 to 18.
var families = []struct {
	severity severity
	start    string
	read     func(e *entry, rest []byte) event
}{
	{severityLog, "connection received: ", readReceived},
	{severityLog, "connection authenticated: ", readAuthenticated},
	{severityLog, "connection authorized: ", func(e *entry, rest []byte) event { return readAuthorized(e, rest, false) }},
	{severityLog, "replication connection authorized: ", func(e *entry, rest []byte) event { return readAuthorized(e, rest, true) }},
	{severityLog, "disconnection: ", readDisconnected},
	{severityLog, "could not accept SSL connection: ", readRefused},
	{severityLog, "SSL error: ", readSSLError},
	{severityLog, "could not receive data from client: ", readLeft},
	{severityLog, "incomplete startup packet", readLeft},
	{severityLog, "invalid length of startup packet", readEnded},
	{severityLog, "database system is ready to accept ", readRestarted},
	{severityLog, `parameter "log_connections" `, readLogging},
	{severityLog, `parameter "log_min_messages" `, readLogging},
	{severityFatal, "no pg_hba.conf entry for ", readPlaintextRefused},
	{severityFatal, "pg_hba.conf rejects ", readPlaintextRefused},
	{severityFatal, "", readEnded},
}

// concerns reports whether a message is of one of the families.
func concerns(s severity, message []byte) bool {
	if s != severityLog && s != severityFatal {
		return false
	}
	for i := range families {
		f := &families[i]
		if f.severity == s && len(message) >= len(f.start) && string(message[:len(f.start)]) == f.start {
			return true
		}
	}
	return s == severityLog && bytes.Contains(message, []byte(lcMessages))
}

// lcMessages is in a message of any language.
const lcMessages = "lc_messages"

// named reports whether the record has the user beside the message: the server
// knows none before the TLS handshake is over.
func (e *entry) named() bool {
	return e.hasUser && len(e.user) > 0 && string(e.user) != unknownName
}

// read says what an entry says of a connection.
func (e *entry) read() event {
	if e.traced && e.severity == severityLog {
		return event{}
	}
	for i := range families {
		f := &families[i]
		if f.severity != e.severity {
			continue
		}
		if rest, is := bytes.CutPrefix(e.message, []byte(f.start)); is {
			return f.read(e, rest)
		}
	}
	if e.severity == severityLog && bytes.Contains(e.message, []byte(lcMessages)) {
		return readLanguage(e)
	}
	return event{}
}

const unknownName = "[unknown]" // what a prefix has before a client gave its name

func readReceived(e *entry, rest []byte) event {
	rest, is := bytes.CutPrefix(rest, []byte("host="))
	if !is || e.named() {
		return event{kind: unreadable}
	}
	host, port, hasPort := bytes.Cut(rest, []byte(" port="))
	if hasPort && endOfDigits(port) != len(port) || endOfHost(host) != len(host) {
		return event{kind: unreadable}
	}
	if e.hasHost && (!bytes.Equal(e.host, host) || len(e.port) > 0 && !bytes.Equal(e.port, port)) {
		return event{kind: unreadable}
	}
	return event{kind: received, client: Client{Address: address(host)}, text: string(port)}
}

// address is a host without the word for a Unix socket.
func address(host []byte) string {
	if string(host) == localHost {
		return ""
	}
	return string(host)
}

// readAuthenticated wants the subject of a client certificate only.
func readAuthenticated(_ *entry, rest []byte) event {
	rest, is := bytes.CutPrefix(rest, []byte(`identity="`))
	end := bytes.LastIndex(rest, []byte(`" method=`))
	if !is || end < 0 || !bytes.HasPrefix(rest[end:], []byte(`" method=cert (`)) || !bytes.HasSuffix(rest, []byte(")")) {
		return event{}
	}
	return event{kind: authenticated, client: Client{ClientDN: string(rest[:end])}}
}

func readDisconnected(e *entry, rest []byte) event {
	rest, is := bytes.CutPrefix(rest, []byte("session time: "))
	duration, length := sessionTime(rest)
	if !is || length == 0 {
		return event{kind: unreadable}
	}
	ev := event{kind: disconnected, duration: duration}
	rest, is = bytes.CutPrefix(rest[length:], []byte(" user="))
	if !is {
		return event{kind: unreadable}
	}
	if ev.client.Username, rest, is = cutName(rest, e.user, e.hasUser, " database="); !is {
		return event{kind: unreadable}
	}
	rest = rest[len(" database="):]
	at := bytes.LastIndex(rest, []byte(" host="))
	// A walsender may have no database: then a prefix has another word for it.
	none := at == 0 && string(e.database) == unknownName
	if at < 0 || e.hasDatabase && !none && !bytes.Equal(rest[:at], e.database) {
		return event{kind: unreadable}
	}
	host, port, hasPort := bytes.Cut(rest[at+len(" host="):], []byte(" port="))
	if hasPort && endOfDigits(port) != len(port) || endOfHost(host) != len(host) || e.hasHost && !bytes.Equal(host, e.host) {
		return event{kind: unreadable}
	}
	ev.client.Database, ev.client.Address = string(rest[:at]), address(host)
	return ev
}

// sessionTime reads 0:00:00.019.
func sessionTime(text []byte) (d time.Duration, length int) {
	word, _, _ := bytes.Cut(text, []byte(" "))
	parts := strings.Split(string(word), ":")
	if len(parts) != 3 {
		return 0, 0
	}
	hours, err := strconv.ParseInt(parts[0], 10, 32)
	minutes, err2 := strconv.ParseInt(parts[1], 10, 8)
	seconds, err3 := strconv.ParseFloat(parts[2], 64)
	if err != nil || err2 != nil || err3 != nil || hours < 0 || minutes < 0 || seconds < 0 || seconds > 61 {
		return 0, 0
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds*1e3)*time.Millisecond, len(word)
}

func readRefused(e *entry, rest []byte) event {
	if e.named() || len(rest) > 200 || bytes.IndexByte(rest, '\n') >= 0 {
		return event{kind: unreadable}
	}
	return event{kind: refused, text: string(rest)}
}

// readSSLError: a session has such errors too.
func readSSLError(e *entry, rest []byte) event {
	if e.named() {
		return event{}
	}
	return readRefused(e, rest)
}

func readLeft(_ *entry, rest []byte) event {
	if bytes.IndexByte(rest, '\n') >= 0 {
		return event{kind: unreadable}
	}
	return event{kind: left}
}

func readEnded(*entry, []byte) event { return event{kind: ended} }

func readRestarted(e *entry, rest []byte) event {
	if text := string(rest); len(e.user) > 0 || len(e.host) > 0 || text != "connections" && text != "read-only connections" && text != "read only connections" {
		return event{kind: unreadable}
	}
	return event{kind: restarted}
}

func readLogging(e *entry, _ []byte) event {
	if len(e.user) > 0 || len(e.host) > 0 {
		return event{kind: unreadable}
	}
	return event{kind: logging}
}

// readLanguage: in another language nothing else here is read. The server writes
// this message in the language that is new. A session may do what it likes: it
// changes its own alone.
func readLanguage(e *entry) event {
	if len(e.user) > 0 || len(e.host) > 0 || bytes.IndexByte(e.message, '\n') >= 0 {
		return event{}
	}
	return event{kind: language}
}

// refusedFrom is what such a refusal has before the host.
var refusedFrom = regexp.MustCompile(`^(?:connection for )?(replication connection (?:from|for) )?host "`)

// readPlaintextRefused takes the refusals that are for want of TLS; any other
// ends the connection.
func readPlaintextRefused(e *entry, rest []byte) event {
	text, is := bytes.CutSuffix(rest, []byte(", no encryption"))
	if !is {
		if text, is = bytes.CutSuffix(rest, []byte(", SSL off")); !is {
			return event{kind: ended}
		}
	}
	ev := event{kind: plaintextRefused}
	start := refusedFrom.FindSubmatchIndex(text)
	if start == nil {
		return event{kind: unreadable}
	}
	ev.client.Replication, text = start[2] >= 0, text[start[1]:]
	host := text[:endOfHost(text)]
	if e.hasHost && string(e.host) != localHost && endWhile(e.host, isLetter) == 0 && !bytes.Equal(host, e.host) {
		return event{kind: unreadable}
	}
	ev.client.Address = address(host)
	text, is = bytes.CutPrefix(text[len(host):], []byte(`", user "`))
	text, is2 := bytes.CutSuffix(text, []byte(`"`))
	if !is || !is2 {
		return event{kind: unreadable}
	}
	if ev.client.Replication {
		ev.client.Username = string(text)
		if e.hasUser && !bytes.Equal(text, e.user) || len(text) > longestName {
			return event{kind: unreadable}
		}
		return ev
	}
	const between = `", database "`
	var after []byte
	if ev.client.Username, after, is = cutName(text, e.user, e.hasUser, between); !is {
		return event{kind: unreadable}
	}
	after = after[len(between):]
	if e.hasDatabase && !bytes.Equal(after, e.database) || len(after) > longestName {
		return event{kind: unreadable}
	}
	ev.client.Database = string(after)
	return ev
}
