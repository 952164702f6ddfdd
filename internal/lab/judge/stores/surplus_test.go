package stores_test

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
)

// withSurplus returns an element with a NULL too many at the end of the element
// that is reached by the path: the indexes of the elements on the way down.
func withSurplus(t *testing.T, der []byte, path ...int) []byte {
	t.Helper()
	input := cryptobyte.String(der)
	var content cryptobyte.String
	var tag cbasn1.Tag
	if !input.ReadAnyASN1(&content, &tag) {
		t.Fatal("no element")
	}
	var inner []byte
	for i := 0; !content.Empty(); i++ {
		var element cryptobyte.String
		var inside cbasn1.Tag
		if !content.ReadAnyASN1Element(&element, &inside) {
			t.Fatal("no element inside")
		}
		if len(path) > 0 && path[0] == i {
			element = withSurplus(t, element, path[1:]...)
		}
		inner = append(inner, element...)
	}
	if len(path) == 0 {
		inner = append(inner, 0x05, 0x00)
	}
	var out cryptobyte.Builder
	out.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(inner) })
	return out.BytesOrPanic()
}

// TestSurplusInCertificatesIsTakenAsTheRealReadersDo: crypto/x509 overlooks
// elements that stand where none should; OpenSSL and Java do not everywhere.
func TestSurplusInCertificatesIsTakenAsTheRealReadersDo(t *testing.T) {
	t.Parallel()

	block, _ := pem.Decode(corpusFile(t, "certificates/root-ec.pem"))
	places := map[string][]int{
		"the certificate": {}, "the contents": {0}, "their algorithm": {0, 2}, "the issuer": {0, 3}, "an issuer's RDN": {0, 3, 0},
		"an issuer's attribute": {0, 3, 0, 0}, "the validity": {0, 4}, "the key": {0, 6}, "the key's algorithm": {0, 6, 0},
		"around the extensions": {0, 7}, "an extension": {0, 7, 0, 0}, "the algorithm": {1},
	}
	var files []string
	dir := t.TempDir()
	for name, path := range places {
		spoiled := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: withSurplus(t, block.Bytes, path...)})
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	differences, compared, err := stores.Compare(t.Context(), files, nil)
	if !judged(t, err) {
		return
	}
	for _, difference := range differences {
		t.Error(difference)
	}
	if want := 5 * len(places); compared != want {
		t.Error(fmt.Errorf("%d compared, want %d", compared, want))
	}
}
