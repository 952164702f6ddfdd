package truststore

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// The lines around a block as Netty looks for them, wherever they stand.
var (
	nettyHeader = regexp.MustCompile(`-+BEGIN[\s\v][^-\r\n]*CERTIFICATE[^-\r\n]*-+[\s\v]+`)
	nettyBody   = regexp.MustCompile(`(?i)[a-z0-9+/=][a-z0-9+/=\r\n]*`)
	nettyFooter = regexp.MustCompile(`-+END[\s\v][^-\r\n]*CERTIFICATE[^-\r\n]*-+[\s\v]*`)
)

// readNettyPEM reads the file of Netty's SslContextBuilder.trustManager: every
// block whose label holds the word CERTIFICATE, each of which must be one.
// Blocks of another kind are passed over, and so is a last one without an end.
//
// Source: netty/netty 4.1, handler/ssl/PemReader.java, readCertificates, and
// codec/base64/Base64.java; observed with 4.1.112 and 4.1.135.
func readNettyPEM(content []byte) (Taken, *ReadError) {
	var taken Taken
	for rest := content; ; {
		header := nettyHeader.FindIndex(rest)
		if header == nil {
			break
		}
		rest = rest[header[1]:]
		body := nettyBody.FindIndex(rest)
		if body == nil {
			break
		}
		data := rest[body[0]:body[1]]
		rest = rest[body[1]:]
		footer := nettyFooter.FindIndex(rest)
		if footer == nil {
			break
		}
		rest = rest[footer[1]:]
		block, err := readJavaFirstCertificate(nettyBase64(data))
		if err := takeJavaDER(&taken, block, err); err != nil {
			return taken, err
		}
	}
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrUnreadable, Client: "found no certificates in input stream", Detail: nothingFound(content)}
	}
	once(&taken)
	return taken, nil
}

// nettyBase64 decodes whole groups up to one that ends in padding. In a group
// that goes on after it, padding is all bits.
func nettyBase64(data []byte) (out []byte) {
	value := func(c byte) byte { return byte(strings.IndexByte(base64Digits, c)) } //nolint:gosec // -1 is all bits
	for group := range slices.Chunk(without(data, "\r\n"), 4) {
		if len(group) < 4 {
			break
		}
		a, b, c, d := value(group[0]), value(group[1]), value(group[2]), value(group[3])
		decoded := []byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d}
		switch {
		case group[2] == '=':
			decoded = decoded[:1]
		case group[3] == '=':
			decoded = decoded[:2]
		}
		if out = append(out, decoded...); group[3] == '=' {
			break
		}
	}
	return out
}

// vertxMark finds the next "-----BEGIN LABEL-----" or its END, wherever it
// stands; at is negative where there is none.
func vertxMark(content []byte, from int, word string) (label string, at, after int) {
	for {
		i := bytes.Index(content[from:], []byte("-----"+word+" "))
		if i < 0 {
			return "", -1, 0
		}
		at = from + i
		from = at + len("-----"+word+" ")
		end := from
		for end < len(content) && (content[end] == ' ' || content[end] >= 'A' && content[end] <= 'Z') {
			end++
		}
		if end > from && bytes.HasPrefix(content[end:], pemDashes) {
			return string(content[from:end]), at, end + len(pemDashes)
		}
	}
}

// readVertxPEM reads a file of Vert.x's PemTrustOptions: the first BEGIN with
// the first END, the second with the second, and so on. Every block must be
// plain base64; those that are labelled CERTIFICATE are taken, and nothing where
// one of them is none.
//
// Source: eclipse-vertx/vert.x 4 and 5, KeyStoreHelper.java, loadPems and
// loadCerts; observed with vertx-pg-client 4.5.28.
func readVertxPEM(content []byte, opt Options) (Taken, *ReadError) {
	var taken Taken
	from, to := 0, 0 // where the search for the next BEGIN and for the next END goes on
	for {
		label, begin, start := vertxMark(content, from, "BEGIN")
		if begin < 0 {
			break
		}
		other, stop, after := vertxMark(content, to, "END")
		if stop < 0 || label != other {
			return taken, unreadable("Missing -----END "+label+"----- delimiter", "a BEGIN line has no END line of its own")
		}
		from, to = start, after
		if stop < start {
			return taken, unreadable("", "an END line comes before its BEGIN line")
		}
		body := bytes.Join(bytes.Fields(content[start:stop]), nil)
		if len(body) == 0 {
			return taken, unreadable("Empty pem file", "a block is empty")
		}
		der, ok := decodeJavaBase64(body)
		if !ok {
			return taken, unreadable("", "a block is not plain base64")
		}
		if label != labelX509 {
			continue
		}
		block, err := readJavaCertificates(der, opt)
		if err := takeJavaDER(&taken, block, err); err != nil {
			return taken, err
		}
	}
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrUnreadable, Client: "Missing -----BEGIN CERTIFICATE----- delimiter", Detail: nothingFound(content)}
	}
	once(&taken)
	return taken, nil
}

// takeJavaDER takes what Java made of the content of one block.
func takeJavaDER(taken *Taken, block Taken, err *ReadError) *ReadError {
	if err != nil {
		return err
	}
	taken.Anchors = append(taken.Anchors, block.Anchors...)
	taken.Problems = append(taken.Problems, block.Problems...)
	if len(taken.Anchors) > maxEntries {
		return tooManyEntries()
	}
	return nil
}
