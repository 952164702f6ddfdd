// Package dotnet holds the rules of Npgsql.
package dotnet

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// NpgsqlReleases are those of Npgsql.
var (
	NpgsqlReleases = policy.NewReleases("Npgsql", "driver_version", "6", "10")
	npgsqlDrops7   = NpgsqlReleases.Change("7.0.7") // an address is no name
	npgsqlTrusts   = NpgsqlReleases.Change("8.0.0") // Require verifies nothing without a word; Channel Binding
	npgsqlDrops8   = NpgsqlReleases.Change("8.0.2") // an address is no name, before .NET 8
	npgsqlDirect   = NpgsqlReleases.Change("9.0.0") // SSL Negotiation
)

// The releases of .NET that Npgsql runs on, on Linux.
var (
	dotnetReleases  = policy.NewReleases(".NET", "runtime_version", "3.1", "")
	dotnetAddresses = dotnetReleases.Change("8.0") // compares addresses
	dotnetRuntime   = regexp.MustCompile(`^(?i:\.?net(?: core)? ?)?(\d.*)$`)
)

// npgsqlModes are the names of SslMode, in the order of their numbers, which
// are values too; case does not count.
var npgsqlModes = []string{"Disable", "Allow", "Prefer", "Require", "VerifyCA", "VerifyFull"}

// Npgsql returns the policy of Npgsql 6 to 9, on .NET for Linux.
//
// The default is Prefer: TLS without verification, and plaintext where the
// server has no TLS or refuses the session, not after a handshake that fails.
// Prefer and Require never verify, whether there is a root file or not; before
// 8 Require is refused unless Trust Server Certificate is true, which VerifyCA
// and VerifyFull then refuse. These two accept what the system's store
// accepts, and else what Root Certificate, PGSSLROOTCERT or
// ~/.postgresql/root.crt, in this order, hold. PGSSLMODE is not read.
//
// Source: npgsql/npgsql v6.0.9, v7.0.10, v8.0.9 and v9.0.5, src/Npgsql/
// Internal/NpgsqlConnector.cs, OpenCore, RawOpen, NegotiateEncryption and
// SslRootValidation; NpgsqlConnectionStringBuilder.cs, PostProcessAndValidate;
// PostgresEnvironment.cs. Read, not run.
func Npgsql(s policy.Settings) policy.Policy {
	runtime := s.Runtime
	if found := dotnetRuntime.FindStringSubmatch(runtime); found != nil {
		runtime = found[1]
	} else if runtime != "" {
		return policy.Policy{Undecided: "the rules cover only .NET on Linux: runtime_version must be the version of .NET, not " + policy.Quoted(runtime)}
	}
	return NpgsqlReleases.Each(s.Version, func(v policy.Version) policy.Policy {
		return dotnetReleases.Each(runtime, func(dotnet policy.Version) policy.Policy { return npgsqlRelease(s, v, dotnet) })
	})
}

func npgsqlRelease(s policy.Settings, v, dotnet policy.Version) policy.Policy {
	options, refused := npgsqlOptions(s, v)
	if refused != nil {
		return *refused
	}
	var p policy.Policy
	var mixed bool
	p.Mode, p.NameRule, p.TLS = options.mode, certpath.NameDotNet, policy.Offer{Min: "TLSv1.2", Direct: options.direct}
	p.Profile = certpath.Profile{Validator: certpath.SChannel, SecurityLevel: -1}
	if p.Hosts, mixed = npgsqlHosts(options.text["host"]); mixed {
		return policy.Policy{Undecided: "the settings list a Unix socket together with other hosts, and the rules do not cover this combination"}
	}
	if p.Rejection = npgsqlRefused(p, options, v); p.Rejection != nil {
		return policy.Policy{Rejection: p.Rejection}
	}
	return npgsqlAttempts(s, p, options, npgsqlDropsAddress(v, dotnet))
}

// npgsqlRefused is what Npgsql makes of settings that contradict each other; nil is
// nothing.
func npgsqlRefused(p policy.Policy, options npgsqlSettings, v policy.Version) *policy.Rejection {
	demands := slices.Contains([]string{"Require", "VerifyCA", "VerifyFull"}, p.Mode)
	session := options.text["targetsessionattributes"]
	switch {
	case options.trust && v.Before(npgsqlTrusts) && slices.Contains([]string{"Allow", "VerifyCA", "VerifyFull"}, p.Mode):
		return policy.Contradictory("Trust Server Certificate=true cannot be combined with this SSL Mode", "TrustServerCertificate=true is not supported with SslMode=")
	case p.Mode == "Require" && !options.trust && v.Before(npgsqlTrusts):
		return policy.Contradictory("before Npgsql 8, SSL Mode=Require needs Trust Server Certificate=true", "To validate server certificates, please use VerifyFull or VerifyCA instead of Require")
	case options.direct && !demands:
		return policy.Contradictory("SSL Negotiation=Direct needs SSL Mode=Require or stricter", "SSL Mode has to be Require or higher to be used with direct SSL Negotiation")
	case len(p.Hosts) == 1 && session != "" && !strings.EqualFold(session, "any"):
		return policy.Contradictory("Target Session Attributes needs several hosts", "Target Session Attributes other then Any is only supported with multiple hosts")
	case p.Hosts[0].Local && demands:
		return policy.Contradictory("TLS is not possible over a Unix socket", "SSL connection requested. No SSL enabled connection from this host is configured.")
	}
	return nil
}

