package truststore

import (
	"bytes"
	"fmt"
	"strings"
)

// opensslLine is the number of bytes of one BIO_gets call in PEM_read_bio,
// without the NUL: longer lines arrive in pieces.
const opensslLine = 254

// pemFailure is why PEM_read_bio returned nothing, in OpenSSL's own words.
type pemFailure string

// The failures of PEM_read_bio. The zero value is success.
const (
	pemNoStartLine pemFailure = "no start line"
	pemBadEndLine  pemFailure = "bad end line"
	// pemShortHeader is OpenSSL 1.1.1's word for content that ends in a block.
	pemShortHeader pemFailure = "short header"
	pemBadBase64   pemFailure = "bad base64 decode"
	// pemNoData and pemLongLine are failures that OpenSSL raises no error for.
	pemNoData   pemFailure = "no data between the BEGIN and END lines"
	pemLongLine pemFailure = "a line after the header is longer than 64 characters"
)

// raised returns the reason string that OpenSSL prints, empty where it raises
// no error.
func (f pemFailure) raised() string {
	if f == pemNoData || f == pemLongLine {
		return ""
	}
	return string(f)
}

// opensslPEM reads PEM blocks as PEM_read_bio does, bug for bug.
//
// Source: openssl/openssl 3.0.20, crypto/pem/pem_lib.c, get_name,
// get_header_and_data and sanitize_line with PEM_FLAG_EAY_COMPATIBLE; observed
// with libcrypto 1.1.1 and 3.0.19 on x86-64, where char is signed.
type opensslPEM struct {
	content []byte
	pos     int
	// file cuts each line at its first NUL, as fgets and strlen do.
	file bool
	// before3 is set for OpenSSL 1.1.1. From 3.0 on a UTF-8 byte order mark
	// before a block is dropped.
	before3 bool
	decoder *decoder
	scratch []byte
	// lines is the number of line ends read so far.
	lines int
}

func newOpenSSLPEM(content []byte, opt Options) *opensslPEM {
	return &opensslPEM{content: content, before3: beforeOpenSSL3(opt.Version), decoder: opt.decoder}
}

// opensslBlock is one PEM block as OpenSSL sees it.
type opensslBlock struct {
	label  string
	header string
	data   []byte
	// line is the 1-based number of the BEGIN line.
	line int
	// swallowed is set when a BEGIN line was read as part of the data: the
	// block before it has no END line, and what follows is lost.
	swallowed bool
}

// broken says why nothing is read from a block.
func (b opensslBlock) broken(what, client string) *ReadError {
	return unreadable(client, fmt.Sprintf("the block at line %d cannot be read (%s)", b.line, what))
}

// nextCertificate takes the next certificate as PEM_read_bio_X509 and (with aux)
// PEM_read_bio_X509_AUX do, which pass over blocks of other kinds. It reports false
// at the end of the content.
func (r *opensslPEM) nextCertificate(taken *Taken, aux bool) (bool, *ReadError) {
	for {
		block, failure := r.next()
		switch {
		case failure == pemNoStartLine:
			return false, nil
		case failure != "":
			return false, block.broken(string(failure), failure.raised())
		case !acceptsLabel(block.label, aux):
			taken.note(ignoredBlock(block.label, block.line))
			continue
		}
		return true, r.takeCertificate(taken, block, aux)
	}
}

// acceptsLabel is check_pem for PEM_STRING_X509_TRUSTED with aux, else for
// PEM_STRING_X509.
func acceptsLabel(label string, aux bool) bool {
	return label == labelX509 || label == labelX509Old || (aux && label == labelX509Trust)
}

// gets returns the next line or piece of a line; empty is the end of the
// input, for OpenSSL too.
func (r *opensslPEM) gets() []byte {
	rest := r.content[r.pos:]
	n := min(opensslLine, len(rest))
	if i := bytes.IndexByte(rest[:n], '\n'); i >= 0 {
		n = i + 1
		r.lines++
	}
	r.pos += n
	line := rest[:n]
	if r.file {
		if i := bytes.IndexByte(line, 0); i >= 0 {
			line = line[:i]
		}
	}
	return line
}

