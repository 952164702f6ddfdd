package pgbouncer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgbouncerDoubt reads the settings that can end a handshake in a way that is
// not known here, and says in the offer which keys the cipher suites leave.
//
// The suites that are named count up to TLS 1.2; those of 1.3 are always
// there.
//
// Source: libusual/libusual, usual/tls/tls_config.c, tls_config_set_ciphers,
// and tls.c, tls_configure_ssl_keypair. Observed with 1.18.0.
func pgbouncerDoubt(s policy.Settings, mode string, offer *policy.Offer) (always, onTLS string) {
	if mode == "disable" {
		return "", ""
	}
	ciphers := property(s, "server_tls_ciphers", "")
	if ciphers == "" || slices.Contains(pgbouncerCipherSets, strings.ToLower(ciphers)) {
		return "", ""
	}
	anyKey, rsa, ecdsa := openssl.SuiteKeys(ciphers)
	switch {
	case !anyKey && !rsa && !ecdsa:
		return "the rules know none of the cipher suites that server_tls_ciphers names, and PgBouncer does not start if it knows none of them either", onTLS
	case offer.Max != "TLSv1.2" || anyKey || rsa && ecdsa:
	case rsa:
		offer.NoECDSA = true
	default:
		onTLS = "server_tls_ciphers names only cipher suites for ECDSA keys"
	}
	return "", onTLS
}

// pgbouncerCertificate adds what becomes of TLS by a certificate of PgBouncer's
// own, whose files are loaded for every handshake: what cannot be loaded ends it.
//
// Source: libusual/libusual, usual/tls/tls.c, tls_configure_ssl_keypair.
// Observed with 1.18.0.
func pgbouncerCertificate(s policy.Settings, p policy.Policy) policy.Policy {
	certificate, key := property(s, "server_tls_cert_file", ""), property(s, "server_tls_key_file", "")
	for _, file := range []struct {
		what, path, text string
		trouble          policy.Trouble
	}{
		{"the client certificate", certificate, "failed to load certificate file", policy.CertificateAbsent},
		{"the client's private key", key, "failed to load private key file", policy.KeyAbsent},
	} {
		if file.path == "" {
			continue
		}
		found, unknown := s.Files.Lookup(file.what, file.path)
		switch {
		case unknown != "":
			p.TLSDoubt = unknown
			return p
		case found.Absent:
			return p.WithoutTLS(policy.UnusableCertificate(file.trouble, file.text))
		}
	}
	if certificate == "" && key == "" {
		return p
	}
	trouble, unknown := s.Files.Pair(cmp.Or(certificate, key), cmp.Or(key, certificate), false)
	switch {
	case unknown != "":
		p.TLSDoubt = unknown
	case trouble != policy.NoTrouble || certificate == "" || key == "":
		p.TLSDoubt = "it is not known what PgBouncer does with the files named by server_tls_cert_file and server_tls_key_file"
	}
	return p
}

// pgbouncerCipherSets are libtls's names for sets of suites.
var pgbouncerCipherSets = []string{"default", "secure", "compat", "legacy", "all", "insecure", "normal", "fast"}
