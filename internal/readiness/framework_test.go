package readiness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestWhatAFrameworkDrops: each setting is a finding, and one about TLS leaves
// nothing decided that would let the switch pass.
func TestWhatAFrameworkDrops(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	drops := func(name, value string) *readiness.Framework {
		return &readiness.Framework{Name: "Rails", Unread: map[string]string{name: value}}
	}
	warned := func(severity readiness.Severity, detail string) readiness.Finding {
		return readiness.Finding{Severity: severity, Code: readiness.FindingSettingNotRead, Client: "c", Detail: detail}
	}
	const sslmode = "Rails silently drops the setting sslmode. Remove it, or write it where Rails reads it."
	const drivers = "libpq silently drops the setting sslmod. Remove it, or write it where libpq reads it."
	unread := func(meant string, decides bool, attempts ...policy.Attempt) *policy.Policy {
		return &policy.Policy{Hosts: []policy.Host{{Name: endpoint}}, Attempts: attempts, Unread: []policy.Unread{{Name: "sslmod", Meant: meant, Decides: decides}}}
	}
	for name, tc := range map[string]struct {
		framework  *readiness.Framework
		policy     *policy.Policy // of the driver, whatever the settings say
		connection string
		outcome    readiness.Outcome
		reason     readiness.Reason
		detail     string
		want       []readiness.Finding // about settings
	}{
		"a setting of no account": {
			framework: drops("pool", "5"), connection: "sslmode=require", outcome: readiness.ConnectsUnverified, reason: readiness.NotVerified,
			detail: "The client uses TLS, but does not verify the server.",
			want:   []readiness.Finding{warned(readiness.Info, "Rails silently drops the setting pool. Remove it, or write it where Rails reads it.")},
		},
		"a setting of TLS": {
			framework: drops("sslmode", "verify-full"), connection: "sslmode=require", reason: readiness.SettingNotRead,
			detail: "Rails silently drops sslmode. As deployed, the client connects without verifying anything, but its settings probably intend something else.",
			want: []readiness.Finding{
				warned(readiness.Blocking, "The provider cannot tell what this client will do after the switch. Rails silently drops sslmode. As deployed, the client connects without verifying anything, but its settings probably intend something else."),
				warned(readiness.Warning, sslmode),
			},
		},
		"a setting of TLS, and plaintext": {
			framework: drops("sslmode", "verify-full"), connection: "sslmode=disable", reason: readiness.SettingNotRead,
			detail: "Rails silently drops sslmode. As deployed, the client connects in plaintext, but its settings probably intend something else.",
			want: []readiness.Finding{
				warned(readiness.Blocking, "The provider cannot tell what this client will do after the switch. Rails silently drops sslmode. As deployed, the client connects in plaintext, but its settings probably intend something else."),
				warned(readiness.Warning, sslmode),
			},
		},
		"a setting of TLS, and it fails all the same": {
			framework: drops("sslmode", "verify-full"), connection: "sslmode=verify-full", outcome: readiness.Fails, reason: readiness.RootCertificateMissing,
			detail: "The client looks for a root certificate file in its default place, but no file is declared there.",
			want:   []readiness.Finding{warned(readiness.Warning, sslmode)},
		},
		"the driver's own": {
			policy: unread("", true, policy.Attempt{TLS: true}), reason: readiness.SettingNotRead,
			detail: "libpq silently drops sslmod. As deployed, the client connects without verifying anything, but its settings probably intend something else.",
			want: []readiness.Finding{
				warned(readiness.Blocking, "The provider cannot tell what this client will do after the switch. libpq silently drops sslmod. As deployed, the client connects without verifying anything, but its settings probably intend something else."),
				warned(readiness.Warning, drivers),
			},
		},
		"the driver's own, with what was meant": {
			policy: unread("sslmode", false, policy.Attempt{TLS: true}), outcome: readiness.ConnectsUnverified, reason: readiness.NotVerified,
			detail: "The client uses TLS, but does not verify the server.",
			want:   []readiness.Finding{warned(readiness.Info, drivers+" Did you mean sslmode?")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := libpq("c", tc.connection)
			c.Framework = tc.framework
			if tc.policy != nil {
				c = c.With(*tc.policy)
			}
			report := readiness.Evaluate(s.input(c))
			v := report.Verdicts["c"].Target
			if v.Outcome != tc.outcome || v.Reason != tc.reason || v.Detail != tc.detail {
				t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
			}
			var got []readiness.Finding
			for _, f := range report.Findings {
				if f.Code == readiness.FindingSettingNotRead {
					got = append(got, f)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAFrameworkThatDropsTheNameOfTheStore: the store lies where the dropped
// setting says, and not where the driver looks by default.
func TestAFrameworkThatDropsTheNameOfTheStore(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	const connects = "Rails silently drops tls_file. As deployed, the client connects, but its settings probably intend something else."
	const missing = "The client looks for a root certificate file in its default place, but no file is declared there."
	for name, tc := range map[string]struct {
		connection, dropped string
		place               policy.Place
		reason              readiness.Reason
		detail              string
	}{
		"in the default place":              {"sslmode=verify-ca", "/etc/r.pem", "", readiness.RootCertificateMissing, missing},
		"wherever the settings lead":        {"sslmode=verify-ca", "/etc/r.pem", policy.PlaceAuto, readiness.RootCertificateMissing, missing},
		"in the default place, as declared": {"sslmode=verify-ca", "/etc/r.pem", policy.PlaceHome, readiness.SettingNotRead, connects},
		"where another setting says":        {"sslmode=verify-ca sslrootcert=/etc/r.pem", "/etc/other.pem", "", readiness.SettingNotRead, connects},
		"what is dropped is no name of one": {"sslmode=verify-ca", "yes", "", readiness.SettingNotRead, connects},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := libpq("c", tc.connection, s.next.Root)
			c.Settings.StorePlace = tc.place
			c.Framework = &readiness.Framework{Name: "Rails", Unread: map[string]string{"tls_file": tc.dropped}}
			if v := readiness.Evaluate(s.input(c)).Verdicts["c"].Target; v.Reason != tc.reason || v.Detail != tc.detail {
				t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
			}
		})
	}
}

// TestAFrameworkThatDoesNotStart never comes to its driver.
func TestAFrameworkThatDoesNotStart(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	c := libpq("c", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root)
	c.Framework = &readiness.Framework{Name: "Rails", StartError: "no such adapter"}
	v := readiness.Evaluate(s.input(c)).Verdicts["c"].Target
	want := readiness.Verdict{
		Outcome: readiness.Fails, Reason: readiness.FrameworkNotStarting, Detail: "Rails refuses these settings and does not start.", ExpectedError: "no such adapter",
	}
	if v != want {
		t.Errorf("%+v, want %+v", v, want)
	}
	c.Framework = &readiness.Framework{Name: "Rails"}
	if v := readiness.Evaluate(s.input(c)).Verdicts["c"].Target; v.Reason != certpath.Accepted {
		t.Errorf("it starts: %s (%s)", v.Outcome, v.Reason)
	}
}
