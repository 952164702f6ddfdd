package clients

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"
)

// keyStoreRecipe says how a trust store of Java is made.
type keyStoreRecipe struct {
	name string
	make func(*ingredients) ([]byte, error)
}

// keyStorePassword protects every keystore that has a password.
const keyStorePassword = "changeit"

func keyStoreRecipes() []keyStoreRecipe {
	root := func(in *ingredients) []*x509.Certificate { return []*x509.Certificate{in.rootCert} }
	return []keyStoreRecipe{
		{"jks", func(in *ingredients) ([]byte, error) { return inJKS(in, root(in), false) }},
		{"jks_other_root", func(in *ingredients) ([]byte, error) { return inJKS(in, in.otherCerts[:1], false) }},
		{"jks_subordinate", func(in *ingredients) ([]byte, error) {
			return inJKS(in, []*x509.Certificate{in.chain.Subordinate}, false)
		}},
		{"jks_expired_root", func(in *ingredients) ([]byte, error) { return inJKS(in, in.expiredCert, false) }},
		{"jks_bundle", func(in *ingredients) ([]byte, error) {
			return inJKS(in, append(append([]*x509.Certificate{}, in.otherCerts...), in.rootCert), false)
		}},
		{"jks_empty", func(in *ingredients) ([]byte, error) { return inJKS(in, nil, false) }},
		{"jks_key_entry", func(in *ingredients) ([]byte, error) { return inJKS(in, root(in), true) }},
		{"jks_tampered", func(in *ingredients) ([]byte, error) {
			content, err := inJKS(in, root(in), false)
			if err == nil {
				content[len(content)-1] ^= 0xff
			}
			return content, err
		}},
		{"p12", func(in *ingredients) ([]byte, error) { return inPKCS12(pkcs12.Modern2023, root(in), keyStorePassword) }},
		{"p12_legacy", func(in *ingredients) ([]byte, error) { return inPKCS12(pkcs12.LegacyDES, root(in), keyStorePassword) }},
		{"p12_other_root", func(in *ingredients) ([]byte, error) {
			return inPKCS12(pkcs12.Modern2023, in.otherCerts, keyStorePassword)
		}},
		{"p12_no_password", func(in *ingredients) ([]byte, error) { return inPKCS12(pkcs12.Passwordless, root(in), "") }},
		{"p12_no_trust_attribute", func(in *ingredients) ([]byte, error) {
			content, err := inPKCS12(pkcs12.Passwordless, root(in), "")
			return bytes.ReplaceAll(content, trustedKeyUsage, otherKeyUsage), err
		}},
	}
}

// The object identifier of Java's trustedKeyUsage attribute in DER, and one of
// the same length that Java does not know.
var (
	trustedKeyUsage = []byte{0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 0x01, 0x01}
	otherKeyUsage   = []byte{0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 0x01, 0x7e}
)

// KeyStoreKinds returns the names of the kinds of trust store of Java.
func KeyStoreKinds() []string {
	var names []string
	for _, r := range keyStoreRecipes() {
		names = append(names, r.name)
	}
	return names
}

func inJKS(in *ingredients, certs []*x509.Certificate, withKey bool) ([]byte, error) {
	store := keystore.New(keystore.WithOrderedAliases())
	for i, c := range certs {
		alias := fmt.Sprintf("ca%d", i)
		certificate := keystore.Certificate{Type: "X509", Content: c.Raw}
		if !withKey {
			entry := keystore.TrustedCertificateEntry{CreationTime: in.at, Certificate: certificate}
			if err := store.SetTrustedCertificateEntry(alias, entry); err != nil {
				return nil, fmt.Errorf("jks: %w", err)
			}
			continue
		}
		der, err := x509.MarshalPKCS8PrivateKey(in.chain.Key())
		if err != nil {
			return nil, fmt.Errorf("jks: %w", err)
		}
		entry := keystore.PrivateKeyEntry{CreationTime: in.at, PrivateKey: der, CertificateChain: []keystore.Certificate{certificate}}
		if err := store.SetPrivateKeyEntry(alias, entry, []byte(keyStorePassword)); err != nil {
			return nil, fmt.Errorf("jks: %w", err)
		}
	}
	var out bytes.Buffer
	if err := store.Store(&out, []byte(keyStorePassword)); err != nil {
		return nil, fmt.Errorf("jks: %w", err)
	}
	return out.Bytes(), nil
}

func inPKCS12(encoder *pkcs12.Encoder, certs []*x509.Certificate, password string) ([]byte, error) {
	content, err := encoder.WithRand(rand.Reader).EncodeTrustStore(certs, password)
	if err != nil {
		return nil, fmt.Errorf("pkcs12: %w", err)
	}
	return content, nil
}
