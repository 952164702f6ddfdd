package node

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/startup"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// BunReleases are those of Bun whose client of PostgreSQL is covered.
var (
	BunReleases = policy.NewReleases("Bun", "driver_version", "1.2.23", "1.5")
	bunModes    = BunReleases.Change("1.4.0") // PGSSLMODE, ssl in the URL, and an option that verifies
)

// bunURLs are the variables that name the server, the first that is set. One
// that starts with TLS_ means require.
var bunURLs = []string{"DATABASE_URL", "TLS_DATABASE_URL", "POSTGRES_URL", "PGURL", "PG_URL", "TLS_POSTGRES_DATABASE_URL"}

// bunModeNames are the values of sslmode, lower case.
var bunModeNames = map[string]string{
	"": bunDisable, bunDisable: bunDisable, "allow": bunPrefer, bunPrefer: bunPrefer, bunRequire: bunRequire, "required": bunRequire,
	bunVerifyCA: bunVerifyCA, "verify_ca": bunVerifyCA, bunVerifyFull: bunVerifyFull, "verify_full": bunVerifyFull,
}

// The modes of Bun.
const (
	bunDisable    = "disable"
	bunPrefer     = "prefer"
	bunRequire    = "require"
	bunVerifyCA   = "verify-ca"
	bunVerifyFull = "verify-full"
)

// Bun returns the policy of Bun's own client, Bun.SQL, 1.2.23 to 1.4.
//
// The default is plaintext. Only verify-ca and verify-full verify, up to 1.3 both path
// and name, and rejectUnauthorized: false or NODE_TLS_REJECT_UNAUTHORIZED=0 turns
// that off. Up to 1.3 the option tls, or ssl, leaves the mode as it is, and is
// prefer where there is none: a ca alone verifies nothing. Since 1.4 an object
// with ca, caFile or rejectUnauthorized: true is verify-full, any other at least
// require; a text is the mode, and PGSSLMODE is read. Up to 1.3 no mode goes on in
// plaintext: prefer waits for ever where the server has no TLS. Roots are Mozilla's
// and those of NODE_EXTRA_CA_CERTS, or the ca.
//
// The path is validated by BoringSSL, which has no rules here: what OpenSSL, Go,
// Java and webpki agree on stands.
//
// Source: oven-sh/bun, src/js/internal/sql/shared.ts, parseOptions, at 00099222;
// src/sql/postgres/PostgresSQLConnection.zig, onHandshake, at 015de544. Run by hand:
// 1.2.23, 1.3.0, 1.3.14, 1.4.0 and 1.4.5, which differ from that source in the
// order of the variables.
func Bun(s policy.Settings) policy.Policy {
	return BunReleases.Each(s.Version, func(v policy.Version) policy.Policy { return bunRelease(s, v) })
}

func bunRelease(s policy.Settings, v policy.Version) policy.Policy {
	connection, mode := bunConnection(s)
	if !strings.Contains(connection, "://") {
		connection = "postgres://" + connection
	}
	u, refused := parseNodeURL(connection)
	scheme, _, _ := strings.Cut(connection, "://")
	host := cmp.Or(s.Properties["hostname"], s.Properties["host"], u.host, s.Environment["PGHOST"], s.Host, "localhost")
	sent, words := map[string]string{}, 0
	for name, value := range u.query {
		switch strings.ToLower(name) {
		case "sslmode":
			mode, words = cmp.Or(value, bunDisable), words+1
		case "path":
			return policy.Policy{Undecided: "the rules for Bun do not cover Unix sockets"}
		default:
			sent[name] = value
		}
	}
	switch {
	case !slices.Contains([]string{"postgres", "postgresql"}, scheme):
		return policy.Policy{Undecided: "the rules for Bun cover only postgres:// and postgresql:// URLs, not " + policy.Quoted(scheme+"://")}
	case hasName(s.Properties, "path") || strings.HasPrefix(host, "/"):
		return policy.Policy{Undecided: "the rules for Bun do not cover Unix sockets"}
	case refused != "" || strings.ContainsAny(host, ",[]%"):
		return policy.Policy{Undecided: "the rules for Bun cover a single host, not " + policy.Quoted(cmp.Or(u.list, host))}
	case words > 1 || strings.Count(strings.ToLower(connection), "sslmode=") > 1:
		return policy.Policy{Undecided: "the rules for Bun do not cover a URL that sets sslmode more than once"}
	}
	if !v.Before(bunModes) {
		return bunNewer(s, mode, host, sent)
	}
	written := strings.ToLower(mode)
	mode, known := bunModeNames[written]
	if !known || written == "allow" {
		return policy.Refused("Bun does not know this value of sslmode", "'sslmode'")
	}
	object, given := bunObject(s)
	switch option := s.Properties[object]; {
	case given && option != "" && option != "true" && option != "object" && mode == bunDisable:
		return policy.Refused("the option "+object+" is a string, which only Bun 1.4 and later accept", "tls must be a boolean or an object")
	case given && option != "" && option != "true" && option != "object":
		return policy.Policy{Undecided: "the rules for Bun before 1.4 do not cover a string as the option " + object + ": declare the mode as sslmode in \"connection\" instead"}
	case given && mode == bunDisable:
		mode = bunPrefer
	}
	verify := (mode == bunVerifyCA || mode == bunVerifyFull) && !bunAccepts(s, object)
	return bunSends(bunTLS(s, host, mode, object, policy.Attempt{TLS: true, VerifyPath: verify, VerifyHost: verify}), sent)
}

