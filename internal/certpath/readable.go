package certpath

import (
	"crypto/x509"
	"strings"
	"time"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// unreadable says what a client does with a certificate of the server that its
// decoder refuses: the handshake ends. webpki decodes when it verifies.
func unreadable(p Profile, path []*certificate, at time.Time) *Result {
	for _, c := range path {
		if readableBy(p, c) {
			continue
		}
		if !c.readable && truststore.IsBER(c.Raw) && p.Validator != Go && p.Validator != WebPKI {
			return &Result{Detail: "a certificate is encoded in BER instead of DER, and the rules do not cover BER"}
		}
		result := Result{Reason: MalformedCertificate, Detail: detail(MalformedCertificate, c, at)}
		if p.Validator == Go {
			_, err := x509.ParseCertificate(c.Raw)
			result.ClientError = "tls: failed to parse certificate from server: " + err.Error()
		}
		return &result
	}
	return nil
}

// readableBy reports whether the validator's decoder takes a certificate.
func readableBy(p Profile, c *certificate) bool {
	switch p.Validator {
	case OpenSSL, SChannel:
		return c.readable && truststore.ReadableByOpenSSL(c.Certificate) && !asn.Padded(c.serial) && !asn.Padded(c.version) && (olderTimes(p.Version) || c.longTimes())
	case Java:
		return c.readable && truststore.ReadableByJava(c.Certificate) && c.javaReadable(javaUpTo17(p.Version))
	case Go:
		if c.PublicKey != nil {
			return true
		}
		_, err := x509.ParseCertificate(c.Raw)
		return err == nil
	case WebPKI:
		return true
	default:
		return c.readable
	}
}

// olderTimes reports an OpenSSL that takes times of any length when it decodes:
// 1.1.1 to 3.1. Observed with 3.0.19 and 3.5.9; which release changed it was not.
func olderTimes(version string) bool {
	return isLegacyOpenSSL(version) || strings.HasPrefix(version, "3.0") || strings.HasPrefix(version, "3.1") || version == "3" || version == ""
}

func (c *certificate) longTimes() bool {
	const utc, generalized = 13, 15
	for _, m := range c.validity {
		if (m.tag == cbasn1.UTCTime && len(m.text) < utc) || (m.tag == cbasn1.GeneralizedTime && len(m.text) < generalized) {
			return false
		}
	}
	return true
}
