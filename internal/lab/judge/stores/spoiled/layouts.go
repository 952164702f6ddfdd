package spoiled

import (
	"encoding/base64"
	"strings"
)

// layouts are other line ends and lengths, and what stands around the blocks.
func (c *collection) layouts(first, second string) {
	both := first + second
	for i, end := range []string{"\r\n", "\r", "\n\r", "\r\r\n", "\v", "\f", "\x85", "\x00", " \n", "\t\n", "\n\n", "\v\n", "\x00\n", "\\n", "\\r\\n", "", " "} {
		c.add("two", "line ends", i, strings.ReplaceAll(both, "\n", end))
		c.add("two", "line ends of the first", i, strings.ReplaceAll(first, "\n", end)+second)
		c.add("two", "line end of BEGIN", i, strings.Replace(both, "\n", end, 1))
	}
	lines := strings.SplitAfter(first, "\n")
	begin, data, end := lines[0], strings.ReplaceAll(strings.Join(lines[1:len(lines)-2], ""), "\n", ""), lines[len(lines)-2]
	for _, head := range []struct{ name, lines string }{{"wrapped", ""}, {"wrapped after a blank line", "\n"}, {"wrapped after a header", "X: y\n\n"}} {
		for _, width := range []int{1, 2, 3, 4, 5, 63, 64, 65, 76, 77, 252, 253, 254, 255, 256, len(data)} {
			c.add("two", head.name, width, begin+head.lines+wrap(data, width)+end+second)
		}
	}
	for _, length := range []int{63, 64, 65, 200, 226, 227, 228, 229, 230, 253, 254, 255, 256, 507, 508, 509, 510} {
		c.add("two", "blanks after BEGIN", length, begin[:len(begin)-1]+blanks(length)+"\n"+first[len(begin):]+second)
		c.add("two", "blanks after a line", length, begin+lines[1][:64]+blanks(length-64)+"\n"+strings.Join(lines[2:], "")+second)
		c.add("two", "blanks after a line after a header", length, begin+"X: y\n\n"+lines[1][:64]+blanks(length-64)+"\n"+strings.Join(lines[2:], "")+second)
		c.add("two", "blanks before a line", length, begin+blanks(length)+lines[1]+strings.Join(lines[2:], "")+second)
		c.add("two", "blanks before END", length, first[:len(first)-len(end)]+blanks(length)+end+second)
		c.add("two", "a line of blanks", length, begin+lines[1]+blanks(length)+"\n"+strings.Join(lines[2:], "")+second)
		c.add("two", "text before BEGIN", length, strings.Repeat("x", length)+both)
		c.add("two", "comment", length, strings.Repeat("x", length)+"\n"+both)
	}
	for i, text := range []string{
		"\ufeff", "\ufeff\n", "\ufeff ", "\xef\xbb", "0", "0\n", "00", "-", "-----", "-----\n", "----------\n", "-----BEGIN\n", "-----BEGIN \n", "-----BEGIN -----\n",
		"-----BEGIN  -----\n", "-----BEGIN A -----\n", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE----- \n", "-----BEGIN X-----\n", "-----END CERTIFICATE-----\n", "-----END X-----\n",
		"-----BEGIN X-----\n-----END X-----\n", "-----BEGIN X-----\nAAAA\n-----END X-----\n", "-----BEGIN X-----\nAAAA\n-----END Y-----\n", "-----BEGIN X-----\n====\n-----END X-----\n",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\n====\n-----END PRIVATE KEY-----\n", "-----BEGIN -----\nAAAA\n-----END -----\n", "-----BEGIN A--B-----\nAAAA\n-----END A--B-----\n",
		"-----BEGIN A-----\n-----BEGIN B-----\n-----END B-----\n-----END A-----\n", "----- BEGIN X-----\n", "-----begin x-----\n", "X: y\n", "X: y\n\n", "# -----BEGIN CERTIFICATE-----\n", "----BEGIN X----\n",
		" ", "\t", "\n", "\r", "\r\n", "x\r", "x\n\r", "x-----\n", "-----x\n", "\x00\n", "x\x00", "\v", "\f", "<html>\n", "\xfe\xff", "\xff\xfe", "  ", `\n`, `"`, "-----BEGIN X---------END X\n",
	} {
		c.add("two", "before", i, text+both)
		c.add("two", "between", i, first+text+second)
		c.add("two", "after", i, both+text)
		c.add("two", "inside", i, first[:len(begin)+65]+text+first[len(begin)+65:]+second)
		c.add("alone", "text", i, text)
	}
	for i, label := range []string{"certificate", "Certificate", "CERTIFICATE ", " CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE", "X CERTIFICATE", "x509 certificate", "CERTIFICATES", "PKCS7", "CMS", "X509 CRL", "PUBLIC KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE\x00", "CERTIFICATE-X", "CERTIFICATE--", "", " ", "-", "É", "A\x00B", "A\x7fB", "A-B"} {
		relabelled := strings.ReplaceAll(first, "CERTIFICATE", label)
		c.add("two", "label", i, relabelled+second)
		c.add("two", "label of BEGIN", i, strings.Replace(first, "CERTIFICATE", label, 1)+second)
		c.add("one", "label", i, relabelled)
		c.add("one", "label of both", i, first+strings.ReplaceAll(second, "CERTIFICATE", label))
	}
	for i, header := range []string{
		"", "X: y\n", "X: y\n z\n\n", ": y\n\n", "X:\n\n", "X: y\n \n", "Proc-Type: 4,CLEAR\n\n", "Proc-Type: 4,ENCRYPTED\n\n", "Proc-Type: 4,ENCRYPTED \nDEK-Info: RC4 \n\n", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n",
		"Proc-Type: 3,ENCRYPTED\n\n", "Proc-Type:4,ENCRYPTED\n\n", "Proc-Type 4\n\n", "\n\n", " \n", "X: y\n\n\n", "X: y\x00z\n\n", "\nX: y\n\n", "\x00Proc-Type: 4,ENCRYPTED\nDEK-Info: RC4\n\n", "X: y\x00\nA: b\n\n", "Proc-Type: 4,ENCRYPTED\x00\n\n", "Proc-Type: 4,\nDEK-Info: RC4\n\n", "A\n\n", "AAAA\n\n",
	} {
		c.add("two", "header", i, begin+header+first[len(begin):]+second)
		key := block("PRIVATE KEY", privateKey)
		at := strings.Index(key, "\n") + 1
		c.add("key", "header", i, key[:at]+header+key[at:]+second)
		old := strings.ReplaceAll(key, "PRIVATE", "RSA PRIVATE")
		c.add("old key", "header", i, old[:at+4]+header+old[at+4:]+second)
	}
}

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

