package provider_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

const forceSSLType = "sslready_force_ssl"

// expect checks one attribute of a data source or resource.
func expect(address, attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), want)
}

func TestAccForceSSLOfInstanceAndClusterWithAndWithoutProbe(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	const tls, open, cluster = "data.sslready_force_ssl.tls", "data.sslready_force_ssl.open", "data.sslready_force_ssl.cluster"
	run(t, resource.TestStep{
		Config: providerBlocks(lab.URL, "") + fmt.Sprintf(`
data "sslready_force_ssl" "tls" {
  db_instance_identifier = %q
  probe                  = true

  lifecycle {
    postcondition {
      condition     = self.enforced
      error_message = "The server takes plaintext."
    }
  }
}

data "sslready_force_ssl" "open" {
  db_instance_identifier = %q
  probe                  = true
}

data "sslready_force_ssl" "cluster" {
  db_cluster_identifier = "orders"
  probe                 = true
}

check "plaintext_is_refused" {
  assert {
    condition     = data.sslready_force_ssl.tls.enforced
    error_message = "The server takes plaintext."
  }
}

resource "terraform_data" "after" {
  lifecycle {
    precondition {
      condition     = data.sslready_force_ssl.tls.enforced && !data.sslready_force_ssl.open.enforced
      error_message = "The servers are not as the lab set them up."
    }
  }
}
`, tlsOnly, plaintext),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(tls, "enforced", knownvalue.Bool(true)),
			expect(tls, "certainty", knownvalue.StringExact("probed")),
			expect(tls, "reachable", knownvalue.Bool(true)),
			expect(tls, "value", knownvalue.StringExact("1")),
			expect(tls, "source", knownvalue.StringExact("user")),
			expect(tls, "parameter_group_name", knownvalue.StringExact(tlsOnly)),
			expect(tls, "engine_default", knownvalue.Bool(true)),
			expect(open, "enforced", knownvalue.Bool(false)),
			expect(open, "certainty", knownvalue.StringExact("probed")),
			expect(cluster, "enforced", knownvalue.Bool(true)),
			expect(cluster, "certainty", knownvalue.StringExact("probed")),
			expect(cluster, "member_apply_statuses", knownvalue.MapExact(map[string]knownvalue.Check{
				tlsOnly: knownvalue.StringExact("in-sync"), plaintext: knownvalue.StringExact("in-sync"),
			})),
		},
	})
}

