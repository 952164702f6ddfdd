package truststore_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestWhatEndsALineToRustls differs by the crate that reads.
func TestWhatEndsALineToRustls(t *testing.T) {
	t.Parallel()
	root, err := pki.NewRegion("us-east-1", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)).Root(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := pki.PEM(root)
	end := func(line string) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte(line)) }
	tests := map[string]struct {
		content []byte
		version string
		refused bool
	}{
		"line feed":                     {end("\n"), "", false},
		"line feed, rustls-pemfile 1.0": {end("\n"), "1", false},
		"both":                          {end("\r\n"), "", false},
		"both, rustls-pemfile 1.0":      {end("\r\n"), "1", false},
		"carriage return":               {end("\r"), "", false},
		"carriage return, which ends none to 1.0":        {end("\r"), "1", true},
		"blanks before the end of a line":                {end("  \n"), "", false},
		"blanks before the end of a line, in 1.0":        {end("  \n"), "1", false},
		"dashes missing at the end of the BEGIN line":    {bytes.Replace(text, []byte("CERTIFICATE-----"), []byte("CERTIFICATE----"), 1), "", true},
		"dashes too many at the end of the BEGIN line":   {bytes.Replace(text, []byte("CERTIFICATE-----"), []byte("CERTIFICATE------"), 1), "", true},
		"a carriage return at the end of the BEGIN line": {bytes.Replace(text, []byte("-----\n"), []byte("-----\r\n"), 1), "1", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taken, err := truststore.Read(tc.content, truststore.Options{Reader: truststore.RustlsPEM, Version: tc.version})
			if refused := errors.Is(err, truststore.ErrUnreadable); refused != tc.refused || !refused && (err != nil || len(taken.Anchors) != 1) {
				t.Errorf("Read = %d anchors, %v, refused should be %t", len(taken.Anchors), err, tc.refused)
			}
		})
	}
}
