package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// observationAttributes are who was seen, by one source: as the outputs
// observation have it, and as observations takes it. None is required: the
// framework takes an object that is not known yet for one without attributes.
// One that says nothing of being complete is not. In the gate they are write-only:
// a span moves with every look, and is no reason for a plan.
func observationAttributes(computed bool) attributes {
	moment := func(description string) attribute {
		return attribute{kind: text, computed: computed, writeOnly: !computed, description: description}
	}
	return attributes{
		"source":   {kind: text, computed: computed, writeOnly: !computed, description: "Where the observation comes from, such as `sslready_clients`."},
		"from":     {kind: text, computed: computed, writeOnly: !computed, description: "Start of the observed period, RFC 3339; null when not known."},
		"to":       {kind: text, computed: computed, writeOnly: !computed, description: "End of the observed period, RFC 3339; null when not known."},
		"complete": {kind: boolean, computed: computed, writeOnly: !computed, description: "Whether it includes every client that was connected. If not, the absence of a client proves nothing."},
		"why":      {kind: text, computed: computed, writeOnly: !computed, description: "Why it is not complete; null when it is."},
		"sessions": {kind: objects, computed: computed, writeOnly: !computed, description: "The sessions that were seen, in groups.", nested: attributes{
			"database":         {kind: text, computed: computed, writeOnly: !computed, description: "Database name; null when not visible."},
			"username":         {kind: text, computed: computed, writeOnly: !computed, description: "User name; null when not visible."},
			"application_name": {kind: text, computed: computed, writeOnly: !computed, description: "Value of `application_name`; null when not visible."},
			"client_addr":      {kind: text, computed: computed, writeOnly: !computed, description: "Address of the client; null for a Unix socket, or when not visible."},
			"ssl":              {kind: boolean, computed: computed, writeOnly: !computed, description: "Whether the session uses TLS; null when not visible, in which case TLS is assumed."},
			"sessions":         {kind: number, computed: computed, writeOnly: !computed, description: "Number of such sessions; null when not known.", numbers: []validator.Int64{int64validator.AtLeast(0)}},
			"first_seen":       moment("When it was first seen, RFC 3339. If null, `from` is assumed."),
			"last_seen":        moment("When it was last seen, RFC 3339. If null, `to` is assumed."),
		}},
		"refused": {kind: objects, computed: computed, writeOnly: !computed, description: "The TLS handshakes that did not lead to a session, in groups; only logs show them.", nested: attributes{
			"client_addr": {kind: text, computed: computed, writeOnly: !computed, description: "Address of the client; null when not known."},
			"alert":       {kind: text, computed: computed, writeOnly: !computed, description: "TLS alert that the client sent, such as `unknown_ca`; null when it sent none."},
			"meaning":     {kind: text, computed: computed, writeOnly: !computed, description: "What it means, in words."},
			"cut_off":     {kind: boolean, computed: computed, writeOnly: !computed, description: "Whether the server certificate may be the cause. If not, the handshake is not reported as a finding."},
			"handshakes":  {kind: number, computed: computed, writeOnly: !computed, description: "Number of such handshakes; null when not known.", numbers: []validator.Int64{int64validator.AtLeast(0)}},
			"first_seen":  moment("When this first happened, RFC 3339; null when not known."),
			"last_seen":   moment("When this last happened, RFC 3339; null when not known."),
		}},
	}
}

// observationOutput is the attribute observation of a data source.
func observationOutput() attribute {
	return attribute{kind: object, computed: true, nested: observationAttributes(true), description: "Which clients were seen, over which period, and whether that is complete. Use it in `observations` of `sslready_readiness` and `sslready_trust_store_validation`."}
}

