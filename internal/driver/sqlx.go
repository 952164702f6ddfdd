package driver

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// sqlxProperties are what a program sets in code, by the names of
// PgConnectOptions, and the Cargo feature of TLS that it was built with.
var sqlxProperties = []string{
	"tls", "ssl_mode", "ssl_root_cert", "host", "port", "username", "database", "application_name", "rustls_version",
}

// sqlxModes are the values of sslmode; case does not count.
var sqlxModes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// sqlxContext is the rustls from which a wrong name is another error, which
// sqlx 0.8 does not know for one in verify-ca.
var sqlxContext = fullRelease{0, 23, 24}

// sqlx returns the policy of launchbadge/sqlx 0.6 to 0.8.
//
// The default is prefer: TLS without verification, and plaintext only where the
// server has no TLS, never after a handshake that fails. allow is plaintext and
// nothing else. Only verify-ca and verify-full verify, whether there is a root
// file or not: require does not. The file is named in the URL or by
// PGSSLROOTCERT; ~/.postgresql/root.crt is not read. Since 0.7 native-tls reads
// it in every mode with TLS, and fails where it is missing.
//
// Source: launchbadge/sqlx v0.6.3, v0.7.4 and v0.8.6: sqlx-postgres (in 0.6
// sqlx-core), src/options/mod.rs, PgConnectOptions::new_without_pgpass; parse.rs,
// parse_from_url; src/connection/tls.rs, maybe_upgrade; sqlx-core,
// src/net/tls/tls_rustls.rs and tls_native_tls.rs, handshake. Read, not run.
func sqlx(s Settings) Policy {
	version, known := parseFullRelease(s.Version)
	if !known || s.Version != "" && (version.before(0, 6, 0) || !version.before(0, 9, 0)) {
		return Policy{Undecided: "the rules cover sqlx 0.6 to 0.8, not " + strconv.Quote(s.Version)}
	}
	if name := unknownProperty(s.Properties, sqlxProperties); name != "" {
		return Policy{Undecided: "the property " + name + " is not covered"}
	}
	options, refused := sqlxOptions(s, version)
	if refused != "" {
		return goRefused("sqlx does not take the settings", refused)
	}
	mode := cmp.Or(options["sslmode"], "prefer")
	policy := Policy{Mode: mode, Hosts: []Host{{Name: options["host"], Local: strings.HasPrefix(options["host"], "/")}}}
	switch {
	case mode == "disable" || mode == "allow":
		policy.Attempts = []Attempt{{}}
		return policy
	case (options["sslcert"] != "" || options["sslkey"] != "") && !version.before(0, 7, 0):
		return Policy{Undecided: "the settings name a client certificate, whose file is not declared"}
	case policy.Hosts[0].Local && mode == "prefer":
		policy.Attempts = []Attempt{{}}
		return policy
	case policy.Hosts[0].Local:
		return Policy{Rejection: &Rejection{
			Reason: ReasonContradictorySettings, Detail: "there is no TLS over a Unix socket", Client: "server does not support TLS",
		}}
	}
	verify := mode == "verify-ca" || mode == "verify-full"
	policy.Attempts = []Attempt{{TLS: true, VerifyPath: verify, VerifyHost: mode == "verify-full"}}
	if mode == "prefer" {
		policy.Attempts = []Attempt{{TLS: true, After: TLSUnsupported}, {}}
	}
	return sqlxTLS(s, policy, options["sslrootcert"], version)
}

// sqlxTLS adds what the Cargo feature decides. Without one declared either
// library can be meant.
func sqlxTLS(s Settings, policy Policy, root string, version fullRelease) Policy {
	feature := strings.ToLower(s.Properties["tls"])
	switch {
	case feature == "none" || feature == "tls-none":
		return sqlxWithoutTLS(policy)
	case strings.HasSuffix(feature, "native-tls"):
		return sqlxNativeTLS(s, policy, root, version)
	case strings.Contains(feature, "native-roots"):
		return sqlxRustls(s, policy, root, version, true)
	case strings.Contains(feature, rustRustls):
		return sqlxRustls(s, policy, root, version, false)
	case feature != "":
		return Policy{Undecided: "the Cargo feature " + strconv.Quote(feature) + " is not covered"}
	}
	return Policy{
		Undecided: "which Cargo feature sqlx is built with (property tls: tls-native-tls, tls-rustls, tls-rustls-ring-native-roots or tls-none) is not declared",
		Alternatives: []Policy{
			sqlxNativeTLS(s, policy, root, version), sqlxRustls(s, policy, root, version, false), sqlxRustls(s, policy, root, version, true),
		},
	}
}

func sqlxWithoutTLS(policy Policy) Policy {
	if policy.Mode == "prefer" {
		policy.Attempts = []Attempt{{}}
		return policy
	}
	return Policy{Rejection: &Rejection{
		Reason: ReasonContradictorySettings, Detail: "the mode demands TLS, and sqlx is built without it",
		Client: "TLS upgrade required by connect options",
	}}
}

func sqlxNativeTLS(s Settings, policy Policy, root string, version fullRelease) Policy {
	if reason := rustPlatform(s.Runtime); reason != "" {
		return Policy{Undecided: reason}
	}
	library := nativeTLS(s, root, truststore.NativeTLSPEM)
	if root != "" && version.before(0, 7, 0) {
		library.anchors.WhenUnreadable, library.anchors.WhenNoAnchors = FailAttempt, FailAttempt
	}
	return library.apply(policy)
}

