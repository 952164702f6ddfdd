package truststore

import (
	"bytes"
	"fmt"
	"strings"
)

// listPEM lists every certificate that can be made out, also where no client
// reads it: indented, with escaped line ends, in UTF-16.
func (c *Contents) listPEM(content []byte) *ReadError {
	text := dotNetText(content)
	c.noteText(content, text)
	plain := text
	if bytes.IndexByte(text, '\\') >= 0 {
		plain = bytes.ReplaceAll(plain, []byte(`\n`), []byte("\n"))
		plain = bytes.ReplaceAll(plain, []byte(`\r`), nil)
	}
	unclosed, blocks := 0, 0
	for at, line := 0, 1; ; {
		label, data, next, closed := nextLooseBlock(plain, at)
		if next < 0 {
			break
		}
		here := line
		line += bytes.Count(plain[at:next], []byte{'\n'})
		at = next
		if !closed {
			unclosed++
			continue
		}
		c.listBlock(label, data, here)
		if blocks++; blocks > maxEntries {
			return tooManyEntries()
		}
	}
	if unclosed > 0 {
		c.note(truncated())
	}
	if len(c.Entries) == 0 {
		return unreadable("", "it holds no certificate that can be read")
	}
	return nil
}

// nextLooseBlock finds the next block from at on; next is negative where there
// is no BEGIN line left, and closed is false where the block has no END line
// before the next one begins.
func nextLooseBlock(text []byte, at int) (label string, data []byte, next int, closed bool) {
	i := bytes.Index(text[at:], pemBegin)
	if i < 0 {
		return "", nil, -1, false
	}
	start := at + i + len(pemBegin)
	n := bytes.Index(text[start:], pemDashes)
	if n < 0 || bytes.IndexByte(text[start:start+n], '\n') >= 0 {
		return "", nil, start, false
	}
	label = string(text[start : start+n])
	start += n + len(pemDashes)
	end := bytes.Index(text[start:], pemDashes)
	if end < 0 || !bytes.HasPrefix(text[start+end:], pemEnd) {
		return label, nil, start, false
	}
	data = text[start : start+end]
	next = start + end + len(pemEnd)
	if n := bytes.Index(text[next:], pemDashes); n >= 0 {
		next += n + len(pemDashes)
	}
	return label, data, next, true
}

func (c *Contents) listBlock(label string, data []byte, line int) {
	upper := strings.ToUpper(label)
	if upper != label && upper == labelX509 {
		c.note(Problem{
			Code:   CodeUnusualCertificate,
			Detail: fmt.Sprintf("The block at line %d has the label %q: Java reads it, but OpenSSL and Go ignore it.", line, clipped(label)),
			Remedy: "Write the label in capitals.",
		})
		label = upper
	}
	switch label {
	case labelX509, labelX509Old, labelX509Trust:
	case "PKCS7", "CMS":
		if der, ok := decodeRustlsBase64(data); !ok || !c.addBundle(der) {
			c.noteUnreadable(line)
		}
		return
	default:
		c.note(ignoredBlock(label, line))
		return
	}
	der, ok := decodeRustlsBase64(data)
	if ok {
		var p parsed
		if p, ok = c.decoder.openSSLCertificate(der); ok {
			c.add(p.certificate)
			return
		}
		if c.addBundle(der) {
			return
		}
	}
	c.noteUnreadable(line)
}

func (c *Contents) noteUnreadable(line int) {
	c.note(Problem{
		Code:   CodeUnreadableCertificate,
		Detail: fmt.Sprintf("The block after line %d cannot be decoded.", line),
		Remedy: "Replace the block with the certificate that the CA publishes.",
	})
}

// noteText adds the problems of the text around the blocks.
func (c *Contents) noteText(content, text []byte) {
	add := func(code, detail, remedy string) { c.note(Problem{Code: code, Detail: detail, Remedy: remedy}) }
	switch {
	case bytes.HasPrefix(content, utf8BOM):
		add(CodeByteOrderMark, "There is a byte order mark before the first certificate: Java, and OpenSSL before 3.0, then miss that certificate or refuse the file.", "Save the file as UTF-8 without a byte order mark.")
	case len(text) != len(content):
		add(CodeUTF16, "The text is UTF-16: OpenSSL, Java and Go find no certificate in it.", "Save the file as ASCII or UTF-8.")
	}
	if bytes.Contains(text, []byte(`\n`)) {
		add(CodeEscapedNewlines, `Line breaks are written as the two characters \n, as in JSON or an environment variable: no client reads certificates in this form.`, `Replace each \n with a real line break; in Terraform, use replace().`)
	}
	if bytes.Contains(text, []byte("\n -----BEGIN ")) || bytes.Contains(text, []byte("\n\t-----BEGIN ")) || bytes.HasPrefix(text, []byte(" ")) && bytes.Contains(text, []byte("  -----BEGIN ")) {
		add(CodeIndented, "The blocks are indented, as in YAML: OpenSSL, Java and Go find no certificate in them.", "Remove the spaces before each line.")
	}
}
