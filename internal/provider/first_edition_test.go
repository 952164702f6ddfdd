package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// firstEditionGate is a gate in a state that the first edition of 0.1.0 wrote
// (schema version 0), with every attribute that it had.
const firstEditionGate = `{
  "apply_immediately": null, "ca_cert_identifier": "rds-ca-rsa2048-g1", "canary_server_certificate_chain_pem": null,
  "clients": {"app": {
    "connection": "host=db.example sslmode=require", "driver": "libpq", "driver_version": "16.3", "environment": null,
    "match": {"usernames": ["app"], "databases": null, "application_names": null, "client_cidrs": null},
    "properties": null, "runtime_version": null, "via": null,
    "trust_store": {"content": null, "content_base64": null, "format": null, "password": "stored-by-it", "password_env": null, "password_wo": null, "path": "rds.pem", "place": null}
  }},
  "current_ca_cert_identifier": null, "current_server_certificate_chain_pem": null, "db_instance_identifier": "orders-prod",
  "evaluated_at": "2026-01-31T08:00:00Z", "evaluation_time": null,
  "findings": [{"severity": "warning", "code": "undeclared_session", "client": null, "detail": "User reports is connected."}],
  "force_ssl": null, "host": null, "minimum_validity": null, "observed_clients": [
    {"database": "orders", "username": "reports", "application_name": null, "client_addr": "10.0.0.1", "ssl": true, "sessions": 1}
  ],
  "on_indeterminate": null, "on_undeclared": "warn", "on_unready": "hold", "ready": false, "region": null, "rotation": null,
  "server_certificate_chain_pem": null, "server_tls": null, "summary": "0 of 1 clients are ready.", "target_ca_cert_identifier": "rds-ca-rsa4096-g1",
  "target_root_sha256": "00", "verdicts": {"app": {
    "ready": true, "remedy": null,
    "current": {"outcome": "connects_unverified", "reason": "not_verified", "detail": null, "expected_error": null, "anchor_subject": null, "anchor_sha256": null, "validator": null},
    "target": {"outcome": "connects_unverified", "reason": "not_verified", "detail": null, "expected_error": null, "anchor_subject": null, "anchor_sha256": null, "validator": null}
  }},
  "waivers": {"app": {"reason": "retired soon", "expires": "2026-06-30T00:00:00Z"}}
}`

// firstEditionStore is a trust store of the same.
const firstEditionStore = `{
  "certificate_sha256": ["00"], "certificates_pem": ["none"], "content_base64": "AA==", "format": "pem", "keep_certificates": null,
  "password_wo": null, "path": null, "rds_roots": {"bundle_pem": null, "ca_cert_identifiers": null, "regions": ["us-east-1"]},
  "sha256": "00", "stores": [{"content": null, "content_base64": null, "password_env": null, "password_wo": null, "path": "old.pem"}]
}`

// TestStatesOfTheFirstEditionAreRead: no state is lost, no gate is made anew,
// and what the gate let through is remembered.
func TestStatesOfTheFirstEditionAreRead(t *testing.T) {
	t.Parallel()
	p := newRegionsLab(t).protocol(t)
	for name, content := range map[string]string{gateType: firstEditionGate, "sslready_trust_store": firstEditionStore} {
		upgraded, err := p.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
			TypeName: name, Version: 0, RawState: &tfprotov6.RawState{JSON: []byte(content)},
		})
		must(t, err)
		if told := diagnosticsOf(upgraded.Diagnostics); len(told) > 0 {
			t.Fatalf("%s: %v", name, told)
		}
		schema := p.schemas.ResourceSchemas[name].ValueType()
		state := decode(t, schema, upgraded.UpgradedState)
		if strings.Contains(state.String(), "stored-by-it") {
			t.Error("the password that the first edition stored is kept")
		}
		if name != gateType {
			if got := list(at(t, state, "rds_roots", "regions")); at(t, state, "content_base64") != "AA==" || len(got) != 1 {
				t.Errorf("%s: %v", name, state)
			}
			continue
		}
		read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: upgraded.UpgradedState})
		must(t, err)
		if told := diagnosticsOf(read.Diagnostics); len(told) > 0 {
			t.Fatal(told)
		}
		state = decode(t, schema, read.NewState)
		for attribute, want := range map[string]any{"region": fleetRegion, "ready": false, "ca_cert_identifier": presentCA, "on_unready": "hold"} {
			if got := at(t, state, attribute); got != want {
				t.Errorf("%s = %v, want %v", attribute, got, want)
			}
		}
		if got := p.identity(t, read.NewIdentity); got["db_instance_identifier"] != orders || got["region"] != fleetRegion {
			t.Errorf("identity %v", got)
		}
		config := gate(values{"app": unverified()}, values{"on_unready": "hold", "db_instance_identifier": orders})
		plan := refreshedGate{p, read.NewState, read.Private}.change(t, config)
		if told := diagnosticsOf(plan.Diagnostics); told.failed() || len(plan.RequiresReplace) > 0 {
			t.Errorf("the next plan replaces %v: %v", plan.RequiresReplace, told)
		}
		if planned := decode(t, schema, plan.PlannedState); at(t, planned, "ready") == false || at(t, planned, "ca_cert_identifier") == presentCA {
			t.Errorf("ready = %v, ca_cert_identifier = %v, and nobody blocks", at(t, planned, "ready"), at(t, planned, "ca_cert_identifier"))
		}
	}
}
