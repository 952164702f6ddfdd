package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// unverified is a client that no switch can break.
func unverified() values {
	return values{"driver": "psql", "connection": "host=db.example sslmode=require"}
}

// rotation asks for the rotation of one DB instance.
func (l *fleetLab) rotation(t *testing.T, id string, more ...values) (rotation, findings any) {
	t.Helper()
	config := values{"db_instance_identifier": id, "target_ca_cert_identifier": targetCA, "clients": values{"app": unverified()}}
	for _, m := range more {
		maps.Copy(config, m)
	}
	state, told := l.protocol(t).read(t, readinessType, config)
	if told.failed() {
		t.Fatal(told)
	}
	return at(t, state, "rotation"), at(t, state, "findings")
}

func TestTheRotationOfEachKindOfInstance(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id   string
		more values
		want values // some attributes
		text []string
	}{
		"one with a replica": {
			"single", nil,
			values{
				"state": "needed", "resource": "single", "on_cluster": false, "applied": "in_maintenance_window", "maintenance_window": "sun:05:00-sun:05:30",
				"restarts": false, "pending_ca_cert_identifier": nil, "next_renewal": "2026-06-01T12:00:00Z", "mixed_cas": nil, "mixed_cas_after": nil,
			},
			[]string{"does not restart the server", "RDS itself has scheduled the action server-certificate-rotation, to be applied automatically after 2026-04-01"},
		},
		"at once": {"single", values{"apply_immediately": true}, values{"applied": "at_once"}, []string{"takes effect immediately"}},
		"one that restarts, and whose target waits": {
			"restarting",
			values{"target_ca_cert_identifier": presentCA},
			values{
				"state": "needed", "restarts": true, "restart_reason": "postgres 13.4 applies a new server certificate only with a restart", "pending_ca_cert_identifier": targetCA,
			},
			[]string{"restarts the server", targetCA + " is already scheduled"},
		},
		"a member of Aurora": {
			"aurora-1", nil, values{"resource": "aurora-1", "on_cluster": false, "restarts": false, "mixed_cas": true, "mixed_cas_after": true}, []string{"aurora-3 must be switched separately"},
		},
		"a member of a Multi-AZ DB cluster": {
			"maz-1", nil,
			values{
				"state": "pending", "resource": "maz", "on_cluster": true, "pending_ca_cert_identifier": targetCA, "mixed_cas": false, "mixed_cas_after": false,
				"maintenance_window": "sat:04:09-sat:04:39",
			},
			[]string{"A switch of DB cluster maz"},
		},
		"one on the target": {"single-replica", nil, values{"state": "on_target", "applied": nil, "restarts": nil, "restart_reason": nil}, []string{"is on " + targetCA}},
		"one that does not exist": {
			"nobody", nil,
			values{"state": "not_created", "resource": nil, "applied": nil, "maintenance_window": nil, "pending_actions": nil, "next_renewal": nil, "members": []any{}},
			[]string{"does not exist yet"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rotation, _ := newFleetLab(t).rotation(t, tc.id, tc.more)
			got, _ := rotation.(values)
			for attribute, want := range tc.want {
				if diff := cmp.Diff(want, got[attribute]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", attribute, diff)
				}
			}
			for _, part := range tc.text {
				if summary, _ := got["summary"].(string); !strings.Contains(summary, part) {
					t.Errorf("the summary does not say %q: %s", part, summary)
				}
			}
		})
	}
}

// TestAGateForAMultiAZCluster: any member tells the gate the CA of the cluster.
func TestAGateForAMultiAZCluster(t *testing.T) {
	t.Parallel()
	for want, client := range map[string]values{
		targetCA:  {"driver": "psql", "connection": "sslmode=require"},
		presentCA: {"driver": "psql", "connection": "sslmode=verify-full sslrootcert=/nowhere/rds.pem"},
	} {
		state, told := newFleetLab(t).protocol(t).decideGate(t, values{
			"db_instance_identifier": "maz-1", "host": "maz.cluster-c0example.us-east-1.rds.amazonaws.com",
			"target_ca_cert_identifier": targetCA, "on_unready": "hold", "clients": values{"app": client},
		})
		if told.failed() || at(t, state, "ca_cert_identifier") != want {
			t.Errorf("ca_cert_identifier = %v, want %s: %v", at(t, state, "ca_cert_identifier"), want, told)
		}
	}
}

