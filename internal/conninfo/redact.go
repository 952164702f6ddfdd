package conninfo

import (
	"errors"
	"regexp"
	"strings"
)

// ErrSecretMixedIn is returned where a connection string holds what looks
// like a password and is written so that it cannot be cut out cleanly.
var ErrSecretMixedIn = errors.New("the connection string seems to contain a password, but it is not clear where the password ends")

// Redact returns a connection string without its secrets and otherwise
// unchanged, and whether it held any. It takes every form that a driver of
// this project does: libpq's keyword/value strings and URIs, the URIs of Go,
// Node, Python and Rust drivers, JDBC and R2DBC URLs, semicolon lists of ODBC,
// ADO.NET, PDO and DBI.
//
// Secrets are passwords of users, of client keys and of trust stores, SCRAM
// keys and OAuth client secrets. An empty password is none. The names of
// password files and of users are not secrets.
//
// The error is [ErrSecretMixedIn]; found is then true, and nothing of the
// string is returned. A malformed string that holds no secret is returned as
// it is: to refuse it is the driver's business.
func Redact(connection string) (without string, found bool, err error) {
	switch {
	case strings.HasPrefix(connection, "jdbc:postgresql:"), strings.HasPrefix(connection, "r2dbc:"):
		without, found, err = JDBCWithoutPassword(connection)
	case schemeOf(connection) != "":
		without, found, err = redactURI(connection)
	default:
		without, found, err = redactPairs(connection)
	}
	switch {
	case err != nil:
		return "", true, err
	case leftBehind(LenientUnescape(without, true)):
		return "", true, ErrSecretMixedIn
	}
	return without, found, nil
}

// HasPassword says whether a connection string of any form holds a secret, or
// might hold one.
func HasPassword(connection string) bool {
	_, found, _ := Redact(connection)
	return found
}

// leftover finds what looks like a secret with a value in a string of which
// all secrets should have been cut out, be it as another language writes it.
var leftover = regexp.MustCompile(`(?i)(?:^|[\s;?&#{,:'"])(?:ssl[ _]?)?(?:pgpassword|password|passwd|pwd|psw)['"]?\s*[=:]\s*['"{]?[^\s;&}'"]`)

// tornOff says whether a part without a name follows a secret, so that the secret
// may have held what separates the parts.
func tornOff(parts []string, secret func(part string) bool) bool {
	for i, part := range parts[1:] {
		part = strings.TrimSpace(part)
		if part != "" && part != "ssl" && !strings.Contains(part, "=") && secret(parts[i]) {
			return true
		}
	}
	return false
}

// leftBehind asks leftover, which is slow, only where it can find something.
func leftBehind(text string) bool {
	return strings.ContainsAny(text, "=:") && leftover.MatchString(text)
}

// withoutSeparators is made once: it is asked for every setting of every client.
var withoutSeparators = strings.NewReplacer("_", "", " ", "", "-", "", "\t", "")

// schemeOf returns the start of a URI up to and with "://", or "". It may be
// what a template puts a scheme for, and is neither prose nor JSON.
func schemeOf(connection string) string {
	scheme, _, is := strings.Cut(connection, "://")
	if !is || strings.ContainsAny(scheme, "= \t\r\n\"'`,;") {
		return ""
	}
	return scheme + "://"
}

// isSecret says whether the value of a keyword is a secret, whoever's keyword
// it is; case, blanks and underscores do not matter.
func isSecret(keyword string) bool {
	name := withoutSeparators.Replace(strings.ToLower(keyword))
	switch name {
	case "pwd", "psw", "pass", "passwd", "passphrase", "oauthclientsecret", "scramclientkey", "scramserverkey", "apikey", "accesstoken", "authtoken":
		return true
	default:
		return strings.HasSuffix(name, "password") || strings.HasSuffix(name, "secret")
	}
}

// redactURI cuts ":password" out of the user information and secrets out of
// the query.
//
// Drivers disagree on where the user information of a malformed URI ends, so
// the longest reading is taken: nothing of a password is left over.
func redactURI(uri string) (without string, found bool, err error) {
	scheme := schemeOf(uri)
	rest := uri[len(scheme):]
	if at := userinfoEnd(rest); at >= 0 {
		user, password, separated := strings.Cut(rest[:at], ":")
		if separated {
			found = password != ""
			scheme += user
			rest = rest[at:]
			if found && mayGoOn(rest[1:]) {
				return "", true, ErrSecretMixedIn
			}
		}
	} else if noPort(rest) {
		return "", true, ErrSecretMixedIn
	}
	server, query, asked := strings.Cut(rest, "?")
	if !asked {
		return scheme + rest, found, nil
	}
	var kept []string
	named := func(parameter string) string {
		keyword, _, _ := strings.Cut(parameter, "=")
		if decoded, err := decode(keyword, 17); err == nil {
			keyword = decoded
		}
		return keyword
	}
	parameters := strings.Split(query, "&")
	if tornOff(parameters, func(parameter string) bool { return isSecret(named(parameter)) }) {
		return "", true, ErrSecretMixedIn
	}
	for _, parameter := range parameters {
		if _, value, _ := strings.Cut(parameter, "="); isSecret(named(parameter)) {
			found = found || value != ""
			continue
		}
		kept = append(kept, parameter)
	}
	if len(kept) == 0 {
		return scheme + server, found, nil
	}
	return scheme + server + "?" + strings.Join(kept, "&"), found, nil
}

