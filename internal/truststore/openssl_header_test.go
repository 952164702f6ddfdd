package truststore_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestHeadersOfBlocks: a header before a private key is read, and the key is
// not, as OpenSSL passes over it. Before a certificate there is no good one.
func TestHeadersOfBlocks(t *testing.T) {
	t.Parallel()

	root := inPEM(t, certificate(t, "root-rsa"))
	const (
		begin   = "Proc-Type: 4,ENCRYPTED\n"
		iv8     = "0123456789abcdEF"
		good    = ""
		noType  = "not proc type"
		noCrypt = "not encrypted"
		short   = "short header"
		noInfo  = "not dek info"
		unknown = "unsupported encryption"
		surplus = "unexpected dek iv"
		noIV    = "missing dek iv"
		badIV   = "bad iv chars"
	)
	refused := map[string]bool{"Proc-Type: 3,ENCRYPTED\nDEK-Info: DES-CBC," + iv8 + "\n": true}
	for header, want := range map[string]string{
		begin + "DEK-Info: DES-CBC," + iv8 + "\n":                 good,
		begin + "DEK-Info: des-cbc," + iv8 + "\n":                 good,
		begin + "DEK-Info:\t DES-CBC ," + iv8 + "\n":              good,
		begin + "DEK-Info: AES-256-CBC," + iv8 + iv8 + "\n":       good,
		begin + "DEK-Info: RC4 x\n":                               good,
		begin + "DEK-Info: RC4 ,00\n":                             surplus,
		"Proc-Type: \t4, \tENCRYPTED \t\nDEK-Info: RC4\tx\n":      good,
		"Proc-Type: 3,ENCRYPTED\nDEK-Info: DES-CBC," + iv8 + "\n": good,
		"Proc-Type 4,ENCRYPTED: \nDEK-Info: RC4\n":                noType,
		"Comment: 4,ENCRYPTED\nDEK-Info: RC4\n":                   noType,
		"Proc-Type: 4,MIC-ONLY\nDEK-Info: RC4\n":                  noCrypt,
		"Proc-Type: 4,ENCRYPTEDx\nDEK-Info: RC4\n":                noCrypt,
		"Proc-Type: 4,ENCRYPTED x\nDEK-Info: RC4\n":               short,
		begin + "Comment: RC4\n":                                  noInfo,
		begin + "DEK-Info: ROT13," + iv8 + "\n":                   unknown,
		begin + "DEK-Info: RC4\n":                                 unknown,
		begin + "DEK-Info: \n":                                    unknown,
		begin + "DEK-Info: DES-CBC\n":                             unknown,
		begin + "DEK-Info: DES-CBC \n":                            unknown,
		begin + "DEK-Info: DES-CBC x," + iv8 + "\n":               noIV,
		begin + "DEK-Info: DES-CBC,0123456789abcde\n":             badIV,
		begin + "DEK-Info: DES-CBC,0123456789abcdeg\n":            badIV,
		begin + "DEK-Info: AES-128-CBC," + iv8 + "\n":             badIV,
	} {
		key := slices.Concat([]byte("-----BEGIN RSA PRIVATE KEY-----\n"+header+"\nAAAA\n-----END RSA PRIVATE KEY-----\n"), root)
		taken, err := truststore.Read(key, truststore.Options{Reader: truststore.OpenSSLFile})
		var failed *truststore.ReadError
		switch got := clientOf(err, &failed); {
		case refused[header] && (err == nil || got != ""):
			t.Errorf("%q: %v, want a refusal without a word", header, err)
		case refused[header]:
		case (err == nil) != (want == good) || got != want:
			t.Errorf("%q: error %v, client's text %q, want %q", header, err, got, want)
		case err == nil && !slices.Equal(codes(taken.Problems), []string{truststore.CodePrivateKey}):
			t.Errorf("%q: problems %v", header, taken.Problems)
		}
		for _, reader := range []truststore.Reader{truststore.OpenSSLFile, truststore.NativeTLSPEM, truststore.NodeExtraCACerts} {
			spoiled := bytes.Replace(root, []byte("CERTIFICATE-----\n"), []byte("CERTIFICATE-----\n"+header+"\n"), 1)
			taken, err := truststore.Read(spoiled, truststore.Options{Reader: reader})
			if got := clientOf(err, &failed); got != want || err == nil || len(taken.Anchors) > 0 {
				t.Errorf("%q before a certificate, reader %d: error %v, client's text %q, want %q", header, reader, err, got, want)
			}
		}
	}
}

// TestLabelsOfKeys: OpenSSL 1.1.1 looks into keys of three labels only.
func TestLabelsOfKeys(t *testing.T) {
	t.Parallel()

	root := inPEM(t, certificate(t, "root-rsa"))
	got := make(map[string][]string)
	for _, label := range []string{"RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "SM2 PRIVATE KEY", "PUBLIC KEY"} {
		for _, version := range []string{"1.1.1", "3"} {
			broken := slices.Concat([]byte("-----BEGIN "+label+"-----\nAAAA\n-----END "+label+"-----\n"), root)
			if _, err := truststore.Read(broken, truststore.Options{Reader: truststore.OpenSSLFile, Version: version}); err != nil {
				got[version] = append(got[version], label)
			}
		}
	}
	want := map[string][]string{
		"1.1.1": {"RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY"},
		"3":     {"RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "SM2 PRIVATE KEY"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who stops at a broken key (-want +got):\n%s", diff)
	}
}

// clientOf is what the real client says.
func clientOf(err error, failed **truststore.ReadError) string {
	if !errors.As(err, failed) {
		return ""
	}
	return (*failed).Client
}
