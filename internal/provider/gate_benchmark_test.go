package provider_test

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// BenchmarkGate makes the calls that Terraform makes of a gate with 1,000
// clients in a plan: those of a new one, and those of one that is in the state.
// -cpuprofile says whose time it is.
func BenchmarkGate(b *testing.B) {
	clients := 1_000
	if testing.Short() {
		clients = 200
	}
	p := newProtocol(b, always(judgedAt), values{})
	schema := p.schemas.ResourceSchemas[gateType].ValueType()
	config := valueOf(schema, manyClients(b, newAccount(b), clients, false))
	encoded, none := p.encode(b, schema, config), p.encode(b, schema, tftypes.NewValue(schema, nil))
	fail := func(err error, told []*tfprotov6.Diagnostic) {
		must(b, err)
		if said := diagnosticsOf(told); said.failed() {
			b.Fatal(said)
		}
	}
	validate := func() {
		answer, err := p.server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: gateType, Config: encoded,
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
		})
		fail(err, answer.Diagnostics)
	}
	plan := func(prior, proposed *tfprotov6.DynamicValue, private []byte) *tfprotov6.PlanResourceChangeResponse {
		answer, err := p.server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: gateType, PriorState: prior, ProposedNewState: proposed, Config: encoded, PriorPrivate: private,
		})
		fail(err, answer.Diagnostics)
		return answer
	}
	planned := plan(none, encoded, nil)
	applied, err := p.server.ApplyResourceChange(b.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: gateType, PriorState: none, PlannedState: planned.PlannedState, Config: encoded, PlannedPrivate: planned.PlannedPrivate,
	})
	fail(err, applied.Diagnostics)
	read := func() []byte {
		answer, err := p.server.ReadResource(b.Context(), &tfprotov6.ReadResourceRequest{TypeName: gateType, CurrentState: applied.NewState, Private: applied.Private})
		fail(err, answer.Diagnostics)
		return answer.Private
	}
	stored, err := json.Marshal(plain(b, decode(b, schema, applied.NewState)))
	must(b, err)
	upgrade := func() {
		answer, err := p.server.UpgradeResourceState(b.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: gateType, Version: p.schemas.ResourceSchemas[gateType].Version, RawState: &tfprotov6.RawState{JSON: stored}})
		fail(err, answer.Diagnostics)
	}
	private := read()
	for name, call := range map[string]func(){
		"validate":  validate,
		"upgrade":   upgrade,
		"new":       func() { plan(none, encoded, nil) },
		"read":      func() { read() },
		"unchanged": func() { plan(applied.NewState, applied.NewState, private) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				call()
			}
		})
	}
}