// bunNewer is what 1.4 makes of the settings.
func bunNewer(s policy.Settings, mode, host string, sent map[string]string) policy.Policy {
	for name := range sent {
		switch lower := strings.ToLower(name); {
		case lower == "ssl" && mode == "" && sent[name] == "true":
			mode = bunRequire
		case lower == "host", strings.HasPrefix(lower, "ssl"):
			return policy.Policy{Undecided: "whether Bun 1.4 reads " + name + " in the URL depends on the patch release: set an option instead (tls.caFile for sslrootcert, hostname for host)"}
		}
	}
	maps.DeleteFunc(sent, func(name, _ string) bool { return strings.EqualFold(name, "ssl") })
	object, given := bunObject(s)
	option := s.Properties[object]
	variable := s.Environment["PGSSLMODE"]
	for _, word := range []string{mode, variable} {
		if _, known := bunModeNames[strings.ToLower(word)]; !known {
			return policy.Refused("Bun does not know the sslmode value "+policy.Quoted(word), "'sslmode'")
		}
	}
	switch text, known := bunModeNames[strings.ToLower(option)]; {
	case !given && (s.Properties["tls"] == "false" || s.Properties["ssl"] == "false"):
		mode = bunDisable
	case option != "" && known:
		mode = text
	case option != "" && option != "true" && option != "object":
		return policy.Policy{Undecided: "the rules do not cover this value of the option " + object + ": declare the mode as sslmode in \"connection\", and the file that contains the roots, if there is one, as tls.caFile"}
	case variable != "" && s.Connection == "" && s.Properties["url"] == "" && mode == bunRequire:
		return policy.Policy{Undecided: "it is not known whether Bun takes the mode from PGSSLMODE or from the prefix TLS_ in the name of the variable that contains the URL: declare the URL as \"connection\""}
	default:
		mode = bunModeNames[strings.ToLower(cmp.Or(mode, variable))]
		mode = bunRaised(s, mode, object, given)
	}
	verify := (mode == bunVerifyCA || mode == bunVerifyFull) && !bunAccepts(s, object)
	if hasName(s.Properties, object+".checkServerIdentity") {
		return policy.Policy{Undecided: "it is not known what the program's own checkServerIdentity compares"}
	}
	p := bunTLS(s, host, mode, object, policy.Attempt{TLS: true, VerifyPath: verify, VerifyHost: verify && mode == bunVerifyFull})
	if mode == bunPrefer {
		falls := p
		falls.Attempts = []policy.Attempt{{TLS: true, After: policy.TLSUnsupported}, {}}
		p = policy.Policy{
			Reason: policy.ReasonVersionNotDeclared, Undecided: "it depends on the patch release of Bun 1.4 whether sslmode=prefer falls back to plaintext if the server has no TLS",
			Alternatives: []policy.Alternative{{If: "without this fallback", Policy: p}, {If: "with this fallback", Policy: falls}},
		}
	}
	return bunSends(p, sent)
}

