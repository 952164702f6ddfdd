package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// libpq is a client of psql that verifies.
func libpq(mode string, store values) values {
	return values{
		"driver":      "psql",
		"connection":  "dbname=app sslmode=" + mode + " sslrootcert=/etc/ssl/rds.pem",
		"trust_store": store,
	}
}

// gate is the configuration of a gate on orders-prod.
func gate(clients values, more ...values) values {
	config := values{"db_instance_identifier": orders, "target_ca_cert_identifier": targetCA, "clients": clients}
	for _, m := range more {
		maps.Copy(config, m)
	}
	return config
}

func TestTheGateTellsEveryBadClientInOnePlanAtItsPath(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	old, both := a.store(t, "old.pem", presentCA), a.store(t, "both.pem", presentCA, targetCA)
	config := gate(values{
		"good":  libpq("verify-full", values{"path": both}),
		"stale": libpq("verify-ca", values{"path": old}),
		"storeless": values{
			"driver": "psycopg2", "connection": "dbname=app sslmode=verify-full sslrootcert=/etc/ssl/rds.pem",
		},
		"plain":   values{"driver": "psql", "connection": "sslmode=disable"},
		"unclear": values{"driver": "psql", "connection": "dbname=app sslmode=verify-ca", "trust_store": values{"path": old + ".gone"}},
	})
	_, told := a.protocol(t).planGate(t, config)
	want := map[string]string{
		`clients["stale"].trust_store.path`:   "unknown_authority",
		`clients["storeless"].driver`:         "root_certificate_missing",
		`clients["plain"].connection`:         "plaintext_refused_by_server",
		`clients["unclear"].trust_store.path`: "trust_store_not_available",
	}
	if len(told.errors()) != len(want) {
		t.Fatalf("%d errors, want %d: %v", len(told.errors()), len(want), told.errors())
	}
	for _, d := range told.errors() {
		reason, expected := want[d.path]
		if !expected {
			t.Errorf("unexpected: %v", d)
			continue
		}
		name := strings.Split(d.path, `"`)[1]
		d.expect(t, d.path, `Client "`+name+`" Not Ready for the Target CA`, reason, targetCA)
	}
}