// filledIn is what a shell or a framework puts a value for, perhaps with a default.
var filledIn = regexp.MustCompile(`\$\{[^{}]*\}`)

// stands finds what stands for a port in a template.
var stands = regexp.MustCompile(`^(?:\$\w+|\$?[{(<%]+\s*[\w.-]+\s*[})>%]+|%\w+%)$`)

// noPort says whether what stands in the place of a port is none, as where a
// password is there and the host is forgotten, or where the password goes on
// behind it.
func noPort(rest string) bool {
	rest = filledIn.ReplaceAllString(rest, "")
	authority, _, _ := strings.Cut(rest, "/")
	authority, _, _ = strings.Cut(authority, "?")
	for host := range strings.SplitSeq(authority, ",") {
		host = host[strings.LastIndexByte(host, ']')+1:]
		if _, port, _ := strings.Cut(host, ":"); strings.Trim(port, "0123456789") != "" && !stands.MatchString(port) {
			return true
		}
	}
	return strings.Contains(authority, ":") && mayGoOn(rest)
}

// mayGoOn says whether what follows the user information may still be of a
// password that was not encoded: another @ follows, and not in the value of a
// parameter that libpq knows.
func mayGoOn(server string) bool {
	server, query, _ := strings.Cut(server, "?")
	if strings.Contains(server, "@") {
		return true
	}
	for parameter := range strings.SplitSeq(query, "&") {
		keyword, value, _ := strings.Cut(parameter, "=")
		if strings.Contains(keyword, "@") || strings.Contains(value, "@") && !knownAnywhere(keyword) {
			return true
		}
	}
	return false
}

// userinfoEnd returns where the @ after the user information stands, or -1.
func userinfoEnd(rest string) int {
	authority := strings.IndexAny(rest, "/?#")
	if authority < 0 {
		return strings.LastIndexByte(rest, '@')
	}
	if at := strings.LastIndexByte(rest[:authority], '@'); at >= 0 {
		// A password may hold an @ and, after it, a slash or question mark.
		return at
	}
	_, port, separated := strings.Cut(rest[:authority], ":")
	switch {
	case !separated, strings.HasPrefix(rest, "["):
		return -1
	case strings.Trim(port, "0123456789,:") == "":
		return portOrPassword(rest, authority)
	}
	return strings.LastIndexByte(rest, '@')
}

// portOrPassword tells "user:12/3@host" from "host:5432/db": an @ in what
// would be the database belongs to user information.
func portOrPassword(rest string, authority int) int {
	path, _, _ := strings.Cut(rest[authority:], "?")
	if at := strings.LastIndexByte(path, '@'); at >= 0 {
		return authority + at
	}
	return -1
}

// redactPairs cuts secrets out of a keyword/value string or of a semicolon
// list. A string that can be read as either is read as both.
func redactPairs(connection string) (without string, found bool, err error) {
	if prefix := dsnPrefix.FindString(connection); prefix != "" {
		rest := connection[len(prefix):]
		if without, found, err = redactList(rest); leftBehind(without) {
			without, found = redactKeywordValue(rest)
		}
		return prefix + without, found, err
	}
	if without, found = redactKeywordValue(connection); found {
		return without, true, nil
	}
	if strings.Contains(connection, ";") || !strings.Contains(connection, " ") {
		return redactList(connection)
	}
	return connection, false, nil
}

// dsnPrefix starts the DSNs of PDO and of Perl's DBI.
var dsnPrefix = regexp.MustCompile(`^(?:pgsql:|(?i:dbi):\w*(?:\([^)]*\))?:)`)

// redactKeywordValue works on what libpq, in any version, can parse, but for
// the case of keywords.
func redactKeywordValue(connection string) (without string, found bool) {
	var kept strings.Builder
	at := 0
	for s := newScanner(connection); ; {
		p, more, err := s.next()
		if err != nil || more && !isSecret(p.keyword) && !knownAnywhere(p.keyword) {
			return connection, false
		}
		if !more {
			break
		}
		switch {
		case strings.Contains(p.value, ";") && !isSecret(p.keyword):
			return connection, false
		case isSecret(p.keyword):
			found = found || p.value != ""
			kept.WriteString(connection[at:p.start])
			at = p.end
		}
	}
	if !found {
		return connection, false
	}
	kept.WriteString(connection[at:])
	return strings.TrimSpace(kept.String()), true
}

func knownAnywhere(keyword string) bool {
	keyword = strings.ToLower(keyword)
	return Known(keyword, 0) || Known(keyword, 12) || keyword == "requiressl"
}

// redactList works on semicolon lists.
func redactList(connection string) (without string, found bool, err error) {
	var kept []string
	entries := splitList(connection, "{\"'")
	if tornOff(entries, func(entry string) bool {
		keyword, _, _ := strings.Cut(entry, "=")
		return isSecret(strings.TrimSpace(keyword))
	}) {
		return "", true, ErrSecretMixedIn
	}
	for _, entry := range entries {
		keyword, value, separated := strings.Cut(entry, "=")
		switch name := strings.TrimSpace(keyword); {
		case separated && isSecret(name):
			found = found || strings.TrimSpace(value) != ""
			continue
		case separated && (strings.EqualFold(name, "pqopt") || strings.EqualFold(name, "D5")):
			inner, has := redactKeywordValue(strings.Trim(value, "{} "))
			if has {
				found = true
				entry = keyword + "={" + inner + "}"
			}
		}
		kept = append(kept, entry)
	}
	return strings.Join(kept, ";"), found, nil
}
