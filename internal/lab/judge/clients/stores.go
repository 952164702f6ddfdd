package clients

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// ingredients are what stores are made of.
type ingredients struct {
	root, expiredRoot     []byte // PEM
	otherRoots            [][]byte
	subordinate, server   []byte
	key                   []byte
	rootCert              *x509.Certificate
	chain                 *pki.Chain
	at                    time.Time
	expiredCert           *x509.Certificate
	otherCerts            []*x509.Certificate
	sameName, crossSigned []byte // the root's subject with another key; its key under another issuer
}

func newIngredients(chain *pki.Chain, at time.Time) (*ingredients, error) {
	in := &ingredients{chain: chain, at: at, rootCert: chain.Root, root: chain.RootPEM(), subordinate: pki.PEM(chain.Subordinate), server: pki.PEM(chain.Server)}
	past := pki.Options{Root: pki.Validity{NotBefore: at.Add(-3 * year), NotAfter: at.Add(-year)}}
	expired, err := pki.NewRegion("us-east-1", at).Root(chain.CAIdentifier, past)
	if err != nil {
		return nil, fmt.Errorf("expired root: %w", err)
	}
	in.expiredRoot, in.expiredCert = pki.PEM(expired), expired
	for _, region := range []string{"eu-west-1", "ap-south-1"} {
		other, err := pki.NewRegion(region, at).Root(chain.CAIdentifier, pki.Options{KeyGeneration: 1})
		if err != nil {
			return nil, fmt.Errorf("other root: %w", err)
		}
		in.otherRoots = append(in.otherRoots, pki.PEM(other))
		in.otherCerts = append(in.otherCerts, other)
	}
	region := pki.NewRegion("us-east-1", at)
	sameName, err := region.Root(chain.CAIdentifier, pki.Options{KeyGeneration: 1})
	if err != nil {
		return nil, fmt.Errorf("root with another key: %w", err)
	}
	crossSigned, err := region.CrossSigned(chain.CAIdentifier, pki.NewRegion("eu-west-1", at))
	if err != nil {
		return nil, fmt.Errorf("cross-signed root: %w", err)
	}
	in.sameName, in.crossSigned = pki.PEM(sameName), pki.PEM(crossSigned)
	in.key, err = chain.KeyPEM()
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	return in, nil
}

// storeRecipe says how a kind of trust store is made.
type storeRecipe struct {
	name string
	make func(*ingredients) []byte
}

const html = "<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head>\n<body><h1>AccessDenied</h1></body></html>\n"

// badBlock is a PEM block whose content is no certificate.
var badBlock = []byte("-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGUsIGJ1dCB2YWxpZCBiYXNlNjQ=\n-----END CERTIFICATE-----\n")

// badBase64 is a PEM block whose content is not even base64.
var badBase64 = []byte("-----BEGIN CERTIFICATE-----\n!!!! not base64 at all !!!!\n-----END CERTIFICATE-----\n")

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// pemRecipes are stores that are files of text, or meant to be; the core
// stores come first.
func pemRecipes() []storeRecipe {
	return append(wholeRecipes(), append(mangledRecipes(), brokenRecipes()...)...)
}

