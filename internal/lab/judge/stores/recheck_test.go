package stores_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
)

const corpus = "../../../truststore/testdata/corpus"

// judged reports whether a real reader answered.
func judged(t *testing.T, err error) bool {
	t.Helper()
	switch {
	case errors.Is(err, stores.ErrNoJudge):
		judge.Missing(t, "a reader of stores", err.Error())
		return false
	case err != nil:
		t.Fatal(err)
	}
	return true
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// TestTheListingIsWhatTheRealReadersSay asks the real readers again about the
// committed stores. What needs a libcrypto 1.1.1 is left as it is.
func TestTheListingIsWhatTheRealReadersSay(t *testing.T) {
	t.Parallel()

	file, err := os.Open(filepath.Join(corpus, "readings.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var want []stores.Reading
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var r stores.Reading
		if err := json.Unmarshal(scanner.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Version != "1.1.1" {
			want = append(want, r)
		}
	}

	got, err := stores.Readings(t.Context(), absolute(t, corpus), "")
	if !judged(t, err) {
		return
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the real readers say otherwise now (-listing +now):\n%s", diff)
	}
	t.Logf("%d readings asked again", len(got))
}
