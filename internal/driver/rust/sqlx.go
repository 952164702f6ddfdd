package rust

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// sqlxProperties are what a program sets in code, by the names of
// PgConnectOptions, and the Cargo feature of TLS that it was built with.
var sqlxProperties = strings.Fields(`tls ssl_mode ssl_root_cert host port username database application_name rustls_version`)

// SQLxReleases are those of sqlx.
var (
	SQLxReleases = policy.NewReleases("sqlx", "driver_version", "0.6", "0.10")
	sqlx7        = SQLxReleases.Change("0.7.0") // native-tls reads the root file in every mode; rustls 0.21
	sqlx8        = SQLxReleases.Change("0.8.0") // rustls 0.23
	sqlxAddress  = SQLxReleases.Change("0.8.5") // PGHOSTADDR
	sqlx9        = SQLxReleases.Change("0.9.0") // verify-ca knows both errors of rustls about a name
)

// SQLx returns the policy of launchbadge/sqlx 0.6 to 0.9.
//
// The default is prefer: TLS without verification, and plaintext only where the
// server has no TLS, never after a handshake that fails. allow is plaintext and
// nothing else. Only verify-ca and verify-full verify, whether there is a root
// file or not: require does not. The file is named in the URL or by
// PGSSLROOTCERT; ~/.postgresql/root.crt is not read. Since 0.7 native-tls reads
// it in every mode with TLS, and fails where it is missing.
//
// Source: launchbadge/sqlx v0.6.3, v0.7.4, v0.8.6 and v0.9.0: sqlx-postgres (in
// 0.6 sqlx-core), src/options/mod.rs, PgConnectOptions::new_without_pgpass; parse.rs,
// parse_from_url; src/connection/tls.rs, maybe_upgrade; sqlx-core,
// src/net/tls/tls_rustls.rs and tls_native_tls.rs, handshake. 0.7.4, 0.8.3, 0.8.6
// and 0.9.0 were run; 0.6 is from source.
func SQLx(s policy.Settings) policy.Policy {
	return SQLxReleases.Each(s.Version, func(v policy.Version) policy.Policy { return sqlxRelease(s, v) })
}

func sqlxRelease(s policy.Settings, v policy.Version) policy.Policy {
	if name := unknownProperty(s.Properties, sqlxProperties); name != "" {
		return policy.Policy{Undecided: "the rules do not cover the property " + name}
	}
	options, refused := sqlxOptions(s, v)
	if refused != "" {
		return policy.Refused("sqlx does not accept the settings", refused)
	}
	mode := cmp.Or(options["sslmode"], "prefer")
	p := policy.Policy{Mode: mode, Hosts: []policy.Host{{Name: options["host"], Local: strings.HasPrefix(options["host"], "/")}}}
	switch {
	case mode == "disable" || mode == "allow":
		p.Attempts = []policy.Attempt{{}}
		return p
	case (options["sslcert"] != "" || options["sslkey"] != "") && !v.Before(sqlx7):
		return policy.Policy{Undecided: rustCertificate(s, cmp.Or(options["sslcert"], options["sslkey"]))}
	case p.Hosts[0].Local && mode == "prefer":
		p.Attempts = []policy.Attempt{{}}
		return p
	case p.Hosts[0].Local:
		return rustSocket
	}
	verify := mode == "verify-ca" || mode == "verify-full"
	tls := policy.Attempt{TLS: true, VerifyPath: verify, VerifyHost: mode == "verify-full", After: policy.TLSUnsupported}
	p.Attempts = policy.Order(mode, policy.Attempt{}, tls)
	return sqlxTLS(s, p, options["sslrootcert"], v)
}

// sqlxTLS adds what the Cargo feature decides. Without one declared either
// library can be meant.
func sqlxTLS(s policy.Settings, p policy.Policy, root string, v policy.Version) policy.Policy {
	feature := strings.ToLower(s.Properties["tls"])
	switch {
	case (feature == "none" || feature == "tls-none") && p.Mode == "prefer":
		p.Attempts = []policy.Attempt{{}}
		return p
	case feature == "none" || feature == "tls-none":
		return policy.Policy{Rejection: policy.Contradictory("the mode requires TLS, but sqlx is built without TLS", "TLS upgrade required by connect options")}
	case strings.HasSuffix(feature, "native-tls"):
		return sqlxNativeTLS(s, p, root, v)
	case strings.Contains(feature, "native-roots"):
		return sqlxRustls(s, p, root, v, true)
	case strings.Contains(feature, rustRustls):
		return sqlxRustls(s, p, root, v, false)
	case feature != "":
		return policy.Policy{Undecided: "the rules do not cover the Cargo feature " + policy.Quoted(feature)}
	}
	return policy.Policy{
		Undecided: "it is not declared which Cargo feature sqlx is built with (property \"tls\": tls-native-tls, tls-rustls, tls-rustls-ring-native-roots or tls-none)",
		Alternatives: []policy.Alternative{
			{If: "native-tls", Policy: sqlxNativeTLS(s, p, root, v)},
			{If: "rustls with the roots of webpki", Policy: sqlxRustls(s, p, root, v, false)},
			{If: "rustls with native roots", Policy: sqlxRustls(s, p, root, v, true)},
		},
	}
}

