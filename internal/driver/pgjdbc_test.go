package driver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const (
	jdbcURL = "jdbc:postgresql://db.example:5433/billing?user=app"
	javaSSL = "&sslfactory=org.postgresql.ssl."
)

// javaFileStore is the file that the default factory reads.
func javaFileStore(source driver.Source, path string) driver.Anchors {
	return driver.Anchors{
		Source: source, Path: path, Reader: truststore.JavaCertificateFactory, ReaderVersion: "17",
		MissingError: "Could not open SSL root certificate file",
	}
}

// javaKeyStore is the store of the JVM's default context.
func javaKeyStore(source driver.Source, path string) driver.Anchors {
	return driver.Anchors{Source: source, Path: path, Reader: truststore.JavaKeyStore, ReaderVersion: "17"}
}

func javaCertificate(source driver.Source, path string) driver.Anchors {
	return driver.Anchors{
		Source: source, Path: path, Reader: truststore.JavaFirstCertificate, ReaderVersion: "17",
		MissingError: "could not be instantiated",
	}
}

// outline is the part of a policy that most rules decide.
type outline struct {
	Mode     string
	Attempts []driver.Attempt
	Anchors  driver.Anchors
}

var (
	plaintext      = driver.Attempt{}
	plaintextFirst = driver.Attempt{After: driver.ServerRefused}
	encrypted      = driver.Attempt{TLS: true}
	encryptedFirst = driver.Attempt{TLS: true, After: driver.TLSUnsupported | driver.ServerRefused}
	pathFirst      = driver.Attempt{TLS: true, VerifyPath: true, After: driver.TLSUnsupported | driver.ServerRefused}
	pathVerified   = driver.Attempt{TLS: true, VerifyPath: true}
	hostVerified   = driver.Attempt{TLS: true, VerifyHost: true}
	allVerified    = driver.Attempt{TLS: true, VerifyPath: true, VerifyHost: true}
)

