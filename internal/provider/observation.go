package provider

import (
	"maps"

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
func observationAttributes() attributes {
	return attributes{
		"source":   {kind: text, description: "Where the observation comes from, such as `sslready_clients`."},
		"from":     {kind: text, description: "Start of the observed period, RFC 3339; null when not known."},
		"to":       {kind: text, description: "End of the observed period, RFC 3339; null when not known."},
		"complete": {kind: boolean, description: "Whether the observation includes every client that was connected. If not, the absence of a client proves nothing."},
		"why":      {kind: text, description: "Why the observation is not complete; null when it is complete."},
		"sessions": {kind: objects, description: "The sessions that were seen, in groups.", nested: attributes{
			"database":         {kind: text, description: "Database name; null when not known, and for a replication session."},
			"username":         {kind: text, description: "User name; null when not known."},
			"application_name": {kind: text, description: "Value of `application_name`; null when the client sets none, or when it is not known."},
			"client_addr":      {kind: text, description: "Address of the client; null for a Unix socket, or when not known."},
			"ssl":              {kind: boolean, description: "Whether the session uses TLS; null when not known, in which case TLS is assumed."},
			"sessions":         {kind: number, description: "Number of sessions in this group; null when not known.", numbers: []validator.Int64{int64validator.AtLeast(0)}},
			"first_seen":       {kind: text, description: "When a session of this group was first seen, RFC 3339. If null, `from` is assumed."},
			"last_seen":        {kind: text, description: "When a session of this group was last seen, RFC 3339. If null, `to` is assumed."},
		}},
		"refused": {kind: objects, description: "The TLS handshakes that did not lead to a session, in groups; only logs show them.", nested: attributes{
			"client_addr": {kind: text, description: "Address of the client; null when not known."},
			"alert":       {kind: text, description: "TLS alert that the client sent, such as `unknown_ca`; null when it sent none."},
			"meaning":     {kind: text, description: "Why the handshake failed, in words."},
			"cut_off":     {kind: boolean, description: "Whether the server certificate may be the reason why the handshake failed. If not, the handshake is not reported as a finding."},
			"handshakes":  {kind: number, description: "Number of handshakes in this group; null when not known.", numbers: []validator.Int64{int64validator.AtLeast(0)}},
			"first_seen":  {kind: text, description: "Time of the first handshake in this group, RFC 3339; null when not known."},
			"last_seen":   {kind: text, description: "Time of the last handshake in this group, RFC 3339; null when not known."},
		}},
	}
}

// observationOutput is the attribute observation of a data source.
func observationOutput() attribute {
	return attribute{kind: object, computed: true, nested: observationAttributes(), description: "Which clients were seen, over which period, and whether the observation is complete. Use it in the argument `observations` of `sslready_readiness`, `sslready_trust_store_validation` and `sslready_client_census`."}
}

// observationOf translates a look at the sessions into an output. No look sees
// who was refused.
func observationOf(o readiness.Observation) types.Object {
	as := observationAttributes()
	return as.object(fields{
		"source": shown(o.Source), "from": optionalTime(o.From), "to": optionalTime(o.To), "complete": types.BoolValue(o.Complete), "why": optionalText(o.Why),
		"sessions": as["sessions"].nested.list(each(o.Sessions, func(s readiness.Session) fields {
			return fields{
				"database": optionalText(s.Database), "username": optionalText(s.Username), "application_name": optionalText(s.ApplicationName),
				"client_addr": optionalText(s.ClientAddr), "ssl": types.BoolPointerValue(s.SSL), "sessions": types.Int64Value(s.Sessions),
				"first_seen": optionalTime(s.First), "last_seen": optionalTime(s.Last),
			}
		})),
		"refused": as["refused"].nested.list(nil),
	})
}

// observationsOf translates observations. Null is nil: nobody looked.
func observationsOf(given types.List) []readiness.Observation {
	if given.IsNull() || given.IsUnknown() {
		return nil
	}
	return each(fieldsOfEach(given), func(f fields) readiness.Observation {
		return readiness.Observation{
			Source: f.text("source"), From: f.time("from"), To: f.time("to"), Complete: f.flag("complete"), Why: f.text("why"),
			Sessions: each(fieldsOfEach(f["sessions"]), sessionOf), Refused: each(fieldsOfEach(f["refused"]), refusalOf),
		}
	})
}

func sessionOf(f fields) readiness.Session {
	return readiness.Session{
		Username: f.text("username"), Database: f.text("database"),
		ApplicationName: f.text("application_name"), ClientAddr: f.text("client_addr"),
		SSL: field[types.Bool](f, "ssl").ValueBoolPointer(), Sessions: f.number("sessions"),
		First: f.time("first_seen"), Last: f.time("last_seen"),
	}
}

func refusalOf(f fields) readiness.Refusal {
	return readiness.Refusal{
		Address: f.text("client_addr"), Alert: f.text("alert"), Meaning: f.text("meaning"),
		CutOff: f.flag("cut_off"), Handshakes: f.number("handshakes"),
		First: f.time("first_seen"), Last: f.time("last_seen"),
	}
}

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
