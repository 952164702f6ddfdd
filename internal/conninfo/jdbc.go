package conninfo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrJDBCURL is returned for a URL that the driver itself cannot parse. The
// error never quotes the URL.
var ErrJDBCURL = errors.New("the driver cannot parse this JDBC URL")

// JDBCParser is a generation of pgjdbc's URL parser.
type JDBCParser uint8

// The generations. They differ in the empty host, in several slashes, in
// services, and in whether "host=" in the arguments is PGHOST.
const (
	JDBCParserCurrent JDBCParser = iota // 42.3.2 and later
	JDBCParserLegacy                    // up to 42.3.1, and all of 42.2
)

// Keys under which pgjdbc keeps what the URL says before its arguments.
const (
	JDBCHostKey     = "PGHOST"
	JDBCPortKey     = "PGPORT"
	JDBCDatabaseKey = "PGDBNAME"
)

const (
	jdbcPrefix      = "jdbc:postgresql:"
	jdbcDefaultHost = "localhost"
	jdbcDefaultPort = "5432"
)

// JDBCHost is one server of a JDBC URL.
type JDBCHost struct {
	// Name as it is written, an IPv6 address in its brackets; empty is the
	// loopback address.
	Name string
	// Port in decimal digits.
	Port string
}

// JDBC is what pgjdbc makes of a URL and of the properties beside it.
type JDBC struct {
	// Hosts in the order in which they are tried; empty only with Service.
	Hosts []JDBCHost
	// Unnamed is true where neither the URL nor a property says a host: the
	// one in Hosts is then the driver's default, localhost.
	Unnamed bool
	// Properties are the effective ones, with those of the URL before the
	// given ones, and with JDBCHostKey, JDBCPortKey and JDBCDatabaseKey.
	Properties map[string]string
	// Service names a section of a service file, whose settings then count
	// below both; empty is none.
	Service string
}

// ParseJDBC parses a URL as org.postgresql.Driver.parseURL does, on top of
// the properties that are given to the driver; nil is none.
//
// The error is [ErrJDBCURL] for what the driver refuses: no
// "jdbc:postgresql:", no slash after the host, a port out of 1 to 65535,
// percent signs that do not decode, ports that do not go with the hosts.
//
// Known differences: system properties, driverconfig.properties and .pgpass
// are not looked at, digits of a port are ASCII ones, and the number of
// replacement characters for bytes that are no UTF-8 is Go's.
//
// Source: pgjdbc/pgjdbc Driver.java, parseURL, REL42.2.5 to REL42.7.13; the
// answers are compared with those of 42.2.8, 42.4.2, 42.5.5 and 42.7.3.
func ParseJDBC(url string, given map[string]string, parser JDBCParser) (JDBC, error) {
	server, arguments, _ := strings.Cut(url, "?")
	server, ours := strings.CutPrefix(server, jdbcPrefix)
	if !ours {
		return JDBC{}, fmt.Errorf("%w: it must start with %s", ErrJDBCURL, jdbcPrefix)
	}
	parse := parseJDBCServer
	if parser == JDBCParserLegacy {
		parse = parseJDBCServerLegacy
	}
	properties, err := parse(server, given)
	if err != nil {
		return JDBC{}, err
	}
	service, err := parseJDBCArguments(properties, arguments, parser)
	if err != nil {
		return JDBC{}, err
	}
	for key, value := range given {
		if _, set := properties[key]; !set {
			properties[key] = value
		}
	}
	if service != "" {
		return JDBC{Properties: properties, Service: service}, nil
	}
	named := defaultJDBC(properties)
	hosts, err := jdbcHosts(properties, parser)
	if err != nil {
		return JDBC{}, err
	}
	return JDBC{Hosts: hosts, Unnamed: !named, Properties: properties}, nil
}

// parseJDBCServer parses what lies between the prefix and the question mark.
func parseJDBCServer(server string, _ map[string]string) (map[string]string, error) {
	properties := map[string]string{}
	authority, network := strings.CutPrefix(server, "//")
	switch {
	case server == "//" || server == "///":
		return properties, nil
	case network:
	case strings.HasPrefix(server, "/"):
		return nil, fmt.Errorf("%w: there is only one slash before the database", ErrJDBCURL)
	default:
		return properties, setDecoded(properties, JDBCDatabaseKey, server)
	}
	addresses, database, slash := strings.Cut(authority, "/")
	switch {
	case !slash:
		return nil, fmt.Errorf("%w: there is no slash after the host", ErrJDBCURL)
	case strings.Contains(database, "/"):
		return nil, fmt.Errorf("%w: there are too many slashes", ErrJDBCURL)
	case database != "":
		if err := setDecoded(properties, JDBCDatabaseKey, database); err != nil {
			return nil, err
		}
	}
	return properties, setAddresses(properties, addresses, jdbcDefaultHost)
}

