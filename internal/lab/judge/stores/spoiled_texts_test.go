package stores_test

import (
	"path/filepath"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores/spoiled"
)

// TestTheRealReadersSayTheSameOfSpoiledTexts asks them again. What needs a
// libcrypto 1.1.1 is left as it is.
func TestTheRealReadersSayTheSameOfSpoiledTexts(t *testing.T) {
	t.Parallel()

	want, err := spoiled.Read(filepath.Join(corpus, "spoiled-texts.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := stores.SpoiledAnswers(t.Context(), absolute(t, corpus), "")
	_ = judged(t, err) // those that are there have answered
	if len(got) != len(want) {
		t.Errorf("%d texts, and answers to %d", len(got), len(want))
	}
	for name, by := range got {
		for reader, answer := range by {
			if was, known := want[name][reader]; !known || was != answer {
				t.Errorf("%s: %s says %q now, was %q", name, reader, answer, was)
			}
		}
	}
	t.Logf("%d texts, each asked of %d readers", len(got), len(stores.SpoiledReaders)-1)
}
