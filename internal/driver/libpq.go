package driver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// libpqClient is a client of libpq with all that it hands over to libpq.
type libpqClient struct {
	declared Settings
	build    libpqBuild
	// settings are the effective ones, after environment and defaults.
	settings conninfo.Settings
}

// libpqPolicy returns what libpq does with the settings that a client hands
// over to it.
//
// A root certificate file that exists is used by every TLS attempt: the path
// is verified even in "prefer" and "require", the name in "verify-full" only.
//
// Source: postgres/postgres, src/interfaces/libpq/fe-connect.c
// (conninfo_add_defaults, connectOptions2, PQconnectPoll) and
// fe-secure-openssl.c (initialize_SSL, open_client_SSL), 12 to 18. Observed
// with libpq 12.22, 13.23, 14.23, 15.18, 16.14, 17.10 and 18.4.
func libpqPolicy(s Settings, b libpqBuild, given conninfo.Settings) Policy {
	if why := b.undecided(); why != "" {
		return Policy{Undecided: why}
	}
	given, policy := withService(s, b, given)
	if policy != nil {
		return *policy
	}
	c := libpqClient{declared: s, build: b, settings: withLibpqDefaults(s, b, given)}
	if rejection := c.reject(); rejection != nil {
		return Policy{Rejection: rejection, Mode: c.get("sslmode")}
	}
	return c.policy()
}

// get returns the effective value of a keyword; empty where it has none.
func (c libpqClient) get(keyword string) string {
	value, _ := c.settings.Get(keyword)
	return value
}

func (c libpqClient) policy() Policy {
	hosts, later, undecided := c.hosts()
	if undecided != "" {
		return Policy{Undecided: undecided}
	}
	mode := c.get("sslmode")
	policy := Policy{
		Mode:    mode,
		Hosts:   hosts,
		Later:   later,
		Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: c.build.openSSL, SecurityLevel: -1},
		// fe-secure-openssl.c prints the reason of the SSL error, not the
		// result of the verification.
		PathError:   "certificate verify failed",
		NameRule:    certpath.NameLibpq,
		NameVersion: strconv.Itoa(c.build.libpq),
		TLS:         c.offer(),
	}
	if hosts[0].Local {
		// The mode is not looked at: even verify-full goes on in plaintext.
		policy.Attempts = []Attempt{{}}
		return policy
	}
	policy.Anchors = c.anchors()
	policy.Attempts = c.attempts(policy.Anchors)
	policy.Doubt = c.doubt(policy)
	return policy
}

// attempts returns the order of plaintext and TLS. In "prefer", a server that
// refuses the TLS session for any reason is tried in plaintext as well.
func (c libpqClient) attempts(anchors Anchors) []Attempt {
	mode := c.get("sslmode")
	tls := Attempt{
		TLS:        true,
		VerifyPath: anchors.Source == Declared || anchors.Source == SystemStore || strings.HasPrefix(mode, "verify-"),
		VerifyHost: mode == "verify-full",
	}
	plaintext := Attempt{}
	if c.get("channel_binding") == "require" {
		// A plaintext session has no channel to bind to: it always fails.
		return []Attempt{tls}
	}
	switch mode {
	case "disable":
		return []Attempt{plaintext}
	case "allow":
		plaintext.After = ServerRefused
		return []Attempt{plaintext, tls}
	case "prefer":
		tls.After = TLSUnsupported | TLSFailed | ServerRefused
		return []Attempt{tls, plaintext}
	default:
		return []Attempt{tls}
	}
}

// anchors returns where the root certificates come from. A file that does not
// exist matters in the verify modes only; one that cannot be read fails every
// TLS attempt.
func (c libpqClient) anchors() Anchors {
	a := Anchors{
		Reader:          truststore.OpenSSLFile,
		ReaderVersion:   c.build.openSSL,
		Path:            c.get("sslrootcert"),
		UnreadableError: "could not read root certificate file",
	}
	switch {
	case a.Path == "system" && c.build.libpq >= 16:
		// OpenSSL's default paths: a file that it cannot read is no error.
		a.Source, a.WhenUnreadable, a.WhenNoAnchors = SystemStore, TakeNone, TakeNone
		if c.declared.StoreDeclared && (c.declared.StorePlace == PlaceSystem || c.namesSystemFile()) {
			a.Source = Declared
		}
		return a
	case c.findsStore(a.Path):
		a.Source = Declared
		return a
	case !strings.HasPrefix(c.get("sslmode"), "verify-"):
		return a
	}
	a.Source = Missing
	a.MissingError = "root certificate file"
	return a
}

