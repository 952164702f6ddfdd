package main

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// TestScriptAndProviderFindTheSame holds that the benchmark compares like with
// like: what both sides report must not differ.
func TestScriptAndProviderFindTheSame(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return
	}
	fleet, err := StartFleet(t.Context(), t.TempDir(), 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fleet.Stop(); err != nil {
			t.Error(err)
		}
	})
	plan, err := NewPlan(t.Context(), fleet)
	if err != nil {
		t.Fatal(err)
	}
	found, cost, err := plan.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, answer := range found {
		want := Answer{
			Instance: fleet.Instances[i], CA: "rds-ca-rsa2048-g1", ForceSSL: []string{"0", "1"}[i%2], TLSSessions: 2, PlaintextSessions: 1,
			PresentedRoot: answer.PresentedRoot, StoreHasTarget: i%3 != 2,
		}
		if answer != want || len(answer.PresentedRoot) != 64 {
			t.Errorf("the provider finds %+v, want %+v", answer, want)
		}
	}
	if len(found) != 3 || cost.CPU <= 0 {
		t.Errorf("%d answers in %v of CPU time", len(found), cost.CPU)
	}
	script, err := NewScript(fleet, "")
	if errors.Is(err, ErrMissingTool) {
		judge.Missing(t, "the script", err.Error())
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	said, _, err := script.Loop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(said, found) {
		t.Errorf("the script finds   %+v\nthe provider finds %+v", said, found)
	}
}
