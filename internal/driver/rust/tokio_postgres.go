package rust

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// tokioProperties are what a program sets in code: the connector that it
// passes, and what it tells the connector's builder.
var tokioProperties = strings.Fields(`connector root_certificate danger_accept_invalid_certs danger_accept_invalid_hostnames disable_built_in_roots verify
	verify_hostname roots rustls_version host port user dbname ssl_mode application_name`)

// TokioPostgres returns the policy of tokio-postgres 0.7, and of postgres,
// which is built on it.
//
// The default is prefer: plaintext only where the server has no TLS, never
// after a handshake that fails. There are no modes that verify: whether and
// against what a certificate is verified is the connector's, which the program
// makes itself, and which verifies path and name unless it is told otherwise.
// Nothing is read from the environment or the home directory.
//
// Source: sfackler/rust-postgres, tokio-postgres 0.7.7 and 0.7.13,
// src/connect_tls.rs, connect_tls; src/connect.rs, connect; postgres-native-tls
// and postgres-openssl 0.5, src/lib.rs. 0.7.7 was run.
func TokioPostgres(s policy.Settings) policy.Policy {
	return TokioPostgresReleases.Each(s.Version, func(v policy.Version) policy.Policy { return tokioRelease(s, v) })
}

// TokioPostgresReleases are those of tokio-postgres 0.7.
var (
	TokioPostgresReleases = policy.NewReleases("tokio-postgres", "driver_version", "0.7", "0.8")
	tokioKeepalive        = TokioPostgresReleases.Change("0.7.8")  // more of keepalive
	tokioAddresses        = TokioPostgresReleases.Change("0.7.9")  // hostaddr, load_balance_hosts
	tokioReadOnly         = TokioPostgresReleases.Change("0.7.11") // target_session_attrs=read-only
	tokioDirect           = TokioPostgresReleases.Change("0.7.13") // sslnegotiation
)

func tokioRelease(s policy.Settings, v policy.Version) policy.Policy {
	if name := unknownProperty(s.Properties, tokioProperties); name != "" {
		return policy.Policy{Undecided: "the rules do not cover the property " + name + ": declare the TLS library with the property \"connector\" (native-tls, openssl, rustls or notls)"}
	}
	config, refused := parseTokio(s.Connection, v)
	if refused != "" {
		return policy.Refused("tokio-postgres does not accept the connection string", refused)
	}
	if mode := s.Properties["ssl_mode"]; mode != "" {
		if refused := config.set("sslmode", strings.ToLower(mode), v); refused != "" {
			return policy.Refused("tokio-postgres does not know this value of sslmode", refused)
		}
	}
	p := policy.Policy{Mode: cmp.Or(config.options["sslmode"], "prefer")}
	if p.Hosts, refused = tokioHosts(s, config); refused != "" {
		detail := "the numbers of hosts, addresses and ports in the connection string do not match"
		if refused == tokioNoHost {
			detail = "the settings name no host"
		}
		return policy.Refused(detail, refused)
	}
	switch {
	case config.options["channel_binding"] == "require" && p.Mode == "disable":
		return policy.Policy{Rejection: &policy.Rejection{
			Reason: policy.ReasonChannelBindingImpossible, Detail: "channel binding is required, but TLS is off", Client: "channel binding",
		}}
	case config.options["channel_binding"] == "require":
		p.Doubt = "it is not known whether the server's authentication satisfies channel_binding"
	case slices.Contains([]string{"read-write", "read-only"}, config.options["target_session_attrs"]):
		p.Doubt = "it is not known whether the server satisfies target_session_attrs"
	}
	if config.options["sslnegotiation"] == "direct" {
		p.TLS.Direct, p.Doubt = true, policy.DirectNeeds17
	}
	return tokioConnector(s, p)
}

// tokioNoHost is what tokio-postgres says of settings without a host, constant part.
const tokioNoHost = "missing"

// tokioHosts are the hosts, in the order in which they are tried.
func tokioHosts(s policy.Settings, config tokioConfig) (hosts []policy.Host, refused string) {
	names := config.hosts
	if len(names) == 0 && config.addresses == 0 {
		if fallback := cmp.Or(s.Properties["host"], s.Host); fallback != "" {
			names = []string{fallback}
		}
	}
	count := max(len(names), config.addresses)
	switch {
	case count == 0:
		return nil, tokioNoHost
	case len(names) > 0 && config.addresses > 0 && len(names) != config.addresses:
		return nil, "number of hosts"
	case config.ports > 1 && config.ports != count:
		return nil, "invalid number of ports"
	case len(names) == 0:
		return make([]policy.Host, config.addresses), ""
	}
	for _, name := range names {
		hosts = append(hosts, policy.Host{Name: name, Local: strings.HasPrefix(name, "/")})
	}
	return hosts, ""
}

// tokioConnector adds what the connector does. One that is not declared can be
// any, but for none where the mode demands TLS: that program never connects.
func tokioConnector(s policy.Settings, p policy.Policy) policy.Policy {
	switch connector := s.Properties["connector"]; strings.ToLower(connector) {
	case "notls":
		return tokioWithoutTLS(p)
	case rustNativeTLS, "postgres-native-tls":
		return eachNativeTLS(s, s.Properties["root_certificate"], truststore.NativeTLSPEM, func(t rustTLS) policy.Policy {
			return tokioAttempts(s, t.without(s).apply(p))
		})
	case rustOpenSSL, "postgres-openssl":
		return eachNativeTLS(s, s.Properties["root_certificate"], truststore.OpenSSLFile, func(t rustTLS) policy.Policy {
			return tokioAttempts(s, t.apply(p))
		})
	case rustRustls, "tokio-postgres-rustls":
		return rustlsReleases.Each(s.Properties["rustls_version"], func(rustls policy.Version) policy.Policy {
			return tokioRustls(s, p, rustls)
		})
	case "":
		return tokioAnyConnector(s, p)
	default:
		return policy.Policy{Undecided: "the rules do not cover the connector " + policy.Quoted(connector)}
	}
}

