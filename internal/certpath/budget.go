package certpath

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"math/bits"
)

// The most that one verification looks at and does, whatever it was given. RDS
// presents three certificates, and its whole bundle has 108 roots.
const (
	maxOctets    = 4 << 20 // of all certificates, presented and in the store
	maxPresented = 1_000
	// maxRSABits is the largest modulus that OpenSSL and Java use. A signature
	// under a key of a million bits takes minutes.
	//
	// Source: OpenSSL include/openssl/rsa.h, OPENSSL_RSA_MAX_MODULUS_BITS;
	// OpenJDK sun.security.rsa.RSAKeyFactory, MAX_MODLEN.
	maxRSABits = 16_384
	// maxWork is the work of one verification. A unit is about a microsecond.
	maxWork = 1_000_000
)

// spend takes so much of the work of this verification, and reports whether
// there was as much left. Where there was not, the answer does not matter any
// more: it is not given.
func (c *certificate) spend(work int) bool {
	c.memory.work += work
	return !c.memory.spent()
}

func (v *Verifier) spent() bool { return v.work > maxWork }

// undecidedAtLimit is what is said where the work did not suffice.
func undecidedAtLimit() Result {
	return Result{
		Reason: SearchLimit,
		Detail: fmt.Sprintf("the verification was stopped after %d steps without a result: too many certificates have the same name, or there is too much to compare", maxWork),
	}
}

// tooMuch says what is more than is looked at; empty is nothing.
func tooMuch(path, store []*certificate) string {
	octets := 0
	for _, set := range [][]*certificate{path, store} {
		for _, c := range set {
			octets += len(c.Raw)
			if key, is := c.key.key.(*rsa.PublicKey); is && key.N.BitLen() > maxRSABits {
				return fmt.Sprintf("a certificate has an RSA key of %d bits, which is more than the limit of %d", key.N.BitLen(), maxRSABits)
			}
		}
	}
	switch {
	case octets > maxOctets:
		return fmt.Sprintf("the certificates are larger than %d MiB in total", maxOctets>>20)
	case len(path) > maxPresented:
		return fmt.Sprintf("the server presents more than %d certificates", maxPresented)
	default:
		return ""
	}
}

// readingWork is that of going through a certificate once.
func (c *certificate) readingWork() int { return 5 + len(c.Raw)/50 }

// signatureWork is that of one signature.
func (k publicKey) signatureWork() int {
	switch key := k.key.(type) {
	case *rsa.PublicKey:
		size := key.N.BitLen() / 256
		return 1 + size*size*bits.Len(uint(key.E))/40 //nolint:gosec // an exponent is positive
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return 60
		}
		return 1_000
	default:
		return 100
	}
}

// comparisonWork is that of holding all names of a certificate against all
// subtrees.
func (c *certificate) comparisonWork(limits *nameConstraints) int {
	names, nameOctets := 2+len(c.subject)/16+len(c.altNames), len(c.subject)
	for _, name := range c.altNames {
		nameOctets += len(name.contents)
	}
	trees, treeOctets := 0, 0
	for _, list := range [][]subtree{limits.permitted, limits.excluded} {
		trees += len(list)
		for _, tree := range list {
			treeOctets += len(tree.contents)
		}
	}
	return c.readingWork() + (trees*nameOctets+names*treeOctets)/64 + trees*names/8
}
