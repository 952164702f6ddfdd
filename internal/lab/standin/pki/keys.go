package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha512"
	"crypto/x509"
	"embed"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/fnv"
)

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
