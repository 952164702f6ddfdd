package provider_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

// TestClientsThatGoAroundTheFramework: the answers are those that the framework
// gives when it sees the clients.
func TestClientsThatGoAroundTheFramework(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	around := a.protocol(t)
	through := protocolWith(t, providerserver.NewProtocol6(sslready.NewAt("test", always(judgedAt))())(), a.settings())
	schema := around.schemas.ResourceSchemas[gateType].ValueType()
	old, both := a.store(t, "old.pem", presentCA), a.store(t, "both.pem", presentCA, targetCA)
	ready, stale := libpq("verify-ca", values{"path": both}), libpq("verify-ca", values{"path": old})
	pasted := libpq("verify-ca", values{"content": a.roots(t, targetCA)}) // Write-only.
	hold := func(clients any, more ...values) values {
		return gate(nil, append(more, values{"on_unready": "hold", "clients": clients})...)
	}
	before := hold(values{"app": ready})
	had := around.refreshGate(t, before)
	none := around.encode(t, schema, tftypes.NewValue(schema, nil))
	pastedBefore := around.refreshGate(t, hold(values{"app": pasted}))
	for name, tc := range map[string]struct {
		prior  *refreshedGate
		config values
		// unchanged says that there is nothing to apply.
		unchanged bool
	}{
		"new":                           {nil, before, false},
		"new, with a write-only value":  {nil, hold(values{"app": ready, "pasted": pasted}), false},
		"new, not known":                {nil, hold(notKnown{}), false},
		"new, one not known":            {nil, hold(values{"app": ready, "later": libpq("verify-ca", values{"path": notKnown{}})}), false},
		"unchanged":                     {&had, before, true},
		"unchanged, but for a pasted":   {&had, hold(values{"app": pasted}), false},
		"unchanged, with a pasted":      {&pastedBefore, hold(values{"app": pasted}), true},
		"another target":                {&had, hold(values{"app": ready}, values{"target_ca_cert_identifier": presentCA}), false},
		"another client":                {&had, hold(values{"app": stale}), false},
		"the same client, another name": {&had, hold(values{"api": ready}), false},
		"not known now":                 {&had, hold(notKnown{}), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := tfprotov6.PlanResourceChangeRequest{
				TypeName: gateType, PriorState: none,
				ProposedNewState: around.encode(t, schema, withoutWriteOnly(tc.config)), Config: around.encode(t, schema, tc.config),
			}
			if tc.prior != nil {
				request.PriorState, request.PriorPrivate = tc.prior.state, tc.prior.private
			}
			if tc.unchanged { // Terraform then proposes the outputs of the state, too.
				request.ProposedNewState = tc.prior.state
			}
			answer, err := around.server.PlanResourceChange(t.Context(), &request)
			must(t, err)
			want, err := through.server.PlanResourceChange(t.Context(), &request)
			must(t, err)
			if told, expected := diagnosticsOf(answer.Diagnostics), diagnosticsOf(want.Diagnostics); told.failed() || !slices.Equal(told, expected) {
				t.Errorf("diagnostics %v, want %v", told, expected)
			}
			planned, expected := decode(t, schema, answer.PlannedState), decode(t, schema, want.PlannedState)
			if !planned.Equal(expected) {
				t.Errorf("planned %v, want %v", planned, expected)
			}
			if tc.unchanged != planned.Equal(decode(t, schema, request.PriorState)) {
				t.Errorf("the plan is empty: %v, want %v", !tc.unchanged, tc.unchanged)
			}
		})
	}
	t.Run("refresh", func(t *testing.T) {
		t.Parallel()
		for _, gate := range []refreshedGate{had, pastedBefore} {
			request := tfprotov6.ReadResourceRequest{TypeName: gateType, CurrentState: gate.state, Private: gate.private}
			answer, err := around.server.ReadResource(t.Context(), &request)
			must(t, err)
			want, err := through.server.ReadResource(t.Context(), &request)
			must(t, err)
			if read := decode(t, schema, answer.NewState); !read.Equal(decode(t, schema, want.NewState)) || string(answer.Private) != string(want.Private) {
				t.Errorf("read %v and %s, want %v and %s", read, answer.Private, decode(t, schema, want.NewState), want.Private)
			}
		}
	})
}

// TestACallLetsGoOfItsClients: the framework keeps the context of every call, and
// the clients of 500 gates must not stay in memory with them. It is not parallel:
// it measures.
func TestACallLetsGoOfItsClients(t *testing.T) { //nolint:paralleltest // See above.
	a := newAccount(t)
	p := a.protocol(t)
	config := manyClients(t, a, 200, false)
	gate := p.refreshGate(t, config)
	held := func() int {
		for range 3 {
			gate = refreshedGate{p, gate.state, gate.private}
			gate.change(t, config)
		}
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return int(memory.HeapAlloc) //nolint:gosec // No machine has that much.
	}
	before := held()
	if grown := held() - before; grown > 1<<20 {
		t.Errorf("three plans of 200 clients hold %d KiB", grown>>10)
	}
}
