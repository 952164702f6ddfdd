package certpath

import (
	"bytes"
	"crypto"
	"crypto/dsa" //nolint:staticcheck // a DSA key must be recognized to be refused
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" //nolint:gosec // old certificates carry such signatures; the profiles decide
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // as above: OpenSSL 1.1 and Java accept SHA-1 below a private CA
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"math/big"
)

// keyFamily is what kind of key makes a signature.
type keyFamily uint8

const (
	familyRSA keyFamily = iota + 1
	familyPSS           // RSA keys too
	familyECDSA
	familyEd25519
	familyDSA
)

// signatureKind is a signature algorithm taken apart. Ed25519 has no hash of
// its own, and MD2 none that anything still has.
type signatureKind struct {
	family keyFamily
	hash   crypto.Hash
}

var signatureKinds = map[x509.SignatureAlgorithm]signatureKind{
	x509.MD2WithRSA:       {familyRSA, 0},
	x509.MD5WithRSA:       {familyRSA, crypto.MD5},
	x509.SHA1WithRSA:      {familyRSA, crypto.SHA1},
	x509.SHA256WithRSA:    {familyRSA, crypto.SHA256},
	x509.SHA384WithRSA:    {familyRSA, crypto.SHA384},
	x509.SHA512WithRSA:    {familyRSA, crypto.SHA512},
	x509.SHA256WithRSAPSS: {familyPSS, crypto.SHA256},
	x509.SHA384WithRSAPSS: {familyPSS, crypto.SHA384},
	x509.SHA512WithRSAPSS: {familyPSS, crypto.SHA512},
	x509.ECDSAWithSHA1:    {familyECDSA, crypto.SHA1},
	x509.ECDSAWithSHA256:  {familyECDSA, crypto.SHA256},
	x509.ECDSAWithSHA384:  {familyECDSA, crypto.SHA384},
	x509.ECDSAWithSHA512:  {familyECDSA, crypto.SHA512},
	x509.DSAWithSHA1:      {familyDSA, crypto.SHA1},
	x509.DSAWithSHA256:    {familyDSA, crypto.SHA256},
	x509.PureEd25519:      {familyEd25519, 0},
}

// signatureFits reports whether a signature algorithm is one of the issuer's
// key type.
//
// Source: OpenSSL v3_purp.c, check_sig_alg_match.
func signatureFits(key any, algorithm x509.SignatureAlgorithm) bool {
	family := signatureKinds[algorithm].family
	switch key.(type) {
	case *rsa.PublicKey:
		return family == familyRSA || family == familyPSS
	case *ecdsa.PublicKey:
		return family == familyECDSA
	case ed25519.PublicKey:
		return family == familyEd25519
	case *dsa.PublicKey:
		return family == familyDSA
	default:
		return false
	}
}

func isRSA(algorithm x509.SignatureAlgorithm) bool {
	family := signatureKinds[algorithm].family
	return family == familyRSA || family == familyPSS
}

func isPSS(algorithm x509.SignatureAlgorithm) bool {
	return signatureKinds[algorithm].family == familyPSS
}

// digest returns the hash of a signature algorithm, or 0 for one that has
// none or is not known.
func digest(algorithm x509.SignatureAlgorithm) crypto.Hash {
	return signatureKinds[algorithm].hash
}

// minRSABits is the size below which Go's rsa package verifies nothing.
const minRSABits = 1024

// signed reports whether issuer's key made c's signature. Unlike the x509
// package it takes SHA-1 and MD5 too: whether a digest is good enough is for
// the profile to say. known is false for a key that this package cannot use,
// a DSA key above all.
func (c *certificate) signed(issuer *certificate) (ok, known bool) {
	if !signatureFits(issuer.PublicKey, c.SignatureAlgorithm) {
		return false, true
	}
	hash := digest(c.SignatureAlgorithm)
	message := c.RawTBSCertificate
	if hash != 0 {
		h := hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	switch key := issuer.PublicKey.(type) {
	case *rsa.PublicKey:
		if hash == 0 {
			return false, false
		}
		if key.N.BitLen() < minRSABits {
			return smallRSA(key, c.SignatureAlgorithm, message, c.Signature), true
		}
		if isPSS(c.SignatureAlgorithm) {
			options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
			return rsa.VerifyPSS(key, hash, message, c.Signature, options) == nil, true
		}
		return rsa.VerifyPKCS1v15(key, hash, message, c.Signature) == nil, true
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, message, c.Signature), true
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, c.Signature), true
	default:
		return false, false
	}
}

// digestInfos are the DER prefixes of a digest in RSASSA-PKCS1-v1_5, RFC 8017.
var digestInfos = map[crypto.Hash]string{
	crypto.MD5:    "3020300c06082a864886f70d020505000410",
	crypto.SHA1:   "3021300906052b0e03021a05000414",
	crypto.SHA256: "3031300d060960864801650304020105000420",
	crypto.SHA384: "3041300d060960864801650304020205000430",
	crypto.SHA512: "3051300d060960864801650304020305000440",
}

// smallRSA verifies a signature of PKCS #1 v1.5 under a key that the rsa
// package refuses for its size. OpenSSL without a security level does it too.
func smallRSA(key *rsa.PublicKey, algorithm x509.SignatureAlgorithm, digested, signature []byte) bool {
	prefix, err := hex.DecodeString(digestInfos[digest(algorithm)])
	size := key.Size()
	padding := size - len(prefix) - len(digested) - 3
	s := new(big.Int).SetBytes(signature)
	if err != nil || isPSS(algorithm) || padding < 8 || s.Cmp(key.N) >= 0 {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, padding)...)
	want = append(append(append(want, 0), prefix...), digested...)
	got := new(big.Int).Exp(s, big.NewInt(int64(key.E)), key.N)
	return bytes.Equal(got.FillBytes(make([]byte, size)), want)
}

// keyBits returns the size of a public key; 0 where it is not known.
func keyBits(key any) int {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen()
	case *ecdsa.PublicKey:
		return key.Curve.Params().BitSize
	case ed25519.PublicKey:
		return 256
	case *dsa.PublicKey:
		return key.P.BitLen()
	default:
		return 0
	}
}