func resolveJava(s driver.Settings) driver.Policy {
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

	type attempts = []driver.Attempt
	declared := javaFileStore(driver.Declared, "/rds.pem")
	tests := map[string]struct {
		settings driver.Settings
		want     outline
	}{
		"neither sslmode nor ssl is prefer, which verifies nothing": {
			driver.Settings{Connection: "&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "prefer", Attempts: attempts{encryptedFirst, plaintext}},
		},
		"ssl=true is verify-full": {
			driver.Settings{Connection: "&ssl=true&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: declared},
		},
		"ssl without a value is verify-full": {
			driver.Settings{Connection: "&ssl", StoreDeclared: true},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: javaFileStore(driver.Declared, "")},
		},
		"ssl=1 is not true": {
			driver.Settings{Connection: "&ssl=1"},
			outline{Mode: "prefer", Attempts: attempts{encryptedFirst, plaintext}},
		},
		"sslmode wins over ssl, whatever its case": {
			driver.Settings{Connection: "&ssl=true&sslmode=DISABLE"},
			outline{Mode: "disable", Attempts: attempts{plaintext}},
		},
		"allow goes on to TLS when the server refuses": {
			driver.Settings{Connection: "&sslmode=allow"},
			outline{Mode: "allow", Attempts: attempts{plaintextFirst, encrypted}},
		},
		"require reads no root file": {
			driver.Settings{Connection: "&sslmode=require&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "require", Attempts: attempts{encrypted}},
		},
		"verify-ca does not compare the name": {
			driver.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/rds.pem", StoreDeclared: true},
			outline{Mode: "verify-ca", Attempts: attempts{pathVerified}, Anchors: declared},
		},
		"properties count where the URL is silent": {
			driver.Settings{Properties: map[string]string{"sslmode": "verify-ca", "sslrootcert": "/rds.pem"}, StoreDeclared: true},
			outline{Mode: "verify-ca", Attempts: attempts{pathVerified}, Anchors: declared},
		},
		"the URL wins over properties": {
			driver.Settings{Connection: "&sslmode=disable", Properties: map[string]string{"sslmode": "verify-ca"}},
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
		settings driver.Settings
		want     driver.Anchors
	}{
		"the default file at home": {
			driver.Settings{Connection: "&sslmode=verify-ca", StoreDeclared: true, StorePlace: driver.PlaceHome},
			javaFileStore(driver.Declared, ""),
		},
		"nothing declared is nothing there": {
			driver.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/rds.pem"},
			javaFileStore(driver.Missing, "/rds.pem"),
		},
		"a file named elsewhere than the store at home": {
			driver.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/rds.pem", StoreDeclared: true, StorePlace: driver.PlaceHome},
			javaFileStore(driver.Missing, "/rds.pem"),
		},
		"the default file by its full name": {
			driver.Settings{Connection: "&sslmode=verify-ca&sslrootcert=/h/.postgresql/root.crt", StoreDeclared: true, StorePlace: driver.PlaceHome},
			javaFileStore(driver.Declared, "/h/.postgresql/root.crt"),
		},
		"the default factory does not know the JVM's store": {
			driver.Settings{Connection: "&sslmode=verify-ca", StoreDeclared: true, StorePlace: driver.PlaceSystem},
			javaFileStore(driver.Missing, ""),
		},
		"Java expands no tilde": {
			driver.Settings{Connection: "&sslmode=verify-ca&sslrootcert=~/rds.pem", StoreDeclared: true},
			javaFileStore(driver.Missing, "~/rds.pem"),
		},
		"an empty name is a file that is not there": {
			driver.Settings{Connection: "&sslmode=verify-ca&sslrootcert=", StoreDeclared: true},
			javaFileStore(driver.Missing, ""),
		},
		"Java's own context ignores sslrootcert": {
			driver.Settings{Connection: "&sslrootcert=/rds.pem" + javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true},
			javaKeyStore(driver.SystemStore, ""),
		},
		"Java's own context reads what the system property names": {
			driver.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
				Properties: map[string]string{"javax.net.ssl.trustStore": "/s.jks"},
			},
			javaKeyStore(driver.Declared, "/s.jks"),
		},
		"a named store that is not there is the JVM's own": {
			driver.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory",
				Properties: map[string]string{"javax.net.ssl.trustStore": "/s.jks"},
			},
			javaKeyStore(driver.SystemStore, "/s.jks"),
		},
		"cacerts with the root in it": {
			driver.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true, StorePlace: driver.PlaceSystem},
			javaKeyStore(driver.Declared, ""),
		},
		"no store at all by its name": {
			driver.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
				Properties: map[string]string{"javax.net.ssl.trustStore": "NONE"},
			},
			javaKeyStore(driver.EmptyStore, "NONE"),
		},
		"the JVM's option variables": {
			driver.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true,
				Environment: map[string]string{
					"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/a", "JDK_JAVA_OPTIONS": "-Xmx1g -Djavax.net.ssl.trustStore=/b",
				},
			},
			javaKeyStore(driver.Declared, "/b"),
		},
		"the single certificate": {
			driver.Settings{Connection: javaSSL + "SingleCertValidatingFactory&sslfactoryarg=file:/root.pem", StoreDeclared: true},
			javaCertificate(driver.Declared, "/root.pem"),
		},
		"the single certificate is not there": {
			driver.Settings{Connection: javaSSL + "SingleCertValidatingFactory&sslfactoryarg=file:/root.pem"},
			javaCertificate(driver.Missing, "/root.pem"),
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
		want       []driver.Attempt
	}{
		"prefer never falls back on a bad certificate": {"&sslmode=prefer" + javaSSL + "DefaultJavaSSLFactory", []driver.Attempt{pathFirst, plaintext}},
		"allow verifies once it is on TLS":             {"&sslmode=allow" + javaSSL + "DefaultJavaSSLFactory", []driver.Attempt{plaintextFirst, pathVerified}},
		"require verifies":                             {"&sslmode=require" + javaSSL + "SingleCertValidatingFactory&sslfactoryarg=file:/r", []driver.Attempt{pathVerified}},
		"verify-full compares the name as well":        {"&sslmode=verify-full" + javaSSL + "DefaultJavaSSLFactory", []driver.Attempt{allVerified}},
		"the other factory compares the name alone":    {"&sslmode=verify-full" + javaSSL + "NonValidatingFactory", []driver.Attempt{hostVerified}},
		"the other factory below that nothing":         {"&sslmode=verify-ca" + javaSSL + "NonValidatingFactory", []driver.Attempt{encrypted}},
		"the default factory by its old name":          {"&sslmode=verify-ca" + javaSSL + "jdbc4.LibPQFactory", []driver.Attempt{pathVerified}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(driver.Settings{Connection: tc.connection, StoreDeclared: true})
			if diff := cmp.Diff(tc.want, got.Attempts); diff != "" {
				t.Errorf("attempts (-want +got):\n%s%+v", diff, got)
			}
		})
	}
}

func TestPgjdbcPasswordOfTheJVM(t *testing.T) {
	t.Parallel()

	const prefix = "javax.net.ssl.trustStore"
	settings := driver.Settings{
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
