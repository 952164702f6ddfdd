package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// logObservationModel is what was seen, in the form that all sources share.
type logObservationModel struct {
	Source   types.String         `tfsdk:"source"`
	From     types.String         `tfsdk:"from"`
	To       types.String         `tfsdk:"to"`
	Complete types.Bool           `tfsdk:"complete"`
	Why      types.String         `tfsdk:"why"`
	Sessions []loggedSessionModel `tfsdk:"sessions"`
	Refused  []loggedRefusalModel `tfsdk:"refused"`
}

type loggedSessionModel struct {
	Username        types.String `tfsdk:"username"`
	Database        types.String `tfsdk:"database"`
	ApplicationName types.String `tfsdk:"application_name"`
	ClientAddr      types.String `tfsdk:"client_addr"`
	SSL             types.Bool   `tfsdk:"ssl"`
	TLSVersion      types.String `tfsdk:"tls_version"`
	Sessions        types.Int64  `tfsdk:"sessions"`
	FirstSeen       types.String `tfsdk:"first_seen"`
	LastSeen        types.String `tfsdk:"last_seen"`
}

type loggedRefusalModel struct {
	ClientAddr types.String `tfsdk:"client_addr"`
	Alert      types.String `tfsdk:"alert"`
	Meaning    types.String `tfsdk:"meaning"`
	Distrusts  types.Bool   `tfsdk:"distrusts"`
	CutOff     types.Bool   `tfsdk:"cut_off"`
	Handshakes types.Int64  `tfsdk:"handshakes"`
	FirstSeen  types.String `tfsdk:"first_seen"`
	LastSeen   types.String `tfsdk:"last_seen"`
}

func logObservationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"source":   computedText("Where the observation comes from: `sslready_connection_log` or `sslready_client_census`."),
		"from":     computedText("Start of the period, RFC 3339. Null when nothing was recorded."),
		"to":       computedText("End of the period, RFC 3339. Null when nothing was recorded."),
		"complete": computedBool("Whether it includes every client that connected in this period. An incomplete observation never proves that a client is absent."),
		"why":      computedText("Why it is not complete; null when it is."),
		"sessions": schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The clients that were seen, in groups. Empty when none was seen, never null.", NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"username":         computedText("User; null when it is not known."),
			"database":         computedText("Database; null for a replication session."),
			"application_name": computedText("`application_name` of the session; null when the client sets none, or when it is not known."),
			"client_addr":      computedText(describesAddress),
			"ssl":              computedBool("Whether the session used TLS; null when it is not known."),
			"tls_version":      computedText("TLS version such as `TLSv1.3`; null without TLS."),
			"sessions":         computedNumber("Number of sessions; null in a census, which does not count them."),
			"first_seen":       computedText(describesFirst),
			"last_seen":        computedText(describesLast),
		}}},
		"refused": schema.ListNestedAttribute{Computed: true, MarkdownDescription: "TLS handshakes that did not lead to a session.", NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"client_addr": computedText(describesAddress),
			"alert":       computedText("TLS alert that the client sent; null when it sent none."),
			"meaning":     computedText("What it means."),
			"distrusts":   computedBool("Whether the client rejected the server certificate."),
			"cut_off":     computedBool(describesCutOff),
			"handshakes":  computedNumber("Number of handshakes."),
			"first_seen":  computedText(happenedFirst),
			"last_seen":   computedText(happenedLast),
		}}},
	}
}

// observation is the answer for those who compare it with what is declared.
func (m *connectionLogModel) observation() *logObservationModel {
	o := &logObservationModel{
		Source: types.StringValue(observationSourceLog), From: m.From, To: m.To, Complete: m.Complete,
		Why: optionalText(sentences(m.IncompleteBecause)), Sessions: []loggedSessionModel{}, Refused: []loggedRefusalModel{},
	}
	for _, c := range m.Clients {
		o.Sessions = append(o.Sessions, loggedSessionModel{
			Username: c.Username, Database: c.Database, ApplicationName: c.ApplicationName, ClientAddr: c.ClientAddr,
			SSL: c.SSL, TLSVersion: c.TLSVersion, Sessions: c.Connections, FirstSeen: c.FirstSeen, LastSeen: c.LastSeen,
		})
	}
	for _, r := range m.Refused {
		o.Refused = append(o.Refused, loggedRefusalModel{
			ClientAddr: r.ClientAddr, Alert: r.Alert, Meaning: r.Meaning, Distrusts: r.Distrusts, CutOff: r.CutOff,
			Handshakes: r.Handshakes, FirstSeen: r.FirstSeen, LastSeen: r.LastSeen,
		})
	}
	return o
}