func TestTheRotationIsNullWithoutAnInstance(t *testing.T) {
	t.Parallel()
	state, told := newFleetLab(t).protocol(t).read(t, readinessType, values{
		"region": fleetRegion, "target_ca_cert_identifier": targetCA, "clients": values{"app": unverified()},
	})
	if told.failed() || at(t, state, "rotation") != nil {
		t.Errorf("rotation = %v, %v", at(t, state, "rotation"), told)
	}
}

// TestABabelfishClusterRestarts: the engine version alone would say that it
// does not.
func TestABabelfishClusterRestarts(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	l.api.PutParameterGroup(rdsserver.ParameterGroup{Name: "aurora", Family: "aurora-postgresql16", Cluster: true, Parameters: []rdsserver.Parameter{
		{Name: "rds.babelfish_status", Value: "on", Source: "user"},
	}})
	rotation, _ := l.rotation(t, "aurora-1")
	if got, _ := rotation.(values); got["restarts"] != true || !strings.Contains(fmt.Sprint(got["restart_reason"]), "Babelfish is turned on") {
		t.Errorf("restarts = %v: %v", got["restarts"], got["restart_reason"])
	}
}

// TestWhatMayNotBeReadOfARotationIsNull: a finding names the permission, and
// the judgement goes on.
func TestWhatMayNotBeReadOfARotationIsNull(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id   string
		want values
	}{
		"DescribePendingMaintenanceActions": {"single", values{"state": "needed", "pending_actions": nil, "restarts": false}},
		"DescribeDBEngineVersions":          {"single", values{"state": "needed", "restarts": nil, "next_renewal": nil}},
		"DescribeDBClusters":                {"aurora-1", values{"state": "needed", "mixed_cas": nil, "mixed_cas_after": nil, "restarts": nil}},
		"DescribeDBClusterParameters":       {"aurora-1", values{"state": "needed", "restarts": nil, "mixed_cas": true}},
	}
	for denied, tc := range tests {
		t.Run(denied, func(t *testing.T) {
			t.Parallel()
			l := newFleetLab(t)
			l.deny(denied)
			rotation, findings := l.rotation(t, tc.id)
			got, _ := rotation.(values)
			for attribute, want := range tc.want {
				if diff := cmp.Diff(want, got[attribute]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", attribute, diff)
				}
			}
			if text := fmt.Sprint(findings); !strings.Contains(text, "Access denied: the credentials lack the permission rds:"+denied) || !strings.Contains(text, "fact_not_read") {
				t.Errorf("no finding names the permission: %v", findings)
			}
		})
	}
}

// TestAReplicaThatIsGoneHidesNothingElse: RDS may still name it.
func TestARelativeThatMayNotBeReadHidesNothingElse(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	l.api.RemoveInstance("single") // The replica still names it.
	rotation, findings := l.rotation(t, "single-replica", values{"target_ca_cert_identifier": presentCA})
	got, _ := rotation.(values)
	if members, _ := got["members"].([]any); got["restarts"] != false || len(members) != 1 {
		t.Errorf("restarts = %v, members = %v", got["restarts"], got["members"])
	}
	if !strings.Contains(fmt.Sprint(findings), "the DB instances that replicate with single-replica") {
		t.Errorf("findings %v", findings)
	}
}