// parseJDBCServerLegacy is the parser before 42.3.2. Where the URL names no
// host, all of it is the database, unless that is given as a property.
func parseJDBCServerLegacy(server string, given map[string]string) (map[string]string, error) {
	properties := map[string]string{}
	authority, network := strings.CutPrefix(server, "//")
	if !network {
		if _, set := given[JDBCDatabaseKey]; set {
			return properties, nil
		}
		return properties, setDecoded(properties, JDBCDatabaseKey, server)
	}
	addresses, database, slash := strings.Cut(authority, "/")
	if !slash {
		return nil, fmt.Errorf("%w: there is no slash after the host", ErrJDBCURL)
	}
	if err := setDecoded(properties, JDBCDatabaseKey, database); err != nil {
		return nil, err
	}
	return properties, setAddresses(properties, addresses, "")
}

// setAddresses splits the hosts and their ports. A host that is empty before
// a port is named unnamed; one without a port stays empty.
func setAddresses(properties map[string]string, addresses, unnamed string) error {
	var hosts, ports []string
	for _, address := range splitJava(addresses) {
		colon := strings.LastIndexByte(address, ':')
		if colon < 0 || strings.LastIndexByte(address, ']') > colon {
			hosts, ports = append(hosts, address), append(ports, jdbcDefaultPort)
			continue
		}
		host := address[:colon]
		if host == "" {
			host = unnamed
		}
		hosts, ports = append(hosts, host), append(ports, address[colon+1:])
	}
	if len(hosts) == 0 {
		return fmt.Errorf("%w: there is no host between the commas", ErrJDBCURL)
	}
	properties[JDBCHostKey], properties[JDBCPortKey] = strings.Join(hosts, ","), strings.Join(ports, ",")
	return jdbcPorts(ports)
}

// parseJDBCArguments reads what follows the question mark. The last of equal
// keys counts; keys are taken as they are written, values are decoded.
func parseJDBCArguments(properties map[string]string, arguments string, parser JDBCParser) (service string, err error) {
	for token := range strings.SplitSeq(arguments, "&") {
		key, value, assigned := strings.Cut(token, "=")
		switch {
		case token == "":
			continue
		case !assigned:
			properties[token] = ""
			continue
		case parser == JDBCParserCurrent:
			key = translateJDBCKey(key)
		}
		if parser == JDBCParserCurrent && key == "service" {
			if service, err = decodeForm(value); err != nil {
				return "", err
			}
			continue
		}
		if err := setDecoded(properties, key, value); err != nil {
			return "", err
		}
	}
	return service, nil
}

// translateJDBCKey gives the keys of service files pgjdbc's own names.
func translateJDBCKey(key string) string {
	switch upper := "PG" + strings.ToUpper(key); upper {
	case JDBCHostKey, JDBCPortKey, JDBCDatabaseKey:
		return upper
	default:
		return key
	}
}

// defaultJDBC fills in what nobody said, and says whether a host was.
func defaultJDBC(properties map[string]string) (named bool) {
	_, named = properties[JDBCHostKey]
	for key, value := range map[string]string{JDBCPortKey: jdbcDefaultPort, JDBCHostKey: jdbcDefaultHost} {
		if _, set := properties[key]; !set {
			properties[key] = value
		}
	}
	_, set := properties[JDBCDatabaseKey]
	if user, given := properties["user"]; given && !set {
		properties[JDBCDatabaseKey] = user
	}
	return named
}

// jdbcHosts pairs hosts and ports.
func jdbcHosts(properties map[string]string, parser JDBCParser) ([]JDBCHost, error) {
	names, ports := splitJava(properties[JDBCHostKey]), splitJava(properties[JDBCPortKey])
	paired := len(names) == len(ports) || parser == JDBCParserLegacy && len(names) < len(ports)
	if len(names) == 0 || !paired {
		return nil, fmt.Errorf("%w: there is no host, or the numbers of hosts and ports do not match", ErrJDBCURL)
	}
	if err := jdbcPorts(ports); err != nil {
		return nil, err
	}
	hosts := make([]JDBCHost, len(names))
	for i, name := range names {
		hosts[i] = JDBCHost{Name: name, Port: ports[i]}
	}
	return hosts, nil
}

func jdbcPorts(ports []string) error {
	for _, port := range ports {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%w: a port is not a number from 1 to 65535", ErrJDBCURL)
		}
	}
	return nil
}

func setDecoded(properties map[string]string, key, value string) error {
	decoded, err := decodeForm(value)
	if err != nil {
		return err
	}
	properties[key] = decoded
	return nil
}

// splitJava splits at commas as String.split of Java does: empty strings at
// the end are dropped, but a string without a comma is one piece.
func splitJava(s string) []string {
	pieces := strings.Split(s, ",")
	if len(pieces) == 1 {
		return pieces
	}
	for len(pieces) > 0 && pieces[len(pieces)-1] == "" {
		pieces = pieces[:len(pieces)-1]
	}
	return pieces
}