// bunSends is a client that sends parameters to the server, whichever policy is its own.
func bunSends(p policy.Policy, sent map[string]string) policy.Policy {
	for i := range p.Alternatives {
		p.Alternatives[i].Policy = startup.WithParameters(p.Alternatives[i].Policy, sent)
	}
	return startup.WithParameters(p, sent)
}

// bunRaised is the mode that an option asks for at least.
func bunRaised(s policy.Settings, mode, object string, given bool) string {
	strict := s.Properties[object+".ca"] != "" || s.Properties[object+".caFile"] != "" || s.Properties[object+".rejectUnauthorized"] == "true"
	switch {
	case strict && mode != bunVerifyCA && s.Properties[object+".rejectUnauthorized"] != "false":
		return bunVerifyFull
	case given && (mode == bunDisable || mode == bunPrefer):
		return bunRequire
	}
	return mode
}

// bunConnection is the URL of the client, and the mode that its variable means.
func bunConnection(s policy.Settings) (connection, mode string) {
	if connection = cmp.Or(s.Connection, s.Properties["url"]); connection != "" {
		return connection, ""
	}
	for _, name := range bunURLs {
		if connection = s.Environment[name]; connection != "" && strings.HasPrefix(name, "TLS_") {
			return connection, bunRequire
		} else if connection != "" {
			return connection, ""
		}
	}
	return "", ""
}

// bunObject is the option that counts: tls where it is true, else ssl.
func bunObject(s policy.Settings) (name string, given bool) {
	for _, name := range []string{"tls", "ssl"} {
		if option := s.Properties[name]; option != "" && option != "false" || option == "" && hasPrefixed(s.Properties, name+".") {
			return name, true
		}
	}
	return "tls", false
}

// bunAccepts says whether nothing that is verified is held against the server.
func bunAccepts(s policy.Settings, object string) bool {
	reject, given := s.Properties[object+".rejectUnauthorized"]
	return reject == "false" || !given && s.Environment["NODE_TLS_REJECT_UNAUTHORIZED"] == "0"
}

// bunMembers are the members of a tls object that the rules cover.
var bunMembers = []string{"ca", "caFile", "rejectUnauthorized", "serverName", "checkServerIdentity"}

// bunFile finds the file of Bun.file('/etc/ssl/rds.pem').
var bunFile = regexp.MustCompile("^(?:await )?Bun\\.file\\(\\s*['\"`]([^'\"`]+)['\"`]\\s*\\)(?:\\.text\\(\\))?$")

// bunTLS is a client that makes one attempt on TLS, or in plaintext.
func bunTLS(s policy.Settings, host, mode, object string, attempt policy.Attempt) policy.Policy {
	p := policy.Policy{Mode: mode, Hosts: []policy.Host{{Name: host}}, Attempts: []policy.Attempt{attempt}}
	if mode == bunDisable {
		p.Attempts = []policy.Attempt{{}}
		return p
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if member, is := strings.CutPrefix(name, object+"."); is && !slices.Contains(bunMembers, member) {
			return policy.Policy{Undecided: "the rules for Bun do not cover the option " + name}
		}
	}
	p.Hosts[0].Name = cmp.Or(s.Properties[object+".serverName"], host)
	anchors := policy.Anchors{Source: policy.SystemStore}
	ca, file := s.Properties[object+".ca"], s.Properties[object+".caFile"]
	if read, is := policy.FileRead(ca); is {
		ca, file = "", read
	} else if found := bunFile.FindStringSubmatch(ca); found != nil {
		ca, file = "", found[1]
	}
	reject := policy.Lack{Then: policy.RejectAll}
	extra := s.Environment["NODE_EXTRA_CA_CERTS"]
	switch {
	case s.Properties[object+".ca"] != "" && s.Properties[object+".caFile"] != "":
		return policy.Policy{Undecided: "the rules for Bun do not cover the options ca and caFile together"}
	case ca != "" && !strings.Contains(ca, "-----BEGIN "):
		return policy.Refused("the option "+object+".ca must contain certificates as PEM text, but it contains none", "Invalid CA")
	case ca != "":
		anchors = policy.Anchors{Source: policy.Declared, Content: []byte(ca), Unreadable: reject, Empty: reject}
	case file != "":
		anchors = policy.Anchors{Source: policy.Missing, Path: file, Missing: reject, Unreadable: reject, Empty: reject, Directory: &reject}
		if s.StoreNamed() && nodeNamesFile(file) {
			anchors.Source = policy.Declared
		}
	case s.Found(extra) == policy.Declared:
		anchors = policy.Anchors{Source: policy.Declared, Path: extra, WithSystem: true}.Otherwise(policy.TakeNone)
	}
	if !attempt.VerifyPath {
		if p.Anchors = anchors; anchors.Source == policy.SystemStore {
			p.Anchors = policy.Anchors{}
		}
		if p.Anchors.Reader = truststore.NodeCA; s.Properties[object+".caFile"] != "" {
			p.Anchors.Reader = truststore.RustlsPEM // One wrong block in a caFile is an error, as it is to rustls.
		}
		return p
	}
	if reason := bunUndecided(s, ca+file != "", extra); reason != "" {
		return policy.Policy{Undecided: reason}
	}
	p.Anchors = anchors
	return p.AsOneOf("Bun validates certificates with BoringSSL, which the rules do not cover, and OpenSSL, Go, Java and webpki do not agree on the outcome: set \"driver\" to \"other\", and declare in \"properties\" what the client does", bunValidators...)
}

