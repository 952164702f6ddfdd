package jvm

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgjdbcCertificate is what becomes of TLS by the client certificate and the key that
// the settings name: ends is set where they end it whatever the server does, and
// doubt says why they may; empty is no doubt.
//
// pgjdbc opens both when the server asks for a certificate, which one with
// ssl_ca_file does, and a file that is not there then ends the connection. Where
// only one of the two is named, the other one's default counts, and what is missing
// is passed over, but for a key of PKCS#12 or PEM. Since 42.7.13 a key that others
// may read ends TLS before the server says anything.
//
// Source: pgjdbc/pgjdbc REL42.7.13, LibPQFactory, LazyKeyManager,
// Pk8OrPemKeyManager, PKCS12KeyManager and BaseX509KeyManager; measured with
// 42.2.8, 42.5.5, 42.7.8, 42.7.10, 42.7.11, 42.7.13 and 42.7.14 on Java 17, against
// PostgreSQL 15 with and without ssl_ca_file.
func pgjdbcCertificate(files policy.Files, certificate, key string, v policy.Version) (ends *policy.Rejection, doubt string) {
	if !v.Before(pgjdbcKeyModes) && key != "" && !hasSuffix(key, ".pem", ".der", ".p12", ".pfx") {
		if file, unknown := files.Lookup("the client's private key", key); unknown == "" && !file.Absent {
			switch open, unknown := file.Open(key); {
			case unknown != "":
				return nil, unknown
			case open:
				return policy.UnusableCertificate(policy.KeyOpen, "has group or world access"), ""
			}
		}
	}
	alone := certificate == "" || key == ""
	for _, named := range []struct{ what, path string }{{"the client certificate", certificate}, {"the client's private key", key}} {
		if named.path == "" || alone && (named.path == certificate || !pgjdbcOpensKey(key, v)) {
			continue
		}
		file, unknown := files.Lookup(named.what, named.path)
		switch {
		case unknown != "":
			return nil, unknown
		case file.Absent:
			return nil, named.what + " " + policy.Quoted(named.path) + " does not exist: TLS fails if the server asks for a client certificate, and it is not known whether the server asks for one"
		}
	}
	return nil, ""
}

// pgjdbcOpensKey says whether a key is opened without a look at the certificate.
func pgjdbcOpensKey(key string, v policy.Version) bool {
	return hasSuffix(key, ".p12", ".pfx") || !v.Before(pgjdbcPEMKeys) && (hasSuffix(key, ".pem") || v.Before(pgjdbcKeyModes) && hasSuffix(key, ".key"))
}

func hasSuffix(name string, suffixes ...string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}
