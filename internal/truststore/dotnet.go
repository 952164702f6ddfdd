package truststore

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"slices"
)

// readDotNetPEM reads a root file as Npgsql does: X509Certificate2Collection.
// ImportFromPemFile, and where that finds nothing, the file as one certificate.
// Text that is no proper block is passed over; a CERTIFICATE block that holds
// no certificate is an error.
//
// Source: dotnet/runtime, PemEncoding.cs, TryFind, and X509Certificate2
// Collection.cs, ImportFromPem; npgsql/npgsql 8, NpgsqlConnector.cs,
// SslRootValidation. Read from the sources, not run.
func readDotNetPEM(content []byte) (Taken, *ReadError) {
	text := dotNetText(content)
	finder := &dotNetPEM{text: text, ends: endLines(text)}
	var taken Taken
	for line := 0; ; {
		before := finder.pos
		label, der, ok := finder.next()
		if !ok {
			break
		}
		line += bytes.Count(text[before:finder.pos], []byte{'\n'})
		if label != labelX509 {
			taken.note(ignoredBlock(label, line+1))
			continue
		}
		p, ok := (*decoder)(nil).openSSLCertificate(der)
		if !ok || p.rest > 0 {
			return taken, unreadable("The certificate contents do not contain a PEM with a CERTIFICATE label, or the content is malformed.", "a CERTIFICATE block holds no certificate")
		}
		taken.Anchors = append(taken.Anchors, (*decoder)(nil).anchor(p.certificate))
		if len(taken.Anchors) > maxEntries {
			return taken, tooManyEntries()
		}
	}
	if len(taken.Anchors) == 0 {
		certificate, err := x509.ParseCertificate(content)
		if err != nil {
			return taken, unreadable("", nothingFound(content))
		}
		taken.Anchors = []Anchor{(*decoder)(nil).anchor(certificate)}
	}
	once(&taken)
	return taken, nil
}

// dotNetText decodes as File.ReadAllText does, by the byte order mark.
func dotNetText(content []byte) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case bytes.HasPrefix(content, utf8BOM):
		return content[len(utf8BOM):]
	case bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	case !bytes.HasPrefix(content, []byte{0xFF, 0xFE}):
		return content
	}
	return []byte(utf16Text(content[2:], order))
}

// dotNetPEM finds blocks by RFC 7468's lax rules.
type dotNetPEM struct {
	text []byte
	pos  int
	// ends are the places of the END lines by proper label, in order, so that many
	// BEGIN lines do not search the text again and again.
	ends map[string][]int
}

func (f *dotNetPEM) next() (label string, der []byte, ok bool) {
	base := f.pos
	for at := base; ; {
		i := bytes.Index(f.text[at:], pemBegin)
		if i < 0 {
			return "", nil, false
		}
		begin := at + i
		start := begin + len(pemBegin)
		if begin > base && !dotNetSpace(f.text[begin-1]) {
			at = start
			continue
		}
		n := bytes.Index(f.text[start:], pemDashes)
		if n < 0 {
			return "", nil, false
		}
		at = start + n
		label = string(f.text[start:at])
		content := at + len(pemDashes)
		end := f.end(label, content)
		if end < 0 {
			continue
		}
		after := end + len(pemEnd) + len(label) + len(pemDashes)
		if after < len(f.text)-1 && !dotNetSpace(f.text[after]) {
			continue
		}
		if der, ok = decodeDotNetBase64(f.text[content:end]); ok {
			f.pos = after
			return label, der, true
		}
	}
}

// end returns where the next END line of a label is; negative is nowhere.
func (f *dotNetPEM) end(label string, from int) int {
	places := f.ends[label]
	i, _ := slices.BinarySearch(places, from)
	if i == len(places) {
		return -1
	}
	return places[i]
}

// endLines finds all END lines of proper labels.
func endLines(text []byte) map[string][]int {
	ends := make(map[string][]int)
	for at := 0; ; {
		i := bytes.Index(text[at:], pemEnd)
		if i < 0 {
			return ends
		}
		start := at + i + len(pemEnd)
		n := bytes.Index(text[start:], pemDashes)
		if n < 0 {
			return ends
		}
		if label := text[start : start+n]; dotNetLabel(label) {
			ends[string(label)] = append(ends[string(label)], at+i)
		}
		at = start
	}
}

func dotNetSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// dotNetLabel is RFC 7468's label: words joined by single blanks or hyphens.
func dotNetLabel(label []byte) bool {
	word := len(label) == 0
	for _, c := range label {
		switch {
		case c > ' ' && c < 0x7f && c != '-':
			word = true
		case (c == ' ' || c == '-') && word:
			word = false
		default:
			return false
		}
	}
	return word
}

// decodeDotNetBase64 allows white space anywhere; padding is not optional.
func decodeDotNetBase64(data []byte) ([]byte, bool) {
	if bytes.IndexByte(data, '-') >= 0 {
		return nil, false
	}
	return decodeOpenSSLBase64(data)
}
