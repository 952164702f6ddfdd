package paths

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"fmt"
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
