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
		hours, mixed  []time.Time
	}{
		"in their order": {
			names:  []string{"error/postgresql.log.2026-01-02-02", "error/postgres.log", "error/postgresql.log.2026-01-02-01", "error/pg_upgrade_server.log"},
			chosen: []string{"error/postgresql.log.2026-01-02-01", "error/postgresql.log.2026-01-02-02"},
		},
		"csvlog before stderr": {
			names:  []string{"error/postgresql.log.2026-01-02-0100", "error/postgresql.log.2026-01-02-0100.csv", "error/postgresql.log.2026-01-02-0200", "error/postgresql.log.2026-01-02-0200.csv"},
			chosen: []string{"error/postgresql.log.2026-01-02-0100.csv", "error/postgresql.log.2026-01-02-0200.csv"},
		},
		"csvlog came": {
			names:  []string{"postgresql.log.2026-01-02-01", "postgresql.log.2026-01-02-02", "postgresql.log.2026-01-02-02.csv", "postgresql.log.2026-01-02-03", "postgresql.log.2026-01-02-03.csv"},
			chosen: []string{"postgresql.log.2026-01-02-01", "postgresql.log.2026-01-02-02.csv", "postgresql.log.2026-01-02-03.csv"},
			mixed:  []time.Time{at(2)},
		},
		"csvlog went": {
			names:  []string{"postgresql.log.2026-01-02-01", "postgresql.log.2026-01-02-01.csv", "postgresql.log.2026-01-02-02"},
			chosen: []string{"postgresql.log.2026-01-02-01.csv", "postgresql.log.2026-01-02-02"},
			mixed:  []time.Time{at(1)},
		},
		"another log_filename": {
			names:  []string{"postgresql.log.2026-01-02-0100", "postgresql.log.2026-01-02-01"},
			chosen: []string{"postgresql.log.2026-01-02-01", "postgresql.log.2026-01-02-0100"},
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
			chosen, hours, mixed := connlog.Series(tc.names)
			if diff := cmp.Diff(tc.chosen, chosen); diff != "" {
				t.Errorf("chosen (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.hours, hours); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.mixed, mixed); diff != "" {
				t.Errorf("mixed (-want +got):\n%s", diff)
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
