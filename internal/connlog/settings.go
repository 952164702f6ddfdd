package connlog

import "strings"

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
