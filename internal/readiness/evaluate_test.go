package readiness_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestBothSidesOfASwitch follows one client through the outcomes that a
// switch can have.
func TestBothSidesOfASwitch(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	const full = "sslmode=verify-full sslrootcert=/r.pem"
	tests := map[string]struct {
		client          readiness.Client
		current, target readiness.Outcome
		reason          readiness.Reason
		ready           bool
		findings        []string
		remedy          string // a part of it
	}{
		"holds both roots": {
			client:  libpq("c", full, s.old.Root, s.next.Root),
			current: readiness.Connects, target: readiness.Connects, reason: certpath.Accepted, ready: true,
		},
		"holds the old root alone": {
			client:  libpq("c", full, s.old.Root),
			current: readiness.Connects, target: readiness.Fails, reason: certpath.UnknownAuthority,
			findings: []string{"error unknown_authority"}, remedy: "Add the root CA of rds-ca-rsa2048-g1",
		},
		"holds the new root alone": {
			client:  libpq("c", full, s.next.Root),
			current: readiness.Fails, target: readiness.Connects, reason: certpath.Accepted, ready: true,
		},
		"prefers TLS, and holds the old root alone": {
			client:  libpq("c", "sslmode=prefer sslrootcert=/r.pem", s.old.Root),
			current: readiness.Connects, target: readiness.Downgrades, reason: certpath.UnknownAuthority,
			findings: []string{"error unknown_authority"}, remedy: "keep the old root until after the switch",
		},
		"verifies nothing": {
			client:  libpq("c", "sslmode=require"),
			current: readiness.ConnectsUnverified, target: readiness.ConnectsUnverified, reason: readiness.NotVerified, ready: true,
			findings: []string{"info unverified_client"},
		},
		"never tries TLS": {
			client:  libpq("c", "sslmode=disable"),
			current: readiness.Plaintext, target: readiness.Plaintext, reason: readiness.TLSNotAttempted, ready: true,
			findings: []string{"warning plaintext_client"},
		},
		"has no root file where it needs one": {
			client:  libpq("c", full),
			current: readiness.Fails, target: readiness.Fails, reason: readiness.RootCertificateMissing,
			findings: []string{"error root_certificate_missing", "warning already_failing"}, remedy: "where the client looks",
		},
		"trusts the subordinate CA only": {
			client:  libpq("c", full, s.next.Subordinate),
			current: readiness.Fails, target: readiness.Fails, reason: certpath.AnchorNotSelfSigned,
			findings: []string{"error anchor_not_self_signed", "warning already_failing"}, remedy: "Instead of a subordinate CA or a server certificate, put the self-signed root into the trust store: ",
		},
		"uses an alias of the endpoint": {
			client:  libpq("c", full+" host=orders.example", s.old.Root, s.next.Root),
			current: readiness.Fails, target: readiness.Fails, reason: certpath.HostNameMismatch,
			findings: []string{"error host_name_mismatch", "warning already_failing"}, remedy: "such as " + endpoint,
		},
		"has a driver without rules": {
			client: readiness.Client{Name: "c"}, reason: readiness.DriverNotCovered,
			findings: []string{"error driver_not_covered"}, remedy: "Test this client against an instance",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := readiness.Evaluate(s.input(tc.client))
			v := report.Verdicts["c"]
			if v.Current.Outcome != tc.current || v.Target.Outcome != tc.target {
				t.Errorf("outcomes: %s then %s, want %s then %s", v.Current.Outcome, v.Target.Outcome, tc.current, tc.target)
			}
			if v.Target.Reason != tc.reason {
				t.Errorf("reason: %s, want %s", v.Target.Reason, tc.reason)
			}
			if v.Ready != tc.ready || report.Ready != tc.ready {
				t.Errorf("ready: client %t, report %t, want %t", v.Ready, report.Ready, tc.ready)
			}
			if diff := cmp.Diff(tc.findings, codes(report, "c")); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if (v.Remedy == "") != tc.ready || !strings.Contains(v.Remedy, tc.remedy) {
				t.Errorf("remedy: %q, want one with %q", v.Remedy, tc.remedy)
			}
		})
	}
}

