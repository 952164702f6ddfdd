package conninfo

import (
	"errors"
	"strings"
)

// ErrLDAPService is returned for a service whose settings an LDAP directory
// holds: they are not known.
var ErrLDAPService = errors.New("the settings of the service are looked up in an LDAP directory, so they are not known")

// Service adds the settings that a service file gives to a service: those
// whose keywords are not set yet.
//
// content is all of the file; libpq is the major version, zero the newest
// known. The error is [ErrLDAPService], or an [*Error] with [ErrSyntax] where
// libpq refuses the file or does not find the service. An unknown keyword is a
// syntax error here.
//
// Source: fe-connect.c, parseServiceInfo and parseServiceFile, 12 to 18;
// observed with 12.22 to 18.4.
func Service(settings Settings, content, service string, libpq int) (Settings, error) {
	found := false
	for line := range strings.Lines(content) {
		line, fits := serviceLine(line, libpq)
		switch {
		case !fits:
			return nil, syntaxError("too long in service file")
		case line == "" || line[0] == '#':
		case line[0] == '[':
			if found {
				return settings, nil
			}
			found = strings.HasPrefix(line[1:], service+"]")
		case found:
			all, err := settings.addService(line, libpq)
			if err != nil {
				return nil, err
			}
			settings = all
		}
	}
	if !found {
		message := "definition of service"
		if isWord(service) {
			message += ` "` + service + `" not found`
		}
		return nil, syntaxError(message)
	}
	return settings, nil
}

// serviceLine cuts a line's blanks off, those at its end from 13 on. It is
// false for a line that does not fit into libpq's buffer, which grew in 14.
func serviceLine(line string, libpq int) (trimmed string, fits bool) {
	const blanks = " \t\n\v\f\r"
	buffer, ends := 1024, blanks
	if libpq != 0 && libpq < 14 {
		buffer = 256
	}
	if libpq != 0 && libpq < 13 {
		ends = "\r\n"
	}
	return strings.TrimLeft(strings.TrimRight(line, ends), blanks), len(line) < buffer-1
}

func (s Settings) addService(line string, libpq int) (Settings, error) {
	keyword, value, separated := strings.Cut(line, "=")
	switch {
	case strings.HasPrefix(line, "ldap"):
		return nil, ErrLDAPService
	case !separated, !Known(keyword, libpq):
		return nil, syntaxError("syntax error in service file")
	case keyword == "service":
		return nil, syntaxError("nested service specifications not supported in service file")
	}
	if _, set := s.Get(keyword); set {
		return s, nil
	}
	return s.With(keyword, value), nil
}
