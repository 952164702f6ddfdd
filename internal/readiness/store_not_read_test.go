package readiness_test

import (
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestStoreNotRead declares a store that holds both roots, so that nothing but
// the contradiction stands against the switch.
func TestStoreNotRead(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	const correct = "Correct the settings so that the client uses the declared trust store to verify the server"
	tests := map[string]struct {
		settings policy.Settings
		viaProxy bool
		outcome  readiness.Outcome
		reason   readiness.Reason
		why      string // a part of the detail; empty is no finding
	}{
		"pgjdbc verifies nothing": {
			settings: policy.Settings{Driver: "pgjdbc", Version: "42.7.3", Runtime: "17", Connection: "jdbc:postgresql://" + endpoint + "/db?sslmode=require&sslrootcert=/r.pem"},
			outcome:  readiness.ConnectsUnverified, reason: readiness.NotVerified, why: "The client's mode (require) verifies nothing.",
		},
		"behind RDS Proxy": {
			settings: policy.Settings{Driver: "pgjdbc", Version: "42.7.3", Runtime: "17", Connection: "jdbc:postgresql://" + endpoint + "/db?sslmode=require"}, viaProxy: true,
			outcome: readiness.ConnectsUnverified, reason: readiness.NotVerified,
		},
		"libpq reads an existing file in require": {
			settings: policy.Settings{Driver: "libpq", Version: "16", Connection: "sslmode=require sslrootcert=/r.pem"},
			outcome:  readiness.Connects, reason: certpath.Accepted,
		},
		"libpq in plaintext": {
			settings: policy.Settings{Driver: "libpq", Version: "16", Connection: "sslmode=disable sslrootcert=/r.pem"},
			outcome:  readiness.Plaintext, reason: readiness.TLSNotAttempted, why: "The client's mode (disable) does not use TLS.",
		},
		"the settings lead to the system's store": {
			settings: policy.Settings{Driver: "pgx", Version: "5.7.6", Connection: "sslmode=verify-full sslrootcert=system"},
			outcome:  readiness.Fails, reason: certpath.UnknownAuthority, why: "The client uses the store of the operating system",
		},
		"the name is not expanded": {
			settings: policy.Settings{Driver: "libpq", Version: "16", Connection: "sslmode=verify-full sslrootcert=~/r.pem"},
			outcome:  readiness.Fails, reason: readiness.RootCertificateMissing, why: `point to "~/r.pem", but this driver would not find the declared store there`,
		},
		"the URL replaces the ssl object": {
			settings: policy.Settings{
				Driver: "node-postgres", Version: "8.23.1", Runtime: "20", Connection: "postgres://" + endpoint + "/db?sslmode=no-verify",
				Properties: map[string]string{"ssl.ca": "readFileSync('/r.pem')"},
			},
			outcome: readiness.ConnectsUnverified, reason: readiness.NotVerified, why: "The TLS settings in the connection string replace the whole ssl object",
		},
		"the text is a file's name": {
			settings: policy.Settings{
				Driver: "postgres.js", Version: "3.4.9", Runtime: "20", Connection: "postgres://" + endpoint + "/db",
				Properties: map[string]string{"ssl.ca": "/r.pem"},
			},
			outcome: readiness.Fails, reason: certpath.UnknownAuthority, why: "The client's settings leave it without any trust anchors.",
		},
		"the program reads the file": {
			settings: policy.Settings{
				Driver: "postgres.js", Version: "3.4.9", Runtime: "20", Connection: "postgres://" + endpoint + "/db",
				Properties: map[string]string{"ssl.ca": `fs.readFileSync("/r.pem").toString()`},
			},
			outcome: readiness.Connects, reason: certpath.Accepted,
		},
		"the settings hold another": {
			settings: policy.Settings{
				Driver: "node-postgres", Version: "8.23.1", Runtime: "20", Connection: "postgres://" + endpoint + "/db",
				Properties: map[string]string{"ssl.ca": string(pki.PEM(s.next.Root))},
			},
			outcome: readiness.Connects, reason: certpath.Accepted, why: "The client's settings contain certificates, and the client uses those",
		},
		"another driver that verifies nothing": {
			settings: policy.Settings{Driver: "other", Properties: map[string]string{"encrypts": "always", "verifies": "nothing"}},
			outcome:  readiness.ConnectsUnverified, reason: readiness.NotVerified, why: "The client's mode (declared) verifies nothing.",
		},
		"refused settings": {
			settings: policy.Settings{Driver: "libpq", Version: "16", Connection: "sslmode=nonsense"},
			outcome:  readiness.Fails, reason: policy.ReasonInvalidSettings,
		},
		"undecided settings": {
			settings: policy.Settings{Driver: "other"},
			outcome:  readiness.Indeterminate, reason: readiness.DriverNotCovered,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.settings.StoreDeclared, tc.settings.Host = true, endpoint
			client := readiness.Client{
				Name: "c", Settings: tc.settings, ViaProxy: tc.viaProxy,
				Store: readiness.Store{Declared: true, Content: pki.PEM(s.old.Root, s.next.Root)},
			}
			report := readiness.Evaluate(s.input(client))
			v, detail := report.Verdicts["c"], ""
			for _, f := range report.Findings {
				if f.Code == readiness.FindingStoreNotRead {
					detail = f.Detail
				}
			}
			if v.Target.Outcome != tc.outcome || v.Target.Reason != tc.reason {
				t.Errorf("%s (%s), want %s (%s)", v.Target.Outcome, v.Target.Reason, tc.outcome, tc.reason)
			}
			if (detail == "") != (tc.why == "") || !strings.Contains(detail, tc.why) {
				t.Errorf("detail %q, want one with %q", detail, tc.why)
			}
			if tc.why == "" {
				return
			}
			if v.Ready || report.Ready || !strings.HasPrefix(v.Remedy, correct) {
				t.Errorf("ready %t, report %t, remedy %q", v.Ready, report.Ready, v.Remedy)
			}
			found := client // one that somebody found in an image contradicts nothing
			found.Store.Declared = false
			for _, f := range readiness.Evaluate(s.input(found)).Findings {
				if f.Code == readiness.FindingStoreNotRead {
					t.Errorf("a store that nobody declared: %s", f.Detail)
				}
			}
			in := s.input(client)
			in.Waivers = map[string]readiness.Waiver{"c": {Reason: "known", Expires: at.AddDate(0, 1, 0)}}
			if waived := readiness.Evaluate(in); !waived.Ready || !waived.Verdicts["c"].Waived {
				t.Errorf("the waiver lets it not pass: %+v", waived.Findings)
			}
		})
	}
}

