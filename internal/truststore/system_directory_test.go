package truststore_test

import (
	"os"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestABundleWithoutHashedNames is what update-ca-certificates leaves of one
// .crt with several certificates: they are in the bundle alone.
func TestABundleWithoutHashedNames(t *testing.T) {
	t.Parallel()
	bundle, err := os.ReadFile("testdata/corpus/stores/text-two.pem")
	if err != nil {
		t.Fatal(err)
	}
	content := truststore.Directory{"ca-certificates.crt": bundle}.Archive()
	for version, want := range map[string]int{"1.1.1": 0, "3.0.2": 0, "3.0.4": 0, "3.0": 2, "3.5": 2, "": 2} {
		taken, err := truststore.Read(content, truststore.Options{Reader: truststore.OpenSSLDefault, Version: version})
		if len(taken.Anchors) != want {
			t.Errorf("OpenSSL %q takes %d certificates (%v), want %d", version, len(taken.Anchors), err, want)
		}
	}
}
