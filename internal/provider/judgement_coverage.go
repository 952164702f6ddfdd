package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

func coverageAttributes() attributes {
	return attributes{
		"seen":       {kind: boolean, description: "Whether a session of the client was observed; null for a client without `match`, since no session can be matched with it."},
		"first_seen": {kind: text, description: "When the client was first seen, RFC 3339; null when the client was not seen, or the time is not known."},
		"last_seen":  {kind: text, description: "When the client was last seen, RFC 3339; null when the client was not seen, or the time is not known."},
	}
}

// coverageOf has every declared client.
func coverageOf(report readiness.Report) types.Map {
	as := coverageAttributes()
	if report.Coverage.Seen == nil {
		return types.MapNull(as.objectType())
	}
	all := make(map[string]fields, len(report.Verdicts))
	for name := range report.Verdicts {
		seen, matches := report.Coverage.Seen[name]
		all[name] = fields{"first_seen": optionalTime(seen.First), "last_seen": optionalTime(seen.Last)}
		if matches {
			all[name]["seen"] = types.BoolValue(seen.Observed)
		}
	}
	return as.byName(all)
}

func draftAttributes() attributes {
	return attributes{
		"name":          {kind: text, description: "Name of the client."},
		"driver":        {kind: text, description: "Guess at the driver; `other` when nothing suggests one."},
		"guess":         {kind: text, description: "What the guess is based on; null when nothing suggests a driver."},
		"configuration": {kind: text, description: "A draft element of `clients` for you to complete. Sessions do not show a client's settings, so the draft contains none. Once the draft is in `clients`, the plan fails until you add the settings."},
	}
}

func draftsOf(report readiness.Report) types.List {
	as := draftAttributes()
	if report.Coverage.Seen == nil {
		return types.ListNull(as.objectType())
	}
	return as.list(each(report.Coverage.Drafts, func(d readiness.Draft) fields {
		return fields{"name": shown(d.Name), "driver": types.StringValue(d.Driver), "guess": optionalText(d.Guess), "configuration": shown(d.Configuration)}
	}))
}
