package watch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/watch"
)

var (
	billing = watch.Client{Username: "billing", Database: "app", ApplicationName: "billing", Address: "10.0.0.5"}
	reports = watch.Client{Username: "reports", Database: "app", ApplicationName: "monthly", Address: "10.0.0.6"}
	at      = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	refusal = watch.Refusal{Address: "10.0.0.6", Alert: "unknown_ca", Meaning: "the client does not trust the CA", Handshakes: 3, Last: at}
)

func TestEverybodyComesBack(t *testing.T) {
	t.Parallel()
	w := watch.Watch{Expected: []watch.Client{billing, reports}, Calm: 2}
	moved := billing
	moved.Address = "10.0.0.99" // Another container.
	steps := []struct {
		look watch.Look
		news []string
		done bool
	}{
		{watch.Look{}, nil, false},
		{watch.Look{Came: []watch.Client{moved}}, []string{`Came back: user "billing", database "app", application "billing", address "10.0.0.5"`}, false},
		{watch.Look{Came: []watch.Client{moved}}, nil, false},
		{watch.Look{Came: []watch.Client{moved, reports}}, []string{`Came back: user "reports", database "app", application "monthly", address "10.0.0.6"`}, false},
		{watch.Look{Came: []watch.Client{moved, reports}}, nil, true},
	}
	for i, step := range steps {
		news, done := w.Take(step.look)
		if diff := cmp.Diff(step.news, news); diff != "" || done != step.done {
			t.Errorf("look %d: done %t (-want +got):\n%s", i+1, done, diff)
		}
	}
	if w.Back() != 2 || len(w.Away()) != 0 || len(w.Refused()) != 0 {
		t.Errorf("%d back, away %v, refused %v", w.Back(), w.Away(), w.Refused())
	}
}

func TestSomebodyIsRefused(t *testing.T) {
	t.Parallel()
	w := watch.Watch{Expected: []watch.Client{billing, reports}, Calm: 1}
	news, done := w.Take(watch.Look{Came: []watch.Client{billing}, Refused: []watch.Refusal{refusal}})
	if len(news) != 2 || !done {
		t.Errorf("news %q, done %t", news, done)
	}
	want := []string{`the client at 10.0.0.6 (seen there before: user "reports", database "app", application "monthly"): the client does not trust the CA (failed handshakes: 3, last at 2026-03-01T12:00:00Z)`}
	if diff := cmp.Diff(want, w.Refused()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if news, _ = w.Take(watch.Look{Refused: []watch.Refusal{refusal}}); len(news) != 0 {
		t.Errorf("the same again is news: %q", news)
	}
	another := refusal
	another.Alert, another.Meaning = "bad_certificate", "the client did not accept the server certificate"
	if news, _ = w.Take(watch.Look{Refused: []watch.Refusal{refusal, another}}); len(news) != 1 || !strings.Contains(news[0], another.Meaning) {
		t.Errorf("another alert: %q", news)
	}
}

// TestClientsBehindOneAddress: who is back was not refused.
func TestClientsBehindOneAddress(t *testing.T) {
	t.Parallel()
	nightly := reports
	nightly.ApplicationName = "nightly"
	w := watch.Watch{Expected: []watch.Client{reports, nightly}}
	const address = "the client at 10.0.0.6 (seen there before: "
	both := address + `user "reports", database "app", application "monthly"; user "reports", database "app", application "nightly")`
	for i, step := range []struct {
		came []watch.Client
		want string
	}{
		{nil, both},
		{[]watch.Client{nightly}, address + `user "reports", database "app", application "monthly")`},
		{[]watch.Client{nightly, reports}, both},
	} {
		w.Take(watch.Look{Came: step.came})
		if got := w.Name("10.0.0.6"); got != step.want {
			t.Errorf("look %d: %s", i+1, got)
		}
	}
}

func TestSomebodyStaysAway(t *testing.T) {
	t.Parallel()
	w := watch.Watch{Expected: []watch.Client{billing, reports}}
	_, done := w.Take(watch.Look{Came: []watch.Client{billing}, Unfinished: map[string]int64{"10.0.0.6": 4}})
	if diff := cmp.Diff([]watch.Client{reports}, w.Away()); diff != "" || done {
		t.Errorf("done %t, away (-want +got):\n%s", done, diff)
	}
	if diff := cmp.Diff([]watch.Client{reports}, w.Silent()); diff != "" {
		t.Errorf("silent (-want +got):\n%s", diff)
	}
	local := watch.Watch{Expected: []watch.Client{{Username: "local"}}}
	if local.Take(watch.Look{Unfinished: map[string]int64{"": 1}}); len(local.Silent()) != 0 {
		t.Errorf("silent at an address that is not known: %v", local.Silent())
	}
	if _, done = (&watch.Watch{}).Take(watch.Look{}); done {
		t.Error("done though nobody was expected: the time has to pass")
	}
	if got := w.Name(""); got != "the client at an unknown address" {
		t.Error(got)
	}
}
