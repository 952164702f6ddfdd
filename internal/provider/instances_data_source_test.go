package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const (
	instancesType    = "sslready_instances"
	instancesAddress = "data.sslready_instances.this"
)

func TestAccInstances(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	text := knownvalue.StringExact
	texts := func(names ...string) knownvalue.Check {
		checks := make([]knownvalue.Check, len(names))
		for i, name := range names {
			checks[i] = text(name)
		}
		return knownvalue.ListExact(checks)
	}
	number := func(counts map[string]int64) knownvalue.Check {
		checks := map[string]knownvalue.Check{}
		for key, n := range counts {
			checks[key] = knownvalue.Int64Exact(n)
		}
		return knownvalue.MapExact(checks)
	}
	instance := func(n int, want map[string]knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(instancesAddress, tfjsonpath.New("instances").AtSliceIndex(n), knownvalue.ObjectPartial(want))
	}
	cluster := func(n int, want map[string]knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(instancesAddress, tfjsonpath.New("clusters").AtSliceIndex(n), knownvalue.ObjectPartial(want))
	}
	run(t,
		resource.TestStep{ // By engine, one data source each; the engine is known in the apply only.
			Config: l.provider() + `
resource "terraform_data" "engines" {
  input = { rds = "postgres", aurora = "aurora-postgresql" }
}

data "sslready_instances" "by_engine" {
  for_each = toset(["rds", "aurora"])
  engines  = [terraform_data.engines.output[each.value]]
}

output "found" {
  value = { for name, fleet in data.sslready_instances.by_engine : name => [for i in fleet.instances : i.identifier] }
}
`,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("found", knownvalue.ObjectExact(map[string]knownvalue.Check{
				"aurora": texts("aurora-1", "aurora-2", "aurora-3"),
				"rds":    texts("maz-1", "maz-2", "maz-3", "restarting", "single", "single-replica"),
			}))},
		},
		resource.TestStep{
			Config: l.provider() + `data "sslready_instances" "this" {}`,
			ConfigStateChecks: []statecheck.StateCheck{
				expect(instancesAddress, "total", knownvalue.Int64Exact(9)),
				expect(instancesAddress, "complete", knownvalue.Bool(true)),
				expect(instancesAddress, "findings", knownvalue.ListSizeExact(0)),
				expect(instancesAddress, "by_ca", number(map[string]int64{presentCA: 7, targetCA: 2})),
				expect(instancesAddress, "by_state", number(map[string]int64{"settled": 4, "pending": 5, "unknown": 0})),
				instance(0, map[string]knownvalue.Check{ // Aurora with Babelfish possible, and off.
					"identifier": text("aurora-1"), "cluster_role": text("writer"), "db_cluster_identifier": text("aurora"), "ca_cert_identifier": text(presentCA),
					"rotation_restarts": knownvalue.Bool(false), "force_ssl_enforced": knownvalue.Bool(false), "pending_maintenance": knownvalue.ListSizeExact(0),
				}),
				instance(3, map[string]knownvalue.Check{ // Multi-AZ: the CA and what waits are the cluster's.
					"identifier": text("maz-1"), "cluster_role": text("reader"), "ca_cert_identifier": text(presentCA), "pending_ca_cert_identifier": text(targetCA),
					"maintenance_window": text("sat:04:09-sat:04:39"), "server_certificate_valid_till": text("2026-12-01T00:00:00Z"),
				}),
				instance(6, map[string]knownvalue.Check{
					"identifier": text("restarting"), "cluster_role": knownvalue.Null(), "pending_ca_cert_identifier": text(targetCA),
					"supported_ca_cert_identifiers": texts(presentCA), "rotation_restarts": knownvalue.Bool(true),
					"rotation_restart_reason": text("postgres 13.4 applies a new server certificate only with a restart"),
					"force_ssl_value":         text("1"), "force_ssl_enforced": knownvalue.Null(), "force_ssl_certainty": text("uncertain"),
				}),
				instance(7, map[string]knownvalue.Check{
					"identifier": text("single"), "pending_maintenance": texts("server-certificate-rotation"), "force_ssl_enforced": knownvalue.Bool(true),
					"force_ssl_certainty": text("in_force"), "port": knownvalue.Int64Exact(5432), "maintenance_window": text("sun:05:00-sun:05:30"),
				}),
				cluster(0, map[string]knownvalue.Check{
					"identifier": text("aurora"), "mixed_cas": knownvalue.Bool(true), "ca_cert_identifiers": texts(presentCA, targetCA), "ca_cert_identifier": knownvalue.Null(),
				}),
				cluster(1, map[string]knownvalue.Check{
					"identifier": text("maz"), "mixed_cas": knownvalue.Bool(false), "ca_cert_identifier": text(presentCA), "pending_ca_cert_identifier": text(targetCA),
				}),
			},
		},
	)
}

