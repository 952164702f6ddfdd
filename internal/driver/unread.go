package driver

import (
	"regexp"
	"strings"
	"unicode"
)

// transportWords are parts of names that speak of TLS, of trust or of an
// address.
var transportWords = []string{
	"ssl", "tls", "cert", "certs", "ca", "crl", "trust", "verify", "encrypt", "host", "hostname", "hostaddr", "servername", "url", "uri", "dsn", "jdbc", "endpoint", "address", "keystore",
}

// transportValue finds values that do: a URL of PostgreSQL, a mode that
// verifies, and the files of certificates.
var transportValue = regexp.MustCompile(`(?i)^(?:jdbc:|r2dbc:)?[\w+:]*postg(?:res|resql|is)[\w+]*:|^verify[-_](?:ca|full)$|\bsslmode\s*=|-----BEGIN `)

// certificateFile finds the names of files of certificates.
var certificateFile = regexp.MustCompile(`(?i)\.(?:pem|crt|cer|p12|pfx|jks|p7b)$`)

// NamesCertificates says whether a value looks like the name of a file of
// certificates.
func NamesCertificates(value string) bool { return certificateFile.MatchString(value) }

// ConcernsTransport says whether a setting that nobody reads, by its name or by
// its value, looks like one of TLS, of trust or of an address: had it been read,
// the verdict could be another one.
func ConcernsTransport(name, value string) bool {
	for _, word := range words(name) {
		for _, known := range transportWords {
			if word == known || len(known) > 2 && strings.HasPrefix(word, known) {
				return true
			}
		}
	}
	return transportValue.MatchString(value) || NamesCertificates(value)
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