// TestWhatTheGateMakesOfUnreadyClients goes through the inputs that change
// what an unready client does to the plan.
func TestWhatTheGateMakesOfUnreadyClients(t *testing.T) {
	t.Parallel()
	type outcome struct {
		ca       any // of ca_cert_identifier
		ready    any
		errors   []string
		warnings []string
	}
	tests := map[string]struct {
		more  values
		match values
		stale bool // the client's store lacks the target's root
		set   func(*rdsserver.Server)
		want  outcome
	}{
		"a ready client gets the target": {want: outcome{ca: targetCA, ready: true}},
		"error is the default":           {stale: true, want: outcome{errors: []string{`clients["app"].trust_store.path`}}},
		"hold keeps the present CA and warns": {
			stale: true, more: values{"on_unready": "hold"},
			want: outcome{ca: presentCA, ready: false, warnings: []string{"target_ca_cert_identifier"}},
		},
		"on the target already there is nothing to hold back": {
			stale: true, set: func(api *rdsserver.Server) { api.PutInstance(onTarget()) },
			want: outcome{ca: targetCA, ready: false, warnings: []string{"target_ca_cert_identifier"}},
		},
		"a present CA given by hand that is not RDS's does not open the gate": {
			stale: true, more: values{"current_ca_cert_identifier": targetCA},
			want: outcome{errors: []string{`clients["app"].trust_store.path`}},
		},
		"nor does it become what the DB instance is held on": {
			stale: true, more: values{"current_ca_cert_identifier": "rds-ca-ecc384-g1", "on_unready": "hold"},
			want: outcome{ca: presentCA, ready: false, warnings: []string{"target_ca_cert_identifier"}},
		},
		"nor of one that does not exist": {
			stale: true, more: values{"current_ca_cert_identifier": targetCA}, set: func(api *rdsserver.Server) { api.RemoveInstance(orders) },
			want: outcome{errors: []string{`clients["app"].trust_store.path`}, warnings: []string{"db_instance_identifier"}},
		},
		"a change away from the target is not yet the target": {
			stale: true,
			set: func(api *rdsserver.Server) {
				instance := onTarget()
				instance.PendingCA = presentCA
				api.PutInstance(instance)
			},
			want: outcome{errors: []string{`clients["app"].trust_store.path`}},
		},
		"a change that is pending can still be held back": {
			stale: true, more: values{"on_unready": "hold"},
			set: func(api *rdsserver.Server) {
				instance := ordersInstance()
				instance.PendingCA = targetCA
				api.PutInstance(instance)
			},
			want: outcome{ca: presentCA, ready: false, warnings: []string{"target_ca_cert_identifier"}},
		},
		"a waiver in force lets the client pass": {
			stale: true, more: values{"waivers": values{"app": values{"reason": "replaced in May", "expires": "2026-05-01T00:00:00Z"}}},
			want: outcome{ca: targetCA, ready: true, warnings: []string{"target_ca_cert_identifier"}},
		},
		"an expired waiver waives nothing": {
			stale: true, more: values{"waivers": values{"app": values{"reason": "replaced in May", "expires": "2026-02-28T00:00:00Z"}}},
			want: outcome{errors: []string{`clients["app"].trust_store.path`}},
		},
		"evaluation_time decides whether a waiver has expired": {
			stale: true, more: values{
				"evaluation_time": "2026-02-01T00:00:00Z", "waivers": values{"app": values{"reason": "replaced in May", "expires": "2026-02-28T00:00:00Z"}},
			},
			want: outcome{ca: targetCA, ready: true, warnings: []string{"target_ca_cert_identifier"}},
		},
		"an instance that does not exist is judged against the target alone": {
			set:  func(api *rdsserver.Server) { api.RemoveInstance(orders) },
			want: outcome{ca: targetCA, ready: true, warnings: []string{"db_instance_identifier"}},
		},
		"held back, an instance that does not exist gets RDS's default": {
			stale: true, more: values{"on_unready": "hold"}, set: func(api *rdsserver.Server) { api.RemoveInstance(orders) },
			want: outcome{ca: nil, ready: false, warnings: []string{"db_instance_identifier", "target_ca_cert_identifier"}},
		},
		"an undeclared session blocks": {
			more: values{"observations": observedBy(true, observedSession("stranger", true))},
			want: outcome{errors: []string{"observations"}},
		},
		"a match without a name is no match, whatever else it says": {
			match: values{"usernames": []any{}, "databases": []any{"app"}}, more: values{"observations": observedBy(true, observedSession("stranger", true))},
			want: outcome{errors: []string{"observations"}},
		},
		"nor is one without a network": {
			match: values{"client_cidrs": []any{}, "databases": []any{"app"}}, more: values{"observations": observedBy(true, observedSession("stranger", true))},
			want: outcome{errors: []string{"observations"}},
		},
		"a match by the database alone is one": {
			match: values{"databases": []any{"app"}}, more: values{"observations": observedBy(true, observedSession("stranger", true))},
			want: outcome{ca: targetCA, ready: true},
		},
		"so does an observation that is not complete": {
			more: values{"observations": observedBy(false)},
			want: outcome{errors: []string{"observations"}, warnings: []string{"target_ca_cert_identifier"}},
		},
		"unless on_undeclared warns": {
			more: values{"on_undeclared": "warn", "observations": observedBy(false)},
			want: outcome{ca: targetCA, ready: true, warnings: []string{"target_ca_cert_identifier"}},
		},
		"an undeclared session in plaintext does not": {
			more: values{"observations": observedBy(true, observedSession("stranger", false))},
			want: outcome{ca: targetCA, ready: true},
		},
		"on_undeclared warn lets it pass": {
			more: values{"on_undeclared": "warn", "observations": observedBy(true, observedSession("stranger", true))},
			want: outcome{ca: targetCA, ready: true, warnings: []string{"target_ca_cert_identifier"}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			if tc.set != nil {
				tc.set(a.api)
			}
			roots := []string{presentCA, targetCA}
			if tc.stale {
				roots = roots[:1]
			}
			app := libpq("verify-ca", values{"path": a.store(t, "app.pem", roots...)})
			if tc.match != nil {
				app["match"] = tc.match
			}
			planned, told := a.protocol(t).decideGate(t, gate(values{"app": app}, tc.more))
			got := outcome{errors: told.errors().paths(), warnings: told.warnings().paths()}
			if !told.failed() {
				got.ca, got.ready = at(t, planned, "ca_cert_identifier"), at(t, planned, "ready")
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, told)
			}
		})
	}
}

// TestAHeldGateTellsOfASwitchThatWaitsAlready: Terraform has nothing to change
// then, and cannot say that the DB instance stays where it is.
func TestAHeldGateTellsOfASwitchThatWaitsAlready(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	instance := ordersInstance()
	instance.PendingCA = targetCA
	a.api.PutInstance(instance)
	config := gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "app.pem", presentCA)})}, values{"on_unready": "hold"})
	_, told := a.protocol(t).planGate(t, config)
	for _, d := range told.warnings() {
		if strings.HasPrefix(d.title, "CA Switch Held Back") {
			d.expect(t, "target_ca_cert_identifier", "CA Switch Held Back", "A switch to "+targetCA+" is already scheduled for the maintenance window", presentCA)
			if strings.Contains(d.detail, "stays on") {
				t.Errorf("it does not stay: %s", d.detail)
			}
			return
		}
	}
	t.Errorf("no warning about the hold: %v", told)
}

