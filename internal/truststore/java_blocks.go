package truststore

import (
	"bytes"
	"fmt"
	"strings"
)

// javaBlocks cuts a stream into blocks as X509Factory.readOneBlock does: a
// block that starts with the byte 0x30 is DER, anything else is searched for a
// line of five hyphens.
//
// Source: OpenJDK 17, sun/security/provider/X509Factory.java, readOneBlock,
// readBERInternal and checkHeaderFooter.
type javaBlocks struct {
	content []byte
	pos     int
	decoder *decoder
	// lines end before counted.
	lines, counted int
}

// javaError is an IOException or CertificateException of the factory.
type javaError struct {
	client string // Java's message, without what it quotes from the content
	detail string
	line   int
}

func (b *javaBlocks) read() int {
	if b.pos >= len(b.content) {
		return -1
	}
	b.pos++
	return int(b.content[b.pos-1])
}

func (b *javaBlocks) fail(client, detail string) *javaError {
	return &javaError{client: client, detail: detail, line: b.line()}
}

// line is where the stream is read, from 1 on.
func (b *javaBlocks) line() int {
	b.lines += bytes.Count(b.content[b.counted:b.pos], []byte{'\n'})
	b.counted = b.pos
	return b.lines + 1
}

// next decodes the next block; nil without an error at the end of the stream.
func (b *javaBlocks) next() ([]byte, *javaError) {
	start := b.pos
	first := b.read()
	if first == 0x30 {
		if err := b.skipElement(0x30, maxNesting); err != nil {
			return nil, err
		}
		return b.content[start:b.pos], nil
	}
	if !b.findHyphens(first) {
		return nil, nil
	}
	header, end, pending, ok := b.header()
	if !ok {
		return nil, b.fail("Incomplete data", "the content ends in a BEGIN line")
	}
	data, ok := b.data(pending)
	if !ok {
		return nil, b.fail("Incomplete data", "the content ends before an END line")
	}
	if err := b.checkLines(header, b.footer(end)); err != nil {
		return nil, err
	}
	decoded, ok := decodeJavaBase64(data)
	if !ok {
		return nil, b.fail("java.lang.IllegalArgumentException", "the block is not plain base64")
	}
	return decoded, nil
}

// findHyphens stops after five hyphens at the start of a line, or of the
// stream: a byte order mark before them hides them.
func (b *javaBlocks) findHyphens(first int) bool {
	hyphens, last := 0, first
	if first == '-' {
		hyphens, last = 1, -1
	}
	for {
		next := b.read()
		switch next {
		case -1:
			return false
		case '-':
			hyphens++
		default:
			hyphens, last = 0, next
		}
		if hyphens == 5 && (last == -1 || last == '\r' || last == '\n') {
			return true
		}
	}
}

// header reads the rest of the BEGIN line and the kind of line end that the
// block uses; pending is a data byte that was read too far.
func (b *javaBlocks) header() (header []byte, end int, pending []byte, ok bool) {
	start := b.pos
	for {
		switch next := b.read(); next {
		case -1:
			return nil, 0, nil, false
		case '\n':
			return b.content[start : b.pos-1], '\n', nil, true
		case '\r':
			header = b.content[start : b.pos-1]
			switch after := b.read(); after {
			case -1:
				return nil, 0, nil, false
			case '\n':
				return header, '\n', nil, true
			case ' ', '\t', '\r':
				return header, '\r', nil, true
			default:
				return header, '\r', []byte{byte(after)}, true //nolint:gosec // read returns a byte here
			}
		}
	}
}

func (b *javaBlocks) data(pending []byte) ([]byte, bool) {
	rest := b.content[b.pos:]
	n := bytes.IndexByte(rest, '-')
	if n < 0 {
		b.pos = len(b.content)
		return nil, false
	}
	b.pos += n + 1
	return append(pending, without(rest[:n], " \t\r\n")...), true
}

func (b *javaBlocks) footer(end int) []byte {
	footer := []byte{'-'}
	for {
		next := b.read()
		if next == -1 || next == end || next == '\n' {
			return footer
		}
		if next != '\r' {
			footer = append(footer, byte(next)) //nolint:gosec // read returns a byte here
		}
	}
}

func (b *javaBlocks) checkLines(headerLine, footerLine []byte) *javaError {
	header, footer := "-----"+javaStrip(headerLine), javaStrip(footerLine)
	switch {
	case !strings.HasPrefix(header, "-----BEGIN ") || !strings.HasSuffix(header, "-----"):
		return b.fail("Illegal header", "it contains a line of hyphens that is not a BEGIN line")
	case !strings.HasPrefix(footer, "-----END ") || !strings.HasSuffix(footer, "-----"):
		return b.fail("Illegal footer", "a block ends in a line that is not an END line")
	case header[11:len(header)-5] != footer[9:len(footer)-5]:
		return b.fail("Header and footer do not match", "a BEGIN line and its END line have different labels")
	}
	return nil
}

// javaStrip is String.stripTrailing for characters below 256.
func javaStrip(line []byte) string {
	return string(bytes.TrimRight(line, " \t\n\v\f\r\x1c\x1d\x1e\x1f"))
}

// skipElement moves behind the element whose first byte was read.
func (b *javaBlocks) skipElement(tag, depth int) *javaError {
	n := b.read()
	if n < 0 {
		return b.fail("BER/DER length info absent", "the content ends where a length should follow")
	}
	if n == 0x80 {
		return b.skipIndefinite(tag, depth)
	}
	length := n
	if n > 0x80 {
		if n > 0x84 {
			return b.fail("Invalid BER/DER data (too huge?)", "it contains a length that is impossible in a certificate")
		}
		length = 0
		for range n - 0x80 {
			c := b.read()
			if c < 0 {
				return b.fail("Incomplete BER/DER length info", "the content ends in the middle of a length")
			}
			length = length<<8 | c
		}
		if length > 1<<31-1 {
			return b.fail("Invalid BER/DER data (a little huge?)", "it contains a length that is impossible in a certificate")
		}
	}
	if length > len(b.content)-b.pos {
		b.pos = len(b.content)
		return b.fail("Incomplete BER/DER data", "the content is shorter than the length that it states")
	}
	b.pos += length
	return nil
}

// skipIndefinite reads elements up to the end-of-contents one. Java recurses
// without a limit here, and ends in a StackOverflowError.
func (b *javaBlocks) skipIndefinite(tag, depth int) *javaError {
	if tag&0x20 == 0 {
		return b.fail("Non constructed encoding must have definite length", "it contains a length that is not allowed")
	}
	if depth == 0 {
		return b.fail("", fmt.Sprintf("it has more than %d levels of nesting", maxNesting))
	}
	for {
		inner := b.read()
		if inner < 0 {
			return b.fail("BER/DER tag info absent", "the content ends in the middle of an element")
		}
		if inner&0x1f == 0x1f {
			return b.fail("Multi octets tag not supported", "it contains a tag that is impossible in a certificate")
		}
		if err := b.skipElement(inner, depth-1); err != nil {
			return err
		}
		if inner == 0 {
			return nil
		}
	}
}
