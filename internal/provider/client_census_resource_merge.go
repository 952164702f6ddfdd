package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	dsschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/census"
)

// census is what the state remembers.
func (m clientCensusModel) census() census.Census {
	c := census.Census{Clients: map[census.Client]census.Seen{}, From: timeOf(m.From.ValueString()), To: timeOf(m.To.ValueString()), Complete: m.Complete.ValueBool()}
	for _, client := range m.Clients {
		key := census.Client{
			Username: client.Username.ValueString(), Database: client.Database.ValueString(), ApplicationName: client.ApplicationName.ValueString(),
			Address: client.ClientAddr.ValueString(), SSL: sslWord(client.SSL),
		}
		c.Clients[key] = census.Seen{First: timeOf(client.FirstSeen.ValueString()), Last: timeOf(client.LastSeen.ValueString())}
	}
	return c
}

// sslWord is census.Client's word for it.
func sslWord(ssl types.Bool) string {
	switch {
	case ssl.IsNull():
		return ""
	case ssl.ValueBool():
		return "true"
	default:
		return "false"
	}
}

// censusObservations translates what was seen.
func censusObservations(given types.List) []census.Observation {
	observations := make([]census.Observation, 0, len(given.Elements()))
	for _, element := range given.Elements() {
		f := fieldsOf(element)
		complete, _ := f["complete"].(types.Bool)
		o := census.Observation{
			From: timeOf(f.text("from")), To: timeOf(f.text("to")), Complete: complete.ValueBool(),
			Moments: f.text("source") == "sslready_clients", Clients: map[census.Client]census.Seen{},
		}
		for _, session := range listOf(f["sessions"]) {
			s := fieldsOf(session)
			ssl, _ := s["ssl"].(types.Bool)
			client := census.Client{
				Username: s.text("username"), Database: s.text("database"), ApplicationName: s.text("application_name"), Address: s.text("client_addr"), SSL: sslWord(ssl),
			}
			seen := census.Seen{First: timeOf(firstText(s.text("first_seen"), f.text("to"))), Last: timeOf(firstText(s.text("last_seen"), f.text("to")))}
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
		observations = append(observations, o)
	}
	return observations
}

// listOf are the elements of a list; none of anything else.
func listOf(value attr.Value) []attr.Value {
	list, isList := value.(types.List)
	if !isList {
		return nil
	}
	return list.Elements()
}

func sortedCensus(c census.Census) []census.Client {
	clients := make([]census.Client, 0, len(c.Clients))
	for client := range c.Clients {
		clients = append(clients, client)
	}
	slices.SortFunc(clients, census.Compare)
	return clients
}

// resourceAttributes are a data source's outputs as a resource's.
func resourceAttributes(of map[string]dsschema.Attribute) map[string]schema.Attribute {
	all := make(map[string]schema.Attribute, len(of))
	for name, a := range of {
		description := a.GetMarkdownDescription()
		switch a := a.(type) {
		case dsschema.StringAttribute:
			all[name] = schema.StringAttribute{Computed: true, MarkdownDescription: description}
		case dsschema.BoolAttribute:
			all[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: description}
		case dsschema.Int64Attribute:
			all[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: description}
		case dsschema.ListNestedAttribute:
			all[name] = schema.ListNestedAttribute{Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: resourceAttributes(a.NestedObject.Attributes)}}
		}
	}
	return all
}
