package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

func coverageAttributes() attributes {
	return attributes{
		"seen":       {kind: boolean, computed: true, description: "Whether a session of the client was observed; null for a client without `match`, since no session can be matched with it."},
		"first_seen": {kind: text, computed: true, description: "When the client was first seen, RFC 3339; null when it was not seen, or not known."},
		"last_seen":  {kind: text, computed: true, description: "When the client was last seen, RFC 3339; null when it was not seen, or not known."},
	}
}

// coverageOf has every declared client.
func coverageOf(report readiness.Report) (types.Map, diag.Diagnostics) {
	kinds := coverageAttributes().types()
	element := types.ObjectType{AttrTypes: kinds}
	if report.Coverage.Seen == nil {
		return types.MapNull(element), nil
	}
	all := make(map[string]attr.Value, len(report.Verdicts))
	for name := range report.Verdicts {
		seen, matches := report.Coverage.Seen[name]
		found := types.BoolNull()
		if matches {
			found = types.BoolValue(seen.Observed)
		}
		all[name] = types.ObjectValueMust(kinds, map[string]attr.Value{"seen": found, "first_seen": secondOf(seen.First), "last_seen": secondOf(seen.Last)})
	}
	return types.MapValue(element, all)
}

func draftAttributes() attributes {
	return attributes{
		"name":          {kind: text, computed: true, description: "Name of the client."},
		"driver":        {kind: text, computed: true, description: "Guess at the driver; `other` when nothing suggests one."},
		"guess":         {kind: text, computed: true, description: "What the guess is based on; null when nothing suggests a driver."},
		"configuration": {kind: text, computed: true, description: "An element of `clients` for you to complete. Sessions do not show a client's settings, so the draft has none, and the plan fails until you add them."},
	}
}

func draftsOf(report readiness.Report) (types.List, diag.Diagnostics) {
	kinds := draftAttributes().types()
	element := types.ObjectType{AttrTypes: kinds}
	if report.Coverage.Seen == nil {
		return types.ListNull(element), nil
	}
	all := make([]attr.Value, len(report.Coverage.Drafts))
	for i, d := range report.Coverage.Drafts {
		all[i] = types.ObjectValueMust(kinds, map[string]attr.Value{
			"name": shown(d.Name), "driver": types.StringValue(d.Driver), "guess": optionalText(d.Guess), "configuration": shown(d.Configuration),
		})
	}
	return types.ListValue(element, all)
}
