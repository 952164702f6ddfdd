// Package openssl holds what drivers on OpenSSL have in common: its default
// store and its cipher suites.
package openssl

import (
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Variables are those of OpenSSL.
var Variables = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "OPENSSL_MODULES", "SSLKEYLOGFILE"}

// WithDefaults is OpenSSL's own store: a file and a directory of hashed
// names, which SSL_CERT_FILE and SSL_CERT_DIR move. What is not there or cannot
// be read leaves it empty without a word. The declared store is it where its
// place says so, or where a variable names it.
//
// Source: OpenSSL, crypto/x509/by_file.c, by_file_ctrl, and by_dir.c, dir_ctrl,
// 1.1.1 and 3.0.
func WithDefaults(s policy.Settings, a policy.Anchors) policy.Anchors {
	a = a.Otherwise(policy.TakeNone)
	a.Source = policy.SystemStore
	file, directory := s.Environment["SSL_CERT_FILE"] != "", s.Environment["SSL_CERT_DIR"] != ""
	switch {
	case directory:
		a.DirectoryReader = truststore.OpenSSLDirectory
	case !file:
		a.DirectoryReader = truststore.OpenSSLDefault // The default file lies in it.
	}
	if directory && !file && s.StorePlace != policy.PlaceSystem {
		a.Reader = truststore.OpenSSLDirectory
	}
	if s.StoreDeclared && (s.StorePlace == policy.PlaceSystem || (file || directory) && s.StorePlace != policy.PlaceHome) {
		a.Source = policy.Declared
	}
	return a
}

// DefaultStore is what Python's ssl.create_default_context, and Rust's
// openssl and native-tls, trust by themselves: OpenSSL's own store.
func DefaultStore(s policy.Settings) policy.Anchors {
	return WithDefaults(s, policy.Anchors{Path: s.Environment["SSL_CERT_FILE"], Reader: truststore.OpenSSLFile})
}