// namesSystemFile says whether the declared store is the file that stands in
// for OpenSSL's own.
//
// Source: OpenSSL, crypto/x509/by_file.c, by_file_ctrl, 1.1.1 and 3.0.
func (c libpqClient) namesSystemFile() bool {
	return c.declared.Environment["SSL_CERT_FILE"] != "" && c.declared.StorePlace != PlaceHome
}

// findsStore says whether the declared store lies where libpq looks for its
// root certificate file.
//
// A relative "system" of libpq 15 and earlier is a file of that name in the
// working directory: nobody who declares a store means that. A tilde is not
// expanded either. HOME is read
// from 15 on; earlier versions take the home directory of the passwd entry,
// so that a store below a declared HOME is not found.
//
// Source: fe-connect.c, pqGetHomeDirectory, 14 and 15.
func (c libpqClient) findsStore(path string) bool {
	if !c.declared.StoreDeclared || c.declared.StorePlace == PlaceSystem || path == "system" || strings.HasPrefix(path, "~") {
		return false
	}
	if path != "" {
		return c.declared.StorePlace != PlaceHome || strings.HasSuffix(path, "/.postgresql/root.crt")
	}
	home, declared := c.declared.Environment["HOME"]
	return !declared || home == "" || c.build.libpq >= 15
}

// offer returns the protocol versions and the kind of handshake.
func (c libpqClient) offer() Offer {
	return Offer{
		Min:    protocolName(c.get("ssl_min_protocol_version")),
		Max:    protocolName(c.get("ssl_max_protocol_version")),
		Direct: c.get("sslnegotiation") == "direct",
	}
}

// hosts returns the server that libpq tries first, and the later ones. Its name is empty where the
// settings give an address alone: nothing can match then. Later servers of a
// list are tried where an earlier one cannot be reached, but not after a
// failed TLS handshake, unless the client takes the list apart itself.
//
// Source: fe-connect.c, PQconnectPoll, 12 to 18; observed with 12.22 to 18.4.
func (c libpqClient) hosts() (hosts, later []Host, undecided string) {
	names, addresses := c.get("host"), c.get("hostaddr")
	verifiesName := c.get("sslmode") == "verify-full"
	switch {
	case names == "" && addresses == "" && c.declared.Host == "" && verifiesName:
		return nil, nil, "the settings name no host, and none is declared"
	case names == "" && addresses == "":
		return []Host{{Name: c.declared.Host, Local: strings.HasPrefix(c.declared.Host, "/")}}, nil, ""
	}
	nameList, addressList := strings.Split(names, ","), strings.Split(addresses, ",")
	for i := range max(len(nameList), len(addressList)) {
		name, address := at(nameList, i), at(addressList, i)
		local := address == "" && (name == "" || name[0] == '/' || name[0] == '@' && c.build.libpq >= 14)
		hosts = append(hosts, Host{Name: name, Local: local})
	}
	switch {
	case c.build.eachHost, len(hosts) == 1:
		return hosts, nil, ""
	case verifiesName && c.get("load_balance_hosts") == "random" && slices.ContainsFunc(hosts, func(h Host) bool { return h != hosts[0] }):
		return nil, nil, "the hosts are tried in a random order, and each must match the server certificate"
	}
	return hosts[:1], hosts[1:], ""
}

// at returns an element, or nothing past the end.
func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// doubt says why a session that TLS allows may be refused all the same.
func (c libpqClient) doubt(policy Policy) string {
	verifies := policy.Anchors.Source == Declared || policy.Anchors.Source == SystemStore
	switch attrs := c.get("target_session_attrs"); {
	case verifies && (c.get("sslcrl") != "" || c.get("sslcrldir") != ""):
		return "sslcrl or sslcrldir names revocation lists whose content is not declared: where they exist, each CA of the path must have one"
	case c.get("channel_binding") == "require":
		return "channel_binding=require holds only where the server asks for SCRAM authentication"
	case c.get("require_auth") != "":
		return "require_auth depends on how the server authenticates the role"
	case c.get("sslcertmode") == "require":
		return "sslcertmode=require holds only where the server asks for a client certificate"
	case policy.TLS.Direct:
		return "sslnegotiation=direct needs a server of version 17 or later"
	case attrs == "read-only" || attrs == "standby":
		return "target_session_attrs=" + attrs + " holds only where the server is no primary"
	case c.get("min_protocol_version") == "3.2" || c.get("min_protocol_version") == "latest":
		return "min_protocol_version=3.2 needs a server of version 18 or later"
	}
	return ""
}
