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
	input := cryptobyte.String(der)
	var element cryptobyte.String
	if !input.ReadASN1Element(&element, cbasn1.SEQUENCE) {
		return parsed{}, false
	}
	if certificate := d.certificate(element); certificate != nil {
		return parsed{certificate: certificate, rest: len(input)}, withoutSurplus(element, opensslShape)
	}
	certificate, ok := parseLoosely(element, opensslShape)
	return parsed{certificate: certificate, odd: true, rest: len(input)}, ok
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