func TestTheAnchorIsNamedWhereOneWasReached(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	v := readiness.Evaluate(s.input(libpq("c", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root))).Verdicts["c"]
	if want := pki.SHA256(s.next.Root); v.Target.AnchorSHA256 != want || !strings.Contains(v.Target.AnchorSubject, "us-east-1") {
		t.Errorf("target anchor %q %s, want %s", v.Target.AnchorSubject, v.Target.AnchorSHA256, want)
	}
	if v.Current.AnchorSHA256 != "" || v.Current.Validator != string(certpath.OpenSSL) {
		t.Errorf("current anchor %q by %q, want none, by openssl", v.Current.AnchorSHA256, v.Current.Validator)
	}
}

// TestPlaintextIsJudgedByForceSSL: what is a downgrade where the server takes
// plaintext is a failure where it does not, and undecidable where nobody
// knows.
func TestPlaintextIsJudgedByForceSSL(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	on, off := true, false
	prefer := libpq("c", "sslmode=prefer sslrootcert=/r.pem", s.old.Root)
	disable := libpq("c", "sslmode=disable")
	tests := map[string]struct {
		client  readiness.Client
		force   *bool
		outcome readiness.Outcome
		reason  readiness.Reason
	}{
		"downgrade taken":           {prefer, &off, readiness.Downgrades, certpath.UnknownAuthority},
		"downgrade refused":         {prefer, &on, readiness.Fails, certpath.UnknownAuthority},
		"downgrade unknown":         {prefer, nil, readiness.Downgrades, certpath.UnknownAuthority},
		"plaintext taken":           {disable, &off, readiness.Plaintext, readiness.TLSNotAttempted},
		"plaintext refused":         {disable, &on, readiness.Fails, readiness.PlaintextRefused},
		"plaintext unknown":         {disable, nil, readiness.Indeterminate, readiness.ForceSSLUnknown},
		"TLS does not depend on it": {libpq("c", "sslmode=require"), nil, readiness.ConnectsUnverified, readiness.NotVerified},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(tc.client)
			in.ForceSSL = tc.force
			got := readiness.Evaluate(in).Verdicts["c"].Target
			if got.Outcome != tc.outcome || got.Reason != tc.reason {
				t.Errorf("%s (%s), want %s (%s)", got.Outcome, got.Reason, tc.outcome, tc.reason)
			}
		})
	}
}

