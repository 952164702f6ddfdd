// Package pki makes certificates shaped like those of Amazon RDS: one
// self-signed root CA a Region and CA identifier, one subordinate CA below it,
// and a server certificate for given names.
//
// Everything is deterministic: the same Region, CA identifier, options and
// dates give the same bytes in every process. The private keys are published
// with the source; nothing outside the lab may trust what they sign.
//
// Source: the subjects, dates, key types and extensions of the published RDS
// certificate bundles and of the chains that instances present.
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
	"net/netip"
	"time"
)

// KeyType is the algorithm and size of a key.
type KeyType string

// The key types that RDS's CAs use, and P-256 for server certificates.
// The zero value stands for the CA identifier's own.
const (
	RSA2048 KeyType = "rsa2048"
	RSA4096 KeyType = "rsa4096"
	ECC384  KeyType = "ecc384"
	ECC256  KeyType = "ecc256"
)

// The CA identifiers that [Region.Chain] knows.
const (
	CA2019    = "rds-ca-2019"
	CARSA2048 = "rds-ca-rsa2048-g1"
	CARSA4096 = "rds-ca-rsa4096-g1"
	CAECC384  = "rds-ca-ecc384-g1"
)

// ErrUnknownCA is returned for a CA identifier that is none of this package's
// constants.
var ErrUnknownCA = errors.New("unknown CA identifier")

// CAIdentifiers returns the identifiers of the CAs that a Region offers today,
// RDS's default first. rds-ca-2019 is not among them.
func CAIdentifiers() []string { return []string{CARSA2048, CARSA4096, CAECC384} }

// Validity is a certificate's period; a zero bound takes the default of the
// certificate's role.
type Validity struct {
	NotBefore, NotAfter time.Time
}

// Region issues certificates as RDS does in one AWS Region.
type Region struct {
	name     string
	issuedAt time.Time
}

// NewRegion returns the certification authorities of a Region such as
// "us-east-1". The name is only a part of the CAs' subjects and keys: any
// string does, and different names give CAs that do not trust each other.
//
// Server and subordinate certificates are dated from issuedAt, by default from
// the day before; roots have the dates of the real ones, from 2021 for 40 or
// 100 years.
func NewRegion(name string, issuedAt time.Time) *Region {
	return &Region{name: name, issuedAt: issuedAt.UTC().Truncate(24 * time.Hour)}
}

// Today is the date of this run, for certificates that real clients must find
// valid now.
func Today() time.Time {
	return time.Now().UTC().Truncate(24 * time.Hour) //nolint:forbidigo // The lab's servers serve real clients, which have real clocks.
}

// Options says how a chain differs from what RDS issues. The zero value issues
// for the name "localhost".
type Options struct {
	// DNSNames and IPs are the subject alternative names. Both empty means
	// the DNS name "localhost".
	DNSNames []string
	IPs      []netip.Addr
	// CommonName of the server certificate; empty is the first name.
	CommonName string
	// OmitSAN leaves the common name as the certificate's only name.
	OmitSAN bool
	// ServerKey is the key type of the server certificate; empty is the CA's.
	ServerKey KeyType
	// KeyGeneration chooses another set of keys under the same subjects, as
	// an impostor would. RDS's own is 0.
	KeyGeneration int
	// Serial distinguishes server certificates; a renewal has another one.
	Serial int64
	// Server, Subordinate and Root override validity periods.
	Server, Subordinate, Root Validity
	// OmitSubordinate and OmitRoot leave a certificate out of what the
	// server presents. It is still issued.
	OmitSubordinate, OmitRoot bool
	// Signature of the server certificate; zero is the CA's. Weak ones such
	// as x509.SHA1WithRSA are allowed.
	Signature x509.SignatureAlgorithm
	// ExtKeyUsage of the server certificate; nil is server authentication.
	ExtKeyUsage []x509.ExtKeyUsage
}

// Root returns the Region's self-signed root CA for a CA
// identifier; for rds-ca-2019 that is the one root of all Regions.
// Only opts.Root and opts.KeyGeneration matter. The error is [ErrUnknownCA].
func (r *Region) Root(caIdentifier string, opts Options) (*x509.Certificate, error) {
	a, err := r.authority(caIdentifier)
	if err != nil {
		return nil, err
	}
	root, _, err := a.root(opts)
	return root, err
}

// CrossSigned returns the Region's root CA as another Region's root CA
// certifies it: the same subject and key, but not self-signed.
// The error is [ErrUnknownCA].
func (r *Region) CrossSigned(caIdentifier string, by *Region) (*x509.Certificate, error) {
	a, err := r.authority(caIdentifier)
	if err != nil {
		return nil, err
	}
	b, err := by.authority(caIdentifier)
	if err != nil {
		return nil, err
	}
	root, key, err := a.root(Options{})
	if err != nil {
		return nil, err
	}
	issuer, issuerKey, err := b.root(Options{})
	if err != nil {
		return nil, err
	}
	template := a.caTemplate(a.rootCN, key)
	template.NotBefore, template.NotAfter = root.NotBefore, root.NotAfter
	return sign(template, issuer, key, issuerKey)
}

// Chain issues a server certificate under the CA identifier.
// The error is [ErrUnknownCA], or what crypto/x509 refuses to sign.
func (r *Region) Chain(caIdentifier string, opts Options) (*Chain, error) {
	a, err := r.authority(caIdentifier)
	if err != nil {
		return nil, err
	}
	root, rootKey, err := a.root(opts)
	if err != nil {
		return nil, fmt.Errorf("root CA: %w", err)
	}
	subordinate, subordinateKey, err := a.subordinate(root, rootKey, opts)
	if err != nil {
		return nil, fmt.Errorf("subordinate CA: %w", err)
	}
	server, serverKey, err := a.server(subordinate, subordinateKey, opts)
	if err != nil {
		return nil, fmt.Errorf("server certificate: %w", err)
	}
	return &Chain{
		CAIdentifier: caIdentifier,
		Server:       server, Subordinate: subordinate, Root: root,
		key:             serverKey,
		omitSubordinate: opts.OmitSubordinate,
		omitRoot:        opts.OmitRoot,
	}, nil
}

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
