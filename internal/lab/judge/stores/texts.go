package stores

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// text is a way in which people and programs spoil a PEM file.
type text struct {
	name string
	// make gets two certificates in PEM, each with its final line end.
	make func(first, second string) string
}

const (
	beginLine = "-----BEGIN CERTIFICATE-----\n"
	endLine   = "-----END CERTIFICATE-----\n"
)

// texts lists the variants; each is one store of the corpus.
func texts() []text {
	return slices.Concat(ends(), comments(), layouts(), damages())
}

func each(f func(string) string) func(string, string) string {
	return func(a, b string) string { return f(a + b) }
}

func replace(old, with string) func(string, string) string {
	return each(func(s string) string { return strings.ReplaceAll(s, old, with) })
}

func between(s string) func(string, string) string {
	return func(a, b string) string { return a + s + b }
}

func before(s string) func(string, string) string {
	return func(a, b string) string { return s + a + b }
}

// ends are line ends, marks and what is no store at all.
func ends() []text {
	return []text{
		{"two", between("")},
		{"one", func(a, _ string) string { return a }},
		{"empty", func(_, _ string) string { return "" }},
		{"newline", func(_, _ string) string { return "\n" }},
		{"blank", func(_, _ string) string { return "  \t \n \n" }},
		{"word", func(_, _ string) string { return "none\n" }},
		{"crlf", replace("\n", "\r\n")},
		{"cr", replace("\n", "\r")},
		{"crlf-cr", replace("\n", "\r\r\n")},
		{"lfcr", replace("\n", "\n\r")},
		{"bom", before("\ufeff")},
		{"bom-between", between("\ufeff")},
		{"bom-comment", before("\ufeff# roots\n")},
		{"utf16le", each(func(s string) string { return inUTF16(s, binary.LittleEndian) })},
		{"utf16be", each(func(s string) string { return inUTF16(s, binary.BigEndian) })},
		{"utf16-nomark", each(func(s string) string { return inUTF16(s, binary.LittleEndian)[2:] })},
		{"no-final-newline", each(strings.TrimSpace)},
		{"glued", func(a, b string) string { return strings.TrimSpace(a) + b }},
		{"glued-blank", func(a, b string) string { return strings.TrimSpace(a) + " " + b }},
	}
}

// comments are text around and inside the blocks.
func comments() []text {
	return []text{
		{"comment", before("# the roots\n# of us-east-1\n")},
		{"comment-between", between("# second\n")},
		{"comment-zero", before("0 first\n")},
		{"comment-zero-between", between("0 second\n")},
		{"comment-hyphens", before("----------\n")},
		{"comment-hyphens-between", between("-----\n")},
		{"comment-colon", before("Subject: CN = Root\n")},
		{"text-after", func(a, b string) string { return a + b + "the end\n" }},
		{"blank-lines-between", between("\n\n\n")},
		{"blank-line-after-begin", replace(beginLine, beginLine+"\n")},
		{"blank-line-before-end", replace(endLine, "\n"+endLine)},
		{"blank-line-inside", func(a, b string) string { return insertLine(a, 5, "") + b }},
		{"comment-inside", func(a, b string) string { return insertLine(a, 5, "# inside") + b }},
		{"colon-inside", func(a, b string) string { return insertLine(a, 5, "a: b") + b }},
		{"header", replace(beginLine, beginLine+"X-Name: root\n\n")},
		{"header-no-blank", replace(beginLine, beginLine+"X-Name: root\n")},
		{"header-proc-type", replace(beginLine, beginLine+"Proc-Type: 4,CLEAR\n\n")},
		{"header-encrypted", replace(beginLine, beginLine+"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n")},
	}
}