func TestWaivers(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	unready := libpq("c", "sslmode=verify-full sslrootcert=/r.pem", s.old.Root)
	tests := map[string]struct {
		client   readiness.Client
		expires  time.Time
		ready    bool
		waived   bool
		findings []string
	}{
		"in force":                  {unready, at.Add(time.Second), true, true, []string{"warning waived"}},
		"expired at this instant":   {unready, at, false, false, []string{"error unknown_authority", "warning waiver_expired"}},
		"without an end":            {unready, time.Time{}, false, false, []string{"error unknown_authority", "warning waiver_expired"}},
		"of a client that is ready": {libpq("c", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root), at.Add(time.Hour), true, false, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(tc.client)
			in.Waivers = map[string]readiness.Waiver{"c": {Reason: "CHG-1", Expires: tc.expires}}
			report := readiness.Evaluate(in)
			v := report.Verdicts["c"]
			if v.Ready != tc.ready || v.Waived != tc.waived || report.Ready != tc.ready {
				t.Errorf("ready %t, waived %t, report ready %t", v.Ready, v.Waived, report.Ready)
			}
			if diff := cmp.Diff(tc.findings, codes(report, "c")); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNothingDecidedIsNeverReady: the zero values of everything block.
func TestNothingDecidedIsNeverReady(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	verifying := libpq("c", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root)

	t.Run("no clients", func(t *testing.T) {
		t.Parallel()
		report := readiness.Evaluate(s.input())
		if report.Ready || !slices.Contains(codes(report, ""), "error no_clients_declared") {
			t.Errorf("ready %t with %v", report.Ready, report.Findings)
		}
	})
	t.Run("no evidence", func(t *testing.T) {
		t.Parallel()
		report := readiness.Evaluate(readiness.Input{Clients: []readiness.Client{verifying}, At: at})
		if v := report.Verdicts["c"]; v.Ready || v.Target.Outcome != readiness.Indeterminate || v.Target.Reason != readiness.PathNotKnown {
			t.Errorf("%+v", v)
		}
	})
	t.Run("a store that cannot be read here", func(t *testing.T) {
		t.Parallel()
		c := verifying
		c.Store = readiness.Store{Unavailable: "permission denied"}
		report := readiness.Evaluate(s.input(c))
		if v := report.Verdicts["c"]; v.Ready || v.Target.Outcome != readiness.Indeterminate || v.Target.Reason != readiness.TrustStoreNotAvailable {
			t.Errorf("%+v", v)
		}
	})
	t.Run("a store that cannot be read here, and two settings that name one", func(t *testing.T) {
		t.Parallel()
		report := readiness.Evaluate(s.input(readiness.Client{
			Name: "c", Store: readiness.Store{Declared: true, Name: "typo.p12", Unavailable: "no such file"},
			Settings: policy.Settings{
				Driver: "pgjdbc", Version: "42.7.3", Runtime: "17", StoreDeclared: true,
				Connection:  "jdbc:postgresql://" + endpoint + "/db?sslmode=verify-full&sslrootcert=/etc/rds.pem&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
				Environment: map[string]string{"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/etc/ts.jks"},
			},
		}))
		if v := report.Verdicts["c"]; v.Target.Outcome != readiness.Indeterminate || v.Target.Reason != readiness.TrustStoreNotAvailable {
			t.Errorf("%+v", v)
		}
	})
	t.Run("unless the user chose otherwise", func(t *testing.T) {
		t.Parallel()
		in := s.input(readiness.Client{Name: "c"})
		in.WarnIndeterminate = true
		report := readiness.Evaluate(in)
		if !report.Ready || !slices.Contains(codes(report, "c"), "warning driver_not_covered") {
			t.Errorf("ready %t with %v", report.Ready, report.Findings)
		}
	})
}

func TestSummaryCountsAndNames(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	in := s.input(
		libpq("billing", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root),
		libpq("reports", "sslmode=verify-ca sslrootcert=/r.pem", s.old.Root),
		libpq("batch", "sslmode=verify-ca sslrootcert=/r.pem", s.old.Root),
	)
	in.Waivers = map[string]readiness.Waiver{"batch": {Reason: "gone next week", Expires: at.AddDate(0, 0, 7)}}
	summary := readiness.Evaluate(in).Summary
	for _, part := range []string{"1 of 3", "reports", "rds-ca-rsa2048-g1", "waived"} {
		if !strings.Contains(summary, part) {
			t.Errorf("summary %q lacks %q", summary, part)
		}
	}
	if strings.Contains(summary, "billing") {
		t.Errorf("summary %q blames a client that is ready", summary)
	}
}

// TestTheOrderOfFindingsIsStable: state must not change because a map was
// walked another way.
func TestTheOrderOfFindingsIsStable(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	clients := []readiness.Client{
		libpq("b", "sslmode=require"), libpq("a", "sslmode=disable"),
		libpq("d", "sslmode=verify-ca sslrootcert=/r.pem", s.old.Root), libpq("c", "sslmode=verify-full"),
	}
	want := readiness.Evaluate(s.input(clients...)).Findings
	slices.Reverse(clients)
	if diff := cmp.Diff(want, readiness.Evaluate(s.input(clients...)).Findings); diff != "" {
		t.Errorf("findings depend on the order of the clients:\n%s", diff)
	}
	severities := make([]readiness.Severity, len(want))
	for i, f := range want {
		severities[i] = f.Severity
	}
	rank := map[readiness.Severity]int{readiness.Blocking: 0, readiness.Warning: 1, readiness.Info: 2}
	if !slices.IsSortedFunc(severities, func(a, b readiness.Severity) int { return rank[a] - rank[b] }) {
		t.Errorf("not by severity: %v", severities)
	}
}