// TestAccRotationByClients: which clients of which members meet the new
// certificate.
func TestAccRotationByClients(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	root, _ := rdsca.Root(fleetRegion, targetCA)
	host := func(name string) string { return name + ".c0example.us-east-1.rds.amazonaws.com" }
	affected := func(endpoint, when string, members ...string) knownvalue.Check {
		names := make([]knownvalue.Check, len(members))
		for i, member := range members {
			names[i] = knownvalue.StringExact(member)
		}
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"endpoint": knownvalue.StringExact(endpoint), "affected": knownvalue.StringExact(when), "members": knownvalue.ListExact(names),
		})
	}
	member := func(id, role, ca string, follows bool) knownvalue.Check {
		return knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"identifier": knownvalue.StringExact(id), "role": knownvalue.StringExact(role), "ca_cert_identifier": knownvalue.StringExact(ca),
			"follows": knownvalue.Bool(follows), "restarts": knownvalue.Bool(false),
		})
	}
	rotation := pathTo("rotation")
	run(t, resource.TestStep{
		Config: l.provider() + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = "aurora-3"
  target_ca_cert_identifier = %q
  clients = { for name, c in {
    writer   = { host = "aurora.cluster-c0example.us-east-1.rds.amazonaws.com" }
    readers  = { host = "aurora.cluster-ro-c0example.us-east-1.rds.amazonaws.com" }
    third    = { host = %q }
    second   = { host = %q }
    default  = { host = "" }
    alias    = { host = "db.example" }
    proxied  = { host = "", via = "rds_proxy" }
  } : name => {
    driver     = "psql"
    connection = c.host == "" ? "sslmode=require" : "host=${c.host} sslmode=require"
    via        = lookup(c, "via", "direct")
  } }
}
`, targetCA, host("aurora-3"), host("aurora-2")),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(readinessAddress, "target_root_sha256", knownvalue.StringExact(root.SHA256)),
			statecheck.ExpectKnownValue(readinessAddress, rotation.AtMapKey("clients"), knownvalue.MapExact(map[string]knownvalue.Check{
				"writer":  affected("writer", "after_failover", "aurora-1", "aurora-2", "aurora-3"),
				"readers": affected("reader", "now", "aurora-1", "aurora-2", "aurora-3"),
				"third":   affected("instance", "now", "aurora-3"),
				"second":  affected("instance", "no", "aurora-2"),
				"default": affected("instance", "now", "aurora-3"),
				"alias":   affected("other", "unknown"),
				"proxied": affected("rds_proxy", "no"),
			})),
			statecheck.ExpectKnownValue(readinessAddress, pathTo("rotation").AtMapKey("members"), knownvalue.ListExact([]knownvalue.Check{
				member("aurora-1", "writer", presentCA, false), member("aurora-2", "reader", targetCA, false), member("aurora-3", "reader", presentCA, true),
			})),
		},
	})
}

// TestAccTheGateKeepsItsRotationUntilAVerdictChanges: what comes and goes at
// RDS is no change of the gate, and an input that the rotation answers to is.
func TestAccTheGateKeepsItsRotationUntilAVerdictChanges(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	store := a.store(t, "both.pem", presentCA, targetCA)
	config := func(more string) string {
		gate := gateBlock(targetCA, "error", clientBlock("app", store))
		return a.providers() + strings.Replace(gate, "  on_unready", more+"  on_unready", 1)
	}
	rotation := func(attribute, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(gateAddress, pathTo("rotation").AtMapKey(attribute), knownvalue.StringExact(want))
	}
	noChange := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	run(t,
		resource.TestStep{
			Config: config(""), ConfigStateChecks: []statecheck.StateCheck{rotation("state", "needed"), rotation("applied", "in_maintenance_window")},
		},
		resource.TestStep{
			PreConfig: func() {
				a.api.PutMaintenanceAction(rdsserver.MaintenanceAction{ResourceARN: "arn:aws:rds:" + labRegion + ":123456789012:db:" + orders, Action: "ca-certificate-rotation"})
			},
			Config: config(""), ConfigPlanChecks: noChange,
		},
		resource.TestStep{
			Config: config("  apply_immediately = true\n"),
			ConfigStateChecks: []statecheck.StateCheck{
				rotation("applied", "at_once"),
				statecheck.ExpectKnownValue(gateAddress, pathTo("rotation").AtMapKey("pending_actions"), knownvalue.ListSizeExact(1)),
			},
		},
		resource.TestStep{Config: config("  apply_immediately = true\n"), ConfigPlanChecks: noChange},
	)
}
