package truststore

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// parsed is a certificate with how far crypto/x509 understands it.
type parsed struct {
	certificate *x509.Certificate
	// odd is set when crypto/x509 refuses what OpenSSL's looser decoder
	// takes: the certificate then has its names, dates and Raw, no key.
	odd bool
	// rest is the number of bytes after the certificate.
	rest int
}

// openSSLCertificate reads the certificate at the start of der as OpenSSL's
// d2i_X509 does: only the structure counts, and bytes after it are left alone.
func (d *decoder) openSSLCertificate(der []byte) (parsed, bool) {
	element, rest, _ := firstElement(der) // what is none is refused next
	// crypto/x509 overlooks elements where none should be.
	loose, ok := parseLoosely(element, opensslShape)
	if !ok {
		return parsed{}, false
	}
	if certificate := d.certificate(element); certificate != nil {
		return parsed{certificate: certificate, rest: len(rest)}, true
	}
	return parsed{certificate: loose, odd: true, rest: len(rest)}, true
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// ReadableByOpenSSL reports whether OpenSSL decodes a certificate.
func ReadableByOpenSSL(c *x509.Certificate) bool {
	_, ok := known(c).openSSLCertificate(c.Raw)
	return ok
}

// ReadableByJava reports whether Java's CertificateFactory decodes a
// certificate; what follows it is left alone.
func ReadableByJava(c *x509.Certificate) bool {
	input := cryptobyte.String(c.Raw)
	var element cryptobyte.String
	_ = input.ReadASN1Element(&element, cbasn1.SEQUENCE) // else it is refused
	_, ok := known(c).javaCertificate(element)
	return ok
}

// known is a decoder that has decoded a certificate already.
func known(c *x509.Certificate) *decoder {
	return &decoder{certificates: map[string]*x509.Certificate{string(c.Raw): c}}
}

// IsBER reports one whole element whose lengths are not those of DER.
func IsBER(content []byte) bool {
	input := cryptobyte.String(content)
	var element cryptobyte.String
	_, ok := toDER(content)
	return ok && !input.ReadASN1Element(&element, cbasn1.SEQUENCE)
}
