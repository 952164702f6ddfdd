// Package node holds the rules of the drivers that run on Node, Bun and Deno.
package node

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// nodePolicy is what Node does with the options.
func nodePolicy(s policy.Settings, host string, object *nodeTLS) policy.Policy {
	p := policy.Policy{
		Mode: "ssl off", Hosts: []policy.Host{{Name: host, Local: strings.HasPrefix(host, "/")}}, NameRule: certpath.NameNode,
		Profile: certpath.Profile{Validator: certpath.OpenSSL, SecurityLevel: 1, ReportsLastError: true}, Attempts: []policy.Attempt{{}},
	}
	if p.Hosts[0].Local && object != nil {
		return policy.Policy{Undecided: "the rules do not cover TLS over a Unix socket"}
	}
	if object == nil {
		return p
	}
	p.Mode = "ssl on"
	p.Anchors = nodeAnchors(s, object)
	verify := !object.skipPath && (object.rejectGiven || s.Environment["NODE_TLS_REJECT_UNAUTHORIZED"] != "0")
	p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: verify, VerifyHost: verify && !object.skipName}}
	if s.StorePlace == policy.PlaceSystem && s.StoreDeclared && verify && p.Anchors.Source == policy.SystemStore {
		return policy.Policy{Undecided: "whether Node uses the operating system's store depends on how Node was built"}
	}
	if refused := nodeOffer(s, object, &p.TLS); refused != nil {
		return *refused
	}
	if policy.IsAddress(host) {
		// Without a servername Node compares "localhost".
		p.Hosts[0].Name = cmp.Or(object.servername, "localhost")
	}
	return p
}

// nodeOffer fills in the protocol versions of the handshake: those of the
// options, else those of NODE_OPTIONS. The policy is set where there can be no
// handshake.
func nodeOffer(s policy.Settings, object *nodeTLS, offer *policy.Offer) *policy.Policy {
	offer.Min, offer.Max, offer.RangeError = "TLSv1.2", "TLSv1.3", "no protocols available"
	for option := range strings.FieldsSeq(s.Environment["NODE_OPTIONS"]) {
		if version, is := strings.CutPrefix(option, "--tls-min-v"); is {
			offer.Min = "TLSv" + version
		} else if version, is := strings.CutPrefix(option, "--tls-max-v"); is {
			offer.Max = "TLSv" + version
		}
	}
	for _, limit := range []struct {
		name string
		end  *string
	}{{object.minVersion, &offer.Min}, {object.maxVersion, &offer.Max}} {
		name := limit.name
		if name == "" {
			continue
		}
		if !slices.Contains(policy.TLSVersions, name) {
			return new(policy.Refused("Node does not know the TLS protocol version "+policy.Quoted(name), "TLS protocol version"))
		}
		*limit.end = name
	}
	if offer.Max < "TLSv1.2" && offer.Min <= offer.Max {
		if node, known := policy.ParseVersion(s.Runtime); !known || s.Runtime == "" || node.Before(nodeSecurityLevel) {
			return &policy.Policy{Undecided: "it is not known whether the server accepts a TLS protocol version before 1.2"}
		}
		return new(policy.Refused("from version 17 on, Node's security level leaves no signature algorithm for TLS versions before 1.2", "alert protocol version"))
	}
	return nil
}

// nodeReleases are those of Node, each of which brings its OpenSSL.
//
// Source: nodejs/node, CHANGELOG_V17.md: OpenSSL 3.0 in place of 1.1.1.
var (
	nodeReleases = policy.NewReleases("Node", "runtime_version", "8", "")
	// TLS before 1.2 has no signature algorithm left.
	nodeSecurityLevel = nodeReleases.Change("17")
)

// eachNode is the policy for the version of Node that is declared.
func eachNode(runtime string, rule func() policy.Policy) policy.Policy {
	return nodeReleases.Each(runtime, func(node policy.Version) policy.Policy {
		if node.Before(nodeSecurityLevel) {
			return openssl.In(rule(), "1.1.1")
		}
		return openssl.In(rule(), "3.0")
	})
}

// nodeOpenSSLRoots says whether NODE_OPTIONS replaces Node's built-in roots by
// those that OpenSSL takes by default: the last such option counts.
//
// Source: nodejs/node v20 doc/api/cli.md, --use-openssl-ca; src/crypto/crypto_context.cc,
// NewRootCertStore.
func nodeOpenSSLRoots(s policy.Settings) bool {
	openssl := false
	for option := range strings.FieldsSeq(s.Environment["NODE_OPTIONS"]) {
		switch option {
		case "--use-openssl-ca":
			openssl = true
		case "--use-bundled-ca":
			openssl = false
		}
	}
	return openssl
}

