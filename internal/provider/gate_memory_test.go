package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// refreshedGate is a gate as it is in the state after a refresh.
type refreshedGate struct {
	*protocol

	state   *tfprotov6.DynamicValue
	private []byte
}

// applyGate plans and applies a gate.
func (p *protocol) applyGate(t *testing.T, config values) *tfprotov6.ApplyResourceChangeResponse {
	t.Helper()
	planned, told := p.planGate(t, config)
	if told.failed() {
		t.Fatal(told)
	}
	schema := p.schemas.ResourceSchemas[gateType].ValueType()
	applied, err := p.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: gateType, PriorState: p.encode(t, schema, tftypes.NewValue(schema, nil)),
		PlannedState: p.encode(t, schema, planned), Config: p.encode(t, schema, config),
	})
	must(t, err)
	if told := diagnosticsOf(applied.Diagnostics); told.failed() {
		t.Fatal(told)
	}
	return applied
}

// decideGate plans a gate and applies the plan: it returns what was decided,
// and what was said in the plan.
func (p *protocol) decideGate(t *testing.T, config values) (tftypes.Value, diagnostics) {
	t.Helper()
	planned, told := p.planGate(t, config)
	if told.failed() {
		return planned, told
	}
	return decode(t, p.schemas.ResourceSchemas[gateType].ValueType(), p.applyGate(t, config).NewState), told
}

// refresh refreshes a gate.
func (p *protocol) refresh(t *testing.T, applied *tfprotov6.ApplyResourceChangeResponse) refreshedGate {
	t.Helper()
	read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: gateType, CurrentState: applied.NewState, Private: applied.Private})
	must(t, err)
	if told := diagnosticsOf(read.Diagnostics); len(told) > 0 {
		t.Fatal(told)
	}
	return refreshedGate{p, read.NewState, read.Private}
}

// refreshGate plans, applies and refreshes a gate.
func (p *protocol) refreshGate(t *testing.T, config values) refreshedGate {
	t.Helper()
	return p.refresh(t, p.applyGate(t, config))
}

// plan plans a change of it.
func (g refreshedGate) plan(t *testing.T, config values) (tftypes.Value, diagnostics) {
	t.Helper()
	schema := g.schemas.ResourceSchemas[gateType].ValueType()
	planned := g.change(t, config)
	told := diagnosticsOf(planned.Diagnostics)
	if told.failed() {
		return tftypes.NewValue(schema, nil), told
	}
	return decode(t, schema, planned.PlannedState), told
}

// change is the answer to a plan that changes it.
func (g refreshedGate) change(t *testing.T, config values) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	schema := g.schemas.ResourceSchemas[gateType].ValueType()
	planned, err := g.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: gateType, PriorState: g.state, PriorPrivate: g.private,
		ProposedNewState: g.encode(t, schema, withoutWriteOnly(config)), Config: g.encode(t, schema, config),
	})
	must(t, err)
	return planned
}

// TestWhatOneReadingMissedIsNoPartOfThePlan: Terraform plans again in the
// apply, when another call may be denied, and refuses a plan that differs.
func TestWhatOneReadingMissedIsNoPartOfThePlan(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	config := gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)})})
	before, told := a.protocol(t).planGate(t, config)
	if told.failed() {
		t.Fatal(told)
	}
	a.api.SetFaults(rdsserver.Faults{Denied: []string{"DescribePendingMaintenanceActions"}})
	after, told := a.protocol(t).planGate(t, config)
	if told.failed() || !after.Equal(before) {
		t.Errorf("findings %v became %v: %v", at(t, before, "findings"), at(t, after, "findings"), told)
	}
}

// TestTheGateRemembersItsDBInstance: an apply that replaces the DB instance
// plans the gate again while there is none, and expects the same answer.
func TestTheGateRemembersItsDBInstance(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	both := a.store(t, "both.pem", presentCA, targetCA)
	config := func(clients values, more ...values) values {
		return gate(clients, append([]values{{"on_unready": "hold"}}, more...)...)
	}
	// Its outcome depends on rds.force_ssl, and the name on the endpoint.
	stale := values{"app": libpq("allow", values{"path": a.store(t, "old.pem", presentCA)}), "named": libpq("verify-full", values{"path": both})}
	before := a.protocol(t).refreshGate(t, config(values{"app": libpq("verify-ca", values{"path": both})}))

	there, told := refreshedGate{a.protocol(t), before.state, before.private}.plan(t, config(stale))
	if told.failed() {
		t.Fatal(told)
	}
	a.api.RemoveInstance(orders)
	gone, told := refreshedGate{a.protocol(t), before.state, before.private}.plan(t, config(stale))
	complaint{
		"WARNING", "db_instance_identifier", "DB Instance No Longer Exists", `DB instance "` + orders + `" no longer exists`,
		"When it was last seen, its CA was " + presentCA, "check the identifier",
	}.expectIn(t, told)
	if !gone.Equal(there) {
		t.Errorf("without the DB instance the plan is %v, and with it %v", gone, there)
	}
	complaint{"WARNING", "target_ca_cert_identifier", "CA Switch Held Back", "The DB instance stays on " + presentCA, "the apply judges the clients again", "the switch happens in this same apply"}.expectIn(t, told)

	// Another one is not that one: it gets a new gate, and what is known of the first is not asked.
	renamed := config(stale, values{"db_instance_identifier": "order-prod"})
	replaced := refreshedGate{a.protocol(t), before.state, before.private}.change(t, renamed)
	if len(replaced.Diagnostics) > 0 || len(replaced.RequiresReplace) != 1 || replaced.RequiresReplace[0].String() != `AttributeName("db_instance_identifier")` {
		t.Errorf("a gate for another DB instance replaces %v: %v", replaced.RequiresReplace, diagnosticsOf(replaced.Diagnostics))
	}
	other, told := a.protocol(t).planGate(t, renamed)
	complaint{
		"WARNING", "db_instance_identifier", "DB Instance Does Not Exist Yet", `No DB instance "order-prod"`, "about to be created", "check the identifier",
	}.expectIn(t, told)
	complaint{"WARNING", "target_ca_cert_identifier", "CA Switch Held Back", "ca_cert_identifier stays null", "the apply judges the clients again", "the switch happens in this same apply"}.expectIn(t, told)
	if got := at(t, other, "ca_cert_identifier"); got != (notKnown{}) {
		t.Errorf("ca_cert_identifier = %v of a DB instance that never was", got)
	}

	// A refresh that RDS does not answer forgets nothing, and does not fail.
	silent := newProtocol(t, always(judgedAt), values{"region": labRegion, "skip_metadata_api_check": "true", "skip_region_validation": true})
	read, err := silent.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: gateType, CurrentState: before.state, Private: before.private})
	must(t, err)
	if told := diagnosticsOf(read.Diagnostics); len(told) > 0 || string(read.Private) != string(before.private) {
		t.Errorf("private state %q, want %q: %v", read.Private, before.private, told)
	}
}
