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

// readUntilFailure reads certificates in a loop, which the first failure ends. It
// returns OpenSSL's reason when that failure is not the end of the content.
func readUntilFailure(reader *opensslPEM, aux bool) (taken Taken, failed string) {
	for {
		more, err := reader.nextCertificate(&taken, aux)
		if err == nil && len(taken.Anchors) == maxEntries {
			err = unreadable("", fmt.Sprintf("the limit of %d certificates is reached", maxEntries))
		}
		if err != nil {
			taken.note(Problem{
				Code:   CodeReadingStopped,
				Detail: fmt.Sprintf("Reading silently stops, and everything that follows is ignored: %s.", err.Detail),
				Remedy: "Replace the broken block, or remove it.",
			})
			return taken, err.Client
		}
		if !more {
			return taken, ""
		}
	}
}
