package census_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/census"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func day(n int) time.Time { return monday.AddDate(0, 0, n) }

func person(name string) census.Client {
	return census.Client{Username: name, Address: "10.0.0.1", SSL: "true"}
}

// log is a log of a span, in which everybody came at its end.
func log(from, to int, complete bool, names ...string) census.Observation {
	o := census.Observation{From: day(from), To: day(to), Complete: complete, Clients: map[census.Client]census.Seen{}}
	for _, name := range names {
		o.Clients[person(name)] = census.Seen{First: day(to), Last: day(to)}
	}
	return o
}

func merge(t *testing.T, before census.Census, forget time.Duration, observations ...census.Observation) census.Change {
	t.Helper()
	c, err := census.Merge(before, observations, forget)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAMonthlyClientIsRemembered(t *testing.T) {
	t.Parallel()
	c := merge(t, census.Census{}, 0, log(0, 3, true, "monthly", "app"))
	if !c.Needed || len(c.New) != 2 || !c.Census.Complete {
		t.Fatalf("%+v", c)
	}
	for i := 1; i < 10; i++ {
		c = merge(t, c.Census, 0, log(3*i, 3*i+3, true, "app"))
	}
	if diff := cmp.Diff(census.Seen{First: day(3), Last: day(3)}, c.Census.Clients[person("monthly")]); diff != "" {
		t.Errorf("monthly (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(census.Seen{First: day(3), Last: day(30)}, c.Census.Clients[person("app")]); diff != "" {
		t.Errorf("app (-want +got):\n%s", diff)
	}
	if !c.Census.From.Equal(day(0)) || !c.Census.To.Equal(day(30)) || !c.Census.Complete {
		t.Errorf("span %s to %s, complete %t", c.Census.From, c.Census.To, c.Census.Complete)
	}
	c = merge(t, c.Census, 20*24*time.Hour, log(30, 31, true, "app"))
	if diff := cmp.Diff([]census.Client{person("monthly")}, c.Forgotten); diff != "" || !c.Needed {
		t.Errorf("forgotten (-want +got):\n%s", diff)
	}
}

func TestNothingChangesWithinADay(t *testing.T) {
	t.Parallel()
	before := merge(t, census.Census{}, 0, log(0, 3, true, "app")).Census
	soon := log(0, 3, true, "app")
	soon.To = soon.To.Add(23 * time.Hour)
	soon.Clients[person("app")] = census.Seen{First: day(3), Last: soon.To}
	if c := merge(t, before, 0, soon); c.Needed {
		t.Errorf("within a day: %+v", c)
	}
	look := census.Observation{From: day(3), To: day(3).Add(time.Minute), Complete: true, Moments: true, Clients: map[census.Client]census.Seen{person("app"): {First: day(3), Last: day(3)}}}
	if c := merge(t, before, 0, look); c.Needed || !c.Census.To.Equal(day(3)) {
		t.Errorf("a look: %+v", c)
	}
	since := log(0, 3, true, "app")
	since.Clients[person("app")] = census.Seen{First: day(1), Last: day(2)}
	if c := merge(t, before, 0, since); c.Needed || c.Census.Clients[person("app")] != (census.Seen{First: day(1), Last: day(3)}) {
		t.Errorf("seen before: %+v", c)
	}
	soon.Complete = false
	if c := merge(t, before, 0, soon); !c.Needed || c.Census.Complete {
		t.Errorf("not complete any longer: %+v", c)
	}
	look.Clients[person("app")] = census.Seen{First: day(4), Last: day(4)}
	if c := merge(t, before, 0, look); !c.Needed {
		t.Errorf("a look a day later: %+v", c)
	}
	if c := merge(t, before, 0, log(3, 4, true, "app")); !c.Needed {
		t.Error("after a day the times are kept")
	}
	if c := merge(t, before, 0, log(0, 3, true, "app", "new")); !c.Needed || len(c.New) != 1 {
		t.Errorf("somebody new: %+v", c)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	before := merge(t, census.Census{}, 0, log(0, 3, true)).Census
	tests := map[string]struct {
		next     census.Observation
		from     time.Time
		complete bool
	}{
		"without a hole":           {log(2, 5, true), day(0), true},
		"with a hole":              {log(4, 5, true), day(4), true},
		"incomplete":               {log(2, 5, false), day(0), false},
		"incomplete with a hole":   {log(4, 5, false), day(4), false},
		"nothing that is not over": {log(0, 2, true), day(0), true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := merge(t, before, 0, tc.next).Census
			if !got.From.Equal(tc.from) || got.Complete != tc.complete {
				t.Errorf("from %s, complete %t", got.From, got.Complete)
			}
		})
	}
	for name, tc := range map[string]struct {
		logs     []census.Observation
		complete bool
	}{
		"of two servers, one incomplete":              {[]census.Observation{log(0, 5, true), log(0, 5, false)}, false},
		"of two servers, the first to end incomplete": {[]census.Observation{log(0, 5, true), log(0, 4, false)}, false},
		"one after the other":                         {[]census.Observation{log(3, 5, true), log(0, 3, false)}, true},
		"of two servers, both complete":               {[]census.Observation{log(0, 5, true), log(0, 4, true)}, true},
	} {
		if got := merge(t, census.Census{}, 0, tc.logs...).Census; got.Complete != tc.complete {
			t.Errorf("logs %s: complete %t", name, got.Complete)
		}
	}
	timeless := log(2, 5, true)
	timeless.From = time.Time{}
	if got := merge(t, before, 0, timeless).Census; !got.To.Equal(day(3)) {
		t.Errorf("a log that does not say where it begins covers until %s", got.To)
	}
	broken := merge(t, before, 0, log(2, 5, false)).Census
	if c := merge(t, broken, 0, log(4, 8, true)); !c.Census.Complete || !c.Census.From.Equal(day(4)) || !c.Needed {
		t.Errorf("complete again: %+v", c.Census)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	many := func(n int, alike bool) census.Observation {
		o := log(0, 1, true)
		for i := range n {
			c := person("app")
			if c.Address = fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255); !alike {
				c.Username = c.Address
			}
			o.Clients[c] = census.Seen{First: day(1), Last: day(1)}
		}
		return o
	}
	if _, err := census.Merge(census.Census{}, []census.Observation{many(census.MaxClients+1, false)}, 0); !errors.Is(err, census.ErrTooMany) {
		t.Errorf("error = %v", err)
	}
	c := merge(t, census.Census{}, 0, many(census.MaxClients, false))
	if len(c.Census.Clients) != census.MaxClients {
		t.Errorf("%d clients", len(c.Census.Clients))
	}
	c = merge(t, census.Census{}, 0, many(100_000, true))
	if _, folded := c.Census.Clients[census.Client{Username: "app", SSL: "true"}]; !folded || len(c.Census.Clients) != 1 {
		t.Errorf("%d clients that are alike", len(c.Census.Clients))
	}
	if c = merge(t, c.Census, 0, many(1, true)); len(c.Census.Clients) != 1 || len(c.New) != 0 {
		t.Errorf("one more of them: %+v", c)
	}
}
