package certpath_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// lookAlikes are CAs that all have one name, and each another key: every one
// of them can have issued every other, as far as names say.
func lookAlikes(t *testing.T, n int) []*x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var all []*x509.Certificate
	for i := range n {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "Same"}, IsCA: i > 0, BasicConstraintsValid: true,
			NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0), DNSNames: []string{"db.example"},
		}
		if i == 0 {
			template.Subject.CommonName = "db.example"
		}
		der, err := x509.CreateCertificate(rand.Reader, template, &x509.Certificate{Subject: pkix.Name{CommonName: "Same"}}, own.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func TestLookAlikesEndTheSearchInItsBudget(t *testing.T) {
	t.Parallel()

	all := lookAlikes(t, 1000)
	for _, profile := range allProfiles() {
		for _, n := range []int{16, 100, 1000} {
			for place, sent := range map[string]int{"sent": n, "in the store": 1, "in both": n} {
				presented, anchors := certpath.Presented{Certificates: all[:sent]}, certpath.Anchors(all[n-1])
				if place != "sent" {
					anchors = certpath.Anchors(all[1:n]...)
				}
				verifier := certpath.NewVerifier()
				result := verifier.Verify(profile, presented, anchors, time.Unix(1<<30, 0))
				name := fmt.Sprintf("%s %s, %d %s", profile.Validator, profile.Version, n, place)
				// A step is about a microsecond. What exceeds the budget may be one
				// signature, and the loops that then run out without work.
				if work := verifier.Work(); work > certpath.MaxWork+certpath.MaxWork/10 {
					t.Errorf("%s: %d steps", name, work)
				}
				ownLimit := profile.Validator == certpath.WebPKI || profile.Validator == certpath.Go
				if (result.Reason == certpath.SearchLimit) != (verifier.Work() > certpath.MaxWork) && !ownLimit {
					t.Errorf("%s: %s after %d steps", name, result.Reason, verifier.Work())
				}
				if profile.Validator == certpath.Go && n == 1000 && (result.Reason != certpath.SearchLimit || result.ClientError != "x509: signature check attempts limit reached while verifying certificate chain" ||
					!strings.Contains(result.Detail, "the client reaches its own limit")) {
					t.Errorf("%s: %q, %q, %q", name, result.Reason, result.Detail, result.ClientError)
				}
				switch {
				case result.Reason == certpath.Accepted:
					t.Errorf("%s: accepted", name)
				case result.Reason == certpath.SearchLimit && !strings.Contains(result.Detail+result.ClientError, "steps") && result.ClientError == "":
					t.Errorf("%s: %q names no bound", name, result.Detail)
				}
			}
		}
	}
}

func TestOctetsAreBounded(t *testing.T) {
	t.Parallel()

	large := &x509.Certificate{Raw: make([]byte, 5<<20)}
	result := certpath.Verify(certpath.Profile{Validator: certpath.Java}, certpath.Presented{Certificates: []*x509.Certificate{large}}, nil, time.Unix(1<<30, 0))
	if result.Reason != certpath.SearchLimit || result.Detail != "the certificates are larger than 4 MiB in total" {
		t.Errorf("%q: %s", result.Reason, result.Detail)
	}
}
