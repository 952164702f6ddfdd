package driver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// pgxVariables are the environment variables that matter to TLS.
var pgxVariables = map[string]string{
	"PGHOST": "host", "PGPORT": "port", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGSSLCERT": "sslcert",
	"PGSSLKEY": "sslkey", "PGSSLNEGOTIATION": "sslnegotiation", "PGSERVICE": "service", "PGSSLSNI": "sslsni",
	"PGTARGETSESSIONATTRS": "target_session_attrs", "PGCHANNELBINDING": "channel_binding", "PGREQUIREAUTH": "require_auth",
}

// pgx returns the policy of jackc/pgx, 5.5 and later.
//
// The default is prefer: TLS without verification, then plaintext. The file
// that sslrootcert, PGSSLROOTCERT or ~/.postgresql/root.crt names is read in
// every mode, since 5.7 in disable too, and one that is missing, unreadable or without a
// certificate makes the connection string invalid. It changes what require
// does (verify-ca), not what prefer and allow do. Without one, verify-ca and
// verify-full take the operating system's store. sslrootcert=system, since
// 5.7, means verify-full in every mode.
//
// Source: jackc/pgx v5.5.5 to v5.12.0, pgconn/config.go, configTLS and
// ParseConfigWithOptions; pgconn/defaults.go; pgconn/pgconn.go,
// connectPreferred (ConnectConfig before 5.6). Measured with 5.5.5 and 5.12.0.
func pgx(s Settings) Policy {
	version, known := parseRelease(s.Version)
	if !known || version.before(5, 5) {
		return Policy{Undecided: "the rules cover pgx 5.5 and later, not " + strconv.Quote(s.Version)}
	}
	settings, refused := goSettings(s, pgxVariables, version.before(5, pgxOwnURIs))
	if refused != "" {
		return goRefused("the connection string is not one that pgx takes", "cannot parse")
	}
	if reason := goUndecided(settings); reason != "" || len(s.Properties) > 0 {
		if reason == "" {
			reason = "settings that are given to pgx in code are not covered"
		}
		return Policy{Undecided: reason}
	}
	mode := settings["sslmode"]
	if mode == "" {
		mode = "prefer"
	}
	policy := Policy{
		Mode: mode, Hosts: goHosts(settings["host"], s.Host), NameRule: certpath.NameGo,
		Profile: certpath.Profile{Validator: certpath.Go, SecurityLevel: -1}, TLS: Offer{Min: "TLSv1.2"},
	}
	if policy.Hosts[0].Local {
		policy.Attempts = []Attempt{{}}
		return policy
	}
	if _, given := settings["sslnegotiation"]; given && version.before(5, pgxDirect) {
		return Policy{Undecided: "pgx before 5.7 sends sslnegotiation to the server as a parameter of the session, which refuses it"}
	}
	if settings["sslnegotiation"] == "direct" {
		policy.TLS.Direct, policy.Doubt = true, "whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known"
		if mode == "prefer" {
			mode = "require"
		}
	}
	if mode == "disable" && version.before(5, pgxSystem) {
		policy.Attempts = []Attempt{{}} // The file is not read.
		return policy
	}
	root, given := settings["sslrootcert"]
	if given && root == "" && s.StorePlace != PlaceSystem {
		s.StoreDeclared = false // Set to nothing, it hides the default file.
	}
	policy.Anchors = pgxAnchors(s, root, version)
	if policy.Anchors.Path == "system" && policy.Anchors.Source != Missing {
		mode = "verify-full"
	}
	policy.Mode = mode
	rootFile := policy.Anchors.Source == Missing || policy.Anchors.WhenUnreadable == RejectAll && policy.Anchors.Source == Declared
	policy.Attempts = pgxAttempts(mode, rootFile)
	if policy.Attempts == nil {
		return goRefused("pgx has no sslmode "+strconv.Quote(mode), "sslmode is invalid")
	}
	return policy
}

// The minor versions of pgx 5 in which rules change.
const (
	pgxSystem  = 7  // sslrootcert=system
	pgxDirect  = 7  // sslnegotiation
	pgxOwnURIs = 11 // URIs are parsed as libpq does, not by net/url
	pgxHome    = 11 // $HOME, not the passwd entry
)

// pgxAttempts is nil for a mode that pgx does not know.
func pgxAttempts(mode string, rootFile bool) []Attempt {
	const anything = TLSUnsupported | TLSFailed | ServerRefused
	switch mode {
	case "disable":
		return []Attempt{{}}
	case "allow":
		return []Attempt{{After: anything}, {TLS: true}}
	case "prefer":
		return []Attempt{{TLS: true, After: anything}, {}}
	case "require":
		return []Attempt{{TLS: true, VerifyPath: rootFile}}
	case "verify-ca":
		return []Attempt{{TLS: true, VerifyPath: true}}
	case "verify-full":
		return []Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	}
	return nil
}

func pgxAnchors(s Settings, path string, version release) Anchors {
	a := Anchors{
		Path: path, Reader: truststore.GoCertPool, WhenUnreadable: RejectAll, WhenNoAnchors: RejectAll,
		UnreadableError: "unable to add CA to cert pool", MissingError: "unable to read CA file",
	}
	switch {
	case path == "system" && !version.before(5, pgxSystem):
		a.Source = SystemStore
		if s.StoreDeclared && s.StorePlace == PlaceSystem {
			a.Source, a.WhenUnreadable, a.WhenNoAnchors = Declared, TakeNone, TakeNone
		}
	case goFindsStore(s, path, !version.before(5, pgxHome)):
		a.Source = Declared
	case path != "":
		a.Source = Missing
	case s.StoreDeclared && s.StorePlace == PlaceSystem:
		a.Source, a.WhenUnreadable, a.WhenNoAnchors = Declared, TakeNone, TakeNone
	default:
		a.Source = SystemStore
	}
	return a
}

// goFindsStore says whether the declared store lies where a Go driver looks
// for its root file. Before homeVariable a driver takes the home directory of
// the passwd entry, so that a store below a declared HOME is not found.
func goFindsStore(s Settings, path string, homeVariable bool) bool {
	if !s.StoreDeclared || s.StorePlace == PlaceSystem {
		return false
	}
	if path != "" {
		return s.StorePlace != PlaceHome
	}
	return homeVariable || s.Environment["HOME"] == ""
}

// goHosts are the hosts of a comma-separated list; without one, the declared
// host, or else the local socket.
func goHosts(list, fallback string) []Host {
	if list == "" {
		list = fallback
	}
	var hosts []Host
	for name := range strings.SplitSeq(list, ",") {
		if name == "" {
			name = fallback
		}
		hosts = append(hosts, Host{Name: name, Local: name == "" || strings.HasPrefix(name, "/")})
	}
	return hosts
}

// goUndecided says why settings are outside of the rules.
func goUndecided(settings map[string]string) string {
	switch {
	case settings["service"] != "":
		return "the settings name a service, whose file is not declared"
	case settings["sslcert"] != "" || settings["sslkey"] != "":
		return "the settings name a client certificate, whose file is not declared"
	case settings["channel_binding"] == "require", settings["require_auth"] != "":
		return "whether the server's authentication satisfies channel_binding and require_auth is not known"
	case !slices.Contains([]string{"", "any"}, settings["target_session_attrs"]):
		return "whether the server satisfies target_session_attrs is not known"
	}
	return ""
}

func goRefused(detail, text string) Policy {
	return Policy{Rejection: &Rejection{Reason: ReasonInvalidSettings, Detail: detail, Client: text}}
}
