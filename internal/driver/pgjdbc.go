package driver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

// pgjdbcModes are the values of sslmode; case does not count.
var pgjdbcModes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// pgjdbcVerifiers are the driver's own host name verifiers; they do the same.
var pgjdbcVerifiers = []string{"org.postgresql.ssl.PGjdbcHostnameVerifier", "org.postgresql.ssl.jdbc4.LibPQFactory"}

// pgjdbc returns the policy of the PostgreSQL JDBC driver, 42.2.5 and later.
//
// Without sslmode, ssl=true and ssl without a value are verify-full, and
// everything else is prefer. What is verified is the SSL factory's business:
// the default one looks at the root file for verify-ca and verify-full alone,
// Java's own verifies in every TLS mode. A TLS attempt that fails is never
// followed by plaintext: only a server that refuses TLS, or the session with
// SQLSTATE 28000, is.
//
// Source: pgjdbc/pgjdbc REL42.2.5 to REL42.7.13, SslMode.of,
// ConnectionFactoryImpl.openConnectionImpl and enableSSL, MakeSSL.convert.
// Measured with 42.2.8, 42.4.2, 42.5.5 and 42.7.3 on Java 17, and with 42.7.13
// built from its source without SCRAM; releases between are from source.
func pgjdbc(s Settings) Policy {
	version := parseJavaRelease(s.Version)
	if !version.since(pgjdbcOldest) {
		return Policy{Undecided: "the rules cover pgjdbc 42.2.5 and later, not " + strconv.Quote(s.Version)}
	}
	major, known := javaMajor(s.Runtime)
	if !known {
		return Policy{Undecided: "the rules cover Java 8 and later, not " + strconv.Quote(s.Runtime)}
	}
	system, followed := javaSystemProperties(s)
	if !followed {
		return Policy{Undecided: "the quoting in the JVM's option variables is not followed"}
	}
	url, refused := pgjdbcURL(s, version)
	if refused != nil {
		return *refused
	}
	mode, rejection := pgjdbcMode(url.Properties)
	if rejection == nil {
		rejection = pgjdbcRejection(url.Properties, version, mode)
	}
	if rejection != nil {
		return Policy{Rejection: rejection}
	}
	if url.Properties["socketFactory"] != "" {
		return Policy{Undecided: "a socket factory of its own may connect elsewhere, or encrypt by itself"}
	}
	hosts := pgjdbcHosts(s, url)
	if len(hosts) == 0 {
		return Policy{Rejection: &Rejection{
			Reason: ReasonInvalidSettings, Client: "UnknownHostException",
			Detail: "the URL names a host that no host can have; pgjdbc takes no user before an @",
		}}
	}
	policy := Policy{
		Mode: mode, Hosts: hosts, NameRule: certpath.NamePgjdbc,
		Profile: certpath.Profile{Validator: certpath.Java, Version: strconv.Itoa(major), SecurityLevel: -1},
		Doubt:   pgjdbcDoubt(url.Properties, version),
	}
	offer, none := javaOffer(major, system)
	if none != "" {
		return pgjdbcWithoutTLS(policy, "the JVM is told to offer no protocol version that it has and allows", none)
	}
	policy.TLS = offer
	if value, bad := pgjdbcResponseTimeout(url.Properties, version); bad {
		return pgjdbcWithoutTLS(policy, "pgjdbc does not take this value of sslResponseTimeout: "+strconv.Quote(value), "sslResponseTimeout parameter value must be an integer")
	}
	if policy.TLS.Direct = pgjdbcDirectTLS(url.Properties, version); policy.TLS.Direct && mode != "disable" {
		policy.Doubt = directNeeds17
	}
	return pgjdbcAttempts(s, policy, url.Properties, system, major)
}

// pgjdbcURL parses the URL as the driver's version does. The policy is set
// where there is nothing to be parsed.
func pgjdbcURL(s Settings, version javaRelease) (conninfo.JDBC, *Policy) {
	parser, text := conninfo.JDBCParserCurrent, "Unable to parse URL"
	if !version.since(pgjdbcURLRewritten) {
		parser = conninfo.JDBCParserLegacy
	}
	if !version.since(pgjdbcURLError) {
		text = "No suitable driver found"
	}
	connection := s.Connection
	if connection == "" {
		connection = "jdbc:postgresql:"
	}
	if strings.HasPrefix(connection, "jdbc:") && !strings.HasPrefix(connection, "jdbc:postgresql:") && strings.Contains(connection, ":postgresql:") {
		return conninfo.JDBC{}, &Policy{Undecided: "a driver that wraps pgjdbc may connect in its own way"}
	}
	url, err := conninfo.ParseJDBC(connection, s.Properties, parser)
	if err != nil {
		if !strings.HasPrefix(connection, "jdbc:postgresql:") {
			text = "No suitable driver found"
		}
		return conninfo.JDBC{}, &Policy{Rejection: &Rejection{Reason: ReasonInvalidSettings, Detail: err.Error(), Client: text}}
	}
	if url.Service != "" {
		return conninfo.JDBC{}, &Policy{Undecided: "the service file that the URL names is not known here"}
	}
	return url, nil
}

