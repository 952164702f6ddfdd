// Package rust holds the rules of the drivers that are written in Rust.
package rust

import (
	"maps"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// rustTLS is how a Rust program verifies with one of its TLS libraries.
type rustTLS struct {
	profile   certpath.Profile
	nameRule  certpath.NameRule
	pathError string
	nameError string
	suites    string // its text where no cipher suite is common
	anchors   policy.Anchors
}

// The TLS libraries of Rust programs.
const (
	rustNativeTLS = "native-tls"
	rustOpenSSL   = "openssl"
	rustRustls    = "rustls"
)

// The releases of rustls that a program is declared to be built with. Before
// 0.21 no certificate has an address; from 0.23.24 on a wrong name is another
// error, which sqlx 0.8 does not know for one in verify-ca.
var (
	rustlsReleases  = policy.NewReleases("rustls", "property rustls_version", "0.20", "")
	rustlsAddresses = rustlsReleases.Change("0.21")
	rustlsContext   = rustlsReleases.Change("0.23.24")
)

// rustSocket is the end of a client that needs TLS at a Unix socket.
var rustSocket = policy.Policy{Rejection: policy.Contradictory("TLS is not possible over a Unix socket", "server does not support TLS")}

// apply puts the library's ways into a policy.
func (t rustTLS) apply(p policy.Policy) policy.Policy {
	p.Profile, p.NameRule, p.PathError, p.NameError, p.Anchors = t.profile, t.nameRule, t.pathError, t.nameError, t.anchors
	p.TLS.SuiteError = t.suites
	return p
}

// nativeTLS is native-tls and openssl on Linux: a root that is named is added
// to OpenSSL's own store. native-tls takes the first certificate of a file,
// openssl's set_ca_file all of them. Either reports a file that it cannot use
// before it connects.
//
// Source: sfackler/rust-native-tls 0.2, src/imp/openssl.rs, TlsConnector::new
// and Certificate::from_pem; sfackler/rust-openssl 0.10, openssl/src/ssl/
// connector.rs, SslConnector::builder, setup_verify_hostname. Run, by
// tokio-postgres.
func nativeTLS(s policy.Settings, root string, reader truststore.Reader, version string) rustTLS {
	t := rustTLS{
		profile:  certpath.Profile{Validator: certpath.OpenSSL, Version: version, SecurityLevel: -1},
		nameRule: certpath.NameOpenSSL, nameError: "mismatch", anchors: openssl.DefaultStore(s),
	}
	if root != "" {
		t.anchors = rustNamedStore(s, root, reader)
		t.anchors.ReaderVersion = version
		if reader == truststore.OpenSSLFile {
			t.anchors.Directory = &policy.Lack{Client: "no certificate or crl found"}
		}
		t.anchors = t.anchors.Otherwise(policy.RejectAll)
		t.anchors.Directory.Then = policy.RejectAll
	}
	return t
}

// rustls is rustls with its own webpki: a root that is named is added to those
// that are compiled in or the operating system's, neither of which has RDS's.
//
// Source: rustls 0.20 to 0.23, src/webpki/verify.rs (src/verify.rs before
// 0.21), WebPkiServerVerifier. 0.20 was run, by tokio-postgres.
func rustls(s policy.Settings, root string) rustTLS {
	t := rustTLS{
		profile:  certpath.Profile{Validator: certpath.WebPKI, SecurityLevel: -1},
		nameRule: certpath.NameWebPKI, pathError: "invalid peer certificate", nameError: "invalid peer certificate", suites: "HandshakeFailure",
		anchors: policy.Anchors{Source: policy.SystemStore, Reader: truststore.RustlsPEM},
	}
	if root != "" {
		t.anchors = rustNamedStore(s, root, truststore.RustlsPEM)
		t.anchors.Empty.Then = policy.UseSystem
	}
	return t
}

// rustNamedStore is a file that the program reads whole, and adds to the roots
// that it has anyway.
func rustNamedStore(s policy.Settings, path string, reader truststore.Reader) policy.Anchors {
	a := policy.Anchors{
		Source: s.Found(path), Path: path, Reader: reader, WithSystem: true, Missing: policy.Lack{Client: "no such file"},
		Directory: &policy.Lack{Client: "Is a directory"},
	}
	if _, held := s.Environment[path]; held && s.StoreNamed() { // The content itself.
		a.Source = policy.Declared
	}
	return a
}

// eachNativeTLS is the policy for the version of OpenSSL that is declared as
// the runtime.
func eachNativeTLS(s policy.Settings, root string, reader truststore.Reader, rule func(rustTLS) policy.Policy) policy.Policy {
	if reason := rustPlatform(s.Runtime); reason != "" {
		return policy.Policy{Undecided: reason}
	}
	return openssl.Releases.Each(openssl.InRuntime(s.Runtime), func(v policy.Version) policy.Policy {
		return rule(nativeTLS(s, root, reader, openssl.Series(v)))
	})
}

// rustCertificate is why a client certificate leaves a client undecided.
func rustCertificate(s policy.Settings, path string) string {
	if _, unknown := s.Files.Lookup("the client certificate", path); unknown != "" {
		return unknown
	}
	return "the rules do not cover what the TLS library does with a client certificate"
}

// rustPlatform says why a runtime is outside of the rules; empty is nothing.
// native-tls is SChannel on Windows and the Security framework on macOS.
func rustPlatform(runtime string) string {
	if runtime != "" && openssl.InRuntime(runtime) == "" {
		return "the rules cover only OpenSSL (which native-tls uses on Linux), not " + policy.Quoted(runtime)
	}
	return ""
}

// unknownProperty is the first property, by name, that the rules do not know;
// empty where there is none.
func unknownProperty(properties map[string]string, known []string) string {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}
