package python

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// asyncpgArguments are the arguments of asyncpg.connect that a declaration
// may give as properties, and what describes an SSLContext.
var asyncpgArguments = strings.Fields(`dsn host port user password passfile database timeout statement_cache_size max_cached_statement_lifetime
	max_cacheable_statement_size command_timeout ssl direct_tls server_settings cafile check_hostname verify_mode`)

// asyncpgArgumentsLater are arguments that exist only since a release.
var asyncpgArgumentsLater = map[string]policy.Version{
	"target_session_attrs": asyncpgTargets, "krbsrvname": asyncpgKerberos, "gsslib": asyncpgKerberos,
	"service": asyncpgServices, "servicefile": asyncpgServices,
}

// Asyncpg returns the policy of asyncpg, 0.25 and later.
//
// The argument ssl wins over sslmode in the DSN, and that over PGSSLMODE; the
// default is prefer. prefer and allow never verify and never look at a root
// file. require verifies the path when the file that sslrootcert,
// PGSSLROOTCERT or ~/.postgresql/root.crt names is there: a named file that is
// missing is an error, the default one only for verify-ca and verify-full.
// Plaintext follows TLS, and TLS plaintext, only after SQLSTATE 28000 or an
// answer of N; since 0.32 prefer goes on after a failed handshake too.
//
// Source: MagicStack/asyncpg v0.25.0 to v0.32.0, connect_utils.py,
// _parse_connect_dsn_and_args, _connect_addr. Measured with 0.27.0 to 0.32.0 on
// Python 3.11.2 and OpenSSL 3.0; the other releases are from source.
func Asyncpg(s policy.Settings) policy.Policy {
	return AsyncpgReleases.Each(s.Version, func(v policy.Version) policy.Policy {
		return eachPython(s.Runtime, func(python policy.Version) policy.Policy { return asyncpgRelease(s, v, python) })
	})
}

// AsyncpgReleases are those of asyncpg.
var (
	AsyncpgReleases = policy.NewReleases("asyncpg", "driver_version", "0.25", "")
	asyncpgTargets  = AsyncpgReleases.Change("0.29") // target_session_attrs
	asyncpgKerberos = AsyncpgReleases.Change("0.30") // krbsrvname, gsslib, sslnegotiation
	asyncpgServices = AsyncpgReleases.Change("0.31") // service, servicefile
	asyncpgRetries  = AsyncpgReleases.Change("0.32") // prefer goes on after a failed handshake; direct needs require and names its protocol
)

func asyncpgRelease(s policy.Settings, v, python policy.Version) policy.Policy {
	dsn, refused := parseAsyncpgDSN(cmp.Or(s.Connection, s.Properties["dsn"]))
	if refused != "" {
		return policy.Refused("asyncpg does not accept the connection string", refused)
	}
	if p, stop := asyncpgUnusable(s, dsn, v); stop {
		return p
	}
	p := policy.Policy{NameRule: certpath.NameOpenSSL, Hosts: asyncpgHostList(s, dsn)}
	p.TLS.Direct = asyncpgDirect(s, dsn, v)
	p = asyncpgTransport(s, dsn, python, p)
	if v.Before(asyncpgRetries) {
		return asyncpgWithoutTLS(p)
	}
	return asyncpgCurrent(p)
}

// asyncpgCurrent is what 0.32 does otherwise. Its direct handshake names the
// protocol, so that PostgreSQL 17 takes it.
func asyncpgCurrent(p policy.Policy) policy.Policy {
	if p.TLS.Direct {
		if slices.ContainsFunc(p.Attempts, func(a policy.Attempt) bool { return !a.TLS }) {
			return policy.Refused("direct TLS works only with sslmode require and stronger modes", "direct TLS requires sslmode=require")
		}
		p.Doubt = policy.DirectNeeds17
	}
	if p.Mode == "prefer" {
		p.Attempts = slices.Clone(p.Attempts)
		p.Attempts[0].After |= policy.TLSFailed
		if tls := p.TLS; tls.Max != "" && (tls.Max < "TLSv1.2" || tls.Max < tls.Min) {
			p.Attempts = p.Attempts[1:] // No server and no OpenSSL of today has a version for it.
		}
		return p
	}
	direct := p.TLS.Direct
	p.TLS.Direct = false
	p = asyncpgWithoutTLS(p)
	p.TLS.Direct = direct && p.Rejection == nil
	return p
}

