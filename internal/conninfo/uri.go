package conninfo

import (
	"encoding/hex"
	"strings"
)

// parseURI reads a connection URI:
// postgresql://[user[:password]@][host[:port],…][/dbname][?keyword=value&…].
//
// Source: fe-connect.c, conninfo_uri_parse_options, 12 to 18.
func parseURI(uri string, libpq int) (Settings, error) {
	if i := strings.IndexByte(uri, 0); i >= 0 {
		uri = uri[:i]
	}
	u := uriParser{rest: uri[len(uriPrefix(uri)):], libpq: libpq}
	for _, step := range []func() error{u.userinfo, u.hosts, u.dbname, u.query} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return u.settings, nil
}

type uriParser struct {
	rest     string
	libpq    int
	settings Settings
}

// set stores a percent-encoded value; an empty one counts as not given.
func (u *uriParser) set(keyword, encoded string) error {
	if encoded == "" {
		return nil
	}
	value, err := decode(encoded, u.libpq)
	if err == nil {
		u.settings = u.settings.With(keyword, value)
	}
	return err
}

// userinfo ends at the first @ before any slash: a question mark does not
// stop the search.
func (u *uriParser) userinfo() error {
	end := strings.IndexAny(u.rest, "@/")
	if end < 0 || u.rest[end] != '@' {
		return nil
	}
	user, password, _ := strings.Cut(u.rest[:end], ":")
	u.rest = u.rest[end+1:]
	if err := u.set("user", user); err != nil {
		return err
	}
	return u.set("password", password)
}

// hosts reads the list of hosts with their ports.
func (u *uriParser) hosts() error {
	var hosts, ports strings.Builder
	for {
		host, err := u.host()
		if err != nil {
			return err
		}
		hosts.WriteString(host)
		if strings.HasPrefix(u.rest, ":") {
			u.rest = u.rest[1:]
			ports.WriteString(u.until("/?,"))
		}
		if !strings.HasPrefix(u.rest, ",") {
			break
		}
		u.rest = u.rest[1:]
		hosts.WriteByte(',')
		ports.WriteByte(',')
	}
	if err := u.set("host", hosts.String()); err != nil {
		return err
	}
	return u.set("port", ports.String())
}

// host reads one host name, or an IPv6 address in brackets.
func (u *uriParser) host() (string, error) {
	if !strings.HasPrefix(u.rest, "[") {
		return u.until(":/?,"), nil
	}
	address, rest, closed := strings.Cut(u.rest[1:], "]")
	switch {
	case !closed:
		return "", syntaxError(`end of string reached when looking for matching "]" in IPv6 host address in URI`)
	case address == "":
		return "", syntaxError("IPv6 host address may not be empty in URI")
	case rest != "" && !strings.ContainsAny(rest[:1], ":/?,"):
		return "", syntaxError(`in URI (expected ":" or "/")`)
	}
	u.rest = rest
	return address, nil
}

// until takes everything before the first byte of stops, or all there is.
func (u *uriParser) until(stops string) string {
	end := strings.IndexAny(u.rest, stops)
	if end < 0 {
		end = len(u.rest)
	}
	taken := u.rest[:end]
	u.rest = u.rest[end:]
	return taken
}

func (u *uriParser) dbname() error {
	if !strings.HasPrefix(u.rest, "/") {
		return nil
	}
	u.rest = u.rest[1:]
	return u.set("dbname", u.until("?"))
}

// query reads the parameters. A pair of "ssl" and "true" is sslmode=require,
// for the sake of JDBC's URLs; nothing else about ssl is known.
//
// Source: fe-connect.c, conninfo_uri_parse_params, 12 to 18.
func (u *uriParser) query() error {
	if !strings.HasPrefix(u.rest, "?") {
		return nil
	}
	secret := false
	for rest := u.rest[1:]; rest != ""; {
		var parameter string
		parameter, rest, _ = strings.Cut(rest, "&")
		keyword, value, separated := strings.Cut(parameter, "=")
		switch {
		case strings.Contains(value, "="):
			return syntaxError(`extra key/value separator "=" in URI query parameter`)
		case !separated:
			return syntaxError(`missing key/value separator "=" in URI query parameter`)
		}
		keyword, err := decode(keyword, u.libpq)
		if err != nil {
			return err
		}
		if value, err = decode(value, u.libpq); err != nil {
			return err
		}
		if keyword == "ssl" && value == "true" {
			keyword, value = "sslmode", "require"
		}
		stored, known := u.settings.Store(keyword, value, u.libpq)
		if !known {
			return unknownParameter(keyword, secret)
		}
		u.settings = stored
		secret = secret || isSecret(keyword)
	}
	return nil
}

func unknownParameter(keyword string, secretBefore bool) error {
	message := "invalid URI query parameter"
	if !secretBefore && isWord(keyword) {
		message += `: "` + keyword + `"`
	}
	return &Error{Err: ErrUnknownKeyword, Client: message}
}

// decode resolves percent encoding; a plus sign stays a plus sign. From 18
// on, spaces at both ends are cut off and others are refused.
//
// Source: fe-connect.c, conninfo_uri_decode; the spaces: observed with 17.10
// and 18.4.
func decode(encoded string, libpq int) (string, error) {
	if libpq == 0 || libpq >= 18 {
		encoded = strings.Trim(encoded, " ")
		if i := strings.IndexByte(encoded, ' '); i >= 0 {
			if _, err := decode(encoded[:i], 17); err != nil {
				return "", err
			}
			return "", syntaxError("use percent-encoded spaces (%20) instead")
		}
	}
	var value strings.Builder
	for i := 0; i < len(encoded); i++ {
		if encoded[i] != '%' {
			value.WriteByte(encoded[i])
			continue
		}
		octet, err := hex.DecodeString(encoded[i+1 : min(i+3, len(encoded))])
		switch {
		case err != nil || len(octet) == 0:
			return "", syntaxError("invalid percent-encoded token")
		case octet[0] == 0:
			return "", syntaxError("forbidden value %00 in percent-encoded value")
		}
		value.Write(octet)
		i += 2
	}
	return value.String(), nil
}
