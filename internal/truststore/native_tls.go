package truststore

import "fmt"

// readNativeTLSPEM reads what native_tls::Certificate::from_pem returns with
// its OpenSSL backend: the first certificate, whatever follows.
//
// Source: sfackler/rust-native-tls, src/imp/openssl.rs, Certificate::from_pem
// (X509::from_pem, which is PEM_read_bio_X509); observed with libcrypto 3.0.19.
func readNativeTLSPEM(content []byte, opt Options) (Taken, *ReadError) {
	reader := newOpenSSLPEM(content, opt)
	var taken Taken
	for {
		block, failure := reader.next()
		if failure == pemNoStartLine {
			return taken, &ReadError{Err: ErrUnreadable, Client: failure.raised(), Detail: nothingFound(content)}
		}
		if failure != "" {
			return taken, &ReadError{Err: ErrUnreadable, Client: failure.raised(), Detail: fmt.Sprintf("the block at line %d cannot be read (%s)", block.line, failure)}
		}
		if !acceptsLabel(block.label, false) {
			taken.note(ignoredBlock(block.label, block.line))
			continue
		}
		if client, ok := plainHeader(block.header); !ok {
			return taken, unreadable(client, "it has a header before the certificate")
		}
		if !reader.takeCertificate(&taken, block, false) {
			return taken, unreadable("", fmt.Sprintf("the block at line %d holds no certificate", block.line))
		}
		break
	}
	if block, failure := reader.next(); failure == "" {
		taken.note(Problem{
			Code:   CodeOnlyFirst,
			Detail: fmt.Sprintf("A client with native-tls reads only the first certificate: it ignores the block at line %d and everything after that block.", block.line),
			Remedy: "Give the client a file that holds only the root of its server's certificate.",
		})
	}
	return taken, nil
}
