package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
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
	ofClient := clientVerdictAttributes()
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
		"outcome": shown(v.Outcome.String()), "reason": shown(string(v.Reason)),
		"detail": optionalText(v.Detail), "expected_error": optionalText(v.ExpectedError),
		"anchor_subject": optionalText(v.AnchorSubject), "anchor_sha256": optionalText(v.AnchorSHA256), "validator": optionalText(v.Validator),
	})
}

func findingsOf(findings []readiness.Finding) (types.List, diag.Diagnostics) {
	var diags diag.Diagnostics
	findingTypes := findingAttributes().types()
	elements := make([]attr.Value, len(findings))
	for i, f := range findings {
		finding, more := types.ObjectValue(findingTypes, map[string]attr.Value{
			"severity": shown(string(f.Severity)), "code": shown(f.Code),
			"client": optionalText(f.Client), "detail": shown(f.Detail),
		})
		diags.Append(more...)
		elements[i] = finding
	}
	built, more := types.ListValue(types.ObjectType{AttrTypes: findingTypes}, elements)
	diags.Append(more...)
	return built, diags
}

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

// textsOf are the texts of a state that are set, without what is costly to
// convert.
func textsOf(state tftypes.Value, diags *diag.Diagnostics) map[string]string {
	elements, err := elementsOf(state)
	if err != nil {
		diags.AddError(titleNotStored, err.Error())
	}
	texts := map[string]string{}
	for name, element := range elements {
		var text string
		if element.Type().Is(tftypes.String) && element.IsKnown() && !element.IsNull() && element.As(&text) == nil {
			texts[name] = text
		}
	}
	return texts
}
