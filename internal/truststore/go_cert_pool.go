package truststore

import (
	"bytes"
	"encoding/pem"
	"fmt"
)

// readGoCertPool reads what x509.CertPool.AppendCertsFromPEM adds: every
// CERTIFICATE block without headers that parses. The rest is dropped in
// silence by Go, and listed as problems here.
//
// Source: Go 1.26, crypto/x509/cert_pool.go, AppendCertsFromPEM.
func readGoCertPool(content []byte, opt Options) (Taken, *ReadError) {
	var taken Taken
	begins, line := 0, 1
	for rest := content; len(rest) > 0; {
		block, after := pem.Decode(rest)
		if block == nil {
			begins += countBegins(rest)
			break
		}
		read := rest[:len(rest)-len(after)]
		begins += countBegins(read) - 1
		line += bytes.Count(read, []byte{'\n'})
		rest = after
		if takeGoBlock(&taken, opt.decoder, block, line-1); len(taken.Anchors) > maxEntries {
			return taken, tooManyEntries()
		}
	}
	if begins > 0 {
		taken.note(Problem{
			Code:   CodeIgnoredBlock,
			Detail: fmt.Sprintf("Go does not recognize %s.", countOf(begins, "BEGIN line as PEM and silently drops the block", "BEGIN lines as PEM and silently drops the blocks")),
			Remedy: "Write each BEGIN and END line on a line of its own, unindented, around plain base64.",
		})
	}
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrUnreadable, Detail: nothingFound(content)}
	}
	once(&taken)
	return taken, nil
}

func takeGoBlock(taken *Taken, decoder *decoder, block *pem.Block, line int) {
	if block.Type != labelX509 {
		taken.note(ignoredBlock(block.Type, line))
		return
	}
	if len(block.Headers) != 0 {
		taken.note(Problem{
			Code:   CodeIgnoredBlock,
			Detail: fmt.Sprintf("The certificate that ends at line %d has header lines: Go silently drops it.", line),
			Remedy: "Remove the header lines from the block.",
		})
		return
	}
	certificate := decoder.certificate(block.Bytes)
	if certificate == nil {
		taken.note(Problem{
			Code:   CodeUnreadableCertificate,
			Detail: fmt.Sprintf("The certificate that ends at line %d cannot be decoded: Go silently drops it.", line),
			Remedy: "Replace the certificate with the copy that its CA publishes.",
		})
		return
	}
	taken.Anchors = append(taken.Anchors, decoder.anchor(certificate))
}

func countBegins(text []byte) int { return bytes.Count(text, pemBegin) }
