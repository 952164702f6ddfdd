package truststore_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func TestAliases(t *testing.T) {
	t.Parallel()

	certificates := slices.Concat(rdsCertificates(t, "roots")[:2], rdsCertificates(t, "subordinate")[:1], loaded(t, "root-ec", "root-utf8"))
	want := []string{
		"rds-ca-rsa2048-g1-sa-east-1", "rds-ca-ecc384-g1-beta-us-east-1", "rds-ca-rsa4096-g1-us-gov-east-1-b15f7851",
		"root-ec-7f7eb2acf7512ac7", "w-rzel-2a8fd508e77a43e8",
	}
	const sum = "2d711642b726b044" // of the encoding "x"
	for name, alias := range map[string]string{
		"": sum, "--": sum, "az AZ 09": "az-az-09-" + sum, "1`a{2/3:4é5": "1-a-2-3-4-5-" + sum,
		"x2345678901234567890123456789012345678901234567890":  "x23456789012345678901234567890123456789012345678-" + sum,
		"x2345678901234567890123456789012345678901234567 890": "x2345678901234567890123456789012345678901234567-" + sum,
	} {
		certificates = append(certificates, &x509.Certificate{Raw: []byte("x"), Subject: pkix.Name{CommonName: name}})
		want = append(want, alias)
	}
	if diff := cmp.Diff(want, truststore.Aliases(certificates)); diff != "" {
		t.Errorf("aliases differ (-want +got):\n%s", diff)
	}
}
