package policy

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// NamedStore is a setting that names a file of roots, whether the driver reads it
// or another setting wins.
type NamedStore struct {
	// Setting is its name, File what it names.
	Setting, File string
	// KeyStore: it names a key store of Java; else a file of PEM.
	KeyStore bool
}

const javaStore = "javax.net.ssl.trustStore"

var (
	// storeVariables name a file of roots that some driver takes.
	storeVariables = []string{"NODE_EXTRA_CA_CERTS", "PGSSLROOTCERT", "SSL_CERT_FILE"}
	// storeSettings are the names of settings that do, as [plain] has them.
	storeSettings = []string{"sslrootcert", "sslca", "ssl.ca", "cafile", "ssl.cacertfile", "rootcertificate", "servertlscafile", "pemtrustoptions.certpath"}
	// storeParameter finds them in a connection string of any syntax.
	storeParameter = regexp.MustCompile(`(?i)(?:^|[?&;\s])(ssl-?rootcert|ssl-?ca|root ?certificate)\s*=\s*('[^']*'|"[^"]*"|[^&;\s]*)`)
	// systemStore finds files that everybody knows for the system's, which nobody
	// means by a store of his own.
	systemStore = regexp.MustCompile(`(?i)/(?:ca-certificates\.crt|(?:tls-)?ca-bundle\.(?:pem|crt|trust\.crt)|ca-cert\.pem|cert\.pem|cacert\.pem|cacerts)$`)
)

// NamedStores are all settings that name a file of roots of the client's own.
func (s Settings) NamedStores() []NamedStore {
	var all []NamedStore
	add := func(setting, file string, keyStore bool) {
		if NamesFile(file) && !systemStore.MatchString(file) {
			all = append(all, NamedStore{Setting: setting, File: file, KeyStore: keyStore})
		}
	}
	for _, found := range storeParameter.FindAllStringSubmatch(s.Connection, -1) {
		file := strings.Trim(found[2], `'"`)
		if decoded, err := url.PathUnescape(file); err == nil && strings.Contains(s.Connection, "://") {
			file = decoded
		}
		add(found[1], file, false)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		value := s.Properties[name]
		if file, read := FileRead(value); read {
			value = file
		} else if name == "ssl.ca" {
			continue // It is the text of certificates.
		}
		switch {
		case name == javaStore, name == "jksOptions.path":
			add(name, value, true)
		case slices.Contains(storeSettings, plain(name)):
			add(name, value, false)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		if slices.Contains(storeVariables, name) {
			add(name, s.Environment[name], false)
		}
		for _, option := range JavaOptions(s.Environment[name]) {
			if property, file, _ := JavaProperty(option); property == javaStore {
				add(name, file, true)
			}
		}
	}
	return all
}
