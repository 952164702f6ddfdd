package driver

import (
	"cmp"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// libPQVariables are the environment variables that matter to TLS, or that make
// lib/pq refuse its settings. Those of the protocol versions are spelled as lib/pq spells them.
var libPQVariables = map[string]string{
	"PGHOST": "host", "PGPORT": "port", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGSSLCERT": "sslcert",
	"PGSSLKEY": "sslkey", "PGSSLSNI": "sslsni", "PGCONNECT_TIMEOUT": "connect_timeout", "PGCLIENTENCODING": "client_encoding",
	"PGDATESTYLE": "datestyle",
}

// libPQVariablesLater are those of 1.11 and later.
var libPQVariablesLater = map[string]string{
	"PGHOSTADDR": "hostaddr", "PGSSLNEGOTIATION": "sslnegotiation", "PGTARGETSESSIONATTRS": "target_session_attrs", "PGSERVICE": "service",
	"SSLPGMINPROTOCOLVERSION": "ssl_min_protocol_version", "SSLPGMAXPROTOCOLVERSION": "ssl_max_protocol_version",
}

// libPQRefuses are environment variables that make lib/pq refuse to connect,
// whatever they hold.
//
// Source: lib/pq v1.12.3, connector.go, fromEnv; v1.10.9, conn.go, parseEnviron.
func libPQRefuses(version release) []string {
	if version.before(1, libPQRewritten) {
		return []string{
			"PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGREALM", "PGREQUIRESSL", "PGSSLCRL", "PGREQUIREPEER", "PGKRBSRVNAME", "PGGSSLIB",
			"PGSYSCONFDIR", "PGLOCALEDIR",
		}
	}
	refused := []string{
		"PGREQUIRESSL", "PGSSLCOMPRESSION", "PGREALM", "PGGSSENCMODE", "PGGSSDELEGATION", "PGGSSLIB", "PGREQUIREAUTH", "PGCHANNELBINDING",
		"PGSSLCERTMODE", "PGSSLCRL", "PGSSLCRLDIR", "PGREQUIREPEER", "PGKRBSRVNAME",
	}
	if version.before(1, libPQNew) {
		return append(refused, "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION",
			"PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION")
	}
	return refused
}

// The minor versions of lib/pq 1 in which rules change.
const (
	libPQRewritten = 11 // several hosts, hostaddr, sslnegotiation; verify-ca compares no name
	libPQNew       = 12 // allow, prefer, ~/.postgresql/root.crt, sslrootcert=system, protocol versions
)

// libPQKeywords returns the settings that a version of lib/pq keeps to itself.
// Those that it knows and sends all the same are not among them.
func libPQKeywords(version release, sni bool) []string {
	keywords := []string{
		"host", "port", "database", "user", "password", "sslmode", "sslcert", "sslkey", "sslrootcert", "sslinline",
		"fallback_application_name", "connect_timeout", "disable_prepared_binary_result", "binary_parameters", "krbsrvname", "krbspn", "passfile",
	}
	if sni {
		keywords = append(keywords, "sslsni")
	}
	if !version.before(1, libPQRewritten) {
		keywords = append(keywords, "hostaddr", "sslnegotiation", "target_session_attrs", "load_balance_hosts", "tz")
	}
	if !version.before(1, libPQNew) {
		keywords = append(keywords, "service", "min_protocol_version", "max_protocol_version", "ssl_min_protocol_version", "ssl_max_protocol_version")
	}
	return keywords
}

// libPQ returns the policy of lib/pq, 1.10 and later.
//
// The default is require, but prefer in 1.12.0. A root file makes it verify
// the path; one that the settings name and that is missing is passed over, but
// verify-ca and verify-full fail for it. Since 1.12 ~/.postgresql/root.crt
// counts in every mode that the settings name, and prefer goes on in plaintext
// when the verification fails. From 1.10.7 to 1.10.9 verify-ca compares a host
// that is given by name, unless sslsni turns its name off.
//
// Source: lib/pq v1.10.0 to v1.12.3, ssl.go, ssl; connector.go; conn.go, open.
// Measured with 1.10.0, 1.10.9, 1.11.2, 1.12.0 and 1.12.3.
func libPQ(s Settings) Policy {
	version, known := parseRelease(s.Version)
	if !known || version.before(1, 10) {
		return Policy{Undecided: "the rules cover lib/pq 1.10 and later, not " + strconv.Quote(s.Version)}
	}
	if len(s.Properties) > 0 {
		return Policy{Undecided: "settings that are given to lib/pq in code are not covered"}
	}
	for _, variable := range libPQRefuses(version) {
		if _, set := s.Environment[variable]; set {
			return goRefused("lib/pq does not support "+variable, "not supported")
		}
	}
	variables := maps.Clone(libPQVariables)
	if !version.before(1, libPQRewritten) {
		maps.Copy(variables, libPQVariablesLater)
	}
	settings, sent, refused := goSettings(s, variables, goAsLibPQOld, libPQKeywords(version, !earlier(s.Version, 1, 10, 7)))
	if refused != "" {
		return goRefused("the connection string is not one that lib/pq takes", "")
	}
	switch mode, set := s.Environment["PGSSLMODE"]; {
	case set && mode == "" && !version.before(1, libPQRewritten):
		return goRefused("lib/pq takes no empty PGSSLMODE", "wrong value for $PGSSLMODE")
	case settings["service"] != "" && !version.before(1, libPQNew):
		return Policy{Undecided: "the settings name a service, whose file is not declared"}
	case strings.HasPrefix(settings["sslmode"], "pqgo-"):
		return Policy{Undecided: "the sslmode names a TLS configuration that is made in code"}
	}
	if refused := libPQRefusal(settings, version); refused != nil {
		return *refused
	}
	return withServerParameters(libPQPolicy(s, settings, version), sent)
}

// libPQEncodings are the values of client_encoding that lib/pq takes; their
// letters and digits count alone, whatever their case.
//
// Source: lib/pq v1.10.0 to v1.12.3, connector.go, isUTF8.
var libPQEncodings = []string{"utf8", "unicode"}

// notAlphanumeric is what does not count in the name of an encoding.
var notAlphanumeric = regexp.MustCompile(`[^a-z0-9]`)

// libPQRefusal is what lib/pq finds wrong with its settings, whatever the mode.
func libPQRefusal(settings map[string]string, version release) *Policy {
	refuse := func(name, text string) *Policy {
		policy := goRefused("lib/pq does not take this value of "+name+": "+strconv.Quote(settings[name]), text)
		return &policy
	}
	if timeout, set := settings["connect_timeout"]; set {
		if _, err := strconv.ParseInt(timeout, 10, 64); err != nil {
			return refuse("connect_timeout", "strconv.ParseInt")
		}
	}
	if encoding, set := settings["client_encoding"]; set && !slices.Contains(libPQEncodings, notAlphanumeric.ReplaceAllString(strings.ToLower(encoding), "")) {
		return refuse("client_encoding", "must be absent or")
	}
	if style, set := settings["datestyle"]; set && style != "ISO, MDY" {
		return refuse("datestyle", "must be absent or")
	}
	known := map[string][]string{}
	if !version.before(1, libPQRewritten) {
		known["sslnegotiation"], known["target_session_attrs"] = []string{"postgres", "direct"}, pgxTargets
		known["load_balance_hosts"], known["sslmode"] = []string{"disable", "random"}, []string{"disable", "require", "verify-ca", "verify-full"}
		known["sslsni"] = []string{"yes", "on", "true", "1", "no", "off", "false", "0", "y", "t", "n", "f"}
	}
	if !version.before(1, libPQNew) {
		protocols := []string{"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
		known["ssl_min_protocol_version"], known["ssl_max_protocol_version"] = protocols, protocols
		known["sslmode"] = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if value, set := settings[name]; set && !slices.Contains(known[name], value) {
			return refuse(name, "wrong value for "+strconv.Quote(name))
		}
	}
	return nil
}

// libPQPolicy is the policy of settings that lib/pq can read.
func libPQPolicy(s Settings, settings map[string]string, version release) Policy {
	policy := Policy{
		Mode: cmp.Or(settings["sslmode"], "require"), NameRule: certpath.NameGo, Doubt: goDoubt(settings),
		Profile: certpath.Profile{Validator: certpath.Go, SecurityLevel: -1}, TLS: Offer{Min: "TLSv1.2"},
	}
	if settings["sslmode"] == "" && s.Version == "1.12.0" {
		policy.Mode = "prefer"
	}
	list := cmp.Or(settings["host"], s.Host, "localhost")
	if version.before(1, libPQRewritten) && strings.Contains(list+settings["port"], ",") {
		return goRefused("this version of lib/pq takes one host and one port", "dial tcp: lookup")
	}
	for _, host := range goHosts(list, cmp.Or(s.Host, "localhost")) {
		if _, err := netip.ParseAddr(host.Name); err == nil || !strings.Contains(host.Name, ":") || settings["hostaddr"] != "" {
			host.Local = host.Local && settings["hostaddr"] == ""
			policy.Hosts = append(policy.Hosts, host) // Others cannot be looked up, and are passed over.
		}
	}
	if len(policy.Hosts) == 0 {
		return goRefused("the connection string names no host that can be looked up", "no such host")
	}
	if policy.Hosts[0].Local {
		policy.Attempts = []Attempt{{}}
		return policy
	}
	if settings["sslinline"] == "true" && policy.Mode != "disable" {
		if settings["sslcert"] == "" || settings["sslkey"] == "" {
			return goRefused("sslinline=true needs a client certificate and its key in the settings", "failed to find any PEM data")
		}
		return Policy{Undecided: "the rules do not cover certificates in the settings themselves (sslinline)"}
	}
	policy = libPQOffer(policy, settings)
	if version.before(1, libPQNew) {
		return libPQOld(s, settings, policy, version)
	}
	return libPQCurrent(s, settings, policy)
}

// libPQOffer fills in what the settings say of the handshake.
func libPQOffer(policy Policy, settings map[string]string) Policy {
	if settings["sslnegotiation"] == "direct" {
		policy.TLS.Direct, policy.Doubt = true, "whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known"
	}
	if settings["ssl_min_protocol_version"] != "" {
		policy.TLS.Min = settings["ssl_min_protocol_version"]
	}
	policy.TLS.Max, policy.TLS.RangeError = settings["ssl_max_protocol_version"], "no supported versions satisfy MinVersion and MaxVersion"
	return policy
}

// libPQOld is lib/pq before 1.12.
func libPQOld(s Settings, settings map[string]string, policy Policy, version release) Policy {
	path := settings["sslrootcert"]
	declared := path != "" && goFindsFile(s, path)
	policy.Anchors = libPQAnchors(s, path, declared)
	// verify-ca verifies for the name that the handshake told the server.
	sni := settings["sslsni"] == "" || strings.HasPrefix(settings["sslsni"], "1")
	named := version.before(1, libPQRewritten) && !earlier(s.Version, 1, 10, 7) && sni
	_, isAddress := netip.ParseAddr(policy.Hosts[0].Name)
	verified := Attempt{TLS: true, VerifyPath: true, VerifyHost: named && isAddress != nil}
	switch policy.Mode {
	case "disable":
		policy.Attempts = []Attempt{{}}
	case "require":
		policy.Attempts = []Attempt{{TLS: true}}
		if declared {
			policy.Attempts[0] = verified
		}
	case "verify-ca":
		policy.Attempts = []Attempt{verified}
	case "verify-full":
		policy.Attempts = []Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	default:
		return goRefused("lib/pq has no sslmode "+strconv.Quote(policy.Mode), "unsupported sslmode")
	}
	return policy
}

// libPQCurrent is lib/pq 1.12 and later.
func libPQCurrent(s Settings, settings map[string]string, policy Policy) Policy {
	path, mode := settings["sslrootcert"], settings["sslmode"]
	if path == "system" {
		if mode != "" && mode != "verify-full" {
			return Policy{Rejection: &Rejection{Reason: ReasonContradictorySettings, Detail: "sslrootcert=system goes with verify-full only", Client: "may not be used with sslrootcert=system"}}
		}
		policy.Mode = "verify-full"
	}
	if policy.TLS.Direct && slices.Contains([]string{"disable", "allow", "prefer"}, policy.Mode) {
		return Policy{Rejection: &Rejection{Reason: ReasonContradictorySettings, Detail: "sslnegotiation=direct goes with require and above only", Client: "may not be used with sslnegotiation=direct"}}
	}
	// Without an sslmode the default file is not looked at.
	looked := path != "" || mode != "" || policy.Mode == "prefer"
	declared := path != "system" && looked && goPlace(s, path == "") != PlaceSystem && goFindsStore(s, path, true)
	if path == "system" {
		path = ""
	}
	policy.Anchors = libPQAnchors(s, path, declared)
	required := Attempt{TLS: true, VerifyPath: declared}
	switch policy.Mode {
	case "disable":
		policy.Attempts = []Attempt{{}}
	case "allow":
		policy.Attempts = []Attempt{{After: ServerRefused}, required}
	case "prefer":
		// Without verification the handshake comes after the point where lib/pq
		// would go on in plaintext.
		required.After = TLSUnsupported
		if declared {
			required.After |= TLSFailed
		}
		policy.Attempts = []Attempt{required, {}}
	case "require":
		policy.Attempts = []Attempt{required}
	case "verify-ca":
		policy.Attempts = []Attempt{{TLS: true, VerifyPath: true}}
	default:
		policy.Attempts = []Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	}
	return policy
}

// libPQAnchors is where lib/pq takes its roots; declared says that it is the
// file at the path, or in the default place.
func libPQAnchors(s Settings, path string, declared bool) Anchors {
	a := Anchors{Path: path, Reader: truststore.GoCertPool, MissingError: "no such file or directory", UnreadableError: "couldn't parse pem"}
	switch {
	case declared:
		a.Source = Declared
	case path != "":
		a.Source = Missing
	case s.StoreDeclared && goPlace(s, true) == PlaceSystem:
		a.Source, a.WhenUnreadable, a.WhenNoAnchors = Declared, TakeNone, TakeNone
	default:
		a.Source = SystemStore
	}
	return a
}
