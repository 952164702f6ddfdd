package pki

import (
	"bytes"
	"crypto"
	"crypto/sha1" //nolint:gosec // RDS's Thumbprint is a SHA-1; nothing relies on it.
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
)

// Chain is a server certificate with its issuers and its private key.
type Chain struct {
	// CAIdentifier is the RDS name of the CA.
	CAIdentifier string
	// Server, Subordinate and Root are always there, also when the server is
	// told not to present one of them. Under rds-ca-2019 Subordinate is the
	// Region's intermediate.
	Server, Subordinate, Root *x509.Certificate

	key                       crypto.Signer
	omitSubordinate, omitRoot bool
}

// Presented returns what the server sends, server certificate first.
func (c *Chain) Presented() []*x509.Certificate {
	presented := []*x509.Certificate{c.Server}
	if !c.omitSubordinate {
		presented = append(presented, c.Subordinate)
	}
	if !c.omitRoot {
		presented = append(presented, c.Root)
	}
	return presented
}

// PEM returns what the server sends, as PostgreSQL's ssl_cert_file.
func (c *Chain) PEM() []byte { return PEM(c.Presented()...) }

// RootPEM returns the root alone: the content of a right trust store.
func (c *Chain) RootPEM() []byte { return PEM(c.Root) }

// Key returns the private key of the server certificate.
func (c *Chain) Key() crypto.Signer { return c.key }

// KeyPEM returns the private key of the server certificate as an unencrypted
// PKCS#8 block: PostgreSQL's ssl_key_file.
func (c *Chain) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// TLS returns the configuration of a server that presents the chain.
func (c *Chain) TLS() *tls.Config {
	own := tls.Certificate{PrivateKey: c.key}
	for _, presented := range c.Presented() {
		own.Certificate = append(own.Certificate, presented.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
}

// PEM encodes certificates one after the other, without comments.
func PEM(certificates ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certificates {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.Bytes()
}

// Thumbprint returns the lower-case hexadecimal SHA-1 of a certificate's DER,
// as DescribeCertificates gives it.
func Thumbprint(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw) //nolint:gosec // See the import.
	return hex.EncodeToString(sum[:])
}

// SHA256 returns the lower-case hexadecimal SHA-256 of a certificate's DER.
func SHA256(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
