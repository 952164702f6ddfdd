package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// hurried is a clock that runs 100 times as fast.
func hurried() func() time.Time {
	start := now()
	return func() time.Time { return start.Add(100 * now().Sub(start)) }
}

// expectNotSwitched wants the warning, and nothing that looks like a watch.
func expectNotSwitched(t *testing.T, id string, progress []string, told diagnostics, parts ...string) {
	t.Helper()
	if said := strings.Join(progress, "\n"); told.failed() || strings.Contains(said, "now presents") || strings.Contains(said, "Watching") {
		t.Errorf("%v\n%s", told, said)
	}
	told.expect(t, "WARNING", "db_instance_identifier", `The CA of "`+id+`" Was Not Switched`, append(parts, `For a whole minute, RDS kept reporting that the DB instance is on the CA "`+presentCA+
		`" and no switch to "`+targetCA+`" is under way or scheduled.`, "it is not known whether clients would survive the switch", "while a gate holds the switch back")...)
}

// TestTheActionEndsIfNoSwitchBegins: a server that presents the present CA is
// behind each DB instance, unless there is no route to it.
func TestTheActionEndsIfNoSwitchBegins(t *testing.T) {
	t.Parallel()
	lab, observations := watchLab(t)
	one, _ := lab.API.Instance("one")
	closed := closedPort(t)
	for id, tc := range map[string]struct {
		change func(*rdsserver.Instance)
		fails  bool
		parts  []string
	}{
		"as-it-was":       {change: func(*rdsserver.Instance) {}},
		"optimizing":      {change: func(i *rdsserver.Instance) { i.Status = "storage-optimization" }},
		"third-pending":   {change: func(i *rdsserver.Instance) { i.PendingCA = pki.CAECC384 }, parts: []string{`scheduled. A switch to "` + pki.CAECC384 + `" is scheduled instead. The action therefore`}},
		"no-route":        {change: func(i *rdsserver.Instance) { i.Port = closed }},
		"target-pending":  {change: func(i *rdsserver.Instance) { i.PendingCA = targetCA }, fails: true},
		"old-certificate": {change: func(i *rdsserver.Instance) { i.CAIdentifier = targetCA }, fails: true},
		"modifying":       {change: func(i *rdsserver.Instance) { i.Status = "modifying" }, fails: true},
		"no-ca":           {change: func(i *rdsserver.Instance) { i.CAIdentifier = "" }, fails: true},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			instance := one
			instance.Identifier = id
			tc.change(&instance)
			lab.API.PutInstance(instance)
			config := watchConfig(values{"db_instance_identifier": id, "observations": observations})
			if tc.fails {
				config["timeout"] = "3s" // Five minutes of the clock.
			}
			progress, told := lab.protocolAt(t, watcher, hurried()).invoke(t.Context(), t, config)
			if tc.fails {
				told.expect(t, "ERROR", "timeout", `"`+id+`" Is Not on the Target CA`, "within the timeout: it presents a certificate from another CA", "It is therefore not known")
				return
			}
			expectNotSwitched(t, id, progress, told, tc.parts...)
			if len(tc.parts) == 0 && strings.Contains(told[0].detail, "instead") {
				t.Error(told[0].detail)
			}
		})
	}
}

// TestTheActionAsksTheClusterForTheCA: a member of a Multi-AZ DB cluster says
// nothing of what waits for the cluster.
func TestTheActionAsksTheClusterForTheCA(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		pending string
		faults  rdsserver.Faults
		fails   bool
	}{
		"idle":    {},
		"pending": {pending: targetCA, fails: true},
		"denied":  {faults: rdsserver.Faults{Denied: []string{"DescribeDBClusters"}}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			instance := ordersInstance()
			instance.ClusterIdentifier, instance.Host, instance.Port = "orders", "127.0.0.1", closedPort(t)
			if !tc.fails {
				instance.CAIdentifier = "" // Only the cluster has one.
			}
			a.api.PutInstance(instance)
			a.api.PutCluster(rdsserver.Cluster{
				Identifier: "orders", Engine: "postgres", EngineVersion: "16.3", MultiAZ: true, CAIdentifier: presentCA, PendingCA: tc.pending,
				Members: []rdsserver.Member{{Identifier: orders, Writer: true}},
			})
			a.api.SetFaults(tc.faults)
			config := watchConfig(values{"db_instance_identifier": orders})
			if tc.fails {
				config["timeout"] = "3s"
			}
			progress, told := newProtocol(t, hurried(), a.settings()).invoke(t.Context(), t, config)
			if tc.fails {
				told.expect(t, "ERROR", "timeout", `"`+orders+`" Is Not on the Target CA`, "within the timeout")
				return
			}
			expectNotSwitched(t, orders, progress, told)
		})
	}
}

// TestTheTimeoutEndsALook: what RDS did not answer any more is not known, though
// each look before found no switch.
func TestTheTimeoutEndsALook(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	instance := ordersInstance()
	instance.Host, instance.Port = "127.0.0.1", closedPort(t)
	a.api.PutInstance(instance)
	var late atomic.Bool
	clock := func() time.Time {
		if late.Load() {
			return judgedAt.Add(time.Hour)
		}
		return judgedAt
	}
	p := newProtocol(t, clock, a.settings())
	go func() {
		time.Sleep(time.Second)
		a.api.SetFaults(rdsserver.Faults{Latency: time.Minute})
		time.Sleep(time.Second) // A look that had its answer before is over by now.
		late.Store(true)
	}()
	start := now()
	_, told := p.invoke(t.Context(), t, watchConfig(values{"db_instance_identifier": orders, "timeout": "4s"}))
	told.expect(t, "ERROR", "timeout", `"`+orders+`" Is Not on the Target CA`, "within the timeout")
	if !late.Load() || now().Sub(start) > 30*time.Second {
		t.Errorf("it ended after %s", now().Sub(start))
	}
}

// TestAccActionWhileAGateHolds: an unrelated change starts the action, which has
// nothing to watch. It takes a minute.
func TestAccActionWhileAGateHolds(t *testing.T) {
	t.Parallel()
	p := processWithActions(t)
	if p == nil {
		return
	}
	a := newAccount(t)
	instance := ordersInstance()
	instance.Host, instance.Port = "127.0.0.1", closedPort(t)
	a.api.PutInstance(instance)
	store := a.store(t, "app.pem", presentCA)
	const trigger = `
  tags = { team = "payments" }
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.sslready_watch_switch.orders]
    }
  }
`
	const action = `
action "sslready_watch_switch" "orders" {
  config {
    db_instance_identifier    = "` + orders + `"
    target_ca_cert_identifier = "` + targetCA + `"
    timeout                   = "10m"
  }
}
`
	must(t, os.WriteFile(filepath.Join(p.Dir, "main.tf"), []byte(requiredProviders+a.providers()+gateBlock(targetCA, "hold", clientBlock("app", store))+instanceBlock(trigger)+action), 0o600))
	if written, err := p.run(t, "import", "-input=false", "-no-color", "aws_db_instance.orders", orders); err != nil {
		t.Fatalf("import: %v\n%s", err, written)
	}
	output, err := p.run(t, "apply", "-input=false", "-no-color", "-auto-approve")
	if err != nil {
		t.Errorf("apply: %v\n%s", err, output)
	}
	expectSaid(t, output, "CA Switch Held Back (orders-prod)", `The CA of "orders-prod" Was Not Switched`, "the gate's warning says why")
	if changed, _ := a.api.Instance(orders); changed.CAIdentifier != presentCA || changed.Tags["team"] != "payments" {
		t.Errorf("%+v", changed)
	}
}
