package provider_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// changesAre checks which calls changed a DB instance since the last reset, in
// their order, each with the CA that it names.
func (a *account) changesAre(want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var changes []string
		for _, request := range a.api.Requests() {
			switch request.Action {
			case "CreateDBInstance", "ModifyDBInstance", "DeleteDBInstance":
				changes = append(changes, request.Action+" "+request.Params.Get("CACertificateIdentifier"))
			}
		}
		if !slices.Equal(changes, want) {
			return fmt.Errorf("the DB instance was changed by %q, want %q", changes, want)
		}
		return nil
	}
}

// TestAccTheInstanceIsCreatedReplacedAndDestroyedBesideItsGate lives through
// the life of a DB instance in the configuration of its gate: with an unready
// client it is not created, with ready ones it is created on the target, and a
// replacement gets what the gate says, also where that is held back.
func TestAccTheInstanceIsCreatedReplacedAndDestroyedBesideItsGate(t *testing.T) {
	t.Parallel()
	const nextCA = pki.CAECC384
	a := newAccount(t)
	a.api.RemoveInstance(orders)
	store := a.store(t, "app.pem", presentCA)
	config := func(target, onUnready string, generation int) string {
		return a.providers() + gateBlock(target, onUnready, clientBlock("app", store)) + fmt.Sprintf(`
resource "terraform_data" "generation" {
  input = %d
}
`, generation) + instanceBlock("  lifecycle {\n    replace_triggered_by = [terraform_data.generation]\n  }")
	}
	does := func(gate, instance plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(gateAddress, gate), plancheck.ExpectResourceAction(instanceAddress, instance),
			},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}
	}
	gives := func(ca string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			expect(gateAddress, "ca_cert_identifier", knownvalue.StringExact(ca)), expect(instanceAddress, "ca_cert_identifier", knownvalue.StringExact(ca)),
		}
	}
	run(t,
		resource.TestStep{ // Not ready for a DB instance that is not there yet.
			Config: config(targetCA, "error", 1), ExpectError: regexp.MustCompile(`(?s)Client "app" Not Ready for the Target CA.*unknown_authority`),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := a.changesAre()(nil); err != nil {
					t.Error(err)
				}
				a.rewrite(t, store, targetCA)
			},
			Config: config(targetCA, "error", 1), ConfigPlanChecks: does(plancheck.ResourceActionCreate, plancheck.ResourceActionCreate),
			ConfigStateChecks: gives(targetCA), Check: a.changesAre("CreateDBInstance " + targetCA),
		},
		resource.TestStep{
			PreConfig: a.api.ResetRequests,
			Config:    config(targetCA, "error", 2), ConfigPlanChecks: does(plancheck.ResourceActionNoop, plancheck.ResourceActionReplace),
			ConfigStateChecks: gives(targetCA), Check: a.changesAre("DeleteDBInstance ", "CreateDBInstance "+targetCA),
		},
		resource.TestStep{ // Held back, a replacement is on the CA of before.
			PreConfig: a.api.ResetRequests,
			Config:    config(nextCA, "hold", 3), ConfigPlanChecks: does(plancheck.ResourceActionUpdate, plancheck.ResourceActionReplace),
			ConfigStateChecks: gives(targetCA), Check: a.changesAre("DeleteDBInstance ", "CreateDBInstance "+targetCA),
		},
		resource.TestStep{ // Refused, it is neither replaced nor switched.
			PreConfig: func() {
				a.api.ResetRequests()
				must(t, os.Remove(store))
			},
			Config: config(nextCA, "error", 4), ExpectError: regexp.MustCompile(`Client "app" Not Ready for the Target CA`),
		},
		// The test case ends in a destroy, without the store: it is not judged.
	)
	if err := a.changesAre("DeleteDBInstance ")(nil); err != nil {
		t.Error(err)
	}
	if _, exists := a.api.Instance(orders); exists {
		t.Error("the DB instance outlived its configuration")
	}
}
