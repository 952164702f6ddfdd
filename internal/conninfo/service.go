package conninfo

import "strings"

// Service adds the settings that a service file gives to a service: those
// whose keywords are not set yet.
//
// The error is an [*Error]: [ErrSyntax] where the file does not define the
// service or has a line that libpq refuses before the section ends,
// [ErrUnknownKeyword] never: libpq calls an unknown keyword a syntax error.
//
// Source: fe-connect.c, parseServiceInfo and parseServiceFile, 12 to 18.
func Service(settings Settings, content, service string, libpq int) (Settings, error) {
	within, found := false, false
	for line := range strings.Lines(content) {
		line = strings.Trim(line, " \t\n\v\f\r")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			if found {
				return settings, nil
			}
			within = strings.HasPrefix(line[1:], service+"]")
			found = within
		case within:
			keyword, value, separated := strings.Cut(line, "=")
			switch {
			case strings.HasPrefix(line, "ldap"):
				return nil, syntaxError("the service is looked up by LDAP")
			case !separated, !Known(keyword, libpq):
				return nil, syntaxError("syntax error in service file")
			case keyword == "service":
				return nil, syntaxError("nested service specifications not supported in service file")
			}
			if _, set := settings.Get(keyword); !set {
				settings = settings.With(keyword, value)
			}
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
