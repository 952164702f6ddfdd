package certpath

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" //nolint:gosec // old certificates carry such signatures; the profiles decide
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // as above: OpenSSL 1.1 and Java accept SHA-1 below a private CA
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/hex"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// signatureKind is a signature algorithm taken apart. Ed25519 has no hash of
// its own, and MD2 none that anything still has.
type signatureKind struct {
	family keyFamily
	hash   crypto.Hash
	mask   crypto.Hash // of PSS
	salt   int         // of PSS, octets
	name   string      // for messages
	null   bool        // its parameters are NULL
	bare   bool        // it has no parameters
	// trailer is PSS's trailer field, written out.
	trailer bool
}

var signatureKinds = map[string]signatureKind{
	"1.2.840.113549.1.1.2":   {family: familyRSA, name: "MD2-RSA"},
	"1.2.840.113549.1.1.4":   {family: familyRSA, hash: crypto.MD5, name: "MD5-RSA"},
	"1.2.840.113549.1.1.5":   {family: familyRSA, hash: crypto.SHA1, name: "SHA1-RSA"},
	"1.2.840.113549.1.1.14":  {family: familyRSA, hash: crypto.SHA224, name: "SHA224-RSA"},
	"1.2.840.113549.1.1.11":  {family: familyRSA, hash: crypto.SHA256, name: "SHA256-RSA"},
	"1.2.840.113549.1.1.12":  {family: familyRSA, hash: crypto.SHA384, name: "SHA384-RSA"},
	"1.2.840.113549.1.1.13":  {family: familyRSA, hash: crypto.SHA512, name: "SHA512-RSA"},
	"1.2.840.10045.4.1":      {family: familyECDSA, hash: crypto.SHA1, name: "ECDSA-SHA1"},
	"1.2.840.10045.4.3.1":    {family: familyECDSA, hash: crypto.SHA224, name: "ECDSA-SHA224"},
	"1.2.840.10045.4.3.2":    {family: familyECDSA, hash: crypto.SHA256, name: "ECDSA-SHA256"},
	"1.2.840.10045.4.3.3":    {family: familyECDSA, hash: crypto.SHA384, name: "ECDSA-SHA384"},
	"1.2.840.10045.4.3.4":    {family: familyECDSA, hash: crypto.SHA512, name: "ECDSA-SHA512"},
	"1.2.840.10040.4.3":      {family: familyDSA, hash: crypto.SHA1, name: "DSA-SHA1"},
	"2.16.840.1.101.3.4.3.2": {family: familyDSA, hash: crypto.SHA256, name: "DSA-SHA256"},
	"1.3.101.112":            {family: familyEd25519, name: "Ed25519"},
	"1.3.101.113":            {family: familyEd448, name: "Ed448"},
	"1.3.14.3.2.29":          {family: familyRSA, hash: crypto.SHA1, name: "SHA1-RSA"},
}

const oidPSS = "1.2.840.113549.1.1.10"

// readAlgorithm reads an AlgorithmIdentifier. The zero value is one that is
// not known.
func readAlgorithm(element []byte) signatureKind {
	list, ok := sequence(element)
	var oid cryptobyte.String
	if !ok || !list.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) {
		return signatureKind{}
	}
	id := asn.Identifier(oid)
	if id == oidPSS {
		return readPSS(list)
	}
	kind := signatureKinds[id]
	kind.bare, kind.null = list.Empty(), bytes.Equal(list, []byte{5, 0})
	return kind
}

// readPSS reads RSASSA-PSS-params; parameters that cannot be used leave the
// hash empty.
func readPSS(parameters cryptobyte.String) signatureKind {
	kind := signatureKind{family: familyPSS, name: "RSA-PSS", bare: parameters.Empty()}
	var list, field, inner, oid, trailer cryptobyte.String
	var present bool
	hash, mask, salt := crypto.SHA1, crypto.SHA1, int64(20)
	if !parameters.ReadASN1(&list, cbasn1.SEQUENCE) || !list.ReadOptionalASN1(&field, &present, cbasn1.Tag(0).ContextSpecific().Constructed()) {
		return kind
	}
	if present {
		hash = hashOf(field)
	}
	if !list.ReadOptionalASN1(&field, &present, cbasn1.Tag(1).ContextSpecific().Constructed()) {
		return kind
	}
	if present {
		if !field.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || asn.Identifier(oid) != "1.2.840.113549.1.1.8" {
			return kind
		}
		mask = hashOf(inner)
	}
	if !list.ReadOptionalASN1(&field, &present, cbasn1.Tag(2).ContextSpecific().Constructed()) ||
		(present && (!field.ReadASN1Integer(&salt) || salt < 0 || salt > 1<<16)) ||
		!list.ReadOptionalASN1(&trailer, &present, cbasn1.Tag(3).ContextSpecific().Constructed()) ||
		(present && !bytes.Equal(trailer, []byte{2, 1, 1})) || hash == 0 || mask == 0 {
		return kind
	}
	kind.hash, kind.mask, kind.salt, kind.trailer = hash, mask, int(salt), present
	return kind
}

var hashes = map[string]crypto.Hash{
	"1.3.14.3.2.26": crypto.SHA1, "2.16.840.1.101.3.4.2.4": crypto.SHA224, "2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

func hashOf(algorithm cryptobyte.String) crypto.Hash {
	var list, oid cryptobyte.String
	if !algorithm.ReadASN1(&list, cbasn1.SEQUENCE) || !list.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) {
		return 0
	}
	return hashes[asn.Identifier(oid)]
}

// fits reports whether a signature algorithm is one of the key's type.
//
// Source: OpenSSL v3_purp.c, check_sig_alg_match.
func (k publicKey) fits(kind signatureKind) bool {
	if k.broken {
		return false
	}
	switch k.family {
	case familyRSA:
		return kind.family == familyRSA || kind.family == familyPSS
	case 0:
		return false
	default:
		return kind.family == k.family
	}
}

