package driver

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// r2dbcModes are the values of sslMode; case does not count, and an
// underscore stands for a hyphen.
var r2dbcModes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full", "tunnel"}

var (
	r2dbcOldest      = javaRelease{1, 0, 0}
	r2dbcNegotiation = javaRelease{1, 1, 0} // sslNegotiation
)

// r2dbcPostgresql returns the policy of r2dbc-postgresql 1.0 and 1.1.
//
// The default is no TLS at all; ssl=true and the scheme r2dbcs are
// verify-full. Only verify-ca and verify-full verify, against sslRootCert or
// else the JVM's own store; a file that sslRootCert names must be there in
// every mode.
//
// Unproven: no release of it can be run in this project. Netty's own PEM
// parser reads sslRootCert: it is taken here for Java's, which also takes DER.
//
// Source: pgjdbc/r2dbc-postgresql v1.0.9 and v1.1.2,
// PostgresqlConnectionFactoryProvider, PostgresqlConnectionConfiguration,
// SSLSessionHandlerAdapter, SslFallbackConnectionFunction,
// DefaultHostnameVerifier (the same code as pgjdbc's).
func r2dbcPostgresql(s Settings) Policy {
	version := parseJavaRelease(s.Version)
	if !version.since(r2dbcOldest) {
		return Policy{Undecided: "the rules cover r2dbc-postgresql 1.0 and later, not " + strconv.Quote(s.Version)}
	}
	major, known := javaMajor(s.Runtime)
	if !known {
		return Policy{Undecided: "the rules cover Java 8 and later, not " + strconv.Quote(s.Runtime)}
	}
	system, followed := javaSystemProperties(s)
	if !followed {
		return Policy{Undecided: "the quoting in the JVM's option variables is not followed"}
	}
	url, options, refused := r2dbcOptions(s)
	if refused != nil {
		return Policy{Rejection: refused}
	}
	mode, refused := r2dbcMode(url, options)
	if refused != nil {
		return Policy{Rejection: refused}
	}
	offer, none := javaOffer(major, system)
	policy := Policy{
		Mode: mode, Hosts: r2dbcHosts(s, url, options), NameRule: certpath.NamePgjdbc, TLS: offer,
		Profile: certpath.Profile{Validator: certpath.Java, Version: strconv.Itoa(major), SecurityLevel: -1},
	}
	if options["channelBinding"] == "require" || options["channel_binding"] == "require" {
		policy.Doubt = "channel binding needs SCRAM, and how the server authenticates is not known here"
	}
	if undecided := r2dbcUndecided(policy, options, version); undecided != "" {
		return Policy{Undecided: undecided}
	}
	if none != "" {
		return pgjdbcWithoutTLS(policy, "the JVM is told to offer no protocol version that it has and allows", none)
	}
	policy.TLS.Direct = version.since(r2dbcNegotiation) && strings.EqualFold(r2dbcEither(options, "sslNegotiation", "sslnegotiation"), "direct")
	if policy.TLS.Direct && mode != "disable" {
		policy.Doubt = directNeeds17
	}
	return r2dbcAttempts(s, policy, options, system, major)
}

// r2dbcOptions merges the URL's options and those that are given in code.
func r2dbcOptions(s Settings) (conninfo.R2DBC, map[string]string, *Rejection) {
	url := conninfo.R2DBC{Driver: "postgresql", Options: map[string]string{}}
	if s.Connection != "" {
		var err error
		if url, err = conninfo.ParseR2DBC(s.Connection); err != nil {
			return url, nil, &Rejection{Reason: ReasonInvalidSettings, Detail: err.Error(), Client: "Invalid URL"}
		}
	}
	if url.Driver != "postgresql" && url.Driver != "postgres" {
		return url, nil, &Rejection{
			Reason: ReasonInvalidSettings, Detail: "the URL is for driver " + strconv.Quote(url.Driver),
			Client: "Unable to create a ConnectionFactory",
		}
	}
	for key, value := range s.Properties {
		if _, set := url.Options[key]; !set {
			url.Options[key] = value
		}
	}
	return url, url.Options, nil
}

// r2dbcEither returns an option under its name, or else its other name.
func r2dbcEither(options map[string]string, name, alias string) string {
	if value, set := options[name]; set {
		return value
	}
	return options[alias]
}

