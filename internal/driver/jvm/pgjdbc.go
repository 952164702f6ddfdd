// Package jvm holds the rules of the drivers that run on a JVM.
package jvm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// PgjdbcReleases are those of pgjdbc.
var (
	PgjdbcReleases      = policy.NewReleases("pgjdbc", "driver_version", "42.2.5", "")
	pgjdbcPrimary       = PgjdbcReleases.Change("42.2.11") // targetServerType=primary
	pgjdbcGSSEncMode    = PgjdbcReleases.Change("42.2.15") // gssEncMode
	pgjdbcURLRewritten  = PgjdbcReleases.Change("42.3.2")  // Driver.parseURL
	pgjdbcURLError      = PgjdbcReleases.Change("42.3.4")  // "Unable to parse URL"
	pgjdbcPreferPrimary = PgjdbcReleases.Change("42.4.0")  // targetServerType=preferPrimary
	pgjdbcTLSTimeout    = PgjdbcReleases.Change("42.4.2")  // sslResponseTimeout
	pgjdbcDirect        = PgjdbcReleases.Change("42.7.4")  // sslNegotiation, channelBinding
	pgjdbcProtocols     = PgjdbcReleases.Change("42.7.6")  // protocolVersion=3.2
	pgjdbcBindingStrict = PgjdbcReleases.Change("42.7.7")  // channelBinding=require without SCRAM
	pgjdbcPEMKeys       = PgjdbcReleases.Change("42.7.9")  // sslkey may be PEM
	pgjdbcRequireAuth   = PgjdbcReleases.Change("42.7.11") // requireAuth
	pgjdbcKeyModes      = PgjdbcReleases.Change("42.7.13") // the mode of sslkey is looked at first
)

// pgjdbcScheme starts pgjdbc's own URLs.
const pgjdbcScheme = "jdbc:postgresql:"

// pgjdbcVerifiers are the driver's own host name verifiers; they do the same.
var pgjdbcVerifiers = []string{"org.postgresql.ssl.PGjdbcHostnameVerifier", "org.postgresql.ssl.jdbc4.LibPQFactory"}

// Pgjdbc returns the policy of the PostgreSQL JDBC driver, 42.2.5 and later.
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
// Measured with 42.2.8, 42.4.2, 42.5.5, 42.7.3, 42.7.5, 42.7.8 and 42.7.14 on
// Java 17, and with 42.7.13 built from its source without SCRAM; releases
// between are from source.
func Pgjdbc(s policy.Settings) policy.Policy {
	return PgjdbcReleases.Each(s.Version, func(v policy.Version) policy.Policy {
		return eachJava(s, func(java jvm) policy.Policy { return pgjdbcRelease(s, v, java) })
	})
}

func pgjdbcRelease(s policy.Settings, v policy.Version, java jvm) policy.Policy {
	url, refused := pgjdbcURL(s, v)
	if refused != nil {
		return *refused
	}
	mode, rejection := pgjdbcMode(url.Properties)
	if rejection = cmp.Or(rejection, pgjdbcRejection(url.Properties, v, mode)); rejection != nil {
		return policy.Policy{Rejection: rejection}
	}
	if url.Properties["socketFactory"] != "" {
		return policy.Policy{Undecided: "the settings name a custom socket factory, which may connect elsewhere or do its own encryption"}
	}
	hosts := pgjdbcHosts(s, url)
	if len(hosts) == 0 {
		return policy.Refused("the URL has an impossible host name: for example, pgjdbc does not accept a user name before an @", "UnknownHostException")
	}
	p := policy.Policy{
		Mode: mode, Hosts: hosts, NameRule: certpath.NamePgjdbc,
		Profile: certpath.Profile{Validator: certpath.Java, SecurityLevel: -1},
		Doubt:   pgjdbcDoubt(url.Properties, v),
	}
	offer, none := javaOffer(java.system)
	if none != "" {
		return pgjdbcWithoutTLS(p, "the settings leave no TLS version that the JVM both supports and allows", none)
	}
	p.TLS = offer
	if value, set := url.Properties["sslResponseTimeout"]; set && !v.Before(pgjdbcTLSTimeout) && !javaInteger(value) { // It ends every TLS attempt.
		return pgjdbcWithoutTLS(p, "pgjdbc does not accept this value of sslResponseTimeout: "+policy.Quoted(value), "sslResponseTimeout parameter value must be an integer")
	}
	if p.TLS.Direct = pgjdbcDirectTLS(url.Properties, v); p.TLS.Direct && mode != "disable" {
		p.Doubt = policy.DirectNeeds17
	}
	return pgjdbcAttempts(s, p, url.Properties, v, java)
}