// wholeRecipes are well-formed.
func wholeRecipes() []storeRecipe {
	return []storeRecipe{
		{"root", func(in *ingredients) []byte { return in.root }},
		{"absent", nil},
		{"other_root", func(in *ingredients) []byte { return in.otherRoots[0] }},
		{"subordinate", func(in *ingredients) []byte { return in.subordinate }},
		{"root_and_subordinate", func(in *ingredients) []byte { return join(in.root, in.subordinate) }},
		{"bundle_root_last", func(in *ingredients) []byte { return join(in.otherRoots[0], in.otherRoots[1], in.root) }},
		{"bundle_root_first", func(in *ingredients) []byte { return join(in.root, in.otherRoots[0], in.otherRoots[1]) }},
		{"server_certificate", func(in *ingredients) []byte { return in.server }},
		{"expired_root", func(in *ingredients) []byte { return in.expiredRoot }},
		{"expired_root_before_root", func(in *ingredients) []byte { return join(in.expiredRoot, in.root) }},
		{"root_twice", func(in *ingredients) []byte { return join(in.root, in.root) }},
		{"chain", func(in *ingredients) []byte { return join(in.server, in.subordinate, in.root) }},
		{"private_key_and_root", func(in *ingredients) []byte { return join(in.key, in.root) }},
		{"root_and_private_key", func(in *ingredients) []byte { return join(in.root, in.key) }},
		{"same_name_other_key", func(in *ingredients) []byte { return in.sameName }},
		{"same_name_before_root", func(in *ingredients) []byte { return join(in.sameName, in.root) }},
		{"cross_signed_root", func(in *ingredients) []byte { return in.crossSigned }},
		{"cross_signed_and_root", func(in *ingredients) []byte { return join(in.crossSigned, in.root) }},
		{"comments", func(in *ingredients) []byte {
			return join([]byte("# Amazon RDS root\nsubject=CN = whatever\n\n"), in.root, []byte("\n# end\n"))
		}},
	}
}

// mangledRecipes hold the right certificate in a way that some readers mind.
func mangledRecipes() []storeRecipe {
	return []storeRecipe{
		{"crlf", func(in *ingredients) []byte { return bytes.ReplaceAll(in.root, []byte("\n"), []byte("\r\n")) }},
		{"cr_only", func(in *ingredients) []byte { return bytes.ReplaceAll(in.root, []byte("\n"), []byte("\r")) }},
		{"bom", func(in *ingredients) []byte { return join([]byte("\xef\xbb\xbf"), in.root) }},
		{"bom_bundle", func(in *ingredients) []byte { return join([]byte("\xef\xbb\xbf"), in.otherRoots[0], in.root) }},
		{"utf16", func(in *ingredients) []byte { return inUTF16(string(in.root)) }},
		{"der", func(in *ingredients) []byte { return in.rootCert.Raw }},
		{"no_final_newline", func(in *ingredients) []byte { return bytes.TrimRight(in.root, "\n") }},
		{"glued_blocks", func(in *ingredients) []byte { return join(bytes.TrimRight(in.otherRoots[0], "\n"), in.root) }},
		{"glued_blocks_root_first", func(in *ingredients) []byte { return join(bytes.TrimRight(in.root, "\n"), in.otherRoots[0]) }},
		{"trusted_certificate", func(in *ingredients) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "TRUSTED CERTIFICATE", Bytes: in.rootCert.Raw})
		}},
		{"trusted_for_server", func(in *ingredients) []byte { return trusted(in.rootCert, serverAuth, nil) }},
		{"trusted_for_mail", func(in *ingredients) []byte { return trusted(in.rootCert, emailProtection, nil) }},
		{"trusted_for_any", func(in *ingredients) []byte { return trusted(in.rootCert, anyUsage, nil) }},
		{"rejected_for_server", func(in *ingredients) []byte { return trusted(in.rootCert, nil, serverAuth) }},
		{"rejected_for_mail", func(in *ingredients) []byte { return trusted(in.rootCert, nil, emailProtection) }},
		{"trusted_subordinate", func(in *ingredients) []byte { return trusted(in.chain.Subordinate, serverAuth, nil) }},
		{"trusted_server_certificate", func(in *ingredients) []byte { return trusted(in.chain.Server, serverAuth, nil) }},
		{"rejected_subordinate_and_root", func(in *ingredients) []byte {
			return join(trusted(in.chain.Subordinate, nil, serverAuth), in.root)
		}},
		{"x509_certificate", func(in *ingredients) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "X509 CERTIFICATE", Bytes: in.rootCert.Raw})
		}},
		{"indented", func(in *ingredients) []byte { return indent(in.root) }},
		{"escaped_newlines", func(in *ingredients) []byte { return bytes.ReplaceAll(in.root, []byte("\n"), []byte(`\n`)) }},
		{"one_line", func(in *ingredients) []byte { return oneLine(in.rootCert) }},
		{"trailing_spaces", func(in *ingredients) []byte { return bytes.ReplaceAll(in.root, []byte("\n"), []byte("  \n")) }},
		{"blank_lines", func(in *ingredients) []byte { return bytes.ReplaceAll(in.root, []byte("\n"), []byte("\n\n")) }},
		{"headers", func(in *ingredients) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Headers: map[string]string{"Comment": "root"}, Bytes: in.rootCert.Raw})
		}},
	}
}

