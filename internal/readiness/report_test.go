package readiness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestWhatIsSaidOfAClient: whether the switch is at fault, and in which words.
func TestWhatIsSaidOfAClient(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	finding := func(severity readiness.Severity, code, detail string) readiness.Finding {
		return readiness.Finding{Severity: severity, Code: code, Client: "c", Detail: detail}
	}
	other := newSwitchover(t, pki.CAECC384).next
	const same = "The outcome is the same under the current CA, so the switch is not the cause. As declared, the client is ready neither before nor after the switch. "
	stranger := `The chain ends in the root "` + s.next.Root.Subject.String() + `", which the trust store does not hold.`
	alias := `The client does not find "orders.example" in the server certificate, which names ` + endpoint + `.`
	const goesOn = " The driver then silently continues in plaintext, which the server accepts unless rds.force_ssl is on."
	proxied := func(c readiness.Client) readiness.Client { c.ViaProxy = true; return c }
	for name, tc := range map[string]struct {
		client readiness.Client
		want   []readiness.Finding
	}{
		"the switch is at fault": {libpq("c", verifyFull, s.old.Root), []readiness.Finding{finding(readiness.Blocking, "unknown_authority", stranger)}},
		"it fails for the same reason now": {libpq("c", verifyFull+" host=orders.example", s.old.Root, s.next.Root), []readiness.Finding{
			finding(readiness.Blocking, "host_name_mismatch", same+alias), finding(readiness.Warning, "already_failing", "This client already fails under the current CA."),
		}},
		"it fails for another reason now": {libpq("c", verifyFull+" host=orders.example", s.old.Root), []readiness.Finding{
			finding(readiness.Blocking, "unknown_authority", stranger), finding(readiness.Warning, "already_failing", "This client already fails under the current CA."),
		}},
		"it falls back for the same reason now": {libpq("c", "sslmode=prefer sslrootcert=/r.pem", other.Root), []readiness.Finding{
			finding(readiness.Blocking, "unknown_authority", same+stranger+goesOn), finding(readiness.Warning, "already_failing", "This client already falls back to plaintext under the current CA."),
		}},
		"nobody can tell": {readiness.Client{Name: "c"}.With(policy.Policy{Undecided: "nobody says which"}), []readiness.Finding{
			finding(readiness.Blocking, "driver_not_covered", "The provider cannot tell what this client will do after the switch. Nobody says which."),
		}},
		"it falls back behind RDS Proxy": {proxied(libpq("c", "sslmode=prefer sslrootcert=/r.pem", s.old.Root)), []readiness.Finding{
			finding(readiness.Warning, "already_failing", "This client already falls back to plaintext under the current CA."),
			finding(readiness.Warning, "fails_behind_proxy", "Through RDS Proxy, this client falls back to plaintext, both before and after the switch. The switch does not affect it, since RDS Proxy has its own certificate. The trust store does not hold the root \"Amazon Root CA 1\"."+goesOn),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, readiness.Evaluate(s.input(tc.client)).Findings); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheSameReasonWithAnotherOutcome now is the switch's fault all the same.
func TestTheSameReasonWithAnotherOutcome(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	p := policy.Policy{
		Hosts: []policy.Host{{Name: endpoint}}, Attempts: []policy.Attempt{{TLS: true, VerifyHost: true}}, NameRule: certpath.NameLibpq, Doubt: policy.NoHost,
	}
	in := s.input(readiness.Client{Name: "c"}.With(p))
	renamed, err := pki.NewRegion("us-east-1", at.AddDate(0, -3, 0)).Chain(pki.CARSA2048, pki.Options{DNSNames: []string{"orders.example"}})
	if err != nil {
		t.Fatal(err)
	}
	in.Target.Presented.Certificates = renamed.Presented()
	report := readiness.Evaluate(in)
	if v := report.Verdicts["c"]; v.Current.Outcome != readiness.Indeterminate || v.Target.Outcome != readiness.Fails || v.Current.Reason != v.Target.Reason {
		t.Fatalf("%+v", v)
	}
	want := []readiness.Finding{{
		Severity: readiness.Blocking, Code: "host_name_mismatch", Client: "c",
		Detail: `The client does not find "` + endpoint + `" in the server certificate, which names orders.example.`,
	}}
	if diff := cmp.Diff(want, report.Findings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTheSummaryNamesWhoIsNotReady, and Counts does not.
func TestTheSummaryNamesWhoIsNotReady(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	in := s.input(libpq("reports", verifyFull, s.old.Root), libpq("batch", verifyFull, s.old.Root), libpq("ready", verifyFull, s.next.Root))
	in.Target.CAIdentifier = ""
	report := readiness.Evaluate(in)
	const counts = "Clients ready for the target CA: 1 of 3"
	if report.Counts != counts+"." || report.Summary != counts+"; not ready: batch, reports." {
		t.Errorf("counts %q, summary %q", report.Counts, report.Summary)
	}
}

// TestWaiversAreToldWithTheirReason.
func TestWaiversAreToldWithTheirReason(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	for want, waiver := range map[string]readiness.Waiver{
		"waived: Not ready (unknown_authority), but waived until 2026-06-08. The waiver's reason: CHG-1": {Reason: "CHG-1", Expires: at.AddDate(0, 0, 7)},
		"waiver_expired: The waiver has expired and no longer counts. Its reason was: CHG-1":             {Reason: "CHG-1", Expires: at.AddDate(0, 0, -7)},
	} {
		in := s.input(libpq("c", verifyFull, s.old.Root))
		in.Waivers = map[string]readiness.Waiver{"c": waiver}
		var got []string
		for _, f := range readiness.Evaluate(in).Findings {
			if f.Severity == readiness.Warning {
				got = append(got, f.Code+": "+f.Detail)
			}
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