// asyncpgWithoutTLS drops the attempts of TLS that no server answers: asyncpg
// names no protocol in a direct handshake, which PostgreSQL demands, and
// servers and OpenSSL's security level leave nothing below TLS 1.2.
func asyncpgWithoutTLS(p policy.Policy) policy.Policy {
	tls := p.TLS
	if !tls.Direct && (tls.Max == "" || tls.Max >= "TLSv1.2" && tls.Max >= tls.Min) {
		return p
	}
	i := slices.IndexFunc(p.Attempts, func(a policy.Attempt) bool { return a.TLS })
	switch {
	case i < 0:
		return p
	case i == 0 && tls.Direct:
		return policy.Refused("the server does not accept the direct TLS of this release of asyncpg, which names no protocol (ALPN)", "")
	case i == 0:
		return policy.Refused("the settings leave no usable TLS version", "")
	}
	p.Attempts = p.Attempts[:i]
	p.PlaintextError = "[SSL: " // It prints the error of its second attempt.
	return p
}

// asyncpgUnusable finds settings that end in an error wherever the client
// connects, or that the rules do not cover.
func asyncpgUnusable(s policy.Settings, dsn asyncpgDSN, v policy.Version) (policy.Policy, bool) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		since, later := asyncpgArgumentsLater[name]
		if !slices.Contains(asyncpgArguments, name) && (!later || v.Before(since)) {
			return policy.Refused("asyncpg.connect has no argument "+policy.Quoted(name), "got an unexpected keyword argument"), true
		}
	}
	refused, unknown := dsn.foreign(v)
	switch {
	case pythonIsExpression(s.Properties["ssl"]):
		return policy.Policy{Undecided: unknownContext}, true
	case dsn.query["service"] != "" && !v.Before(asyncpgServices), s.Properties["service"] != "":
		return policy.Policy{Undecided: "the settings name a service, and the service file may contain more settings"}, true
	case refused == "ssl":
		return policy.Refused("asyncpg passes ssl on to the server, which does not let a session set it: use the keyword sslmode instead", `parameter "ssl" cannot be changed`), true
	case refused != "":
		return policy.Refused("asyncpg passes "+policy.Quoted(refused)+" on to the server, which does not know it", "parameter"), true
	case unknown != "":
		return policy.Policy{Undecided: "asyncpg passes " + policy.Quoted(unknown) + " on to the server, and it is not known whether the server accepts it"}, true
	}
	return policy.Policy{}, false
}

// asyncpgHostList returns the hosts that are tried. Without any, asyncpg
// looks for a socket, and then at localhost.
func asyncpgHostList(s policy.Settings, dsn asyncpgDSN) []policy.Host {
	names := dsn.hosts
	if host := s.Properties["host"]; host != "" {
		names = []string{host}
	}
	if len(names) == 0 {
		names, _ = asyncpgHosts(s.Environment["PGHOST"], false)
	}
	switch {
	case len(names) > 0:
	case s.Host != "":
		names = []string{s.Host}
	default:
		names = []string{"/run/postgresql", "localhost"}
	}
	hosts := make([]policy.Host, len(names))
	for i, name := range names {
		hosts[i] = policy.Host{Name: name, Local: strings.HasPrefix(name, "/")}
	}
	return hosts
}

func asyncpgDirect(s policy.Settings, dsn asyncpgDSN, v policy.Version) bool {
	if given, ok := s.Properties["direct_tls"]; ok {
		return strings.EqualFold(given, "true")
	}
	return cmp.Or(dsn.query["sslnegotiation"], s.Environment["PGSSLNEGOTIATION"]) == "direct" && !v.Before(asyncpgKerberos)
}

// asyncpgMode returns the effective sslmode; given is false where ssl is an
// argument that is no mode: a Boolean or an SSLContext.
func asyncpgMode(s policy.Settings, dsn asyncpgDSN) (mode string, given bool) {
	if ssl, ok := s.Properties["ssl"]; ok {
		isBool := strings.EqualFold(ssl, "true") || strings.EqualFold(ssl, "false")
		return ssl, !isBool && !pythonIsContext(ssl)
	}
	if mode, ok := dsn.query["sslmode"]; ok {
		return mode, true
	}
	if mode, ok := s.Environment["PGSSLMODE"]; ok {
		return mode, true
	}
	return "prefer", true
}

