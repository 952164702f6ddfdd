package provider

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

type loggedClientModel struct {
	Instance        types.String `tfsdk:"instance"`
	Database        types.String `tfsdk:"database"`
	Username        types.String `tfsdk:"username"`
	ApplicationName types.String `tfsdk:"application_name"`
	ClientAddr      types.String `tfsdk:"client_addr"`
	SSL             types.Bool   `tfsdk:"ssl"`
	TLSVersion      types.String `tfsdk:"tls_version"`
	Cipher          types.String `tfsdk:"cipher"`
	Bits            types.Int64  `tfsdk:"bits"`
	ClientDN        types.String `tfsdk:"client_dn"`
	Replication     types.Bool   `tfsdk:"replication"`
	Connections     types.Int64  `tfsdk:"connections"`
	FirstSeen       types.String `tfsdk:"first_seen"`
	LastSeen        types.String `tfsdk:"last_seen"`
}

type refusedModel struct {
	Instance   types.String `tfsdk:"instance"`
	ClientAddr types.String `tfsdk:"client_addr"`
	Alert      types.String `tfsdk:"alert"`
	Text       types.String `tfsdk:"text"`
	Meaning    types.String `tfsdk:"meaning"`
	Distrusts  types.Bool   `tfsdk:"distrusts"`
	CutOff     types.Bool   `tfsdk:"cut_off"`
	Handshakes types.Int64  `tfsdk:"handshakes"`
	FirstSeen  types.String `tfsdk:"first_seen"`
	LastSeen   types.String `tfsdk:"last_seen"`
}

type plaintextRefusedModel struct {
	Instance    types.String `tfsdk:"instance"`
	Database    types.String `tfsdk:"database"`
	Username    types.String `tfsdk:"username"`
	ClientAddr  types.String `tfsdk:"client_addr"`
	Replication types.Bool   `tfsdk:"replication"`
	Connections types.Int64  `tfsdk:"connections"`
	FirstSeen   types.String `tfsdk:"first_seen"`
	LastSeen    types.String `tfsdk:"last_seen"`
}

type unfinishedModel struct {
	Instance    types.String `tfsdk:"instance"`
	ClientAddr  types.String `tfsdk:"client_addr"`
	Connections types.Int64  `tfsdk:"connections"`
	FirstSeen   types.String `tfsdk:"first_seen"`
	LastSeen    types.String `tfsdk:"last_seen"`
}

const (
	describesInstance = "DB instance identifier of the server; null with `files`."
	describesAddress  = "Address of the client, or of the proxy or pooler in between; a host name if `log_hostname` is on; null for a Unix socket, or when the log does not show it."
	describesCutOff   = "Whether a switch of the CA may be the cause: either `distrusts` is true, or the client and the server have no cipher suite or signature algorithm in common for the server's type of key."
	describesFirst    = "When it was first seen, RFC 3339."
	describesLast     = "When it was last seen, RFC 3339."
	happenedFirst     = "When it first happened, RFC 3339."
	happenedLast      = "When it last happened, RFC 3339."
)

func computedNumber(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
}

func computedBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

func loggedClientAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"instance":         computedText(describesInstance),
		"database":         computedText("Database; null for a replication session."),
		"username":         computedText("User."),
		"application_name": computedText("`application_name` of the session; null when the client sets none, and before PostgreSQL 12."),
		"client_addr":      computedText(describesAddress),
		"ssl":              computedBool("Whether the session used TLS; null when the log shows only how it ended."),
		"tls_version":      computedText("TLS version such as `TLSv1.3`; null without TLS."),
		"cipher":           computedText("Cipher suite; null without TLS."),
		"bits":             computedNumber("Bits of the cipher's key; null without TLS, and before PostgreSQL 11."),
		"client_dn":        computedText("Subject of the client certificate; null when the client did not authenticate with one, and before PostgreSQL 14."),
		"replication":      computedBool("Whether it is a replication session."),
		"connections":      computedNumber("Number of sessions."),
		"first_seen":       computedText("Start of the first session, RFC 3339."),
		"last_seen":        computedText("Start or end of the last session, RFC 3339; for a session that is still open, the end of the period."),
	}
}

func refusedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"instance":    computedText(describesInstance),
		"client_addr": computedText(describesAddress),
		"alert":       computedText("TLS alert that the client sent, as named in RFC 8446, such as `unknown_ca`; null when it sent none."),
		"text":        computedText("The server's own text, such as `tlsv1 alert unknown ca`."),
		"meaning":     computedText("What it means."),
		"distrusts":   computedBool("Whether the client ended the handshake because it rejected the server certificate."),
		"cut_off":     computedBool(describesCutOff),
		"handshakes":  computedNumber("Number of handshakes."),
		"first_seen":  computedText(happenedFirst),
		"last_seen":   computedText(happenedLast),
	}
}

func plaintextRefusedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"instance":    computedText(describesInstance),
		"database":    computedText("Database; null for a replication session."),
		"username":    computedText("User name that the client gave; it was not authenticated."),
		"client_addr": computedText(describesAddress),
		"replication": computedBool("Whether the client asked for replication."),
		"connections": computedNumber("Number of connections."),
		"first_seen":  computedText(happenedFirst),
		"last_seen":   computedText(happenedLast),
	}
}

func unfinishedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"instance":    computedText(describesInstance),
		"client_addr": computedText(describesAddress),
		"connections": computedNumber("Number of connections."),
		"first_seen":  computedText(happenedFirst),
		"last_seen":   computedText(happenedLast),
	}
}

