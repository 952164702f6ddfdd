package readiness_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestMatch: kinds that are given must all hold; none given selects nothing.
func TestMatch(t *testing.T) {
	t.Parallel()
	tls := true
	session := readiness.Session{Username: "billing", Database: "orders", ApplicationName: "api", ClientAddr: "10.2.3.4", SSL: &tls, Sessions: 3}
	network := func(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }
	tests := map[string]struct {
		match   readiness.Match
		session readiness.Session
		matches bool
	}{
		"nothing given":            {readiness.Match{}, session, false},
		"user":                     {readiness.Match{Usernames: []string{"other", "billing"}}, session, true},
		"another user":             {readiness.Match{Usernames: []string{"other"}}, session, false},
		"database and application": {readiness.Match{Databases: []string{"orders"}, ApplicationNames: []string{"api"}}, session, true},
		"one kind of two":          {readiness.Match{Databases: []string{"orders"}, ApplicationNames: []string{"web"}}, session, false},
		"network":                  {readiness.Match{ClientCIDRs: network("10.0.0.0/8")}, session, true},
		"another network":          {readiness.Match{ClientCIDRs: network("192.0.2.0/24")}, session, false},
		"mapped address":           {readiness.Match{ClientCIDRs: network("10.0.0.0/8")}, readiness.Session{ClientAddr: "::ffff:10.2.3.4", SSL: &tls}, true},
		"address not visible":      {readiness.Match{ClientCIDRs: network("0.0.0.0/0")}, readiness.Session{Username: "billing", SSL: &tls}, false},
		"a kind without a value":   {readiness.Match{Usernames: []string{}, Databases: []string{"orders"}}, session, false},
		"networks without a value": {readiness.Match{Usernames: []string{"billing"}, ClientCIDRs: []netip.Prefix{}}, session, false},
		"nothing but empty kinds":  {readiness.Match{Usernames: []string{}}, session, false},
		"application alone":        {readiness.Match{ApplicationNames: []string{"api"}}, session, true},
		"database alone":           {readiness.Match{Databases: []string{"orders"}}, session, true},
		"another database":         {readiness.Match{Usernames: []string{"billing"}, Databases: []string{"other", "another"}}, session, false},
		"another user of it":       {readiness.Match{Usernames: []string{"other", "another"}, Databases: []string{"orders"}}, session, false},
		"names are case-sensitive": {readiness.Match{Usernames: []string{"Billing"}}, session, false},
	}
	s := newSwitchover(t, pki.CARSA2048)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := libpq("c", "sslmode=require")
			client.Match = tc.match
			in := s.input(client)
			in.Observations = seen(tc.session)
			report := readiness.Evaluate(in)
			if undeclared := slices.Contains(codes(report, ""), "error undeclared_client"); undeclared == tc.matches {
				t.Errorf("undeclared: %t, findings %v", undeclared, report.Findings)
			}
			if report.Ready != tc.matches {
				t.Errorf("ready: %t", report.Ready)
			}
		})
	}
}

// TestCoverage tells who was seen and not declared, and who was declared and
// not seen.
func TestCoverage(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	yes, no := true, false
	client := func(name, user string) readiness.Client {
		c := libpq(name, "sslmode=require")
		if user != "" {
			c.Match.Usernames = []string{user}
		}
		return c
	}
	clients := []readiness.Client{client("billing", "billing"), client("second", "billing"), client("idle", "idle"), client("unmatched", "")}
	tests := map[string]struct {
		observed []readiness.Session
		warn     bool
		ready    bool
		general  []string // about no client
		idle     []string
	}{
		"not observed": {nil, false, true, nil, []string{"info unverified_client"}},
		"looked and found nobody": {
			[]readiness.Session{}, false, true, []string{"warning no_session_observed"}, []string{"info client_never_seen", "info unverified_client"},
		},
		"plaintext sessions are not touched by a switch": {
			[]readiness.Session{{Username: "ghost", SSL: &no}}, false, true, nil, []string{"info client_never_seen", "info unverified_client"},
		},
		"an undeclared session on TLS": {
			[]readiness.Session{{Username: "ghost", SSL: &yes}}, false, false, []string{"error undeclared_client"}, []string{"info client_never_seen", "info unverified_client"},
		},
		"a session whose transport is hidden may be on TLS": {
			[]readiness.Session{{Username: "ghost"}}, false, false, []string{"error undeclared_client"}, []string{"info client_never_seen", "info unverified_client"},
		},
		"undeclared, and the user chose a warning": {
			[]readiness.Session{{Username: "ghost", SSL: &yes}}, true, true, []string{"warning undeclared_client"}, []string{"info client_never_seen", "info unverified_client"},
		},
		"one session, two clients": {
			[]readiness.Session{{Username: "billing", SSL: &yes}, {Username: "idle", SSL: &no}}, false, true, []string{"warning session_matched_twice"}, []string{"info unverified_client"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(clients...)
			in.WarnUndeclared = tc.warn
			if tc.observed != nil {
				in.Observations = seen(tc.observed...)
			}
			report := readiness.Evaluate(in)
			if report.Ready != tc.ready || !slices.Equal(codes(report, ""), tc.general) || !slices.Equal(codes(report, "idle"), tc.idle) {
				t.Errorf("ready %t, %v, idle %v", report.Ready, codes(report, ""), codes(report, "idle"))
			}
			if slices.Contains(codes(report, "unmatched"), "info client_never_seen") {
				t.Error("a client without match cannot be seen, and is reported as never seen")
			}
		})
	}
}

// TestAnUndeclaredSessionIsDescribedWithoutGuessing.
func TestAnUndeclaredSessionIsDescribedWithoutGuessing(t *testing.T) {
	t.Parallel()
	yes := true
	for want, session := range map[string]readiness.Session{
		`TLS session (user "u", database "d", application "a", address "10.0.0.1")`: {Username: "u", Database: "d", ApplicationName: "a", ClientAddr: "10.0.0.1", SSL: &yes},
		`session (user "u", TLS status unknown)`:                                    {Username: "u"},
		"An observed TLS session":                                                   {SSL: &yes},
		"The observed session (TLS status unknown)":                                 {},
	} {
		if got := session.String(); !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

// TestAnEmptyObservationProvesNothing: it is what a server gives that nobody
// could ask, too.
func TestAnEmptyObservationProvesNothing(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	const warned = "warning no_session_observed"
	for name, tc := range map[string]struct {
		observed []readiness.Session
		want     bool
	}{
		"nobody looked": {nil, false}, "somebody looked": {[]readiness.Session{}, true}, "and saw one": {[]readiness.Session{{Username: "x"}}, false},
	} {
		in := s.input(libpq("c", "sslmode=require"))
		if tc.observed != nil {
			in.Observations = seen(tc.observed...)
		}
		if got := codes(readiness.Evaluate(in), ""); slices.Contains(got, warned) != tc.want {
			t.Errorf("%s: findings %v", name, got)
		}
	}
}
