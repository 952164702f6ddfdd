// Package conninfo reads the connection strings of PostgreSQL drivers the way
// the drivers do: libpq's keyword/value strings and URIs, service files, the
// semicolon lists of ODBC, ADO.NET and PDO, and JDBC URLs.
//
// Parsing never needs a password, and no error quotes one. [Redact] takes
// secrets out of a connection string of any of these forms.
package conninfo

import (
	"errors"
	"strings"
)

// Sentinels for connection strings that the driver itself refuses. Test with
// [errors.Is]; the driver's own words are in [Error].
var (
	ErrSyntax         = errors.New("it cannot be parsed")
	ErrUnknownKeyword = errors.New("it contains a keyword that the driver does not know")
)

// Error is a driver's refusal of a connection string.
type Error struct {
	// Err is one of the sentinels of this package.
	Err error
	// Client is the driver's own message, the constant part of it: values,
	// which may be secrets, are left out.
	Client string
}

// Error returns the sentinel's text and the driver's message.
func (e *Error) Error() string { return e.Err.Error() + ": " + e.Client }

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Err }

func syntaxError(client string) error { return &Error{Err: ErrSyntax, Client: client} }

// Setting is one keyword of a connection string with its value.
type Setting struct {
	Keyword, Value string
}

// Settings are the settings of one connection. A keyword stands once, at the
// place where it came up first, with the value that it was given last.
type Settings []Setting

// Get returns the value of a keyword, and whether the keyword was given.
func (s Settings) Get(keyword string) (string, bool) {
	for _, setting := range s {
		if setting.Keyword == keyword {
			return setting.Value, true
		}
	}
	return "", false
}

// With returns the settings with one more, which replaces an earlier value of
// the same keyword. The receiver may be changed.
func (s Settings) With(keyword, value string) Settings {
	for i := range s {
		if s[i].Keyword == keyword {
			s[i].Value = value
			return s
		}
	}
	return append(s, Setting{Keyword: keyword, Value: value})
}

// Store adds a setting as libpq does where it parses a string: the deprecated
// requiressl becomes sslmode, "require" for a value that starts with "1" and
// else "prefer". It is false, and adds nothing, for a keyword that the major
// version does not have; a version of zero is the newest known.
//
// Source: postgres/postgres, src/interfaces/libpq/fe-connect.c,
// conninfo_storeval, 12 to 18.
func (s Settings) Store(keyword, value string, libpq int) (Settings, bool) {
	if keyword == "requiressl" {
		keyword = "sslmode"
		if strings.HasPrefix(value, "1") {
			value = "require"
		} else {
			value = "prefer"
		}
	}
	if !Known(keyword, libpq) {
		return s, false
	}
	return s.With(keyword, value), true
}

// Parse reads a connection string as PQconninfoParse of a major version of
// libpq does; a version of zero is the newest known.
//
// The error is an [*Error] with [ErrSyntax] or [ErrUnknownKeyword].
//
// Source: fe-connect.c, parse_connection_string, 12 to 18.
func Parse(connection string, libpq int) (Settings, error) {
	if IsURI(connection) {
		return parseURI(connection, libpq)
	}
	return parseKeywordValue(connection, libpq)
}

// IsURI says whether libpq takes a string for a connection URI. The scheme
// is case-sensitive.
func IsURI(connection string) bool { return uriPrefix(connection) != "" }

func uriPrefix(connection string) string {
	for _, prefix := range []string{"postgresql://", "postgres://"} {
		if strings.HasPrefix(connection, prefix) {
			return prefix
		}
	}
	return ""
}

// Recognized says whether libpq takes a dbname for a connection string.
//
// Source: fe-connect.c, recognized_connection_string.
func Recognized(dbname string) bool {
	return IsURI(dbname) || strings.Contains(dbname, "=")
}

// Expand reads keywords and values as PQconnectdbParams does with
// expand_dbname: the first dbname may be a connection string of its own, whose
// settings replace earlier ones and are replaced by later ones. Empty values
// count as not given.
//
// Source: fe-connect.c, conninfo_array_parse, 12 to 18.
func Expand(params Settings, libpq int) (Settings, error) {
	var inner, all Settings
	for _, p := range params {
		if p.Keyword == "dbname" && p.Value != "" {
			if Recognized(p.Value) {
				parsed, err := Parse(p.Value, libpq)
				if err != nil {
					return nil, err
				}
				inner = parsed
			}
			break
		}
	}
	for _, p := range params {
		switch {
		case p.Value == "":
		case !Known(p.Keyword, libpq):
			return nil, unknownKeyword(p.Keyword, false)
		case p.Keyword == "dbname" && inner != nil:
			for _, i := range inner {
				all = all.With(i.Keyword, i.Value)
			}
			inner = nil
		default:
			all = all.With(p.Keyword, p.Value)
		}
	}
	return all, nil
}

// unknownKeyword quotes the keyword only where it cannot be the rest of a
// secret that was written without quotes.
func unknownKeyword(keyword string, secretBefore bool) error {
	message := "invalid connection option"
	if !secretBefore && isWord(keyword) {
		message += ` "` + keyword + `"`
	}
	return &Error{Err: ErrUnknownKeyword, Client: message}
}

func isWord(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}
