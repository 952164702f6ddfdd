package pki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha1" //nolint:gosec // RDS's Thumbprint is a SHA-1; nothing relies on it.
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"embed"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/fnv"
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

//go:embed testkeys/*.pem
var rsaKeys embed.FS

// role keeps the keys of a chain apart.
type role int

const (
	roleRoot role = iota
	roleSubordinate
	roleServer
	roles
)

// pool is how many RSA keys of each type there are a role.
const pool = 2

// errKeyType is for a [KeyType] that is none of the constants.
var errKeyType = errors.New("unknown key type")

// signer returns the key of a role. RSA keys are drawn from a small pool, so
// CAs of different scopes may share one; their names still differ. Elliptic
// curve keys are derived from the scope.
func signer(t KeyType, r role, scope string, generation int) (crypto.Signer, error) {
	switch t {
	case ECC384:
		return curveKey(elliptic.P384(), fmt.Sprint(scope, r, generation))
	case ECC256:
		return curveKey(elliptic.P256(), fmt.Sprint(scope, r, generation))
	case RSA2048, RSA4096:
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(scope)) // A hash takes everything.
		index := int(hash.Sum32()%1024) + generation
		return rsaKey(fmt.Sprintf("testkeys/%s-%d.pem", t, int(r)+int(roles)*(index%pool)))
	default:
		return nil, fmt.Errorf("%w: %q", errKeyType, t)
	}
}

func rsaKey(path string) (crypto.Signer, error) {
	content, err := rsaKeys.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s cannot sign", path)
	}
	return s, nil
}

func curveKey(curve elliptic.Curve, seed string) (crypto.Signer, error) {
	sum := sha512.Sum512([]byte(seed))
	scalar := sum[:curve.Params().BitSize/8]
	scalar[0] = 0 // Below the order of either curve.
	return ecdsa.ParseRawPrivateKey(curve, scalar)
}
