package provider_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// identityType is the identity of a gate, as it is for good.
var identityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"db_instance_identifier": tftypes.String, "region": tftypes.String, "account_id": tftypes.String,
}}

func (p *protocol) identity(t testing.TB, data *tfprotov6.ResourceIdentityData) values {
	t.Helper()
	value := decode(t, identityType, data.IdentityData)
	return values{"db_instance_identifier": at(t, value, "db_instance_identifier"), "region": at(t, value, "region"), "account_id": at(t, value, "account_id")}
}

func (p *protocol) importGate(t testing.TB, id string, identity values) *tfprotov6.ImportResourceStateResponse {
	t.Helper()
	request := &tfprotov6.ImportResourceStateRequest{TypeName: gateType, ID: id}
	if identity != nil {
		request.Identity = &tfprotov6.ResourceIdentityData{IdentityData: p.encode(t, identityType, identity)}
	}
	imported, err := p.server.ImportResourceState(t.Context(), request)
	must(t, err)
	return imported
}

// TestAGateHasAnIdentity: a new one, one without a DB instance, and one that an
// earlier version, or Terraform, made without.
func TestAGateHasAnIdentity(t *testing.T) {
	t.Parallel()
	clients := values{"app": unverified()}
	tests := map[string]struct{ config, want values }{
		"of a DB instance":           {gate(clients), values{"db_instance_identifier": orders, "region": fleetRegion, "account_id": rdsserver.DefaultAccountID}},
		"in another Region":          {gate(clients, values{"region": otherRegion}), values{"db_instance_identifier": orders, "region": otherRegion, "account_id": rdsserver.DefaultAccountID}},
		"of one that does not exist": {gate(clients, values{"db_instance_identifier": "new"}), values{"db_instance_identifier": "new", "region": fleetRegion, "account_id": nil}},
		"by hand": {
			gate(clients, values{"db_instance_identifier": nil, "region": "us-east-1", "host": "db.example", "force_ssl": true}),
			values{"db_instance_identifier": "", "region": "us-east-1", "account_id": nil},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newRegionsLab(t).protocol(t)
			applied := p.applyGate(t, tc.config)
			if diff := cmp.Diff(tc.want, p.identity(t, applied.NewIdentity)); diff != "" {
				t.Errorf("created (-want +got):\n%s", diff)
			}
			for of, current := range map[string]*tfprotov6.ResourceIdentityData{"with its identity": applied.NewIdentity, "without": nil} {
				read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: gateType, CurrentState: applied.NewState, Private: applied.Private, CurrentIdentity: current})
				must(t, err)
				if told := diagnosticsOf(read.Diagnostics); len(told) > 0 {
					t.Fatal(told)
				}
				if diff := cmp.Diff(tc.want, p.identity(t, read.NewIdentity)); diff != "" {
					t.Errorf("read %s (-want +got):\n%s", of, diff)
				}
			}
		})
	}
}

// TestAnImportedGateHoldsNothingDecided: its state has the identity, and the
// plan after it judges.
func TestAnImportedGateHoldsNothingDecided(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	all := func(region string) values {
		return values{"db_instance_identifier": orders, "region": region, "account_id": rdsserver.DefaultAccountID}
	}
	tests := map[string]struct {
		id       string
		identity values
		want     values
	}{
		"a name":                {id: orders, want: all(fleetRegion)},
		"a name and a Region":   {id: "ORDERS-prod@" + otherRegion, want: all(otherRegion)},
		"an identity":           {identity: values{"db_instance_identifier": orders}, want: all(fleetRegion)},
		"an identity as it was": {identity: all(otherRegion), want: all(otherRegion)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := l.protocol(t)
			imported := p.importGate(t, tc.id, tc.identity)
			if told := diagnosticsOf(imported.Diagnostics); len(told) > 0 {
				t.Fatal(told)
			}
			one := imported.ImportedResources[0]
			read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: gateType, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
			must(t, err)
			if told := diagnosticsOf(read.Diagnostics); len(told) > 0 {
				t.Fatal(told)
			}
			if diff := cmp.Diff(tc.want, p.identity(t, read.NewIdentity)); diff != "" {
				t.Errorf("identity (-want +got):\n%s", diff)
			}
			schema := p.schemas.ResourceSchemas[gateType].ValueType()
			state := map[string]tftypes.Value{}
			must(t, decode(t, schema, read.NewState).As(&state))
			for attribute, value := range state {
				if held := attribute == "db_instance_identifier" || attribute == "region"; held == value.IsNull() {
					t.Errorf("%s = %v", attribute, value)
				}
			}
			config := gate(values{"app": values{"driver": "psql", "connection": "host=db.example sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"}}, values{"region": tc.want["region"], "on_unready": "hold"})
			planned, told := refreshedGate{p, read.NewState, read.Private}.plan(t, config)
			title := map[any]string{fleetRegion: "CA Switch Held Back", otherRegion: "Not Ready for the Current CA"}[tc.want["region"]]
			if told.failed() || at(t, planned, "ready") == true || !slices.ContainsFunc(told, func(d diagnostic) bool { return d.plainTitle() == title }) {
				t.Errorf("ready = %v, want a warning %q: %v", at(t, planned, "ready"), title, told)
			}
		})
	}
}

func TestWhatCannotBeImported(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	tests := map[string]struct {
		id       string
		identity values
		want     complaint
	}{
		"another account": {identity: values{"db_instance_identifier": orders, "account_id": "999999999999"}, want: complaint{
			"ERROR", "db_instance_identifier", `Cannot Import the Gate of "orders-prod"`, `in the account "123456789012", but the identity specifies "999999999999"`, "so this is not the DB instance that the identity refers to", "Import with a provider for the account that the identity specifies",
		}},
		"no DB instance": {id: "nowhere", want: complaint{
			"ERROR", "db_instance_identifier", `Cannot Import the Gate of "nowhere"`, `No DB instance "nowhere"`, "An import needs the DB instance that the gate is for.", "let Terraform create the gate",
		}},
		"no name": {id: "@eu-west-1", want: complaint{
			"ERROR", "db_instance_identifier", "No DB Instance to Import", "names no DB instance", "a gate cannot be imported", "such as orders-prod or orders-prod@eu-west-1",
		}},
		"no Region": {id: "orders-prod@evil.example/", want: complaint{
			"ERROR", "region", "Invalid Region", "evil.example/", "so RDS cannot be called", "Use a name such as eu-west-1",
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.want.expectIn(t, diagnosticsOf(l.protocol(t).importGate(t, tc.id, tc.identity).Diagnostics))
		})
	}
}
