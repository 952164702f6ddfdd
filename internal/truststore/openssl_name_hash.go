package truststore

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // OpenSSL names files so
	"encoding/binary"
	"slices"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// subjectHash is X509_NAME_hash: the first four bytes, little endian, of the
// SHA-1 over the canonical encoding of a name. It is zero for no name at all.
//
// Source: openssl/openssl 3.0.20, crypto/x509/x_name.c, x509_name_canon and
// asn1_string_canon; crypto/x509/x509_cmp.c, X509_NAME_hash_ex.
func subjectHash(raw []byte) uint32 {
	parts, ok := asn.ReadName(raw)
	if !ok {
		return 0
	}
	digest := sha1.New() //nolint:gosec // OpenSSL names files so
	for _, part := range parts {
		if len(part) == 0 {
			continue // OpenSSL keeps attributes, not sets.
		}
		encoded := make([][]byte, 0, len(part))
		for _, attribute := range part {
			encoded = append(encoded, canonicalAttribute(attribute))
		}
		slices.SortFunc(encoded, bytes.Compare)
		digest.Write(element(cbasn1.SET, slices.Concat(encoded...)))
	}
	return binary.LittleEndian.Uint32(digest.Sum(nil))
}

// canonicalAttribute encodes an attribute with its text in UTF-8, in the form in
// which OpenSSL compares. Values that are no text stay as they are.
func canonicalAttribute(attribute asn.Attribute) []byte {
	tag, value := attribute.Tag, attribute.Value
	if text, ok := attribute.Canonical(); ok {
		tag, value = cbasn1.UTF8String, []byte(text)
	}
	return element(cbasn1.SEQUENCE, append(element(cbasn1.OBJECT_IDENTIFIER, []byte(attribute.OID)), element(tag, value)...))
}
