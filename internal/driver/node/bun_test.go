package node_test

import (
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver/node"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestBunReadsPGSSLMODESince14: a variable that a release does not read, or may
// not, is reported as not read.
func TestBunReadsPGSSLMODESince14(t *testing.T) {
	t.Parallel()

	for version, want := range map[string]bool{"1.2.23": false, "1.3": false, "1": true, "": false, "latest": false, "1.4": true, "1.4.5": true} {
		known := node.BunNames(policy.Settings{Version: version})
		if got := slices.Contains(known.Variables, "PGSSLMODE"); got != want {
			t.Errorf("%q: %t, want %t", version, got, want)
		}
	}
}
