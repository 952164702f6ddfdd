package readiness_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestRefused names who was refused, when, from where and what to do; where
// nobody declared is known, it says that.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	on, off := true, false
	timed := func(r readiness.Refusal, first, last time.Time) readiness.Refusal {
		r.First, r.Last = first, last
		return r
	}
	billing := libpq("billing", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root)
	billing.Match = readiness.Match{Usernames: []string{"billing"}}
	network := libpq("network", "sslmode=verify-full sslrootcert=/r.pem", s.old.Root)
	network.Match = readiness.Match{Usernames: []string{"network"}, ClientCIDRs: prefixes("10.2.0.0/16")}
	other := libpq("other", "sslmode=require")
	other.Match = readiness.Match{Usernames: []string{"other"}}
	late := libpq("late", "sslmode=verify-full sslrootcert=/r.pem", s.old.Root)
	late.Match = readiness.Match{Usernames: []string{"late"}}
	plain := libpq("plain", "sslmode=disable")
	plain.Match = readiness.Match{Usernames: []string{"plain"}}
	falls := libpq("falls", "sslmode=prefer sslrootcert=/r.pem", s.old.Root)
	falls.Match = readiness.Match{Usernames: []string{"falls"}}
	open := readiness.Client{Name: "open", Settings: policy.Settings{Driver: "other"}, Match: readiness.Match{Usernames: []string{"open"}}}
	sessions := []readiness.Session{{Username: "billing", ClientAddr: "10.1.0.5", SSL: &on}}
	refusal := readiness.Refusal{
		Address: "10.1.0.5", Alert: "unknown_ca", Meaning: "the client does not trust the CA of the server certificate", CutOff: true, Handshakes: 3, First: at.Add(-time.Hour), Last: at.Add(-time.Minute),
	}
	at := func(address string) readiness.Refusal { r := refusal; r.Address = address; return r }
	earlier := at("10.2.3.4")
	earlier.First, earlier.Last = refusal.First.Add(-2*time.Hour), refusal.First.Add(-time.Hour)
	const meaning = "the client does not trust the CA of the server certificate (alert unknown_ca)."
	const span = " failed 3 times between 2026-06-01T11:00:00Z and 2026-06-01T11:59:00Z: "
	const now = " The DB instance is on rds-ca-rsa2048-g1 now: if the handshake failed after the switch, the switch has cut the client off."
	const both = " Make sure that the client's trust store contains both the current root and the root of rds-ca-rsa2048-g1."
	const remedy = " Add the root of rds-ca-rsa2048-g1 to the client's trust store, or switch the DB instance back until that is done."
	finding := func(code, client, detail string) readiness.Finding {
		return readiness.Finding{Severity: readiness.Warning, Code: code, Client: client, Detail: detail}
	}
	tests := map[string]struct {
		refused  []readiness.Refusal
		sessions []readiness.Session
		before   string // the CA, if it is not the target; "?" is not known
		want     []readiness.Finding
	}{
		"seen at the address": {refused: []readiness.Refusal{refusal}, sessions: sessions, want: []readiness.Finding{
			finding("refused_since_switch", "billing", "This client's TLS handshake from 10.1.0.5"+span+meaning+now+" As declared, the client connects, so either the declaration does not match what is deployed, or another client uses the same address."+remedy),
		}},
		"seen at the address, verifying nothing": {
			refused:  []readiness.Refusal{at("10.1.0.9")},
			sessions: append([]readiness.Session{{Username: "other", ClientAddr: "10.1.0.9", SSL: &on}}, sessions...),
			want: []readiness.Finding{
				finding("refused_since_switch", "other", "This client's TLS handshake from 10.1.0.9"+span+meaning+now+" As declared, the client connects without verifying anything, so either the declaration does not match what is deployed, or another client uses the same address."+remedy),
			},
		},
		"in its network": {refused: []readiness.Refusal{at("10.2.3.4"), at("10.2.3.5")}, want: []readiness.Finding{
			finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4, 10.2.3.5 failed 6 times between 2026-06-01T11:00:00Z and 2026-06-01T11:59:00Z: "+meaning+now+remedy),
		}},
		"two share the address": {
			refused:  []readiness.Refusal{at("10.2.3.4")},
			sessions: append([]readiness.Session{{Username: "billing", ClientAddr: "10.2.3.4", SSL: &on}}, sessions...),
			want: []readiness.Finding{finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4"+span+meaning+now+
				" This client shares the address with billing, but according to the declarations, only this client fails."+remedy)},
		},
		"two share the address, and nobody fails as declared": {
			refused:  []readiness.Refusal{at("10.1.0.5")},
			sessions: append([]readiness.Session{{Username: "other", ClientAddr: "10.1.0.5", SSL: &on}}, sessions...),
			want:     []readiness.Finding{finding("refused_since_switch", "", "The TLS handshake of a client from 10.1.0.5"+span+meaning+now+" The client is one of these, which share the address: billing, other."+remedy)},
		},
		"two share the address, and both fail as declared": {
			refused:  []readiness.Refusal{at("10.2.3.4")},
			sessions: append([]readiness.Session{{Username: "late", ClientAddr: "10.2.3.4", SSL: &on}}, sessions...),
			want:     []readiness.Finding{finding("refused_since_switch", "", "The TLS handshake of a client from 10.2.3.4"+span+meaning+now+" The client is one of these, which share the address: late, network."+remedy)},
		},
		"at several times": {refused: []readiness.Refusal{at("10.2.3.4"), earlier}, want: []readiness.Finding{
			finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4 failed 6 times between 2026-06-01T09:00:00Z and 2026-06-01T11:59:00Z: "+meaning+now+remedy),
		}},
		"one of them is not decided": {
			refused:  []readiness.Refusal{at("10.2.3.4")},
			sessions: append([]readiness.Session{{Username: "open", ClientAddr: "10.2.3.4", SSL: &on}}, sessions...),
			want:     []readiness.Finding{finding("refused_since_switch", "", "The TLS handshake of a client from 10.2.3.4"+span+meaning+now+" The client is one of these, which share the address: network, open."+remedy)},
		},
		"nobody declared": {refused: []readiness.Refusal{at("192.0.2.1")}, want: []readiness.Finding{
			finding("refused_since_switch", "", "The TLS handshake of an undeclared client from 192.0.2.1"+span+meaning+now+" Find out which client it is, and declare it with match.client_cidrs."+remedy),
		}},
		"at an address that is not known": {
			refused: []readiness.Refusal{at("")}, sessions: []readiness.Session{{Username: "billing", SSL: &on}},
			want: []readiness.Finding{
				finding("refused_since_switch", "", "The TLS handshake of an undeclared client from an unknown address"+span+meaning+now+" Find out which client it is, and declare it with match.client_cidrs."+remedy),
			},
		},
		"before the switch": {refused: []readiness.Refusal{refusal}, sessions: sessions, before: "rds-ca-2019", want: []readiness.Finding{
			finding("client_refused", "billing", "This client's TLS handshake from 10.1.0.5"+span+meaning+" The DB instance is still on rds-ca-2019, so a switch is not the cause."+both),
		}},
		"on a CA that is not known": {refused: []readiness.Refusal{refusal}, sessions: sessions, before: "?", want: []readiness.Finding{
			finding("client_refused", "billing", "This client's TLS handshake from 10.1.0.5"+span+meaning+both),
		}},
		"at one time": {refused: []readiness.Refusal{timed(at("10.2.3.4"), refusal.Last, refusal.Last)}, want: []readiness.Finding{
			finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4 failed 3 times at 2026-06-01T11:59:00Z: "+meaning+now+remedy),
		}},
		"nobody knows since when": {refused: []readiness.Refusal{timed(at("10.2.3.4"), time.Time{}, refusal.Last)}, want: []readiness.Finding{
			finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4 failed 3 times at 2026-06-01T11:59:00Z: "+meaning+now+remedy),
		}},
		"nobody knows when": {refused: []readiness.Refusal{timed(at("10.2.3.4"), time.Time{}, time.Time{})}, want: []readiness.Finding{
			finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4 failed 3 times: "+meaning+now+remedy),
		}},
		"nobody knows how": {refused: []readiness.Refusal{{Address: "10.2.3.4", CutOff: true}}, want: []readiness.Finding{
			finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4 failed: reason unknown."+now+remedy),
		}},
		"one of three fails as declared": {
			refused: []readiness.Refusal{at("10.2.3.4")},
			sessions: []readiness.Session{
				{Username: "other", ClientAddr: "10.2.3.4", SSL: &on}, {Username: "plain", ClientAddr: "10.2.3.4", SSL: &off}, {Username: "billing", ClientAddr: "10.2.3.4", SSL: &on},
			},
			want: []readiness.Finding{finding("refused_since_switch", "network", "This client's TLS handshake from 10.2.3.4"+span+meaning+now+
				" This client shares the address with billing, other, plain, but according to the declarations, only this client fails."+remedy)},
		},
		"one of two falls back to plaintext as declared": {
			refused:  []readiness.Refusal{at("10.1.0.5")},
			sessions: append([]readiness.Session{{Username: "falls", ClientAddr: "10.1.0.5", SSL: &on}}, sessions...),
			want: []readiness.Finding{finding("refused_since_switch", "falls", "This client's TLS handshake from 10.1.0.5"+span+meaning+now+
				" This client shares the address with billing, but according to the declarations, only this client fails."+remedy)},
		},
		"for another reason": {refused: []readiness.Refusal{{Address: "10.1.0.5", Alert: "protocol_version", Meaning: "x"}}, sessions: sessions},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(billing, network, other, late, open, plain, falls)
			in.WarnUndeclared = true
			in.Target.CAIdentifier, in.Current.CAIdentifier = pki.CARSA2048, strings.TrimSuffix(tc.before, "?")
			if tc.before == "" {
				in.Current = in.Target
			}
			in.Observations = seen(tc.sessions...)
			in.Observations[0].Refused = tc.refused
			var got []readiness.Finding
			for _, f := range readiness.Evaluate(in).Findings {
				if strings.Contains(f.Code, "refused") {
					got = append(got, f)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFindingsAboutManyAreBounded: scanners come from everywhere, and so may
// sessions; all of them are counted.
func TestFindingsAboutManyAreBounded(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	o := readiness.Observation{Source: "sslready_connection_log", Complete: true}
	on := true
	for i := range 20_000 {
		address := fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
		o.Refused = append(o.Refused, readiness.Refusal{Address: address, Meaning: fmt.Sprint("meaning ", i%300), CutOff: true})
		o.Sessions = append(o.Sessions, readiness.Session{Username: fmt.Sprint("u", i%5_000), ApplicationName: "a", ClientAddr: address, SSL: &on})
	}
	in := s.input(libpq("billing", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root))
	in.Observations = []readiness.Observation{o}
	report := readiness.Evaluate(in)
	count := map[string]int{}
	last := map[string]string{}
	for _, f := range report.Findings {
		count[f.Code]++
		if strings.Contains(f.Detail, " further ") {
			last[f.Code] = f.Detail
		}
	}
	if count["undeclared_client"] != readiness.MaxUndeclared+1 || !strings.Contains(last["undeclared_client"], "Number of further observed sessions that match no declared client: 19500.") {
		t.Errorf("%d findings about undeclared clients: %q", count["undeclared_client"], last["undeclared_client"])
	}
	if refused := count["client_refused"] + count["refused_since_switch"]; refused != 201 {
		t.Errorf("%d findings about refusals", refused)
	}
	if got := details(report, "client_refused"); !slices.Contains(got, "warning: Other TLS handshakes also failed because of the server certificate, but are not listed separately. Groups of handshakes left out: 100.") {
		t.Errorf("nothing is said of the other refusals: %q", got[len(got)-1])
	}
	if len(report.Coverage.Drafts) != readiness.MaxDrafts || report.Coverage.Undeclared != 20_000 || !strings.Contains(report.Summary, "20000 undeclared sessions block the switch") {
		t.Errorf("%d drafts, %d undeclared, %s", len(report.Coverage.Drafts), report.Coverage.Undeclared, report.Summary)
	}
}

// TestRefusedOnCAsThatNobodyKnows: two names that are not known are not the same
// CA, and a verdict on what is presented now is not one on the target.
func TestRefusedOnCAsThatNobodyKnows(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := libpq("c", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root)
	client.Match = readiness.Match{Usernames: []string{"c"}, ClientCIDRs: prefixes("10.2.0.0/16")}
	const from = "This client's TLS handshake from 10.2.3.4 failed: reason unknown."
	for want, change := range map[string]func(*readiness.Input){
		"client_refused: " + from + " Make sure that the client's trust store contains both the current root and the root of the target CA.": func(in *readiness.Input) {
			in.Target.CAIdentifier, in.Current.CAIdentifier = "", ""
		},
		"refused_since_switch: " + from + " The DB instance is on rds-ca-rsa2048-g1 now: if the handshake failed after the switch, the switch has cut the client off. As declared, the client connects, so either the declaration does not match what is deployed, or another client uses the same address. Add the root of rds-ca-rsa2048-g1 to the client's trust store, or switch the DB instance back until that is done.": func(in *readiness.Input) {
			in.Current = readiness.Evidence{CAIdentifier: in.Target.CAIdentifier}
		},
	} {
		in := s.input(client)
		in.Observations = seen(readiness.Session{Username: "c"})
		in.Observations[0].Refused = []readiness.Refusal{{Address: "10.2.3.4", CutOff: true}}
		change(&in)
		var got []string
		for _, f := range readiness.Evaluate(in).Findings {
			if strings.Contains(f.Code, "refused") {
				got = append(got, f.Code+": "+f.Detail)
			}
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
