package connlog

import "bytes"

// The columns of a csvlog that matter, and how many there may be: 23 up to
// PostgreSQL 12, 24 in 13, 26 from 14.
//
// Source: PostgreSQL 9.6 to 18, "Using CSV-Format Log Output".
const (
	csvTime = iota
	csvUser
	csvDatabase
	csvProcess
	csvFrom
	csvSeverity   = 11
	csvMessage    = 13
	csvContext    = 18
	csvQuery      = 19
	csvMinColumns = 23
	csvMaxColumns = 26
)

// csvFile reads a csvlog, in which names are quoted, line feeds and all.
type csvFile struct {
	records
	record []byte
	length int  // of the record so far, kept or not
	quoted bool // inside quotes
	fields [][]byte
}

// Write takes the next octets of the file. It never fails.
func (f *csvFile) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		line := p
		if end >= 0 {
			line = p[:end+1]
		}
		f.quoted = f.quoted != (bytes.Count(line, []byte{'"'})%2 == 1)
		f.length += len(line)
		f.record = append(f.record, line[:min(len(line), MaxLine-len(f.record))]...)
		p = p[len(line):]
		if end >= 0 && !f.quoted {
			f.finish()
		}
	}
	return n, nil
}

// finish takes one record.
func (f *csvFile) finish() {
	record, cut := bytes.TrimSuffix(f.record, []byte{'\n'}), f.length > len(f.record)
	f.record, f.length = f.record[:0], 0
	if len(record) == 0 {
		return
	}
	f.any = true
	if cut {
		f.cutRecord(record)
		return
	}
	if !mayConcern(record) {
		// Enough for a record that says nothing about a connection.
		f.begin(record)
		return
	}
	if f.fields = splitCSV(record, f.fields[:0]); len(f.fields) < csvMinColumns || len(f.fields) > csvMaxColumns {
		f.log.gap(GapUnread)
		return
	}
	if !f.begin(record) {
		return
	}
	e := entry{
		pid: number(f.fields[csvProcess]), severity: severityOf(string(f.fields[csvSeverity])), message: f.fields[csvMessage],
		user: f.fields[csvUser], database: f.fields[csvDatabase], hasUser: true, hasDatabase: true, hasHost: true,
		traced: len(f.fields[csvContext]) > 0 || len(f.fields[csvQuery]) > 0,
	}
	e.host, e.port = f.fields[csvFrom], nil
	if colon := bytes.LastIndexByte(e.host, ':'); colon >= 0 && string(e.host) != localHost {
		e.host, e.port = e.host[:colon], e.host[colon+1:]
	}
	f.log.column(&e, f.time)
}

// cutRecord is for a record longer than MaxLine: a long statement, in nearly
// all cases.
func (f *csvFile) cutRecord(record []byte) {
	fields := splitCSV(record, f.fields[:0])
	if len(fields) <= csvMessage || concerns(severityOf(string(fields[csvSeverity])), fields[csvMessage]) {
		f.log.gap(GapCut)
		return
	}
	f.begin(record)
}

// begin notes a record by its time.
func (f *csvFile) begin(record []byte) bool {
	end := bytes.IndexByte(record, ',')
	if end < 0 || endOfTime(true)(record[:end]) != end {
		f.log.gap(GapUnread)
		return false
	}
	f.count(record[:end])
	return true
}

// Close ends the file.
func (f *csvFile) Close() error { return f.end(f.length > 0, "csvlog", "begins with a time") }

// splitCSV cuts a record into its fields, and takes the quotes off.
func splitCSV(record []byte, fields [][]byte) [][]byte {
	for {
		if len(record) == 0 || record[0] != '"' {
			field, rest, more := bytes.Cut(record, []byte{','})
			fields = append(fields, field)
			if record = rest; !more {
				return fields
			}
			continue
		}
		var field []byte
		record = record[1:]
		for {
			quote := bytes.IndexByte(record, '"')
			if quote < 0 {
				return append(fields, append(field, record...))
			}
			field = append(field, record[:quote]...)
			if record = record[quote+1:]; len(record) == 0 || record[0] != '"' {
				break
			}
			field, record = append(field, '"'), record[1:]
		}
		fields = append(fields, field)
		if len(record) == 0 {
			return fields
		}
		record = record[1:] // The comma.
		if len(fields) > csvMaxColumns {
			return fields
		}
	}
}
