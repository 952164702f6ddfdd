package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestTheProviderFindsEveryPlantedProblem asks the real provider in Terraform,
// and holds that it says nothing of what is right.
func TestTheProviderFindsEveryPlantedProblem(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return
	}
	fleet, err := StartFleet(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fleet.Stop(); err != nil {
			t.Error(err)
		}
	})
	said, err := fleet.Provider(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, missed := range Missed(said) {
		t.Error(missed)
	}
	if right := []string{"connects", "accepted"}; !slices.Equal(said[Control], right) {
		t.Errorf("of what is right, the provider says %q, want %q", said[Control], right)
	}
	for _, name := range []string{"right", "right-1", "right-2"} {
		if what, asked := said[name]; !asked || len(what) > 0 {
			t.Errorf("of %s, the provider says %q, want nothing", name, what)
		}
	}
}

// TestTheGuideHasEveryPlantedProblem: who adds a problem makes the table anew.
func TestTheGuideHasEveryPlantedProblem(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../../../templates/guides/peers.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(content)) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| ") && len(cells) > 2 && strings.HasPrefix(cells[2], "`") {
			rows = append(rows, strings.Join(cells[:3], " | "))
		}
	}
	var want []string
	for _, p := range Problems() {
		want = append(want, "| "+p.Wrong+" | "+p.Carrier+" | `"+p.Code+"`")
	}
	if len(want) != 30 || !slices.Equal(rows, want) {
		t.Errorf("the guide has %d rows that begin %q, want %d: %q; make peers", len(rows), rows, len(want), want)
	}
}
