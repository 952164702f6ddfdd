package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// tlsWords are parts of names that speak of TLS or of trust, wherever they
// stand in a name.
var tlsWords = []string{"ssl", "tls", "cert", "trust", "rootca", "root_ca", "cafile", "ca_file", "ca_bundle", "verify"}

// transportWords are words of names that do, or that speak of an address.
var transportWords = strings.Fields(`ca crl crls encrypt encryption encrypted keystore host hosts hostname hostaddr server servername url uri dsn jdbcurl jdbc
	addr address endpoint connectionstring`)

// transportValue finds values that do: a URL of PostgreSQL, a mode that
// verifies, and certificates themselves.
var transportValue = regexp.MustCompile(`(?i)^(?:jdbc:|r2dbc:)?[\w+:]*postg(?:res|resql|is)[\w+]*:|^verify[-_ ]?(?:ca|full)$|\bsslmode\s*=|-----BEGIN `)

// certificateFile finds the names of files of certificates.
var certificateFile = regexp.MustCompile(`(?i)\.(?:pem|crt|cer|p12|pfx|jks|bks|p7b)$`)

// NamesCertificates says whether a value looks like the name of a file of
// certificates.
func NamesCertificates(value string) bool { return certificateFile.MatchString(value) }

// ConcernsTransport says whether a setting that nobody reads, by its name or by
// its value, looks like one of TLS, of trust or of an address: had it been read,
// the verdict could be another one.
func ConcernsTransport(name, value string) bool {
	return aboutTLS(name) || slices.ContainsFunc(words(name), func(word string) bool { return slices.Contains(transportWords, word) }) ||
		transportValue.MatchString(value) || NamesCertificates(value)
}

// aboutTLS says whether a name speaks of TLS or of trust.
func aboutTLS(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(tlsWords, func(word string) bool { return strings.Contains(name, word) })
}

// words splits a name at its dots, dashes, underscores and capitals.
func words(name string) []string {
	var spaced strings.Builder
	lower := false
	for _, r := range name {
		if unicode.IsUpper(r) && lower {
			spaced.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			spaced.WriteRune(unicode.ToLower(r))
		} else {
			spaced.WriteByte(' ')
		}
	}
	return strings.Fields(spaced.String())
}
