package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

var day = time.Date(2026, time.November, 28, 0, 0, 0, 0, time.UTC)

func TestANewRegionIsOneRun(t *testing.T) {
	t.Parallel()

	var bundle []byte
	for _, identifier := range rdsca.Identifiers() {
		root, err := pki.NewRegion("xx-north-1", day).Root(identifier, pki.Options{})
		if err == nil && !strings.HasPrefix(root.Subject.CommonName, "Amazon RDS ") {
			t.Fatalf("the stand-in is called %q", root.Subject.CommonName)
		}
		if err != nil {
			t.Fatal(err)
		}
		bundle = append(bundle, pki.PEM(root)...)
	}
	table, err := Table([]Bundle{{Name: "mars.pem", Content: bundle}}, rdsca.All(), day)
	if err != nil {
		t.Fatal(err)
	}
	text := string(table)
	for _, want := range []string{
		"# Source: mars.pem, 3 certificates, SHA-256 ", ", read on 2026-11-28.\n",
		"xx-north-1\trds-ca-ecc384-g1\troot\tAmazon RDS xx-north-1 Root CA ECC384 G1\t", "\tEC-secp384r1\tecdsa-with-SHA384\tyes\n",
		"xx-north-1\trds-ca-rsa2048-g1\troot\t", "xx-north-1\trds-ca-rsa4096-g1\troot\t",
		"global\trds-ca-2010\troot\taws.amazon.com/rds/\t", // retired, and in no bundle
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	if lines := strings.Count(text, "\n") - strings.Count(text, "\n#") - 1; lines != len(rdsca.All())+3 {
		t.Errorf("%d CAs, want %d", lines, len(rdsca.All())+3)
	}
}

func TestWhatIsNoCAOfRDSIsRefused(t *testing.T) {
	t.Parallel()

	chain, err := pki.NewRegion("us-east-1", day).Chain(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"a server certificate": pki.PEM(chain.Server),
		"nothing":              nil,
		"no certificate":       []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		"text behind":          append(pki.PEM(chain.Root), "<html>"...),
	} {
		if _, err := Table([]Bundle{{Name: name, Content: content}}, nil, day); !errors.Is(err, ErrBundle) {
			t.Errorf("%s: error = %v, want ErrBundle", name, err)
		}
	}
}
