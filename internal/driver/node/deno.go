package node

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// DenoReleases are those of deno-postgres. Earlier ones take some errors of Deno 2
// for others, and do not go on in plaintext after them.
var DenoReleases = policy.NewReleases("deno-postgres", "driver_version", "0.19.5", "0.20")

// Deno returns the policy of deno-postgres (jsr:@db/postgres) on Deno 2.
//
// TLS always verifies path and name: require, verify-ca and verify-full are one. The
// default is prefer, and prefer goes on in plaintext after every failure, of the
// verification too. The URL names no roots. Roots are Mozilla's with those of
// DENO_CERT, and caCertificates beside them; Deno 2.1 does not read
// NODE_EXTRA_CA_CERTS, and 2.9 does.
//
// Source: denodrivers/postgres, connection/connection.ts, #startup, and
// connection_params.ts, parseOptionsFromUri and createParams, at dd7df18 (0.19.5). Run
// by hand on Deno 2.1.0 and 2.9.6.
func Deno(s policy.Settings) policy.Policy {
	return DenoReleases.Each(s.Version, func(policy.Version) policy.Policy { return denoPolicy(s) })
}

func denoPolicy(s policy.Settings) policy.Policy {
	enabled, enforced, host, refused := denoSettings(s)
	if refused != nil {
		return *refused
	}
	p := policy.Policy{Mode: bunDisable, Hosts: []policy.Host{{Name: host}}, Attempts: []policy.Attempt{{}}}
	switch {
	case enforced && !enabled:
		return policy.Policy{Rejection: policy.Contradictory("tls.enforce needs TLS, but tls.enabled is false", "Can't enforce TLS")}
	case host == "" || strings.ContainsAny(host, "/,[]%"):
		return policy.Policy{Undecided: "the rules for deno-postgres cover exactly one host, and no Unix sockets"}
	case enabled && enforced:
		p.Mode, p.Attempts = bunRequire, []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}}
	case enabled:
		p.Mode = bunPrefer
		p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true, After: policy.TLSUnsupported | policy.TLSFailed}, {}}
	}
	if enabled {
		p = denoTLS(s, p)
	}
	u, _ := parseNodeURL(s.Connection)
	if options := cmp.Or(u.query["options"], s.Properties["options"], s.Environment["PGOPTIONS"]); options != "" {
		return bunSends(p, map[string]string{"options": options})
	}
	return p
}

// denoSettings is what a URL, or the options of a client in its place, say.
func denoSettings(s policy.Settings) (enabled, enforced bool, host string, refused *policy.Policy) {
	stop := func(p policy.Policy) (bool, bool, string, *policy.Policy) { return false, false, "", &p }
	options := hasPrefixed(s.Properties, "tls") || hasPrefixed(s.Properties, "host")
	switch {
	case s.Properties["host_type"] == "socket":
		return stop(policy.Policy{Undecided: "the rules for deno-postgres do not cover Unix sockets"})
	case s.Connection != "" && options:
		return stop(policy.Policy{Undecided: "a deno-postgres client gets either a URL or options, not both: leave out whichever the program does not use"})
	case s.Connection == "":
		for _, name := range []string{"tls.enabled", "tls.enforce"} {
			if !slices.Contains([]string{"", "true", "false"}, s.Properties[name]) {
				return stop(policy.Policy{Undecided: name + " must be true or false"})
			}
		}
		return s.Properties["tls.enabled"] != "false", s.Properties["tls.enforce"] == "true", cmp.Or(s.Properties["hostname"], s.Environment["PGHOST"], s.Host), nil
	}
	u, several := parseNodeURL(s.Connection)
	scheme, _, _ := strings.Cut(s.Connection, "://")
	mode, given := u.query["sslmode"]
	host = cmp.Or(u.host, u.query["host"])
	switch {
	case scheme != "postgres" && scheme != "postgresql":
		return stop(policy.Refused("deno-postgres needs a postgres:// or postgresql:// URL", "invalid driver"))
	case several != "" || u.bracketed:
		return stop(policy.Policy{Undecided: "the rules for deno-postgres cover a single host name or IPv4 address, not " + policy.Quoted(u.list)})
	case u.query["ssl"] == "true", given && slices.Contains([]string{bunRequire, bunVerifyCA, bunVerifyFull}, mode):
		return true, true, host, nil
	case !given || mode == bunPrefer:
		return true, false, host, nil
	case mode == bunDisable:
		return false, false, host, nil
	}
	return stop(policy.Refused("deno-postgres does not know the sslmode value "+policy.Quoted(mode), "Supplied DSN has invalid sslmode"))
}

