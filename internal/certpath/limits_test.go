package certpath_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// mostOfOne is how much processor time one verification may take: what its
// budget allows, several times over. A busy machine does not matter.
const mostOfOne = 10 * time.Second

// TestWhatCostsMuchEndsAtALimit: keys, names and constraints that cost seconds
// to hours where nothing counts the work.
func TestWhatCostsMuchEndsAtALimit(t *testing.T) { //nolint:paralleltest // it measures the time of the process
	signer, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	// A modulus of any number will do: nothing is signed with these keys.
	keys := func(size, exponent int) func(int) crypto.PublicKey {
		n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(size))) //nolint:gosec // a size
		if err != nil {
			t.Fatal(err)
		}
		n.SetBit(n, size-1, 1).SetBit(n, 0, 1)
		return func(i int) crypto.PublicKey {
			return &rsa.PublicKey{N: new(big.Int).Add(n, big.NewInt(int64(2*i))), E: exponent}
		}
	}
	one := func(key crypto.PublicKey) func(int) crypto.PublicKey {
		return func(int) crypto.PublicKey { return key }
	}
	rows := map[string]struct {
		all    []*x509.Certificate
		limits string // what the detail has to say in every validator; empty for those that may decide
	}{
		"RSA keys of 262,144 bits":    {forge(t, 20, keys(1<<18, 65537), signer, nil), "an RSA key of 262144 bits, which is more than the limit of 16384"},
		"RSA keys of 16,384 bits":     {forge(t, 60, keys(1<<14, 1<<31-1), signer, nil), ""},
		"P-521 keys":                  {forge(t, 120, fresh521(t), signer, nil), ""},
		"names against constraints":   {forge(t, 2, one(ec.Public()), ec, crowd(20_000)), ""},
		"names of 20 kB":              {forge(t, 80, one(ec.Public()), ec, longNames), ""},
		"policies":                    {forge(t, 8, one(ec.Public()), ec, policies(5_000)), ""},
		"more than 1,000 are sent":    {forge(t, 1_100, one(ec.Public()), ec, nil), ""},
		"one name, one key, no route": {forge(t, 300, one(ec.Public()), ec, elsewhere), ""},
	}
	for name, row := range rows {
		for _, profile := range allProfiles() {
			for place, path := range map[string][]*x509.Certificate{"sent": row.all, "half": row.all[:len(row.all)/2]} {
				anchors := certpath.Anchors(row.all[len(row.all)-1])
				if place != "sent" {
					anchors = certpath.Anchors(row.all[1:]...)
				}
				start := spent(t)
				result := certpath.Verify(profile, certpath.Presented{Certificates: path}, anchors, time.Unix(1<<30, 0))
				what := fmt.Sprintf("%s %s: %s %s", profile.Validator, profile.Version, name, place)
				if took := spent(t) - start; took > mostOfOne {
					t.Errorf("%s: took %s", what, took)
				}
				if result.Reason == certpath.SearchLimit && result.Detail == "" {
					t.Errorf("%s: no limit is named", what)
				}
				if row.limits != "" && (result.Reason != certpath.SearchLimit || !strings.Contains(result.Detail, row.limits)) {
					t.Errorf("%s: %s %q, want %q", what, result.Reason, result.Detail, row.limits)
				}
				if name == "more than 1,000 are sent" && place == "sent" && result.Detail != "the server presents more than 1000 certificates" {
					t.Errorf("%s: %s %q", what, result.Reason, result.Detail)
				}
			}
		}
	}
}

func allProfiles() []certpath.Profile {
	return []certpath.Profile{
		{Validator: certpath.OpenSSL},
		{Validator: certpath.OpenSSL, Version: "1.1.1", PartialChain: true},
		{Validator: certpath.Java, Version: "17"},
		{Validator: certpath.Java, Version: "25"},
		{Validator: certpath.Go},
		{Validator: certpath.WebPKI},
		{Validator: certpath.WebPKI, Version: "0.103"},
		{Validator: certpath.SChannel},
	}
}

// forge makes certificates of one issuer and, but for the first, one subject.
// Where the key is an RSA key that has signed nothing, the signature is
// replaced by one of the length at which a verifier begins to compute.
func forge(t *testing.T, n int, key func(int) crypto.PublicKey, signer crypto.Signer, change func(int, *x509.Certificate)) []*x509.Certificate {
	t.Helper()
	var all []*x509.Certificate
	for i := range n {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "Same"}, IsCA: i > 0, BasicConstraintsValid: true,
			NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
		}
		parent := &x509.Certificate{Subject: template.Subject}
		if i == 0 {
			template.Subject, template.DNSNames = pkix.Name{CommonName: "db.example"}, []string{"db.example"}
		}
		if change != nil {
			change(i, template)
			parent.Subject = pkix.Name{CommonName: "Same", OrganizationalUnit: template.Subject.OrganizationalUnit}
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key(i), signer)
		if err != nil {
			t.Fatal(err)
		}
		if large, is := key(i).(*rsa.PublicKey); is {
			der = resigned(t, der, large.Size())
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func resigned(t *testing.T, der []byte, size int) []byte {
	t.Helper()
	var outer struct {
		Signed, Algorithm asn1.RawValue
		Signature         asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		t.Fatal(err)
	}
	outer.Signature = asn1.BitString{Bytes: []byte(strings.Repeat("3", size)), BitLength: 8 * size}
	der, err := asn1.Marshal(outer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func fresh521(t *testing.T) func(int) crypto.PublicKey {
	t.Helper()
	return func(int) crypto.PublicKey {
		key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key.Public()
	}
}

// crowd gives the server certificate as many names as its issuer has
// constraints.
func crowd(n int) func(int, *x509.Certificate) {
	return func(i int, c *x509.Certificate) {
		for j := range n {
			if i == 0 {
				c.DNSNames = append(c.DNSNames, fmt.Sprintf("n%d.example", j))
			} else {
				c.ExcludedDNSDomains = append(c.ExcludedDNSDomains, fmt.Sprintf("x%d.test", j))
			}
		}
	}
}

// longNames are as long as they can be and differ at the end.
func longNames(i int, c *x509.Certificate) {
	if i > 0 {
		c.Subject.OrganizationalUnit = []string{strings.Repeat("long ", 4_000) + fmt.Sprint(i)}
	}
}

func policies(n int) func(int, *x509.Certificate) {
	return func(_ int, c *x509.Certificate) {
		for j := range n {
			id, err := x509.OIDFromInts([]uint64{1, 3, uint64(j)}) //nolint:gosec // a count
			if err == nil {
				c.Policies = append(c.Policies, id)
			}
		}
	}
}

// elsewhere lets every path fail at its end: the issuers allow other names.
func elsewhere(i int, c *x509.Certificate) {
	if i > 0 {
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"other.test"}, true
	}
}

// spent is the processor time of this process so far.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
