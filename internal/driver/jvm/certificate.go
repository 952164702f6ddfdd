package jvm

import "github.com/sslready/terraform-provider-sslready/internal/policy"

// certificateDoubt says why the client certificate that the settings name may end
// TLS; empty is no doubt. pgjdbc opens certificate and key when the server asks
// for a certificate, which a server with ssl_ca_file does, and a file that is
// named and not there then ends the connection.
//
// Source: pgjdbc/pgjdbc REL42.7.4, LazyKeyManager.getCertificateChain and
// getPrivateKey, PKCS12KeyManager.loadKeyStore, MakeSSL.convert.
func certificateDoubt(files policy.Files, certificate, key string) string {
	for _, named := range []struct{ what, path string }{{"the client certificate", certificate}, {"the key of the client certificate", key}} {
		if named.path == "" {
			continue
		}
		file, unknown := files.Lookup(named.what, named.path)
		switch {
		case unknown != "":
			return unknown
		case file.Absent:
			return named.what + " " + policy.Quoted(named.path) + " does not exist: TLS fails if the server asks for a client certificate, and it is not known whether it does"
		}
	}
	return ""
}
