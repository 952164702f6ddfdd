package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

var _ resource.ResourceWithUpgradeState = (*trustStoreValidationResource)(nil)

// gateVersion is that of the state. The state of version 0 may hold the passwords
// of trust stores.
const gateVersion = 1

// UpgradeState takes over a state as it is. What is write-only now, the framework
// leaves out of a state of another version.
func (r *trustStoreValidationResource) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return map[int64]resource.StateUpgrader{0: {StateUpgrader: func(ctx context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
		state, err := req.RawState.UnmarshalWithOpts(resp.State.Schema.Type().TerraformType(ctx), tfprotov6.UnmarshalOpts{
			ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true},
		})
		if err != nil {
			resp.Diagnostics.AddError("Cannot Read the State of an Earlier Version", readiness.Sentence(err.Error())+" Nothing was changed. A gate exists only in the state, so remove it from the state and let Terraform recreate it.")
			return
		}
		resp.State.Raw = state
	}}}
}
