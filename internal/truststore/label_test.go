package truststore_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Java compares the BEGIN and the END line only with each other.
func TestLowerCaseLabelIsForJavaAlone(t *testing.T) {
	t.Parallel()

	content, err := os.ReadFile("../certpath/testdata/certificates.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	text := bytes.ReplaceAll(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}), []byte("CERTIFICATE"), []byte("certificate"))
	for reader, want := range map[truststore.Reader]int{truststore.JavaCertificateFactory: 1, truststore.OpenSSLFile: 0, truststore.GoCertPool: 0} {
		taken, err := truststore.Read(text, truststore.Options{Reader: reader})
		if len(taken.Anchors) != want || (err == nil) != (want > 0) {
			t.Errorf("reader %v takes %d anchors: %v", reader, len(taken.Anchors), err)
		}
	}
	contents, err := truststore.Inspect(text, truststore.InspectOptions{})
	if err != nil || len(contents.Entries) != 1 || len(contents.Anchors.Java) != 1 || len(contents.Anchors.OpenSSL)+len(contents.Anchors.Go) != 0 {
		t.Errorf("contents: %+v, %v", contents, err)
	}
	if len(contents.Problems) == 0 || contents.Problems[0].Detail != `The block at line 1 has the label "certificate": Java reads it, but OpenSSL and Go ignore it.` {
		t.Errorf("problems: %+v", contents.Problems)
	}
}
