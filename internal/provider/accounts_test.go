package provider_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAccExampleOfAccounts applies the example with several accounts and
// Regions: Terraform takes main.tf, and OpenTofu main.tofu.
func TestAccExampleOfAccounts(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return
	}
	l := newRegionsLab(t)
	l.regions.Enable(fleetRegion, otherRegion)
	p := newModuleProcess(t, "accounts", "", "AWS_ENDPOINT_URL="+l.url, "AWS_ACCESS_KEY_ID=lab", "AWS_SECRET_ACCESS_KEY=lab")
	if p == nil {
		return
	}
	if written, err := p.run(t, "apply", "-no-color", "-auto-approve"); err != nil {
		t.Fatalf("apply: %v\n%s", err, written)
	}
	written, err := p.run(t, "output", "-json", "gates")
	must(t, err)
	var gates map[string]map[string]string
	must(t, json.Unmarshal([]byte(written), &gates))
	held := map[string]string{otherRegion + "/" + orders: targetCA} // In the other Region it is on the example's target.
	if diff := cmp.Diff(map[string]map[string]string{"shop": held, "ledger": held}, gates); diff != "" {
		t.Errorf("gates (-want +got):\n%s", diff)
	}
	var roles []string
	for _, request := range slices.Concat(l.here.Requests(), l.there.Requests()) {
		if request.Action == "AssumeRole" && !slices.Contains(roles, request.Params.Get("RoleArn")) {
			roles = append(roles, request.Params.Get("RoleArn"))
		}
	}
	slices.Sort(roles)
	if got := strings.Join(roles, " "); got != "arn:aws:iam::111111111111:role/readiness arn:aws:iam::222222222222:role/readiness" {
		t.Errorf("roles assumed: %s", got)
	}
}
