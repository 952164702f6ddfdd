package paths

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// ring makes each named key once.
type ring map[string]crypto.Signer

// key returns the key of a name. The name's prefix up to the colon is its
// kind: "rsa2048:root", "p384:leaf", "ed25519:sub".
func (r ring) key(name string) (crypto.Signer, error) {
	if key, ok := r[name]; ok {
		return key, nil
	}
	key, err := newKey(name)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	r[name] = key
	return key, nil
}

func newKey(name string) (crypto.Signer, error) {
	var bits int
	if file, kept := strings.CutPrefix(name, "kept:"); kept {
		content, err := oddKeys.ReadFile("keys/" + file + ".pem")
		if err != nil {
			return nil, err
		}
		return parseKey(content)
	}
	if n, _ := fmt.Sscanf(name, "fixed%d:", &bits); n == 1 {
		return fixedKey(bits, name)
	}
	if n, _ := fmt.Sscanf(name, "rsa%d:", &bits); n == 1 {
		return rsa.GenerateKey(rand.Reader, bits)
	}
	if n, _ := fmt.Sscanf(name, "p%d:", &bits); n == 1 {
		curves := map[int]elliptic.Curve{224: elliptic.P224(), 256: elliptic.P256(), 384: elliptic.P384(), 521: elliptic.P521()}
		return ecdsa.GenerateKey(curves[bits], rand.Reader)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return private, err
}

// fixedKey derives a key on a curve from its name: the odd certificates are
// the same each time they are made.
func fixedKey(bits int, name string) (crypto.Signer, error) {
	curves := map[int]elliptic.Curve{224: elliptic.P224(), 256: elliptic.P256(), 384: elliptic.P384(), 521: elliptic.P521()}
	if bits == 25519 {
		seed := sha512.Sum512([]byte(name))
		return ed25519.NewKeyFromSeed(seed[:ed25519.SeedSize]), nil
	}
	curve := curves[bits]
	scalar := make([]byte, (bits+7)/8)
	seed := sha512.Sum512([]byte(name))
	copy(scalar[1:], seed[:]) // the first octet stays zero, so that it is below the order
	if bits == 521 {
		scalar[1] = 0
	}
	return ecdsa.ParseRawPrivateKey(curve, scalar)
}

// pss are parameters of RSASSA-PSS, odd ones too, which the rsa package
// refuses.
type pss struct {
	mask crypto.Hash // of MGF1
	salt int         // octets
}

var hashOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.SHA1: {1, 3, 14, 3, 2, 26}, crypto.SHA224: {2, 16, 840, 1, 101, 3, 4, 2, 4},
	crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1}, crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
}

var (
	oidPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
)

// pssWith is RSASSA-PSS with its parameters written out.
func pssWith(hash, mask crypto.Hash, salt int, more ...[]byte) algorithm {
	of := func(h crypto.Hash) []byte {
		return constructed(asn1.TagSequence, must(asn1.Marshal(hashOIDs[h])), asn1Null)
	}
	params := constructed(asn1.TagSequence, append([][]byte{
		explicit(0, of(hash)), explicit(1, constructed(asn1.TagSequence, must(asn1.Marshal(oidMGF1)), of(mask))),
		explicit(2, must(asn1.Marshal(salt))),
	}, more...)...)
	return algorithm{oidPSS, hash, params, &pss{mask, salt}}
}

// sign is RSASSA-PSS of RFC 8017, 8.1.1, with a salt of fixed octets.
func (p *pss) sign(key *rsa.PrivateKey, hash crypto.Hash, digest []byte) ([]byte, error) {
	bits := key.N.BitLen() - 1
	size := (bits + 7) / 8
	salt := make([]byte, p.salt)
	for i := range salt {
		salt[i] = byte(i) //nolint:gosec // any octets do
	}
	h := hash.New()
	h.Write(make([]byte, 8))
	h.Write(digest)
	h.Write(salt)
	inner := h.Sum(nil)
	masked := make([]byte, size-len(inner)-1)
	masked[len(masked)-len(salt)-1] = 1
	copy(masked[len(masked)-len(salt):], salt)
	var counter [4]byte
	for done := 0; done < len(masked); counter[3]++ {
		m := p.mask.New()
		m.Write(inner)
		m.Write(counter[:])
		for _, b := range m.Sum(nil) {
			if done < len(masked) {
				masked[done] ^= b
				done++
			}
		}
	}
	masked[0] &= 0xff >> (8*size - bits)
	encoded := slices.Concat(masked, inner, []byte{0xbc})
	s := new(big.Int).Exp(new(big.Int).SetBytes(encoded), key.D, key.N)
	return s.FillBytes(make([]byte, key.Size())), nil
}