type (
	observationModel struct {
		Source   types.String           `tfsdk:"source"`
		From     types.String           `tfsdk:"from"`
		To       types.String           `tfsdk:"to"`
		Complete types.Bool             `tfsdk:"complete"`
		Why      types.String           `tfsdk:"why"`
		Sessions []observedSessionModel `tfsdk:"sessions"`
		Refused  []observedRefusalModel `tfsdk:"refused"`
	}
	observedSessionModel struct {
		Database        types.String `tfsdk:"database"`
		Username        types.String `tfsdk:"username"`
		ApplicationName types.String `tfsdk:"application_name"`
		ClientAddr      types.String `tfsdk:"client_addr"`
		SSL             types.Bool   `tfsdk:"ssl"`
		Sessions        types.Int64  `tfsdk:"sessions"`
		FirstSeen       types.String `tfsdk:"first_seen"`
		LastSeen        types.String `tfsdk:"last_seen"`
	}
	observedRefusalModel struct {
		ClientAddr types.String `tfsdk:"client_addr"`
		Alert      types.String `tfsdk:"alert"`
		Meaning    types.String `tfsdk:"meaning"`
		CutOff     types.Bool   `tfsdk:"cut_off"`
		Handshakes types.Int64  `tfsdk:"handshakes"`
		FirstSeen  types.String `tfsdk:"first_seen"`
		LastSeen   types.String `tfsdk:"last_seen"`
	}
)

// observationModelOf translates a look at the sessions into an output. No look
// sees who was refused.
func observationModelOf(o readiness.Observation) *observationModel {
	m := &observationModel{
		Source: shown(o.Source), From: optionalTime(o.From), To: optionalTime(o.To),
		Complete: types.BoolValue(o.Complete), Why: optionalText(o.Why), Sessions: make([]observedSessionModel, len(o.Sessions)),
		Refused: []observedRefusalModel{},
	}
	for i, s := range o.Sessions {
		m.Sessions[i] = observedSessionModel{
			Database: optionalText(s.Database), Username: optionalText(s.Username), ApplicationName: optionalText(s.ApplicationName),
			ClientAddr: optionalText(s.ClientAddr), SSL: types.BoolPointerValue(s.SSL), Sessions: types.Int64Value(s.Sessions),
			FirstSeen: secondOf(s.First), LastSeen: secondOf(s.Last),
		}
	}
	return m
}

// observationsOf translates observations. Null is nil: nobody looked.
func observationsOf(given types.List) []readiness.Observation {
	if given.IsNull() || given.IsUnknown() {
		return nil
	}
	observations := make([]readiness.Observation, 0, len(given.Elements()))
	for _, element := range given.Elements() {
		f := fieldsOf(element)
		o := readiness.Observation{
			Source: f.text("source"), From: timeOf(f.text("from")), To: timeOf(f.text("to")),
			Complete: field[types.Bool](f, "complete").ValueBool(), Why: f.text("why"),
		}
		for _, session := range field[types.List](f, "sessions").Elements() {
			o.Sessions = append(o.Sessions, sessionOf(fieldsOf(session)))
		}
		for _, refusal := range field[types.List](f, "refused").Elements() {
			o.Refused = append(o.Refused, refusalOf(fieldsOf(refusal)))
		}
		observations = append(observations, o)
	}
	return observations
}

func sessionOf(f fields) readiness.Session {
	return readiness.Session{
		Username: f.text("username"), Database: f.text("database"),
		ApplicationName: f.text("application_name"), ClientAddr: f.text("client_addr"),
		SSL: field[types.Bool](f, "ssl").ValueBoolPointer(), Sessions: field[types.Int64](f, "sessions").ValueInt64(),
		First: timeOf(f.text("first_seen")), Last: timeOf(f.text("last_seen")),
	}
}

func refusalOf(f fields) readiness.Refusal {
	return readiness.Refusal{
		Address: f.text("client_addr"), Alert: f.text("alert"), Meaning: f.text("meaning"),
		CutOff: field[types.Bool](f, "cut_off").ValueBool(), Handshakes: field[types.Int64](f, "handshakes").ValueInt64(),
		First: timeOf(f.text("first_seen")), Last: timeOf(f.text("last_seen")),
	}
}