// layouts are other line lengths, indents and escapes.
func layouts() []text {
	return []text{
		{"one-line", each(oneLine)},
		{"one-line-all", each(func(s string) string { return strings.ReplaceAll(s, "\n", "") })},
		{"line-76", each(func(s string) string { return rewrap(s, 76) })},
		{"line-253", each(func(s string) string { return rewrap(s, 253) })},
		{"line-254", each(func(s string) string { return rewrap(s, 254) })},
		{"line-255", each(func(s string) string { return rewrap(s, 255) })},
		{"line-300", each(func(s string) string { return rewrap(s, 300) })},
		{"line-1", each(func(s string) string { return rewrap(s, 1) })},
		{"indented", each(func(s string) string { return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n" })},
		{"indented-tab", each(func(s string) string { return "\t" + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n\t") + "\n" })},
		{"indented-data", each(func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(s, "\n", "\n  "), "\n  -----", "\n-----")
		})},
		{"yaml", each(func(s string) string {
			return "ca: |\n  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n"
		})},
		{"trailing-blanks", replace("\n", "  \n")},
		{"trailing-many-blanks", replace("\n", strings.Repeat(" ", 200)+"\n")},
		{"trailing-blanks-begin", replace(beginLine, "-----BEGIN CERTIFICATE-----  \t\n")},
		{"escaped-newlines", replace("\n", `\n`)},
		{"escaped-crlf", replace("\n", `\r\n`)},
		{"quoted", each(func(s string) string { return `"` + s + `"` })},
	}
}

// damages are lost, broken and foreign blocks.
func damages() []text {
	return []text{
		{"html", func(_, _ string) string { return "<!DOCTYPE html>\n<html><body>404</body></html>\n" }},
		{"xml", func(_, _ string) string {
			return "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>\n"
		}},
		{"lfs", func(_, _ string) string {
			return "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
		}},
		{"base64-only", func(a, _ string) string { return strings.ReplaceAll(strings.ReplaceAll(a, beginLine, ""), endLine, "") }},
		{"bad-first", func(a, b string) string { return beginLine + "AAAA\n" + endLine + a + b }},
		{"bad-middle", between(beginLine + "AAAA\n" + endLine)},
		{"bad-last", func(a, b string) string { return a + b + beginLine + "AAAA\n" + endLine }},
		{"bad-base64-middle", between(beginLine + "????\n" + endLine)},
		{"bad-unknown-middle", between("-----BEGIN THING-----\n????\n-----END THING-----\n")},
		{"unknown-middle", between("-----BEGIN THING-----\nAAAA\n-----END THING-----\n")},
		{"empty-block-middle", between(beginLine + endLine)},
		{"truncated-first", func(a, b string) string { return a[:len(a)/2] + "\n" + b }},
		{"truncated-last", func(a, b string) string { return a + b[:len(b)/2] }},
		{"truncated-one", func(a, _ string) string { return a[:len(a)/2] }},
		{"no-end", func(a, b string) string { return strings.TrimSuffix(a, endLine) + b }},
		{"no-end-last", func(a, b string) string { return a + strings.TrimSuffix(b, endLine) }},
		{"no-begin", func(a, b string) string { return strings.TrimPrefix(a, beginLine) + b }},
		{"end-other", func(a, b string) string {
			return strings.Replace(a, "END CERTIFICATE", "END CERTIFICATES", 1) + b
		}},
		{"four-hyphens", replace("-----BEGIN", "----BEGIN")},
		{"six-hyphens", replace("-----BEGIN", "------BEGIN")},
		{"lower-case", replace("CERTIFICATE", "certificate")},
		{"x509-label", replace(" CERTIFICATE", " X509 CERTIFICATE")},
		{"trusted-label", replace(" CERTIFICATE", " TRUSTED CERTIFICATE")},
		{"pkcs7-label", replace(" CERTIFICATE", " PKCS7")},
		{"no-padding", func(a, b string) string { return strings.ReplaceAll(a+b, "=", "") }},
		{"more-padding", func(a, b string) string { return strings.ReplaceAll(a, "\n"+endLine, "=\n"+endLine) + b }},
		{"url-base64", each(func(s string) string { return strings.NewReplacer("+", "-", "/", "_").Replace(s) })},
		{"trailing-der", func(a, b string) string { return withTrailing(a) + b }},
		{"nul-after", func(a, b string) string { return a + b + "\x00\x00" }},
		{"nul-between", between("\x00\n")},
		{"nul-line", between("a\x00b\n")},
		{"latin1-comment", between("# Gr\xfc\xdfe\n")},
		{"latin1-trailing", replace("\n", "\xa0\n")},
		{"form-feed", between("\f\n")},
		{"duplicate", func(a, _ string) string { return a + a }},
		{"reverse", func(a, b string) string { return b + a }},
		{"many", func(a, b string) string { return strings.Repeat(a+b, 20) }},
		{"openssh-key", between("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n")},
	}
}

func writeTexts(dir string) error {
	first, err := readCertificate(dir, "root-rsa")
	if err != nil {
		return err
	}
	second, err := readCertificate(dir, "root-ec")
	if err != nil {
		return err
	}
	for _, t := range texts() {
		if err := writeStore(dir, "text-"+t.name+".pem", []byte(t.make(string(first), string(second)))); err != nil {
			return err
		}
	}
	return nil
}

func inUTF16(s string, order binary.AppendByteOrder) string {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, unit := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func insertLine(block string, at int, line string) string {
	lines := strings.Split(block, "\n")
	return strings.Join(append(lines[:at:at], append([]string{line}, lines[at:]...)...), "\n")
}

// rewrap writes the blocks with lines of another length.
func rewrap(s string, width int) string {
	var out strings.Builder
	for rest := []byte(s); ; {
		block, after := pem.Decode(rest)
		if block == nil {
			return out.String()
		}
		rest = after
		data := strings.ReplaceAll(string(pem.EncodeToMemory(block)), "\n", "")
		data = strings.TrimSuffix(strings.TrimPrefix(data, strings.TrimSpace(beginLine)), strings.TrimSpace(endLine))
		out.WriteString(beginLine)
		for len(data) > 0 {
			n := min(width, len(data))
			out.WriteString(data[:n] + "\n")
			data = data[n:]
		}
		out.WriteString(endLine)
	}
}

func oneLine(s string) string { return rewrap(s, 1<<20) }

// withTrailing puts bytes after the certificate inside its block.
func withTrailing(s string) string {
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		panic(fmt.Sprintf("no block in %d bytes", len(s)))
	}
	block.Bytes = append(bytes.Clone(block.Bytes), 0x05, 0x00)
	return string(pem.EncodeToMemory(block))
}
