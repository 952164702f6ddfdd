package driver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// The major versions of Npgsql in which rules change.
const (
	npgsqlOldest  = 6
	npgsqlTrusts  = 8 // Require verifies nothing without a word; before, it had to be told to
	npgsqlBinding = 8 // Channel Binding
	npgsqlDirect  = 9 // SSL Negotiation
	npgsqlNewest  = 9
)

// npgsqlModes are the names of SslMode, in the order of their numbers, which
// are values too; case does not count.
var npgsqlModes = []string{"Disable", "Allow", "Prefer", "Require", "VerifyCA", "VerifyFull"}

// npgsql returns the policy of Npgsql 6 to 9, on .NET for Linux.
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
func npgsql(s Settings) Policy {
	version, known := parseFullRelease(s.Version)
	if s.Version == "" {
		version[0] = npgsqlNewest
	}
	if !known || version.before(npgsqlOldest, 0, 0) || !version.before(npgsqlNewest+1, 0, 0) {
		return Policy{Undecided: "the rules cover Npgsql 6 to 9, not " + strconv.Quote(s.Version)}
	}
	if _, known := parseFullRelease(s.Runtime); !known {
		return Policy{Undecided: "the rules cover .NET on Linux, by its version, not " + strconv.Quote(s.Runtime)}
	}
	options, refused := npgsqlOptions(s, version)
	if refused != nil {
		return *refused
	}
	var policy Policy
	var mixed bool
	policy.Mode, policy.NameRule, policy.TLS = options.mode, certpath.NameDotNet, Offer{Min: "TLSv1.2", Direct: options.direct}
	policy.Profile = certpath.Profile{Validator: certpath.SChannel, SecurityLevel: -1}
	if policy.Hosts, mixed = npgsqlHosts(options.text["host"]); mixed {
		return Policy{Undecided: "a Unix socket beside other hosts is not covered"}
	}
	if contradiction, is := npgsqlRefused(policy, options, version); is {
		return contradiction
	}
	return npgsqlAttempts(s, policy, options, version)
}

// npgsqlRefused is what Npgsql makes of settings that contradict each other.
func npgsqlRefused(policy Policy, options npgsqlSettings, version fullRelease) (Policy, bool) {
	refuse := func(detail, client string) (Policy, bool) {
		return Policy{Rejection: &Rejection{Reason: ReasonContradictorySettings, Detail: detail, Client: client}}, true
	}
	demands := slices.Contains([]string{"Require", "VerifyCA", "VerifyFull"}, policy.Mode)
	session := options.text["targetsessionattributes"]
	switch {
	case options.trust && version.before(npgsqlTrusts, 0, 0) && slices.Contains([]string{"Allow", "VerifyCA", "VerifyFull"}, policy.Mode):
		return refuse("Trust Server Certificate excludes this mode", "TrustServerCertificate=true is not supported with SslMode=")
	case policy.Mode == "Require" && !options.trust && version.before(npgsqlTrusts, 0, 0):
		return refuse("Require before Npgsql 8 needs Trust Server Certificate=true", "To validate server certificates, please use VerifyFull or VerifyCA instead of Require")
	case options.direct && !demands:
		return refuse("SSL Negotiation=Direct needs Require or higher", "SSL Mode has to be Require or higher to be used with direct SSL Negotiation")
	case len(policy.Hosts) == 1 && session != "" && !strings.EqualFold(session, "any"):
		return refuse("Target Session Attributes is for several hosts", "Target Session Attributes other then Any is only supported with multiple hosts")
	case policy.Hosts[0].Local && demands:
		return refuse("there is no TLS over a Unix socket", "SSL connection requested. No SSL enabled connection from this host is configured.")
	}
	return Policy{}, false
}

