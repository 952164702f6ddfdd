package readiness

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // RDS reports the SHA-1 of a root as its Thumbprint; it identifies, it does not protect.
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// selfSigned says whether a certificate is a root: pinned subordinates and
// server certificates are not.
func selfSigned(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

// fingerprint returns the lower-case hexadecimal SHA-256 of a certificate.
func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// thumbprint is a certificate's SHA-1, as RDS writes it.
func thumbprint(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw) //nolint:gosec // See the import.
	return hex.EncodeToString(sum[:])
}

// resolve returns what is presented, as far as known, for a client that has
// these anchors: where only the Thumbprint of the root is known, the anchor
// that has it is the root.
func (e Evidence) resolve(anchors []certpath.Anchor) certpath.Presented {
	p := e.Presented
	if e.Source == trustServices {
		return trustServicesRoot(anchors)
	}
	if len(p.Certificates) > 0 || p.RootSHA256 != "" {
		return p
	}
	for _, a := range anchors {
		if thumbprint(a.Certificate) == e.RootSHA1 {
			p.RootSHA256, p.RootSubject, p.RootNotAfter = fingerprint(a.Certificate), a.Certificate.Subject.CommonName, a.Certificate.NotAfter
			return p
		}
	}
	if ca, known := rdsca.BySHA1(e.RootSHA1); known {
		p.RootSHA256, p.RootSubject, p.RootNotAfter = ca.SHA256, ca.Subject, ca.NotAfter
		return p
	}
	// No anchor is the root, and its name is not known either.
	p.RootSHA1 = e.RootSHA1
	return p
}

// reachesProxy says whether all hosts of a client are endpoints of RDS Proxy:
// their names say so, whatever was declared.
func reachesProxy(p policy.Policy) bool {
	named := false
	for _, p := range p.Possible() {
		for _, host := range p.Hosts {
			if endpoint, is := rdsca.ParseEndpoint(host.Name); !is || endpoint.Kind != rdsca.EndpointProxy {
				return false
			}
			named = true
		}
	}
	return named
}

// proxyEvidence replaces a path by the one that RDS Proxy presents to a client
// with these anchors. It hangs under Amazon Trust Services, which the switch
// of a DB instance's CA does not touch.
//
// Source: AWS, "Using RDS Proxy": TLS/SSL with certificates from ACM. Not
// observed.
func proxyEvidence(e Evidence) Evidence {
	return Evidence{CAIdentifier: e.CAIdentifier, Source: trustServices, Presented: certpath.Presented{RootSubject: trustServices}}
}

const trustServices = "Amazon Trust Services"

// trustServicesRoot is the root, of the several that Amazon Trust Services
// chains to by cross-signing, that these anchors hold.
func trustServicesRoot(anchors []certpath.Anchor) certpath.Presented {
	roots := rdsca.TrustServicesRoots()
	for _, a := range anchors {
		sum := fingerprint(a.Certificate)
		for _, root := range roots {
			if root.SHA256 == sum {
				return certpath.Presented{RootSHA256: sum, RootSubject: root.Subject, RootNotAfter: root.NotAfter}
			}
		}
	}
	return certpath.Presented{RootSHA256: roots[0].SHA256, RootSubject: roots[0].Subject, RootNotAfter: roots[0].NotAfter}
}

// endpointName judges a name where the server certificate itself is not
// known. RDS puts the endpoint's own names into it and nothing else, so an
// alias, an address or the local end of a tunnel never matches, whether the
// endpoint is known or not. Nor does an address that RDS reports, since it puts
// none into a certificate.
func (e *evaluation) endpointName(host policy.Host, verdict Verdict) Verdict {
	switch {
	case host.Name == "":
		verdict.Outcome, verdict.Reason = Fails, certpath.HostNameMismatch
		verdict.Detail = "The client checks the host name, but its settings name no host."
	case !policy.IsAddress(host.Name) && sameName(host.Name, e.in.Endpoint), isEndpoint(host.Name):
		return verdict
	default:
		verdict.Outcome, verdict.Reason = Fails, certpath.HostNameMismatch
		verdict.Detail = "The client checks the host name " + policy.Quoted(host.Name) +
			", but RDS puts only the endpoint's own names into a server certificate."
	}
	verdict.AnchorSHA256, verdict.AnchorSubject = "", ""
	return verdict
}

// certifies says whether the server certificate is known to have a name.
func (e Evidence) certifies(name string) bool {
	if leaf := e.leaf(); leaf != nil {
		return leaf.VerifyHostname(name) == nil
	}
	return isEndpoint(name)
}

// sameName compares host names as DNS does.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

func isEndpoint(name string) bool {
	_, is := rdsca.ParseEndpoint(name)
	return is
}

// ecdsa says whether the server certificate has an elliptic curve key.
func (e Evidence) ecdsa() bool {
	if leaf := e.leaf(); leaf != nil {
		return leaf.PublicKeyAlgorithm == x509.ECDSA
	}
	return strings.Contains(e.CAIdentifier, "-ecc")
}

// Sentence ends a text with a full stop and starts it with a capital, unless it
// starts with a name in code.
func Sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	if first := text[0]; first >= 'a' && first <= 'z' && !startsWithName(text) {
		text = string(first-'a'+'A') + text[1:]
	}
	if last := text[len(text)-1]; last == '.' || last == '!' || last == '?' {
		return text
	}
	return text + "."
}

// startsWithName says whether a text starts with a name that is only right in
// lower case: a driver, a setting or a setting with its value.
func startsWithName(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	word = strings.TrimRight(word, ",:")
	return strings.HasPrefix(word, "ssl") || strings.ContainsAny(word, "_.=/") || strings.ContainsFunc(word, isDigitOrUpper) || slices.Contains(driver.Names(), word)
}

func isDigitOrUpper(r rune) bool { return unicode.IsDigit(r) || unicode.IsUpper(r) }

func lengthTag(content []byte) string { return "/" + strconv.Itoa(len(content)) }
