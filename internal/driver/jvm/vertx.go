package jvm

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// VertxReleases are those of vertx-pg-client.
var VertxReleases = policy.NewReleases("vertx-pg-client", "driver_version", "4.0", "6")

// vertxURL is what the client takes for a URI: one host, and no quotes.
//
// Source: eclipse-vertx/vertx-sql-client 5.1.5, PgConnectionUriParser.
var vertxURL = regexp.MustCompile(`^postgre(?:s|sql)://(?:[a-zA-Z0-9\-._~%!*]+(?::[a-zA-Z0-9\-._~%!*]+)?@)?([0-9.]+|\[[a-zA-Z0-9:]+\]|[a-zA-Z0-9\-._~%]+)?(?::\d+)?(?:/[a-zA-Z0-9\-._~%!*]+)?(?:\?(.*))?$`)

// VertxPgClient returns the policy of vertx-pg-client 4 and 5, which Quarkus
// reactive uses.
//
// The default is no TLS at all. In every TLS mode the path is verified, against
// the trust options, or without any the JVM's own store, unless trustAll is set;
// the name is compared where hostnameVerificationAlgorithm is given, whatever the
// mode. verify-ca and verify-full are errors without trust options, verify-full
// also without that algorithm. What is set in code beats the URI. prefer goes on in plaintext, and allow on TLS,
// after every failure. PGSSLMODE counts for PgConnectOptions.fromEnv() alone.
//
// Source: eclipse-vertx/vertx-sql-client 4.5.9 and 5.1.5, PgConnectionFactory,
// checkSslMode and connect; PgConnectionUriParser; PgConnectOptions. 4.5.9 and
// 4.5.28 were run on Java 17; the others are from source.
func VertxPgClient(s policy.Settings) policy.Policy {
	return VertxReleases.Each(s.Version, func(policy.Version) policy.Policy {
		return eachJava(s, func(java jvm) policy.Policy { return vertxPolicy(s, java) })
	})
}

func vertxPolicy(s policy.Settings, java jvm) policy.Policy {
	given, refused := vertxGiven(s)
	if refused != "" {
		return policy.Refused("vertx-pg-client does not accept the connection URI", refused)
	}
	mode := "disable"
	if word, set := given["sslmode"]; set {
		mode = strings.ToLower(word)
	}
	mode = cmp.Or(strings.ReplaceAll(strings.ToLower(s.Properties["sslMode"]), "_", "-"), mode)
	if !slices.Contains(policy.Sslmodes, mode) {
		return policy.Refused("vertx-pg-client does not know the sslMode value "+strconv.Quote(mode), "Could not find an appropriate SSL mode")
	}
	host := cmp.Or(s.Properties["host"], given["hostaddr"], given["host"], s.Host, "localhost")
	offer, none := nettyOffer(java.system)
	p := policy.Policy{
		Mode: mode, Hosts: []policy.Host{{Name: conninfo.WithoutBrackets(host), Local: strings.HasPrefix(host, "/")}}, NameRule: certpath.NameJSSE, TLS: offer,
		Profile:   certpath.Profile{Validator: certpath.Java, SecurityLevel: -1},
		PathError: "SSL handshake failed", NameError: "SSL handshake failed", PrintsLast: true,
	}
	if strings.EqualFold(cmp.Or(s.Properties["sslNegotiation"], given["sslnegotiation"]), "direct") {
		p.TLS.Direct, p.Doubt = true, policy.DirectNeeds17
	}
	if none != "" {
		return pgjdbcWithoutTLS(p, "the settings leave no TLS version that the JVM both supports and allows", none)
	}
	return vertxAttempts(s, p, java)
}

