package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

const (
	gateAddress     = "sslready_trust_store_validation.orders"
	instanceAddress = "aws_db_instance.orders"
)

// gateBlock is a gate with the arguments given.
func gateBlock(target, onUnready, clients string) string {
	return fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = %q
  clients = {
%s
  }
}
`, orders, target, onUnready, clients)
}

// clientBlock is a client that verifies with the store in a file.
func clientBlock(name, file string) string {
	return fmt.Sprintf(`    %s = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %q }
    }
`, name, file)
}

// instanceBlock takes its CA from the gate.
func instanceBlock(more string) string {
	return fmt.Sprintf(`
resource "aws_db_instance" "orders" {
  identifier           = %q
  engine               = "postgres"
  engine_version       = "16.3"
  instance_class       = "db.t4g.medium"
  allocated_storage    = 20
  parameter_group_name = "orders-pg16"
  ca_cert_identifier   = sslready_trust_store_validation.orders.ca_cert_identifier
  apply_immediately    = true
  skip_final_snapshot  = true
%s
}
`, orders, more)
}

// onCAInAWS checks what the API has.
func (a *account) onCAInAWS(want string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if now, _ := a.api.Instance(orders); now.CAIdentifier != want {
			return fmt.Errorf("the DB instance is on %s, not on %s", now.CAIdentifier, want)
		}
		return nil
	}
}

// caSwitches lists the CAs that were asked for since the last reset.
func (a *account) caSwitches() []string {
	var cas []string
	for _, request := range a.api.Requests() {
		if ca := request.Params.Get("CACertificateIdentifier"); ca != "" && request.Action == "ModifyDBInstance" {
			cas = append(cas, ca)
		}
	}
	return cas
}

// TestAccHoldAppliesTheRestAndSwitchesOnceTheStoreIsMended lives through a
// rotation: the DB instance is created while a client is not ready, changed
// in what has nothing to do with the CA, and switched by itself.
func TestAccHoldAppliesTheRestAndSwitchesOnceTheStoreIsMended(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.api.RemoveInstance(orders)
	store := a.store(t, "app.pem", presentCA)
	config := func(team string) string {
		return a.providers() + gateBlock(targetCA, "hold", clientBlock("app", store)) + instanceBlock(fmt.Sprintf("  tags = { team = %q }", team))
	}
	noChange := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	run(t,
		resource.TestStep{ // It does not exist yet, and gets RDS's own default.
			Config: config("payments"), ExpectNonEmptyPlan: true, // The next plan knows what it is on.
			ConfigStateChecks: []statecheck.StateCheck{
				expect(gateAddress, "ca_cert_identifier", knownvalue.Null()),
				expect(gateAddress, "ready", knownvalue.Bool(false)),
				expect(gateAddress, "evaluated_at", knownvalue.StringExact("2026-03-01T12:00:00Z")),
			},
			Check: a.onCAInAWS(presentCA),
		},
		resource.TestStep{ // Something unrelated changes; the CA stays.
			PreConfig: a.api.ResetRequests,
			Config:    config("fulfilment"),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(instanceAddress, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}, // Unchanged verdicts.
			},
			ConfigStateChecks: []statecheck.StateCheck{
				expect(gateAddress, "ca_cert_identifier", knownvalue.StringExact(presentCA)),
				expect(instanceAddress, "tags", knownvalue.MapExact(map[string]knownvalue.Check{"team": knownvalue.StringExact("fulfilment")})),
			},
			Check: func(state *terraform.State) error {
				if cas := a.caSwitches(); len(cas) > 0 {
					return fmt.Errorf("the CA was switched to %v", cas)
				}
				return a.onCAInAWS(presentCA)(state)
			},
		},
		resource.TestStep{ // The same configuration, with a better store.
			PreConfig: func() { a.rewrite(t, store, presentCA, targetCA) },
			Config:    config("fulfilment"),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				expect(gateAddress, "ca_cert_identifier", knownvalue.StringExact(targetCA)),
				expect(gateAddress, "ready", knownvalue.Bool(true)),
			},
			Check: a.onCAInAWS(targetCA),
		},
		resource.TestStep{Config: config("fulfilment"), ConfigPlanChecks: noChange},
		resource.TestStep{ // The old root may go: there is nothing left to verify with it.
			PreConfig: func() { a.rewrite(t, store, targetCA) },
			Config:    config("fulfilment"), ConfigPlanChecks: noChange,
		},
		resource.TestStep{ // A refresh does not judge.
			PreConfig:    func() { a.rewrite(t, store, presentCA) },
			RefreshState: true, ExpectNonEmptyPlan: true,
		},
		resource.TestStep{ // On the target already: a warning, and no switch back.
			Config: config("fulfilment"),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(instanceAddress, plancheck.ResourceActionNoop)},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				expect(gateAddress, "ca_cert_identifier", knownvalue.StringExact(targetCA)),
				expect(gateAddress, "ready", knownvalue.Bool(false)),
			},
		},
		// The test case ends in a destroy, with the bad store.
	)
	if _, exists := a.api.Instance(orders); exists {
		t.Error("the DB instance outlived its configuration")
	}
}

// TestAccErrorStopsThePlanOrTheApplyBeforeTheInstanceIsTouched covers error
// mode: stores in files stop the plan, contents that are known only in the
// apply stop the apply.
func TestAccErrorStopsThePlanOrTheApplyBeforeTheInstanceIsTouched(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.api.RemoveInstance(orders)
	old := a.store(t, "old.pem", presentCA)
	both := a.store(t, "both.pem", presentCA, targetCA)
	files := func(target, one, two string) string {
		return a.providers() + gateBlock(target, "error", clientBlock("billing", one)+clientBlock("reports", two)) + instanceBlock("")
	}
	content := func(pem, more string) string {
		return a.providers() + fmt.Sprintf(`
