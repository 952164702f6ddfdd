package libpq

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// The default places below the home directory.
const (
	defaultCertificate = "/.postgresql/postgresql.crt"
	defaultKey         = "/.postgresql/postgresql.key"
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
	files, certificate, key := c.declared.Files, c.get("sslcert"), c.get("sslkey")
	if certificate == "" {
		if certificate = files.Below(home, defaultCertificate); certificate == "" {
			return p
		}
	}
	if key == "" {
		key = files.Below(home, defaultKey)
	}
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
