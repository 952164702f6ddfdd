package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// readinessKey is where the private state has who was ready in the refresh: by
// the identifier of each CA that can be a target, whether nothing blocks it.
//
// It is the one thing beside the state that a plan and its apply share. Where a
// store changes between the two, the apply plans again, and has to come to what
// the plan said before.
const readinessKey = "ready"

// rememberReadiness judges the inputs of the state against every CA that the
// next configuration may name. What cannot be judged is left out.
func rememberReadiness(ctx context.Context, s *services, state judgementModel, before *seenInstance, private privateState) diag.Diagnostics {
	targets := map[string]bool{state.text("target_ca_cert_identifier"): true}
	for _, identifier := range rdsca.Identifiers() {
		targets[identifier] = true
	}
	ready, clients := map[string]bool{}, &declaration{}
	for target := range targets {
		state.fields["target_ca_cert_identifier"] = types.StringValue(target)
		if judged, diags := judged(ctx, s, state, before, clients); !diags.HasError() {
			ready[target] = judged.report.Ready
		}
	}
	content, err := json.Marshal(ready)
	if err != nil || len(ready) == 0 {
		return nil // A refresh that RDS does not answer forgets nothing.
	}
	return private.SetKey(ctx, readinessKey, content)
}

// foundByRefresh is whether nothing blocked the target in the refresh; nil where
// the refresh judged another configuration than this one.
func foundByRefresh(ctx context.Context, private privateState, target string, config, state tftypes.Value) *bool {
	content, diags := private.GetKey(ctx, readinessKey)
	var ready map[string]bool
	if diags.HasError() || json.Unmarshal(content, &ready) != nil || !sameEvidence(config, state) {
		return nil
	}
	if found, judged := ready[target]; judged {
		return &found
	}
	return nil
}

// sameEvidence says whether two configurations are judged alike: they differ in
// what is made of the judgement at most. Write-only values, which a state never
// has, make a difference.
func sameEvidence(config, state tftypes.Value) bool {
	one, err := elementsOf(config)
	if err != nil {
		return false
	}
	other, err := elementsOf(state)
	if err != nil || state.IsNull() {
		return false
	}
	all := outputs()
	for name, value := range one {
		_, computed := all[name]
		computed = computed || name == "region" && value.IsNull() // The default, which the state has.
		if !computed && name != "target_ca_cert_identifier" && name != "on_unready" && name != "details" && !value.Equal(other[name]) {
			return false
		}
	}
	return true
}
