package golang

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/startup"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
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
func libPQRefuses(v policy.Version) []string {
	if v.Before(libPQRewritten) {
		return []string{
			"PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGREALM", "PGREQUIRESSL", "PGSSLCRL", "PGREQUIREPEER", "PGKRBSRVNAME", "PGGSSLIB",
			"PGSYSCONFDIR", "PGLOCALEDIR",
		}
	}
	refused := []string{
		"PGREQUIRESSL", "PGSSLCOMPRESSION", "PGREALM", "PGGSSENCMODE", "PGGSSDELEGATION", "PGGSSLIB", "PGREQUIREAUTH", "PGCHANNELBINDING",
		"PGSSLCERTMODE", "PGSSLCRL", "PGSSLCRLDIR", "PGREQUIREPEER", "PGKRBSRVNAME",
	}
	if v.Before(libPQNew) {
		return append(refused, "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION",
			"PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION")
	}
	return refused
}

// LibPQReleases are those of lib/pq.
var (
	LibPQReleases  = policy.NewReleases("lib/pq", "driver_version", "1.10", "")
	libPQSNI       = LibPQReleases.Change("1.10.7") // sslsni; verify-ca compares the name
	libPQRewritten = LibPQReleases.Change("1.11.0") // several hosts, hostaddr, sslnegotiation; verify-ca compares no name
	libPQNew       = LibPQReleases.Change("1.12.0") // allow, prefer, ~/.postgresql/root.crt, sslrootcert=system, protocol versions
	libPQRequire   = LibPQReleases.Change("1.12.1") // the default is require again
)

// libPQKeywords are the settings that lib/pq keeps to itself. Those that it knows and
// sends all the same are not among them.
var libPQKeywords = goKeywords{
	{words: strings.Fields(`host port database user password sslmode sslcert sslkey sslrootcert sslinline fallback_application_name connect_timeout
		disable_prepared_binary_result binary_parameters krbsrvname krbspn passfile`)},
	{libPQSNI, []string{"sslsni"}},
	{libPQRewritten, []string{"hostaddr", "sslnegotiation", "target_session_attrs", "load_balance_hosts", "tz"}},
	{libPQNew, []string{"service", "min_protocol_version", "max_protocol_version", "ssl_min_protocol_version", "ssl_max_protocol_version"}},
}

// LibPQ returns the policy of lib/pq, 1.10 and later.
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
func LibPQ(s policy.Settings) policy.Policy {
	return LibPQReleases.Each(s.Version, func(v policy.Version) policy.Policy { return libPQRelease(s, v) })
}

func libPQRelease(s policy.Settings, v policy.Version) policy.Policy {
	if len(s.Properties) > 0 {
		return policy.Policy{Undecided: "the rules do not cover settings that are passed to lib/pq in code"}
	}
	for _, variable := range libPQRefuses(v) {
		if _, set := s.Environment[variable]; set {
			return policy.Refused("lib/pq does not support "+variable, "not supported")
		}
	}
	variables := maps.Clone(libPQVariables)
	if !v.Before(libPQRewritten) {
		maps.Copy(variables, libPQVariablesLater)
	}
	settings, sent, refused := goSettings(s, variables, goAsLibPQOld, libPQKeywords.in(v))
	if refused != "" {
		return policy.Refused("lib/pq does not accept the connection string", "")
	}
	switch mode, set := s.Environment["PGSSLMODE"]; {
	case set && mode == "" && !v.Before(libPQRewritten):
		return policy.Refused("lib/pq does not accept an empty PGSSLMODE", "wrong value for $PGSSLMODE")
	case settings["service"] != "" && !v.Before(libPQNew):
		return policy.Policy{Undecided: policy.ServiceFile}
	case strings.HasPrefix(settings["sslmode"], "pqgo-"):
		return policy.Policy{Undecided: "the sslmode names a TLS configuration that is made in code"}
	}
	if refused := libPQRefusal(settings, v); refused != nil {
		return *refused
	}
	return startup.WithParameters(libPQPolicy(s, settings, v), sent)
}

