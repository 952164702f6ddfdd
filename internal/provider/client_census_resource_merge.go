package provider

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/census"
)

// censusOf is what the state remembers.
func censusOf(state fields) census.Census {
	c := census.Census{Clients: map[census.Client]census.Seen{}, From: state.time("from"), To: state.time("to"), Complete: state.flag("complete")}
	for _, client := range fieldsOfEach(state["clients"]) {
		c.Clients[censusClient(client)] = census.Seen{First: client.time("first_seen"), Last: client.time("last_seen")}
	}
	return c
}

func censusClient(f fields) census.Client {
	c := census.Client{Username: f.text("username"), Database: f.text("database"), ApplicationName: f.text("application_name"), Address: f.text("client_addr")}
	if ssl := field[types.Bool](f, "ssl"); !ssl.IsNull() {
		c.SSL = ssl.String()
	}
	return c
}

// censusObservation translates what was seen.
func censusObservation(f fields) census.Observation {
	o := census.Observation{
		From: f.time("from"), To: f.time("to"), Complete: f.flag("complete"),
		Moments: f.text("source") == "sslready_clients", Clients: map[census.Client]census.Seen{},
	}
	for _, s := range fieldsOfEach(f["sessions"]) {
		client := censusClient(s)
		seen := census.Seen{First: timeOf(cmp.Or(s.text("first_seen"), f.text("to"))), Last: timeOf(cmp.Or(s.text("last_seen"), f.text("to")))}
		if known, twice := o.Clients[client]; twice {
			if known.First.Before(seen.First) {
				seen.First = known.First
			}
			if known.Last.After(seen.Last) {
				seen.Last = known.Last
			}
		}
		o.Clients[client] = seen
	}
	return o
}
