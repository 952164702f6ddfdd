package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// There may be ten thousand verdicts. So their values are made here one by one,
// of types that are made once, and put beside the declared clients as Terraform
// gave them: the framework's own way, over structs by reflection, converts all
// of them several times.

func verdictsOf(verdicts map[string]readiness.ClientVerdict) (types.Map, diag.Diagnostics) {
	var diags diag.Diagnostics
	ofClient := judgementOutputs()["verdicts"].nested
	clientTypes, verdictTypes := ofClient.types(), ofClient["target"].nested.types()
	elements := make(map[string]attr.Value, len(verdicts))
	for name, v := range verdicts {
		current, more := verdictOf(verdictTypes, v.Current)
		diags.Append(more...)
		target, more := verdictOf(verdictTypes, v.Target)
		diags.Append(more...)
		elements[name], more = types.ObjectValue(clientTypes, map[string]attr.Value{
			"ready": types.BoolValue(v.Ready), "current": current, "target": target, "remedy": optionalText(v.Remedy),
		})
		diags.Append(more...)
	}
	built, more := types.MapValue(types.ObjectType{AttrTypes: clientTypes}, elements)
	diags.Append(more...)
	return built, diags
}

func verdictOf(verdictTypes map[string]attr.Type, v readiness.Verdict) (types.Object, diag.Diagnostics) {
	return types.ObjectValue(verdictTypes, map[string]attr.Value{
		"outcome": types.StringValue(v.Outcome.String()), "reason": types.StringValue(string(v.Reason)),
		"detail": optionalText(v.Detail), "expected_error": optionalText(v.ExpectedError),
		"anchor_subject": optionalText(v.AnchorSubject), "anchor_sha256": optionalText(v.AnchorSHA256), "validator": optionalText(v.Validator),
	})
}

func findingsOf(findings []readiness.Finding) (types.List, diag.Diagnostics) {
	var diags diag.Diagnostics
	findingTypes := judgementOutputs()["findings"].nested.types()
	elements := make([]attr.Value, len(findings))
	for i, f := range findings {
		finding, more := types.ObjectValue(findingTypes, map[string]attr.Value{
			"severity": types.StringValue(string(f.Severity)), "code": types.StringValue(f.Code),
			"client": optionalText(f.Client), "detail": types.StringValue(f.Detail),
		})
		diags.Append(more...)
		elements[i] = finding
	}
	built, more := types.ListValue(types.ObjectType{AttrTypes: findingTypes}, elements)
	diags.Append(more...)
	return built, diags
}

// outputs are the outcome's values, by the names of their attributes.
func (o judgementOutcome) outputs() map[string]attr.Value {
	return map[string]attr.Value{
		"ready": o.Ready, "verdicts": o.Verdicts, "findings": o.Findings, "rotation": o.Rotation,
		"summary": o.Summary, "target_root_sha256": o.TargetRootSHA256, "evaluated_at": o.EvaluatedAt,
	}
}

// fill is a configuration or a plan as Terraform gave it, with the outputs.
func fill(ctx context.Context, given tftypes.Value, outputs map[string]attr.Value, diags *diag.Diagnostics) tftypes.Value {
	converted := make(map[string]tftypes.Value, len(outputs))
	for name, value := range outputs {
		var err error
		if converted[name], err = value.ToTerraformValue(ctx); err != nil {
			diags.AddAttributeError(path.Root(name), titleNotStored, err.Error())
			return given
		}
	}
	filled, err := with(given, converted)
	if err != nil {
		diags.AddError(titleNotStored, err.Error())
	}
	return filled
}

// titleNotStored is of an error in this provider, not of the user.
const titleNotStored = "Cannot Store the Verdicts"

// with is an object with other values of some attributes.
func with(object tftypes.Value, others map[string]tftypes.Value) (tftypes.Value, error) {
	attributes, err := elementsOf(object)
	if err != nil {
		return object, err
	}
	attributes = maps.Clone(attributes)
	maps.Copy(attributes, others)
	if err := tftypes.ValidateValue(object.Type(), attributes); err != nil { // NewValue would panic.
		return object, err
	}
	return tftypes.NewValue(object.Type(), attributes), nil
}

// elementsOf are the attributes of an object, or the elements of a map. They
// are the value's own, and not to be changed.
func elementsOf(value tftypes.Value) (elements map[string]tftypes.Value, err error) {
	err = value.As(&elements)
	return elements, err
}
