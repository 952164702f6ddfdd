package python

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Pg8000 returns the policy of pg8000, which has no connection string: its
// arguments are properties, or keyword=value pairs in connection.
//
// 1.10 ignores arguments that it does not know. Until 1.13 the argument ssl is
// a Boolean, or since 1.12.4 a dict whose ca_certs alone turns verification
// on; nothing compares the host. From 1.14 the argument is ssl_context: an
// SSLContext, or True for ssl.create_default_context(), which verifies path
// and host against OpenSSL's own store. Since 1.31 True verifies nothing, and
// no argument means TLS without verification where the server has it. An
// answer of N is an error, but for that default; no failed handshake leads to
// plaintext.
//
// Source: tlocke/pg8000 1.10.6 to 1.31.4, core.py, Connection.__init__ and
// _make_socket. Measured with 1.10.6, 1.29.8 and 1.31.4 on Python 3.11.2; the
// others are from source.
func Pg8000(s policy.Settings) policy.Policy {
	return Pg8000Releases.Each(s.Version, func(v policy.Version) policy.Policy {
		return eachPython(s.Runtime, func(python policy.Version) policy.Policy { return pg8000Release(s, v, python) })
	})
}

// Pg8000Releases are those of pg8000.
var (
	Pg8000Releases = policy.NewReleases("pg8000", "driver_version", "1.10", "")
	pg8000Strict   = Pg8000Releases.Change("1.11")   // unknown arguments are refused
	pg8000CACerts  = Pg8000Releases.Change("1.12.4") // ssl may be a dict with ca_certs
	pg8000Contexts = Pg8000Releases.Change("1.14")   // ssl_context in place of ssl
	pg8000Prefers  = Pg8000Releases.Change("1.31")   // TLS without verification by default
)

func pg8000Release(s policy.Settings, v, python policy.Version) policy.Policy {
	arguments, ok := pg8000Arguments(s)
	if !ok {
		return policy.Policy{Undecided: "pg8000 does not use connection strings: declare its arguments in \"properties\", or as keyword=value pairs in \"connection\""}
	}
	s.Properties = arguments
	p := policy.Policy{NameRule: certpath.NameOpenSSL, Hosts: pg8000Hosts(s)}
	unknown := pg8000Unknown(arguments)
	switch {
	case unknown != "" && !v.Before(pg8000Strict):
		return policy.Refused("pg8000.connect has no argument "+policy.Quoted(unknown), "got an unexpected keyword argument")
	case pythonIsExpression(arguments["ssl_context"]):
		return policy.Policy{Undecided: unknownContext}
	case v.Before(pg8000Contexts):
		return pg8000Boolean(s, v, python, p)
	case arguments["ssl"] != "":
		return policy.Refused("this release of pg8000 has the argument ssl_context instead of ssl", "got an unexpected keyword argument")
	default:
		return pg8000Context(s, v, python, p)
	}
}

// pg8000Known are the arguments of pg8000.connect in any release, and what
// describes an SSLContext.
var pg8000Known = strings.Fields(`user host database port password unix_sock source_address ssl ssl_context timeout application_name max_prepared_statements
	tcp_keepalive replication startup_params ca_certs cafile check_hostname verify_mode`)

// pg8000Unknown returns an argument that no release has; empty is none.
func pg8000Unknown(arguments map[string]string) (unknown string) {
	for name := range arguments {
		if !slices.Contains(pg8000Known, name) {
			unknown = max(unknown, name)
		}
	}
	return unknown
}

// pg8000Arguments joins properties and the pairs of the connection string;
// properties win.
func pg8000Arguments(s policy.Settings) (map[string]string, bool) {
	arguments := map[string]string{}
	for pair := range strings.FieldsSeq(s.Connection) {
		name, value, found := strings.Cut(pair, "=")
		if !found || strings.Contains(name, ":") {
			return nil, false
		}
		arguments[name] = value
	}
	maps.Copy(arguments, s.Properties)
	return arguments, true
}

func pg8000Hosts(s policy.Settings) []policy.Host {
	if socket := s.Properties["unix_sock"]; socket != "" {
		return []policy.Host{{Name: socket, Local: true}}
	}
	return []policy.Host{{Name: cmp.Or(s.Properties["host"], s.Host, "localhost")}}
}

// pg8000Boolean is the argument ssl of the releases before 1.14.
func pg8000Boolean(s policy.Settings, v, python policy.Version, p policy.Policy) policy.Policy {
	if !python.Before(pythonNoWrap) && !pythonFalse(s.Properties["ssl"]) {
		return policy.Refused("Python 3.12 and later have no ssl.wrap_socket, which this release of pg8000 calls", "module 'ssl' has no attribute 'wrap_socket'")
	}
	p.Profile = certpath.Profile{Validator: certpath.OpenSSL, SecurityLevel: -1}
	if v.Before(pg8000Strict) {
		p.PlaintextError = "md5 password authentication failed" // It is what 1.10 says to every refusal with this SQLSTATE.
	}
	attempt := policy.Attempt{TLS: true}
	switch {
	case s.Properties["ssl_context"] != "" && !v.Before(pg8000Strict):
		return policy.Refused("this release of pg8000 has the argument ssl instead of ssl_context", "got an unexpected keyword argument 'ssl_context'")
	case pythonFalse(s.Properties["ssl"]):
		attempt.TLS = false
	case s.Properties["ca_certs"] != "" && !v.Before(pg8000CACerts):
		attempt.VerifyPath, p.Anchors = true, pythonNamedStore(s, s.Properties["ca_certs"]).Otherwise(policy.FailAttempt)
	}
	p.Mode = "ssl=" + s.Properties["ssl"]
	p.Attempts = []policy.Attempt{attempt}
	return p
}

// pythonFalse says whether an argument is one that Python takes for false.
func pythonFalse(value string) bool {
	return value == "" || strings.EqualFold(value, "false") || strings.EqualFold(value, "none")
}

// pg8000Context is the argument ssl_context of 1.14 and later.
func pg8000Context(s policy.Settings, v, python policy.Version, p policy.Policy) policy.Policy {
	value := s.Properties["ssl_context"]
	opportunistic := !v.Before(pg8000Prefers)
	p.Mode = "ssl_context=" + value
	p.Profile, p.TLS.Min = pythonProfile(python, true), "TLSv1.2"
	unset := value == "" || strings.EqualFold(value, "none")
	switch {
	case pythonIsContext(value):
		attempt, anchors := pythonContext(s)
		p.Anchors, p.Attempts = anchors, []policy.Attempt{attempt}
	case unset && opportunistic:
		p.Attempts = []policy.Attempt{{TLS: true, After: policy.TLSUnsupported}, {}}
	case strings.EqualFold(value, "true") && opportunistic:
		p.Attempts = []policy.Attempt{{TLS: true}}
	case unset, strings.EqualFold(value, "false") && opportunistic:
		p.Attempts = []policy.Attempt{{}}
	case strings.EqualFold(value, "true"):
		p.Anchors = openssl.DefaultStore(s)
		p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	default:
		return policy.Refused("ssl_context must be True, False, None or an SSLContext object", "object has no attribute 'wrap_socket'")
	}
	return p
}

// Pg8000Names are the arguments of pg8000.connect: until 1.14 it passed over
// what it did not know.
func Pg8000Names(policy.Settings) policy.Known {
	return policy.Known{Variables: openssl.Variables, Properties: slices.Clone(pg8000Known), Parameters: pg8000Known, Given: func(connection string) map[string]string {
		arguments, _ := pg8000Arguments(policy.Settings{Connection: connection})
		return arguments
	}}
}