// brokenRecipes hold something else, or something that is not whole.
func brokenRecipes() []storeRecipe {
	return []storeRecipe{
		{"empty", func(*ingredients) []byte { return []byte{} }},
		{"newline_only", func(*ingredients) []byte { return []byte("\n") }},
		{"garbage", func(*ingredients) []byte { return []byte("this is not a certificate\n") }},
		{"binary_garbage", func(*ingredients) []byte { return bytes.Repeat([]byte{0x00, 0xff, 0x30, 0x82}, 64) }},
		{"html", func(*ingredients) []byte { return []byte(html) }},
		{"bad_block_first", func(in *ingredients) []byte { return join(badBlock, in.root) }},
		{"bad_block_middle", func(in *ingredients) []byte { return join(in.otherRoots[0], badBlock, in.root) }},
		{"bad_block_last", func(in *ingredients) []byte { return join(in.root, badBlock) }},
		{"bad_base64_first", func(in *ingredients) []byte { return join(badBase64, in.root) }},
		{"bad_base64_last", func(in *ingredients) []byte { return join(in.root, badBase64) }},
		{"truncated", func(in *ingredients) []byte { return in.root[:len(in.root)*2/3] }},
		{"truncated_last", func(in *ingredients) []byte { return join(in.root, in.otherRoots[0][:len(in.otherRoots[0])/2]) }},
		{"begin_line_last", func(in *ingredients) []byte { return join(in.root, []byte("-----BEGIN CERTIFICATE-----\n")) }},
		{"private_key", func(in *ingredients) []byte { return in.key }},
	}
}

// StoreKinds returns the names of all kinds of trust store but those of Java:
// the core ones first.
func StoreKinds() []string { return append(kinds(pemRecipes()), "directory") }

// KeyStoreKinds returns the names of the kinds of trust store of Java.
func KeyStoreKinds() []string { return kinds(keyStoreRecipes()) }

func kinds(recipes []storeRecipe) (names []string) {
	for _, r := range recipes {
		names = append(names, r.name)
	}
	return names
}

func newStores(chain *pki.Chain, at time.Time) (map[string]Store, error) {
	in, err := newIngredients(chain, at)
	if err != nil {
		return nil, err
	}
	directory := truststore.Directory{"root.crt": in.root}
	stores := map[string]Store{"directory": {Content: directory.Archive(), Directory: directory}}
	for _, r := range append(pemRecipes(), keyStoreRecipes()...) {
		if r.make == nil {
			stores[r.name] = Store{Absent: true}
			continue
		}
		stores[r.name] = Store{Content: r.make(in)}
	}
	return stores, nil
}

// must panics: stores are made in memory, of what is right.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// The uses that OpenSSL's trust settings name.
var (
	serverAuth      = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	emailProtection = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	anyUsage        = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
)

// trusted is a certificate with OpenSSL's trust settings behind it, as
// "openssl x509 -addtrust" and "-addreject" write it.
func trusted(c *x509.Certificate, trust, reject asn1.ObjectIdentifier) []byte {
	settings := struct {
		Trust  []asn1.ObjectIdentifier `asn1:"optional,omitempty"`
		Reject []asn1.ObjectIdentifier `asn1:"optional,omitempty,tag:0"`
	}{}
	if trust != nil {
		settings.Trust = []asn1.ObjectIdentifier{trust}
	}
	if reject != nil {
		settings.Reject = []asn1.ObjectIdentifier{reject}
	}
	aux, err := asn1.Marshal(settings)
	must(err)
	return pem.EncodeToMemory(&pem.Block{Type: "TRUSTED CERTIFICATE", Bytes: append(slices.Clone(c.Raw), aux...)})
}

