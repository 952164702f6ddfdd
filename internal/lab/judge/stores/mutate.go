package stores

import (
	"bytes"
	"math/rand/v2"
)

// Mutate returns a variant of a PEM store as people and programs spoil them:
// other line ends, lost and doubled lines, stray characters, cut ends. The
// same seed gives the same variant.
func Mutate(pem []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 17))
	out := bytes.Clone(pem)
	for range 1 + r.IntN(3) {
		out = mutations[r.IntN(len(mutations))](r, out)
	}
	return out
}

// snippets are what is put into stores.
var snippets = []string{
	"\ufeff", "\r", "\n", "\r\n", "\n\n", " ", "\t", "-", "=", "==", ":", "0", "-----", "\x00", "\x80", "é",
	"-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
	"-----BEGIN TRUSTED CERTIFICATE-----\n", "-----BEGIN X509 CERTIFICATE-----\n", "-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n",
	"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "Proc-Type: 4,ENCRYPTED\n", "X-Name: value\n\n", "# text\n", "subject=CN = x\n",
	"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
	"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
}

var mutations = []func(*rand.Rand, []byte) []byte{
	func(r *rand.Rand, b []byte) []byte { // a snippet at the start of a line, or anywhere
		at := r.IntN(len(b) + 1)
		if r.IntN(3) > 0 {
			at = lineStart(r, b)
		}
		return splice(b, at, at, []byte(snippets[r.IntN(len(snippets))]))
	},
	func(_ *rand.Rand, b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	func(r *rand.Rand, b []byte) []byte { // drop a line
		at := lineStart(r, b)
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			return b[:at]
		}
		return splice(b, at, at+end+1, nil)
	},
	func(r *rand.Rand, b []byte) []byte { // join two lines
		at := lineStart(r, b)
		if at == 0 {
			return b
		}
		return splice(b, at-1, at, nil)
	},
	func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b)+1)] },
	func(r *rand.Rand, b []byte) []byte { // replace a byte
		if len(b) == 0 {
			return b
		}
		out := bytes.Clone(b)
		out[r.IntN(len(b))] = byte(r.IntN(256))
		return out
	},
	func(r *rand.Rand, b []byte) []byte { // one long line
		at := lineStart(r, b)
		n := r.IntN(12)
		out := bytes.Clone(b[:at])
		return append(out, bytes.Replace(b[at:], []byte("\n"), nil, n)...)
	},
	func(r *rand.Rand, b []byte) []byte { // trailing or leading white space
		at := lineStart(r, b)
		return splice(b, max(at-r.IntN(2), 0), max(at-r.IntN(2), 0), bytes.Repeat([]byte{" \t\v\r"[r.IntN(4)]}, 1+r.IntN(300)))
	},
	func(_ *rand.Rand, b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r")) },
	func(_ *rand.Rand, b []byte) []byte { return append([]byte("\ufeff"), b...) },
}

func lineStart(r *rand.Rand, b []byte) int {
	at := r.IntN(len(b) + 1)
	for at > 0 && b[at-1] != '\n' {
		at--
	}
	return at
}

func splice(b []byte, from, to int, with []byte) []byte {
	if to < from {
		from, to = to, from
	}
	out := make([]byte, 0, len(b)+len(with))
	return append(append(append(out, b[:from]...), with...), b[to:]...)
}
