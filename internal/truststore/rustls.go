package truststore

import (
	"bytes"
	"fmt"
)

// readRustlsPEM reads a root file as sqlx does with rustls: every CERTIFICATE
// block must decode and must do as a trust anchor, or there is no connection.
//
// Version "1" is rustls-pemfile 1.0, to which a carriage return alone ends no
// line; it was run, by tokio-postgres.
//
// Source: rustls/pki-types 1.x, src/pem.rs, read_one_impl, and src/base64.rs,
// read, not run; rustls-pemfile 1.0.0, src/pemfile.rs, read_one; launchbadge/
// sqlx@0d83ed2c, sqlx-core/src/net/tls/tls_rustls.rs.
func readRustlsPEM(content []byte, opt Options) (Taken, *ReadError) {
	r := &rustlsBlocks{rest: content, ends: "\r\n"}
	if opt.Version == "1" {
		r.ends = "\n"
	}
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
		if !ok || p.odd || p.rest > 0 {
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
	ends string // the bytes of which each ends a line
	line int
}

// next returns the next certificate; nil at the end. A BEGIN line inside a
// block replaces it but keeps its data.
func (r *rustlsBlocks) next(taken *Taken) ([]byte, *ReadError) {
	var label, data []byte
	inside := false
	for len(r.rest) > 0 {
		line := r.rest
		if i := bytes.IndexAny(r.rest, r.ends); i >= 0 {
			line, r.rest = r.rest[:i], r.rest[i+1:]
		} else {
			r.rest = nil
		}
		r.line++
		if bytes.HasPrefix(line, pemBegin) {
			trimmed := bytes.TrimRight(line, " \r")
			name := bytes.TrimRight(trimmed, "-")
			if len(trimmed)-len(name) != 5 {
				return nil, unreadable("", fmt.Sprintf("line %d is not a proper BEGIN line", r.line))
			}
			label, inside = name[min(len(pemBegin), len(name)):], true
			continue
		}
		if inside && bytes.HasPrefix(line, bytes.Join([][]byte{pemEnd, label, pemDashes}, nil)) {
			if string(label) == labelX509 {
				der, ok := decodeRustlsBase64(data)
				if !ok {
					return nil, unreadable("", fmt.Sprintf("the block that ends at line %d is not plain base64", r.line))
				}
				return der, nil
			}
			taken.note(ignoredBlock(string(label), r.line))
			inside, data = false, nil
			continue
		}
		if inside {
			data = append(append(data, line...), '\n')
		}
	}
	if inside {
		return nil, unreadable("", "a block has no END line")
	}
	return nil, nil
}

// decodeRustlsBase64 allows white space anywhere and padding to be left out.
func decodeRustlsBase64(data []byte) ([]byte, bool) {
	if out, ok := plainBase64(data); ok {
		return out, true
	}
	clean := make([]byte, 0, len(data))
	for _, c := range data {
		if c != ' ' && (c < '\t' || c > '\r') {
			clean = append(clean, c)
		}
	}
	return decodeJavaBase64(clean)
}

func tooManyEntries() *ReadError {
	return &ReadError{Err: ErrTooLarge, Detail: fmt.Sprintf("it holds more than %d entries", maxEntries)}
}