resource "terraform_data" "store" {
  input = <<-EOT
%s
  EOT
}
`, pem) + gateBlock(targetCA, "error", `    billing = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { content = terraform_data.store.output }
    }
`) + more
	}
	untouched := func() {
		if cas := a.caSwitches(); len(cas) > 0 {
			t.Errorf("the CA was switched to %v", cas)
		}
		a.api.ResetRequests()
	}
	run(t,
		resource.TestStep{Config: files(presentCA, old, old), Check: a.onCAInAWS(presentCA)},
		resource.TestStep{ // Both clients in one plan.
			PreConfig:   a.api.ResetRequests,
			Config:      files(targetCA, old, old),
			ExpectError: regexp.MustCompile(`(?s)Client "billing".*unknown_authority.*Client "reports".*unknown_authority|Client "reports".*unknown_authority.*Client "billing".*unknown_authority`),
		},
		resource.TestStep{ // One of them.
			PreConfig: untouched, Config: files(targetCA, both, old), ExpectError: regexp.MustCompile(`Client "reports"`),
		},
		resource.TestStep{
			PreConfig: untouched, Config: content(a.roots(t, presentCA), instanceBlock("")),
			ExpectError: regexp.MustCompile(`(?s)Client "billing" Not Ready for the Target CA.*unknown_authority`),
		},
		resource.TestStep{
			PreConfig: untouched, Config: content(a.roots(t, presentCA, targetCA), instanceBlock("")),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectUnknownValue(gateAddress, pathTo("ca_cert_identifier"))},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(gateAddress, pathTo("clients").AtMapKey("billing").AtMapKey("trust_store").AtMapKey("content"), knownvalue.Null()),
			},
			Check: a.onCAInAWS(targetCA),
		},
		resource.TestStep{ // Taken out of the configuration; the gate stays.
			Config:            content(a.roots(t, presentCA, targetCA), ""),
			ConfigStateChecks: []statecheck.StateCheck{expect(gateAddress, "ca_cert_identifier", knownvalue.StringExact(targetCA))},
		},
	)
}
