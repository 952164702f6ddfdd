package driver

import "strings"

// HoldsPassword says whether a setting of this name, in a client's
// environment or properties, holds a password of the database user or of a
// private key. TLS is judged without them.
//
// The password of a Java trust store is not among them: it guards nothing
// that is secret, and where it is wrong the client's verdict changes.
func HoldsPassword(name string) bool {
	switch strings.ToLower(name) {
	case "password", "pwd", "pass", "pgpassword", "sslpassword", "ssl.passphrase", "javax.net.ssl.keystorepassword":
		return true
	}
	return false
}