// nodeAnchors is where a Node client takes its roots.
func nodeAnchors(s policy.Settings, object *nodeTLS) policy.Anchors {
	a := policy.Anchors{
		Path: object.ca, Reader: truststore.NodeCA, Missing: policy.Lack{Client: "ENOENT"},
	}.Otherwise(policy.TakeNone)
	if object.caGiven {
		a.Directory = &policy.Lack{Then: policy.RejectAll, Client: "EISDIR"}
	}
	extra := s.Environment["NODE_EXTRA_CA_CERTS"]
	file := s.Environment["SSL_CERT_FILE"]
	switch {
	case object.caGiven && strings.Contains(object.ca, "-----BEGIN "):
		a.Source, a.Path, a.Content, a.Directory = policy.Declared, "", []byte(object.ca), nil
	case object.caGiven && object.caText:
		a.Source, a.Path, a.Directory = policy.EmptyStore, "", nil
	case object.caGiven && s.StoreNamed() && nodeNamesFile(object.ca):
		a.Source = policy.Declared
	case object.caGiven:
		a.Source, a.Missing.Then = policy.Missing, policy.RejectAll
	case policy.NamesFile(extra) && s.StoreDeclared && s.StorePlace != policy.PlaceHome:
		a.Source, a.Path, a.Reader, a.WithSystem = policy.Declared, extra, truststore.NodeExtraCACerts, true
	case nodeOpenSSLRoots(s) && (s.StoreDeclared && s.StorePlace == policy.PlaceSystem || s.StoreNamed() && file != ""):
		a.Source, a.Path, a.Reader = policy.Declared, file, truststore.OpenSSLFile
	default:
		a.Source, a.Path = policy.SystemStore, ""
	}
	return a
}

// nodeCAFile is the file that a program reads for its ca option: the one of
// readFileSync('/etc/ssl/rds.pem'). Everything else is the text of certificates,
// and a name alone is a text that holds none: Node then trusts nobody.
//
// Source: Node 20, lib/internal/tls/secure-context.js, addCACerts; measured with
// node-postgres and postgres.js, which end in SELF_SIGNED_CERT_IN_CHAIN.
func nodeCAFile(ca string) (path string, text bool) {
	if file, read := policy.FileRead(ca); read {
		return file, false
	}
	return ca, true
}

// nodeExpression finds what a program reads its file by in place of a name.
var nodeExpression = regexp.MustCompile(`^[A-Za-z_$][\w$]*(?:[.(\[]|$)`)

// nodeNamesFile says whether the argument of readFileSync can lead to a file: a
// name, or an expression such as path.join(__dirname, 'rds.pem').
func nodeNamesFile(argument string) bool {
	return policy.NamesFile(argument) || nodeExpression.MatchString(argument)
}

// nodeCAMissing is the end of a program that reads the file of its ca option,
// whatever comes of it, and does not find it.
func nodeCAMissing(s policy.Settings) *policy.Policy {
	ca, text := nodeCAFile(s.Properties["ssl.ca"])
	if text || s.StoreNamed() && nodeNamesFile(ca) {
		return nil
	}
	return &policy.Policy{
		Mode: "ssl object", Hosts: []policy.Host{{}}, Attempts: []policy.Attempt{{}},
		Anchors: policy.Anchors{Source: policy.Missing, Path: ca, Missing: policy.Lack{Then: policy.RejectAll, Client: "ENOENT"}},
	}
}

// nodeForeignOptions are members of an ssl object that change the handshake in
// ways that are not covered. Node does not read those that it does not know.
var nodeForeignOptions = strings.Fields(`ssl.cert ssl.key ssl.pfx ssl.ciphers ssl.sigalgs ssl.ecdhCurve ssl.secureOptions ssl.secureProtocol ssl.crl
	ssl.session ssl.ALPNProtocols ssl.secureContext ssl.host ssl.port ssl.path ssl.socket ssl.lookup ssl.minDHSize ssl.allowPartialTrustChain stream
	connection socket path`)

// nodeForeignFlags are options of Node that do.
var nodeForeignFlags = []string{"--use-system-ca", "--tls-cipher-list", "--openssl-", "--force-fips", "--enable-fips", "--secure-heap", "--use-openssl-ca="}

// nodeUndecided is the policy of settings that are outside of the rules; nil is none.
func nodeUndecided(s policy.Settings) *policy.Policy {
	for _, name := range nodeForeignOptions {
		file, read := policy.FileRead(s.Properties[name])
		switch {
		case read && (name == "ssl.cert" || name == "ssl.key"): // See nodeObjectCertificate.
		case read && name == "ssl.pfx":
			return &policy.Policy{Undecided: "the option ssl.pfx reads " + policy.Quoted(file) + ", which may contain roots as well as a client certificate and its key, and the rules do not cover what Node reads from that file"}
		case hasName(s.Properties, name):
			return &policy.Policy{Undecided: "the rules do not cover the option " + name}
		}
	}
	for option := range strings.FieldsSeq(s.Environment["NODE_OPTIONS"]) {
		if slices.ContainsFunc(nodeForeignFlags, func(flag string) bool { return strings.HasPrefix(option, flag) }) {
			return &policy.Policy{Undecided: "the rules do not cover what Node's option " + option + " changes"}
		}
	}
	switch {
	case nodeOpenSSLRoots(s) && s.Environment["SSL_CERT_DIR"] != "":
		return &policy.Policy{Undecided: "for Node, the rules do not cover a directory of certificates (SSL_CERT_DIR)"}
	case nodeOpenSSLRoots(s) && s.Environment["SSL_CERT_FILE"] != "" && s.Environment["NODE_EXTRA_CA_CERTS"] != "":
		return &policy.Policy{Undecided: "SSL_CERT_FILE and NODE_EXTRA_CA_CERTS name two files, but only one trust store can be declared"}
	}
	return nil
}

func hasName(properties map[string]string, name string) bool {
	_, has := properties[name]
	return has
}

func hasPrefixed(properties map[string]string, prefix string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(properties)), func(name string) bool { return strings.HasPrefix(name, prefix) })
}