// trimmed drops trailing white space, control characters and everything above
// ASCII: OpenSSL compares a signed char with a blank.
func trimmed(line []byte) []byte {
	n := len(line)
	for n > 0 && (line[n-1] <= ' ' || line[n-1] >= 0x80) {
		n--
	}
	return line[:n]
}

// next returns the next block. On failure the block's label and line are set
// as far as they were read.
func (r *opensslPEM) next() (opensslBlock, pemFailure) {
	label, ok := r.name()
	if !ok {
		return opensslBlock{}, pemNoStartLine
	}
	block := opensslBlock{label: label, line: r.lines}
	header, data, failure := r.body(&block)
	if failure != "" {
		return block, failure
	}
	if len(data) == 0 {
		return block, pemNoData
	}
	decoded, ok := decodeOpenSSLBase64(data)
	if !ok {
		return block, pemBadBase64
	}
	if len(decoded) == 0 {
		return block, pemNoData
	}
	block.header, block.data = string(header), decoded
	return block, ""
}

// name finds the next BEGIN line. Text before it is ignored.
func (r *opensslPEM) name() (string, bool) {
	for first := true; ; first = false {
		line := r.gets()
		if len(line) == 0 {
			return "", false
		}
		if first && !r.before3 && len(line) > 3 {
			line = bytes.TrimPrefix(line, utf8BOM)
		}
		line = trimmed(line)
		if bytes.HasPrefix(line, pemBegin) && bytes.HasSuffix(line, pemDashes) {
			return cString(line[len(pemBegin) : len(line)-len(pemDashes)]), true
		}
	}
}

// body reads the lines up to the END line. A line with a colon starts a
// header, which ends at an empty line; without a colon an empty line ends the
// header all the same, and what stood before it is no data.
func (r *opensslPEM) body(block *opensslBlock) (header, data []byte, failure pemFailure) {
	const (
		maybeHeader = iota
		inHeader
		afterHeader
	)
	state, short, partial := maybeHeader, false, false
	before, after := r.scratch[:0], []byte(nil)
	for {
		raw := r.gets()
		if len(raw) == 0 {
			if r.before3 {
				return nil, nil, pemShortHeader
			}
			return nil, nil, pemBadEndLine
		}
		wasPartial := partial
		partial = len(raw) == opensslLine && raw[len(raw)-1] != '\n'
		if state == maybeHeader && bytes.IndexByte(raw, ':') >= 0 {
			state = inHeader
		}
		line := trimmed(raw)
		switch {
		case len(line) == 0 && wasPartial && !r.before3: // the rest of a long line
		case len(line) == 0 && state == afterHeader:
			return nil, nil, pemBadEndLine
		case len(line) == 0:
			state = afterHeader
		case bytes.HasPrefix(line, pemEnd):
			if string(line[len(pemEnd):]) != block.label+"-----" {
				return nil, nil, pemBadEndLine
			}
			r.scratch = before[:0]
			if state == maybeHeader {
				return nil, before, ""
			}
			return before, after, ""
		case short:
			return nil, nil, pemBadEndLine
		case state == afterHeader && len(line) > 64:
			return nil, nil, pemLongLine
		default:
			block.swallowed = block.swallowed || bytes.HasPrefix(line, pemBegin)
			short = state == afterHeader && len(line) < 64
			if state == afterHeader {
				after = appendLine(after, line)
			} else {
				before = appendLine(before, line)
			}
		}
	}
}

func appendLine(to, line []byte) []byte {
	line, _, cut := bytes.Cut(line, []byte{0})
	if to = append(to, line...); cut {
		return to // BIO_puts stops at a NUL, and so before the line's end
	}
	return append(to, '\n')
}

func cString(b []byte) string {
	text, _, _ := strings.Cut(string(b), "\x00")
	return text
}
