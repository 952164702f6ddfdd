package storecorpus_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/storecorpus"
)

func TestHunt(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("HUNT"))
	diffs, n, err := storecorpus.Compare(t.Context(), files, []*string{nil, new("changeit"), new(""), new("wrong!"), new("pässwörd"), new("pass word~!"), new("other pass")})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diffs {
		t.Error(d)
	}
	t.Logf("%d compared, %d files", n, len(files))
}