// denoFile finds the file of Deno.readTextFileSync('/etc/ssl/rds.pem').
var denoFile = regexp.MustCompile("^\\[?\\s*(?:await )?(?:Deno\\.readTextFile(?:Sync)?|(?:fs\\.)?readFileSync)\\(\\s*['\"`]([^'\"`]+)['\"`][^()]*\\)\\s*\\]?$")

// denoTLS adds the roots, and Deno's validation: rustls, with the webpki of its
// release.
func denoTLS(s policy.Settings, p policy.Policy) policy.Policy {
	ca, cert := s.Properties["tls.caCertificates"], s.Environment["DENO_CERT"]
	anchors := policy.Anchors{Source: policy.SystemStore, Reader: truststore.RustlsPEM}
	found := denoFile.FindStringSubmatch(ca)
	switch {
	case s.Environment["NODE_EXTRA_CA_CERTS"] != "":
		return policy.Policy{Undecided: "whether Deno reads NODE_EXTRA_CA_CERTS depends on its release: name the file in DENO_CERT instead"}
	case !slices.Contains([]string{"", "mozilla"}, s.Environment["DENO_TLS_CA_STORE"]), s.StoreDeclared && s.StorePlace == policy.PlaceSystem:
		return policy.Policy{Undecided: "the rules do not say which of the operating system's roots Deno uses: set DENO_CERT to a file that contains the roots, remove DENO_TLS_CA_STORE from \"environment\", and remove place = \"system\" from trust_store"}
	case ca != "" && cert != "":
		return policy.Policy{Undecided: "tls.caCertificates and DENO_CERT name two stores, and Deno uses both, which the rules do not cover"}
	case cert != "":
		anchors = denoStore(s, anchors, cert)
	case strings.Contains(ca, "-----BEGIN "):
		anchors.Source, anchors.Content, anchors.WithSystem = policy.Declared, []byte(ca), true
	case found != nil:
		anchors = denoStore(s, anchors, found[1])
		anchors.Missing.Then = policy.RejectAll // It is the program that reads it.
	case ca != "":
		return policy.Policy{Undecided: "tls.caCertificates must be declared as the PEM text of certificates, or as the call that reads them, such as [Deno.readTextFileSync('/the/file.pem')]"}
	}
	p.NameRule, p.Anchors = certpath.NameWebPKI, anchors
	p.PathError, p.NameError = denoInvalid, denoInvalid
	open := policy.Policy{Undecided: "it depends on the release of Deno which version of webpki validates the chain"}
	for _, version := range []string{"0.102", "0.103"} {
		p.Profile = certpath.Profile{Validator: certpath.WebPKI, Version: version, SecurityLevel: -1}
		open.Alternatives = append(open.Alternatives, policy.Alternative{If: "webpki " + version, Policy: p})
	}
	return open
}

// denoStore is a file beside Mozilla's roots. Without it, or with a block in it that is
// no certificate, no attempt on TLS succeeds.
func denoStore(s policy.Settings, anchors policy.Anchors, file string) policy.Anchors {
	anchors.Source, anchors.Path, anchors.WithSystem = s.Found(file), file, true
	return anchors
}

// denoInvalid is what deno-postgres says of every error of verification.
const denoInvalid = "The certificate used to secure the TLS connection is invalid"

// DenoNames are the options of deno-postgres' Client and Pool, and what it reads of
// a URL.
//
// Source: denodrivers/postgres 0.19.5, connection/connection_params.ts.
func DenoNames(policy.Settings) policy.Known {
	return policy.Known{
		Variables: []string{"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGAPPNAME", "PGOPTIONS", "DENO_CERT", "DENO_TLS_CA_STORE", "NODE_EXTRA_CA_CERTS"},
		Given:     queryOf, Parameters: strings.Fields("application_name dbname host options password port ssl sslmode user"),
		Properties: strings.Fields(`applicationName connection connection.* controls controls.* database hostname host_type options options.* password port user
			tls tls.enabled tls.enforce tls.caCertificates`),
	}
}
