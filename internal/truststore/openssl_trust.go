package truststore

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The uses that count for a TLS server in OpenSSL's trust settings.
var (
	useServerAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	useAny        = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
)

// readTrustSettings reads the X509_CERT_AUX that may follow the certificate of
// a TRUSTED CERTIFICATE block: the uses that it is trusted for, and those that
// it is rejected for. A list of trusted uses without a TLS server's rejects
// it. What follows the two lists plays no part.
//
// Source: openssl/openssl 3.0.20, crypto/x509/x_x509a.c and x509_trust.c,
// obj_trust; the same in 1.1.1. Observed with libpq on OpenSSL 1.1.1 and 3.0.
func readTrustSettings(der []byte) (settings TrustSettings, ok bool) {
	definite, _, _ := firstElement(der) // what is none is refused next
	input := cryptobyte.String(definite)
	var aux, trust, reject cryptobyte.String
	var trusts, rejects bool
	if !input.ReadASN1(&aux, cbasn1.SEQUENCE) ||
		!aux.ReadOptionalASN1(&trust, &trusts, cbasn1.SEQUENCE) ||
		!aux.ReadOptionalASN1(&reject, &rejects, cbasn1.Tag(0).ContextSpecific().Constructed()) {
		return TrustNotSet, false
	}
	rejected, ok := forServers(reject)
	if !ok {
		return TrustNotSet, false
	}
	trusted, ok := forServers(trust)
	switch {
	case !ok:
		return TrustNotSet, false
	case rejected:
		return TrustRejected, true
	case trusted:
		return TrustServers, true
	case trusts:
		return TrustRejected, true
	}
	return TrustNotSet, true
}

// forServers says whether a list of uses has one that means TLS servers.
func forServers(uses cryptobyte.String) (found, ok bool) {
	for !uses.Empty() {
		var use asn1.ObjectIdentifier
		if !uses.ReadASN1ObjectIdentifier(&use) {
			return false, false
		}
		found = found || use.Equal(useServerAuth) || use.Equal(useAny)
	}
	return found, true
}
