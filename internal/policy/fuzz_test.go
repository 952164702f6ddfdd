package policy_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// FuzzVersion holds any two texts to what an order is: no version comes before
// itself, of two not both come before the other, each covers itself, and its
// written form is the same version.
func FuzzVersion(f *testing.F) {
	for _, text := range []string{"", "5.7", "5.7.6-rc1", "v1.10.9", "42.2.29.jre7", "Python 3.11.2", "1.1.1w", "3.2.0b1", "^8.11", "99999999999999999999", "1..2", "0x10"} {
		f.Add(text, "5.7.6")
		f.Add("3.0", text)
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		fuzzing.Limit(t)
		a, known := policy.ParseVersion(one)
		b, knownToo := policy.ParseVersion(other)
		if !known || !knownToo {
			return
		}
		if a.Before(a) || a.Before(b) && b.Before(a) {
			t.Errorf("%q and %q come before one another", one, other)
		}
		if !a.Covers(a) {
			t.Errorf("%q does not cover itself", one)
		}
		again, known := policy.ParseVersion(a.String())
		if !known || again.String() != a.String() || again.Before(a) || a.Before(again) {
			t.Errorf("%q is written %q, which is %q", one, a, again)
		}
	})
}