// sqlxRustls is rustls, whose roots are Mozilla's, compiled in, or with
// nativeRoots the operating system's. The name must be one that rustls takes,
// in every mode.
func sqlxRustls(s Settings, policy Policy, root string, version fullRelease, nativeRoots bool) Policy {
	library := rustls(s, root)
	if nativeRoots && s.StoreDeclared && (s.StorePlace == PlaceSystem || root == "" && s.Environment["SSL_CERT_FILE"] != "" && s.StorePlace != PlaceHome) {
		library.anchors.Source, library.anchors.Path = Declared, s.Environment["SSL_CERT_FILE"]
		library.anchors.Reader = truststore.GoCertPool // A block that is none is passed over.
		library.anchors.WhenUnreadable, library.anchors.WhenNoAnchors = TakeNone, TakeNone
	}
	if version.before(0, 8, 0) {
		library.anchors.ReaderVersion = "1"
	}
	policy = library.apply(policy)
	host := policy.Hosts[0].Name
	if strings.HasPrefix(host, "[") || strings.HasPrefix(host, ".") {
		return goRefused("rustls does not take the host's name for one", "invalid dns name")
	}
	if version.before(0, 7, 0) && isAddress(host) {
		// An address is no name for rustls 0.20, so that verify-ca fails too.
		policy.Hosts = []Host{{}}
		policy.Attempts[0].VerifyHost = policy.Attempts[0].VerifyPath
	}
	return sqlxName(s, policy, version)
}

// sqlxName is verify-ca of 0.8, which must pass over a wrong name: since rustls
// 0.23.24 it no longer does.
func sqlxName(s Settings, policy Policy, version fullRelease) Policy {
	if policy.Mode != "verify-ca" || version.before(0, 8, 0) {
		return policy
	}
	strict := policy
	strict.Attempts = []Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	release, known := parseFullRelease(s.Properties["rustls_version"])
	switch given := s.Properties["rustls_version"] != ""; {
	case given && known && release.before(sqlxContext[0], sqlxContext[1], sqlxContext[2]):
		return policy
	case given && known:
		return strict
	}
	return Policy{
		Undecided:    "whether verify-ca passes over a wrong name depends on the release of rustls (property rustls_version)",
		Alternatives: []Policy{policy, strict},
	}
}

// sqlxVariables are the environment variables that matter to TLS.
var sqlxVariables = map[string]string{
	"PGHOST": "host", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGSSLCERT": "sslcert", "PGSSLKEY": "sslkey",
}

// sqlxOptions merges the environment, the URL and what is set in code. A mode
// that PGSSLMODE names wrongly is ignored, one of the URL is refused.
func sqlxOptions(s Settings, version fullRelease) (options map[string]string, refused string) {
	options = map[string]string{}
	for variable, name := range sqlxVariables {
		if value, set := s.Environment[variable]; set {
			options[name] = value
		}
	}
	if address, set := s.Environment["PGHOSTADDR"]; set && !version.before(0, 8, 0) {
		options["host"] = address
	}
	if options["sslmode"] = strings.ToLower(options["sslmode"]); !slices.Contains(sqlxModes, options["sslmode"]) {
		delete(options, "sslmode")
	}
	if strings.HasPrefix(strings.TrimSpace(options["sslrootcert"]), "-----BEGIN") {
		options["sslrootcert"] = "PGSSLROOTCERT" // Its value is the content.
	}
	given, refused := sqlxURL(s.Connection)
	if refused != "" {
		return nil, refused
	}
	maps.Copy(options, given)
	for property, name := range map[string]string{"ssl_root_cert": "sslrootcert", "host": "host"} {
		if value, set := s.Properties[property]; set {
			options[name] = value
		}
	}
	if mode := s.Properties["ssl_mode"]; mode != "" {
		named := strings.ToLower(strings.TrimPrefix(mode, "PgSslMode::"))
		i := slices.IndexFunc(sqlxModes, func(m string) bool { return named == m || named == strings.ReplaceAll(m, "-", "") })
		if i < 0 {
			return nil, "unknown value " + strconv.Quote(mode) + " for `ssl_mode`"
		}
		options["sslmode"] = sqlxModes[i]
	}
	options["host"] = cmp.Or(options["host"], s.Host, "localhost")
	return options, ""
}

// sqlxAliases are the other names of parameters.
var sqlxAliases = map[string]string{
	"ssl-mode": "sslmode", "ssl-root-cert": "sslrootcert", "ssl-ca": "sslrootcert", "ssl-cert": "sslcert", "ssl-key": "sslkey", "hostaddr": "host",
}

// sqlxURL reads a connection URL, of any scheme. The host is taken as it
// stands, with the brackets of an IPv6 address; parameters that sqlx does not
// know are ignored.
func sqlxURL(connection string) (options map[string]string, refused string) {
	if connection == "" {
		return nil, ""
	}
	u, refused := parseRustURL(connection)
	if refused != "" {
		return nil, refused
	}
	options = map[string]string{}
	if u.host != "" {
		options["host"] = u.host
		if decoded := lenientUnescape(u.host, false); strings.HasPrefix(decoded, "/") {
			options["host"] = decoded
		}
	}
	for _, parameter := range u.query {
		name, value := cmp.Or(sqlxAliases[parameter[0]], parameter[0]), parameter[1]
		if name == "sslmode" {
			if value = strings.ToLower(value); !slices.Contains(sqlxModes, value) {
				return nil, "for `ssl_mode`"
			}
		}
		options[name] = value
	}
	if strings.Contains(options["host"], ",") {
		return nil, "failed to lookup address information"
	}
	return options, ""
}
