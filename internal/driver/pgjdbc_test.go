package driver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const (
	jdbcURL = "jdbc:postgresql://db.example:5433/billing?user=app"
	javaSSL = "&sslfactory=org.postgresql.ssl."
)

// javaFileStore is the file that the default factory reads.
func javaFileStore(source policy.Source, path string) policy.Anchors {
	return policy.Anchors{
		Source: source, Path: path, Reader: truststore.JavaCertificateFactory, ReaderVersion: "17",
		MissingError: "Could not open SSL root certificate file",
	}
}

// javaKeyStore is the store of the JVM's default context.
func javaKeyStore(source policy.Source, path string) policy.Anchors {
	return policy.Anchors{Source: source, Path: path, Reader: truststore.JavaKeyStore, ReaderVersion: "17"}
}

func javaCertificate(source policy.Source, path string) policy.Anchors {
	return policy.Anchors{
		Source: source, Path: path, Reader: truststore.JavaFirstCertificate, ReaderVersion: "17",
		MissingError: "could not be instantiated",
	}
}

// outline is the part of a policy that most rules decide.
type outline struct {
	Mode     string
	Attempts []policy.Attempt
	Anchors  policy.Anchors
}

var (
	plaintext      = policy.Attempt{}
	plaintextFirst = policy.Attempt{After: policy.ServerRefused}
	encrypted      = policy.Attempt{TLS: true}
	encryptedFirst = policy.Attempt{TLS: true, After: policy.TLSUnsupported | policy.ServerRefused}
	pathFirst      = policy.Attempt{TLS: true, VerifyPath: true, After: policy.TLSUnsupported | policy.ServerRefused}
	pathVerified   = policy.Attempt{TLS: true, VerifyPath: true}
	hostVerified   = policy.Attempt{TLS: true, VerifyHost: true}
	allVerified    = policy.Attempt{TLS: true, VerifyPath: true, VerifyHost: true}
)

func resolveJava(s policy.Settings) policy.Policy {
	if s.Driver == "" {
		s.Driver = "pgjdbc"
	}
	if s.Connection == "" {
		s.Connection = jdbcURL
	} else if strings.HasPrefix(s.Connection, "&") {
		s.Connection = jdbcURL + s.Connection
	}
	s.Runtime = "17.0.15"
	return driver.Resolve(s)
}

func TestPgjdbcModes(t *testing.T) {
	t.Parallel()

	type attempts = []policy.Attempt
	declared := javaFileStore(policy.Declared, "/rds.pem")
	tests := map[string]struct {
		settings policy.Settings
		want     outline
	}{
		"neither sslmode nor ssl is prefer, which verifies nothing": {
			policy.Settings{Connection: "&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "prefer", Attempts: attempts{encryptedFirst, plaintext}},
		},
		"ssl=true is verify-full": {
			policy.Settings{Connection: "&ssl=true&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: declared},
		},
		"ssl without a value is verify-full": {
			policy.Settings{Connection: "&ssl", StoreDeclared: true},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: javaFileStore(policy.Declared, "")},
		},
		"ssl=1 is not true": {
			policy.Settings{Connection: "&ssl=1"},
			outline{Mode: "prefer", Attempts: attempts{encryptedFirst, plaintext}},
		},
		"sslmode wins over ssl, whatever its case": {
			policy.Settings{Connection: "&ssl=true&sslmode=DISABLE"},
			outline{Mode: "disable", Attempts: attempts{plaintext}},
		},
		"allow goes on to TLS when the server refuses": {
			policy.Settings{Connection: "&sslmode=allow"},
			outline{Mode: "allow", Attempts: attempts{plaintextFirst, encrypted}},
		},
		"require reads no root file": {
			policy.Settings{Connection: "&sslmode=require&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "require", Attempts: attempts{encrypted}},
		},
		"verify-ca does not compare the name": {
			policy.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "verify-ca", Attempts: attempts{pathVerified}, Anchors: declared},
		},
		"properties count where the URL is silent": {
			policy.Settings{Properties: map[string]string{"sslmode": "verify-ca", "sslrootcert": "/rds.pem"}, StoreDeclared: true},
			outline{Mode: "verify-ca", Attempts: attempts{pathVerified}, Anchors: declared},
		},
		"the URL wins over properties": {
			policy.Settings{Connection: "&sslmode=disable", Properties: map[string]string{"sslmode": "verify-ca"}},
			outline{Mode: "disable", Attempts: attempts{plaintext}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(tc.settings)
			if diff := cmp.Diff(tc.want, outline{got.Mode, got.Attempts, got.Anchors}); diff != "" {
				t.Errorf("policy (-want +got):\n%s%+v", diff, got)
			}
			if got.NameRule != certpath.NamePgjdbc || got.Profile != (certpath.Profile{Validator: certpath.Java, Version: "17", SecurityLevel: -1}) {
				t.Errorf("rule %q, profile %+v", got.NameRule, got.Profile)
			}
		})
	}
}

func TestPgjdbcFindsItsStore(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings policy.Settings
		want     policy.Anchors
	}{
		"the default file at home": {
			policy.Settings{Connection: "&sslmode=verify-ca", StoreDeclared: true, StorePlace: policy.PlaceHome},
			javaFileStore(policy.Declared, ""),
		},
		"nothing declared is nothing there": {
			policy.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/rds.pem"},
			javaFileStore(policy.Missing, "/rds.pem"),
		},
		"a file named elsewhere than the store at home": {
			policy.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/rds.pem", StoreDeclared: true, StorePlace: policy.PlaceHome},
			javaFileStore(policy.Missing, "/rds.pem"),
		},
		"the default file by its full name": {
			policy.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/h/.postgresql/root.crt", StoreDeclared: true, StorePlace: policy.PlaceHome},
			javaFileStore(policy.Declared, "/h/.postgresql/root.crt"),
		},
		"the default factory does not know the JVM's store": {
			policy.Settings{Connection: "&sslmode=verify-ca", StoreDeclared: true, StorePlace: policy.PlaceSystem},
			javaFileStore(policy.Missing, ""),
		},
		"Java expands no tilde": {
			policy.Settings{Connection: "&sslmode=verify-ca&sslrootcert=~/rds.pem", StoreDeclared: true},
			javaFileStore(policy.Missing, "~/rds.pem"),
		},
		"an empty name is a file that is not there": {
			policy.Settings{Connection: "&sslmode=verify-ca&sslrootcert=", StoreDeclared: true},
			javaFileStore(policy.Missing, ""),
		},
		"Java's own context ignores sslrootcert": {
			policy.Settings{Connection: "&sslrootcert=/rds.pem" + javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true},
			javaKeyStore(policy.SystemStore, ""),
		},
		"Java's own context reads what the system property names": {
			policy.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
				Properties: map[string]string{"javax.net.ssl.trustStore": "/s.jks"},
			},
			javaKeyStore(policy.Declared, "/s.jks"),
		},
		"a named store that is not there is the JVM's own": {
			policy.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory",
				Properties: map[string]string{"javax.net.ssl.trustStore": "/s.jks"},
			},
			javaKeyStore(policy.SystemStore, "/s.jks"),
		},
		"cacerts with the root in it": {
			policy.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true, StorePlace: policy.PlaceSystem},
			javaKeyStore(policy.Declared, ""),
		},
		"no store at all by its name": {
			policy.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
				Properties: map[string]string{"javax.net.ssl.trustStore": "NONE"},
			},
			javaKeyStore(policy.EmptyStore, "NONE"),
		},
		"the JVM's option variables": {
			policy.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
				Environment: map[string]string{
					"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/a", "JDK_JAVA_OPTIONS": "-Xmx1g -Djavax.net.ssl.trustStore=/b",
				},
			},
			javaKeyStore(policy.Declared, "/b"),
		},
		"the single certificate": {
			policy.Settings{Connection: javaSSL + "SingleCertValidatingFactory&sslfactoryarg=file:/root.pem", StoreDeclared: true},
			javaCertificate(policy.Declared, "/root.pem"),
		},
		"the single certificate is not there": {
			policy.Settings{Connection: javaSSL + "SingleCertValidatingFactory&sslfactoryarg=file:/root.pem"},
			javaCertificate(policy.Missing, "/root.pem"),
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(tc.settings)
			if diff := cmp.Diff(tc.want, got.Anchors); diff != "" {
				t.Errorf("anchors (-want +got):\n%s%+v", diff, got)
			}
		})
	}
}