// text names the algorithm for messages.
func (s signatureKind) text() string {
	switch {
	case s.name == "":
		return "an unknown algorithm"
	case s.family == familyPSS && s.hash != 0:
		return s.hash.String() + "-RSAPSS"
	default:
		return s.name
	}
}

func (s signatureKind) isRSA() bool { return s.family == familyRSA || s.family == familyPSS }

// minRSABits is the size below which Go's rsa package verifies nothing.
const minRSABits = 1024

// madeBy reports whether issuer's key made c's signature. Unlike the x509
// package it takes SHA-1 and MD5 too: whether a digest is good enough is for
// the profile to say. known is false for a key or an algorithm that this
// package cannot use.
func (c *certificate) madeBy(issuer *certificate) (ok, known bool) {
	pair := signaturePair{c.Certificate, issuer.Certificate}
	made, there := c.memory.made[pair]
	if !there && c.spend(issuer.key.signatureWork()) {
		made.ok, made.known = c.computeMadeBy(issuer)
		c.memory.made[pair] = made
	}
	return made.ok, made.known
}

func (c *certificate) computeMadeBy(issuer *certificate) (ok, known bool) {
	if !issuer.key.fits(c.algorithm) || len(c.signature) == 0 || c.signature[0] != 0 {
		return false, true
	}
	signature, message := c.signature[1:], c.signed
	hash := c.algorithm.hash
	if hash != 0 {
		h := hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	switch key := issuer.key.key.(type) {
	case *rsa.PublicKey:
		return c.rsaSignature(key, message, signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, message, signature), true
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature), true
	default:
		return false, false
	}
}

func (c *certificate) rsaSignature(key *rsa.PublicKey, digested, signature []byte) (ok, known bool) {
	hash := c.algorithm.hash
	switch {
	case hash == 0 && c.algorithm.family == familyPSS:
		return false, true
	case hash == 0:
		return false, false
	case key.N.BitLen() < minRSABits:
		return smallRSA(key, c.algorithm, digested, signature), true
	case c.algorithm.family == familyPSS && c.algorithm.mask != hash:
		return maskedRSA(key, c.algorithm, digested, signature), true
	case c.algorithm.family == familyPSS:
		salt := c.algorithm.salt
		if salt == 0 {
			return maskedRSA(key, c.algorithm, digested, signature), true
		}
		return rsa.VerifyPSS(key, hash, digested, signature, &rsa.PSSOptions{SaltLength: salt}) == nil, true
	default:
		return rsa.VerifyPKCS1v15(key, hash, digested, signature) == nil, true
	}
}

// maskedRSA verifies RSASSA-PSS (RFC 8017, 9.1.2) with parameters that the rsa
// package does not have: no salt, or another hash in the mask.
func maskedRSA(key *rsa.PublicKey, kind signatureKind, digested, signature []byte) bool {
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(key.N) >= 0 || len(signature) != key.Size() {
		return false
	}
	bits := key.N.BitLen() - 1
	size := (bits + 7) / 8
	opened := new(big.Int).Exp(s, big.NewInt(int64(key.E)), key.N)
	if opened.BitLen() > bits {
		return false
	}
	encoded := opened.FillBytes(make([]byte, size))
	width := kind.hash.Size()
	if size < width+kind.salt+2 || encoded[size-1] != 0xbc {
		return false
	}
	masked, inner := encoded[:size-width-1], encoded[size-width-1:size-1]
	var counter [4]byte
	for done := 0; done < len(masked); counter[3]++ {
		h := kind.mask.New()
		h.Write(inner)
		h.Write(counter[:])
		for _, b := range h.Sum(nil) {
			if done < len(masked) {
				masked[done] ^= b
				done++
			}
		}
	}
	masked[0] &= 0xff >> (8*size - bits)
	padding := masked[:len(masked)-kind.salt]
	for i, b := range padding {
		if last := i == len(padding)-1; (last && b != 1) || (!last && b != 0) {
			return false
		}
	}
	h := kind.hash.New()
	h.Write(make([]byte, 8))
	h.Write(digested)
	h.Write(masked[len(masked)-kind.salt:])
	return bytes.Equal(h.Sum(nil), inner)
}

// digestInfos are the DER prefixes of a digest in RSASSA-PKCS1-v1_5, RFC 8017.
var digestInfos = map[crypto.Hash]string{
	crypto.MD5:    "3020300c06082a864886f70d020505000410",
	crypto.SHA1:   "3021300906052b0e03021a05000414",
	crypto.SHA224: "302d300d06096086480165030402040500041c",
	crypto.SHA256: "3031300d060960864801650304020105000420",
	crypto.SHA384: "3041300d060960864801650304020205000430",
	crypto.SHA512: "3051300d060960864801650304020305000440",
}

// smallRSA verifies a signature of PKCS #1 v1.5 under a key that the rsa
// package refuses for its size. OpenSSL without a security level does it too.
func smallRSA(key *rsa.PublicKey, kind signatureKind, digested, signature []byte) bool {
	prefix, err := hex.DecodeString(digestInfos[kind.hash])
	size := key.Size()
	padding := size - len(prefix) - len(digested) - 3
	s := new(big.Int).SetBytes(signature)
	if err != nil || kind.family == familyPSS || padding < 8 || s.Cmp(key.N) >= 0 {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, padding)...)
	want = append(append(append(want, 0), prefix...), digested...)
	got := new(big.Int).Exp(s, big.NewInt(int64(key.E)), key.N)
	return bytes.Equal(got.FillBytes(make([]byte, size)), want)
}
