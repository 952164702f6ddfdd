package connlog

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
)

// rotation is how often RDS begins a file.
//
// Source: Amazon RDS User Guide, "RDS for PostgreSQL database log files".
const rotation = time.Hour

// firstRecordWithin is how long after the beginning of a span the first record
// may come: a server at rest writes one of a checkpoint or of RDS's own
// sessions in this time.
const firstRecordWithin = time.Hour

// Series chooses the files to read out of all that RDS lists, in the order in
// which they were written: PostgreSQL's own, and of an hour that was written as
// csvlog or jsonlog as well as stderr only the former, in which names are
// quoted. missing are the beginnings of missing files between the chosen ones,
// and mixed those of hours within which the kind of file changed, so that the
// chosen file has a part of the hour; a file whose name says no hour proves
// nothing either way.
func Series(names []string) (chosen []string, missing, mixed []time.Time) {
	type file struct {
		name string
		at   time.Time
		rank int
	}
	var all []file
	for _, name := range names {
		base := path.Base(name)
		if !strings.HasPrefix(base, "postgresql.log") {
			continue // postgres.log, and what an upgrade left.
		}
		at, rank := hourOf(base), 2
		switch path.Ext(base) {
		case ".csv":
			rank = 0
		case ".json":
			rank = 1
		}
		all = append(all, file{name: name, at: at, rank: rank})
	}
	slices.SortStableFunc(all, func(a, b file) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
	})
	var before, hour file
	several := false // The hour has files of several kinds.
	for i, f := range all {
		switch {
		case f.at.IsZero():
		case !f.at.Equal(hour.at):
			before, hour = hour, f
			for at := before.at.Add(rotation); !before.at.IsZero() && at.Before(f.at) && len(missing) < MaxGroups; at = at.Add(rotation) {
				missing = append(missing, at)
			}
			changed := !before.at.IsZero() && before.rank != f.rank
			if changed && several {
				mixed = append(mixed, before.at)
			}
			if several = slices.ContainsFunc(all[i:], func(other file) bool { return other.at.Equal(f.at) && other.rank != f.rank }); changed && several {
				mixed = append(mixed, f.at)
			}
		case f.rank != hour.rank:
			continue
		}
		chosen = append(chosen, f.name)
	}
	return chosen, missing, mixed
}

// hourOf reads the time of postgresql.log.2026-01-02-03 and of
// postgresql.log.2026-01-02-0300; zero for another name.
func hourOf(base string) time.Time {
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".csv"), ".json")
	stamp := strings.TrimPrefix(strings.TrimPrefix(base, "postgresql.log"), ".")
	for _, layout := range []string{"2006-01-02-15", "2006-01-02-1504"} {
		if at, err := time.Parse(layout, stamp); err == nil {
			return at
		}
	}
	return time.Time{}
}

// Reaches reports whether the log goes back to a time; to the zero time every
// log does.
func (r Report) Reaches(since time.Time) bool {
	return since.IsZero() || !r.From.IsZero() && !r.From.After(since.Add(firstRecordWithin))
}
