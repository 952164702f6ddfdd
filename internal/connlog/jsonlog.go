package connlog

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// jsonFile reads a jsonlog, which PostgreSQL writes from 15: an object a line,
// in which every name is escaped.
type jsonFile struct {
	records
	line lineBuffer
}

// jsonRecord is what a line has of interest.
//
// Source: PostgreSQL 18, "Using JSON-Format Log Output".
type jsonRecord struct {
	Timestamp  string  `json:"timestamp"`
	User       *string `json:"user"`
	Database   *string `json:"dbname"`
	PID        int64   `json:"pid"`
	RemoteHost *string `json:"remote_host"`
	RemotePort int     `json:"remote_port"`
	Severity   string  `json:"error_severity"`
	Message    string  `json:"message"`
	Context    string  `json:"context"`
	Statement  string  `json:"statement"`
}

const jsonStart = `{"timestamp":"`

func (f *jsonFile) physical(line []byte, _ int64, cut bool) {
	if len(line) == 0 {
		return
	}
	f.any = true
	rest, is := bytes.CutPrefix(line, []byte(jsonStart))
	end := bytes.IndexByte(rest, '"')
	switch {
	case cut || bytes.HasSuffix(line, []byte(truncatedByRDS)):
		f.log.gap(GapCut)
		return
	case !is || end < 0 || line[len(line)-1] != '}':
		f.log.gap(GapUnread)
		return
	}
	f.count(rest[:end])
	if !mayConcern(line) {
		return
	}
	var r jsonRecord
	if json.Unmarshal(line, &r) != nil {
		f.log.gap(GapUnread)
		return
	}
	e := entry{
		pid: r.PID, severity: severityOf(r.Severity), message: []byte(r.Message), hasUser: true, hasDatabase: true, hasHost: true,
		traced: r.Context != "" || r.Statement != "",
	}
	for from, to := range map[*string]*[]byte{r.User: &e.user, r.Database: &e.database, r.RemoteHost: &e.host} {
		if from != nil {
			*to = []byte(*from)
		}
	}
	if r.RemotePort != 0 {
		e.port = fmt.Append(nil, r.RemotePort)
	}
	f.log.column(&e, f.time)
}

// mayConcern is a quick look: these words are in every message of the families
// but the ends.
func mayConcern(line []byte) bool {
	return bytes.Contains(line, []byte("onnection")) || bytes.Contains(line, []byte("FATAL")) ||
		bytes.Contains(line, []byte("SSL error")) || bytes.Contains(line, []byte("startup packet")) ||
		bytes.Contains(line, []byte("ready to accept")) || bytes.Contains(line, []byte("receive data")) ||
		bytes.Contains(line, []byte(lcMessages)) || bytes.Contains(line, []byte("log_min_messages"))
}

func severityOf(word string) severity {
	switch word {
	case "LOG":
		return severityLog
	case "FATAL":
		return severityFatal
	}
	return severityOther
}

// column takes a record of a csvlog or jsonlog, which name everything beside
// the message. A session's database or user may be absent before it is known.
func (l *Log) column(e *entry, at []byte) {
	if !concerns(e.severity, e.message) {
		return
	}
	ev := e.read()
	when, is := l.clock.read(at)
	switch {
	case ev.kind == nothing:
	case ev.kind == unreadable || !is:
		l.gap(GapUnread)
	default:
		e.at = when
		l.passed(when)
		l.take(e, ev)
	}
}

// Write takes the next octets of the file. It never fails.
func (f *jsonFile) Write(p []byte) (int, error) {
	f.line.split(p, f.physical)
	return len(p), nil
}

// Close ends the file.
func (f *jsonFile) Close() error {
	return f.end(f.line.rest(), "jsonlog", "is a JSON object with a timestamp")
}
