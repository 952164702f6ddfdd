package jvm

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const javaTrustStore = "javax.net.ssl.trustStore"

// javaDefaultContext is what the JVM's default SSLContext verifies: always the
// path, never the name.
//
// A file that javax.net.ssl.trustStore names and that is not there makes the
// JVM take its own cacerts without a word, while one that it cannot read is
// an error. A PKCS#12 opens with the password of javax.net.ssl.trustStorePassword
// alone, and gives no anchor without; a JKS gives all of them, and a declared
// password is held to it.
//
// Source: OpenJDK 17, sun.security.ssl.TrustStoreManager and
// SSLContextImpl.DefaultManagersHolder; measured on 17.0.15.
func javaDefaultContext(s policy.Settings, java jvm) javaFactory {
	kind, typed := java.system[javaTrustStore+"Type"]
	switch {
	case java.system[javaTrustStore+"Provider"] != "":
		return javaFactory{undecided: "the rules do not cover a security provider for the trust store (javax.net.ssl.trustStoreProvider)"}
	case typed && kind == "":
		return javaFactory{broken: "the trust store type (javax.net.ssl.trustStoreType) is empty", client: "Error constructing implementation"}
	case typed && !javaKeyStoreType(kind, java.release):
		return javaFactory{undecided: "the rules do not cover the trust store type " + policy.Quoted(kind)}
	}
	path := java.system[javaTrustStore]
	anchors := policy.Anchors{
		Source: javaStoreSource(s, path), Path: path, Reader: truststore.JavaKeyStore, StoreType: kind, OwnPassword: true,
	}
	if password, given := java.system[javaTrustStore+"Password"]; given && password != "" {
		anchors.Password = &password
	} else if given {
		anchors.NoPassword = true
	}
	return javaFactory{verifies: true, anchors: anchors}
}

// javaStoreSource says what lies where the JVM looks: at the path that is
// named, or else in its own cacerts.
func javaStoreSource(s policy.Settings, path string) policy.Source {
	switch {
	case path == "NONE":
		return policy.EmptyStore
	case !s.StoreDeclared, s.StorePlace == policy.PlaceHome:
		return policy.SystemStore
	case s.StorePlace == policy.PlaceSystem:
		return policy.Declared // nothing lies at the path, if one is named
	case policy.NamesFile(path):
		return policy.Declared
	default:
		return policy.SystemStore // the declared file lies where this JVM does not look
	}
}

// javaKeyStoreType says whether a type is covered. Under JKS and PKCS12 the
// JVM reads both, as it does without any; JCEKS reads JKS too.
//
// Source: OpenJDK sun.security.provider.KeyStoreDelegator (keystore.type.compat);
// PKCS12 reads JKS only since 9. Measured on 17.0.15.
func javaKeyStoreType(kind string, java policy.Version) bool {
	switch strings.ToUpper(kind) {
	case "JKS", "JCEKS":
		return true
	case "PKCS12":
		return !java.Before(javaStoreTypes)
	default:
		return false
	}
}
