package connlog

import (
	"bytes"
	"net/netip"
	"strconv"
)

// endWhile returns how much of the beginning of text is made of such octets.
func endWhile(text []byte, is func(c byte) bool) int {
	for i, c := range text {
		if !is(c) {
			return i
		}
	}
	return len(text)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isHostOctet(c byte) bool {
	return isDigit(c) || isLetter(c) || c == '.' || c == ':' || c == '-' || c == '_' || c == '%'
}

// orNothing turns "no octet" into "no match".
func orNothing(end int) int {
	if end == 0 {
		return -1
	}
	return end
}

func endOfDigits(text []byte) int { return orNothing(endWhile(text, isDigit)) }

// optional is for values that some processes do not have.
func optional(end func([]byte) int) func([]byte) int {
	return func(text []byte) int { return max(end(text), 0) }
}

func endOfSigned(text []byte) int {
	if len(text) > 0 && text[0] == '-' {
		if end := endOfDigits(text[1:]); end > 0 {
			return end + 1
		}
		return -1
	}
	return endOfDigits(text)
}

// endOfWords is for command tags and backend types: words of the server's own,
// without digits. A tag is empty while nothing runs.
func endOfWords(text []byte) int {
	end := endWhile(text, func(c byte) bool { return isLetter(c) || c == ' ' || c == '_' || c == '-' })
	if end < len(text) && isDigit(text[end]) {
		end = bytes.LastIndexByte(text[:end], ' ') // A SQLSTATE such as F0000 comes next.
	}
	for end > 0 && text[end-1] == ' ' {
		end--
	}
	return max(end, 0)
}

func endOfSQLState(text []byte) int {
	if len(text) < 5 || endWhile(text[:5], func(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'Z' }) < 5 {
		return -1
	}
	return 5
}

// endOfPair is for two values with a separator between them.
func endOfPair(text []byte, first func(byte) bool, separator byte, second func(byte) bool) int {
	at := endWhile(text, first)
	if at == 0 || at == len(text) || text[at] != separator {
		return -1
	}
	end := endWhile(text[at+1:], second)
	if end == 0 {
		return -1
	}
	return at + 1 + end
}

// endOfSession is for %c: the session's start and its process in hexadecimal.
func endOfSession(text []byte) int {
	isHex := func(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' }
	return endOfPair(text, isHex, '.', isHex)
}

func setSession(r *reading, value []byte) {
	r.session = value
	_, process, _ := bytes.Cut(value, []byte("."))
	if pid, err := strconv.ParseInt(string(process), 16, 64); err == nil {
		r.pid = pid
	}
}

// endOfTransaction is for %v, such as 3/17; on some lines it is empty.
func endOfTransaction(text []byte) int {
	return endOfPair(text, func(c byte) bool { return isDigit(c) || c == '-' }, '/', isDigit)
}

const localHost = "[local]"

func endOfHost(text []byte) int {
	if bytes.HasPrefix(text, []byte(localHost)) {
		return len(localHost)
	}
	return endWhile(text, isHostOctet)
}

// longestHost is the length of a name in the DNS.
const longestHost = 255

// isHost takes an address, a host name, a Unix socket, and nothing, which the
// server's own processes have.
func isHost(text []byte) bool {
	if len(text) == 0 || string(text) == localHost {
		return true
	}
	if _, err := netip.ParseAddr(string(text)); err == nil {
		return true
	}
	return endOfHost(text) == len(text) && bytes.IndexByte(text, ':') < 0
}

// endOfRemote is for %r: a host with its port in parentheses, a Unix socket, or
// nothing for the server's own processes. A host ends at its parenthesis: an
// address of IPv6 holds the colons that prefixes are divided by.
func endOfRemote(text []byte) int {
	if bytes.HasPrefix(text, []byte(localHost)) {
		return len(localHost)
	}
	host := endWhile(text, isHostOctet)
	if host == 0 || host == len(text) || text[host] != '(' {
		return 0
	}
	port := endWhile(text[host+1:], isDigit)
	end := host + 1 + port
	if port == 0 || end == len(text) || text[end] != ')' {
		return 0
	}
	return end + 1
}

func setRemote(r *reading, value []byte) {
	r.hasHost = true
	r.host, r.port, _ = bytes.Cut(value, []byte("("))
	r.port = bytes.TrimSuffix(r.port, []byte(")"))
}

// endOfTime is for 2026-11-23 17:56:45[.123] UTC.
func endOfTime(milliseconds bool) func([]byte) int {
	pattern := "0000-00-00 00:00:00"
	if milliseconds {
		pattern += ".000"
	}
	pattern += " "
	return func(text []byte) int {
		if len(text) <= len(pattern) {
			return -1
		}
		for i := range len(pattern) {
			if pattern[i] == '0' && !isDigit(text[i]) || pattern[i] != '0' && pattern[i] != text[i] {
				return -1
			}
		}
		zone := endWhile(text[len(pattern):], func(c byte) bool { return isLetter(c) || isDigit(c) || c == '+' || c == '-' })
		if zone == 0 {
			return -1
		}
		return len(pattern) + zone
	}
}

// endOfEpoch is for %n: seconds since 1970 with milliseconds.
func endOfEpoch(text []byte) int {
	seconds := endWhile(text, isDigit)
	if seconds == 0 || len(text) < seconds+4 || text[seconds] != '.' || endWhile(text[seconds+1:seconds+4], isDigit) < 3 {
		return -1
	}
	return seconds + 4
}

func setTime(r *reading, value []byte) { r.time = value }

// number reads digits; what is too long for one is 0, which is no process.
func number(digits []byte) int64 {
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