// TestForceSSLSaysOnlyWhatIsInForce goes through the states of parameter
// groups, instances and clusters.
func TestForceSSLSaysOnlyWhatIsInForce(t *testing.T) {
	t.Parallel()
	aurora := rdsserver.Cluster{
		Identifier: "shop", Engine: "aurora-postgresql", EngineVersion: "16.8", ParameterGroup: "shop-cluster", Endpoint: "shop.example", Port: 5432,
		Members: []rdsserver.Member{{Identifier: "shop-1", Writer: true}, {Identifier: "shop-2"}},
	}
	clusterGroup := func(value string) rdsserver.ParameterGroup {
		group := forceSSLGroup("shop-cluster", value)
		group.Cluster = true
		return group
	}
	member := rdsserver.Instance{Identifier: "shop-1", Engine: "aurora-postgresql", EngineVersion: "16.8", ClusterIdentifier: "shop", ParameterGroup: "default.aurora-postgresql16"}
	tests := map[string]struct {
		config values
		set    func(*rdsserver.Server)
		want   values
	}{
		"an instance in sync with its group": {
			want: values{"enforced": true, "certainty": "in_force", "value": "1", "source": "user", "apply_type": "dynamic", "parameter_apply_status": "in-sync", "pending_reboot": false, "reachable": nil, "member_apply_statuses": nil, "engine_default": true, "engine_version": "16.3"},
		},
		"a pending reboot leaves it open": {
			set: func(api *rdsserver.Server) {
				instance := ordersInstance()
				instance.ParameterApplyStatus = "pending-reboot"
				api.PutInstance(instance)
			},
			want: values{"enforced": nil, "certainty": "uncertain", "value": "1", "pending_reboot": true, "parameter_apply_status": "pending-reboot"},
		},
		"a status of a kind that is not known leaves it open": {
			set: func(api *rdsserver.Server) {
				instance := ordersInstance()
				instance.ParameterApplyStatus = "brand-new"
				api.PutInstance(instance)
			},
			want: values{"enforced": nil, "certainty": "uncertain", "pending_reboot": false},
		},
		"an endpoint that ignores the filter is read right": {
			set:  func(api *rdsserver.Server) { api.SetFaults(rdsserver.Faults{IgnoreFilters: true}) },
			want: values{"enforced": true, "value": "1", "source": "user"},
		},
		"an endpoint that refuses filters is read right": {
			set:  func(api *rdsserver.Server) { api.SetFaults(rdsserver.Faults{RejectFilters: true}) },
			want: values{"enforced": true, "value": "1", "source": "user"},
		},
		"RDS's own default below 15 is off": {
			set: func(api *rdsserver.Server) {
				instance := ordersInstance()
				instance.EngineVersion, instance.ParameterGroup = "14.9", "default.postgres14"
				api.PutInstance(instance)
				api.PutParameterGroup(rdsserver.ParameterGroup{Name: "default.postgres14", Family: "postgres14"})
			},
			want: values{"enforced": false, "certainty": "in_force", "value": "0", "source": "engine-default", "engine_default": false},
		},
		"a parameter without a value takes the engine's default": {
			set: func(api *rdsserver.Server) {
				api.PutParameterGroup(rdsserver.ParameterGroup{Name: "orders-pg16", Family: "postgres16", Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Source: "engine-default"}}})
			},
			want: values{"enforced": true, "value": nil, "engine_default": true},
		},
		"an Aurora cluster by its cluster parameter group": {
			config: values{"db_cluster_identifier": "shop"},
			set: func(api *rdsserver.Server) {
				api.PutCluster(aurora)
				api.PutParameterGroup(clusterGroup("1"))
			},
			want: values{"enforced": true, "certainty": "in_force", "parameter_group_name": "shop-cluster", "member_apply_statuses": values{"shop-1": "in-sync", "shop-2": "in-sync"}, "engine_default": false},
		},
		"an Aurora cluster of which one member waits for a reboot": {
			config: values{"db_cluster_identifier": "shop"},
			set: func(api *rdsserver.Server) {
				waiting := aurora
				waiting.Members = []rdsserver.Member{{Identifier: "shop-1", Writer: true}, {Identifier: "shop-2", ParameterGroupStatus: "pending-reboot"}}
				api.PutCluster(waiting)
				api.PutParameterGroup(clusterGroup("1"))
			},
			want: values{"enforced": nil, "certainty": "uncertain", "pending_reboot": true, "parameter_apply_status": nil, "member_apply_statuses": values{"shop-1": "in-sync", "shop-2": "pending-reboot"}},
		},
		"a member of an Aurora cluster by the cluster's group": {
			config: values{"db_instance_identifier": "shop-1"},
			set: func(api *rdsserver.Server) {
				api.PutCluster(aurora)
				api.PutParameterGroup(clusterGroup("0"))
				api.PutInstance(member)
			},
			want: values{"enforced": false, "certainty": "in_force", "parameter_group_name": "shop-cluster", "member_apply_statuses": nil},
		},
		"a Multi-AZ DB cluster of PostgreSQL": {
			config: values{"db_cluster_identifier": "shop"},
			set: func(api *rdsserver.Server) {
				multiAZ := aurora
				multiAZ.Engine, multiAZ.EngineVersion, multiAZ.CAIdentifier = "postgres", "16.3", presentCA
				api.PutCluster(multiAZ)
				api.PutParameterGroup(clusterGroup("1"))
			},
			want: values{"enforced": true, "engine": "postgres", "engine_default": true},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			if tc.set != nil {
				tc.set(a.api)
			}
			config := tc.config
			if config == nil {
				config = values{"db_instance_identifier": orders}
			}
			state, told := a.protocol(t).read(t, forceSSLType, config)
			if len(told) > 0 {
				t.Fatalf("diagnostics: %v", told)
			}
			for attribute, want := range tc.want {
				if diff := cmp.Diff(want, at(t, state, attribute)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", attribute, diff)
				}
			}
		})
	}
}

func TestAProbeThatReachesNobodyIsAnErrorOrAWarning(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	gone := ordersInstance()
	gone.Host, gone.Port = "127.0.0.1", closedPort(t)
	a.api.PutInstance(gone)
	p := a.protocol(t)

	_, told := p.read(t, forceSSLType, values{"db_instance_identifier": orders, "probe": true})
	told.expect(t, "ERROR", "probe", "Cannot Probe the Server", "cannot be reached", "not known whether the server accepts plaintext", "allow_unreachable")

	state, told := p.read(t, forceSSLType, values{"db_instance_identifier": orders, "probe": true, "allow_unreachable": true})
	told.expect(t, "WARNING", "probe", "Cannot Probe the Server", "cannot be reached")
	if reachable, certainty := at(t, state, "reachable"), at(t, state, "certainty"); reachable != false || certainty != "in_force" {
		t.Errorf("reachable = %v, certainty = %v; want false and what RDS says, in_force", reachable, certainty)
	}

	creating := ordersInstance()
	creating.Host = ""
	a.api.PutInstance(creating)
	_, told = a.protocol(t).read(t, forceSSLType, values{"db_instance_identifier": orders, "probe": true})
	told.expect(t, "WARNING", "probe", "Nothing to Probe", "being created")
}

func TestForceSSLWantsOneIdentifier(t *testing.T) {
	t.Parallel()
	p := newAccount(t).protocol(t)
	for name, config := range map[string]values{
		"none":  {},
		"both":  {"db_instance_identifier": orders, "db_cluster_identifier": "shop"},
		"empty": {"db_instance_identifier": ""},
	} {
		if _, told := p.read(t, forceSSLType, config); !told.failed() {
			t.Errorf("%s: no error", name)
		}
	}
}

func pathTo(attribute string) tfjsonpath.Path { return tfjsonpath.New(attribute) }
