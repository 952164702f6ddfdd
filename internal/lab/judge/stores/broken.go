package stores

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
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
