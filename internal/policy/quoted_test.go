package policy_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestQuoted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   `""`,
		`C:\certs\rds.pem`:   `"C:\certs\rds.pem"`,
		`\\files\certs`:      `"\\files\certs"`,
		"two\nlines\x1b[31m": `"two\nlines\x1b[31m"`,
		"\u202eright":        `"\u202eright"`,
		`say "hi"`:           `"say "hi""`,
		"Grüße":              `"Grüße"`,
	} {
		if got := policy.Quoted(text); got != want {
			t.Errorf("%q is quoted %s, want %s", text, got, want)
		}
	}
}
