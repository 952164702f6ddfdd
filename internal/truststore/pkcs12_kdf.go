package truststore

import (
	"hash"
	"slices"
)

// No library exports this derivation of keys: go-pkcs12 keeps it to itself.

// The uses of a key derived by [pkcs12Key] (RFC 7292, B.3).
const (
	kdfKey byte = 1
	kdfIV  byte = 2
	kdfMAC byte = 3
)

// bmpPassword encodes a password for [pkcs12Key]: UTF-16, big endian, with a
// closing zero.
func bmpPassword(password string) []byte {
	return append(utf16Bytes(password), 0, 0)
}

// pkcs12Key derives size bytes by the method of RFC 7292, appendix B.2.
func pkcs12Key(newHash func() hash.Hash, id byte, password, salt []byte, iterations, size int) []byte {
	digest := newHash()
	block, length := digest.BlockSize(), digest.Size()
	diversifier := make([]byte, block)
	for i := range diversifier {
		diversifier[i] = id
	}
	input := append(repeated(salt, block), repeated(password, block)...)
	var out []byte
	for {
		digest.Reset()
		digest.Write(diversifier)
		digest.Write(input)
		sum := digest.Sum(nil)
		for range iterations - 1 {
			digest.Reset()
			digest.Write(sum)
			sum = digest.Sum(sum[:0])
		}
		out = append(out, sum...)
		if len(out) >= size {
			return out[:size]
		}
		addBlocks(input, repeated(sum[:length], block)[:block])
	}
}

// repeated copies b until a multiple of block bytes is full; nothing stays
// nothing.
func repeated(b []byte, block int) []byte {
	if len(b) == 0 {
		return nil
	}
	size := (len(b) + block - 1) / block * block
	out := make([]byte, 0, size+len(b))
	for len(out) < size {
		out = append(out, b...)
	}
	return out[:size]
}

// addBlocks adds b and one to each block of input, as numbers.
func addBlocks(input, b []byte) {
	for start := 0; start < len(input); start += len(b) {
		carry := 1
		for i, c := range slices.Backward(b) {
			carry += int(input[start+i]) + int(c)
			input[start+i] = byte(carry) //nolint:gosec // the low byte is wanted
			carry >>= 8
		}
	}
}
