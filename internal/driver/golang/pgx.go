package golang

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/startup"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// pgxVariables are the environment variables that matter to TLS.
var pgxVariables = map[string]string{
	"PGHOST": "host", "PGPORT": "port", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGSSLCERT": "sslcert",
	"PGSSLKEY": "sslkey", "PGSSLNEGOTIATION": "sslnegotiation", "PGSERVICE": "service", "PGSSLSNI": "sslsni",
	"PGTARGETSESSIONATTRS": "target_session_attrs", "PGCHANNELBINDING": "channel_binding", "PGREQUIREAUTH": "require_auth",
}

// pgxKeywords are the settings that pgx keeps to itself.
//
// Source: jackc/pgx v5.3.0 to v5.12.0, pgconn/config.go,
// ParseConfigWithOptions, notRuntimeParams.
var pgxKeywords = goKeywords{
	{words: strings.Fields(`host port database user password passfile connect_timeout sslmode sslkey sslcert sslrootcert sslpassword sslsni krbspn krbsrvname
		target_session_attrs service servicefile default_query_exec_mode statement_cache_capacity description_cache_capacity`)},
	{pgxDirect, []string{"sslnegotiation"}},
	{pgxBinding, []string{"min_protocol_version", "max_protocol_version", "channel_binding"}},
	{pgxRequireAuth, []string{"require_auth"}},
	{pgxCertMode, []string{"sslcertmode"}},
}

// Pgx returns the policy of jackc/pgx, 5.3 and later.
//
// The default is prefer: TLS without verification, then plaintext. The file
// that sslrootcert, PGSSLROOTCERT or ~/.postgresql/root.crt names is read in
// every mode, since 5.7 in disable too, and one that is missing, unreadable or without a
// certificate makes the connection string invalid. It changes what require
// does (verify-ca), not what prefer and allow do. Without one, verify-ca and
// verify-full take the operating system's store. sslrootcert=system, since
// 5.7, means verify-full in every mode.
//
// Source: jackc/pgx v5.3.0 to v5.12.0, pgconn/config.go, configTLS and
// ParseConfigWithOptions; pgconn/defaults.go; pgconn/pgconn.go,
// connectPreferred (ConnectConfig before 5.6). Measured with 5.3.0, 5.5.5,
// 5.7.6, 5.10.0 and 5.12.0.
func Pgx(s policy.Settings) policy.Policy {
	return PgxReleases.Each(s.Version, func(v policy.Version) policy.Policy { return pgxRelease(s, v) })
}

func pgxRelease(s policy.Settings, v policy.Version) policy.Policy {
	if len(s.Properties) > 0 {
		return policy.Policy{Undecided: "the rules do not cover settings that are passed to pgx in code"}
	}
	syntax := goAsLibpq
	if v.Before(pgxOwnURIs) {
		syntax = goAsPgx
	}
	settings, sent, refused := goSettings(s, pgxVariables, syntax, pgxKeywords.in(v))
	maps.DeleteFunc(sent, func(name, _ string) bool { return strings.HasPrefix(name, "pool_") })
	if refused == "" {
		refused = pgxRefusal(settings, v)
	}
	if refused != "" {
		return policy.Refused("pgx does not accept the connection string: "+refused, "cannot parse")
	}
	if settings["service"] != "" {
		return policy.Policy{Undecided: policy.ServiceFile}
	}
	if stop := pgxCertificate(s, settings); stop != nil {
		return *stop
	}
	return startup.WithParameters(pgxPolicy(s, settings, v), sent)
}

// pgxRefusal says why a connection string is refused that can be taken apart.
func pgxRefusal(settings map[string]string, v policy.Version) string {
	timeout, timed := settings["connect_timeout"]
	target, targeted := settings["target_session_attrs"]
	binding := settings["channel_binding"]
	seconds, err := strconv.ParseInt(timeout, 10, 64)
	switch {
	case timed && (err != nil || seconds < 0):
		return "connect_timeout is not a number of seconds"
	case targeted && !slices.Contains(policy.TargetSessionAttrs, target):
		return "target_session_attrs has a value that pgx does not know"
	case binding != "" && !slices.Contains([]string{"disable", "prefer", "require"}, binding) && !v.Before(pgxBinding):
		return "channel_binding has a value that pgx does not know"
	case settings["sslmode"] != "disable" && (settings["sslcert"] == "") != (settings["sslkey"] == ""):
		return "only one of sslcert and sslkey is set, but both are needed"
	}
	return ""
}