func wrap(data string, width int) string {
	var out strings.Builder
	for ; len(data) > width; data = data[width:] {
		out.WriteString(data[:width] + "\n")
	}
	return out.String() + data + "\n"
}

// padding are other ends of the base64, and what follows the certificate inside.
func (c *collection) padding(of Certificates) {
	for _, base := range []struct {
		name string
		der  []byte
	}{{"one padding", of.First}, {"two paddings", of.Second}, {"no padding", of.Third}} {
		name, der := base.name, base.der
		digits := base64.RawStdEncoding.EncodeToString(der)
		place := 0
		add := func(way, data string) {
			c.add(name, way, place, "-----BEGIN CERTIFICATE-----\n"+wrap(data, 64)+"-----END CERTIFICATE-----\n"+block("CERTIFICATE", of.Third))
			place++
		}
		for missing := range 5 {
			for padding := range 5 {
				add("padding", digits[:len(digits)-missing]+strings.Repeat("=", padding))
			}
		}
		proper := base64.StdEncoding.EncodeToString(der)
		for _, after := range []string{"A", "AA", "AAA", "AAAA", "AAAAAAAA", "A=", "A==", "A===", "AA=", "AA==", "AAA=", "AAA==", "=", "==", "===", "====", "-", "-AAAA", "*", ".", "\x00", "\x80", " =", " A"} {
			add("after the data", proper+after)
			add("after the digits", digits+after)
		}
		add("blank in the padding", digits+"= =")
		add("blank in the padding", digits+" =")
		add("blank in the padding", digits+" ==")
		add("line end in the padding", digits+"\n==")
		add("line end in the padding", digits+"=\n=")
		add("line end in the padding", digits+"=\r=")
		add("line end in the padding", digits+"=\v=")
		for _, last := range "ABEQ" { // bits that no byte has
			add("last digit", digits[:len(digits)-1]+string(last)+strings.Repeat("=", len(proper)-len(digits)))
		}
		for i := range 4 { // in the middle
			at := 64 + i
			for _, sign := range []string{"=", "==", "====", "-", "\x00"} {
				add("sign inside", digits[:at]+sign+digits[at:])
				add("sign instead", digits[:at]+sign+digits[at+len(sign):])
			}
		}
	}
}
