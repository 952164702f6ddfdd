package driver

import (
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// javaDefaultAnchors returns what the JVM's default SSLContext trusts. The
// second value says in words why that is not known; empty is known.
//
// A file that javax.net.ssl.trustStore names and that is not there makes the
// JVM take its own cacerts without a word, while one that it cannot read is
// an error. No password given opens the store with none: which of the two
// the client does is what the declared password says.
//
// Source: OpenJDK 17, sun.security.ssl.TrustStoreManager; measured on 17.0.15.
func javaDefaultAnchors(s Settings, system map[string]string, major int) (Anchors, string) {
	const prefix = "javax.net.ssl.trustStore"
	path, named := system[prefix]
	anchors := Anchors{
		Path: path, Reader: truststore.JavaKeyStore, ReaderVersion: strconv.Itoa(major),
		WhenUnreadable: FailAttempt, WhenNoAnchors: FailAttempt,
	}
	if system[prefix+"Provider"] != "" {
		return Anchors{}, "a trust store of another security provider is not covered"
	}
	if kind, given := system[prefix+"Type"]; given && !javaKeyStoreType(kind, major) {
		return Anchors{}, "the trust store type " + strconv.Quote(kind) + " is not covered"
	}
	if password, given := system[prefix+"Password"]; given && password != "" {
		anchors.Password = &password
	} else if given {
		anchors.NoPassword = true
	}
	switch {
	case path == "NONE":
		anchors.Source = EmptyStore
	case !s.StoreDeclared, s.StorePlace == PlaceHome:
		anchors.Source = SystemStore
	case s.StorePlace == PlaceSystem:
		anchors.Source = Declared // the named file, if any, is not there
	case named && path != "":
		anchors.Source = Declared
	default:
		anchors.Source = SystemStore // the declared file lies where this JVM does not look
	}
	return anchors, ""
}

// javaKeyStoreType says whether a type is one under which the JVM reads both
// JKS and PKCS#12, as it does without any.
//
// Source: OpenJDK sun.security.provider.KeyStoreDelegator (keystore.type.compat);
// PKCS12 reads JKS only since 9.
func javaKeyStoreType(kind string, major int) bool {
	return strings.EqualFold(kind, "JKS") || strings.EqualFold(kind, "PKCS12") && major >= 9
}
