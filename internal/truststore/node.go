package truststore

import "fmt"

// readNodeCA reads the ca option as SecureContext::AddCACert does: block after
// block until one cannot be read, and not a word about it. An empty string is
// no option at all: Node then takes its built-in roots.
//
// Source: nodejs/node 20, src/crypto/crypto_context.cc, SecureContext::AddCACert;
// lib/internal/tls/secure-context.js, configSecureContext. Observed with 20.20.
func readNodeCA(content []byte, opt Options) (Taken, *ReadError) {
	if len(content) == 0 {
		return Taken{}, &ReadError{Err: ErrNoAnchors, Detail: "the ca option is empty, so Node uses its built-in roots, which include no RDS root"}
	}
	taken, _ := readUntilFailure(newOpenSSLPEM(content, opt), true)
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Detail: "Node finds no certificate in the ca option and gives no warning"}
	}
	once(&taken)
	return taken, nil
}

// readNodeExtraCACerts reads the file of NODE_EXTRA_CA_CERTS: what stands
// before the first block that cannot be read is kept, with a warning.
//
// Source: nodejs/node 20, src/crypto/crypto_context.cc, AddCertsFromFile.
func readNodeExtraCACerts(content []byte, opt Options) (Taken, *ReadError) {
	reader := newOpenSSLPEM(content, opt)
	reader.file = true
	taken, failure := readUntilFailure(reader, false)
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Client: failure, Detail: "Node warns that it ignores the extra certificates, and continues without them"}
	}
	once(&taken)
	return taken, nil
}

// acceptsLabel is check_pem for PEM_STRING_X509_TRUSTED with aux, else for
// PEM_STRING_X509.
func acceptsLabel(label string, aux bool) bool {
	return label == labelX509 || label == labelX509Old || (aux && label == labelX509Trust)
}

// readUntilFailure reads certificates as PEM_read_bio_X509 and
// (with aux) PEM_read_bio_X509_AUX do in a loop: blocks of other kinds are passed over,
// the first failure ends the loop. It returns OpenSSL's reason when that
// failure is not the end of the content.
func readUntilFailure(reader *opensslPEM, aux bool) (taken Taken, failed string) {
	stop := func(line int, what string) {
		taken.note(Problem{
			Code:   CodeReadingStopped,
			Detail: fmt.Sprintf("The block at line %d cannot be read (%s): reading silently stops there, and everything that follows is ignored.", line, what),
			Remedy: "Replace the broken block, or remove it.",
		})
	}
	for len(taken.Anchors) < maxEntries {
		block, failure := reader.next()
		if failure == pemNoStartLine {
			return taken, ""
		}
		if failure != "" {
			stop(block.line, string(failure))
			return taken, failure.raised()
		}
		if !acceptsLabel(block.label, aux) {
			taken.note(ignoredBlock(block.label, block.line))
			continue
		}
		if client, ok := plainHeader(block.header); !ok {
			stop(block.line, "it has a header before the certificate")
			return taken, client
		}
		if !reader.takeCertificate(&taken, block, aux) {
			stop(block.line, "it holds no certificate")
			return taken, "ASN1 lib"
		}
	}
	stop(reader.lines, fmt.Sprintf("the limit of %d certificates is reached", maxEntries))
	return taken, ""
}
