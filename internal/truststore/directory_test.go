package truststore_test

import (
	"errors"
	"os"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestADirectoryIsNoFile: a reader that opens a file takes nothing from a
// directory, however many certificates its files hold. The archive of it must
// not be read as the text of them.
func TestADirectoryIsNoFile(t *testing.T) {
	t.Parallel()
	bundle, err := os.ReadFile("testdata/corpus/stores/text-two.pem")
	if err != nil {
		t.Fatal(err)
	}
	archive := truststore.Directory{"rds.pem": append(append([]byte{}, bundle...), bundle...)}.Archive()
	for _, reader := range allReaders() {
		taken, err := truststore.Read(archive, truststore.Options{Reader: reader})
		want := truststore.ErrUnreadable
		if reader == truststore.OpenSSLDirectory {
			want = truststore.ErrNoAnchors // No file has the name of a hash.
		}
		if !errors.Is(err, want) || len(taken.Anchors) > 0 {
			t.Errorf("reader %v: %d anchors, error %v; want none and %v", reader, len(taken.Anchors), err, want)
		}
	}
}
