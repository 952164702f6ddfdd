package truststore

import (
	"crypto/x509"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// Aliases returns a name for each certificate: that of its RDS CA and Region,
// such as "rds-ca-rsa2048-g1-us-east-1", or its common name and the beginning
// of its fingerprint. A certificate has the same alias in every store, and no
// two certificates share one. Aliases are lower-case ASCII, as Java wants them.
func Aliases(certificates []*x509.Certificate) []string {
	aliases := make([]string, len(certificates))
	for i, certificate := range certificates {
		aliases[i] = aliasOf(certificate)
	}
	return aliases
}

func aliasOf(certificate *x509.Certificate) string {
	sum := fingerprint(certificate.Raw)
	if ca, ok := rdsca.BySHA256(sum); ok {
		alias := plainAlias(ca.Identifier + "-" + ca.Region)
		if ca.Role == rdsca.RoleRoot {
			return alias
		}
		return alias + "-" + sum[:8]
	}
	name := plainAlias(certificate.Subject.CommonName)
	if name == "" {
		return sum[:16]
	}
	return name + "-" + sum[:16]
}

// plainAlias keeps ASCII letters and digits and joins the rest into hyphens.
func plainAlias(text string) string {
	const most = 48
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	joined := strings.Join(words, "-")
	return strings.TrimRight(joined[:min(most, len(joined))], "-")
}