// libPQEncodings are the values of client_encoding that lib/pq takes; their
// letters and digits count alone, whatever their case.
//
// Source: lib/pq v1.10.0 to v1.12.3, connector.go, isUTF8.
var libPQEncodings = []string{"utf8", "unicode"}

// notAlphanumeric is what does not count in the name of an encoding.
var notAlphanumeric = regexp.MustCompile(`[^a-z0-9]`)

// libPQRefusal is what lib/pq finds wrong with its settings, whatever the mode.
func libPQRefusal(settings map[string]string, v policy.Version) *policy.Policy {
	refuse := func(name, text string) *policy.Policy {
		return new(policy.Refused("lib/pq does not accept this value of "+name+": "+policy.Quoted(settings[name]), text))
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
	if !v.Before(libPQRewritten) {
		known["sslnegotiation"], known["target_session_attrs"] = []string{"postgres", "direct"}, policy.TargetSessionAttrs
		known["load_balance_hosts"], known["sslmode"] = []string{"disable", "random"}, []string{"disable", "require", "verify-ca", "verify-full"}
		known["sslsni"] = []string{"yes", "on", "true", "1", "no", "off", "false", "0", "y", "t", "n", "f"}
	}
	if !v.Before(libPQNew) {
		protocols := []string{"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
		known["ssl_min_protocol_version"], known["ssl_max_protocol_version"] = protocols, protocols
		known["sslmode"] = policy.Sslmodes
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if value, set := settings[name]; set && !slices.Contains(known[name], value) {
			return refuse(name, "wrong value for") // The setting or its variable, as it was given.
		}
	}
	return nil
}

// libPQPolicy is the policy of settings that lib/pq can read.
func libPQPolicy(s policy.Settings, settings map[string]string, v policy.Version) policy.Policy {
	p := policy.Policy{
		Mode: cmp.Or(settings["sslmode"], "require"), NameRule: certpath.NameGo, Doubt: goDoubt(settings),
		Profile: certpath.Profile{Validator: certpath.Go, SecurityLevel: -1}, TLS: policy.Offer{Min: "TLSv1.2"},
	}
	if settings["sslmode"] == "" && !v.Before(libPQNew) && v.Before(libPQRequire) {
		p.Mode = "prefer"
	}
	list := cmp.Or(settings["host"], s.Host, "localhost")
	if v.Before(libPQRewritten) && strings.Contains(list+settings["port"], ",") {
		return policy.Refused("this version of lib/pq accepts only one host and one port", "dial tcp: lookup")
	}
	for _, host := range goHosts(list, cmp.Or(s.Host, "localhost")) {
		if policy.IsAddress(host.Name) || !strings.Contains(host.Name, ":") || settings["hostaddr"] != "" {
			host.Local = host.Local && settings["hostaddr"] == ""
			p.Hosts = append(p.Hosts, host) // Others cannot be looked up, and are passed over.
		}
	}
	if len(p.Hosts) == 0 {
		return policy.Refused("the connection string names no host that can be looked up", "no such host")
	}
	if p.Hosts[0].Local {
		p.Attempts = []policy.Attempt{{}}
		return p
	}
	if settings["sslinline"] == "true" && p.Mode != "disable" {
		if settings["sslcert"] == "" || settings["sslkey"] == "" {
			return policy.Refused("sslinline=true needs a client certificate and its key in the settings", "failed to find any PEM data")
		}
		return policy.Policy{Undecided: "the rules do not cover certificates in the settings themselves (sslinline)"}
	}
	p = libPQOffer(p, settings)
	if v.Before(libPQNew) {
		return libPQCertificate(s, settings, libPQOld(s, settings, p, v))
	}
	return libPQCertificate(s, settings, libPQCurrent(s, settings, p))
}

// libPQOffer fills in what the settings say of the handshake.
func libPQOffer(p policy.Policy, settings map[string]string) policy.Policy {
	if settings["sslnegotiation"] == "direct" {
		p.TLS.Direct, p.Doubt = true, policy.DirectUnknown
	}
	if settings["ssl_min_protocol_version"] != "" {
		p.TLS.Min = settings["ssl_min_protocol_version"]
	}
	p.TLS.Max, p.TLS.RangeError = settings["ssl_max_protocol_version"], "no supported versions satisfy MinVersion and MaxVersion"
	return p
}

// libPQOld is lib/pq before 1.12.
func libPQOld(s policy.Settings, settings map[string]string, p policy.Policy, v policy.Version) policy.Policy {
	path := settings["sslrootcert"]
	declared := goFindsFile(s, path)
	p.Anchors = libPQAnchors(s, path, declared)
	// verify-ca verifies for the name that the handshake told the server.
	sni := settings["sslsni"] == "" || strings.HasPrefix(settings["sslsni"], "1")
	named := v.Before(libPQRewritten) && !v.Before(libPQSNI) && sni
	verified := policy.Attempt{TLS: true, VerifyPath: true, VerifyHost: named && !policy.IsAddress(p.Hosts[0].Name)}
	switch p.Mode {
	case "disable":
		p.Attempts = []policy.Attempt{{}}
	case "require":
		p.Attempts = []policy.Attempt{{TLS: true}}
		if declared {
			p.Attempts[0] = verified
		}
	case "verify-ca":
		p.Attempts = []policy.Attempt{verified}
	case "verify-full":
		p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	default:
		return policy.Refused("lib/pq does not know the sslmode value "+policy.Quoted(p.Mode), "unsupported sslmode")
	}
	return p
}

// libPQCurrent is lib/pq 1.12 and later.
func libPQCurrent(s policy.Settings, settings map[string]string, p policy.Policy) policy.Policy {
	path, mode := settings["sslrootcert"], settings["sslmode"]
	if path == "system" {
		if mode != "" && mode != "verify-full" {
			return policy.Policy{Rejection: policy.Contradictory("sslrootcert=system works only with sslmode verify-full", "may not be used with sslrootcert=system")}
		}
		p.Mode = "verify-full"
	}
	if p.TLS.Direct && slices.Contains([]string{"disable", "allow", "prefer"}, p.Mode) {
		return policy.Policy{Rejection: policy.Contradictory("sslnegotiation=direct works only with sslmode require and stronger modes", "may not be used with sslnegotiation=direct")}
	}
	// Without an sslmode the default file is not looked at.
	looked := path != "" || mode != "" || p.Mode == "prefer"
	declared := looked && goPlace(s, path == "") != policy.PlaceSystem && goFindsStore(s, path, true)
	if path == "system" {
		path = ""
	}
	p.Anchors = libPQAnchors(s, path, declared)
	tls := policy.Attempt{
		TLS: true, VerifyPath: declared || strings.HasPrefix(p.Mode, "verify-"), VerifyHost: p.Mode == "verify-full", After: policy.TLSUnsupported,
	}
	if declared {
		// Without verification the handshake comes after the point where lib/pq
		// would go on in plaintext.
		tls.After |= policy.TLSFailed
	}
	p.Attempts, p.PrintsLast = policy.Order(p.Mode, policy.Attempt{After: policy.ServerRefused}, tls), p.Mode == "prefer"
	return p
}

// libPQAnchors is where lib/pq takes its roots; declared says that it is the
// file at the path, or in the default place.
func libPQAnchors(s policy.Settings, path string, declared bool) policy.Anchors {
	unreadable := policy.Lack{Client: "couldn't parse pem"}
	return goAnchors(s, declared, policy.Anchors{
		Path: path, Reader: truststore.GoCertPool, Missing: policy.Lack{Client: "no such file or directory"}, Unreadable: unreadable, Empty: unreadable,
	})
}

// LibPQNames are what lib/pq reads. A keyword that it does not know goes to the
// server, which refuses it.
func LibPQNames(policy.Settings) policy.Known {
	names := append(slices.Sorted(maps.Keys(libPQVariables)), slices.Sorted(maps.Keys(libPQVariablesLater))...)
	return policy.Known{Variables: append(append(names, libPQRefuses(policy.Version{})...), goVariables...)}
}
