package truststore

import (
	"crypto/x509/pkix"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// readName checks a Name as OpenSSL decodes it, or as Java does, which looks
// at no value, and fills name as far as Go understands it.
func readName(raw cryptobyte.String, name *pkix.Name, by shape) bool {
	if parts, ok := asn.ReadName(raw); !ok || (by == opensslShape && !parts.ReadableByOpenSSL()) {
		return false
	}
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(raw, &sequence); err == nil && len(rest) == 0 {
		name.FillFromRDNSequence(&sequence)
	}
	return true
}
