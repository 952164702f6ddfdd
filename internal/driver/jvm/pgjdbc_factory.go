package jvm

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// javaFactory is what an SSL factory does with a server certificate.
type javaFactory struct {
	// verifies is true where the path is verified, against anchors.
	verifies bool
	anchors  policy.Anchors
	// ownKeys: it reads sslcert and sslkey.
	ownKeys bool
	// undecided says why that is not known; empty is known.
	undecided string
	// broken says why the factory cannot be made, client with which text;
	// empty is made. Each TLS attempt then fails.
	broken, client string
}

const pgjdbcFactoryError = "could not be instantiated"

// pgjdbcFactory returns what the factory that sslfactory names does.
//
// Source: pgjdbc/pgjdbc, SocketFactoryFactory.getSslSocketFactory,
// LibPQFactory, DefaultJavaSSLFactory, NonValidatingFactory.
func pgjdbcFactory(s policy.Settings, properties map[string]string, java jvm, mode string) javaFactory {
	class, set := properties["sslfactory"]
	name, ours := strings.CutPrefix(class, "org.postgresql.ssl.")
	switch {
	case !set, ours && (name == "LibPQFactory" || name == "jdbc4.LibPQFactory"):
		return pgjdbcLibPQFactory(s, properties, java.system, mode)
	case ours && name == "NonValidatingFactory":
		return javaFactory{}
	case ours && name == "DefaultJavaSSLFactory":
		return javaDefaultContext(s, java)
	case ours && name == "SingleCertValidatingFactory":
		return pgjdbcSingleCertificate(s, properties["sslfactoryarg"])
	case class == "", ours, strings.ContainsAny(class, " \t"), strings.HasPrefix(class, "java."), strings.HasPrefix(class, "javax."):
		// No other class of the driver's or of Java's can be made into one.
		return javaFactory{broken: "sslfactory does not name a usable SSL factory: " + policy.Quoted(class), client: pgjdbcFactoryError}
	default:
		return javaFactory{undecided: "it is not known what the SSL factory " + class + " verifies"}
	}
}

// pgjdbcLibPQFactory is the default factory. Below verify-ca it trusts every
// server, whether there is a root file or not. A file that the settings name
// for somebody else is not in the default place.
func pgjdbcLibPQFactory(s policy.Settings, properties, system map[string]string, mode string) javaFactory {
	if !strings.HasPrefix(mode, "verify-") {
		return javaFactory{ownKeys: true}
	}
	path, named := properties["sslrootcert"]
	elsewhere := !named && s.StorePlace != policy.PlaceHome && (system[javaTrustStore] != "" || s.Environment["PGSSLROOTCERT"] != "" || s.NamesStoreOfOthers())
	anchors := policy.Anchors{
		Source: policy.Missing, Path: path, Reader: truststore.JavaCertificateFactory,
		Missing: policy.Lack{Client: "Could not open SSL root certificate file"},
	}
	switch {
	case !s.StoreDeclared, s.StorePlace == policy.PlaceSystem, elsewhere:
	case named && s.StorePlace == policy.PlaceHome && !strings.HasSuffix(path, "/.postgresql/root.crt"):
	case named && !policy.NamesFile(path):
	default:
		anchors.Source = policy.Declared
	}
	return javaFactory{verifies: true, anchors: anchors, ownKeys: true}
}

// pgjdbcSingleCertificate is the factory that trusts the one certificate its
// argument names, or the first where there are several: in every TLS mode.
//
// Source: pgjdbc/pgjdbc, SingleCertValidatingFactory.
func pgjdbcSingleCertificate(s policy.Settings, argument string) javaFactory {
	anchors := policy.Anchors{
		Source: policy.Declared, Reader: truststore.JavaFirstCertificate, Missing: policy.Lack{Client: pgjdbcFactoryError},
	}
	kind, value, prefixed := strings.Cut(argument, ":")
	if strings.HasPrefix(argument, "-----BEGIN CERTIFICATE-----") {
		kind, prefixed = "literal", true
	}
	switch {
	case !prefixed || !slices.Contains([]string{"file", "env", "sys", "classpath", "literal"}, kind):
		return javaFactory{broken: "sslfactoryarg does not say where the certificate is", client: pgjdbcFactoryError}
	case kind == "file":
		anchors.Path, anchors.Source = value, s.Found(value)
	case kind == "literal":
		anchors.Content = []byte(argument)
	case kind == "env" && s.Environment[value] != "":
		anchors.Content = []byte(s.Environment[value])
	case s.StoreNamed():
	case kind == "env":
		return javaFactory{broken: "sslfactoryarg names an environment variable that is not declared", client: pgjdbcFactoryError}
	default:
		return javaFactory{undecided: "the certificate of SingleCertValidatingFactory is not in a file: declare it as the trust store"}
	}
	return javaFactory{verifies: true, anchors: anchors}
}
