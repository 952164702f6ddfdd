package connlog

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// File takes the octets of one log file. Close ends it, and must be called
// before the next file is begun; its error wraps [ErrFormat] for a file that
// is not a log of its kind. Write never fails.
type File interface {
	io.WriteCloser
}

// File begins a file. The name's end says of which kind it is, as the server
// names them: .csv is a csvlog, .json a jsonlog, and any other a stderr log.
func (l *Log) File(name string) File {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		return &csvFile{records: records{log: l}}
	case ".json":
		return &jsonFile{records: records{log: l}}
	}
	return &stderrFile{records: records{log: l}}
}

// records is what the readers of all kinds of files share.
type records struct {
	log  *Log
	any  bool   // there was a record
	time []byte // of the record before
}

// count counts a record by its time.
func (r *records) count(time []byte) {
	r.time = append(r.time[:0], time...)
	if r.log.report.Records++; r.log.report.Records == 1 {
		r.pass()
	}
}

// pass notes the time of the record that was read last, if it has one.
func (r *records) pass() {
	if at, is := r.log.clock.read(r.time); is {
		r.log.passed(at)
	}
}

// end ends a file. cut says that its last record is incomplete; format and none
// complete the error for a file in which no line is a record.
func (r *records) end(cut bool, format, none string) error {
	if cut {
		r.log.gap(GapCut)
	}
	r.pass()
	if r.any && r.time == nil {
		return fmt.Errorf("%w (%s): no line %s", ErrFormat, format, none)
	}
	return nil
}
