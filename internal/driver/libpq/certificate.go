package libpq

import (
	"cmp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// withCertificate adds what becomes of TLS by the client's own certificate. A
// file that does not exist is none; one that does is loaded before each
// handshake, whatever the server asks for, and without its key it ends TLS. The
// default files are taken as absent where they are not declared.
//
// Source: postgres/postgres, fe-secure-openssl.c, initialize_SSL, 12 to 18.
// Observed with psql and libpq 15.18 and psycopg2 2.9.5.
func (c libpqClient) withCertificate(p policy.Policy) policy.Policy {
	if c.get("sslcertmode") == "disable" || !p.UsesTLS() {
		return p
	}
	home := ""
	if c.build.libpq >= 15 {
		home = c.declared.Environment["HOME"]
	}
	files := c.declared.Files
	certificate := cmp.Or(c.get("sslcert"), files.Below(home, policy.DefaultCertificate))
	if certificate == "" {
		return p
	}
	key := cmp.Or(c.get("sslkey"), files.Below(home, policy.DefaultKey))
	if strings.Contains(key, ":") {
		p.TLSDoubt = "the private key is in an OpenSSL engine, which the rules do not cover"
		return p
	}
	trouble, unknown := files.Pair(certificate, key, true)
	texts := map[policy.Trouble]string{
		policy.CertificateUnreadable: "could not read certificate file", policy.KeyAbsent: "certificate present, but not private key file",
		policy.KeyOpen: "has group or world access", policy.KeyUnreadable: "could not load private key file", policy.KeyOfAnother: "certificate does not match private key file",
	}
	switch {
	case unknown != "":
		p.TLSDoubt = unknown
	case trouble != policy.NoTrouble && trouble != policy.CertificateAbsent:
		p = p.WithoutTLS(policy.UnusableCertificate(trouble, texts[trouble]))
	}
	return p
}
