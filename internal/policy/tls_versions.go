package policy

import (
	"slices"
	"strings"
)

// tlsVersions in rising order, as PostgreSQL writes them.
var tlsVersions = []string{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

// TLSVersions returns the names of the protocol versions, in rising order.
// They compare as texts.
func TLSVersions() []string { return slices.Clone(tlsVersions) }

// TLSVersion spells a protocol version as PostgreSQL does, which does not mind
// the case; empty for what is none.
func TLSVersion(value string) string {
	for _, v := range tlsVersions {
		if strings.EqualFold(v, value) {
			return v
		}
	}
	return ""
}