// asyncpgTransport fills in the attempts and where they take their anchors.
func asyncpgTransport(s policy.Settings, dsn asyncpgDSN, python policy.Version, p policy.Policy) policy.Policy {
	mode, given := asyncpgMode(s, dsn)
	p.Mode = mode
	switch {
	case !given && strings.EqualFold(mode, "false"):
		p.Attempts = []policy.Attempt{{}}
		return p
	case !given && strings.EqualFold(mode, "true"):
		p.Profile, p.Anchors = pythonProfile(python, true), openssl.DefaultStore(s)
		p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
		return p
	case !given:
		attempt, anchors := pythonContext(s)
		p.Profile, p.Anchors, p.Attempts = pythonProfile(python, true), anchors, []policy.Attempt{attempt}
		return p
	}
	p.Profile = pythonProfile(python, false)
	mode = strings.ReplaceAll(mode, "-", "_")
	if mode != "disable" {
		if stop := asyncpgCertificate(s, dsn); stop != nil {
			return *stop
		}
		var refused string
		if p.TLS, refused = asyncpgOffer(s, dsn, p.TLS); refused != "" {
			return policy.Refused("the settings contain a TLS version that Python's ssl module does not know", refused)
		}
	}
	switch mode {
	case "disable", "allow", "prefer":
		tls := policy.Attempt{TLS: true, After: policy.TLSUnsupported | policy.ServerRefused}
		p.Attempts = policy.Order(mode, policy.Attempt{After: policy.ServerRefused}, tls)
	case "require", "verify_ca", "verify_full":
		return asyncpgVerifying(s, dsn, mode, p)
	default:
		return policy.Refused("asyncpg does not know the sslmode value "+policy.Quoted(mode), "`sslmode` parameter must be one of: disable, allow, prefer, require, verify-ca, verify-full")
	}
	return p
}

// asyncpgVerifying is require and the stricter modes: all look for a root
// file, and require does without when the default one is not there.
func asyncpgVerifying(s policy.Settings, dsn asyncpgDSN, mode string, p policy.Policy) policy.Policy {
	if dsn.query["sslcrl"] != "" || s.Environment["PGSSLCRL"] != "" {
		p.TLSDoubt = policy.RevocationList
	}
	attempt := policy.Attempt{TLS: true, VerifyPath: true, VerifyHost: mode == "verify_full"}
	path, named := dsn.query["sslrootcert"]
	if !named {
		path = s.Environment["PGSSLROOTCERT"]
	}
	switch {
	case path != "":
		p.Anchors = pythonNamedStore(s, path)
	case s.StoreDeclared && s.StorePlace != policy.PlaceSystem && (s.StorePlace == policy.PlaceHome || !s.NamesStoreOfOthers()):
		p.Anchors = policy.Anchors{Source: policy.Declared, Reader: truststore.OpenSSLFile}.Otherwise(policy.RejectAll)
	case mode == "require":
		attempt.VerifyPath = false
	default:
		p.Anchors = policy.Anchors{
			Source: policy.Missing, Reader: truststore.OpenSSLFile, Missing: policy.Lack{Client: "root certificate file"},
		}.Otherwise(policy.RejectAll)
	}
	p.Attempts = []policy.Attempt{attempt}
	return p
}

// asyncpgOffer reads the bounds of the TLS version. The second value is the
// client's own error.
func asyncpgOffer(s policy.Settings, dsn asyncpgDSN, offer policy.Offer) (policy.Offer, string) {
	bound := func(keyword, variable, otherwise string) (string, string) {
		value, given := dsn.query[keyword]
		if !given {
			value = s.Environment[variable]
		}
		switch name := strings.ReplaceAll(value, ".", "_"); {
		case strings.HasPrefix(value, "SSL"):
			return value, "Unsupported TLS version"
		case value == "", name == "MINIMUM_SUPPORTED", name == "MAXIMUM_SUPPORTED":
			return otherwise, ""
		case slices.Contains([]string{"TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"}, name):
			return strings.ReplaceAll(name, "_", "."), ""
		}
		return value, "No such TLS version"
	}
	var refused string
	if offer.Min, refused = bound("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", "TLSv1.2"); refused != "" {
		return offer, refused
	}
	offer.Max, refused = bound("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", "")
	return offer, refused
}

// AsyncpgNames are what asyncpg reads: an argument that it does not know is an
// error, and a keyword of the URL goes to the server, which refuses it.
//
// Source: MagicStack/asyncpg v0.22.0 to v0.31.0, connect_utils.py,
// _parse_connect_dsn_and_args.
func AsyncpgNames(policy.Settings) policy.Known {
	return policy.Known{Variables: append([]string{
		"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE", "PGSSLMODE", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL",
		"PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGSSLNEGOTIATION", "PGTARGETSESSIONATTRS", "PGKRBSRVNAME", "PGGSSLIB",
	}, openssl.Variables...)}
}
