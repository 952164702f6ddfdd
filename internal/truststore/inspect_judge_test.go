package truststore_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestWhatIsWrongWithCertificates asserts the words.
func TestWhatIsWrongWithCertificates(t *testing.T) {
	t.Parallel()

	roots, subordinate := rdsCertificates(t, "roots"), rdsCertificates(t, "subordinate")
	rsa, sub, sha1 := certificate(t, "root-rsa"), certificate(t, "sub"), certificate(t, "sub-sha1")
	end := rsa.NotAfter
	const (
		day      = 24 * time.Hour
		expired  = `anchor_expired: "Root RSA" expired on 2046-11-21: most clients refuse the certificates that it signed (Java and rustls do not check this date). Add the root that replaces it.`
		expiring = `anchor_expiring: "Root RSA" expires on 2046-11-21. Before then, add the root that replaces it.`
		pinned   = `subordinate_instead_of_root: "Subordinate" is a subordinate CA, and its root is not in the store: OpenSSL accepts no certificate chain that ends in a subordinate CA, and RDS replaces its subordinate CAs without notice. Put the root CA of the Region into the store.`
		weak     = `weak_signature: "Subordinate" is signed with SHA1-RSA, which OpenSSL refuses at security level 2. Use the root CA instead of this certificate.`
		govEnd   = `anchor_expired: "Amazon RDS us-gov-east-1 RSA4096 G1" expired on 2027-01-03: most clients refuse the certificates that it signed (Java and rustls do not check this date). Add the root that replaces it.`
		retired  = `retired_rds_ca: "Amazon RDS us-gov-east-1 RSA4096 G1" is the CA rds-ca-rsa4096-g1 of us-gov-east-1, and RDS no longer uses that CA. Add the roots from the latest bundle; the old root may stay.`
		govSub   = `subordinate_instead_of_root: "Amazon RDS us-gov-east-1 RSA4096 G1" is a subordinate CA, and its root is not in the store: OpenSSL accepts no certificate chain that ends in a subordinate CA, and RDS replaces its subordinate CAs without notice. Put the root CA of the Region into the store.`
		only     = `bundle_first_certificate_only: The only certificate in the store is the root rds-ca-rsa2048-g1 of sa-east-1, probably because keytool -importcert imports only the first certificate of a bundle. Split the bundle and import each certificate under an alias of its own, or use the sslready_trust_store resource.`
		wrong    = `wrong_region: The store holds RDS roots of other Regions, such as sa-east-1, but none of us-east-1. Add the roots of us-east-1, from us-east-1-bundle.pem.`
		twice    = `duplicate_entry: 1 certificate is in the store more than once. Remove the repeated certificates.`
	)
	pem := func(certificates ...*x509.Certificate) []byte { return inPEM(t, certificates...) }
	for name, tc := range map[string]struct {
		content []byte
		opt     truststore.InspectOptions
		want    []string
	}{
		"nothing is judged without a time":  {pem(rsa), truststore.InspectOptions{MinimumValidity: 100 * 365 * day}, nil},
		"at its end":                        {pem(rsa), truststore.InspectOptions{At: end}, nil},
		"after its end":                     {pem(rsa), truststore.InspectOptions{At: end.Add(time.Second)}, []string{expired}},
		"after its end, and validity":       {pem(rsa), truststore.InspectOptions{At: end.Add(time.Second), MinimumValidity: day}, []string{expired}},
		"just valid long enough":            {pem(rsa), truststore.InspectOptions{At: end.Add(-day), MinimumValidity: day}, nil},
		"not valid long enough":             {pem(rsa), truststore.InspectOptions{At: end.Add(-day + time.Second), MinimumValidity: day}, []string{expiring}},
		"twice":                             {append(pem(rsa), pem(rsa)...), truststore.InspectOptions{}, []string{twice}},
		"a subordinate":                     {pem(sub), truststore.InspectOptions{}, []string{pinned}},
		"a subordinate with its root":       {pem(sub, rsa), truststore.InspectOptions{}, nil},
		"a subordinate with another root":   {pem(sub, certificate(t, "root-ec")), truststore.InspectOptions{}, []string{pinned}},
		"a weak signature":                  {pem(sha1, rsa), truststore.InspectOptions{}, []string{weak}},
		"a retired CA":                      {pem(subordinate[0]), truststore.InspectOptions{At: time.Date(2031, 6, 1, 0, 0, 0, 0, time.UTC)}, []string{govEnd, retired, govSub}},
		"a retired CA at no time":           {pem(subordinate[0]), truststore.InspectOptions{}, []string{govSub}},
		"the first of a bundle":             {inJKS(t, roots[0]), truststore.InspectOptions{}, []string{only}},
		"the first, of another Region":      {inJKS(t, roots[0]), truststore.InspectOptions{Region: "us-east-1"}, []string{only, wrong}},
		"not the first":                     {inJKS(t, roots[3]), truststore.InspectOptions{}, nil},
		"no root, in a key store":           {inJKS(t, subordinate[0]), truststore.InspectOptions{Region: "us-east-1"}, []string{`subordinate_instead_of_root: "Amazon RDS us-gov-east-1 RSA4096 G1" (alias "rds-ca-rsa4096-g1-us-gov-east-1-b15f7851") is a` + govSub[len(`subordinate_instead_of_root: "Amazon RDS us-gov-east-1 RSA4096 G1" is a`):]}},
		"no root, of another Region":        {pem(subordinate[0]), truststore.InspectOptions{Region: "us-east-1"}, []string{govSub}},
		"none of a Region that has none":    {pem(roots[0]), truststore.InspectOptions{Region: "nowhere"}, nil},
		"the first, and no such Region":     {inJKS(t, roots[3]), truststore.InspectOptions{Region: "nowhere"}, nil},
		"a root of it, one of another":      {pem(roots[0], roots[3]), truststore.InspectOptions{Region: "us-east-1"}, nil},
		"a root of it, one of another, JKS": {inJKS(t, roots[0], roots[3]), truststore.InspectOptions{Region: "us-east-1"}, nil},
		"no RDS root":                       {pem(rsa), truststore.InspectOptions{Region: "us-east-1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.opt.Password = new("changeit")
			contents, err := truststore.Inspect(tc.content, tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, details(truststore.Taken{Problems: contents.Problems}, nil)); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKeysThatAreNoAnchors: a certificate that no entry trusts stands for
// nothing.
func TestKeysThatAreNoAnchors(t *testing.T) {
	t.Parallel()

	for name, want := range map[string]int{"text-two.pem": 3, "keytool-key.jks": 3} {
		contents, err := truststore.Inspect(store(t, name), truststore.InspectOptions{Password: new("changeit"), Region: "us-east-1"})
		if err != nil || len(contents.MissingRoots) != want {
			t.Errorf("%s: %d roots are missing, want %d (error %v)", name, len(contents.MissingRoots), want, err)
		}
	}
	roots := rdsCertificates(t, "roots")
	for name, content := range map[string][]byte{"PEM": inPEM(t, roots[3:5]...), "JKS": inJKS(t, roots[3:5]...)} {
		contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: new("changeit"), Region: "us-east-1"})
		if err != nil || len(contents.MissingRoots) != 1 || contents.MissingRoots[0].Identifier != "rds-ca-ecc384-g1" {
			t.Errorf("%s: missing %v, error %v", name, contents.MissingRoots, err)
		}
		if contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: new("changeit")}); err != nil || contents.MissingRoots != nil {
			t.Errorf("%s: missing without a Region: %v, error %v", name, contents.MissingRoots, err)
		}
	}
}

// TestInspectADirectory: only OpenSSL reads one, which is no problem.
func TestInspectADirectory(t *testing.T) {
	t.Parallel()

	rsa, ec := certificate(t, "root-rsa"), certificate(t, "root-ec")
	content := truststore.Directory{truststore.NameHash(rsa) + ".0": inPEM(t, rsa), truststore.NameHash(ec) + ".0": inPEM(t, ec)}.Archive()
	contents, err := truststore.Inspect(content, truststore.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sums := []string{sha256Hex(ec.Raw), sha256Hex(rsa.Raw)}
	if diff := cmp.Diff(truststore.Validators{OpenSSL: sums, Java: []string{}, Go: []string{}}, contents.Anchors); diff != "" {
		t.Errorf("anchors differ (-want +got):\n%s", diff)
	}
	if len(contents.Entries) != 2 || len(contents.Problems) != 0 {
		t.Errorf("%d entries, problems %v", len(contents.Entries), contents.Problems)
	}
}