// npgsqlAttempts fills in what is tried.
func npgsqlAttempts(s Settings, policy Policy, options npgsqlSettings, version fullRelease) Policy {
	session := firstNotEmpty(options.text["targetsessionattributes"], s.Environment["PGTARGETSESSIONATTRS"])
	switch {
	case strings.EqualFold(options.text["channelbinding"], "require"):
		policy.Doubt = "whether the server's authentication satisfies Channel Binding is not known"
	case len(policy.Hosts) > 1 && session != "" && !strings.EqualFold(session, "any"):
		policy.Doubt = "whether the server satisfies Target Session Attributes is not known"
	case options.direct:
		policy.Doubt = directNeeds17
	}
	if policy.Hosts[0].Local {
		policy.Attempts = []Attempt{{}}
		return policy
	}
	switch policy.Mode {
	case "Disable":
		policy.Attempts = []Attempt{{}}
	case "Allow":
		policy.Attempts = []Attempt{{After: ServerRefused}, {TLS: true}}
	case "Prefer":
		policy.Attempts = []Attempt{{TLS: true, After: TLSUnsupported | ServerRefused}, {}}
	case "Require":
		policy.Attempts = []Attempt{{TLS: true}}
	default:
		return npgsqlVerified(s, policy, options, version)
	}
	return policy
}

// npgsqlVerified is VerifyCA and VerifyFull.
func npgsqlVerified(s Settings, policy Policy, options npgsqlSettings, version fullRelease) Policy {
	full := policy.Mode == "VerifyFull"
	policy.Attempts = []Attempt{{TLS: true, VerifyPath: true, VerifyHost: full}}
	policy.Anchors = npgsqlAnchors(s, options.text["rootcertificate"])
	switch {
	case options.text["checkcertificaterevocation"] == "true":
		return Policy{Undecided: "what a check of revocation says is not known"}
	case strings.HasSuffix(strings.ToLower(policy.Anchors.Path), ".pfx"):
		return Policy{Undecided: "a root file in PKCS#12 is not covered"}
	}
	if !full || !npgsqlDropsAddress(s, version) {
		return policy
	}
	for i, host := range policy.Hosts {
		if isAddress(host.Name) {
			policy.Hosts[i].Name = ""
		}
	}
	return policy
}

// npgsqlDropsAddress says whether .NET is told an address as no name at all,
// so that no certificate has it: from 7.0.7 and 8.0.2 on, before .NET 8.
func npgsqlDropsAddress(s Settings, version fullRelease) bool {
	if version.before(npgsqlTrusts, 0, 0) {
		return !version.before(7, 0, 7)
	}
	runtime, _ := parseFullRelease(s.Runtime)
	return !version.before(8, 0, 2) && runtime.before(8, 0, 0)
}

// npgsqlAnchors is where the two modes that verify look. What the system's
// store accepts is accepted without a look at the root file.
func npgsqlAnchors(s Settings, named string) Anchors {
	variable, set := s.Environment["PGSSLROOTCERT"]
	switch {
	case s.StoreDeclared && s.StorePlace == PlaceSystem:
		return opensslDefaultStore(s)
	case named == "" && set:
		if named = variable; named == "" {
			named = "PGSSLROOTCERT"
		}
	case named == "" && (!s.StoreDeclared || s.StorePlace != PlaceHome && s.Environment["SSL_CERT_FILE"] != ""):
		return opensslDefaultStore(s)
	}
	a := Anchors{
		Source: Declared, Path: named, Reader: truststore.DotNetPEM, WithSystem: true, MissingError: "Could not find file",
		DirectoryError: "Access to the path",
	}
	if !s.StoreDeclared || named != "" && s.StorePlace == PlaceHome {
		a.Source = Missing
	}
	return a
}

// npgsqlHosts are the hosts of a list, each with or without a port. mixed says
// that a Unix socket is among several.
func npgsqlHosts(list string) (hosts []Host, mixed bool) {
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
		hosts = append(hosts, Host{Name: withoutBrackets(name), Local: local})
	}
	return hosts, false
}
