package readiness_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestSentence begins a text with a capital where its first word is an
// ordinary one, and leaves names in code as they are written.
func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                      "",
		" the store is empty ":                  "The store is empty.",
		"why is it empty?":                      "Why is it empty?",
		"\"x\" is no mode":                      "\"x\" is no mode.",
		"ça va":                                 "ça va.",
		"x509: no such name":                    "x509: no such name.",
		"self-signed is the root":               "Self-signed is the root.",
		"Bun does not know sslmode \"x\".":      "Bun does not know sslmode \"x\".",
		"sslmode is set more than once":         "sslmode is set more than once.",
		"ssl: true or false":                    "ssl: true or false.",
		"channel_binding=require needs TLS":     "channel_binding=require needs TLS.",
		"verify=full needs a root":              "verify=full needs a root.",
		"tls.ca is a text":                      "tls.ca is a text.",
		"lib/pq accepts one host":               "lib/pq accepts one host.",
		"requireAuth names methods":             "requireAuth names methods.",
		"pg8000 needs keywords":                 "pg8000 needs keywords.",
		"tokio-postgres needs a URL":            "tokio-postgres needs a URL.",
		"pgx, as declared, does not accept it!": "pgx, as declared, does not accept it!",
	} {
		if got := readiness.Sentence(text); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", text, got, want)
		}
	}
}
