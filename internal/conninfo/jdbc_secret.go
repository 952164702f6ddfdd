package conninfo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errPercent is wrapped into the error of the URL that has it.
var errPercent = errors.New("a percent-encoding is invalid")

// JDBCWithoutPassword returns a JDBC URL without its secrets, and whether it
// had any: the arguments password and sslpassword in any case, and a password
// that stands, wrongly in JDBC, before an @ in front of the host. An empty one
// is none. What is left is as it was.
//
// The error is [ErrJDBCURL] for a URL that does not start with
// "jdbc:postgresql:", "r2dbc:" or "r2dbcs:"; it never quotes the URL.
func JDBCWithoutPassword(url string) (without string, found bool, err error) {
	if !strings.HasPrefix(url, jdbcPrefix) && !strings.HasPrefix(url, "r2dbc:") && !strings.HasPrefix(url, "r2dbcs:") {
		return "", false, ErrJDBCURL
	}
	server, arguments, asked := strings.Cut(url, "?")
	server, found = withoutUserPassword(server)
	if !asked {
		return server, found, nil
	}
	var kept []string
	secret := func(token string) bool {
		key, value, _ := strings.Cut(token, "=")
		return value != "" && secretJDBCKey(key)
	}
	tokens := strings.Split(arguments, "&")
	if tornOff(tokens, secret) {
		return "", true, ErrSecretMixedIn
	}
	for _, token := range tokens {
		if secret(token) {
			found = true
			continue
		}
		kept = append(kept, token)
	}
	if len(kept) == 0 {
		return server, found, nil
	}
	return server + "?" + strings.Join(kept, "&"), found, nil
}

// secretJDBCKey also knows keys that the driver would not: a password under
// a wrong name is a password all the same.
func secretJDBCKey(key string) bool {
	if decoded, err := decodeForm(key); err == nil {
		key = decoded
	}
	return isSecret(key)
}

// withoutUserPassword cuts ":password" out of "//user:password@host". Where a
// password has a slash, the part before it is no port.
func withoutUserPassword(server string) (without string, found bool) {
	scheme, rest, _ := strings.Cut(server, "//")
	authority, _, _ := strings.Cut(rest, "/")
	if _, port, _ := strings.Cut(authority, ":"); !strings.Contains(authority, "@") && jdbcPorts([]string{port}) != nil {
		authority = rest
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return server, false
	}
	user, _, found := strings.Cut(authority[:at], ":")
	return scheme + "//" + user + rest[at:], found
}

// decodeForm decodes as java.net.URLDecoder does with UTF-8: a plus sign is a
// space, and bytes that are no UTF-8 become the replacement character.
//
// Source: OpenJDK 17, java.net.URLDecoder.decode; the two digits are read by
// Integer.parseInt, which takes a plus sign before the second.
func decodeForm(s string) (string, error) {
	var out, run []byte
	flush := func() {
		for len(run) > 0 {
			r, size := utf8.DecodeRune(run)
			out, run = utf8.AppendRune(out, r), run[size:]
		}
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '%':
			if i+3 > len(s) {
				return "", fmt.Errorf("%w: %w", ErrJDBCURL, errPercent)
			}
			digits := strings.TrimPrefix(s[i+1:i+3], "+")
			value, err := strconv.ParseUint(digits, 16, 8)
			if err != nil {
				return "", fmt.Errorf("%w: %w", ErrJDBCURL, errPercent)
			}
			run = append(run, byte(value))
			i += 2
		case '+':
			flush()
			out = append(out, ' ')
		default:
			flush()
			out = append(out, s[i])
		}
	}
	flush()
	return string(out), nil
}
