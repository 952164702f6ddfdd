package driver

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

// Secret is what a setting holds that TLS is judged without, in words; empty
// is nothing.
type Secret string

// The secrets of a client.
const (
	Password   Secret = "a password"
	PrivateKey Secret = "a private key"
)

// SecretIn says what a setting, in a client's environment or properties, holds
// of the database user's password or of a private key, be it by its own name or
// inside of a URL or of a command line.
//
// The password of a Java trust store is not among them: it guards nothing
// that is secret, and where it is wrong the client's verdict changes.
func SecretIn(name, value string) Secret {
	switch strings.ToLower(name) {
	case "password", "pwd", "pass", "pgpassword", "sslpassword", "ssl.passphrase", keyStorePassword:
		return Password
	}
	switch {
	case strings.Contains(value, "://") && conninfo.HasPassword(value),
		strings.Contains(strings.ToLower(value), "-d"+keyStorePassword+"="):
		return Password
	case holdsKey(value):
		return PrivateKey
	}
	return ""
}

// SecretInConnection says the same of a connection string.
func SecretInConnection(connection string) Secret {
	switch {
	case conninfo.HasPassword(connection):
		return Password
	case holdsKey(connection):
		return PrivateKey
	}
	return ""
}

// keyStorePassword is the system property of Java, in lower case.
const keyStorePassword = "javax.net.ssl.keystorepassword" //nolint:gosec // The name of a property.

func holdsKey(value string) bool { return strings.Contains(value, "PRIVATE KEY-----") }
