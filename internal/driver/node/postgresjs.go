package node

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/startup"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// postgresJSOptions are the parameters of a URL that postgres.js keeps to
// itself; all others go to the server.
var postgresJSOptions = strings.Fields(`max ssl sslmode idle_timeout connect_timeout max_lifetime max_pipeline backoff keep_alive prepare debug fetch_types
	publications target_session_attrs`)

// PostgresJS returns the policy of postgres.js (npm postgres), 3.0 to 3.4.
//
// The option ssl wins over ssl or sslmode in the URL, and that over PGSSL since 3.2;
// PGSSLMODE is not read, and the default is plaintext. allow, prefer and require
// all mean TLS without verification, prefer with plaintext where the server has
// no TLS. Every other value verifies path and name, verify-ca too. No root file
// can be named in the URL: sslrootcert goes to the server as a parameter of the
// session, which refuses it. What is verified ends in Node's built-in roots and
// NODE_EXTRA_CA_CERTS, or the ca of an ssl object.
//
// Of several hosts each is tried until one lets the client in. A host is cut at
// its first colon, so that no IPv6 address is found.
//
// Source: porsager/postgres v3.2.4 to v3.4.9, src/index.js, parseOptions;
// src/connection.js, secure, error and connect. Measured with 3.0.6,
// 3.1.0, 3.2.4, 3.3.5, 3.4.0, 3.4.4, 3.4.7 and 3.4.9.
func PostgresJS(s policy.Settings) policy.Policy {
	return PostgresJSReleases.Each(s.Version, func(v policy.Version) policy.Policy {
		return eachNode(s.Runtime, func() policy.Policy { return postgresJSRelease(s, v) })
	})
}

// PostgresJSReleases are those of postgres.js 3.
var (
	PostgresJSReleases = policy.NewReleases("postgres.js", "driver_version", "3.0", "3.5")
	postgresJSEnv      = PostgresJSReleases.Change("3.2")   // PGSSL; the last of several values; the URL's other parameters go to the server
	postgresJSHosts    = PostgresJSReleases.Change("3.4.0") // goes on from a host that fails
	postgresJSDirect   = PostgresJSReleases.Change("3.4.8") // sslnegotiation
)

func postgresJSRelease(s policy.Settings, v policy.Version) policy.Policy {
	u, refused := parseNodeURL(s.Connection)
	if refused != "" && u.list == "" || strings.HasPrefix(s.Connection, "/") {
		return policy.Refused("postgres.js needs a URL, but the connection string is not one", "Invalid URL")
	}
	replaced := s.Properties["ssl"] != "" && s.Properties["ssl"] != "object"
	if stop := cmp.Or(nodeUndecided(s), nodeCAMissing(s), nodeObjectCertificate(s, replaced)); stop != nil {
		return *stop
	}
	target := cmp.Or(s.Properties["target_session_attrs"], u.query["target_session_attrs"], s.Environment["PGTARGETSESSIONATTRS"])
	switch {
	case target == "":
	case !slices.Contains(policy.TargetSessionAttrs[1:], target):
		return policy.Refused("postgres.js does not know the target_session_attrs value "+policy.Quoted(target), "is not supported")
	default:
		return policy.Policy{Undecided: "it is not known whether the server satisfies target_session_attrs"}
	}
	if v.Before(postgresJSEnv) {
		s, u.query = postgresJSOlder(s, s.Connection)
	}
	hosts := strings.Split(cmp.Or(s.Properties["hostname"], s.Properties["host"], u.list, s.Environment["PGHOST"], s.Host, "localhost"), ",")
	p := policy.Policy{}
	for _, host := range hosts {
		host, _, _ = strings.Cut(host, ":")
		if host == "" || host == "[" {
			continue // It cannot be looked up, and is passed over.
		}
		next := postgresJSPolicy(s, u, host)
		if len(p.Hosts) == 0 {
			p = next
			continue
		}
		p.Hosts = append(p.Hosts, next.Hosts...)
	}
	if len(p.Hosts) == 0 && p.Undecided == "" && p.Rejection == nil {
		return policy.Refused("postgres.js finds no host that can be looked up", "ENOTFOUND")
	}
	if len(hosts) > 1 && v.Before(postgresJSHosts) {
		p.Doubt = "it is not known whether this version of postgres.js tries the next host after a failure" // 3.2.4 was seen to hang.
	}
	sent := maps.Clone(u.query)
	options := postgresJSOptions
	if !v.Before(postgresJSDirect) {
		options = append(slices.Clone(options), "sslnegotiation")
	}
	if v.Before(postgresJSEnv) {
		clear(sent)
	}
	maps.DeleteFunc(sent, func(name, _ string) bool { return slices.Contains(options, name) })
	if cmp.Or(u.query["sslnegotiation"], s.Environment["PGSSLNEGOTIATION"]) == "direct" && len(options) > len(postgresJSOptions) {
		p.TLS.Direct, p.Doubt = true, policy.DirectUnknown
	}
	return startup.WithParameters(p, sent)
}

// postgresJSOlder is what 3.0 and 3.1 read: not PGSSL, the first of several values
// in the URL, and the URL too where the option ssl is false.
func postgresJSOlder(s policy.Settings, url string) (read policy.Settings, first map[string]string) {
	s.Environment = maps.Clone(s.Environment)
	delete(s.Environment, "PGSSL")
	if s.Properties["ssl"] == "false" {
		s.Properties = maps.Clone(s.Properties)
		delete(s.Properties, "ssl")
	}
	first = map[string]string{}
	_, query, _ := strings.Cut(url, "?")
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		key = conninfo.LenientUnescape(key, true)
		if _, given := first[key]; pair != "" && !given {
			first[key] = conninfo.LenientUnescape(value, true)
		}
	}
	return s, first
}

func postgresJSPolicy(s policy.Settings, u nodeURL, host string) policy.Policy {
	ssl, given := u.query["sslmode"]
	if !given || ssl == "" {
		ssl, given = u.query["ssl"]
	}
	if !given {
		ssl = s.Environment["PGSSL"]
	}
	if given && (ssl == "disable" || ssl == "false") {
		ssl = ""
	}
	switch option := s.Properties["ssl"]; {
	case option == "object", option == "" && hasPrefixed(s.Properties, "ssl."):
		object, _ := nodeSSLObject(s.Properties, policy.Version{})
		p := nodePolicy(s, host, object)
		if object.servername != "" && len(p.Hosts) > 0 {
			p.Hosts[0].Name = object.servername // It replaces the host's name too.
		}
		return p
	case option == "false":
		ssl = ""
	case option != "":
		ssl = option
	}
	switch ssl {
	case "":
		return nodePolicy(s, host, nil)
	case "require", "allow", "prefer":
		p := nodePolicy(s, host, &nodeTLS{skipPath: true})
		if ssl == "prefer" {
			p.Attempts = []policy.Attempt{{TLS: true, After: policy.TLSUnsupported}, {}}
		}
		return p
	}
	return nodePolicy(s, host, &nodeTLS{})
}
