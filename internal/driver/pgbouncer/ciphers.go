package pgbouncer

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgbouncerDoubt reads the settings that can end a handshake in a way that is
// not known here, and says in the offer which keys the cipher suites leave.
//
// The suites that are named count up to TLS 1.2; those of 1.3 are always
// there. A certificate of PgBouncer's own is loaded for every handshake, and
// a file that is not there ends it.
//
// Source: libusual/libusual, usual/tls/tls_config.c, tls_config_set_ciphers,
// and tls.c, tls_configure_ssl_keypair. Observed with 1.18.0.
func pgbouncerDoubt(s policy.Settings, mode string, offer *policy.Offer) (always, onTLS string) {
	if mode == "disable" {
		return "", ""
	}
	if property(s, "server_tls_cert_file", "")+property(s, "server_tls_key_file", "") != "" {
		onTLS = policy.ClientCertificate
	}
	ciphers := property(s, "server_tls_ciphers", "")
	if ciphers == "" || slices.Contains(pgbouncerCipherSets, strings.ToLower(ciphers)) {
		return "", onTLS
	}
	anyKey, rsa, ecdsa := openssl.SuiteKeys(ciphers)
	switch {
	case !anyKey && !rsa && !ecdsa:
		return "server_tls_ciphers names no cipher suite that is known here, and PgBouncer does not start without one", onTLS
	case offer.Max != "TLSv1.2" || anyKey || rsa && ecdsa:
	case rsa:
		offer.NoECDSA = true
	default:
		onTLS = "server_tls_ciphers names suites for ECDSA keys alone"
	}
	return "", onTLS
}

// pgbouncerCipherSets are libtls's names for sets of suites.
var pgbouncerCipherSets = []string{"default", "secure", "compat", "legacy", "all", "insecure", "normal", "fast"}
