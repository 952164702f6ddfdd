package connlog

import (
	"bytes"
	"fmt"
	"time"
)

// suspectNear is how near to a line that the server did not write another is
// not believed: a user and a database name together, and the part of the
// prefix before them. Lines that a client forges lie inside its names.
const suspectNear = 2*longestName + 66

// shortestHead is how much of a prefix before the first name makes a broken line
// the beginning of a record: too much for a name that has already been made to
// look like a whole record, for which it takes 45 octets of the 63.
const shortestHead = 20

// truncatedByRDS ends a line that was too long for DownloadDBLogFilePortion.
const truncatedByRDS = "[Your log message was truncated]"

// stderrFile reads one stderr file.
type stderrFile struct {
	records
	line lineBuffer

	start   int64 // of the line that is read
	record  []byte
	at      int64 // where the record starts
	wanted  bool  // the record says something about a connection
	cut     bool  // and is not whole
	suspect int64 // what starts before this is not believed
	head    int64 // after the beginning of the last record that a name broke
	held    []held
	latest  bool // the last of held is of the report that is read
}

// held is a record that waits until it is clear that nobody forged it.
type held struct {
	start int64
	entry entry
	event event
}

// line is a physical line of a file; cut says that it was longer than MaxLine.
func (f *stderrFile) physical(line []byte, length int64, cut bool) {
	start := f.start
	f.start += length
	switch {
	case len(line) == 0:
		f.finish() // Blank lines come from the tools that download files.
	case line[0] == '\t':
		f.resume(line, cut)
	default:
		f.finish()
		f.begin(line, start, cut)
	}
}

// begin looks at the first line of a record.
func (f *stderrFile) begin(line []byte, start int64, cut bool) {
	if bytes.HasSuffix(line, []byte(truncatedByRDS)) {
		f.log.gap(GapCut)
		cut = true
	}
	found, traced, detail := false, false, false
	bounded := f.log.opts.Prefix.readings(line, func(r *reading) {
		if !found && start >= f.suspect {
			f.time = append(f.time[:0], r.time...)
		}
		found = true
		f.wanted = f.wanted || r.wanted()
		traced = traced || r.severity == severityTrace && f.latest && r.pid == f.held[len(f.held)-1].entry.pid
		detail = detail || r.severity == severityDetail
	})
	if !found || !bounded {
		f.orphan(line, start)
		return
	}
	f.any = true
	if traced {
		f.disown()
	}
	f.latest = f.latest && detail
	if f.log.report.Records++; f.log.report.Records == 1 || f.log.report.From.IsZero() {
		f.pass()
	}
	f.at, f.cut = start, cut
	if f.wanted {
		f.record = append(f.record[:0], line...)
	}
	f.release(start)
}

// disown takes back the record that this line belongs to: RAISE LOG wrote it.
func (f *stderrFile) disown() {
	if last := len(f.held) - 1; f.held[last].entry.severity == severityLog {
		f.held = f.held[:last]
		f.log.gap(GapUnread)
	}
	f.latest = false
}

// wanted: only a session's own line can say something about a connection, and
// the server's own process about all of them.
func (r *reading) wanted() bool { return concerns(r.severity, r.message) }

// resume adds a line to the record.
func (f *stderrFile) resume(line []byte, cut bool) {
	if !f.any {
		f.log.gap(GapCut) // The record's beginning is in no file.
		f.any = true
		return
	}
	if !f.wanted {
		return
	}
	if len(f.record)+len(line) > MaxLine {
		f.cut = true
		return
	}
	f.cut = f.cut || cut
	f.record = append(append(f.record, '\n'), line[1:]...)
}

// orphan is a line that is neither a record nor the continuation of one: a
// client's name holds a line feed. What is forged lies between the record's
// head and its tail, both of which are such lines in nearly all cases.
func (f *stderrFile) orphan(line []byte, start int64) {
	f.log.gap(GapUnread)
	f.any = true
	from := start - suspectNear
	switch {
	case f.log.opts.Prefix.begins(line) >= shortestHead:
		from = start
		f.head = start + 1
	case f.head > from:
		from = f.head
	}
	for len(f.held) > 0 && f.held[len(f.held)-1].start >= from {
		f.held = f.held[:len(f.held)-1]
		f.log.gap(GapUnread)
	}
	f.latest = false
	if f.at >= from {
		f.time = f.time[:0]
	}
	f.suspect = start + suspectNear
}

// finish takes the record that is now known to be whole.
func (f *stderrFile) finish() {
	if !f.wanted {
		return
	}
	f.wanted = false
	if f.cut {
		f.log.gap(GapCut)
		return
	}
	if f.at < f.suspect {
		f.log.gap(GapUnread)
		return
	}
	h, events, odd := held{start: f.at}, 0, false
	f.log.opts.Prefix.readings(f.record, func(r *reading) {
		e := r.entry()
		ev := e.read()
		switch {
		case ev.kind == nothing, events == 1 && ev == h.event && r.pid == h.entry.pid && bytes.Equal(r.host, h.entry.host):
		case ev.kind == unreadable || !r.wholePrefix && ev.kind != restarted && ev.kind != logging && ev.kind != language:
			odd = true
		default:
			if events++; events == 1 {
				h.entry, h.event = e.own(), ev
				h.entry.at, h.event.kind = f.timeOf(r, ev.kind)
			}
		}
	})
	switch {
	case events == 1 && h.event.kind != unreadable:
		f.held, f.latest = append(f.held, h), true
	case events > 0 || odd:
		f.log.gap(GapUnread)
	}
}

func (r *reading) entry() entry {
	return entry{
		pid: r.pid, severity: r.severity, user: r.user, database: r.database, host: r.host, port: r.port,
		hasUser: r.hasUser, hasDatabase: r.hasDatabase, hasHost: r.hasHost, message: r.message,
	}
}

// own copies what is the reader's.
func (e entry) own() entry {
	e.host, e.port, e.user, e.database, e.message = bytes.Clone(e.host), bytes.Clone(e.port), nil, nil, nil
	return e
}

// release gives the log what nobody forged.
func (f *stderrFile) release(start int64) {
	n, most := 0, len(f.held)
	if f.latest {
		most--
	}
	for n < most && f.held[n].start < start-suspectNear {
		f.give(&f.held[n])
		n++
	}
	if n > 0 {
		f.held = append(f.held[:0], f.held[n:]...)
	}
}

func (f *stderrFile) give(h *held) {
	f.log.passed(h.entry.at)
	f.log.take(&h.entry, h.event)
}

// Write takes the next octets of the file. It never fails.
func (f *stderrFile) Write(p []byte) (int, error) {
	f.line.split(p, f.physical)
	return len(p), nil
}

// Close ends the file. A last line without an end is cut; the server may be
// writing it.
func (f *stderrFile) Close() error {
	if f.line.rest() {
		f.log.gap(GapCut)
	}
	f.finish()
	for i := range f.held {
		f.give(&f.held[i])
	}
	f.held = nil
	f.pass()
	if !f.any || f.log.report.Records > 0 {
		return nil
	}
	return fmt.Errorf("%w (stderr): no line begins with the log_line_prefix", ErrFormat)
}

// timeOf reads the time of a record; without one it is unreadable.
func (f *stderrFile) timeOf(r *reading, kind eventKind) (at time.Time, is eventKind) {
	at, readable := f.log.clock.read(r.time)
	if !readable {
		return at, unreadable
	}
	return at, kind
}
