package readiness_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// observed judges clients without TLS, each of one user, and returns the
// findings about what was observed.
func observed(observations []readiness.Observation, users ...string) readiness.Report {
	in := readiness.Input{Observations: observations, At: at}
	for _, user := range users {
		c := libpq(user, "sslmode=disable")
		c.Match.Usernames = []string{strings.TrimRight(user, "0123456789")}
		in.Clients = append(in.Clients, c)
	}
	return readiness.Evaluate(in)
}

func details(r readiness.Report, code string) []string {
	var all []string
	for _, f := range r.Findings {
		if f.Code == code {
			all = append(all, string(f.Severity)+": "+f.Detail)
		}
	}
	return all
}

// TestWhoLookedAndForHowLong is in the finding about a client that nobody saw.
func TestWhoLookedAndForHowLong(t *testing.T) {
	t.Parallel()
	span := func(d time.Duration) []readiness.Observation {
		return []readiness.Observation{{Source: "log", Complete: true, From: at, To: at.Add(d)}}
	}
	const unknown = "an unnamed source (unknown period, incomplete)"
	five, six := strings.Repeat(unknown+", ", 4)+unknown, make([]readiness.Observation, 6)
	for want, observations := range map[string][]readiness.Observation{
		"log (less than 2 minutes)": span(90*time.Second - 1),
		"log (2 minutes)":           span(90 * time.Second),
		"log (89 minutes)":          span(89 * time.Minute),
		"log (2 hours)":             span(90 * time.Minute),
		"log (47 hours)":            span(47*time.Hour + 30*time.Minute - 1),
		"log (2 days)":              span(47*time.Hour + 30*time.Minute),
		"log (4 days)":              span(4 * 24 * time.Hour),
		unknown:                     {{From: at}},
		"log (unknown period)":      {{Source: "log", Complete: true, To: at}},
		five + ", 1 more":           six,
		five:                        six[:5],
		"nothing":                   {},
	} {
		got := details(observed(observations, "app"), readiness.FindingNeverSeen)
		want := []string{"info: No observed session matches this client. Observed by: " + want + ". Either the client was not connected then, or its \"match\" is wrong."}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestSessionsOfSeveralClients names five of them, and counts the others.
func TestSessionsOfSeveralClients(t *testing.T) {
	t.Parallel()
	off := false
	for want, users := range map[string][]string{
		"app1, app2.":                              {"app1", "app2"},
		"app1, app2, app3, app4, app5.":            {"app1", "app2", "app3", "app4", "app5"},
		"app1, app2, app3, app4, app5 and 1 more.": {"app1", "app2", "app3", "app4", "app5", "app6"},
	} {
		got := details(observed(seen(readiness.Session{Username: "app", SSL: &off}), users...), readiness.FindingMatchedTwice)
		if diff := cmp.Diff([]string{`warning: The observed plaintext session (user "app") matches several clients: ` + want + ` Narrow their "match".`}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestManySessions have a finding each up to a limit, and one for the rest.
func TestManySessions(t *testing.T) {
	t.Parallel()
	on := true
	many := func(user string, n int) []readiness.Observation {
		var sessions []readiness.Session
		for i := range n {
			sessions = append(sessions, readiness.Session{Username: user, ApplicationName: fmt.Sprint(i), SSL: &on})
		}
		return seen(sessions...)
	}
	for _, n := range []int{500, 501} {
		undeclared := details(observed(many("ghost", n), "app1", "app2"), readiness.FindingUndeclared)
		twice := details(observed(many("app", n), "app1", "app2"), readiness.FindingMatchedTwice)
		if len(undeclared) != n || len(twice) != n {
			t.Errorf("%d sessions: %d findings about undeclared ones, %d about several clients", n, len(undeclared), len(twice))
		}
		if rest := slices.Contains(undeclared, "error: Number of further observed sessions that match no declared client: 1."); rest != (n == 501) {
			t.Errorf("%d sessions: the rest of those that nobody declared is mentioned: %t", n, rest)
		}
		if rest := slices.Contains(twice, "warning: Number of further observed sessions that match several clients: 1."); rest != (n == 501) {
			t.Errorf("%d sessions: the rest of those of several clients is mentioned: %t", n, rest)
		}
	}
}

// TestAPlaintextSessionHidesNoOther of the same names that is on TLS.
func TestAPlaintextSessionHidesNoOther(t *testing.T) {
	t.Parallel()
	on, off := true, false
	for name, sessions := range map[string][]readiness.Session{
		"on TLS":      {{Username: "ghost", SSL: &off}, {Username: "ghost", SSL: &on}},
		"not visible": {{Username: "ghost", SSL: &off}, {Username: "ghost"}},
	} {
		if got := details(observed(seen(sessions...), "app"), readiness.FindingUndeclared); len(got) != 1 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestSeenTwice keeps the times that are known.
func TestSeenTwice(t *testing.T) {
	t.Parallel()
	known := readiness.Session{Username: "app", First: at, Last: at}
	unknown := readiness.Session{Username: "app"}
	for _, sessions := range [][]readiness.Session{{known, unknown}, {unknown, known}} {
		want := map[string]readiness.Seen{"app": {Observed: true, First: at, Last: at}}
		if diff := cmp.Diff(want, observed(seen(sessions...), "app").Coverage.Seen); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestDraftsOfOddNames: a name of Terraform's language, and no network where
// the address is none.
func TestDraftsOfOddNames(t *testing.T) {
	t.Parallel()
	on := true
	for want, session := range map[string]readiness.Session{
		"tude_7 = {": {ApplicationName: "Étude 7"},
		`application_names = ["\U000e0001\u202e"]`: {ApplicationName: "\U000e0001\u202e"},
		"application_names = [\"\U0001f600\"]":     {ApplicationName: "\U0001f600"},
		"  match = {\n  }\n":                       {ClientAddr: "client.example"},
		`client_cidrs = ["fe80::1/128"]`:           {ClientAddr: "fe80::1%eth0"},
	} {
		session.SSL = &on
		drafts := observed(seen(session), "app").Coverage.Drafts
		if len(drafts) != 1 || !strings.Contains(drafts[0].Configuration, want) {
			t.Errorf("%q is not in %+v", want, drafts)
		}
		if name := drafts[0].Name; strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Errorf("the name %q is not ASCII", name)
		}
	}
}
