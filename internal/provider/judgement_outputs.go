package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// standing is what an output is to a plan.
type standing uint8

const (
	// reported outputs are compared: a plan that changes one is not empty. It
	// says that they change, and not to what: Terraform plans again in the
	// apply, and refuses another value than it was promised.
	reported standing = iota
	// decided outputs are compared, and known in the plan where its apply cannot
	// come to anything else.
	decided
	// moving outputs change by themselves, and make no plan alone.
	moving
)

// output is one output of a judgement: its schema and its value.
type output struct {
	attribute

	standing standing
	// detail outputs are kept by a gate only where its details are.
	detail bool
	value  func(judgement) attr.Value
}

// outputs are all that a judgement gives, by name. A new one is an entry here.
func outputs() map[string]output {
	return map[string]output{
		"ready": {
			attribute{kind: boolean, computed: true, description: "Whether the switch can go ahead: `true` if nothing blocks it."},
			decided, false, func(j judgement) attr.Value { return types.BoolValue(j.ready) },
		},
		"ca_cert_identifier": {
			attribute{kind: text, computed: true, resourceOnly: true, description: "The CA that the DB instance should have now. Until the gate lets the switch through, this is the current CA; from then on, it is the target CA. Null if the switch is held back and the current CA is not known: an existing instance then keeps its CA, and a new one gets the RDS default. Assign this output to `aws_db_instance.ca_cert_identifier`."},
			decided, false, func(j judgement) attr.Value { return optionalText(j.decision.CA) },
		},
		"verdicts": {
			attribute{kind: byName, computed: true, nested: clientVerdictAttributes(), description: "The verdict on each client, by client name."},
			reported, true, func(j judgement) attr.Value { return verdictsOf(j.report.Verdicts) },
		},
		"findings": {
			attribute{kind: objects, computed: true, nested: findingAttributes(), description: "What the owner of the DB instance should know, most severe first. Only findings with severity `error` block the switch."},
			reported, true, func(j judgement) attr.Value { return findingsOf(j.report.Findings) },
		},
		"coverage": {
			attribute{kind: byName, computed: true, nested: coverageAttributes(), description: "By client name: whether and when the client was seen in `observations`. Null without `observations`."},
			moving, true, func(j judgement) attr.Value { return coverageOf(j.report) },
		},
		"drafts": {
			attribute{kind: objects, computed: true, nested: draftAttributes(), description: fmt.Sprintf("Draft declarations for observed sessions that match no declared client, one for each pair of user and `application_name`, at most %d. Null without `observations`.", readiness.MaxDrafts)},
			moving, true, func(j judgement) attr.Value { return draftsOf(j.report) },
		},
		"rotation": {
			rotationAttribute(),
			moving, true, func(j judgement) attr.Value { return rotationOf(j.rotation) },
		},
		"summary": {
			attribute{kind: text, computed: true, description: "The result in one line: how many clients are ready, and everything that blocks the switch."},
			reported, false, func(j judgement) attr.Value { return shown(j.report.Summary) },
		},
		"report": {
			attribute{kind: text, computed: true, description: "The verdicts in Markdown, for a pull request, a job summary or a ticket: the totals, then a table with a row for each client and the columns \"client\", \"now\", \"after the switch\", \"why\" and \"what to do\". Clients that are not ready come first. Names are escaped. The guide \"In CI\" shows how to post it."},
			reported, true, func(j judgement) attr.Value { return types.StringValue(printable(j.report.Markdown(j.subject))) },
		},
		"target_root_sha256": {
			attribute{kind: text, computed: true, description: "SHA-256 of the root CA after the switch, lower-case hexadecimal; null when not known."},
			reported, false, func(j judgement) attr.Value { return optionalText(j.report.TargetRootSHA256) },
		},
		"evaluated_at": {
			attribute{kind: text, computed: true, description: "When the verdicts shown here were first reached, RFC 3339 in UTC."},
			moving, false, func(j judgement) attr.Value { return types.StringValue(j.at.UTC().Format(time.RFC3339)) },
		},
	}
}

func clientVerdictAttributes() attributes {
	return attributes{
		"ready":   {kind: boolean, description: "Whether the switch can go ahead as far as this client is concerned; true for a waived client."},
		"current": {kind: object, nested: verdictAttributes(), description: "What the client does under the current CA. Its `outcome` is `indeterminate` when the certificate that the server presents now is not known."},
		"target":  {kind: object, nested: verdictAttributes(), description: "What the client does under the target CA."},
		"remedy":  {kind: text, description: "What to do; null when there is nothing to do."},
	}
}

func findingAttributes() attributes {
	return attributes{
		"severity": {kind: text, description: codeList(readiness.Severities(), " or ") + "."},
		"code":     {kind: text, description: "Stable code of the finding; the guide \"Verdicts\" explains each code."},
		"client":   {kind: text, description: "Name of the client; null when the finding is not about a single client."},
		"detail":   {kind: text, description: "What was found, in words."},
	}
}

// outputValues are a judgement's outputs as Terraform has them: those of the
// attributes that an object of this type has. Details that are not kept are null.
func outputValues(ctx context.Context, object tftypes.Value, judged judgement) map[string]tftypes.Value {
	values, all := map[string]tftypes.Value{}, outputs()
	for name, kind := range outputTypes(object) {
		if judged.brief && all[name].detail {
			values[name] = tftypes.NewValue(kind, nil)
			continue
		}
		values[name], _ = all[name].value(judged).ToTerraformValue(ctx) // What was made here has a type.
	}
	return values
}

// outputTypes are the types of the outputs that an object has.
func outputTypes(object tftypes.Value) map[string]tftypes.Type {
	found := map[string]tftypes.Type{}
	if whole, is := object.Type().(tftypes.Object); is {
		for name := range outputs() {
			if kind, has := whole.AttributeTypes[name]; has {
				found[name] = kind
			}
		}
	}
	return found
}

// fill is a configuration or a plan as Terraform gave it, with these outputs.
func fill(given tftypes.Value, values map[string]tftypes.Value, diags *diag.Diagnostics) tftypes.Value {
	filled, err := with(given, values)
	if err != nil {
		diags.AddError(titleNotStored, readiness.Sentence(err.Error()))
	}
	return filled
}

// titleNotStored is of an error in this provider, not of the user.
const titleNotStored = "Cannot Store the Result"

// detailNames are the outputs that are details, in the order of the alphabet.
func detailNames() []string {
	all := outputs()
	return slices.DeleteFunc(sortedKeys(all), func(name string) bool { return !all[name].detail })
}
