package paths

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
)

// Generate makes the plain certificates and their vectors anew, without
// answers, and writes the certificates into a folder. key is the file of the
// lab's key.
func Generate(folder, key string) (*Corpus, error) {
	b := newCast()
	signer, err := readKey(key)
	if err != nil {
		return nil, err
	}
	b.keys[leafKey] = signer
	b.paths()
	b.names()
	if b.err != nil {
		return nil, b.err
	}
	plain := b.order
	c := &Corpus{Paths: append(askPaths(b), oddVectors(b)...), Names: askNames(b), Certificates: b.certificates}
	if b.err != nil {
		return nil, b.err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, os.WriteFile(filepath.Join(folder, certificatesFile), encodeCertificates(plain, b.certificates), 0o600)
}

// encodeCertificates is the inverse of reading certificates.pem.
func encodeCertificates(order []string, certificates map[string][]byte) []byte {
	var out bytes.Buffer
	for _, name := range order {
		block := pem.Block{Type: "CERTIFICATE", Bytes: certificates[name], Headers: map[string]string{nameHeader: name}}
		if err := pem.Encode(&out, &block); err != nil {
			panic(err) // a buffer takes everything, and the header holds no colon
		}
	}
	return out.Bytes()
}
