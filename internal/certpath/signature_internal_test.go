package certpath

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"
)

// testKey is a private key of a size whose modulus is so far from the next power
// of two that a signature and the modulus can be added.
type testKey struct {
	rsa.PublicKey

	d *big.Int
}

func newTestKey(t *testing.T, bits int) testKey {
	t.Helper()
	one, e := big.NewInt(1), big.NewInt(65537)
	next := func(from *big.Int) *big.Int {
		for p := new(big.Int).SetBit(from, 0, 1); ; p.Add(p, big.NewInt(2)) {
			less := new(big.Int).Sub(p, one)
			if p.ProbablyPrime(20) && new(big.Int).GCD(nil, nil, less, e).Cmp(one) == 0 {
				return new(big.Int).Set(p)
			}
		}
	}
	p := next(new(big.Int).Lsh(big.NewInt(3), uint(bits/2-2)))
	q := next(new(big.Int).Add(p, big.NewInt(1_000)))
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := testKey{rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, new(big.Int).ModInverse(e, phi)}
	if key.N.BitLen() != bits {
		t.Fatalf("a key of %d bits", key.N.BitLen())
	}
	return key
}

// raw is the signature of a block, without a word about its form.
func (k testKey) raw(block []byte) []byte {
	return new(big.Int).Exp(new(big.Int).SetBytes(block), k.d, k.N).FillBytes(make([]byte, k.Size()))
}

// beyond is the same number modulo the modulus, and larger than it; false where
// it has too many octets.
func (k testKey) beyond(signature []byte) ([]byte, bool) {
	s := new(big.Int).SetBytes(signature)
	s.Add(s, k.N)
	return s.Bytes(), len(s.Bytes()) == k.Size()
}

// maskedBlock is EMSA-PSS of RFC 8017, 9.1.1, with what a bad signer changes:
// the block before it is masked, and the last octet.
func maskedBlock(kind signatureKind, bits int, digested []byte, change func([]byte), end byte) []byte {
	size := (bits + 7) / 8
	salt := bytes.Repeat([]byte{7}, kind.salt)
	h := kind.hash.New()
	h.Write(make([]byte, 8))
	h.Write(digested)
	h.Write(salt)
	inner := h.Sum(nil)
	block := make([]byte, size-len(inner)-1)
	block[len(block)-len(salt)-1] = 1
	copy(block[len(block)-len(salt):], salt)
	change(block)
	var mask []byte
	for counter := byte(0); len(mask) < len(block); counter++ {
		m := kind.mask.New()
		m.Write(inner)
		m.Write([]byte{0, 0, 0, counter})
		mask = m.Sum(mask)
	}
	for i := range block {
		block[i] ^= mask[i]
	}
	block[0] &= 0xff >> (8*size - bits)
	return slices.Concat(block, inner, []byte{end})
}

// TestSignaturesWithAMaskAreThoseOfRFC8017: each step of EMSA-PSS-VERIFY that a
// forger could leave out.
func TestSignaturesWithAMaskAreThoseOfRFC8017(t *testing.T) {
	t.Parallel()

	key := newTestKey(t, 1024)
	usual := func([]byte) {}
	const end = 0xbc
	for _, kind := range []signatureKind{
		{family: familyPSS, hash: crypto.SHA256, mask: crypto.SHA256},
		{family: familyPSS, hash: crypto.SHA256, mask: crypto.SHA512, salt: 32},
	} {
		digested := bytes.Repeat([]byte{3}, crypto.SHA256.Size())
		verify := func(signature []byte) bool { return maskedRSA(&key.PublicKey, kind, digested, signature) }
		signed := func(change func([]byte), end byte) []byte {
			return key.raw(maskedBlock(kind, key.N.BitLen()-1, digested, change, end))
		}
		good := signed(usual, end)
		beyond, fits := key.beyond(good)
		for ; !fits; beyond, fits = key.beyond(good) {
			digested[0]++
			good = signed(usual, end)
		}
		if !verify(good) {
			t.Errorf("%+v: the good signature is refused", kind)
		}
		one := key.Size() - kind.hash.Size() - 1 - kind.salt - 1
		tooHigh := maskedBlock(kind, key.N.BitLen()-1, digested, usual, end)
		tooHigh[0] |= 0x80
		for what, signature := range map[string][]byte{
			"the last octet is another":        signed(usual, end+1),
			"the padding ends with 2":          signed(func(b []byte) { b[one] = 2 }, end),
			"the padding ends with 0":          signed(func(b []byte) { b[one] = 0 }, end),
			"the padding has an octet":         signed(func(b []byte) { b[one-1] = 1 }, end),
			"the padding begins with an octet": signed(func(b []byte) { b[1] = 9 }, end),
			"the first bit is set":             key.raw(tooHigh),
			"a zero in front":                  append([]byte{0}, good...),
			"nothing":                          nil,
			"the number is beyond the modulus": beyond,
			"another digest's":                 key.raw(maskedBlock(kind, key.N.BitLen()-1, digested[1:], usual, end)),
		} {
			if verify(signature) {
				t.Errorf("%+v: accepted although: %s", kind, what)
			}
		}
		long := kind
		long.salt = key.Size()
		if maskedRSA(&key.PublicKey, long, digested, good) {
			t.Errorf("%+v: accepted with a salt that the key has no room for", kind)
		}
	}
}

// TestSignaturesUnderSmallKeysAreThoseOfRFC8017: EMSA-PKCS1-v1_5, 8.2.2.
func TestSignaturesUnderSmallKeysAreThoseOfRFC8017(t *testing.T) {
	t.Parallel()

	key := newTestKey(t, 512)
	kind := signatureKind{family: familyRSA, hash: crypto.SHA256}
	digested := bytes.Repeat([]byte{3}, crypto.SHA256.Size())
	prefix, err := hex.DecodeString(digestInfos[crypto.SHA256])
	if err != nil {
		t.Fatal(err)
	}
	block := func(filling byte, digest []byte) []byte {
		head := append([]byte{0, 1}, bytes.Repeat([]byte{filling}, key.Size()-3-len(prefix)-len(digest))...)
		return append(append(append(head, 0), prefix...), digest...)
	}
	good := key.raw(block(0xff, digested))
	beyond, fits := key.beyond(good)
	for ; !fits; beyond, fits = key.beyond(good) {
		digested[0]++
		good = key.raw(block(0xff, digested))
	}
	if !smallRSA(&key.PublicKey, kind, digested, good) {
		t.Error("the good signature is refused")
	}
	for what, tc := range map[string]struct {
		kind      signatureKind
		digested  []byte
		signature []byte
	}{
		"another filling":                {kind, digested, key.raw(block(0xfe, digested))},
		"another digest":                 {kind, digested, key.raw(block(0xff, digested[1:]))},
		"beyond the modulus":             {kind, digested, beyond},
		"a digest without a prefix":      {signatureKind{family: familyRSA, hash: crypto.SHA512_256}, digested, good},
		"no room for eight octets":       {signatureKind{family: familyRSA, hash: crypto.SHA384}, bytes.Repeat([]byte{3}, 48), good},
		"RSASSA-PSS under such a key":    {signatureKind{family: familyPSS, hash: crypto.SHA256}, digested, good},
		"nothing":                        {kind, digested, nil},
		"a digest of less than the hash": {kind, digested[1:], good},
	} {
		if smallRSA(&key.PublicKey, tc.kind, tc.digested, tc.signature) {
			t.Errorf("accepted: %s", what)
		}
	}
}
