package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// TestForceSSLOfOneInstanceNeedsThreeCallsAtMost counts what the API was
// asked.
func TestForceSSLOfOneInstanceNeedsThreeCallsAtMost(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	for name, config := range map[string]values{"read": {"db_instance_identifier": orders}, "probed": {"db_instance_identifier": orders, "probe": true, "allow_unreachable": true}} {
		a.api.ResetRequests()
		if _, told := a.protocol(t).read(t, forceSSLType, config); told.failed() {
			t.Fatal(told)
		}
		if calls := len(a.api.Requests()); calls > 3 {
			t.Errorf("%s: %d calls, want at most 3: %v", name, calls, a.api.Counts())
		} else {
			t.Logf("%s: %d calls: %v", name, calls, a.api.Counts())
		}
	}
}

// TestAccTwoHundredForceSSLInOnePlan counts the calls of one plan of 200 data
// sources of 200 instances that share 7 parameter groups.
func TestAccTwoHundredForceSSLInOnePlan(t *testing.T) {
	t.Parallel()
	const instances, groups = 200, 7
	api := rdsserver.New(rdsserver.Options{Region: labRegion})
	api.Populate(rdsserver.Scale{Instances: instances, ParameterGroups: groups, EngineVersions: 3})
	url, stop, err := api.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	p := newProcess(t, requiredProviders+providerBlocks(url, "")+fmt.Sprintf(`
data "sslready_force_ssl" "all" {
  for_each               = toset([for i in range(%d) : format("db-%%05d", i)])
  db_instance_identifier = each.value
}

output "known" {
  value = length([for f in data.sslready_force_ssl.all : f if f.enforced != null])
}
`, instances))
	if p == nil {
		return
	}
	p.plan(t)
	calls := len(api.Requests())
	if calls > 10+groups {
		t.Errorf("%d calls, want at most 10 and one for each of %d parameter groups: %v", calls, groups, api.Counts())
	}
	if calls == 0 {
		t.Error("RDS was not asked")
	}
	t.Logf("%d data sources, %d parameter groups: %d calls: %v", instances, groups, calls, api.Counts())
}

// TestAccFiveHundredMixedDataSourcesInOnePlan counts the calls of one plan of
// 500 data sources of several types over 500 instances, members of Aurora and
// Multi-AZ clusters among them.
func TestAccFiveHundredMixedDataSourcesInOnePlan(t *testing.T) {
	t.Parallel()
	const groups, versions, clusters = 12, 20, 5
	api := rdsserver.New(rdsserver.Options{Region: labRegion})
	api.Populate(rdsserver.Scale{Instances: 500 - 3*clusters, ParameterGroups: groups, EngineVersions: versions, Pending: 30, Clusters: clusters})
	api.SetFaults(rdsserver.Faults{Latency: 5 * time.Millisecond})
	url, stop, err := api.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	p := newProcess(t, requiredProviders+providerBlocks(url, "")+`
locals {
  ids = concat([for i in range(485) : format("db-%05d", i)], [for i in range(15) : format("cluster-%03d-%d", floor(i / 3), i % 3 + 1)])
}

data "sslready_force_ssl" "all" {
  for_each               = toset([for i, id in local.ids : id if i % 7 == 0])
  db_instance_identifier = each.value
}

data "sslready_ca_certificate" "all" {
  for_each               = toset([for i, id in local.ids : id if contains([1, 2], i % 7)])
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  db_instance_identifier = each.value
}

data "sslready_instances" "all" {
  for_each    = toset([for i, id in local.ids : id if contains([3, 4], i % 7)])
  identifiers = [each.value]
}

data "sslready_readiness" "all" {
  for_each                  = toset([for i, id in local.ids : id if i % 7 >= 5])
  db_instance_identifier    = each.value
  target_ca_cert_identifier = "rds-ca-rsa4096-g1"
  clients                   = { app = { driver = "psql", connection = "sslmode=require" } }
}

output "read" {
  value = length(concat(
    [for f in data.sslready_force_ssl.all : f if f.enforced != null], [for c in data.sslready_ca_certificate.all : c if c.supported],
    [for f in data.sslready_instances.all : f if f.complete && f.total == 1], [for r in data.sslready_readiness.all : r if r.rotation.restarts != null || r.rotation.state == "on_target"],
  ))
}
`)
	if p == nil {
		return
	}
	if written := p.plan(t); !strings.Contains(written, "read = 500") {
		t.Errorf("not all of 500 data sources were read:\n%s", tail(written, 2000))
	}
	// The clusters bring one parameter group and one engine version of their own.
	calls, most := len(api.Requests()), 5+(groups+1)+(versions+1)+5
	if calls > most {
		t.Errorf("%d calls, want at most %d: %v", calls, most, api.Counts())
	}
	t.Logf("500 data sources, %d parameter groups, %d engine versions: %d calls of at most %d: %v", groups+1, versions+1, calls, most, api.Counts())
}

// tail is the end of a text.
func tail(text string, n int) string { return text[max(0, len(text)-n):] }