func onTarget() rdsserver.Instance {
	instance := ordersInstance()
	instance.CAIdentifier = targetCA
	return instance
}

func observedSession(user string, encrypted bool) values {
	return values{"username": user, "database": "app", "client_addr": "10.0.0.7", "ssl": encrypted, "sessions": 1}
}

// observedBy is one observation.
func observedBy(complete bool, sessions ...any) []any {
	return []any{values{"source": "sslready_clients", "complete": complete, "sessions": append([]any{}, sessions...)}}
}

func (ds diagnostics) paths() []string {
	var all []string
	for _, d := range ds {
		all = append(all, d.path)
	}
	return all
}

func TestOnIndeterminateDecidesOnWhatCannotBeJudged(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.api.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBParameters"}})
	prefer := gate(values{"app": libpq("prefer", values{"path": a.store(t, "old.pem", presentCA)})})
	// Downgrades where plaintext is taken, fails where it is refused: not
	// ready either way. One that tries plaintext first depends on it.
	allow := gate(values{"app": libpq("allow", values{"path": a.store(t, "old.pem", presentCA)})})

	_, told := a.protocol(t).planGate(t, prefer)
	told.expect(t, "ERROR", `clients["app"].trust_store.path`, `Client "app" Not Ready for the Target CA`, "downgrades", "After the switch, this client's data goes over the network unencrypted.")
	foreign, err := pki.NewRegion("another-1", judgedAt).Root(presentCA, pki.Options{})
	must(t, err)
	_, told = a.protocol(t).planGate(t, gate(values{"app": libpq("prefer", values{"content": string(pki.PEM(foreign))})}))
	told.expect(t, "ERROR", `clients["app"].driver`, `Client "app" Not Ready for the Target CA`, "downgrades", "This client's data already goes over the network unencrypted.")
	_, told = a.protocol(t).planGate(t, allow)
	told.expect(t, "ERROR", "force_ssl", `Client "app" Not Ready for the Target CA`, "indeterminate", "force_ssl_unknown", "on_indeterminate")
	if w := told.warnings(); len(w) == 0 || w[0].path != "force_ssl" || !strings.Contains(w[0].detail, "rds:DescribeDBParameters") {
		t.Errorf("warnings = %v: the missing permission is not named", w)
	}
	allow["on_indeterminate"] = "warn"
	planned, told := a.protocol(t).decideGate(t, allow)
	if told.failed() || at(t, planned, "ready") != true {
		t.Errorf("ready = %v: %v", at(t, planned, "ready"), told.errors())
	}
}

func TestUnknownInputsDeferToTheApply(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	both := a.store(t, "both.pem", presentCA, targetCA)
	p := a.protocol(t)

	planned, told := p.planGate(t, gate(values{
		"known":   libpq("verify-ca", values{"path": both}),
		"unknown": libpq("verify-ca", values{"content": notKnown{}}),
	}))
	told.expect(t, "WARNING", "target_ca_cert_identifier", "Clients Judged at Apply", `"unknown"`, "before the DB instance is touched")
	for _, output := range []string{"ca_cert_identifier", "ready", "verdicts", "findings", "summary", "evaluated_at"} {
		if got := at(t, planned, output); got != (notKnown{}) {
			t.Errorf("%s = %v, want it unknown", output, got)
		}
	}

	_, told = p.planGate(t, gate(values{
		"stale":   libpq("verify-ca", values{"path": a.store(t, "old.pem", presentCA)}),
		"unknown": libpq("verify-ca", values{"content": notKnown{}}),
	}))
	told.expect(t, "ERROR", `clients["stale"].trust_store.path`, `Client "stale" Not Ready for the Target CA`, "unknown_authority")

	// With nobody to judge yet, and sessions that may be the unknown client's.
	for _, more := range []values{{}, {"on_unready": "hold"}, {"observations": observedBy(true, observedSession("app", true))}} {
		_, told = p.planGate(t, gate(values{"unknown": libpq("verify-ca", values{"content": notKnown{}})}, more))
		told.expect(t, "WARNING", "target_ca_cert_identifier", "Clients Judged at Apply")
		if told.failed() {
			t.Errorf("%v: %v", more, told)
		}
	}

	for name, more := range map[string]values{
		"target":       {"target_ca_cert_identifier": notKnown{}},
		"instance":     {"db_instance_identifier": notKnown{}},
		"observations": {"observations": notKnown{}},
		"all clients":  {"clients": notKnown{}},
	} {
		planned, told := p.planGate(t, gate(values{"app": libpq("verify-ca", values{"path": both})}, more))
		if told.failed() || at(t, planned, "ca_cert_identifier") != (notKnown{}) {
			t.Errorf("%s: ca_cert_identifier = %v, %v; want it unknown", name, at(t, planned, "ca_cert_identifier"), told)
		}
	}
}
