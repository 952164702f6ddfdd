package driver

import (
	"slices"
	"strconv"
)

// postgresJSProperties are the options that the rules understand.
var postgresJSProperties = []string{
	"url", "host", "hostname", "port", "user", "username", "database", "db", "ssl", "ssl.rejectUnauthorized", "ssl.ca",
	"ssl.checkServerIdentity", "ssl.servername", "ssl.minVersion", "ssl.maxVersion",
}

// postgresJSOptions are the parameters of a URL that postgres.js keeps to
// itself; the server knows the others below, and gets all that remain.
var (
	postgresJSOptions = []string{
		"max", "ssl", "sslmode", "idle_timeout", "connect_timeout", "max_lifetime", "max_pipeline", "backoff", "keep_alive", "prepare",
		"debug", "fetch_types", "publications", "target_session_attrs",
	}
	postgresJSParametersKnown = []string{
		"application_name", "client_encoding", "datestyle", "DateStyle", "search_path", "statement_timeout", "lock_timeout", "timezone",
		"TimeZone", "options", "idle_in_transaction_session_timeout", "default_transaction_read_only", "default_transaction_isolation",
	}
)

// postgresJS returns the policy of postgres.js (npm postgres), 3.4.
//
// The option ssl wins over ssl or sslmode in the URL, and that over PGSSL;
// PGSSLMODE is not read, and the default is plaintext. allow, prefer and require
// all mean TLS without verification, prefer with plaintext where the server has
// no TLS. Every other value verifies path and name, verify-ca too. No root file
// can be named in the URL: sslrootcert goes to the server as a parameter of the
// session, which refuses it. What is verified ends in Node's built-in roots and
// NODE_EXTRA_CA_CERTS, or the ca of an ssl object.
//
// Source: porsager/postgres v3.4.7, src/index.js, parseOptions; src/connection.js,
// secure.
func postgresJS(s Settings) Policy {
	version, known := parseRelease(s.Version)
	if !known || s.Version != "" && (version.before(3, 4) || !version.before(3, 5)) {
		return Policy{Undecided: "the rules cover postgres.js 3.4, not " + strconv.Quote(s.Version)}
	}
	if name := unknownProperty(s.Properties, postgresJSProperties); name != "" {
		return Policy{Undecided: "the option " + name + " is not covered"}
	}
	u, refused := parseNodeURL(firstNotEmpty(s.Connection, s.Properties["url"]))
	if refused != "" {
		return goRefused("postgres.js takes a URL, and "+refused, "Invalid URL")
	}
	if policy, stop := postgresJSParameters(u.query); stop {
		return policy
	}
	if reason := nodeUndecided(s, nil); reason != "" {
		return Policy{Undecided: reason}
	}
	host := firstNotEmpty(s.Properties["hostname"], s.Properties["host"], u.host, s.Environment["PGHOST"], s.Host, "localhost")
	return postgresJSPolicy(s, u, host)
}

// postgresJSParameters refuses what the server will refuse.
func postgresJSParameters(query map[string]string) (Policy, bool) {
	for name := range query {
		switch {
		case slices.Contains(postgresJSOptions, name), slices.Contains(postgresJSParametersKnown, name):
		case slices.Contains([]string{"sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "uselibpqcompat", "host", "port"}, name):
			return goRefused("postgres.js sends "+name+" to the server, which has no such parameter", "unrecognized configuration parameter"), true
		default:
			return Policy{Undecided: "postgres.js sends " + name + " to the server, and whether that takes it is not known"}, true
		}
	}
	if value := query["target_session_attrs"]; value != "" {
		return Policy{Undecided: "whether the server satisfies target_session_attrs is not known"}, true
	}
	return Policy{}, false
}

func postgresJSPolicy(s Settings, u nodeURL, host string) Policy {
	ssl, given := u.query["sslmode"]
	if !given || ssl == "" {
		ssl, given = u.query["ssl"]
	}
	if !given {
		ssl = s.Environment["PGSSL"]
	}
	if ssl == "disable" && given || ssl == "false" && given {
		ssl = ""
	}
	switch option := s.Properties["ssl"]; {
	case option == "object", option == "" && hasPrefixed(s.Properties, "ssl."):
		object, _, _ := nodeSSLObject(s.Properties)
		policy := nodePolicy(s, host, object, false)
		if object != nil && object.servername != "" && policy.Undecided == "" {
			policy.Hosts[0].Name = object.servername // It replaces the host's name too.
		}
		return policy
	case option == "false":
		ssl = ""
	case option != "":
		ssl = option
	}
	switch ssl {
	case "":
		return nodePolicy(s, host, nil, false)
	case "require", "allow", "prefer":
		policy := nodePolicy(s, host, &nodeTLS{skipPath: true, rejectGiven: true}, false)
		if ssl == "prefer" && policy.Undecided == "" {
			policy.Attempts = []Attempt{{TLS: true, After: TLSUnsupported}, {}}
		}
		return policy
	}
	return nodePolicy(s, host, &nodeTLS{}, false)
}
