package stores

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"
)

// writeBroken spoils key stores that the tools made.
func writeBroken(dir string) error {
	for _, name := range []string{"keytool-two.jks", "keytool-two.jceks", "keytool-two.pkcs12", "p12-key-default.p12", "der-root-rsa.der", "pkcs7-two.der.p7b"} {
		content, err := os.ReadFile(filepath.Join(dir, "stores", name))
		if err != nil {
			return fmt.Errorf("store %s: %w", name, err)
		}
		flip := func(at int) []byte {
			out := bytes.Clone(content)
			out[at] ^= 0x01
			return out
		}
		half := len(content) / 2
		for variant, spoiled := range map[string][]byte{
			"half": content[:half], "short": content[:len(content)-1], "header": content[:8],
			"more": append(bytes.Clone(content), "more"...), "flip": flip(half), "flip-end": flip(len(content) - 1), "flip-start": flip(5),
			"newline": append([]byte("\n"), content...),
			"lying":   append(append(bytes.Clone(content[:8]), 0x7f, 0xff, 0xff, 0xff), content[12:]...),
		} {
			if err := writeStore(dir, "broken-"+variant+"-"+name, spoiled); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeByGo writes the stores that Go programs make.
func writeByGo(dir string) error {
	var certificates []*x509.Certificate
	for _, name := range []string{"root-rsa", "root-ec", "sub"} {
		content, err := readCertificate(dir, name)
		if err != nil {
			return err
		}
		block, _ := pem.Decode(content)
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("certificate %s: %w", name, err)
		}
		certificates = append(certificates, certificate)
	}
	if err := writeGoJKS(dir, certificates); err != nil {
		return err
	}
	for name, encoder := range map[string]*pkcs12.Encoder{
		"modern2023": pkcs12.Modern2023, "modern2026": pkcs12.Modern2026, "legacydes": pkcs12.LegacyDES,
		"legacyrc2": pkcs12.LegacyRC2, "passwordless": pkcs12.Passwordless,
	} {
		password := "changeit"
		if name == "passwordless" {
			password = ""
		}
		same := []pkcs12.TrustStoreEntry{{Cert: certificates[0], FriendlyName: "Same"}, {Cert: certificates[1], FriendlyName: "same"}}
		content, err := encoder.EncodeTrustStoreEntries(same, password)
		if err != nil {
			return fmt.Errorf("pkcs12 %s: %w", name, err)
		}
		if err := writeStore(dir, "go-same-"+name+".p12", content); err != nil {
			return err
		}
		if content, err = encoder.EncodeTrustStore(certificates, password); err != nil {
			return fmt.Errorf("pkcs12 %s: %w", name, err)
		}
		if err := writeStore(dir, "go-"+name+".p12", content); err != nil {
			return err
		}
	}
	return nil
}

func writeGoJKS(dir string, certificates []*x509.Certificate) error {
	for name, options := range map[string][]keystore.Option{
		"lower": {keystore.WithOrderedAliases()},
		"exact": {keystore.WithOrderedAliases(), keystore.WithCaseExactAliases()},
	} {
		store := keystore.New(options...)
		for i, alias := range []string{"Root", "ROOT", "sub"} {
			entry := keystore.TrustedCertificateEntry{
				CreationTime: time.Unix(1_700_000_000, 0),
				Certificate:  keystore.Certificate{Type: "X.509", Content: certificates[i].Raw},
			}
			if err := store.SetTrustedCertificateEntry(alias, entry); err != nil {
				return fmt.Errorf("jks %s: %w", name, err)
			}
		}
		var out bytes.Buffer
		if err := store.Store(&out, []byte("changeit")); err != nil {
			return fmt.Errorf("jks %s: %w", name, err)
		}
		if err := writeStore(dir, "go-"+name+".jks", out.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// Mutate returns a variant of a PEM store as people and programs spoil them:
// other line ends, lost and doubled lines, stray characters, cut ends. The
// same seed gives the same variant.
func Mutate(pem []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 17))
	out := bytes.Clone(pem)
	for range 1 + r.IntN(3) {
		out = mutations[r.IntN(len(mutations))](r, out)
	}
	return out
}

// snippets are what is put into stores.
var snippets = []string{
	"\ufeff", "\r", "\n", "\r\n", "\n\n", " ", "\t", "-", "=", "==", ":", "0", "-----", "\x00", "\x80", "é",
	"-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
	"-----BEGIN TRUSTED CERTIFICATE-----\n", "-----BEGIN X509 CERTIFICATE-----\n", "-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n",
	"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "Proc-Type: 4,ENCRYPTED\n", "X-Name: value\n\n", "# text\n", "subject=CN = x\n",
	"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
	"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
}

var mutations = []func(*rand.Rand, []byte) []byte{
	func(r *rand.Rand, b []byte) []byte { // a snippet at the start of a line, or anywhere
		at := r.IntN(len(b) + 1)
		if r.IntN(3) > 0 {
			at = lineStart(r, b)
		}
		return splice(b, at, at, []byte(snippets[r.IntN(len(snippets))]))
	},
	func(_ *rand.Rand, b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	func(r *rand.Rand, b []byte) []byte { // drop a line
		at := lineStart(r, b)
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			return b[:at]
		}
		return splice(b, at, at+end+1, nil)
	},
	func(r *rand.Rand, b []byte) []byte { // join two lines
		at := lineStart(r, b)
		if at == 0 {
			return b
		}
		return splice(b, at-1, at, nil)
	},
	func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b)+1)] },
	func(r *rand.Rand, b []byte) []byte { // replace a byte
		if len(b) == 0 {
			return b
		}
		out := bytes.Clone(b)
		out[r.IntN(len(b))] = byte(r.IntN(256))
		return out
	},
	func(r *rand.Rand, b []byte) []byte { // one long line
		at := lineStart(r, b)
		n := r.IntN(12)
		out := bytes.Clone(b[:at])
		return append(out, bytes.Replace(b[at:], []byte("\n"), nil, n)...)
	},
	func(r *rand.Rand, b []byte) []byte { // trailing or leading white space
		at := lineStart(r, b)
		return splice(b, max(at-r.IntN(2), 0), max(at-r.IntN(2), 0), bytes.Repeat([]byte{" \t\v\r"[r.IntN(4)]}, 1+r.IntN(300)))
	},
	func(_ *rand.Rand, b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r")) },
	func(_ *rand.Rand, b []byte) []byte { return append([]byte("\ufeff"), b...) },
}

func lineStart(r *rand.Rand, b []byte) int {
	at := r.IntN(len(b) + 1)
	for at > 0 && b[at-1] != '\n' {
		at--
	}
	return at
}

func splice(b []byte, from, to int, with []byte) []byte {
	if to < from {
		from, to = to, from
	}
	out := make([]byte, 0, len(b)+len(with))
	return append(append(append(out, b[:from]...), with...), b[to:]...)
}
