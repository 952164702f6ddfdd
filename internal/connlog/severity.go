package connlog

import "bytes"

// severity is what stands before a message.
type severity uint8

const (
	severityOther severity = iota // ERROR, NOTICE, …
	severityLog
	severityFatal
	severityDetail // more of the report before it
	severityTrace  // more, of a session that ran a statement
)

// severities are the words that a line may have between prefix and message.
//
// Source: elog.c, error_severity and send_message_to_server_log.
var severities = []struct {
	word string
	is   severity
}{
	{"LOG:", severityLog},
	{"FATAL:", severityFatal},
	{"ERROR:", severityOther},
	{"PANIC:", severityOther},
	{"WARNING:", severityOther},
	{"NOTICE:", severityOther},
	{"INFO:", severityOther},
	{"DEBUG:", severityOther},
	{"DEBUG1:", severityOther},
	{"DEBUG2:", severityOther},
	{"DEBUG3:", severityOther},
	{"DEBUG4:", severityOther},
	{"DEBUG5:", severityOther},
	{"DETAIL:", severityDetail},
	{"HINT:", severityDetail},
	{"QUERY:", severityTrace},
	{"CONTEXT:", severityTrace},
	{"LOCATION:", severityDetail},
	{"BACKTRACE:", severityDetail},
	{"STATEMENT:", severityTrace},
}

// cutSeverity cuts the severity, and a SQLSTATE where log_error_verbosity is
// verbose, off a message.
func cutSeverity(text []byte) (is severity, message []byte, found bool) {
	for _, s := range severities {
		if len(text) <= len(s.word) || text[0] != s.word[0] || string(text[:len(s.word)]) != s.word || text[len(s.word)] != ' ' {
			continue
		}
		message = bytes.TrimLeft(text[len(s.word):], " ")
		if len(message) > 7 && message[5] == ':' && message[6] == ' ' && endOfSQLState(message) == 5 {
			message = message[7:]
		}
		return s.is, message, true
	}
	return 0, nil, false
}

// nextSeverity returns where in text the next severity may begin, or -1: for a
// name that the message follows at once.
func nextSeverity(text []byte) int {
	for from := 0; from < len(text); {
		colon := bytes.IndexByte(text[from:], ':')
		if colon < 0 {
			return -1
		}
		colon += from
		for _, s := range severities {
			start := colon + 1 - len(s.word)
			if start >= 0 && string(text[start:colon+1]) == s.word {
				if _, _, is := cutSeverity(text[start:]); is {
					return start
				}
			}
		}
		from = colon + 1
	}
	return -1
}
