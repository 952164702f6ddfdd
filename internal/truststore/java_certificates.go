package truststore

import "fmt"

// maxNesting is the deepest nesting of encoded elements that is followed;
// real stores need less than twenty.
const maxNesting = 64

// javaNoAnchors is what the PKIX trust manager says of an empty key store.
const javaNoAnchors = "the trustAnchors parameter must be non-empty"

// readJavaCertificates reads what CertificateFactory.generateCertificates
// returns: one PKCS#7, or certificates one after the other, DER or PEM, of
// whatever label; one that cannot be decoded and the factory throws.
//
// Source: OpenJDK 17, sun/security/provider/X509Factory.java,
// parseX509orPKCS7Cert; observed with 17.0.15.
func readJavaCertificates(content []byte, opt Options) (Taken, *ReadError) {
	var taken Taken
	if len(content) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Client: javaNoAnchors, Detail: nothingFound(content)}
	}
	blocks := &javaBlocks{content: content, decoder: opt.decoder}
	block, jerr := blocks.next()
	if jerr != nil {
		return taken, jerr.readError()
	}
	if block == nil {
		return taken, &ReadError{Err: ErrUnreadable, Client: "No certificate data found", Detail: nothingFound(content)}
	}
	if certificates, ok := opt.decoder.javaPKCS7(block); ok {
		return takeJavaPKCS7(certificates, blocks)
	}
	for block != nil {
		if jerr := takeJavaBlock(&taken, block, blocks); jerr != nil {
			return taken, jerr.readError()
		}
		if len(taken.Anchors) > maxEntries {
			return taken, tooManyEntries()
		}
		if block, jerr = blocks.next(); jerr != nil {
			return taken, jerr.readError()
		}
	}
	once(&taken)
	return taken, nil
}

func (e *javaError) readError() *ReadError {
	return &ReadError{
		Err: ErrUnreadable, Client: e.client,
		Detail: fmt.Sprintf("%s (near line %d); Java then reads nothing from the file", e.detail, e.line),
	}
}

func takeJavaBlock(taken *Taken, der []byte, blocks *javaBlocks) *javaError {
	p, ok := blocks.decoder.javaCertificate(der)
	if !ok {
		return blocks.fail("", "a block holds no certificate that Java reads")
	}
	taken.Anchors = append(taken.Anchors, blocks.decoder.anchor(p.certificate))
	if p.odd {
		taken.note(unusual(blocks.line()))
	}
	return nil
}

// takeJavaPKCS7 takes the certificates of the first block, which is a PKCS#7;
// the factory never looks at what follows it.
func takeJavaPKCS7(certificates []parsed, blocks *javaBlocks) (Taken, *ReadError) {
	var taken Taken
	for _, p := range certificates {
		taken.Anchors = append(taken.Anchors, blocks.decoder.anchor(p.certificate))
	}
	if next, err := blocks.next(); next != nil || err != nil {
		taken.note(Problem{
			Code:   CodeTrailingData,
			Detail: "Java reads only the first PKCS#7 block; more blocks follow it.",
			Remedy: "Put all certificates into one PKCS#7 block, or write them as CERTIFICATE blocks.",
		})
	}
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Client: javaNoAnchors, Detail: "the PKCS#7 block holds no certificate"}
	}
	once(&taken)
	return taken, nil
}
