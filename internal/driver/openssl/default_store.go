// Package openssl holds what drivers on OpenSSL have in common: its default
// store and its cipher suites.
package openssl

import (
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

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
	if directory || !file {
		a.DirectoryReader = truststore.OpenSSLDirectory
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
