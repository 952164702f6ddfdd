package node

import (
	"cmp"
	"maps"
	"reflect"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// nodeTLS is the object that a Node driver gives to tls.connect; nil is no TLS.
type nodeTLS struct {
	// ca is the file whose content is the ca option, or with caText the option
	// itself; caGiven is false where there is none.
	ca              string
	caGiven, caText bool
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

// Postgres returns the policy of node-postgres (npm pg), 8.0 to 8.
//
// It never falls back: TLS is used or it is not. The modes prefer, require,
// verify-ca and verify-full, and every other one but disable and no-verify,
// verify path and name alike, unless uselibpqcompat=true gives them libpq's
// meanings. The connection string wins over the ssl object, and that over
// PGSSLMODE. A root file that is named is read in every mode, disable too, and
// one that is missing is an error in every mode. Without one, Node's built-in
// roots count, with those of NODE_EXTRA_CA_CERTS.
//
// The URL is taken apart by pg-connection-string, whose version the declared
// one leaves open: npm installs 2.14 beside 8.1 and later, a lock file may hold
// an older one.
//
// Source: brianc/node-postgres, pg 8.0.3 to 8.23.1: lib/connection-parameters.js,
// lib/connection.js; pg-connection-string 0.1.3 and 2.2 to 2.14, index.js, parse;
// Node 20, lib/_tls_wrap.js, onConnectSecure. Measured with 8.0.3, 8.2.2, 8.4.2,
// 8.7.3, 8.11.6, 8.16.3, 8.20.0, 8.23.0 and 8.23.1.
func Postgres(s policy.Settings) policy.Policy {
	return nodePostgres(s, NodePostgresReleases)
}

func nodePostgres(s policy.Settings, releases *policy.Releases) policy.Policy {
	return releases.Each(s.Version, func(v policy.Version) policy.Policy {
		return eachNode(s.Runtime, func() policy.Policy { return nodePostgresParsed(s, v, nil) })
	})
}

// nodeOptional are parameters of the URL that only some of the
// pg-connection-strings beside an earlier release know.
var nodeOptional = []struct {
	name  string
	since policy.Version
}{{"sslmode", nodeSSLMode}, {"uselibpqcompat", nodeCompat}, {"sslnegotiation", nodeDirect}}

// nodePostgresParsed is a release beside a pg-connection-string that knows the
// parameters, or not. What is not in known is decided by the release, and both
// are possible where it does not.
func nodePostgresParsed(s policy.Settings, v policy.Version, known map[string]bool) policy.Policy {
	u, refused := parseNodeURL(cmp.Or(s.Connection, s.Properties["connectionString"]))
	if refused != "" {
		return policy.Refused("node-postgres needs a URL with a single host, but "+refused, "")
	}
	if v.Before(nodeQuery) {
		u.query = map[string]string{"ssl": u.query["ssl"]} // The rest is not read.
		if ssl := u.query["ssl"]; ssl != "true" && ssl != "1" {
			delete(u.query, "ssl")
		}
	}
	for _, optional := range nodeOptional {
		knows, settled := known[optional.name]
		switch {
		case u.query[optional.name] == "" || !v.Before(optional.since):
		case !settled:
			return nodeEither(s, v, known, optional.name)
		case !knows:
			delete(u.query, optional.name)
		}
	}
	if _, native := s.Environment["NODE_PG_FORCE_NATIVE"]; native {
		return policy.Policy{Undecided: "NODE_PG_FORCE_NATIVE makes node-postgres connect through pg-native, which uses libpq: set \"driver\" to libpq"}
	}
	replaced := u.query["sslmode"]+u.query["sslrootcert"]+u.query["ssl"] != ""
	object, stop := nodePostgresTLS(s, u, v)
	if stop = cmp.Or(nodeUndecided(s), nodeCAMissing(s), nodeCertificate(s, u.query), nodeObjectCertificate(s, replaced), stop); stop != nil {
		return *stop
	}
	host := cmp.Or(u.query["host"], u.host, s.Properties["host"], s.Environment["PGHOST"], s.Host, "localhost")
	p := nodePolicy(s, host, object)
	if _, caGiven := s.Properties["ssl.ca"]; caGiven && replaced {
		p.StoreUnread = "the TLS settings in the connection string replace the whole ssl object, including ssl.ca"
	}
	if object == nil && u.query["sslrootcert"] != "" {
		p.Anchors = nodeAnchors(s, &nodeTLS{ca: u.query["sslrootcert"], caGiven: true})
	}
	if p.Undecided != "" || p.Rejection != nil {
		return p
	}
	if policy.IsAddress(host) && object != nil && object.servername == "" && !v.Before(nodeAddresses) {
		p.Hosts[0].Name = host // Since then the address is compared.
	}
	if u.bracketed && !v.Before(nodeQuery) && v.Before(nodeAddresses) {
		p.Doubt = "whether the brackets around an IPv6 address are removed depends on the version of pg-connection-string"
	}
	if !v.Before(nodeDirect) {
		return nodeNegotiation(s, u, object, p)
	}
	return p
}

// nodeEither is a client whose pg-connection-string knows a parameter, or does
// not.
func nodeEither(s policy.Settings, v policy.Version, known map[string]bool, name string) policy.Policy {
	with := func(knows bool) policy.Policy {
		settled := map[string]bool{name: knows}
		maps.Copy(settled, known)
		return nodePostgresParsed(s, v, settled)
	}
	if knows := with(true); reflect.DeepEqual(knows, with(false)) {
		return knows
	}
	return policy.Policy{
		Reason: policy.ReasonVersionNotDeclared, Undecided: "it is not known whether the package pg-connection-string that is installed with node-postgres knows the parameter " + name,
		Alternatives: []policy.Alternative{
			{If: "if the package does not know the parameter", Policy: with(false)}, {If: "if the package knows the parameter", Policy: with(true)},
		},
	}
}

// NodePostgresReleases are those of node-postgres 8.
var (
	NodePostgresReleases = policy.NewReleases("node-postgres", "driver_version", "8.0", "9")
	nodeQuery            = NodePostgresReleases.Change("8.1.0")  // more of the URL than ssl is read
	nodeSSLMode          = NodePostgresReleases.Change("8.4.0")  // sslmode in the URL, whichever pg-connection-string is there
	nodeObjects          = NodePostgresReleases.Change("8.5.0")  // ssl has to be an object
	nodeCompat           = NodePostgresReleases.Change("8.15.0") // uselibpqcompat, whichever pg-connection-string is there
	nodeDirect           = NodePostgresReleases.Change("8.22.0") // sslnegotiation
	nodeAddresses        = NodePostgresReleases.Change("8.23.1") // an address is compared
)

// nodeNegotiation is what sslnegotiation and PGSSLNEGOTIATION change.
func nodeNegotiation(s policy.Settings, u nodeURL, object *nodeTLS, p policy.Policy) policy.Policy {
	switch value := cmp.Or(u.query["sslnegotiation"], s.Properties["sslnegotiation"], s.Environment["PGSSLNEGOTIATION"]); value {
	case "", "postgres":
	case "direct":
		if object == nil {
			return policy.Policy{Rejection: policy.Contradictory("sslnegotiation=direct needs TLS, which the settings turn off", "sslnegotiation=direct requires SSL to be enabled")}
		}
		p.TLS.Direct, p.Doubt = true, policy.DirectUnknown
	default:
		return policy.Refused("node-postgres does not know the sslnegotiation value "+policy.Quoted(value), "Invalid sslnegotiation value")
	}
	return p
}

// nodePostgresTLS is what ends up as the ssl option.
func nodePostgresTLS(s policy.Settings, u nodeURL, v policy.Version) (object *nodeTLS, stop *policy.Policy) {
	mode, root := u.query["sslmode"], u.query["sslrootcert"]
	ssl, given := u.query["ssl"]
	direct := u.query["sslnegotiation"] == "direct"
	switch {
	case mode != "" || root != "":
		return nodeMode(u)
	case given:
		return nodeSSLText(ssl, v)
	case direct:
		return &nodeTLS{}, nil
	case hasName(s.Properties, "ssl") || hasPrefixed(s.Properties, "ssl."):
		return nodeSSLObject(s.Properties, v)
	}
	switch s.Environment["PGSSLMODE"] {
	case "prefer", "require", "verify-ca", "verify-full":
		return &nodeTLS{}, nil
	case "no-verify":
		if !v.Before(nodeQuery) {
			return &nodeTLS{skipPath: true}, nil
		}
	}
	return nil, nil
}

// nodeMode is what sslmode and sslrootcert make of the ssl option.
func nodeMode(u nodeURL) (object *nodeTLS, stop *policy.Policy) {
	mode, root := u.query["sslmode"], u.query["sslrootcert"]
	object = &nodeTLS{ca: root, caGiven: root != ""}
	if u.query["uselibpqcompat"] == "true" && mode != "disable" && mode != "verify-full" {
		return nodeLibpqCompatible(object, mode)
	}
	switch mode {
	case "disable":
		return nil, nil
	case "no-verify":
		object.skipPath = true
	}
	return object, nil
}

// nodeLibpqCompatible gives the modes libpq's meanings.
func nodeLibpqCompatible(object *nodeTLS, mode string) (*nodeTLS, *policy.Policy) {
	switch mode {
	case "prefer":
		object.skipPath = true
	case "require":
		object.skipName = object.caGiven
		object.skipPath = !object.caGiven
	case "verify-ca":
		if !object.caGiven {
			return nil, &policy.Policy{Rejection: policy.Contradictory("with uselibpqcompat, verify-ca needs sslrootcert",
				"Using sslmode=verify-ca requires specifying a CA with sslrootcert")}
		}
		object.skipName = true
	}
	return object, nil
}

// nodeSSLText is the value of ssl where it is a text. What is no word of its
// own is taken for a set of options: of none, before 8.5.
func nodeSSLText(ssl string, v policy.Version) (*nodeTLS, *policy.Policy) {
	switch ssl {
	case "true", "1":
		return &nodeTLS{}, nil
	case "0", "":
		return nil, nil
	case "no-verify":
		return &nodeTLS{skipPath: !v.Before(nodeQuery)}, nil
	}
	return nodeSSLOptions(ssl, v)
}

// nodeSSLOptions is a text that is taken for a set of options.
func nodeSSLOptions(ssl string, v policy.Version) (*nodeTLS, *policy.Policy) {
	if v.Before(nodeObjects) {
		return &nodeTLS{}, nil
	}
	return nil, new(policy.Refused("ssl="+policy.Quoted(ssl)+" is a string, but node-postgres uses it as an object", "Cannot use 'in' operator"))
}

// nodeSSLObject is the ssl option given in code: true, false, a text, or an
// object by its members ("ssl.ca").
func nodeSSLObject(properties map[string]string, v policy.Version) (*nodeTLS, *policy.Policy) {
	ssl := properties["ssl"]
	switch {
	case ssl == "false":
		return nil, nil
	case ssl == "0", ssl == "1": // Not false and not true: texts.
		return nodeSSLOptions(ssl, v)
	case ssl == "" && hasPrefixed(properties, "ssl."), ssl == "true", ssl == "object":
	default:
		return nodeSSLText(ssl, v)
	}
	object := &nodeTLS{
		servername: properties["ssl.servername"], minVersion: properties["ssl.minVersion"], maxVersion: properties["ssl.maxVersion"],
		skipName: properties["ssl.checkServerIdentity"] != "",
	}
	object.ca, object.caText = nodeCAFile(properties["ssl.ca"])
	object.caGiven = properties["ssl.ca"] != ""
	_, object.rejectGiven = properties["ssl.rejectUnauthorized"]
	object.skipPath = properties["ssl.rejectUnauthorized"] == "false"
	return object, nil
}
