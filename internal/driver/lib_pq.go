package driver

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// libPQVariables are the environment variables that matter to TLS.
var libPQVariables = map[string]string{
	"PGHOST": "host", "PGPORT": "port", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGSSLCERT": "sslcert",
	"PGSSLKEY": "sslkey", "PGSSLNEGOTIATION": "sslnegotiation", "PGSERVICE": "service", "PGTARGETSESSIONATTRS": "target_session_attrs",
	"PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version", "PGSSLMAXPROTOCOLVERSION": "ssl_max_protocol_version",
}

// libPQRefuses are environment variables of libpq that make lib/pq refuse to
// connect.
//
// Source: lib/pq v1.12.3, connector.go, fromEnv; v1.10.9, conn.go, parseEnviron.
var libPQRefuses = []string{"PGREQUIRESSL", "PGSSLCRL", "PGREALM", "PGGSSENCMODE", "PGGSSDELEGATION", "PGGSSLIB"}

// libPQNew is the minor version of lib/pq 1 that brought allow, prefer,
// ~/.postgresql/root.crt and sslrootcert=system.
const libPQNew = 12

// libPQ returns the policy of lib/pq, 1.10 and later.
//
// The default is require. A root file makes it verify the path; one that the
// settings name and that is missing is passed over, but verify-ca and
// verify-full fail for it. Since 1.12 ~/.postgresql/root.crt counts in every
// mode that the settings name, and prefer goes on in plaintext when the
// verification fails. Before, verify-ca compares a host that is given by name.
//
// Source: lib/pq v1.10.9 and v1.12.3, ssl.go, ssl; conn.go, open. Measured with
// both.
func libPQ(s Settings) Policy {
	version, known := parseRelease(s.Version)
	if !known || version.before(1, 10) {
		return Policy{Undecided: "the rules cover lib/pq 1.10 and later, not " + strconv.Quote(s.Version)}
	}
	for _, variable := range libPQRefuses {
		if s.Environment[variable] != "" {
			return goRefused("lib/pq does not support "+variable, "not supported")
		}
	}
	settings, refused := goSettings(s, libPQVariables, true)
	if refused != "" {
		return goRefused("the connection string is not one that lib/pq takes", "pq: ")
	}
	if reason := libPQUndecided(s, settings); reason != "" {
		return Policy{Undecided: reason}
	}
	host := goHosts(settings["host"], cmp.Or(s.Host, "localhost"))[0]
	policy := Policy{
		Mode: cmp.Or(settings["sslmode"], "require"), Hosts: []Host{host}, NameRule: certpath.NameGo,
		Profile: certpath.Profile{Validator: certpath.Go, SecurityLevel: -1}, TLS: Offer{Min: "TLSv1.2"},
	}
	if host.Local {
		policy.Attempts = []Attempt{{}}
		return policy
	}
	if version.before(1, libPQNew) {
		return libPQOld(s, settings, policy)
	}
	return libPQCurrent(s, settings, policy)
}

// libPQUndecided says why settings are outside of the rules.
func libPQUndecided(s Settings, settings map[string]string) string {
	mode := settings["sslmode"]
	switch {
	case len(s.Properties) > 0:
		return "settings that are given to lib/pq in code are not covered"
	case strings.HasPrefix(mode, "pqgo-"):
		return "the sslmode names a TLS configuration that is made in code"
	case settings["sslinline"] == "true", settings["hostaddr"] != "", settings["sslnegotiation"] != "",
		settings["ssl_min_protocol_version"] != "", settings["ssl_max_protocol_version"] != "":
		return "the rules do not cover sslinline, hostaddr, sslnegotiation and protocol versions of lib/pq"
	case strings.Contains(settings["host"], ","):
		return "the rules do not cover several hosts of lib/pq"
	}
	return goUndecided(settings)
}

// libPQOld is lib/pq before 1.12.
func libPQOld(s Settings, settings map[string]string, policy Policy) Policy {
	path := settings["sslrootcert"]
	declared := path != "" && s.StoreDeclared && s.StorePlace != PlaceHome && s.StorePlace != PlaceSystem
	policy.Anchors = libPQAnchors(s, path, declared)
	_, isAddress := netip.ParseAddr(policy.Hosts[0].Name)
	verified := Attempt{TLS: true, VerifyPath: true, VerifyHost: isAddress != nil}
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
	_, modeGiven := settings["sslmode"]
	if modeGiven && !slices.Contains([]string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}, mode) {
		return goRefused("lib/pq has no sslmode "+strconv.Quote(mode), `wrong value for "sslmode"`)
	}
	if path == "system" {
		if modeGiven && mode != "verify-full" {
			return Policy{Rejection: &Rejection{Reason: ReasonContradictorySettings, Detail: "sslrootcert=system goes with verify-full only", Client: "may not be used with sslrootcert=system"}}
		}
		policy.Mode = "verify-full"
	}
	// Without an sslmode the default file is not looked at.
	declared := path != "system" && (path != "" || modeGiven) && goFindsStore(s, path, true)
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

func libPQAnchors(s Settings, path string, declared bool) Anchors {
	a := Anchors{Path: path, Reader: truststore.GoCertPool, MissingError: "no such file or directory", UnreadableError: "couldn't parse pem"}
	switch {
	case declared:
		a.Source = Declared
	case path != "" && path != "system":
		a.Source = Missing
	case s.StoreDeclared && s.StorePlace == PlaceSystem:
		a.Source, a.WhenUnreadable, a.WhenNoAnchors = Declared, TakeNone, TakeNone
	default:
		a.Source = SystemStore
	}
	return a
}