func sqlxNativeTLS(s policy.Settings, p policy.Policy, root string, v policy.Version) policy.Policy {
	return eachNativeTLS(s, root, truststore.NativeTLSPEM, func(library rustTLS) policy.Policy {
		if root != "" && v.Before(sqlx7) {
			library.anchors = library.anchors.Otherwise(policy.FailAttempt)
		}
		return library.apply(p)
	})
}

// sqlxRustls is rustls, whose roots are Mozilla's, compiled in, or with
// nativeRoots the operating system's. The name must be one that rustls takes,
// in every mode.
func sqlxRustls(s policy.Settings, p policy.Policy, root string, v policy.Version, nativeRoots bool) policy.Policy {
	library := rustls(s, root)
	if nativeRoots && s.StoreDeclared && (s.StorePlace == policy.PlaceSystem || root == "" && s.Environment["SSL_CERT_FILE"] != "" && s.StorePlace != policy.PlaceHome) {
		library.anchors.Source, library.anchors.Path = policy.Declared, s.Environment["SSL_CERT_FILE"]
		library.anchors.Reader = truststore.GoCertPool // A block that is none is passed over.
		library.anchors.Directory, library.anchors.DirectoryReader = nil, truststore.OpenSSLDefault
		library.anchors = library.anchors.Otherwise(policy.TakeNone)
	}
	if v.Before(sqlx8) {
		library.anchors.ReaderVersion = "1"
	}
	p = library.apply(p)
	host := p.Hosts[0].Name
	if strings.HasPrefix(host, "[") || strings.HasPrefix(host, ".") {
		return policy.Refused("the TLS library rustls does not accept the host name", "invalid dns name")
	}
	if v.Before(sqlx7) && policy.IsAddress(host) {
		// An address is no name for rustls 0.20, so that verify-ca fails too.
		p.Hosts = []policy.Host{{}}
		p.Attempts[0].VerifyHost = p.Attempts[0].VerifyPath
	}
	return sqlxName(s, p, v)
}

// sqlxName is verify-ca of 0.8, which must pass over a wrong name: since rustls
// 0.23.24 it no longer does, which 0.9 mends.
func sqlxName(s policy.Settings, p policy.Policy, v policy.Version) policy.Policy {
	if p.Mode != "verify-ca" || v.Before(sqlx8) || !v.Before(sqlx9) {
		return p
	}
	strict := p
	strict.Attempts = []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	return rustlsReleases.Each(s.Properties["rustls_version"], func(rustls policy.Version) policy.Policy {
		if rustls.Before(rustlsContext) {
			return p
		}
		return strict
	})
}

// sqlxVariables are the environment variables that matter to TLS.
var sqlxVariables = map[string]string{
	"PGHOST": "host", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGSSLCERT": "sslcert", "PGSSLKEY": "sslkey",
}

// sqlxOptions merges the environment, the URL and what is set in code. A mode
// that PGSSLMODE names wrongly is ignored, one of the URL is refused.
func sqlxOptions(s policy.Settings, v policy.Version) (options map[string]string, refused string) {
	options = map[string]string{}
	for variable, name := range sqlxVariables {
		if value, set := s.Environment[variable]; set {
			options[name] = value
		}
	}
	if address, set := s.Environment["PGHOSTADDR"]; set && !v.Before(sqlxAddress) {
		options["host"] = address
	}
	if options["sslmode"] = strings.ToLower(options["sslmode"]); !slices.Contains(policy.Sslmodes, options["sslmode"]) {
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
		i := slices.IndexFunc(policy.Sslmodes, func(m string) bool { return named == m || named == strings.ReplaceAll(m, "-", "") })
		if i < 0 {
			return nil, "unknown value " + strconv.Quote(mode) + " for `ssl_mode`"
		}
		options["sslmode"] = policy.Sslmodes[i]
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
		if decoded := conninfo.LenientUnescape(u.host, false); strings.HasPrefix(decoded, "/") {
			options["host"] = decoded
		}
	}
	for _, parameter := range u.query {
		name, value := cmp.Or(sqlxAliases[parameter[0]], parameter[0]), parameter[1]
		if address, err := netip.ParseAddr(value); parameter[0] == "hostaddr" && (err != nil || address.Zone() != "") {
			return nil, "invalid IP address syntax"
		}
		if name == "sslmode" {
			if value = strings.ToLower(value); !slices.Contains(policy.Sslmodes, value) {
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

// SQLxNames are the parameters and variables of sqlx, which passes over every
// other parameter with a line in its log.
//
// Source: launchbadge/sqlx v0.6.3 to v0.9.0, options/parse.rs, parse_from_url,
// and options/mod.rs, new_without_pgpass.
func SQLxNames(policy.Settings) policy.Known {
	return policy.Known{
		Properties: sqlxProperties,
		Parameters: strings.Fields(`sslmode ssl-mode sslrootcert ssl-root-cert ssl-ca sslcert ssl-cert sslkey ssl-key statement-cache-capacity host hostaddr
			port dbname user password application_name options options[*`),
		Given: queryOf,
		Variables: append([]string{
			"PGPORT", "PGHOSTADDR", "PGHOST", "PGUSER", "PGDATABASE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLMODE", "PGAPPNAME", "PGOPTIONS",
		}, openssl.Variables...),
	}
}