// without drops OpenSSL's own store where native-tls is told to.
func (t rustTLS) without(s policy.Settings) rustTLS {
	if s.Properties["disable_built_in_roots"] != "true" {
		return t
	}
	t.anchors.WithSystem = false
	if s.Properties["root_certificate"] == "" {
		t.anchors.Source = policy.EmptyStore
	}
	return t
}

func tokioAnyConnector(s policy.Settings, p policy.Policy) policy.Policy {
	if p.Mode == "disable" {
		return tokioWithoutTLS(p)
	}
	open := policy.Policy{Undecided: "it is not declared which connector the program passes (property \"connector\": NoTls, native-tls, openssl or rustls)"}
	connectors := []string{rustNativeTLS, rustOpenSSL, rustRustls}
	if p.Mode == "prefer" {
		connectors = append(connectors, "NoTls")
	}
	for _, connector := range connectors {
		declared := s.With("connector", connector)
		if s.StoreNamed() && s.Properties["root_certificate"] == "" {
			declared = declared.With("root_certificate", "trust_store")
		}
		open.Alternatives = append(open.Alternatives, policy.Alternative{If: connector, Policy: tokioConnector(declared, p)})
	}
	return open
}

// tokioWithoutTLS is a program that passes NoTls.
func tokioWithoutTLS(p policy.Policy) policy.Policy {
	if p.Mode == "require" {
		return policy.Policy{Rejection: policy.Contradictory("the mode requires TLS, but the program passes NoTls",
			"error performing TLS handshake: no TLS implementation configured")}
	}
	p.Attempts = []policy.Attempt{{}}
	return p
}

// tokioRustls is a program that gives rustls its roots. A name that is an
// address is one that rustls 0.20 cannot verify.
func tokioRustls(s policy.Settings, p policy.Policy, v policy.Version) policy.Policy {
	root, roots := s.Properties["root_certificate"], s.Properties["roots"]
	library := rustls(s, root)
	switch {
	case root != "":
		library.anchors.WithSystem = roots != ""
		library.anchors.Missing.Then, library.anchors.Unreadable.Then, library.anchors.Directory.Then = policy.RejectAll, policy.RejectAll, policy.RejectAll
		if roots == "" {
			library.anchors.Empty.Then = policy.TakeNone
		}
	case s.StoreDeclared && s.StorePlace == policy.PlaceSystem && roots != "webpki-roots":
		return policy.Policy{Undecided: "the rules do not cover rustls with the roots of the operating system's store"}
	}
	p = tokioAttempts(s, library.apply(p))
	if v.Before(rustlsAddresses) {
		p.Anchors.ReaderVersion = "1"
	}
	p.Hosts = slices.Clone(p.Hosts)
	for i, host := range p.Hosts {
		if v.Before(rustlsAddresses) && policy.IsAddress(host.Name) {
			p.Hosts[i].Name, p.NameError = "", "name type wasn't supported"
		}
	}
	return p
}

// tokioAttempts is the order of the attempts with a connector for TLS.
func tokioAttempts(s policy.Settings, p policy.Policy) policy.Policy {
	off := func(name, value string) bool { return strings.EqualFold(s.Properties[name], value) }
	verify := !off("danger_accept_invalid_certs", "true") && !off("verify", "none") && !off("verify", "SslVerifyMode::NONE")
	tls := policy.Attempt{TLS: true, VerifyPath: verify, After: policy.TLSUnsupported}
	tls.VerifyHost = verify && !off("danger_accept_invalid_hostnames", "true") && !off("verify_hostname", "false")
	local := func(h policy.Host) bool { return h.Local }
	switch {
	case p.TLS.Direct && p.Mode == "prefer":
		return policy.Policy{Rejection: policy.Contradictory("sslnegotiation=direct needs sslmode=require", `weak sslmode "prefer" may not be used`)}
	case slices.ContainsFunc(p.Hosts, local) && len(p.Hosts) > 1 && p.Mode != "disable":
		return policy.Policy{Undecided: "the settings list a Unix socket together with other hosts, and the rules do not cover this combination"}
	case p.Hosts[0].Local && p.Mode == "require":
		return rustSocket
	case p.Hosts[0].Local:
		p.Attempts = []policy.Attempt{{}}
	default:
		p.Attempts = policy.Order(p.Mode, policy.Attempt{}, tls)
	}
	if p.Hosts[0].Name == "" {
		return p.WithoutTLS(policy.Contradictory("TLS needs a host name, but the settings contain only hostaddr", "no hostname provided for TLS handshake"))
	}
	return p
}

// TokioPostgresNames are what the TLS libraries read beside tokio-postgres,
// which reads no variable and refuses an option that it does not know.
func TokioPostgresNames(policy.Settings) policy.Known {
	return policy.Known{Properties: tokioProperties, Variables: openssl.Variables}
}
