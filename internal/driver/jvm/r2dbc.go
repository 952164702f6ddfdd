package jvm

import (
	"cmp"
	"maps"
	"net/netip"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// R2DBCReleases are those of r2dbc-postgresql.
var (
	R2DBCReleases    = policy.NewReleases("r2dbc-postgresql", "driver_version", "1.0.0", "")
	r2dbcNegotiation = R2DBCReleases.Change("1.1.0") // sslNegotiation
)

// R2dbcPostgresql returns the policy of r2dbc-postgresql 1.0 and 1.1.
//
// The default is no TLS at all; ssl=true and the scheme r2dbcs are
// verify-full. Only verify-ca and verify-full verify, against sslRootCert or
// else the JVM's own store; a file that sslRootCert names must be there in
// every mode.
//
// Source: pgjdbc/r2dbc-postgresql v1.0.9 and v1.1.2,
// PostgresqlConnectionFactoryProvider, PostgresqlConnectionConfiguration,
// SSLSessionHandlerAdapter, SslFallbackConnectionFunction,
// DefaultHostnameVerifier (the same code as pgjdbc's). 1.0.9 and 1.1.3 were
// run on Java 17; the others are from source.
func R2dbcPostgresql(s policy.Settings) policy.Policy {
	return R2DBCReleases.Each(s.Version, func(v policy.Version) policy.Policy {
		return eachJava(s, func(java jvm) policy.Policy { return r2dbcRelease(s, v, java) })
	})
}

func r2dbcRelease(s policy.Settings, v policy.Version, java jvm) policy.Policy {
	url, refused := r2dbcURL(s)
	options := url.Options
	mode, unknown := r2dbcMode(url)
	if refused = cmp.Or(refused, unknown); refused != nil {
		return policy.Policy{Rejection: refused}
	}
	offer, none := nettyOffer(java.system)
	p := policy.Policy{
		Mode: mode, Hosts: r2dbcHosts(s, url), NameRule: certpath.NamePgjdbc, TLS: offer,
		Profile:   certpath.Profile{Validator: certpath.Java, SecurityLevel: -1},
		NameError: "could not be verified",
	}
	if options["channelBinding"] == "require" || options["channel_binding"] == "require" {
		p.Doubt = "channel binding needs SCRAM, and it is not known how the server authenticates the client"
	}
	if undecided := r2dbcUndecided(p, options, v); undecided != "" {
		return policy.Policy{Undecided: undecided}
	}
	if none != "" {
		return pgjdbcWithoutTLS(p, "the settings leave no TLS version that the JVM both supports and allows", none)
	}
	if stop := r2dbcCertificate(s, options, mode); stop != nil {
		return *stop
	}
	p.TLS.Direct = !v.Before(r2dbcNegotiation) && strings.EqualFold(r2dbcEither(options, "sslNegotiation", "sslnegotiation"), "direct")
	if p.TLS.Direct && mode != "disable" {
		p.Doubt = policy.DirectNeeds17
	}
	return r2dbcAttempts(s, p, options, java)
}

// r2dbcURL merges the URL's options and those that are given in code, which
// are set over them.
func r2dbcURL(s policy.Settings) (conninfo.R2DBC, *policy.Rejection) {
	url := conninfo.R2DBC{Driver: "postgresql", Options: map[string]string{}}
	if s.Connection != "" {
		var err error
		if url, err = conninfo.ParseR2DBC(s.Connection); err != nil {
			text := "Invalid URL"
			if !strings.HasPrefix(s.Connection, "r2dbc") {
				text = "does not start with the r2dbc scheme"
			}
			return url, policy.Invalid(err.Error(), text)
		}
	}
	if url.Driver != "postgresql" && url.Driver != "postgres" {
		return url, policy.Invalid("the URL is for the driver "+policy.Quoted(url.Driver)+", not for postgresql", "Unable to create a ConnectionFactory")
	}
	maps.Copy(url.Options, s.Properties)
	return url, nil
}

// r2dbcEither returns an option under its name, or else its other name.
func r2dbcEither(options map[string]string, name, alias string) string {
	if value, set := options[name]; set {
		return value
	}
	return options[alias]
}

func r2dbcMode(url conninfo.R2DBC) (string, *policy.Rejection) {
	options := url.Options
	_, named := options["sslMode"]
	_, aliased := options["sslmode"]
	if named || aliased {
		given := r2dbcEither(options, "sslMode", "sslmode")
		for _, mode := range append([]string{"tunnel"}, policy.Sslmodes...) { // Case does not count, and an underscore stands for a hyphen.
			if strings.EqualFold(given, mode) || strings.EqualFold(given, strings.ReplaceAll(mode, "-", "_")) {
				return mode, nil
			}
		}
		return given, policy.Invalid("r2dbc-postgresql does not know the sslMode value "+policy.Quoted(given), "Invalid ssl mode value")
	}
	ssl, set := options["ssl"]
	if url.SSL && !set || strings.EqualFold(ssl, "true") {
		return "verify-full", nil
	}
	return "disable", nil
}

// r2dbcHosts returns the hosts. A Unix socket switches TLS off.
func r2dbcHosts(s policy.Settings, url conninfo.R2DBC) []policy.Host {
	if url.Options["socket"] != "" && url.Protocol != "failover" {
		return []policy.Host{{Local: true}}
	}
	if len(url.Hosts) == 0 {
		return []policy.Host{{Name: conninfo.WithoutBrackets(cmp.Or(url.Options["host"], s.Host))}}
	}
	hosts := make([]policy.Host, len(url.Hosts))
	for i, host := range url.Hosts {
		hosts[i] = policy.Host{Name: conninfo.WithoutBrackets(host.Name)}
	}
	return hosts
}

// r2dbcUndecided says what the rules leave open; empty is nothing.
func r2dbcUndecided(p policy.Policy, options map[string]string, v policy.Version) string {
	negotiation := strings.ToLower(r2dbcEither(options, "sslNegotiation", "sslnegotiation"))
	switch {
	case p.Mode == "tunnel", !v.Before(r2dbcNegotiation) && negotiation == "tunnel":
		return "a tunnel answers in place of the server, and it is not known which certificate the tunnel presents"
	case options["sslHostnameVerifier"] != "":
		return "it is not known what a custom host name verifier accepts"
	case options["sslContextBuilderCustomizer"] != "":
		return "it is not known what the application changes in the SSL context"
	}
	for _, host := range p.Hosts {
		switch _, err := netip.ParseAddr(host.Name); {
		case strings.Contains(host.Name, ","):
			return "with more than one host, the URL needs the protocol \"failover\""
		case err == nil && p.Mode == "verify-full":
			return "for an IP address, the driver checks the name that a reverse lookup returns, and that name is not known"
		}
	}
	return ""
}

// r2dbcCertificate is what the client's own certificate and key decide: in
// every mode both files must be there. Nil is nothing.
//
// Source: pgjdbc/r2dbc-postgresql v1.1.3, PostgresqlConnectionConfiguration.Builder,
// sslCert and sslKey.
func r2dbcCertificate(s policy.Settings, options map[string]string, mode string) *policy.Policy {
	for _, name := range []string{"sslCert", "sslKey"} {
		path, named := options[name]
		if !named {
			continue
		}
		switch file, unknown := s.Files.Lookup("the "+name+" file", path); {
		case unknown != "":
			return &policy.Policy{Undecided: unknown}
		case file.Absent:
			return new(policy.Refused("the "+name+" file does not exist", name+" must not be null and must exist"))
		case mode != "disable":
			return &policy.Policy{Undecided: "the rules do not cover what Netty does with a client certificate"}
		}
	}
	return nil
}

// r2dbcAttempts fills in what is tried, in the order of the mode.
func r2dbcAttempts(s policy.Settings, p policy.Policy, options map[string]string, java jvm) policy.Policy {
	verifies := strings.HasPrefix(p.Mode, "verify-")
	if path, named := options["sslRootCert"]; named {
		p.Anchors = r2dbcRootCert(s, path)
	} else if verifies {
		store := javaDefaultContext(s, java)
		if store.undecided != "" {
			return policy.Policy{Undecided: store.undecided}
		}
		if store.broken != "" {
			return pgjdbcWithoutTLS(p, store.broken, store.client)
		}
		p.Anchors = store.anchors
	}
	p.Attempts = pgjdbcOrder(p, policy.Attempt{TLS: true, VerifyPath: verifies, VerifyHost: p.Mode == "verify-full"})
	if p.Hosts[0].Local {
		p.Attempts = []policy.Attempt{{}}
	}
	return p
}

// r2dbcRootCert is the file that sslRootCert names. The driver looks whether
// it is there before it knows the mode.
func r2dbcRootCert(s policy.Settings, path string) policy.Anchors {
	anchors := policy.Anchors{
		Source: s.Found(path), Path: path, Reader: truststore.NettyPEM,
		Missing: policy.Lack{Client: "sslRootCert must not be null and must exist"},
	}
	if path == "" { // The working directory, which is there and holds no certificate.
		anchors.Missing.Client = "Input stream does not contain valid certificates"
	}
	if anchors.Source == policy.Missing {
		anchors.Missing.Then = policy.RejectAll
	}
	return anchors
}
