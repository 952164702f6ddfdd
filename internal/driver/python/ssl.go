// Package python holds the rules of the drivers that use Python's ssl.
package python

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Releases of Python. Since 3.13 ssl.create_default_context is strict and
// accepts partial chains.
//
// Source: python/cpython 3.13, Lib/ssl.py, create_default_context.
var (
	pythonReleases = policy.NewReleases("Python", "runtime_version", "2.7", "")
	pythonOpenSSL  = pythonReleases.Change("3.10") // needs OpenSSL 1.1.1
	pythonNoWrap   = pythonReleases.Change("3.12") // there is no ssl.wrap_socket
	pythonStrict   = pythonReleases.Change("3.13")
)

// unknownContext is why an SSLContext of another making is not judged.
const unknownContext = "the rules cover only an SSLContext that is made by ssl.create_default_context: declare such a context as \"context\", together with cafile, check_hostname and verify_mode"

// eachPython is the policy for the versions of Python and of its OpenSSL in a
// declared runtime, such as "3.11.2" or "Python 3.11.2, OpenSSL 3.0.17".
func eachPython(runtime string, rule func(policy.Version) policy.Policy) policy.Policy {
	number, rest, _ := strings.Cut(runtime, ",")
	return pythonReleases.Each(number, func(python policy.Version) policy.Policy {
		built := openssl.Releases
		if !python.Before(pythonOpenSSL) {
			built = openssl.Releases.From("1.1.1")
		}
		return built.Each(openssl.InRuntime(strings.TrimSpace(rest)), func(ssl policy.Version) policy.Policy {
			return openssl.In(rule(python), openssl.Series(ssl))
		})
	})
}

// pythonProfile is how Python's ssl validates a path. A context made by
// ssl.create_default_context differs from a bare one since Python 3.13.
func pythonProfile(python policy.Version, defaultContext bool) certpath.Profile {
	strict := defaultContext && !python.Before(pythonStrict)
	return certpath.Profile{Validator: certpath.OpenSSL, PartialChain: strict, Strict: strict, SecurityLevel: -1}
}

// pythonNamedStore is a file loaded with SSLContext.load_verify_locations:
// one that is missing or cannot be read is an exception, so that the client
// never gets to connect.
func pythonNamedStore(s policy.Settings, path string) policy.Anchors {
	return policy.Anchors{
		Source: s.Found(path), Path: path, Reader: truststore.OpenSSLFile,
		Missing: policy.Lack{Client: "No such file or directory"},
	}.Otherwise(policy.RejectAll)
}

// pythonContext returns the attempt and the anchors of an SSLContext that the
// application makes with ssl.create_default_context(cafile=…), and may weaken
// by the properties check_hostname and verify_mode.
func pythonContext(s policy.Settings) (policy.Attempt, policy.Anchors) {
	anchors := openssl.DefaultStore(s)
	if path := s.Properties["cafile"]; path != "" {
		anchors = pythonNamedStore(s, path)
	}
	mode := strings.TrimPrefix(strings.ToUpper(s.Properties["verify_mode"]), "SSL.")
	verify := mode != "CERT_NONE"
	return policy.Attempt{TLS: true, VerifyPath: verify, VerifyHost: verify && !strings.EqualFold(s.Properties["check_hostname"], "false")}, anchors
}

// pythonIsContext says whether a property's value stands for an SSLContext
// object made by ssl.create_default_context, which a declaration cannot hold
// itself.
func pythonIsContext(value string) bool {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(value), "ssl."), "()")
	return name == "context" || name == "sslcontext" && !strings.HasSuffix(value, "()") || name == "create_default_context"
}

// pythonIsExpression says whether a value looks like an object of which it is
// not known what it does.
func pythonIsExpression(value string) bool {
	return !pythonIsContext(value) && (strings.Contains(value, "(") || strings.Contains(strings.ToLower(value), "context"))
}