func TestPgjdbcOtherFactoriesVerifyInEveryTLSMode(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		connection string
		want       []policy.Attempt
	}{
		"prefer never falls back on a bad certificate": {"&sslmode=prefer" + javaSSL + "DefaultJavaSSLFactory", []policy.Attempt{pathFirst, plaintext}},
		"allow verifies once it is on TLS":             {"&sslmode=allow" + javaSSL + "DefaultJavaSSLFactory", []policy.Attempt{plaintextFirst, pathVerified}},
		"require verifies":                             {"&sslmode=require" + javaSSL + "SingleCertValidatingFactory&sslfactoryarg=file:/r", []policy.Attempt{pathVerified}},
		"verify-full compares the name as well":        {"&sslmode=verify-full" + javaSSL + "DefaultJavaSSLFactory", []policy.Attempt{allVerified}},
		"the other factory compares the name alone":    {"&sslmode=verify-full" + javaSSL + "NonValidatingFactory", []policy.Attempt{hostVerified}},
		"the other factory below that nothing":         {"&sslmode=verify-ca" + javaSSL + "NonValidatingFactory", []policy.Attempt{encrypted}},
		"the default factory by its old name":          {"&sslmode=verify-ca" + javaSSL + "jdbc4.LibPQFactory", []policy.Attempt{pathVerified}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(policy.Settings{Connection: tc.connection, StoreDeclared: true})
			if diff := cmp.Diff(tc.want, got.Attempts); diff != "" {
				t.Errorf("attempts (-want +got):\n%s%+v", diff, got)
			}
		})
	}
}

func TestPgjdbcPasswordOfTheJVM(t *testing.T) {
	t.Parallel()

	const prefix = "javax.net.ssl.trustStore"
	settings := policy.Settings{
		Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
		Properties: map[string]string{prefix: "/s", prefix + "Password": "changeit", prefix + "Type": "JCEKS"},
	}
	if got := resolveJava(settings).Anchors; got.Password == nil || *got.Password != "changeit" || got.NoPassword || got.StoreType != "JCEKS" {
		t.Errorf("the settings' password and type: %+v", got)
	}
	settings.Properties = map[string]string{prefix: "/s", prefix + "Password": ""}
	if got := resolveJava(settings).Anchors; got.Password != nil || !got.NoPassword {
		t.Errorf("an empty password is none: %+v", got)
	}
}
