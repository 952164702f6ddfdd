package connlog

import (
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
		return &csvFile{log: l}
	case ".json":
		return &jsonFile{log: l}
	}
	return &stderrFile{log: l}
}
