package provider_test

import (
	"fmt"
	"testing"
	"time"
)

// TestAMemoryOfRDSIsNotForEver: Terraform's test keeps one configured provider
// for all runs of a file, and between two runs the DB instance may be switched.
func TestAMemoryOfRDSIsNotForEver(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		passes time.Duration
		apply  bool
		forget bool
	}{
		"at once, in the same plan":         {},
		"soon, in the same plan":            {passes: 5 * time.Second},
		"long after":                        {passes: 10 * time.Minute, forget: true},
		"once nobody has asked for a while": {passes: time.Minute, forget: true},
		"soon after an apply":               {passes: 2 * time.Second, apply: true, forget: true},
		"in the same apply":                 {apply: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			now := judgedAt
			p := newProtocol(t, func() time.Time { return now }, a.settings())
			config := gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "old.pem", presentCA)})}, values{"on_unready": "hold"})
			if tc.apply {
				p.applyGate(t, config)
			} else if _, told := p.planGate(t, config); told.failed() {
				t.Fatal(told)
			}
			a.api.PutInstance(onTarget())
			now = now.Add(tc.passes)
			planned, told := p.decideGate(t, config)
			want := presentCA
			if tc.forget {
				want = targetCA
			}
			if got := at(t, planned, "ca_cert_identifier"); got != want {
				t.Errorf("ca_cert_identifier = %v, want %s: %v", got, want, told)
			}
		})
	}
}

// TestARefreshAfterAnApplyAsksAgain: it comes first in the next plan.
func TestARefreshAfterAnApplyAsksAgain(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	p := a.protocol(t)
	config := gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "old.pem", presentCA)})}, values{"on_unready": "hold"})
	applied := p.applyGate(t, config)
	a.api.PutInstance(onTarget())
	planned, told := p.refresh(t, applied).plan(t, config)
	if got := at(t, planned, "ca_cert_identifier"); got != targetCA {
		t.Errorf("ca_cert_identifier = %v, want %s: %v", got, targetCA, told)
	}
}

// TestADataSourceAfterAnApplyAsksAgain: in the next plan it may be read before
// any gate is refreshed.
func TestADataSourceAfterAnApplyAsksAgain(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	p := a.protocol(t)
	clients := values{"app": libpq("verify-ca", values{"path": a.store(t, "old.pem", presentCA)})}
	p.applyGate(t, gate(clients, values{"on_unready": "hold"}))
	a.api.PutInstance(onTarget())
	state, told := p.read(t, readinessType, gate(clients))
	if got := at(t, state, "rotation", "state"); got != "on_target" {
		t.Errorf("the rotation is %v: %v", got, told)
	}
	p.applyGate(t, gate(clients, values{"on_unready": "hold"}))
	a.api.PutInstance(ordersInstance())
	state, told = p.read(t, "sslready_instances", values{"identifiers": []any{orders}})
	if got := at(t, state, "by_ca", presentCA); fmt.Sprint(got) != `tftypes.Number<"1">` {
		t.Errorf("by_ca is %v: %v", at(t, state, "by_ca"), told)
	}
}

// TestADataSourceInAnApplyIsNotThePlan: it may be read before the DB instance
// is switched, which the next plan has to see.
func TestADataSourceInAnApplyIsNotThePlan(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	now := judgedAt
	p := newProtocol(t, func() time.Time { return now }, a.settings())
	clients := values{"app": libpq("verify-ca", values{"path": a.store(t, "old.pem", presentCA)})}
	config := gate(clients, values{"on_unready": "hold"})
	applied := p.applyGate(t, config)
	now = now.Add(2 * time.Second)
	if _, told := p.read(t, readinessType, gate(clients)); told.failed() {
		t.Fatal(told)
	}
	a.api.PutInstance(onTarget())
	planned, told := p.refresh(t, applied).plan(t, config)
	if got := at(t, planned, "ca_cert_identifier"); got != targetCA {
		t.Errorf("ca_cert_identifier = %v, want %s: %v", got, targetCA, told)
	}
}

// TestAnotherPlanAsksAgain: another provider may have switched the DB instance,
// and this one applied nothing.
func TestAnotherPlanAsksAgain(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	now := judgedAt
	p := newProtocol(t, func() time.Time { return now }, a.settings())
	fleet := func(want string) {
		t.Helper()
		state, told := p.read(t, "sslready_instances", values{"identifiers": []any{orders}})
		if got := at(t, state, "by_ca", want); fmt.Sprint(got) != `tftypes.Number<"1">` {
			t.Errorf("by_ca is %v, want %s: %v", at(t, state, "by_ca"), want, told)
		}
	}
	fleet(presentCA)
	asked := len(a.api.Requests())
	fleet(presentCA) // An equal one of the same plan.
	if more := len(a.api.Requests()) - asked; more != 0 {
		t.Errorf("%d more requests in the same plan", more)
	}
	a.api.PutInstance(onTarget())
	now = now.Add(time.Second)
	fleet(targetCA)
}

// TestAPlanThatTakesLongForgetsNobody: on a busy machine, equal readings of one
// plan come far apart, and look like another plan. What was asked for before
// them is still known in the plan after it.
func TestAPlanThatTakesLongForgetsNobody(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	now := judgedAt
	p := newProtocol(t, func() time.Time { return now }, a.settings())
	fleet := func(want string, config values) {
		t.Helper()
		state, told := p.read(t, "sslready_instances", config)
		if got := at(t, state, "by_ca", want); fmt.Sprint(got) != `tftypes.Number<"1">` {
			t.Errorf("by_ca is %v, want %s: %v", at(t, state, "by_ca"), want, told)
		}
	}
	first, second := values{"identifiers": []any{orders}}, values{"identifiers": []any{orders}, "region": labRegion}
	fleet(presentCA, first)
	fleet(presentCA, second)
	now = now.Add(time.Second)
	fleet(presentCA, second)
	a.api.PutInstance(onTarget())
	now = now.Add(time.Second)
	fleet(targetCA, first)
	asked := len(a.api.Requests())
	fleet(targetCA, second)
	if more := len(a.api.Requests()) - asked; more != 0 {
		t.Errorf("%d more requests in the same plan", more)
	}
}
