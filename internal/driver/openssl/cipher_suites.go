package openssl

import (
	"regexp"
	"strings"
)

var (
	rsaSuite   = regexp.MustCompile(`^(?:(?:ECDHE|DHE|EDH)-RSA-|(?:AES|CAMELLIA|ARIA)(?:128|256)-|[ak]?RSA$|DES-CBC3-SHA$|TLS_RSA_|TLS_(?:ECDHE|DHE)_RSA_)`)
	ecdsaSuite = regexp.MustCompile(`^(?:ECDHE-ECDSA-|a?ECDSA$|TLS_ECDHE_ECDSA_)`)
	anySuite   = regexp.MustCompile(`^(?:HIGH|MEDIUM|ALL|DEFAULT|COMPLEMENTOFDEFAULT|k?E?ECDHE?|AES(?:128|256|GCM|CCM)?|CHACHA20|ARIA|CAMELLIA|SHA(?:256|384)?|TLSv1(?:\.[02])?|SUITEB.*)$`)
)

// RSASuitesOnly says whether a list of cipher suites, by the names of OpenSSL
// or of the standard, leaves suites for RSA keys alone. It is false for an
// empty list, which stands for a default; names that are not known count for
// nothing.
func RSASuitesOnly(list string) bool {
	anyKey, rsa, ecdsa := SuiteKeys(list)
	return rsa && !anyKey && !ecdsa
}

// SuiteKeys says for which keys of a server a list of OpenSSL names suites. Of
// what is taken away, only all suites of a kind of key are looked at, and only
// where it is for good.
//
// Source: OpenSSL, openssl-ciphers(1): "!" deletes permanently, and what it
// deletes can never reappear; "-" can be added again.
func SuiteKeys(list string) (anyKey, rsa, ecdsa bool) {
	noRSA, noECDSA := false, false
	for suite := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ':' || r == ',' || r == ' ' || r == ';' }) {
		first, _, _ := strings.Cut(suite, "+")
		switch {
		case suite == "!aECDSA", suite == "!ECDSA":
			noECDSA = true
		case suite == "!aRSA", suite == "!RSA":
			noRSA = true
		case strings.IndexAny(suite, "!-+@") == 0:
		case strings.Contains(suite, "+aRSA"), strings.Contains(suite, "+RSA"), rsaSuite.MatchString(suite):
			rsa = true
		case strings.Contains(suite, "ECDSA"), ecdsaSuite.MatchString(suite):
			ecdsa = true
		case anySuite.MatchString(first):
			anyKey = true
		}
	}
	if noRSA || noECDSA {
		return false, (anyKey || rsa) && !noRSA, (anyKey || ecdsa) && !noECDSA
	}
	return anyKey, rsa, ecdsa
}
