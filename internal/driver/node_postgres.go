package driver

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// nodeTLS is the object that a Node driver gives to tls.connect; nil is no TLS.
type nodeTLS struct {
	// ca is the file whose content is the ca option; caGiven is false where
	// there is none.
	ca      string
	caGiven bool
	// skipPath is rejectUnauthorized: false, explicitly or by the
	// environment; skipName replaces checkServerIdentity.
	skipPath, skipName bool
	// rejectGiven: rejectUnauthorized was set, so the environment is not asked.
	rejectGiven bool
	// servername for a host that is an address.
	servername string
	minVersion string
	maxVersion string
}

// nodePostgresProperties are the properties that the rules understand.
var nodePostgresProperties = []string{
	"connectionString", "host", "port", "user", "database", "ssl", "ssl.rejectUnauthorized", "ssl.ca", "ssl.checkServerIdentity",
	"ssl.servername", "ssl.minVersion", "ssl.maxVersion", "application_name",
}

// nodePostgres returns the policy of node-postgres (npm pg), 8.11 and later.
//
// It never falls back: TLS is used or it is not. The modes prefer, require,
// verify-ca and verify-full, and every other one but disable and no-verify,
// verify path and name alike, unless uselibpqcompat=true gives them libpq's
// meanings. The connection string wins over the ssl object, and that over
// PGSSLMODE. A root file that is named is read in every mode, disable too, and
// one that is missing is an error in every mode. Without one, Node's built-in
// roots count, with those of NODE_EXTRA_CA_CERTS.
//
// Source: brianc/node-postgres, pg 8.11.6 and 8.23.0: lib/connection-parameters.js,
// lib/connection.js; pg-connection-string 2.6 to 2.14, index.js, parse; Node 20,
// lib/_tls_wrap.js, onConnectSecure.
func nodePostgres(s Settings) Policy {
	version, known := parseRelease(s.Version)
	if !known || version.before(8, 11) || s.Version != "" && !version.before(9, 0) {
		return Policy{Undecided: "the rules cover node-postgres 8.11 to 8, not " + strconv.Quote(s.Version)}
	}
	if name := unknownProperty(s.Properties, nodePostgresProperties); name != "" {
		return Policy{Undecided: "the property " + name + " is not covered"}
	}
	connection := s.Connection
	if connection == "" {
		connection = s.Properties["connectionString"]
	}
	u, refused := parseNodeURL(connection)
	if refused != "" {
		return goRefused("node-postgres takes a URL, and "+refused, "")
	}
	if reason := nodeUndecided(s, u.query); reason != "" {
		return Policy{Undecided: reason}
	}
	object, policy, stop := nodePostgresTLS(s, u, version)
	if stop {
		return policy
	}
	host := firstNotEmpty(u.query["host"], u.host, s.Properties["host"], s.Environment["PGHOST"], s.Host, "localhost")
	return nodePolicy(s, host, object, u.query["sslrootcert"] != "")
}

// nodePostgresTLS is what ends up as the ssl option.
func nodePostgresTLS(s Settings, u nodeURL, version release) (object *nodeTLS, policy Policy, stop bool) {
	mode, root := u.query["sslmode"], u.query["sslrootcert"]
	ssl, given := u.query["ssl"]
	switch {
	case mode != "" || root != "":
		object := &nodeTLS{ca: root, caGiven: root != ""}
		if compat := u.query["uselibpqcompat"] == "true"; compat {
			if version.before(8, 14) {
				return nil, Policy{Undecided: "whether this version of node-postgres knows uselibpqcompat is not known"}, true
			}
			return nodeLibpqCompatible(object, mode)
		}
		switch mode {
		case "disable":
			return nil, Policy{}, false
		case "no-verify":
			object.skipPath, object.rejectGiven = true, true
		}
		return object, Policy{}, false
	case given:
		return nodeSSLText(ssl)
	case s.Properties["ssl"] != "" || hasPrefixed(s.Properties, "ssl."):
		return nodeSSLObject(s.Properties)
	}
	switch s.Environment["PGSSLMODE"] {
	case "prefer", "require", "verify-ca", "verify-full":
		return &nodeTLS{}, Policy{}, false
	case "no-verify":
		return &nodeTLS{skipPath: true, rejectGiven: true}, Policy{}, false
	}
	return nil, Policy{}, false
}

// nodeLibpqCompatible gives the modes libpq's meanings.
func nodeLibpqCompatible(object *nodeTLS, mode string) (*nodeTLS, Policy, bool) {
	switch mode {
	case "disable":
		return nil, Policy{}, false
	case "prefer":
		object.skipPath, object.rejectGiven = true, true
	case "require":
		object.skipName = object.caGiven
		object.skipPath, object.rejectGiven = !object.caGiven, !object.caGiven
	case "verify-ca":
		if !object.caGiven {
			return nil, Policy{Rejection: &Rejection{
				Reason: ReasonContradictorySettings, Detail: "verify-ca needs sslrootcert with uselibpqcompat",
				Client: "Using sslmode=verify-ca requires specifying a CA with sslrootcert",
			}}, true
		}
		object.skipName = true
	}
	return object, Policy{}, false
}

