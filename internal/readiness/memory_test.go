package readiness_test

import (
	"crypto/x509"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestOneClientIsNotJudgedByTheStoreOfAnother: what is remembered of one store
// is not taken for another that differs in its length or its password alone.
func TestOneClientIsNotJudgedByTheStoreOfAnother(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	right, wrong := "changeit", "other"
	jks, err := truststore.EncodeJKS([]*x509.Certificate{s.next.Root}, &right)
	if err != nil {
		t.Fatal(err)
	}
	bundle := pki.PEM(s.old.Root, s.next.Root)
	for name, tc := range map[string]struct {
		reader        truststore.Reader
		first, second readiness.Store
		want          [2]readiness.Reason
	}{
		"the beginning of a bundle, and all of it": {
			truststore.OpenSSLFile,
			readiness.Store{Content: bundle[:len(pki.PEM(s.old.Root))]},
			readiness.Store{Content: bundle},
			[2]readiness.Reason{certpath.UnknownAuthority, certpath.Accepted},
		},
		"all of a bundle, and its beginning": {
			truststore.OpenSSLFile,
			readiness.Store{Content: bundle},
			readiness.Store{Content: bundle[:len(pki.PEM(s.old.Root))]},
			[2]readiness.Reason{certpath.Accepted, certpath.UnknownAuthority},
		},
		"the right password, and a wrong one": {
			truststore.JavaKeyStore,
			readiness.Store{Content: jks, Password: &right},
			readiness.Store{Content: jks, Password: &wrong},
			[2]readiness.Reason{certpath.Accepted, readiness.WrongTrustStorePassword},
		},
		"no password, and a wrong one": {
			truststore.JavaKeyStore,
			readiness.Store{Content: jks},
			readiness.Store{Content: jks, Password: &wrong},
			[2]readiness.Reason{certpath.Accepted, readiness.WrongTrustStorePassword},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := func(name string, store readiness.Store) readiness.Client {
				return readiness.Client{Name: name, Store: store}.With(policy.Policy{
					Hosts: []policy.Host{{Name: endpoint}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: true}},
					Anchors: policy.Anchors{Source: policy.Declared, Reader: tc.reader, ReaderVersion: "17"},
					Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
				})
			}
			verdicts := readiness.Evaluate(s.input(client("first", tc.first), client("second", tc.second))).Verdicts
			if got := [2]readiness.Reason{verdicts["first"].Target.Reason, verdicts["second"].Target.Reason}; got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

// TestOnePathIsNotTakenForAnother of which only the root is known, either.
func TestOnePathIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	for name, known := range map[string]func(*x509.Certificate) readiness.Evidence{
		"by its SHA-256": func(root *x509.Certificate) readiness.Evidence {
			return readiness.Evidence{Presented: certpath.Presented{RootSHA256: pki.SHA256(root)}}
		},
		"by its thumbprint": func(root *x509.Certificate) readiness.Evidence {
			return readiness.Evidence{RootSHA1: pki.Thumbprint(root)}
		},
	} {
		in := s.input(libpq("c", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root))
		in.Target, in.Current = known(s.next.Root), known(s.old.Root)
		v := readiness.Evaluate(in).Verdicts["c"]
		if v.Target.Reason != certpath.Accepted || v.Current.Reason != certpath.UnknownAuthority {
			t.Errorf("%s: %s after the switch, %s now", name, v.Target.Reason, v.Current.Reason)
		}
	}
}