func pgxPolicy(s policy.Settings, settings map[string]string, v policy.Version) policy.Policy {
	mode := cmp.Or(settings["sslmode"], "prefer")
	p := policy.Policy{
		Mode: mode, Hosts: goHosts(settings["host"], s.Host), NameRule: certpath.NameGo, Doubt: goDoubt(settings),
		Profile: certpath.Profile{Validator: certpath.Go, SecurityLevel: -1}, TLS: policy.Offer{Min: "TLSv1.2"},
	}
	if p.Hosts[0].Local {
		p.Attempts = []policy.Attempt{{}}
		return p
	}
	if settings["sslnegotiation"] == "direct" && !v.Before(pgxDirect) {
		p.TLS.Direct, p.Doubt = true, policy.DirectUnknown
		if mode == "prefer" {
			mode = "require"
		}
	}
	if mode == "disable" && v.Before(pgxSystem) {
		p.Attempts = []policy.Attempt{{}} // The file is not read.
		return p
	}
	root, given := settings["sslrootcert"]
	if given && root == "" && s.StorePlace != policy.PlaceSystem {
		s.StoreDeclared = false // Set to nothing, it hides the default file.
	}
	p.Anchors = pgxAnchors(s, root, v)
	if p.Anchors.Path == "system" && p.Anchors.Source != policy.Missing {
		mode = "verify-full"
	}
	p.Mode = mode
	rootFile := p.Anchors.Source == policy.Missing || p.Anchors.Unreadable.Then == policy.RejectAll && p.Anchors.Source == policy.Declared
	if !slices.Contains(policy.Sslmodes, mode) {
		return policy.Refused("pgx does not know the sslmode value "+policy.Quoted(mode), "sslmode is invalid")
	}
	const anything = policy.TLSUnsupported | policy.TLSFailed | policy.ServerRefused
	verify := strings.HasPrefix(mode, "verify-") || mode == "require" && rootFile
	p.Attempts = policy.Order(mode, policy.Attempt{After: anything}, policy.Attempt{TLS: true, VerifyPath: verify, VerifyHost: mode == "verify-full", After: anything})
	if mode == "allow" && v.Before(pgxAllow) {
		p.Attempts[0].After = policy.TLSUnsupported // A server that refuses plaintext has the last word.
	}
	return p
}

// PgxReleases are those of pgx.
var (
	PgxReleases    = policy.NewReleases("pgx", "driver_version", "5.3", "")
	pgxAllow       = PgxReleases.Change("5.4.2")  // allow tries TLS where plaintext is refused
	pgxSystem      = PgxReleases.Change("5.7.0")  // sslrootcert=system
	pgxDirect      = PgxReleases.Change("5.7.5")  // sslnegotiation
	pgxBinding     = PgxReleases.Change("5.9.0")  // channel_binding
	pgxRequireAuth = PgxReleases.Change("5.10.0") // require_auth
	pgxOwnURIs     = PgxReleases.Change("5.11.0") // URIs are parsed as libpq does, not by net/url; $HOME, not the passwd entry
	pgxCertMode    = PgxReleases.Change("5.12.0") // sslcertmode
)

func pgxAnchors(s policy.Settings, path string, v policy.Version) policy.Anchors {
	unreadable := policy.Lack{Then: policy.RejectAll, Client: "unable to add CA to cert pool"}
	a := policy.Anchors{
		Path: path, Reader: truststore.GoCertPool, Unreadable: unreadable, Empty: unreadable,
		Missing: policy.Lack{Then: policy.RejectAll, Client: "unable to read CA file"},
	}
	if path == "system" && !v.Before(pgxSystem) {
		a.Path = ""
		a = goAnchors(s, false, a)
		a.Path = path
		return a
	}
	s.StorePlace = goPlace(s, path == "")
	return goAnchors(s, goFindsStore(s, path, !v.Before(pgxOwnURIs)), a)
}

