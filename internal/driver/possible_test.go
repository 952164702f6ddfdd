package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestPossible: where something decides that was not declared, the policies
// that may be the client's; else the one that is.
func TestPossible(t *testing.T) {
	t.Parallel()
	mode := func(name string, alternatives ...policy.Policy) policy.Policy {
		return policy.Policy{Mode: name, Alternatives: alternatives}
	}
	for name, tc := range map[string]struct {
		p    policy.Policy
		want []string
	}{
		"one":    {mode("a"), []string{"a"}},
		"other":  {mode("a", mode("b")), []string{"b"}},
		"two":    {mode("a", mode("b"), mode("c")), []string{"b", "c"}},
		"nested": {mode("a", mode("b", mode("c"), mode("d")), mode("e")), []string{"c", "d", "e"}},
	} {
		var got []string
		for _, p := range tc.p.Possible() {
			got = append(got, p.Mode)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