// pgjdbcURL parses the URL as the driver's version does. The policy is set
// where there is nothing to be parsed.
func pgjdbcURL(s policy.Settings, v policy.Version) (conninfo.JDBC, *policy.Policy) {
	parser, text := conninfo.JDBCParserCurrent, "Unable to parse URL"
	if v.Before(pgjdbcURLRewritten) {
		parser = conninfo.JDBCParserLegacy
	}
	if v.Before(pgjdbcURLError) {
		text = "No suitable driver found"
	}
	connection := cmp.Or(s.Connection, pgjdbcScheme)
	if strings.HasPrefix(connection, "jdbc:") && !strings.HasPrefix(connection, pgjdbcScheme) && strings.Contains(connection, ":postgresql:") {
		return conninfo.JDBC{}, &policy.Policy{Undecided: "the URL is for a driver that wraps pgjdbc, and such a driver may connect in a different way"}
	}
	url, err := conninfo.ParseJDBC(connection, s.Properties, parser)
	if err != nil {
		if !strings.HasPrefix(connection, pgjdbcScheme) {
			text = "No suitable driver found"
		}
		return conninfo.JDBC{}, new(policy.Refused(err.Error(), text))
	}
	if url.Service != "" {
		return conninfo.JDBC{}, &policy.Policy{Undecided: "the URL names a service, but the service file is not declared"}
	}
	return url, nil
}

// pgjdbcHosts names the hosts as the host name verifier sees them. Where no
// host is named at all, the server's own name stands in for the driver's
// localhost; one that is named and empty is the loopback without a name. Names
// that cannot be looked up are passed over, as the driver does with hosts that
// it cannot reach.
func pgjdbcHosts(s policy.Settings, url conninfo.JDBC) []policy.Host {
	if url.Unnamed && s.Host != "" {
		return []policy.Host{{Name: conninfo.WithoutBrackets(s.Host)}}
	}
	var hosts []policy.Host
	for _, host := range url.Hosts {
		if !strings.ContainsAny(host.Name, "@ \t/\\?#<>\"'{}|^`") {
			hosts = append(hosts, policy.Host{Name: conninfo.WithoutBrackets(host.Name)})
		}
	}
	return hosts
}

// pgjdbcMode is SslMode.of.
func pgjdbcMode(properties map[string]string) (string, *policy.Rejection) {
	given, set := properties["sslmode"]
	if ssl, on := properties["ssl"]; !set && on && (ssl == "" || strings.EqualFold(ssl, "true")) {
		return "verify-full", nil
	} else if !set {
		return "prefer", nil
	}
	for _, mode := range policy.Sslmodes { // Case does not count.
		if strings.EqualFold(given, mode) {
			return mode, nil
		}
	}
	return given, policy.Invalid("pgjdbc does not know the sslmode value "+policy.Quoted(given), "Invalid sslmode value")
}

// pgjdbcAttempts fills in what is tried, in the order of the mode.
func pgjdbcAttempts(s policy.Settings, p policy.Policy, properties map[string]string, v policy.Version, java jvm) policy.Policy {
	if p.Mode == "disable" {
		p.Attempts = []policy.Attempt{{}}
		return p
	}
	tls := policy.Attempt{TLS: true, VerifyHost: p.Mode == "verify-full"}
	factory := pgjdbcFactory(s, properties, java, p.Mode)
	verifier, ownVerifier := properties["sslhostnameverifier"]
	switch {
	case factory.undecided != "":
		return policy.Policy{Undecided: factory.undecided}
	case factory.broken != "":
		return pgjdbcWithoutTLS(p, factory.broken, factory.client)
	case tls.VerifyHost && ownVerifier && pgjdbcNoVerifier(verifier):
		return pgjdbcWithoutTLS(p, "sslhostnameverifier does not name a usable host name verifier: "+policy.Quoted(verifier), pgjdbcFactoryError)
	case tls.VerifyHost && ownVerifier && !slices.Contains(pgjdbcVerifiers, verifier):
		return policy.Policy{Undecided: "it is not known what a custom host name verifier accepts"}
	}
	p.Anchors, tls.VerifyPath = factory.anchors, factory.verifies
	if factory.ownKeys {
		tls.Ends, p.TLSDoubt = pgjdbcCertificate(s.Files, properties["sslcert"], properties["sslkey"], v)
	}
	p.Attempts = pgjdbcOrder(p, tls)
	return p
}

// pgjdbcOrder is the order of a mode, which r2dbc-postgresql has as well.
func pgjdbcOrder(p policy.Policy, tls policy.Attempt) []policy.Attempt {
	if tls.After = policy.ServerRefused; !p.TLS.Direct {
		tls.After |= policy.TLSUnsupported
	}
	return policy.Order(p.Mode, policy.Attempt{After: policy.ServerRefused}, tls)
}

// pgjdbcNoVerifier says whether no host name verifier can be made of a class:
// the driver and Java have no other than the driver's own two.
func pgjdbcNoVerifier(class string) bool {
	known := slices.Contains(pgjdbcVerifiers, class)
	return class == "" || !known && (strings.HasPrefix(class, "org.postgresql.") || strings.HasPrefix(class, "java"))
}

// pgjdbcWithoutTLS is the policy of a driver whose settings let no TLS attempt
// succeed: it stops there, except that allow starts with plaintext.
func pgjdbcWithoutTLS(p policy.Policy, detail, client string) policy.Policy {
	if p.Mode == "allow" || p.Mode == "disable" {
		p.Attempts = []policy.Attempt{{}}
		return p
	}
	return policy.Refused(detail, client)
}
