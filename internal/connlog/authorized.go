package connlog

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// readAuthorized clips the application_name as the server's views do: the message
// has it in the length that the client sent.
//
// Source: pgstat_report_appname; what is logged is of ASCII alone
// (pg_clean_ascii in ProcessStartupPacket).
func readAuthorized(e *entry, rest []byte, replication bool) event {
	c := Client{Replication: replication, Transport: Plaintext}
	rest, is := bytes.CutPrefix(rest, []byte("user="))
	if !is {
		return event{kind: unreadable}
	}
	rest = cutGSS(rest)
	if local := e.hasHost && string(e.host) == localHost; !local {
		rest = c.cutTLS(rest)
	}
	following := []string{" database="}
	if replication {
		following = []string{" application_name=", ""}
	}
	if c.Username, rest, is = cutName(rest, e.user, e.hasUser, following...); !is {
		return event{kind: unreadable}
	}
	if !replication {
		rest = rest[len(" database="):]
		if c.Database, rest, is = cutName(rest, e.database, e.hasDatabase, " application_name=", ""); !is {
			return event{kind: unreadable}
		}
	}
	if c.Username == "" || c.Database == "" && !replication {
		return event{kind: unreadable} // A database without a name is the user's.
	}
	if name, named := bytes.CutPrefix(rest, []byte(" application_name=")); named {
		c.ApplicationName = string(name[:min(len(name), longestName)])
	}
	return event{kind: authorized, client: c}
}

// cutName cuts a name off that one of the following texts ends; an empty one is
// the end of the message. Where the record names it too, nothing else will do.
// Where it does not, it has to be the only way to cut.
func cutName(rest, known []byte, isKnown bool, following ...string) (name string, after []byte, is bool) {
	if isKnown {
		after, is = bytes.CutPrefix(rest, known)
		if !is {
			return "", nil, false
		}
		for _, text := range following {
			if text == "" && len(after) == 0 || text != "" && bytes.HasPrefix(after, []byte(text)) {
				return string(known), after, true
			}
		}
		return "", nil, false
	}
	for _, text := range following {
		if text == "" {
			return string(rest), nil, len(rest) <= longestName
		}
		at := bytes.Index(rest, []byte(text))
		if at < 0 {
			continue
		}
		// What comes after an application_name is the client's, and may repeat it.
		server, _, _ := bytes.Cut(rest[at+len(text):], []byte(" application_name="))
		again := text != " application_name=" && bytes.Contains(server, []byte(text))
		return string(rest[:at]), rest[at:], at <= longestName && !again
	}
	return "", nil, false
}

// cutTLS cuts what the server adds for TLS off the end. An application_name may
// hold the same words; the server's are the last, and end the message. Where they
// are not as any server writes them, the transport is not known: a later server
// may write more, and a session on TLS must not pass for plaintext.
func (c *Client) cutTLS(rest []byte) []byte {
	const start = " SSL enabled ("
	at := bytes.LastIndex(rest, []byte(start))
	if at < 0 {
		return rest
	}
	tls, is := readTLS(string(rest[at+len(start):]))
	if !is {
		c.Transport = TransportUnknown
		return rest
	}
	c.Transport, c.TLSVersion, c.Cipher, c.Bits = TLS, tls.TLSVersion, tls.Cipher, tls.Bits
	return rest[:at]
}

// readTLS reads protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256), with
// compression=off up to PostgreSQL 13, and without bits in 9.6 and 10.
func readTLS(text string) (tls Client, is bool) {
	facts, closed := strings.CutSuffix(text, ")")
	if !closed || strings.ContainsAny(facts, "()\n") {
		return tls, false
	}
	for fact := range strings.SplitSeq(facts, ", ") {
		name, value, _ := strings.Cut(fact, "=")
		switch name {
		case "protocol":
			tls.TLSVersion = value
		case "cipher":
			tls.Cipher = value
		case "bits":
			bits, err := strconv.Atoi(value)
			if err != nil {
				return tls, false
			}
			tls.Bits = bits
		case "compression":
		default:
			return tls, false
		}
	}
	return tls, tls.TLSVersion != "" && tls.Cipher != ""
}

// gssFacts is what the server adds for GSSAPI, from 12. No principal holds what
// the server writes for TLS: that would be a name that a client chose.
var gssFacts = regexp.MustCompile(`^ GSS \(authenticated=(yes|no), encrypted=(yes|no)(, deleg(ated)?_credentials=(yes|no))?(, principal=[^\n]*)?\)$`)

func cutGSS(rest []byte) []byte {
	at := bytes.LastIndex(rest, []byte(" GSS (authenticated="))
	if at < 0 || !gssFacts.Match(rest[at:]) || bytes.Contains(rest[at:], []byte(" SSL enabled (")) {
		return rest
	}
	return rest[:at]
}
