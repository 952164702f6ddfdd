// Package libpq holds the rules of libpq and of the drivers that are built on it.
package libpq

import (
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// libpqClient is a client of libpq with all that it hands over to libpq.
type libpqClient struct {
	declared policy.Settings
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
//
// err is why a connection string could not be parsed.
func libpqPolicy(s policy.Settings, b libpqBuild, given conninfo.Settings, err error) policy.Policy {
	if err != nil {
		return refusedConninfo(err)
	}
	given, p := withService(s, b, given)
	if p != nil {
		return *p
	}
	c := libpqClient{declared: s, build: b, settings: withLibpqDefaults(s, b, given)}
	if rejection := c.reject(); rejection != nil {
		return policy.Policy{Rejection: rejection, Mode: c.get("sslmode")}
	}
	return c.policy()
}

// get returns the effective value of a keyword; empty where it has none.
func (c libpqClient) get(keyword string) string {
	value, _ := c.settings.Get(keyword)
	return value
}

func (c libpqClient) policy() policy.Policy {
	hosts, undecided := c.hosts()
	if undecided != "" {
		return policy.Policy{Undecided: undecided}
	}
	p := policy.Policy{
		Mode: c.get("sslmode"), Hosts: hosts.tried, Later: hosts.later, AnyHost: hosts.anyOf,
		Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: c.build.openSSL, SecurityLevel: -1},
		// fe-secure-openssl.c prints the reason of the SSL error, not the
		// result of the verification.
		PathError: "certificate verify failed",
		NameRule:  certpath.NameLibpq, NameVersion: strconv.Itoa(min(max(c.build.libpq, 14), 15)), // the two rules
		TLS: policy.Offer{
			Min: policy.TLSVersion(c.get("ssl_min_protocol_version")), Max: policy.TLSVersion(c.get("ssl_max_protocol_version")),
			Direct: c.get("sslnegotiation") == "direct",
		},
	}
	if hosts.tried[0].Local {
		// The mode is not looked at: even verify-full goes on in plaintext.
		p.Attempts = []policy.Attempt{{}}
		return p
	}
	p.Anchors = c.anchors()
	p.Attempts = c.attempts(p.Anchors)
	p.Doubt, p.TLSDoubt = c.doubt(), c.tlsDoubt(p)
	return c.withCertificate(p)
}

// attempts returns the order of plaintext and TLS. In "prefer", a server that
// refuses the TLS session for any reason is tried in plaintext as well.
func (c libpqClient) attempts(anchors policy.Anchors) []policy.Attempt {
	mode := c.get("sslmode")
	tls := policy.Attempt{
		TLS:        true,
		VerifyPath: anchors.Source == policy.Declared || strings.HasPrefix(mode, "verify-"),
		VerifyHost: mode == "verify-full",
		After:      policy.TLSUnsupported | policy.TLSFailed | policy.ServerRefused,
	}
	plaintext := policy.Attempt{After: policy.ServerRefused}
	if c.get("channel_binding") == "require" {
		// A plaintext session has no channel to bind to: it always fails.
		plaintext.Ends = &policy.Rejection{
			Reason: policy.ReasonChannelBindingImpossible,
			Detail: "channel_binding=require needs TLS, but the client tries to connect in plaintext", Client: "channel binding",
		}
	}
	return policy.Order(mode, plaintext, tls)
}

// anchors returns where the root certificates come from. A file that does not
// exist matters in the verify modes only; one that cannot be read fails every
// TLS attempt.
func (c libpqClient) anchors() policy.Anchors {
	unreadable := policy.Lack{Client: "could not read root certificate file"}
	a := policy.Anchors{
		Path: c.get("sslrootcert"), Reader: truststore.OpenSSLFile, ReaderVersion: c.build.openSSL, Unreadable: unreadable, Empty: unreadable,
	}
	switch {
	case a.Path == "system" && c.build.libpq >= 16:
		// OpenSSL's default paths: a file that it cannot read is no error.
		return openssl.WithDefaults(c.declared, a)
	case a.Path == "/dev/null":
		a.Source, a.Content = policy.Declared, []byte("\n") // It is there, and holds nothing.
		return a
	case c.findsStore(a.Path):
		a.Source = policy.Declared
		return a
	case !strings.HasPrefix(c.get("sslmode"), "verify-"):
		return a
	}
	a.Source = policy.Missing
	a.Missing.Client = "root certificate file"
	return a
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
	if !c.declared.StoreDeclared || c.declared.StorePlace == policy.PlaceSystem || path != "" && !policy.NamesFile(path) {
		return false
	}
	if path != "" {
		return c.declared.StorePlace != policy.PlaceHome || strings.HasSuffix(path, "/.postgresql/root.crt")
	}
	if c.declared.StorePlace != policy.PlaceHome && c.declared.NamesStoreOfOthers() {
		return false // The store lies there, and libpq does not look at it.
	}
	home, declared := c.declared.Environment["HOME"]
	return !declared || home == "" || c.build.libpq >= 15
}
