package truststore

// readJavaFirstCertificate reads what CertificateFactory.generateCertificate
// returns: the first block, which must be a certificate. What follows it is
// never looked at.
//
// Source: OpenJDK 17, sun/security/provider/X509Factory.java,
// engineGenerateCertificate; observed with 17.0.15.
func readJavaFirstCertificate(content []byte) (Taken, *ReadError) {
	blocks := &javaBlocks{content: content}
	block, failed := blocks.next()
	if failed != nil {
		return Taken{}, failed.readError()
	}
	if block == nil {
		return Taken{}, &ReadError{Err: ErrUnreadable, Client: "Could not parse certificate: java.io.IOException: Empty input", Detail: nothingFound(content)}
	}
	var taken Taken
	if failed := takeJavaBlock(&taken, block, blocks); failed != nil {
		return Taken{}, failed.readError()
	}
	return taken, nil
}
