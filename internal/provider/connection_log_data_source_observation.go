package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func logObservationAttributes() attributes {
	return attributes{
		"source":   {kind: text, description: "Where the observation comes from: `sslready_connection_log` or `sslready_client_census`."},
		"from":     {kind: text, description: "Start of the observed period, RFC 3339. Null when the log is empty, or, in the observation of an `sslready_client_census`, when the census has seen no log."},
		"to":       {kind: text, description: "End of the observed period, RFC 3339. Null when the log is empty, or, in the observation of an `sslready_client_census`, when the census has seen no log."},
		"complete": {kind: boolean, description: "Whether the observation includes every client that connected between `from` and `to`. An incomplete observation never proves that a client is absent."},
		"why":      {kind: text, description: "Why the observation is not complete; null when it is complete."},
		"sessions": {kind: objects, description: "The clients that were seen, in groups. Empty when none was seen, never null.", nested: attributes{
			"username":         {kind: text, description: "User; null when it is not known."},
			"database":         {kind: text, description: "Database; null for a replication session."},
			"application_name": {kind: text, description: "`application_name` of the session; null when the client sets none, or when it is not known."},
			"client_addr":      {kind: text, description: describesAddress},
			"ssl":              {kind: boolean, description: "Whether the session used TLS; null when it is not known."},
			"tls_version":      {kind: text, description: "TLS version such as `TLSv1.3`; null without TLS."},
			"sessions":         {kind: number, description: "Number of sessions; null in the observation of an `sslready_client_census`, which does not count them."},
			"first_seen":       {kind: text, description: describesFirst},
			"last_seen":        {kind: text, description: describesLast},
		}},
		"refused": {kind: objects, description: "TLS handshakes that did not lead to a session.", nested: attributes{
			"client_addr": {kind: text, description: describesAddress},
			"alert":       {kind: text, description: "TLS alert that the client sent; null when it sent none."},
			"meaning":     {kind: text, description: "Why the handshake failed, in words."},
			"distrusts":   {kind: boolean, description: "Whether the client rejected the server certificate."},
			"cut_off":     {kind: boolean, description: describesCutOff},
			"handshakes":  {kind: number, description: "Number of handshakes."},
			"first_seen":  {kind: text, description: happenedFirst},
			"last_seen":   {kind: text, description: happenedLast},
		}},
	}
}

// logObservation is an answer for those who compare it with what is declared.
func logObservation(source, why string, span fields, clients, refused []fields) types.Object {
	as := logObservationAttributes()
	o := fields{
		"source": types.StringValue(source), "why": optionalText(why),
		"sessions": as["sessions"].nested.list(each(clients, func(c fields) fields {
			session := as["sessions"].nested.of(c)
			session["sessions"] = c["connections"]
			return session
		})),
		"refused": as["refused"].nested.list(each(refused, as["refused"].nested.of)),
	}
	maps.Copy(o, span)
	return as.object(o)
}