// TestInstancesAreSelected goes through the filters. The order is that of the
// identifiers, whatever RDS's is.
func TestInstancesAreSelected(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	tests := map[string]struct {
		config values
		want   []any
		mixed  []any // by cluster
	}{
		"by tag":               {values{"tags": values{"stage": "prod"}}, []any{"single"}, nil},
		"by any tag":           {values{"tags": values{"stage": ""}}, []any{"restarting", "single"}, nil},
		"by identifier":        {values{"identifiers": []any{"single", "AURORA-2"}}, []any{"aurora-2", "single"}, []any{nil}},
		"all of a cluster":     {values{"identifiers": []any{"aurora-3", "aurora-1", "aurora-2"}}, []any{"aurora-1", "aurora-2", "aurora-3"}, []any{true}},
		"two that differ":      {values{"identifiers": []any{"aurora-1", "aurora-2"}}, []any{"aurora-1", "aurora-2"}, []any{true}},
		"two that do not":      {values{"identifiers": []any{"aurora-1", "aurora-3"}}, []any{"aurora-1", "aurora-3"}, []any{nil}},
		"by CA":                {values{"ca_cert_identifiers": []any{targetCA}}, []any{"aurora-2", "single-replica"}, []any{true}},
		"by the cluster's CA":  {values{"ca_cert_identifiers": []any{presentCA}, "engines": []any{"postgres"}}, []any{"maz-1", "maz-2", "maz-3", "restarting", "single"}, []any{false}},
		"by engine and by tag": {values{"engines": []any{"aurora-postgresql"}, "tags": values{"stage": ""}}, []any{}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state, told := l.protocol(t).read(t, instancesType, tc.config)
			if len(told) > 0 {
				t.Fatal(told)
			}
			got := []any{}
			for _, i := range list(at(t, state, "instances")) {
				got = append(got, object(i)["identifier"])
			}
			var mixed []any
			for _, c := range list(at(t, state, "clusters")) {
				mixed = append(mixed, object(c)["mixed_cas"])
			}
			if diff := cmp.Diff(tc.want, got) + cmp.Diff(tc.mixed, mixed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestADeniedCallLosesNoInstance: what may not be read is null everywhere, and
// a finding names the permission.
func TestADeniedCallLosesNoInstance(t *testing.T) {
	t.Parallel()
	states := func(pending, settled, unknown int) string {
		return fmt.Sprintf(`map[pending:tftypes.Number<"%d"> settled:tftypes.Number<"%d"> unknown:tftypes.Number<"%d">]`, pending, settled, unknown)
	}
	tests := map[string]struct {
		instance string
		null     []string
		state    string // by_state
	}{
		"DescribeDBClusters":                {"aurora-1", []string{"cluster_role", "force_ssl_value", "force_ssl_enforced", "force_ssl_certainty", "rotation_restarts"}, states(2, 4, 3)},
		"DescribeDBParameters":              {"single", []string{"force_ssl_value", "force_ssl_enforced", "force_ssl_certainty"}, states(5, 4, 0)},
		"DescribeDBClusterParameters":       {"aurora-1", []string{"force_ssl_value", "force_ssl_enforced", "force_ssl_certainty", "rotation_restarts"}, states(5, 4, 0)},
		"DescribeDBEngineVersions":          {"single", []string{"supported_ca_cert_identifiers", "rotation_restarts", "rotation_restart_reason"}, states(5, 4, 0)},
		"DescribePendingMaintenanceActions": {"single", []string{"pending_maintenance"}, states(4, 0, 5)},
	}
	for denied, tc := range tests {
		t.Run(denied, func(t *testing.T) {
			t.Parallel()
			l := newFleetLab(t)
			l.deny(denied)
			state, told := l.protocol(t).read(t, instancesType, values{})
			if told.failed() {
				t.Fatal(told)
			}
			instances, _ := at(t, state, "instances").([]any)
			if len(instances) != 9 || at(t, state, "complete") != false {
				t.Errorf("%d instances, want 9; complete = %v", len(instances), at(t, state, "complete"))
			}
			for _, i := range instances {
				i, _ := i.(values)
				for _, attribute := range tc.null {
					if i["identifier"] == tc.instance && i[attribute] != nil {
						t.Errorf("%s = %v, want null", attribute, i[attribute])
					}
				}
			}
			if got := fmt.Sprint(at(t, state, "by_state")); got != tc.state {
				t.Errorf("by_state = %s, want %s", got, tc.state)
			}
			findings := fmt.Sprint(at(t, state, "findings"))
			if !strings.Contains(findings, "Access denied: the credentials lack the permission rds:"+denied) || !strings.Contains(findings, "fact_not_read") {
				t.Errorf("no finding names the permission: %s", findings)
			}
			told.expect(t, "WARNING", "instances", "Some Facts Could Not Be Read", "Access denied: the credentials lack the permission rds:"+denied)
		})
	}
	l := newFleetLab(t)
	l.deny("DescribeDBInstances")
	if _, told := l.protocol(t).read(t, instancesType, values{}); !told.failed() || !strings.Contains(told.errors()[0].detail, "rds:DescribeDBInstances") {
		t.Errorf("without DescribeDBInstances: %v", told)
	}
}