// nodeSSLText is the value of ssl where it is a text.
func nodeSSLText(ssl string) (*nodeTLS, Policy, bool) {
	switch ssl {
	case "true", "1":
		return &nodeTLS{}, Policy{}, false
	case "0", "":
		return nil, Policy{}, false
	case "no-verify":
		return &nodeTLS{skipPath: true, rejectGiven: true}, Policy{}, false
	}
	return nil, goRefused("ssl="+strconv.Quote(ssl)+" is a text that is taken for a set of options", "Cannot use 'in' operator"), true
}

// nodeSSLObject is the ssl option given in code.
func nodeSSLObject(properties map[string]string) (*nodeTLS, Policy, bool) {
	switch properties["ssl"] {
	case "false":
		return nil, Policy{}, false
	case "no-verify":
		return &nodeTLS{skipPath: true, rejectGiven: true}, Policy{}, false
	case "", "true", "object":
	default:
		return nodeSSLText(properties["ssl"])
	}
	object := &nodeTLS{
		servername: properties["ssl.servername"], minVersion: properties["ssl.minVersion"], maxVersion: properties["ssl.maxVersion"],
		skipName: properties["ssl.checkServerIdentity"] != "",
	}
	object.ca, object.caGiven = properties["ssl.ca"]
	_, object.rejectGiven = properties["ssl.rejectUnauthorized"]
	object.skipPath = properties["ssl.rejectUnauthorized"] == "false"
	return object, Policy{}, false
}

// nodePolicy is what Node does with the options. rootReadEarly says that the
// driver reads the file before it connects, whatever the mode.
func nodePolicy(s Settings, host string, object *nodeTLS, rootReadEarly bool) Policy {
	policy := Policy{
		Mode: "ssl off", Hosts: []Host{{Name: host, Local: strings.HasPrefix(host, "/")}}, NameRule: certpath.NameNode,
		Profile: certpath.Profile{Validator: certpath.OpenSSL, SecurityLevel: 1}, Attempts: []Attempt{{}}, TLS: Offer{Min: "TLSv1.2"},
	}
	if policy.Hosts[0].Local && object != nil {
		return Policy{Undecided: "TLS over a Unix socket is not covered"}
	}
	if object == nil {
		if rootReadEarly {
			policy.Anchors = nodeAnchors(s, &nodeTLS{caGiven: true})
		}
		return policy
	}
	policy.Mode = "ssl on"
	policy.Anchors = nodeAnchors(s, object)
	verify := !object.skipPath && (object.rejectGiven || s.Environment["NODE_TLS_REJECT_UNAUTHORIZED"] != "0")
	policy.Attempts = []Attempt{{TLS: true, VerifyPath: verify, VerifyHost: verify && !object.skipName}}
	policy.TLS.Max = object.maxVersion
	if object.minVersion != "" {
		policy.TLS.Min = object.minVersion
	}
	if _, err := netip.ParseAddr(host); err == nil {
		// Without a servername Node compares "localhost".
		policy.Hosts[0].Name = firstNotEmpty(object.servername, "localhost")
	}
	return policy
}

// nodeAnchors is where a Node client takes its roots.
func nodeAnchors(s Settings, object *nodeTLS) Anchors {
	a := Anchors{
		Path: object.ca, Reader: truststore.NodeCA, WhenUnreadable: TakeNone, WhenNoAnchors: TakeNone, MissingError: "ENOENT",
		RejectDirectory: object.caGiven,
	}
	if object.caGiven {
		a.DirectoryError = "EISDIR"
	}
	extra := s.Environment["NODE_EXTRA_CA_CERTS"]
	switch {
	case object.caGiven && nodeFindsFile(s):
		a.Source = Declared
	case object.caGiven:
		a.Source, a.WhenUnreadable = Missing, RejectAll
	case extra != "" && s.StoreDeclared && s.StorePlace != PlaceHome:
		a.Source, a.Path, a.Reader, a.WithSystem = Declared, extra, truststore.NodeExtraCACerts, true
	default:
		a.Source, a.Path = SystemStore, ""
	}
	return a
}

// nodeFindsFile says whether the declared store is the file that is named.
func nodeFindsFile(s Settings) bool {
	return s.StoreDeclared && s.StorePlace != PlaceHome && s.StorePlace != PlaceSystem
}

// nodeUndecided says why settings are outside of the rules.
func nodeUndecided(s Settings, query map[string]string) string {
	options := s.Environment["NODE_OPTIONS"]
	switch {
	case query["sslcert"] != "" || query["sslkey"] != "":
		return "the settings name a client certificate, whose file is not declared"
	case query["sslnegotiation"] != "" || s.Environment["PGSSLNEGOTIATION"] != "":
		return "whether the server takes the negotiation of TLS that the settings ask for is not known"
	case strings.Contains(options, "-ca") || strings.Contains(options, "--tls") || strings.Contains(options, "openssl"):
		return "NODE_OPTIONS changes where Node takes its roots, or what TLS it speaks"
	case s.StoreDeclared && s.StorePlace == PlaceSystem && s.Environment["NODE_EXTRA_CA_CERTS"] == "":
		return "Node does not take the operating system's store, unless options say so that are not declared"
	}
	return ""
}

func unknownProperty(properties map[string]string, known []string) string {
	for name := range properties {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

func hasPrefixed(properties map[string]string, prefix string) bool {
	for name := range properties {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func firstNotEmpty(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
