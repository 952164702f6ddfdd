package conninfo

import "strings"

// parseKeywordValue reads "keyword = value" pairs.
//
// Blanks around the equals sign are skipped, so that "sslmode= host=x" gives
// sslmode the value "host=x". A backslash takes the next byte as it is.
//
// Source: fe-connect.c, conninfo_parse, 12 to 18.
func parseKeywordValue(connection string, libpq int) (Settings, error) {
	var settings Settings
	secret := false
	for s := newScanner(connection); ; {
		pair, more, err := s.next()
		if err != nil {
			return nil, err
		}
		if !more {
			return settings, nil
		}
		stored, known := settings.Store(pair.keyword, pair.value, libpq)
		if !known {
			return nil, unknownKeyword(pair.keyword, secret)
		}
		settings = stored
		secret = secret || isSecret(pair.keyword)
	}
}

// scanner takes a keyword/value string apart. A zero byte ends the string, as
// it does in C.
type scanner struct {
	text string
	at   int
}

func newScanner(connection string) *scanner {
	if i := strings.IndexByte(connection, 0); i >= 0 {
		connection = connection[:i]
	}
	return &scanner{text: connection}
}

// pair is one keyword with its value; start and end are its place in the text.
type pair struct {
	keyword, value string
	start, end     int
}

// next returns the next pair; more is false at the end of the text.
func (s *scanner) next() (p pair, more bool, err error) {
	s.blanks()
	if s.at == len(s.text) {
		return pair{}, false, nil
	}
	p.start = s.at
	for s.at < len(s.text) && s.text[s.at] != '=' && !isSpace(s.text[s.at]) {
		s.at++
	}
	p.keyword = s.text[p.start:s.at]
	s.blanks()
	if s.at == len(s.text) || s.text[s.at] != '=' {
		return pair{}, false, syntaxError(`missing "=" after`)
	}
	s.at++
	s.blanks()
	if s.at < len(s.text) && s.text[s.at] == '\'' {
		p.value, err = s.quoted()
	} else {
		p.value = s.plain()
	}
	p.end = s.at
	return p, err == nil, err
}

func (s *scanner) blanks() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

// plain reads a value up to the next blank.
func (s *scanner) plain() string {
	var value strings.Builder
	for s.at < len(s.text) && !isSpace(s.text[s.at]) {
		if s.text[s.at] == '\\' {
			s.at++
		}
		s.take(&value)
	}
	return value.String()
}

// quoted reads a value in single quotes. What follows the closing quote
// belongs to the next keyword, even without a blank.
func (s *scanner) quoted() (string, error) {
	var value strings.Builder
	s.at++
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '\'':
			s.at++
			return value.String(), nil
		case '\\':
			s.at++
			s.take(&value)
		default:
			s.take(&value)
		}
	}
	return "", syntaxError("unterminated quoted string in connection info string")
}

// take copies one byte, if there is one left.
func (s *scanner) take(value *strings.Builder) {
	if s.at < len(s.text) {
		value.WriteByte(s.text[s.at])
		s.at++
	}
}

// isSpace is C's isspace in the C locale.
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
