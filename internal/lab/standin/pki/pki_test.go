package pki_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func chain(t *testing.T, region, ca string, opts pki.Options) *pki.Chain {
	t.Helper()
	c, err := pki.NewRegion(region, issued).Chain(ca, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// verify is crypto/x509 with root as the only anchor.
func verify(c *pki.Chain, root *x509.Certificate, name string) error {
	roots, subordinates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, presented := range c.Presented()[1:] {
		subordinates.AddCert(presented)
	}
	_, err := c.Server.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: subordinates, DNSName: name, CurrentTime: issued,
	})
	return err
}

func TestAChainOfEachCAVerifiesToItsOwnRootOnly(t *testing.T) {
	t.Parallel()
	for _, ca := range append(pki.CAIdentifiers(), pki.CA2019) {
		t.Run(ca, func(t *testing.T) {
			t.Parallel()
			at := issued
			opts := pki.Options{DNSNames: []string{"orders.example"}}
			if ca == pki.CA2019 {
				opts.Root.NotAfter = at.AddDate(1, 0, 0)
			}
			own := chain(t, "us-east-1", ca, opts)
			if err := verify(own, own.Root, "orders.example"); err != nil {
				t.Errorf("own root: %v", err)
			}
			other := chain(t, "eu-west-1", pki.CAECC384, pki.Options{KeyGeneration: 1})
			if err := verify(own, other.Root, ""); !errors.As(err, &x509.UnknownAuthorityError{}) {
				t.Errorf("other root: got %v, want unknown authority", err)
			}
			impostor := chain(t, "us-east-1", ca, pki.Options{KeyGeneration: 1})
			if err := verify(own, impostor.Root, ""); err == nil {
				t.Error("a root of the same name and another key was accepted")
			}
			if err := verify(own, own.Root, "billing.example"); !errors.As(err, &x509.HostnameError{}) {
				t.Errorf("wrong name: got %v, want host name error", err)
			}
		})
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, ca := range pki.CAIdentifiers() {
		a := chain(t, "us-east-1", ca, pki.Options{})
		b := chain(t, "us-east-1", ca, pki.Options{})
		if !bytes.Equal(a.PEM(), b.PEM()) {
			t.Errorf("%s: two calls gave different certificates", ca)
		}
	}
}

func TestChainsHaveTheShapeOfRDS(t *testing.T) {
	t.Parallel()
	c := chain(t, "us-east-1", pki.CARSA2048, pki.Options{DNSNames: []string{"a.example", "*.b.example"}, IPs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	if got := c.Root.Subject.CommonName; got != "Amazon RDS us-east-1 Root CA RSA2048 G1" {
		t.Errorf("root is called %q", got)
	}
	if len(c.Presented()) != 3 || !c.Subordinate.MaxPathLenZero || c.Root.MaxPathLen != -1 {
		t.Errorf("presented %d, pathlen of subordinate %d, of root %d", len(c.Presented()), c.Subordinate.MaxPathLen, c.Root.MaxPathLen)
	}
	if len(c.Root.Extensions) != 3 {
		t.Errorf("root has %d extensions, want BasicConstraints, SKI and KeyUsage", len(c.Root.Extensions))
	}
	if c.Server.Subject.CommonName != "a.example" || len(c.Server.DNSNames) != 2 || len(c.Server.IPAddresses) != 1 {
		t.Errorf("server names: %v %v %v", c.Server.Subject, c.Server.DNSNames, c.Server.IPAddresses)
	}
	key, err := c.KeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tls.X509KeyPair(c.PEM(), key); err != nil {
		t.Errorf("key does not belong to the certificate: %v", err)
	}
}

func TestOptionsChangeWhatIsIssued(t *testing.T) {
	t.Parallel()
	old := issued.AddDate(-1, 0, 0)
	c := chain(t, "us-east-1", pki.CARSA4096, pki.Options{
		DNSNames: []string{"a.example"}, OmitSAN: true, OmitSubordinate: true, OmitRoot: true,
		ServerKey: pki.ECC256, Signature: x509.SHA1WithRSA, Root: pki.Validity{NotAfter: old},
	})
	if len(c.Presented()) != 1 {
		t.Errorf("%d certificates are presented, want 1", len(c.Presented()))
	}
	if len(c.Server.DNSNames) != 0 || c.Server.Subject.CommonName != "a.example" {
		t.Errorf("names: %q, %v", c.Server.Subject.CommonName, c.Server.DNSNames)
	}
	if c.Server.SignatureAlgorithm != x509.SHA1WithRSA || c.Server.PublicKeyAlgorithm != x509.ECDSA {
		t.Errorf("signature %v, key %v", c.Server.SignatureAlgorithm, c.Server.PublicKeyAlgorithm)
	}
	if !c.Root.NotAfter.Equal(old) {
		t.Errorf("root ends %v", c.Root.NotAfter)
	}
}

func TestAnUnknownCAIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := pki.NewRegion("us-east-1", issued).Chain("rds-ca-2035", pki.Options{}); !errors.Is(err, pki.ErrUnknownCA) {
		t.Errorf("got %v, want ErrUnknownCA", err)
	}
}
