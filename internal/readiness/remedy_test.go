package readiness_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// wantRemedy checks a part of a remedy; an empty part wants none.
func wantRemedy(t *testing.T, got, part string) {
	t.Helper()
	if !strings.Contains(got, part) || (got == "") != (part == "") {
		t.Errorf("remedy %q, want one with %q", got, part)
	}
}

// TestRemedies goes through the reasons and the situations that change what is
// to be done: who follows a remedy has to get on.
func TestRemedies(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	const full = "sslmode=verify-full sslrootcert=/r.pem"
	password, wrong := "changeit", "wrong"
	store, err := truststore.EncodeJKS([]*x509.Certificate{s.next.Root}, &password)
	if err != nil {
		t.Fatal(err)
	}
	jvm := func(properties map[string]string, given *string) readiness.Client {
		return readiness.Client{
			Name: "c", Store: readiness.Store{Content: store, Password: given},
			Settings: policy.Settings{
				Driver: "pgjdbc", Connection: "jdbc:postgresql://" + endpoint + "/db?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
				Properties: properties, StoreDeclared: true, Host: endpoint,
			},
		}
	}
	keyed, err := truststore.EncodePKCS12([]*x509.Certificate{s.next.Root}, &password)
	if err != nil {
		t.Fatal(err)
	}
	encrypted := func(c readiness.Client) readiness.Client {
		c.Store.Content = keyed
		return c
	}
	tests := map[string]struct {
		client readiness.Client
		set    func(*readiness.Input)
		reason readiness.Reason
		remedy string // the whole
	}{
		"before the switch": {
			client: libpq("c", full, s.old.Root), reason: certpath.UnknownAuthority,
			remedy: "Add the root CA of rds-ca-rsa2048-g1 to the client's trust store, and keep the old root until after the switch.",
		},
		"on the target already": {
			client: libpq("c", full, s.old.Root), reason: certpath.UnknownAuthority,
			set:    func(in *readiness.Input) { in.Current = in.Target },
			remedy: "Add the root CA of rds-ca-rsa2048-g1 to the client's trust store.",
		},
		"behind RDS Proxy": {
			client: behindProxy(libpq("c", full, s.old.Root)), reason: certpath.UnknownAuthority,
			remedy: "Add a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy, to the client's trust store.",
		},
		"the wrong password, declared with the store": {
			client: jvm(map[string]string{"javax.net.ssl.trustStore": "/s.jks"}, &wrong), reason: readiness.WrongTrustStorePassword,
			remedy: "Correct the password of the trust store: the one in \"password\" or \"password_env\" does not open it.",
		},
		"the wrong password, in the settings": {
			client: jvm(map[string]string{"javax.net.ssl.trustStore": "/s.jks", "javax.net.ssl.trustStorePassword": wrong}, &password), reason: readiness.WrongTrustStorePassword,
			remedy: "The password in the client's settings does not open the trust store: correct the password or replace the store.",
		},
		"a PKCS#12 whose password nobody tells the JVM": {
			client: encrypted(jvm(map[string]string{"javax.net.ssl.trustStore": "/s.p12"}, &password)), reason: readiness.TrustStoreNoAnchors,
			remedy: "Declare the store's password as javax.net.ssl.trustStorePassword, in \"properties\" or in JAVA_TOOL_OPTIONS, whichever the deployment uses: the password in trust_store does not reach the JVM.",
		},
		"a PKCS#12 with its password": {
			client: encrypted(jvm(map[string]string{"javax.net.ssl.trustStore": "/s.p12", "javax.net.ssl.trustStorePassword": password}, nil)), reason: certpath.Accepted,
		},
		"a JKS whose password nobody tells the JVM": {
			client: jvm(map[string]string{"javax.net.ssl.trustStore": "/s.jks"}, nil), reason: certpath.Accepted,
		},
		"no root file": {
			client: libpq("c", full), reason: readiness.RootCertificateMissing,
			remedy: "Put the root CA of rds-ca-rsa2048-g1 into the file where the client looks for its root certificates, and declare that file as trust_store.",
		},
		"a wrong name, where only the root is known": {
			client: libpq("c", full+" host=alias.example", s.next.Root), reason: certpath.HostNameMismatch,
			set: func(in *readiness.Input) {
				in.Target.Presented = certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}
			},
			remedy: "Connect with a name that is in the server certificate, such as " + endpoint + ".",
		},
		"a wrong name": {
			client: libpq("c", full+" host=alias.example", s.next.Root), reason: certpath.HostNameMismatch,
			remedy: "Connect with a name that is in the server certificate, such as " + endpoint + ".",
		},
		"a wrong name, and so is the one that was given": {
			client: libpq("c", full+" host=alias.example", s.next.Root), reason: certpath.HostNameMismatch,
			set:    func(in *readiness.Input) { in.Host = "other.example" },
			remedy: "Connect with the endpoint's own name, which is the one in the server certificate.",
		},
		"the client of a generated gate": {
			client: readiness.Client{Name: "c", Settings: policy.Settings{Driver: "other", Properties: map[string]string{"description": policy.PlaceholderClient}}}, reason: policy.ReasonPlaceholder,
			remedy: "Declare the real clients in place of this placeholder.",
		},
		"plaintext that is refused": {
			client: libpq("c", "sslmode=disable"), reason: readiness.PlaintextRefused,
			set:    func(in *readiness.Input) { on := true; in.ForceSSL = &on },
			remedy: "Make the client use TLS: the server requires it.",
		},
		"rds.force_ssl is not known": {
			client: libpq("c", "sslmode=disable"), reason: readiness.ForceSSLUnknown,
			set:    func(in *readiness.Input) { in.ForceSSL = nil },
			remedy: "Set force_ssl, or set db_instance_identifier and grant the permission rds:DescribeDBParameters, so that the provider can read the value from RDS.",
		},
		"the path is not known": {
			client: libpq("c", full, s.next.Root), reason: readiness.PathNotKnown,
			set:    func(in *readiness.Input) { in.Target = readiness.Evidence{} },
			remedy: "Set server_certificate_chain_pem, or set \"region\" and \"target_ca_cert_identifier\" to a Region and a CA that RDS offers or the provider's own list of RDS CAs contains.",
		},
		"an unreadable store": {
			client: garbled(libpq("c", full, s.next.Root)), reason: readiness.TrustStoreUnreadable,
			remedy: "Rebuild the trust store in a format that libpq reads, and include the root CA of rds-ca-rsa2048-g1.",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(tc.client)
			if tc.set != nil {
				tc.set(&in)
			}
			v := readiness.Evaluate(in).Verdicts["c"]
			if v.Target.Reason != tc.reason || v.Remedy != tc.remedy {
				t.Errorf("%s (%s): remedy %q, want %s and %q", v.Target.Outcome, v.Target.Reason, v.Remedy, tc.reason, tc.remedy)
			}
		})
	}
}

func behindProxy(c readiness.Client) readiness.Client {
	c.ViaProxy = true
	return c
}

func garbled(c readiness.Client) readiness.Client {
	c.Store.Content = []byte("no certificate at all")
	return c
}
