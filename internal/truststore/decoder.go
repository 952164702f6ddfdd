package truststore

import "crypto/x509"

// decoder decodes certificates and, where it is not nil, remembers them:
// [Inspect] asks several readers about the same bytes, and decoding is most of
// the work. A nil decoder remembers nothing.
type decoder struct {
	// certificates by their encoding; nil where crypto/x509 refuses one.
	certificates map[string]*x509.Certificate
	fingerprints map[*x509.Certificate]string
}

func newDecoder() *decoder {
	return &decoder{certificates: make(map[string]*x509.Certificate), fingerprints: make(map[*x509.Certificate]string)}
}

// certificate returns what x509.ParseCertificate does, nil for an error.
func (d *decoder) certificate(der []byte) *x509.Certificate {
	if d == nil {
		certificate, _ := x509.ParseCertificate(der)
		return certificate
	}
	if certificate, known := d.certificates[string(der)]; known {
		return certificate
	}
	certificate := (*decoder)(nil).certificate(der)
	d.certificates[string(der)] = certificate
	return certificate
}

func (d *decoder) fingerprint(certificate *x509.Certificate) string {
	if d == nil {
		return fingerprint(certificate.Raw)
	}
	sum, known := d.fingerprints[certificate]
	if !known {
		sum = fingerprint(certificate.Raw)
		d.fingerprints[certificate] = sum
	}
	return sum
}

func (d *decoder) anchor(certificate *x509.Certificate) Anchor {
	return Anchor{Certificate: certificate, SHA256: d.fingerprint(certificate)}
}

func (d *decoder) entry(alias string, kind EntryKind, certificate *x509.Certificate) Entry {
	return Entry{Alias: alias, Kind: kind, Certificate: certificate, SHA256: d.fingerprint(certificate)}
}