// bunValidators are those in the place of BoringSSL.
var bunValidators = []policy.Way{
	{Name: "OpenSSL", Validator: certpath.OpenSSL, Names: certpath.NameNode, Reader: truststore.NodeCA},
	{Name: "Go", Validator: certpath.Go, Names: certpath.NameGo, Reader: truststore.NodeExtraCACerts},
	{Name: "Java", Validator: certpath.Java, Names: certpath.NameJSSE, Reader: truststore.NodeCA},
	{Name: "webpki", Validator: certpath.WebPKI, Names: certpath.NameWebPKI, Reader: truststore.RustlsPEM},
}

// bunStores are variables that can change which roots count.
var bunStores = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_USE_SYSTEM_CA", "NODE_OPTIONS", "BUN_OPTIONS"}

// bunUndecided says why it is not known which roots Bun takes.
func bunUndecided(s policy.Settings, ca bool, extra string) string {
	for _, name := range bunStores {
		if s.Environment[name] != "" {
			return "the rules do not say which roots Bun uses if " + name + " is set: remove that variable, and set NODE_EXTRA_CA_CERTS or tls.caFile to a file that contains the roots"
		}
	}
	switch {
	case ca && extra != "":
		return "tls.ca and NODE_EXTRA_CA_CERTS name two stores, and whether Bun uses both depends on its release"
	case s.StorePlace == policy.PlaceSystem:
		return "the rules do not say which of the operating system's roots Bun uses: set NODE_EXTRA_CA_CERTS or tls.caFile to a file that contains the roots, and remove place = \"system\" from trust_store"
	}
	return ""
}

// BunNames are the options of Bun.SQL. What its URL names beside them goes to the
// server.
//
// Source: oven-sh/bun, src/js/internal/sql/shared.ts, normalizeOptionsForAdapter; the
// reference of Bun.SQL's PostgresOrMySQLOptions.
func BunNames(s policy.Settings) policy.Known {
	known := policy.Known{
		Variables: append(strings.Fields("PGHOST PGPORT PGUSER PGDATABASE NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED"), slices.Concat(bunStores, bunURLs)...),
		Properties: strings.Fields(`url hostname host port username user password pass database db path adapter connection connection.* max idleTimeout
			idle_timeout connectionTimeout connection_timeout connectTimeout connect_timeout maxLifetime max_lifetime bigint prepare onconnect onclose tls ssl`),
	}
	for _, member := range slices.Concat(bunMembers, strings.Fields("cert key passphrase certFile keyFile secureOptions lowMemoryMode dhParamsFile ciphers")) {
		known.Properties = append(known.Properties, "tls."+member, "ssl."+member)
	}
	if v, declared := policy.ParseVersion(s.Version); declared && s.Version != "" && !v.Before(bunModes) {
		known.Variables = append(known.Variables, "PGSSLMODE")
	}
	return known
}