// TestAStoreThatMayBeRead is no contradiction: one of two ways in which the
// settings may reach the driver leads to it.
func TestAStoreThatMayBeRead(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	way := func(when, connection string) readiness.FrameworkAlternative {
		return readiness.FrameworkAlternative{When: when, Settings: libpq("c", connection, s.next.Root).Settings}
	}
	full, require, disable := way("a", "sslmode=verify-full sslrootcert=/r.pem"), way("b", "sslmode=require sslrootcert=system"), way("c", "sslmode=disable")
	for name, tc := range map[string]struct {
		ways []readiness.FrameworkAlternative
		want bool
	}{
		"both read it": {[]readiness.FrameworkAlternative{full, full}, false},
		"one does":     {[]readiness.FrameworkAlternative{disable, full}, false},
		"none does":    {[]readiness.FrameworkAlternative{disable, require}, true},
	} {
		client := libpq("c", "", s.next.Root)
		client.Store.Declared = true
		client.Framework = &readiness.Framework{Name: "frame", Alternatives: tc.ways}
		found := false
		for _, f := range readiness.Evaluate(s.input(client)).Findings {
			found = found || f.Code == readiness.FindingStoreNotRead
		}
		if found != tc.want {
			t.Errorf("%s: finding %t, want %t", name, found, tc.want)
		}
	}
}
