package truststore

import (
	"bytes"
	"fmt"
	"slices"
)

// readRustlsPEM reads a root file as sqlx does with rustls: every CERTIFICATE
// block must decode and must do as a trust anchor, or there is no connection. Keys
// and lists between them must decode too.
//
// Version "1" is rustls-pemfile 1.0, to which a carriage return alone ends no
// line, as in its releases before 1.0.4.
//
// Source: rustls/pki-types 1.16, src/pem.rs, read, and src/base64.rs; rustls-pemfile
// 1.0.2, src/pemfile.rs, read_one; both observed. launchbadge/sqlx@0d83ed2c,
// sqlx-core/src/net/tls/tls_rustls.rs.
func readRustlsPEM(content []byte, opt Options) (Taken, *ReadError) {
	r := &rustlsBlocks{rest: content, old: opt.Version == "1"}
	var taken Taken
	for {
		der, err := r.next(&taken)
		if err != nil {
			return taken, err
		}
		if der == nil {
			break
		}
		p, ok := (*decoder)(nil).openSSLCertificate(der)
		if !ok || p.odd || !bytes.Equal(p.certificate.Raw, der) {
			return taken, unreadable("invalid peer certificate: BadEncoding", fmt.Sprintf("rustls does not accept the block that ends at line %d as a certificate", r.line))
		}
		taken.Anchors = append(taken.Anchors, (*decoder)(nil).anchor(p.certificate))
		if len(taken.Anchors) > maxEntries {
			return taken, tooManyEntries()
		}
	}
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Detail: "rustls finds no certificate in it and gives no warning"}
	}
	once(&taken)
	return taken, nil
}

type rustlsBlocks struct {
	rest []byte
	old  bool // rustls-pemfile 1.0
	line int
}

// rustlsLabels are those of blocks that rustls decodes; rustls-pemfile 1.0
// decodes all.
var rustlsLabels = []string{labelX509, labelCRL, labelPrivateKey, "RSA PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE REQUEST", "ECHCONFIG"}

// next returns the next certificate; nil at the end. A BEGIN line inside a
// block replaces it but keeps its data.
func (r *rustlsBlocks) next(taken *Taken) ([]byte, *ReadError) {
	ends, decode := "\r\n", decodeRustlsBase64
	if r.old {
		ends, decode = "\n", decodeStrictBase64
	}
	var label, data []byte
	inside := false
	for len(r.rest) > 0 {
		line := r.rest
		if i := bytes.IndexAny(r.rest, ends); i >= 0 {
			line, r.rest = r.rest[:i], r.rest[i+1:]
		} else {
			r.rest = nil
		}
		r.line++
		switch {
		case bytes.HasPrefix(line, pemBegin):
			end := len(bytes.TrimRight(line, "- \r"))
			if bytes.Count(line[end:], []byte{'-'}) != len(pemDashes) {
				return nil, unreadable("", fmt.Sprintf("line %d is not a proper BEGIN line", r.line))
			}
			label, inside = line[len(pemBegin):end+bytes.IndexByte(line[end:], '-')], true
		case inside && bytes.HasPrefix(line, bytes.Join([][]byte{pemEnd, label, pemDashes}, nil)):
			der, ok := decode(data)
			if !ok && (r.old || slices.Contains(rustlsLabels, string(label))) {
				return nil, unreadable("", fmt.Sprintf("the block that ends at line %d is not plain base64", r.line))
			}
			if string(label) == labelX509 {
				return der, nil
			}
			taken.note(ignoredBlock(string(label), r.line))
			inside, data = false, nil
		case inside && r.old:
			data = append(data, bytes.TrimRight(line, " \r")...)
		case inside:
			data = append(data, line...)
		}
	}
	if inside {
		return nil, unreadable("", "a block has no END line")
	}
	return nil, nil
}

func tooManyEntries() *ReadError {
	return &ReadError{Err: ErrTooLarge, Detail: fmt.Sprintf("it holds more than %d entries", maxEntries)}
}
