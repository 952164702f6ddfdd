package connlog

import (
	"time"
)

// graceAtEnd is how long before the end of the log a connection must have come
// in to count as unfinished: PostgreSQL's default authentication_timeout.
const graceAtEnd = time.Minute

// quietFor is for how long a server may be without a connection before it
// restarts: RDS's own user comes every minute. After longer, log_connections was
// off, and the restart turned it on.
const quietFor = 10 * time.Minute

// rdsAdmin is the user of RDS itself, which is no client.
const rdsAdmin = "rdsadmin"

// Log puts together what the files of one server say. Give it the files in the
// order in which the server wrote them. It is not safe for concurrent use.
type Log struct {
	opts  Options
	clock clock

	coming map[int64]*coming  // received, and not yet authorized
	open   map[int64]*session // authorized, and not yet ended
	report Report
	gaps   map[GapKind]*Gap
	last   time.Time // of the record before

	receipts bool      // it logs who is received
	started  time.Time // of the server, as far as it is in the log
	earlier  int64     // connections before that
}

// coming is a connection that was received.
type coming struct {
	host, port, clientDN string
	at                   time.Time
}

// session is a connection that was authorized. times is nil as long as it is
// not in the report, because it began earlier than that wants.
type session struct {
	client Client
	at     time.Time
	times  *Times
}

// New returns a Log without files.
func New(opts Options) *Log {
	return &Log{
		opts: opts, clock: clock{location: opts.Location},
		coming: map[int64]*coming{}, open: map[int64]*session{}, gaps: map[GapKind]*Gap{},
		report: Report{
			Clients: map[Client]*Times{}, Refused: map[Refusal]*Times{},
			PlaintextRefused: map[PlaintextRefusal]*Times{}, Unfinished: map[Unfinished]*Times{},
		},
	}
}

// Report ends the reading and returns what the files said.
func (l *Log) Report() Report {
	for pid, c := range l.coming {
		if l.report.To.Sub(c.at) > graceAtEnd {
			l.abandon(pid, c)
		}
	}
	for _, s := range l.open {
		if s.times == nil && !s.at.Before(l.opts.Since) {
			continue // Not told apart any more.
		}
		if s.times == nil {
			s.times = countFrom(l, l.report.Clients, s.client, s.at)
		}
		if s.times != nil {
			s.times.reach(l.report.To)
		}
	}
	clear(l.open)
	if !l.started.IsZero() {
		l.ran(l.report.To)
	}
	report := l.report
	for _, kind := range []GapKind{GapUnread, GapCut, GapBound, GapOff, GapBegin, GapLanguage} {
		if gap := l.gaps[kind]; gap != nil {
			report.Gaps = append(report.Gaps, *gap)
		}
	}
	return report
}

// gap notes that something is missing.
func (l *Log) gap(kind GapKind) {
	if l.gaps[kind] == nil {
		l.gaps[kind] = &Gap{Kind: kind, First: l.last}
	}
	l.gaps[kind].Count++
}

// passed notes the time of a record.
func (l *Log) passed(at time.Time) {
	if l.report.From.IsZero() || at.Before(l.report.From) {
		l.report.From = at
	}
	if at.After(l.report.To) {
		l.report.To = at
	}
	l.last = at
}

