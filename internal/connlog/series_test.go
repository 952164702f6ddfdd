package connlog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
)

func TestSeries(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return time.Date(2026, 1, 2, hour, 0, 0, 0, time.UTC) }
	tests := map[string]struct {
		names, chosen []string
		hours         []time.Time
	}{
		"in their order": {
			names:  []string{"error/postgresql.log.2026-01-02-02", "error/postgres.log", "error/postgresql.log.2026-01-02-01", "error/pg_upgrade_server.log"},
			chosen: []string{"error/postgresql.log.2026-01-02-01", "error/postgresql.log.2026-01-02-02"},
		},
		"csvlog before stderr": {
			names:  []string{"error/postgresql.log.2026-01-02-0100", "error/postgresql.log.2026-01-02-0100.csv", "error/postgresql.log.2026-01-02-0200"},
			chosen: []string{"error/postgresql.log.2026-01-02-0100.csv", "error/postgresql.log.2026-01-02-0200"},
		},
		"a hole": {
			names:  []string{"postgresql.log.2026-01-02-01", "postgresql.log.2026-01-02-04"},
			chosen: []string{"postgresql.log.2026-01-02-01", "postgresql.log.2026-01-02-04"},
			hours:  []time.Time{at(2), at(3)},
		},
		"no hour in the name": {names: []string{"error/postgresql.log"}, chosen: []string{"error/postgresql.log"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chosen, hours := connlog.Series(tc.names)
			if diff := cmp.Diff(tc.chosen, chosen); diff != "" {
				t.Errorf("chosen (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.hours, hours); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReaches(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 2, 1, 10, 0, 0, time.UTC)
	for since, want := range map[time.Time]bool{{}: true, from: true, from.Add(-59 * time.Minute): true, from.Add(-2 * time.Hour): false} {
		if got := (connlog.Report{From: from}).Reaches(since); got != want {
			t.Errorf("since %s: %t", since, got)
		}
	}
	if (connlog.Report{}).Reaches(from) {
		t.Error("an empty log reaches back")
	}
}
