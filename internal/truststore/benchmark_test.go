package truststore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// bundle makes n self-signed certificates with one key.
func bundle(b *testing.B, n int) []*x509.Certificate {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	all := make([]*x509.Certificate, n)
	for i := range all {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: fmt.Sprintf("Root %d", i), Organization: []string{"Bench"}},
			NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(2_700_000_000, 0), IsCA: true, BasicConstraintsValid: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			b.Fatal(err)
		}
		if all[i], err = x509.ParseCertificate(der); err != nil {
			b.Fatal(err)
		}
	}
	return all
}

func must(b *testing.B, content []byte, err error) []byte {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	return content
}

func read(b *testing.B, content []byte, opt truststore.Options, want int) {
	b.Helper()
	for b.Loop() {
		taken, err := truststore.Read(content, opt)
		if err != nil || len(taken.Anchors) != want {
			b.Fatalf("%d anchors, error %v", len(taken.Anchors), err)
		}
	}
}

// BenchmarkKeyStores compares reading 108 entries with a run of keytool -list.
func BenchmarkKeyStores(b *testing.B) {
	certificates, password := bundle(b, 108), "changeit"
	jks, err := truststore.EncodeJKS(certificates, &password)
	jks = must(b, jks, err)
	p12, err := truststore.EncodePKCS12(certificates, &password)
	p12 = must(b, p12, err)
	for name, content := range map[string][]byte{"JKS": jks, "PKCS12": p12} {
		b.Run(name+"/read", func(b *testing.B) {
			read(b, content, truststore.Options{Reader: truststore.JavaKeyStore, Password: &password}, 108)
		})
		b.Run(name+"/keytool", func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "store")
			if err := os.WriteFile(file, content, 0o600); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if out, err := exec.CommandContext(b.Context(), "keytool", "-list", "-keystore", file, "-storepass", password).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		})
	}
}

// BenchmarkPEM compares with Go's own decoding and parsing of each block.
func BenchmarkPEM(b *testing.B) {
	for _, n := range []int{108, 10_000} {
		content, err := truststore.EncodePEM(bundle(b, n))
		content = must(b, content, err)
		b.Run(fmt.Sprintf("%d/go", n), func(b *testing.B) {
			for b.Loop() {
				found := 0
				for rest := content; ; {
					var block *pem.Block
					if block, rest = pem.Decode(rest); block == nil {
						break
					}
					if _, err := x509.ParseCertificate(block.Bytes); err != nil {
						b.Fatal(err)
					}
					found++
				}
				if found != n {
					b.Fatal(found)
				}
			}
		})
		for name, reader := range map[string]truststore.Reader{
			"openssl": truststore.OpenSSLFile, "java": truststore.JavaCertificateFactory, "pool": truststore.GoCertPool, "node": truststore.NodeCA,
		} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) { read(b, content, truststore.Options{Reader: reader}, n) })
		}
		b.Run(fmt.Sprintf("%d/inspect", n), func(b *testing.B) {
			for b.Loop() {
				contents, err := truststore.Inspect(content, truststore.InspectOptions{})
				if err != nil || len(contents.Entries) != n {
					b.Fatalf("%d entries, error %v", len(contents.Entries), err)
				}
			}
		})
	}
}