// take is for a record that the reader has found whole.
func (l *Log) take(e *entry, ev event) {
	c := l.coming[e.pid]
	if c != nil && e.hasHost && ev.kind != received && (c.host != string(e.host) || len(e.port) > 0 && c.port != "" && c.port != string(e.port)) {
		l.gap(GapUnread) // The process serves another address.
		return
	}
	client := ev.client
	if e.hasHost && client.Address == "" {
		client.Address = address(e.host)
	} else if c != nil && client.Address == "" {
		client.Address = address([]byte(c.host))
	}
	if ev.kind == received || ev.kind == authorized {
		l.report.Connections++
	}
	switch ev.kind {
	case nothing, unreadable:
	case received:
		l.receipts = true
		l.receive(e, ev, c)
	case authenticated:
		if c != nil {
			c.clientDN = client.ClientDN
		}
	case authorized:
		if c == nil && l.receipts && l.open[e.pid] != nil {
			l.gap(GapUnread) // Nobody was received: a session wrote it, by RAISE LOG.
			return
		}
		if c != nil {
			client.ClientDN = c.clientDN
		}
		l.authorize(e, client)
	case disconnected:
		l.disconnect(e, client, ev.duration)
	case refused:
		if c != nil || l.open[e.pid] == nil {
			count(l, l.report.Refused, Refusal{Address: client.Address, Alert: alertOf(ev.text), Text: ev.text}, e.at)
		}
		delete(l.coming, e.pid)
	case plaintextRefused:
		key := PlaintextRefusal{Database: client.Database, Username: client.Username, Address: client.Address, Replication: client.Replication}
		count(l, l.report.PlaintextRefused, key, e.at)
		delete(l.coming, e.pid)
	case left:
		if c != nil {
			l.abandon(e.pid, c)
		}
	case ended:
		delete(l.coming, e.pid)
	case restarted:
		l.ran(e.at)
		l.started, l.earlier = e.at, l.report.Connections
		clear(l.coming)
		clear(l.open)
	case logging:
		l.gap(GapOff)
	case language:
		l.gap(GapLanguage)
	}
}

// ran is for a server that ran until a time.
func (l *Log) ran(until time.Time) {
	from := l.started
	if from.IsZero() {
		from = l.report.From
	}
	if l.report.Connections == l.earlier && until.Sub(from) > quietFor {
		l.gap(GapOff)
	}
}

func (l *Log) receive(e *entry, ev event, before *coming) {
	if before != nil {
		l.abandon(e.pid, before) // The process number is used again.
	}
	delete(l.open, e.pid)
	if len(l.coming) >= MaxOpen {
		l.gap(GapBound)
		return
	}
	host := string(e.host)
	if !e.hasHost {
		if host = ev.client.Address; host == "" {
			host = localHost
		}
	}
	l.coming[e.pid] = &coming{host: host, port: ev.text, at: e.at}
}

func (l *Log) abandon(pid int64, c *coming) {
	count(l, l.report.Unfinished, Unfinished{Address: address([]byte(c.host))}, c.at)
	delete(l.coming, pid)
}

func (l *Log) authorize(e *entry, client Client) {
	delete(l.coming, e.pid)
	if client.Username == rdsAdmin {
		return
	}
	s := &session{client: client, at: e.at, times: count(l, l.report.Clients, client, e.at)}
	if len(l.open) >= MaxOpen && l.open[e.pid] == nil {
		l.gap(GapBound)
		return
	}
	l.open[e.pid] = s
}

// disconnect takes the end of a session. Of one that began before the log did,
// it is the only sign.
func (l *Log) disconnect(e *entry, client Client, lasted time.Duration) {
	s := l.open[e.pid]
	delete(l.open, e.pid)
	if client.Username == rdsAdmin {
		return
	}
	if s == nil || s.client.Username != client.Username || s.client.Address != "" && s.client.Address != client.Address {
		s = &session{client: client, at: e.at.Add(-lasted)}
		if s.at.Sub(l.report.From) > time.Second && len(l.gaps) == 0 { // Times may be whole seconds.
			l.gap(GapBegin)
		}
	}
	if s.times == nil && !e.at.Before(l.opts.Since) {
		s.times = countFrom(l, l.report.Clients, s.client, s.at)
	}
	if s.times != nil {
		s.times.reach(e.at)
	}
}

// count adds to a group what happened at a time, unless that is earlier than
// wanted, and returns the group; nil is none.
func count[K comparable](l *Log, groups map[K]*Times, key K, at time.Time) *Times {
	if at.Before(l.opts.Since) {
		return nil
	}
	return countFrom(l, groups, key, at)
}

func countFrom[K comparable](l *Log, groups map[K]*Times, key K, at time.Time) *Times {
	times := groups[key]
	if times == nil {
		if len(groups) >= MaxGroups {
			l.gap(GapBound)
			return nil
		}
		times = &Times{}
		groups[key] = times
	}
	times.add(at)
	return times
}
