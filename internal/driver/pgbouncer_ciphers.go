package driver

import (
	"regexp"
	"slices"
	"strings"
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
func pgbouncerDoubt(s Settings, mode string, offer *Offer) (always, onTLS string) {
	if mode == "disable" {
		return "", ""
	}
	if property(s, "server_tls_cert_file", "")+property(s, "server_tls_key_file", "") != "" {
		onTLS = "PgBouncer loads the certificate and the key that server_tls_cert_file and server_tls_key_file name, and they are not declared"
	}
	ciphers := property(s, "server_tls_ciphers", "")
	if ciphers == "" || slices.Contains(pgbouncerCipherSets, strings.ToLower(ciphers)) {
		return "", onTLS
	}
	anyKey, rsa, ecdsa := suiteKeys(ciphers)
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

var (
	rsaSuite   = regexp.MustCompile(`^(?:(?:ECDHE|DHE|EDH)-RSA-|(?:AES|CAMELLIA|ARIA)(?:128|256)-|[ak]?RSA$|DES-CBC3-SHA$|TLS_RSA_|TLS_(?:ECDHE|DHE)_RSA_)`)
	ecdsaSuite = regexp.MustCompile(`^(?:ECDHE-ECDSA-|a?ECDSA$|TLS_ECDHE_ECDSA_)`)
	anySuite   = regexp.MustCompile(`^(?:HIGH|MEDIUM|ALL|DEFAULT|COMPLEMENTOFDEFAULT|k?E?ECDHE?|AES(?:128|256|GCM|CCM)?|CHACHA20|ARIA|CAMELLIA|SHA(?:256|384)?|TLSv1(?:\.[02])?|SUITEB.*)$`)
)

// suiteKeys says for which keys of a server a list of OpenSSL names suites.
// What is taken away again is not looked at.
func suiteKeys(list string) (anyKey, rsa, ecdsa bool) {
	for suite := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ':' || r == ',' || r == ' ' || r == ';' }) {
		first, _, _ := strings.Cut(suite, "+")
		switch {
		case strings.IndexAny(suite, "!-+@") == 0:
		case strings.Contains(suite, "+aRSA"), strings.Contains(suite, "+RSA"), rsaSuite.MatchString(suite):
			rsa = true
		case strings.Contains(suite, "ECDSA"), ecdsaSuite.MatchString(suite):
			ecdsa = true
		case anySuite.MatchString(first):
			anyKey = true
		}
	}
	return anyKey, rsa, ecdsa
}
