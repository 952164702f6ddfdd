package driver

import (
	"encoding/hex"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// pythonStrict is the minor version of Python 3 from which
// ssl.create_default_context is strict and accepts partial chains.
//
// Source: python/cpython 3.13, Lib/ssl.py, create_default_context.
const pythonStrict = 13

// unknownContext is why an SSLContext of another making is not judged.
const unknownContext = "what an SSLContext does that is not made by ssl.create_default_context is not known: declare it as \"context\", with cafile, check_hostname and verify_mode beside it"

// release is the major and the minor number of a version.
type release [2]int

// parseRelease reads the first two numbers of a version such as "0.27.0".
// Empty is a release later than any.
func parseRelease(version string) (release, bool) {
	if version == "" {
		return release{math.MaxInt}, true
	}
	var r release
	for i, part := range strings.Split(version, ".") {
		if i == len(r) {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return release{}, false
		}
		r[i] = n
	}
	return r, true
}

// pythonWord is what may stand before a version of Python.
var pythonWord = regexp.MustCompile(`^(?i:c?python)\s*`)

// measuredPython is what stands for a Python that is not declared: the newest
// that was measured. It accepts less than 3.13, so that no path is taken for
// good that an older one refuses.
var measuredPython = release{3, 11}

// parsePython reads a version of Python, such as "3.11.2" or "Python 3.11.2".
func parsePython(runtime string) (release, bool) {
	if runtime == "" {
		return measuredPython, true
	}
	number, _, _ := strings.Cut(pythonWord.ReplaceAllString(runtime, ""), ",")
	return parseRelease(strings.TrimSpace(number))
}

// before says whether r is earlier than another release.
func (r release) before(major, minor int) bool {
	return r[0] < major || r[0] == major && r[1] < minor
}

// pythonProfile is how Python's ssl validates a path. A context made by
// ssl.create_default_context differs from a bare one since Python 3.13.
func pythonProfile(python release, defaultContext bool) certpath.Profile {
	strict := defaultContext && !python.before(3, pythonStrict)
	return certpath.Profile{Validator: certpath.OpenSSL, PartialChain: strict, Strict: strict, SecurityLevel: -1}
}

// pythonNamedStore is a file loaded with SSLContext.load_verify_locations:
// one that is missing or cannot be read is an exception, so that the client
// never gets to connect.
func pythonNamedStore(s Settings, path string) Anchors {
	anchors := Anchors{
		Source: Missing, Path: path, Reader: truststore.OpenSSLFile,
		WhenUnreadable: RejectAll, WhenNoAnchors: RejectAll, MissingError: "No such file or directory",
	}
	if s.StoreDeclared && s.StorePlace != PlaceHome && s.StorePlace != PlaceSystem {
		anchors.Source = Declared
	}
	return anchors
}

// pythonContext returns the attempt and the anchors of an SSLContext that the
// application makes with ssl.create_default_context(cafile=…), and may weaken
// by the properties check_hostname and verify_mode.
func pythonContext(s Settings) (Attempt, Anchors) {
	anchors := opensslDefaultStore(s)
	if path := s.Properties["cafile"]; path != "" {
		anchors = pythonNamedStore(s, path)
	}
	mode := strings.TrimPrefix(strings.ToUpper(s.Properties["verify_mode"]), "SSL.")
	attempt := Attempt{TLS: true, VerifyPath: true, VerifyHost: true}
	if strings.EqualFold(s.Properties["check_hostname"], "false") {
		attempt.VerifyHost = false
	}
	if mode == "CERT_NONE" {
		attempt.VerifyPath, attempt.VerifyHost = false, false
	}
	return attempt, anchors
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

// pythonUnquote is urllib.parse.unquote: an escape that is none stays as it
// is.
func pythonUnquote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if decoded, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b.Write(decoded)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
