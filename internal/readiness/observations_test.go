package readiness_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestObservations: one that is not complete blocks, whatever it saw, and is
// counted in the summary; a session that several saw is one.
func TestObservations(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	on := true
	ghost, known := readiness.Session{Username: "ghost", SSL: &on, Sessions: 1}, readiness.Session{Username: "billing", SSL: &on}
	log := readiness.Observation{
		Source: "sslready_connection_log", From: at.Add(-time.Hour), To: at, Why: "log_connections was off for a while", Sessions: []readiness.Session{known},
	}
	ghosts := ghost
	ghosts.Sessions = 7
	const incomplete = "The observation by sslready_connection_log from 2026-06-01T11:00:00Z to 2026-06-01T12:00:00Z is incomplete, so it may have missed undeclared clients. Reason: log_connections was off for a while."
	const undeclared = `The observed TLS session (user "ghost") matches no declared client. Declare the client, or widen the "match" of the client to which the session belongs.`
	tests := map[string]struct {
		observations []readiness.Observation
		warn         bool
		summary      string
		want         []readiness.Finding
	}{
		"complete": {seen(known), false, "Clients ready for rds-ca-rsa2048-g1: 1 of 1.", nil},
		"incomplete": {
			[]readiness.Observation{log},
			false, "Clients ready for rds-ca-rsa2048-g1: 1 of 1; 1 incomplete observation blocks the switch.",
			[]readiness.Finding{{Severity: readiness.Blocking, Code: "observation_incomplete", Detail: incomplete}},
		},
		"incomplete, and the user chose a warning": {
			[]readiness.Observation{log},
			true, "Clients ready for rds-ca-rsa2048-g1: 1 of 1.",
			[]readiness.Finding{{Severity: readiness.Warning, Code: "observation_incomplete", Detail: incomplete}},
		},
		"without a word": {
			[]readiness.Observation{{Sessions: []readiness.Session{known}}},
			true, "Clients ready for rds-ca-rsa2048-g1: 1 of 1.",
			[]readiness.Finding{{
				Severity: readiness.Warning, Code: "observation_incomplete",
				Detail: "The observation by an unnamed source is incomplete, so it may have missed undeclared clients. Reason: its source does not give one.",
			}},
		},
		"one session, seen twice": {
			append(seen(known, ghost), seen(ghosts)...), false, "Clients ready for rds-ca-rsa2048-g1: 1 of 1; 1 undeclared session blocks the switch.",
			[]readiness.Finding{{Severity: readiness.Blocking, Code: "undeclared_client", Detail: undeclared}},
		},
		"two of each": {
			[]readiness.Observation{log, {Source: "a"}, {Source: "b", Complete: true, Sessions: []readiness.Session{ghost, {Database: "d", SSL: &on}}}},
			false,
			"Clients ready for rds-ca-rsa2048-g1: 1 of 1; 2 undeclared sessions block the switch; 2 incomplete observations block the switch.", nil,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := libpq("c", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root, s.old.Root)
			client.Match.Usernames = []string{"billing"}
			in := s.input(client)
			in.Observations, in.WarnUndeclared = tc.observations, tc.warn
			report := readiness.Evaluate(in)
			if report.Summary != tc.summary || report.Counts != tc.summary {
				t.Errorf("summary %q, want %q", report.Summary, tc.summary)
			}
			if diff := cmp.Diff(tc.want, report.Findings); tc.want != nil && diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSeenInTheSpan: a session without times was seen in the span of the look.
func TestSeenInTheSpan(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := libpq("c", "sslmode=require")
	client.Match.Usernames = []string{"billing"}
	in := s.input(client)
	in.Observations = []readiness.Observation{
		{From: at.Add(-time.Hour), To: at, Sessions: []readiness.Session{{Username: "billing"}}},
		{From: at.Add(-9 * time.Hour), To: at, Sessions: []readiness.Session{{Username: "billing", First: at.Add(-30 * time.Minute), Last: at.Add(-20 * time.Minute)}}},
	}
	want := map[string]readiness.Seen{"c": {Observed: true, First: at.Add(-time.Hour), Last: at}}
	if diff := cmp.Diff(want, readiness.Evaluate(in).Coverage.Seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
