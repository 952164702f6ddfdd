package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// There may be ten thousand verdicts. So their values are made here one by one,
// of types that are made once, and put beside the declared clients as Terraform
// gave them: the framework's own way, over structs by reflection, converts all
// of them several times.

func verdictsOf(verdicts map[string]readiness.ClientVerdict) types.Map {
	as := clientVerdictAttributes()
	kind := as["target"].nested.objectType()
	return as.byName(eachOf(verdicts, func(v readiness.ClientVerdict) fields {
		return fields{
			"ready": types.BoolValue(v.Ready), "current": verdictOf(kind, v.Current), "target": verdictOf(kind, v.Target), "remedy": optionalText(v.Remedy),
		}
	}))
}

func verdictOf(kind types.ObjectType, v readiness.Verdict) types.Object {
	return complete(kind, fields{
		"outcome": shown(v.Outcome.String()), "reason": shown(string(v.Reason)),
		"detail": optionalText(v.Detail), "expected_error": optionalText(v.ExpectedError),
		"anchor_subject": optionalText(v.AnchorSubject), "anchor_sha256": optionalText(v.AnchorSHA256), "validator": optionalText(v.Validator),
	})
}

func findingsOf(findings []readiness.Finding) types.List {
	return findingAttributes().list(each(findings, func(f readiness.Finding) fields {
		return fields{"severity": shown(string(f.Severity)), "code": shown(f.Code), "client": optionalText(f.Client), "detail": shown(f.Detail)}
	}))
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
		diags.AddError(titleNotStored, readiness.Sentence(err.Error()))
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