// pgjdbcHosts names the hosts as the host name verifier sees them. Where no
// host is named at all, the server's own name stands in for the driver's
// localhost; one that is named and empty is the loopback without a name. Names
// that cannot be looked up are passed over, as the driver does with hosts that
// it cannot reach.
func pgjdbcHosts(s Settings, url conninfo.JDBC) []Host {
	if url.Unnamed && s.Host != "" {
		return []Host{{Name: withoutBrackets(s.Host)}}
	}
	var hosts []Host
	for _, host := range url.Hosts {
		if !strings.ContainsAny(host.Name, "@ \t/\\?#<>\"'{}|^`") {
			hosts = append(hosts, Host{Name: withoutBrackets(host.Name)})
		}
	}
	return hosts
}

// withoutBrackets takes an IPv6 address out of the brackets of a URL.
func withoutBrackets(host string) string {
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		return host[1 : len(host)-1]
	}
	return host
}

// pgjdbcMode is SslMode.of.
func pgjdbcMode(properties map[string]string) (string, *Rejection) {
	given, set := properties["sslmode"]
	if !set {
		ssl, set := properties["ssl"]
		if set && (ssl == "" || strings.EqualFold(ssl, "true")) {
			return "verify-full", nil
		}
		return "prefer", nil
	}
	for _, mode := range pgjdbcModes {
		if strings.EqualFold(given, mode) {
			return mode, nil
		}
	}
	return given, &Rejection{
		Reason: ReasonInvalidSettings, Client: "Invalid sslmode value",
		Detail: "pgjdbc does not know sslmode " + strconv.Quote(given),
	}
}

// pgjdbcAttempts fills in what is tried, in the order of the mode.
func pgjdbcAttempts(s Settings, policy Policy, properties, system map[string]string, major int) Policy {
	plaintext, tls := Attempt{}, Attempt{TLS: true, VerifyHost: policy.Mode == "verify-full"}
	if policy.Mode == "disable" {
		policy.Attempts = []Attempt{plaintext}
		return policy
	}
	factory := pgjdbcFactory(s, properties, system, major, policy.Mode)
	verifier, ownVerifier := properties["sslhostnameverifier"]
	switch {
	case factory.undecided != "":
		return Policy{Undecided: factory.undecided}
	case factory.broken != "":
		return pgjdbcWithoutTLS(policy, factory.broken, factory.client)
	case tls.VerifyHost && ownVerifier && pgjdbcNoVerifier(verifier):
		return pgjdbcWithoutTLS(policy, "no host name verifier can be made of sslhostnameverifier "+strconv.Quote(verifier), pgjdbcFactoryError)
	case tls.VerifyHost && ownVerifier && !slices.Contains(pgjdbcVerifiers, verifier):
		return Policy{Undecided: "what a host name verifier of its own accepts is not known here"}
	}
	policy.Anchors, tls.VerifyPath = factory.anchors, factory.verifies
	switch policy.Mode {
	case "allow":
		plaintext.After = ServerRefused
		policy.Attempts = []Attempt{plaintext, tls}
	case "prefer":
		tls.After = TLSUnsupported | ServerRefused
		if policy.TLS.Direct {
			tls.After = ServerRefused
		}
		policy.Attempts = []Attempt{tls, plaintext}
	default:
		policy.Attempts = []Attempt{tls}
	}
	return policy
}

// pgjdbcNoVerifier says whether no host name verifier can be made of a class:
// the driver and Java have no other than the driver's own two.
func pgjdbcNoVerifier(class string) bool {
	known := slices.Contains(pgjdbcVerifiers, class)
	return class == "" || !known && (strings.HasPrefix(class, "org.postgresql.") || strings.HasPrefix(class, "java"))
}

// pgjdbcWithoutTLS is the policy of a driver whose settings let no TLS attempt
// succeed: it stops there, except that allow starts with plaintext.
func pgjdbcWithoutTLS(policy Policy, detail, client string) Policy {
	if policy.Mode == "allow" || policy.Mode == "disable" {
		policy.Attempts = []Attempt{{}}
		return policy
	}
	return Policy{Rejection: &Rejection{Reason: ReasonInvalidSettings, Detail: detail, Client: client}}
}
