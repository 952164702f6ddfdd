package certpath_test

import (
	"errors"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// TestNotAChain says which block is at fault.
func TestNotAChain(t *testing.T) {
	t.Parallel()
	block := func(label, content string) string {
		return "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n"
	}
	for text, want := range map[string]string{
		"":                               "it holds no certificate",
		block("RSA PRIVATE KEY", "AAAA"): `block 1 has the label "RSA PRIVATE KEY", not "CERTIFICATE"`,
		block("CERTIFICATE", "////"):     "certificate 1 cannot be read",
		"-----BEGIN CERTIFICATE-----":    "block 1 is broken",
	} {
		if _, err := certpath.ParsePresented([]byte(text)); !errors.Is(err, certpath.ErrNotAChain) || err.Error() != "this is not a certificate chain in PEM: "+want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
