package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// listed are the results of a list, and what it said of the whole.
func (p *protocol) list(t testing.TB, config values, limit int64) (results []tfprotov6.ListResourceResult, told diagnostics) {
	t.Helper()
	server, _ := p.server.(tfprotov6.ListResourceServer)
	encoded := p.encode(t, p.schemas.ListResourceSchemas[gateType].ValueType(), config)
	validated, err := server.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: gateType, Config: encoded})
	must(t, err)
	if told = diagnosticsOf(validated.Diagnostics); told.failed() {
		return nil, told
	}
	stream, err := server.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: gateType, Config: encoded, IncludeResource: true, Limit: limit})
	must(t, err)
	for result := range stream.Results {
		told = append(told, diagnosticsOf(result.Diagnostics)...)
		if result.Identity != nil {
			results = append(results, result)
		}
	}
	return results, told
}

// names are those of the results.
func names(results []tfprotov6.ListResourceResult) []string {
	found := []string{}
	for _, result := range results {
		found = append(found, result.DisplayName)
	}
	return found
}

// TestTheListHasWhatNeedsAGate: whoever is not on the target, each member of an
// Aurora cluster, one of a Multi-AZ DB cluster, and whoever may not be.
func TestTheListHasWhatNeedsAGate(t *testing.T) {
	t.Parallel()
	all := []string{
		"aurora-1 (us-east-1, aurora-postgresql)", "aurora-3 (us-east-1, aurora-postgresql)", "maz-1 (us-east-1, Multi-AZ DB cluster maz)",
		"restarting (us-east-1, postgres)", "single (us-east-1, postgres)",
	}
	l := newFleetLab(t)
	tests := map[string]struct {
		config values
		limit  int64
		want   []string
	}{
		"all":        {values{"target_ca_cert_identifier": targetCA}, 0, all},
		"some":       {values{"target_ca_cert_identifier": targetCA}, 2, all[:2]},
		"by engine":  {values{"target_ca_cert_identifier": targetCA, "engines": []any{"aurora-postgresql"}}, 0, all[:2]},
		"by tag":     {values{"target_ca_cert_identifier": targetCA, "tags": values{"stage": ""}}, 0, all[3:]},
		"other CA":   {values{"target_ca_cert_identifier": presentCA}, 0, []string{"aurora-2 (us-east-1, aurora-postgresql)", "maz-1 (us-east-1, Multi-AZ DB cluster maz)", "restarting (us-east-1, postgres)", "single-replica (us-east-1, postgres)"}},
		"two places": {values{"target_ca_cert_identifier": targetCA, "regions": []any{fleetRegion}}, 0, all},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results, told := l.protocol(t).list(t, tc.config, tc.limit)
			if len(told) > 0 {
				t.Fatal(told)
			}
			if diff := cmp.Diff(tc.want, names(results)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	// The cluster that has the CA may not be read: it is in the list, with a warning.
	blind := newFleetLab(t)
	blind.deny("DescribeDBClusters")
	results, told := blind.protocol(t).list(t, values{"target_ca_cert_identifier": targetCA}, 0)
	if diff := cmp.Diff(all, names(results)); diff != "" {
		t.Errorf("without DescribeDBClusters (-want +got):\n%s", diff)
	}
	if warned := told.warnings(); len(warned) != 1 || warned[0].title != "CA Not Known (maz-1)" {
		t.Errorf("want a warning for maz: %v", told)
	} else {
		warned[0].expect(t, "", "CA Not Known", "It is therefore not known whether this DB instance needs a gate, so a gate is listed for it.", "Grant rds:DescribeDBClusters")
	}
}

// TestTheListWritesGatesThatHold: a gate that nobody has filled in lets nothing
// through.
func TestTheListWritesGatesThatHold(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	p := l.protocol(t)
	results, told := p.list(t, values{"target_ca_cert_identifier": "rds-ca-ecc384-g1", "regions": []any{otherRegion, fleetRegion}}, 0)
	if len(told) > 0 || len(results) != 2 {
		t.Fatal(names(results), told)
	}
	for i, region := range []string{otherRegion, fleetRegion} {
		if diff := cmp.Diff(values{"db_instance_identifier": orders, "region": region, "account_id": rdsserver.DefaultAccountID}, p.identity(t, results[i].Identity)); diff != "" {
			t.Errorf("identity (-want +got):\n%s", diff)
		}
		written := decode(t, p.schemas.ResourceSchemas[gateType].ValueType(), results[i].Resource)
		config := values{"clients": values{}}
		for _, name := range []string{"db_instance_identifier", "region", "target_ca_cert_identifier", "on_unready"} {
			config[name] = at(t, written, name)
		}
		config["clients"] = values{"undeclared": values{"driver": at(t, written, "clients", "undeclared", "driver"), "properties": at(t, written, "clients", "undeclared", "properties")}}
		planned, told := p.planGate(t, config)
		if told.failed() || at(t, planned, "ready") == true || at(t, planned, "region") != region {
			t.Errorf("ready = %v: %v", at(t, planned, "ready"), told)
		}
		told.expect(t, "WARNING", "target_ca_cert_identifier", "CA Switch Held Back", `Client "undeclared" (other): indeterminate (placeholder_not_filled_in)`,
			"This client is only a placeholder, and says nothing about who really connects. Declare the real clients in place of this placeholder.")
	}
}

// TestTheListSaysWhatItCouldNotRead: another Region's results stay.
func TestTheListSaysWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	l.here.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBInstances"}})
	results, told := l.protocol(t).list(t, values{"target_ca_cert_identifier": presentCA, "regions": []any{fleetRegion, otherRegion}}, 0)
	if diff := cmp.Diff([]string{"orders-prod (eu-west-1, postgres)"}, names(results)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	told.expect(t, "WARNING", "", "Region Could Not Be Read", "Access denied: ", "The DB instances in this Region are not listed, but may need gates.", "Grant rds:DescribeDBInstances")
	_, told = l.protocol(t).list(t, values{"target_ca_cert_identifier": presentCA}, 0)
	told.expect(t, "ERROR", "", "Region Could Not Be Read", "Access denied: ", "The DB instances in this Region are not listed, but may need gates.", "Grant rds:DescribeDBInstances")
	for _, wrong := range []values{{}, {"target_ca_cert_identifier": presentCA, "region": otherRegion, "regions": []any{otherRegion}}} {
		if _, told := l.protocol(t).list(t, wrong, 0); !told.failed() {
			t.Errorf("%v is taken", wrong)
		}
	}
}

// TestAccListThenImportThenPlan goes from nothing to gates as a user does, in a
// Terraform that has query.
func TestAccListThenImportThenPlan(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return
	}
	l := newRegionsLab(t)
	p := newProcess(t, requiredProviders+fmt.Sprintf(`
provider "sslready" {
  region      = %q
  access_key  = "lab"
  secret_key  = "lab"
  endpoints   = { rds = %[2]q, sts = %[2]q, account = %[2]q }
}
`, fleetRegion, l.url))
	if help, _ := p.run(t, "query", "-help"); !strings.Contains(help, "-generate-config-out") {
		t.Skip("this program has no query: make test-versions")
	}
	query := `
list "sslready_trust_store_validation" "fleet" {
  provider = sslready
  config {
    target_ca_cert_identifier = "rds-ca-ecc384-g1"
    regions                   = ["*"]
  }
}
`
	must(t, os.WriteFile(filepath.Join(p.Dir, "fleet.tfquery.hcl"), []byte(query), 0o600))
	written, err := p.run(t, "query", "-no-color", "-generate-config-out=gates.tf")
	if err != nil || !strings.Contains(written, "orders-prod (us-east-1, postgres)") || !strings.Contains(written, "orders-prod (eu-west-1, postgres)") {
		t.Fatalf("query: %v\n%s", err, written)
	}
	gates, err := os.ReadFile(filepath.Join(p.Dir, "gates.tf"))
	must(t, err)
	t.Logf("%s", gates)
	plan := p.plan(t)
	if !strings.Contains(plan, "Plan: 2 to import, 0 to add, 2 to change, 0 to destroy.") {
		t.Errorf("plan of what was generated:\n%s\n%s", gates, plan)
	}
	if written, err := p.run(t, "apply", "-no-color", "-auto-approve"); err != nil {
		t.Fatalf("apply: %v\n%s", err, written)
	}
	if again := p.plan(t); !strings.Contains(again, "No changes.") {
		t.Errorf("the next plan:\n%s", again)
	}
	state, err := p.run(t, "state", "list")
	must(t, err)
	if found := slices.Collect(strings.Lines(state)); len(found) != 2 {
		t.Errorf("the state has %v", found)
	}
}
