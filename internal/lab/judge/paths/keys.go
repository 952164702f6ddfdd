package paths

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
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