// vertxAttempts fills in what is tried, and against which store.
func vertxAttempts(s policy.Settings, p policy.Policy, java jvm) policy.Policy {
	algorithm := s.Properties["hostnameVerificationAlgorithm"]
	pem, jks := s.Properties["pemTrustOptions.certPath"], s.Properties["jksOptions.path"]
	verifies := !strings.EqualFold(s.Properties["trustAll"], "true")
	const every = policy.TLSUnsupported | policy.TLSFailed | policy.ServerRefused
	switch {
	case p.Mode == "disable", p.Hosts[0].Local:
		p.Attempts = []policy.Attempt{{}}
	case p.Mode == "verify-full" && algorithm == "":
		return policy.Refused("the mode verify-full needs hostnameVerificationAlgorithm", "Host verification algorithm must be specified under verify-full sslmode")
	case strings.HasPrefix(p.Mode, "verify-") && pem == "" && jks == "":
		return policy.Refused("the modes verify-ca and verify-full need trust options", "Trust options must be specified under verify-full or verify-ca sslmode")
	case algorithm != "" && algorithm != "HTTPS":
		return policy.Policy{Undecided: "the rules do not cover what the host name verification algorithm " + strconv.Quote(algorithm) + " compares"}
	default:
		p.Attempts = policy.Order(p.Mode, policy.Attempt{After: every}, policy.Attempt{TLS: true, VerifyPath: verifies, VerifyHost: algorithm != "", After: every})
	}
	if pem != "" || jks != "" {
		p.Anchors = vertxTrust(s, pem, jks)
		return p
	}
	if p.Verifies() {
		store := javaDefaultContext(s, java)
		if store.undecided != "" || store.broken != "" {
			return policy.Policy{Undecided: cmp.Or(store.undecided, store.broken)}
		}
		p.Anchors = store.anchors
	}
	return p
}

// vertxTrust is the file of the trust options, which must be one in every mode,
// without TLS too.
func vertxTrust(s policy.Settings, pem, jks string) policy.Anchors {
	const unread = "Unable to read file at path"
	anchors := policy.Anchors{
		Source: s.Found(cmp.Or(pem, jks)), Path: cmp.Or(pem, jks), Reader: truststore.VertxPEM,
		Missing: policy.Lack{Client: unread}, Directory: &policy.Lack{Then: policy.RejectAll, Client: unread},
	}
	if pem == "" {
		password := s.Properties["jksOptions.password"]
		anchors.Reader, anchors.StoreType, anchors.Password = truststore.JavaKeyStore, "JKS", &password
	}
	return anchors.Otherwise(policy.RejectAll)
}

// vertxOwn are the parameters of a URI that the client keeps to itself.
var vertxOwn = []string{"port", "host", "hostaddr", "user", "password", "dbname", "sslmode", "sslnegotiation", "channel_binding"}

// vertxGiven takes the URI apart; what the client does not know it ignores.
func vertxGiven(s policy.Settings) (own map[string]string, refused string) {
	own = map[string]string{}
	if strings.EqualFold(s.Properties["fromEnv"], "true") {
		own["host"], own["hostaddr"] = s.Environment["PGHOST"], s.Environment["PGHOSTADDR"]
		if mode, set := s.Environment["PGSSLMODE"]; set {
			own["sslmode"] = mode
		}
	}
	if s.Connection == "" {
		return own, ""
	}
	parts := vertxURL.FindStringSubmatch(s.Connection)
	if parts == nil {
		return nil, "Cannot parse invalid connection URI"
	}
	if host, err := url.PathUnescape(parts[1]); err == nil && host != "" {
		own["host"] = host
	}
	for pair := range strings.SplitSeq(parts[2], "&") {
		name, value, found := strings.Cut(pair, "=")
		if pair == "" {
			continue
		}
		if !found {
			return nil, "Cannot parse invalid connection URI"
		}
		name, value = strings.ToLower(name), conninfo.LenientUnescape(strings.TrimSpace(value), true)
		if slices.Contains(vertxOwn, name) {
			own[name] = value
		}
	}
	return own, ""
}

// vertxParameters are those of the URI: upper and lower case are the same.
func vertxParameters(uri string) map[string]string {
	given := map[string]string{}
	for name, value := range arguments(uri) {
		given[strings.ToLower(name)] = value
	}
	return given
}

// VertxNames are the options of PgConnectOptions and of NetClientOptions.
//
// Source: eclipse-vertx/vertx-sql-client 5.1.5, PgConnectOptions; eclipse-vertx/vert.x 5,
// ClientSSLOptions.
func VertxNames(policy.Settings) policy.Known {
	return policy.Known{
		Properties: append([]string{"javax.net.ssl.*", "jdk.*", "java.*", "fromEnv"}, strings.Fields(`sslMode sslNegotiation channelBinding trustAll
		hostnameVerificationAlgorithm pemTrustOptions.certPath jksOptions.path jksOptions.password host port database user password
		pipeliningLimit useLayer7Proxy cachePreparedStatements preparedStatementCache* properties.* connectTimeout idleTimeout
		reconnectAttempts reconnectInterval tcp* metricsName tracingPolicy maxSize maxWaitQueueSize poolCleanerPeriod`)...),
		Parameters: append([]string{"application_name"}, vertxOwn...), Given: vertxParameters,
		Variables: append([]string{"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE", "PGSSLNEGOTIATION", "PGCHANNELBINDING"}, policy.JavaVariables...),
	}
}