// npgsqlAttempts fills in what is tried.
func npgsqlAttempts(s policy.Settings, p policy.Policy, options npgsqlSettings, dropsAddress bool) policy.Policy {
	session := cmp.Or(options.text["targetsessionattributes"], s.Environment["PGTARGETSESSIONATTRS"])
	switch {
	case strings.EqualFold(options.text["channelbinding"], "require"):
		p.Doubt = "it is not known whether the server's authentication satisfies Channel Binding"
	case len(p.Hosts) > 1 && session != "" && !strings.EqualFold(session, "any"):
		p.Doubt = "it is not known whether the server satisfies Target Session Attributes"
	case options.direct:
		p.Doubt = policy.DirectNeeds17
	}
	switch {
	case p.Hosts[0].Local:
		p.Attempts = []policy.Attempt{{}}
	case strings.HasPrefix(p.Mode, "Verify"):
		return npgsqlVerified(s, p, options, dropsAddress)
	default:
		tls := policy.Attempt{TLS: true, After: policy.TLSUnsupported | policy.ServerRefused}
		p.Attempts = policy.Order(strings.ToLower(p.Mode), policy.Attempt{After: policy.ServerRefused}, tls)
	}
	return p
}

// npgsqlVerified is VerifyCA and VerifyFull.
func npgsqlVerified(s policy.Settings, p policy.Policy, options npgsqlSettings, dropsAddress bool) policy.Policy {
	full := p.Mode == "VerifyFull"
	p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: full}}
	p.Anchors = npgsqlAnchors(s, options.text["rootcertificate"])
	switch {
	case options.text["checkcertificaterevocation"] == "true":
		return policy.Policy{Undecided: "it is not known what a revocation check would find"}
	case strings.HasSuffix(strings.ToLower(p.Anchors.Path), ".pfx"):
		return policy.Policy{Undecided: "the rules do not cover a root certificate file in PKCS#12 format"}
	}
	if !full || !dropsAddress {
		return p
	}
	for i, host := range p.Hosts {
		if policy.IsAddress(host.Name) {
			p.Hosts[i].Name = ""
		}
	}
	return p
}

// npgsqlDropsAddress says whether .NET is told an address as no name at all,
// so that no certificate has it: from 7.0.7 and 8.0.2 on, before .NET 8.
func npgsqlDropsAddress(v, dotnet policy.Version) bool {
	if v.Before(npgsqlTrusts) {
		return !v.Before(npgsqlDrops7)
	}
	return !v.Before(npgsqlDrops8) && dotnet.Before(dotnetAddresses)
}

// npgsqlAnchors is where the two modes that verify look. What the system's
// store accepts is accepted without a look at the root file.
func npgsqlAnchors(s policy.Settings, named string) policy.Anchors {
	variable, set := s.Environment["PGSSLROOTCERT"]
	switch {
	case s.StoreDeclared && s.StorePlace == policy.PlaceSystem:
		a := openssl.DefaultStore(s)
		a.DirectoryReader = truststore.EveryFile // .NET reads the directory itself.
		return a
	case named == "" && set:
		named = cmp.Or(variable, "PGSSLROOTCERT")
	case named == "" && (!s.StoreDeclared || s.StorePlace != policy.PlaceHome && s.Environment["SSL_CERT_FILE"] != ""):
		return openssl.DefaultStore(s)
	}
	a := policy.Anchors{
		Source: policy.Declared, Path: named, Reader: truststore.DotNetPEM, WithSystem: true, Missing: policy.Lack{Client: "Could not find file"},
		Directory: &policy.Lack{Client: "Access to the path"},
	}
	if !s.StoreDeclared || named != "" && (s.StorePlace == policy.PlaceHome || !policy.NamesFile(named)) {
		a.Source = policy.Missing
	}
	return a
}

// npgsqlHosts are the hosts of a list, each with or without a port. mixed says
// that a Unix socket is among several.
func npgsqlHosts(list string) (hosts []policy.Host, mixed bool) {
	parts := strings.Split(list, ",")
	for _, part := range parts {
		name := strings.TrimSpace(part)
		local := strings.HasPrefix(name, "/") || strings.HasPrefix(name, "@")
		if local && len(parts) > 1 {
			return nil, true
		}
		colon := strings.LastIndexByte(name, ':')
		if end := strings.LastIndexByte(name, ']'); !local && colon > end && (strings.HasPrefix(name, "[") || strings.Count(name, ":") == 1) {
			name = name[:colon]
		}
		hosts = append(hosts, policy.Host{Name: conninfo.WithoutBrackets(name), Local: local})
	}
	return hosts, false
}

// Names are what Npgsql reads: its builder throws at a keyword that it does not
// know.
//
// Source: npgsql/npgsql v6.0.0 to v9.0.5, src/Npgsql/PostgresEnvironment.cs.
func Names(policy.Settings) policy.Known {
	return policy.Known{Variables: append([]string{
		"PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLNEGOTIATION", "PGTARGETSESSIONATTRS", "PGOPTIONS", "PGCLIENTENCODING", "PGTZ", "PGPASSFILE", "PGUSER", "PGGSSENCMODE",
	}, openssl.Variables...)}
}