func inUTF16(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

func indent(text []byte) []byte {
	lines := strings.SplitAfter(string(text), "\n")
	return []byte("    " + strings.TrimRight(strings.Join(lines, "    "), " "))
}

// oneLine is a block whose base64 is not broken into lines.
func oneLine(c *x509.Certificate) []byte {
	lines := strings.Split(strings.TrimSpace(string(pki.PEM(c))), "\n")
	body := strings.Join(lines[1:len(lines)-1], "")
	return []byte(lines[0] + "\n" + body + "\n" + lines[len(lines)-1] + "\n")
}

// keyStorePassword protects every keystore that has a password.
const keyStorePassword = "changeit"

// keyStoreRecipes are the stores of Java.
func keyStoreRecipes() []storeRecipe {
	return []storeRecipe{
		{"jks", func(in *ingredients) []byte { return inJKS(in, in.rootCert) }},
		{"jks_other_root", func(in *ingredients) []byte { return inJKS(in, in.otherCerts[0]) }},
		{"jks_subordinate", func(in *ingredients) []byte { return inJKS(in, in.chain.Subordinate) }},
		{"jks_expired_root", func(in *ingredients) []byte { return inJKS(in, in.expiredCert) }},
		{"jks_bundle", func(in *ingredients) []byte { return inJKS(in, append(slices.Clone(in.otherCerts), in.rootCert)...) }},
		{"jks_empty", func(in *ingredients) []byte { return inJKS(in) }},
		{"jks_key_entry", keyInJKS},
		{"jks_tampered", func(in *ingredients) []byte {
			content := inJKS(in, in.rootCert)
			content[len(content)-1] ^= 0xff
			return content
		}},
		{"p12", func(in *ingredients) []byte { return inPKCS12(pkcs12.Modern2023, keyStorePassword, in.rootCert) }},
		{"p12_legacy", func(in *ingredients) []byte { return inPKCS12(pkcs12.LegacyDES, keyStorePassword, in.rootCert) }},
		{"p12_other_root", func(in *ingredients) []byte { return inPKCS12(pkcs12.Modern2023, keyStorePassword, in.otherCerts...) }},
		{"p12_no_password", func(in *ingredients) []byte { return inPKCS12(pkcs12.Passwordless, "", in.rootCert) }},
		{"p12_no_trust_attribute", func(in *ingredients) []byte {
			return bytes.ReplaceAll(inPKCS12(pkcs12.Passwordless, "", in.rootCert), trustedKeyUsage, otherKeyUsage)
		}},
	}
}

// The object identifier of Java's trustedKeyUsage attribute in DER, and one of
// the same length that Java does not know.
var (
	trustedKeyUsage = []byte{0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 0x01, 0x01}
	otherKeyUsage   = []byte{0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 0x01, 0x7e}
)

func inJKS(in *ingredients, certs ...*x509.Certificate) []byte {
	store := keystore.New(keystore.WithOrderedAliases())
	for i, c := range certs {
		must(store.SetTrustedCertificateEntry(fmt.Sprintf("ca%d", i), keystore.TrustedCertificateEntry{CreationTime: in.at, Certificate: inX509(c)}))
	}
	return stored(store)
}

// keyInJKS has a key with the root behind it, and no trusted certificate.
func keyInJKS(in *ingredients) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(in.chain.Key())
	must(err)
	store := keystore.New(keystore.WithOrderedAliases())
	entry := keystore.PrivateKeyEntry{CreationTime: in.at, PrivateKey: der, CertificateChain: []keystore.Certificate{inX509(in.rootCert)}}
	must(store.SetPrivateKeyEntry("ca0", entry, []byte(keyStorePassword)))
	return stored(store)
}

func inX509(c *x509.Certificate) keystore.Certificate {
	return keystore.Certificate{Type: "X509", Content: c.Raw}
}

func stored(store keystore.KeyStore) []byte {
	var out bytes.Buffer
	must(store.Store(&out, []byte(keyStorePassword)))
	return out.Bytes()
}

func inPKCS12(encoder *pkcs12.Encoder, password string, certs ...*x509.Certificate) []byte {
	content, err := encoder.EncodeTrustStore(certs, password)
	must(err)
	return content
}
