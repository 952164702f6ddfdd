package provider

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

const (
	describesInstance = "DB instance identifier of the server; null with `files`."
	describesAddress  = "Address of the client, or of the proxy or pooler in between; a host name if `log_hostname` is on; null for a Unix socket, or when the log does not show it."
	describesCutOff   = "Whether a switch of the CA may be the reason why the handshake failed: `true` if `distrusts` is `true`, or if the client and the server have no cipher suite or signature algorithm in common for the server's type of key."
	describesFirst    = "When the client was first seen, RFC 3339."
	describesLast     = "When the client was last seen, RFC 3339."
	happenedFirst     = "Time of the first occurrence, RFC 3339."
	happenedLast      = "Time of the last occurrence, RFC 3339."
)

// mergedLogs puts together what the logs say, and why they may not have
// everything. own tells the provider's sessions.
func mergedLogs(logs []serverLog, own func(user, application string) bool) (answer fields, missing []string) {
	var clients, refused, plaintext, unfinished []fields
	var from, to time.Time
	for i, log := range logs {
		for _, reason := range log.missing {
			if log.instance != "" {
				reason = "DB instance \"" + log.instance + "\": " + reason
			}
			missing = append(missing, printable(reason))
		}
		report := log.report
		for _, c := range slices.SortedFunc(maps.Keys(report.Clients), compareClients) {
			if !own(c.Username, c.ApplicationName) {
				clients = append(clients, log.group("connections", report.Clients[c], clientFields(c)))
			}
		}
		for _, r := range slices.SortedFunc(maps.Keys(report.Refused), compareRefusals) {
			refused = append(refused, log.group("handshakes", report.Refused[r], fields{
				"client_addr": optionalText(r.Address), "alert": optionalText(r.Alert), "text": shown(r.Text),
				"meaning": types.StringValue(r.Meaning()), "distrusts": types.BoolValue(r.Distrusts()), "cut_off": types.BoolValue(r.CutOff()),
			}))
		}
		for _, r := range slices.SortedFunc(maps.Keys(report.PlaintextRefused), func(a, b connlog.PlaintextRefusal) int {
			return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Username, b.Username), strings.Compare(a.Database, b.Database))
		}) {
			plaintext = append(plaintext, log.group("connections", report.PlaintextRefused[r], fields{
				"database": nameGiven(r.Database), "username": nameGiven(r.Username), "client_addr": optionalText(r.Address), "replication": types.BoolValue(r.Replication),
			}))
		}
		for _, u := range slices.SortedFunc(maps.Keys(report.Unfinished), func(a, b connlog.Unfinished) int { return strings.Compare(a.Address, b.Address) }) {
			unfinished = append(unfinished, log.group("connections", report.Unfinished[u], fields{"client_addr": optionalText(u.Address)}))
		}
		if i == 0 || report.From.After(from) {
			from = report.From
		}
		if i == 0 || report.To.Before(to) {
			to = report.To
		}
	}
	span := fields{"from": optionalTime(from), "to": optionalTime(to), "complete": types.BoolValue(len(missing) == 0)}
	as := connectionLogAttributes()
	answer = fields{
		"clients": as["clients"].nested.list(clients), "refused": as["refused"].nested.list(refused),
		"plaintext_refused": as["plaintext_refused"].nested.list(plaintext), "unfinished": as["unfinished"].nested.list(unfinished),
		"incomplete_because": textList(missing), "observation": logObservation(observationSourceLog, strings.Join(missing, "; "), span, clients, refused),
	}
	maps.Copy(answer, span)
	return answer, missing
}

// group is what is alike in the log of a server, with how often and when it was.
func (l serverLog) group(count string, times *connlog.Times, f fields) fields {
	f["instance"], f[count] = optionalText(l.instance), types.Int64Value(times.Count)
	f["first_seen"], f["last_seen"] = optionalTime(times.First), optionalTime(times.Last)
	return f
}

func clientFields(c connlog.Client) fields {
	f := fields{
		"database": nameGiven(c.Database), "username": nameGiven(c.Username), "application_name": nameGiven(c.ApplicationName),
		"client_addr": optionalText(c.Address), "tls_version": optionalText(c.TLSVersion), "cipher": optionalText(c.Cipher),
		"client_dn": nameGiven(c.ClientDN), "replication": types.BoolValue(c.Replication),
	}
	if c.Transport != connlog.TransportUnknown {
		f["ssl"] = types.BoolValue(c.Transport == connlog.TLS)
	}
	if c.Bits > 0 {
		f["bits"] = types.Int64Value(int64(c.Bits))
	}
	return f
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

// ownSession tells the provider's own sessions, by its role and name.
func (s *services) ownSession() func(user, application string) bool {
	role := fieldsOf(s.config["postgres"]).text("username")
	return func(user, application string) bool { return role != "" && user == role && application == "sslready" }
}
