package connlog

import "bytes"

// lineBuffer cuts octets into lines, of which it keeps the first MaxLine.
type lineBuffer struct {
	part   []byte
	length int64 // of the line so far
}

// split calls line for each line that p ends, without its line feed, and without
// the carriage return that a server on Windows, or a copy, has before it. length
// counts both, and what was not kept.
func (b *lineBuffer) split(p []byte, line func(text []byte, length int64, cut bool)) {
	for {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			b.keep(p)
			return
		}
		if b.length == 0 && end <= MaxLine {
			line(bytes.TrimSuffix(p[:end], []byte{'\r'}), int64(end)+1, false)
		} else {
			b.keep(p[:end])
			length, text := b.length, b.part
			b.length, b.part = 0, b.part[:0]
			line(bytes.TrimSuffix(text, []byte{'\r'}), length+1, length > int64(len(text)))
		}
		p = p[end+1:]
	}
}

func (b *lineBuffer) keep(p []byte) {
	b.length += int64(len(p))
	b.part = append(b.part, p[:min(len(p), MaxLine-len(b.part))]...)
}

// rest reports whether a line has begun and not ended.
func (b *lineBuffer) rest() bool { return b.length > 0 }