// goAnchors completes where a Go driver takes its roots; declared says that it is the
// file at the path, or in the default place. Without a file it is the operating
// system's store: a file, or a directory of which Go reads every file.
func goAnchors(s policy.Settings, declared bool, a policy.Anchors) policy.Anchors {
	switch {
	case declared:
		a.Source = policy.Declared
	case a.Path != "":
		a.Source = policy.Missing
	case s.StoreDeclared && goPlace(s, true) == policy.PlaceSystem:
		a = a.Otherwise(policy.TakeNone)
		a.Source, a.DirectoryReader = policy.Declared, truststore.EveryFile
	default:
		a.Source = policy.SystemStore
	}
	return a
}

// goFindsStore says whether the declared store lies where a Go driver looks
// for its root file. Before homeVariable a driver takes the home directory of
// the passwd entry, so that a store below a declared HOME is not found.
func goFindsStore(s policy.Settings, path string, homeVariable bool) bool {
	if path != "" {
		return goFindsFile(s, path)
	}
	return s.StoreDeclared && s.StorePlace != policy.PlaceSystem && (homeVariable || s.Environment["HOME"] == "")
}

// goFindsFile is the same for a file that is named.
func goFindsFile(s policy.Settings, path string) bool {
	return s.StoreDeclared && policy.NamesFile(path) && s.StorePlace != policy.PlaceSystem && (s.StorePlace != policy.PlaceHome || goInHome(s, path))
}

// goInHome says whether a path that is named is that of the default root file.
func goInHome(s policy.Settings, path string) bool {
	home := s.Environment["HOME"]
	return home != "" && path == strings.TrimSuffix(home, "/")+"/.postgresql/root.crt"
}

// goHosts are the hosts of a comma-separated list; without one, the declared
// host. Where none is known, it is not the local socket either, at which there
// is no server of RDS.
func goHosts(list, fallback string) []policy.Host {
	var hosts []policy.Host
	for name := range strings.SplitSeq(list, ",") {
		if name == "" {
			name = fallback
		}
		hosts = append(hosts, policy.Host{Name: name, Local: strings.HasPrefix(name, "/")})
	}
	return hosts
}

// goPlace is where the declared store lies: without a root file of the
// driver's own, SSL_CERT_FILE and SSL_CERT_DIR name it as the operating
// system's.
//
// Source: Go 1.26 crypto/x509, root_unix.go.
func goPlace(s policy.Settings, noRootFile bool) policy.Place {
	auto := s.StorePlace == "" || s.StorePlace == policy.PlaceAuto
	if auto && noRootFile && (s.Environment["SSL_CERT_FILE"] != "" || s.Environment["SSL_CERT_DIR"] != "") {
		return policy.PlaceSystem
	}
	return s.StorePlace
}

// goDoubt names what can still keep a client out that TLS lets in.
func goDoubt(settings map[string]string) string {
	switch {
	case settings["channel_binding"] == "require":
		return "it is not known whether the server's authentication satisfies channel_binding"
	case settings["require_auth"] != "":
		return "it is not known whether the server's authentication satisfies require_auth"
	case !slices.Contains([]string{"", "any", "prefer-standby"}, settings["target_session_attrs"]):
		return "it is not known whether the server satisfies target_session_attrs"
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if strings.HasPrefix(name, "pool_") {
			return "it is not known whether the program connects through pgxpool, which reads " + name
		}
	}
	return ""
}

// PgxNames are what pgx reads. A keyword that it does not know goes to the
// server, which refuses it.
func PgxNames(policy.Settings) policy.Known {
	names := slices.Sorted(maps.Keys(pgxVariables))
	return policy.Known{Variables: append(append(names, "PGSSLPASSWORD", "PGSERVICEFILE", "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION"), goVariables...)}
}
