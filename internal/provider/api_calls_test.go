package provider_test

import (
	"fmt"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/rdsserver"
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
