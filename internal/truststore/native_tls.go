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
	switch found, err := reader.nextCertificate(&taken, false); {
	case err != nil:
		return taken, err
	case !found:
		return taken, unreadable(string(pemNoStartLine), nothingFound(content))
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
