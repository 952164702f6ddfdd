package truststore_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
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

// TestSpoiledArchives: an archive of a directory that somebody wrote by hand, or
// cut off, is no directory.
func TestSpoiledArchives(t *testing.T) {
	t.Parallel()

	archive := truststore.Directory{"a": []byte("A"), "bc": nil}.Archive()
	magic := archive[:bytes.IndexByte(archive, 0)+1]
	many := slices.Clone(magic)
	for i := range 12_001 {
		many = append(append(append(many, 5), fmt.Sprintf("%05d", i)...), 0)
	}
	contents := map[string][]byte{
		"nothing": nil, "without its first words": archive[len(magic):], "too many files": many, "a name of a length without an end": append(slices.Clone(magic), bytes.Repeat([]byte{0xff}, 11)...),
		"a name beyond the end": append(slices.Clone(magic), 2, 'a'), "a file beyond the end": append(slices.Clone(magic), 1, 'a', 2, 'A'),
	}
	for _, cut := range []int{1, len(magic) - 1, len(magic) + 1, len(magic) + 2, len(magic) + 3, len(archive) - 1, len(archive) - 2, len(archive) - 3} {
		contents[fmt.Sprintf("cut off at %d", cut)] = archive[:cut]
	}
	for name, content := range contents {
		_, err := truststore.Read(content, truststore.Options{Reader: truststore.OpenSSLDirectory})
		if err == nil || !strings.Contains(err.Error(), "it is not an archive of a directory") {
			t.Errorf("%s: %v, want content that is no directory", name, err)
		}
	}
	many = many[:len(many)-7]
	if _, err := truststore.Read(many, truststore.Options{Reader: truststore.OpenSSLDirectory}); err == nil || strings.Contains(err.Error(), "archive of a directory") {
		t.Errorf("as many files as can be: %v", err)
	}
}