// answer puts together what the logs say. own tells the provider's sessions.
func (m *connectionLogModel) answer(logs []serverLog, own func(user, application string) bool) {
	m.Clients, m.Refused = []loggedClientModel{}, []refusedModel{}
	m.PlaintextRefused, m.Unfinished, m.IncompleteBecause = []plaintextRefusedModel{}, []unfinishedModel{}, []types.String{}
	var from, to time.Time
	for i, log := range logs {
		m.add(log, own)
		if i == 0 || log.report.From.After(from) {
			from = log.report.From
		}
		if i == 0 || log.report.To.Before(to) {
			to = log.report.To
		}
	}
	m.From, m.To = secondOf(from), secondOf(to)
	m.Complete = types.BoolValue(len(m.IncompleteBecause) == 0)
	m.Observation = m.observation()
}

func (m *connectionLogModel) add(log serverLog, own func(user, application string) bool) {
	instance := optionalText(log.instance)
	for _, reason := range log.missing {
		if log.instance != "" {
			reason = "DB instance \"" + log.instance + "\": " + reason
		}
		m.IncompleteBecause = append(m.IncompleteBecause, shown(reason))
	}
	for _, c := range sorted(log.report.Clients, compareClients) {
		if own(c.Username, c.ApplicationName) {
			continue
		}
		times := log.report.Clients[c]
		client := loggedClientModel{
			Instance: instance, Database: nameGiven(c.Database), Username: nameGiven(c.Username), ApplicationName: nameGiven(c.ApplicationName),
			ClientAddr: optionalText(c.Address), SSL: types.BoolNull(), TLSVersion: optionalText(c.TLSVersion), Cipher: optionalText(c.Cipher),
			ClientDN: nameGiven(c.ClientDN), Replication: types.BoolValue(c.Replication),
			Connections: types.Int64Value(times.Count), FirstSeen: secondOf(times.First), LastSeen: secondOf(times.Last),
		}
		if c.Transport != connlog.TransportUnknown {
			client.SSL = types.BoolValue(c.Transport == connlog.TLS)
		}
		if c.Bits > 0 {
			client.Bits = types.Int64Value(int64(c.Bits))
		}
		m.Clients = append(m.Clients, client)
	}
	for _, r := range sorted(log.report.Refused, compareRefusals) {
		times := log.report.Refused[r]
		m.Refused = append(m.Refused, refusedModel{
			Instance: instance, ClientAddr: optionalText(r.Address), Alert: optionalText(r.Alert), Text: shown(r.Text),
			Meaning: types.StringValue(r.Meaning()), Distrusts: types.BoolValue(r.Distrusts()), CutOff: types.BoolValue(r.CutOff()),
			Handshakes: types.Int64Value(times.Count), FirstSeen: secondOf(times.First), LastSeen: secondOf(times.Last),
		})
	}
	for _, r := range sorted(log.report.PlaintextRefused, func(a, b connlog.PlaintextRefusal) int {
		return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Username, b.Username), strings.Compare(a.Database, b.Database))
	}) {
		times := log.report.PlaintextRefused[r]
		m.PlaintextRefused = append(m.PlaintextRefused, plaintextRefusedModel{
			Instance: instance, Database: nameGiven(r.Database), Username: nameGiven(r.Username), ClientAddr: optionalText(r.Address),
			Replication: types.BoolValue(r.Replication), Connections: types.Int64Value(times.Count), FirstSeen: secondOf(times.First), LastSeen: secondOf(times.Last),
		})
	}
	for _, u := range sorted(log.report.Unfinished, func(a, b connlog.Unfinished) int { return strings.Compare(a.Address, b.Address) }) {
		times := log.report.Unfinished[u]
		m.Unfinished = append(m.Unfinished, unfinishedModel{
			Instance: instance, ClientAddr: optionalText(u.Address), Connections: types.Int64Value(times.Count), FirstSeen: secondOf(times.First), LastSeen: secondOf(times.Last),
		})
	}
}

// nameWithheld stands for a name that a client chose and that holds a secret.
const nameWithheld = "(withheld: it holds a secret)"

// shownName is what a client calls itself, or its user or database, as it may be
// shown and stored: it may be any octets, and somebody may have put a connection
// string with a password there.
func shownName(name string) string {
	if driver.SecretInText(name) != "" {
		return nameWithheld
	}
	return postgres.Printable(name)
}

// nameGiven is the same; null for none.
func nameGiven(name string) types.String { return optionalText(shownName(name)) }

func compareRefusals(a, b connlog.Refusal) int {
	return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Text, b.Text))
}

func compareClients(a, b connlog.Client) int {
	return cmp.Or(
		strings.Compare(a.Username, b.Username), strings.Compare(a.Database, b.Database), strings.Compare(a.ApplicationName, b.ApplicationName),
		strings.Compare(a.Address, b.Address), cmp.Compare(a.Transport, b.Transport), strings.Compare(a.TLSVersion, b.TLSVersion),
		strings.Compare(a.Cipher, b.Cipher), strings.Compare(a.ClientDN, b.ClientDN))
}

// sorted are the keys of groups in a stable order.
func sorted[K comparable](groups map[K]*connlog.Times, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(groups))
	for key := range groups {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compare)
	return keys
}

// secondOf is a time to the second; null for the zero time.
func secondOf(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// sentences joins reasons.
func sentences(reasons []types.String) string {
	return strings.Join(stringsOf(reasons), "; ")
}

// ownSession tells the provider's own sessions, by its role and name.
func (s *services) ownSession() func(user, application string) bool {
	var role string
	if s.config.Postgres != nil {
		role = s.config.Postgres.Username.ValueString()
	}
	return func(user, application string) bool { return role != "" && user == role && application == "sslready" }
}