func r2dbcMode(url conninfo.R2DBC, options map[string]string) (string, *Rejection) {
	if given := r2dbcEither(options, "sslMode", "sslmode"); given != "" {
		for _, mode := range r2dbcModes {
			if strings.EqualFold(given, mode) || strings.EqualFold(given, strings.ReplaceAll(mode, "-", "_")) {
				return mode, nil
			}
		}
		return given, &Rejection{
			Reason: ReasonInvalidSettings, Client: "Invalid ssl mode value",
			Detail: "r2dbc-postgresql does not know sslMode " + strconv.Quote(given),
		}
	}
	ssl, set := options["ssl"]
	if url.SSL && !set || strings.EqualFold(ssl, "true") {
		return "verify-full", nil
	}
	return "disable", nil
}

// r2dbcHosts returns the hosts. A Unix socket switches TLS off.
func r2dbcHosts(s Settings, url conninfo.R2DBC, options map[string]string) []Host {
	if options["socket"] != "" && url.Protocol != "failover" {
		return []Host{{Local: true}}
	}
	if len(url.Hosts) == 0 {
		name := options["host"]
		if name == "" {
			name = s.Host
		}
		return []Host{{Name: withoutBrackets(name)}}
	}
	hosts := make([]Host, len(url.Hosts))
	for i, host := range url.Hosts {
		hosts[i] = Host{Name: withoutBrackets(host.Name)}
	}
	return hosts
}

// r2dbcUndecided says what the rules leave open; empty is nothing.
func r2dbcUndecided(policy Policy, options map[string]string, version javaRelease) string {
	negotiation := strings.ToLower(r2dbcEither(options, "sslNegotiation", "sslnegotiation"))
	switch {
	case policy.Mode == "tunnel", version.since(r2dbcNegotiation) && negotiation == "tunnel":
		return "a tunnel answers instead of the server, and what it presents is not known here"
	case options["sslHostnameVerifier"] != "":
		return "what a host name verifier of its own accepts is not known here"
	case options["sslContextBuilderCustomizer"] != "":
		return "what the application changes in the SSL context is not known here"
	}
	for _, host := range policy.Hosts {
		switch _, err := netip.ParseAddr(host.Name); {
		case strings.Contains(host.Name, ","):
			return "several hosts need the protocol failover"
		case err == nil && policy.Mode == "verify-full":
			return "for an address the driver compares the name that a reverse lookup gives, which is not known here"
		}
	}
	return ""
}

// r2dbcAttempts fills in what is tried, in the order of the mode.
func r2dbcAttempts(s Settings, policy Policy, options, system map[string]string, major int) Policy {
	verifies := strings.HasPrefix(policy.Mode, "verify-")
	if path, named := options["sslRootCert"]; named {
		policy.Anchors = r2dbcRootCert(s, path, major)
	} else if verifies {
		store := javaDefaultContext(s, system, major)
		if store.undecided != "" {
			return Policy{Undecided: store.undecided}
		}
		if store.broken != "" {
			return pgjdbcWithoutTLS(policy, store.broken, store.client)
		}
		policy.Anchors = store.anchors
	}
	plaintext := Attempt{}
	tls := Attempt{TLS: true, VerifyPath: verifies, VerifyHost: policy.Mode == "verify-full"}
	switch policy.Mode {
	case "disable":
		policy.Attempts = []Attempt{plaintext}
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
	if policy.Hosts[0].Local {
		policy.Attempts = []Attempt{{}}
	}
	return policy
}

// r2dbcRootCert is the file that sslRootCert names. The driver looks whether
// it is there before it knows the mode.
func r2dbcRootCert(s Settings, path string, major int) Anchors {
	anchors := Anchors{
		Source: Declared, Path: path, Reader: truststore.JavaCertificateFactory, ReaderVersion: strconv.Itoa(major),
		WhenUnreadable: FailAttempt, WhenNoAnchors: FailAttempt, MissingError: "sslRootCert must not be null and must exist",
	}
	if !s.StoreDeclared || s.StorePlace == PlaceHome || s.StorePlace == PlaceSystem || !javaFile(path) {
		anchors.Source, anchors.WhenUnreadable = Missing, RejectAll
	}
	return anchors
}
