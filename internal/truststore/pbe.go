package truststore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // old stores are encrypted so
	"crypto/pbkdf2"
	"crypto/rc4"  //nolint:gosec // old stores are encrypted so
	"crypto/sha1" //nolint:gosec // old stores are encrypted so
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The decryption is here because go-pkcs12 takes one password for all parts of
// a store, has no bound on the rounds, and stops at the first part it dislikes,
// where Java goes on.

// maxHashing is the most steps of hashing that are spent on one store's
// password, over all its parts: less than a second. Java writes 10,000 rounds
// for each of two parts, NSS and GnuTLS 600,000 for each of up to three.
const maxHashing = 8_000_000

// kdfBudget counts the steps of hashing that a store may still cost.
type kdfBudget struct{ left int }

// spend takes rounds of key derivation, each of some steps of the hash, off
// the budget. The hashes of 64-bit words cost three times as much.
func (b *kdfBudget) spend(iterations, steps int, newHash func() hash.Hash) *ReadError {
	if newHash().BlockSize() > sha256.BlockSize {
		steps *= 3
	}
	if iterations < 1 || steps > b.left/iterations {
		return &ReadError{
			Err:    ErrTooLarge,
			Detail: fmt.Sprintf("its key derivation needs %d iterations, more than the provider computes for one store", iterations),
		}
	}
	b.left -= iterations * steps
	return nil
}

// encryption is a password-based encryption that a store names.
type encryption struct {
	// decrypt takes a password in its two encodings.
	decrypt func(text, bmp, data []byte) ([]byte, bool)
	// iterations times steps of the hash is what deriving the key costs.
	iterations, steps int
	newHash           func() hash.Hash
	// java is false where Java 17 does not know the algorithm.
	java bool
}

// Identifiers of encryption algorithms, encoded.
const (
	oidPKCS12PBE  = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"
	oidPBES2      = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"
	oidPBKDF2     = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c"
	oidHMACPrefix = "\x2a\x86\x48\x86\xf7\x0d\x02"
	oidAESPrefix  = "\x60\x86\x48\x01\x65\x03\x04\x01"
	oidDESEDE3    = "\x2a\x86\x48\x86\xf7\x0d\x03\x07"
)

// parseEncryption reads an AlgorithmIdentifier. It reports false for one that
// is not known here.
func parseEncryption(algorithm cryptobyte.String) (encryption, bool) {
	var oid, parameters cryptobyte.String
	if !algorithm.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || !algorithm.ReadASN1(&parameters, cbasn1.SEQUENCE) {
		return encryption{}, false
	}
	if string(oid) == oidPBES2 {
		return parsePBES2(parameters)
	}
	if len(oid) != len(oidPKCS12PBE)+1 || string(oid[:len(oidPKCS12PBE)]) != oidPKCS12PBE {
		return encryption{}, false
	}
	var salt cryptobyte.String
	var iterations int
	if !parameters.ReadASN1(&salt, cbasn1.OCTET_STRING) || !parameters.ReadASN1Integer(&iterations) {
		return encryption{}, false
	}
	return pkcs12Encryption(oid[len(oid)-1], salt, iterations)
}

// pkcs12Encryption returns the algorithm of RFC 7292, appendix C, by its last
// number.
func pkcs12Encryption(number byte, salt []byte, iterations int) (encryption, bool) {
	size, iv := 0, 8
	var open func(key, iv, data []byte) ([]byte, bool)
	switch number {
	case 1, 2:
		size, iv = 16, 0
		if number == 2 {
			size = 5
		}
		open = func(key, _, data []byte) ([]byte, bool) {
			stream, err := rc4.NewCipher(key) //nolint:gosec // old stores are encrypted so
			if err != nil {
				return nil, false
			}
			out := make([]byte, len(data))
			stream.XORKeyStream(out, data)
			return out, true
		}
	case 3, 4:
		size = 24
		if number == 4 {
			size = 16
		}
		open = openDESEDE
	case 5, 6:
		size = 16
		if number == 6 {
			size = 5
		}
		open = func(key, iv, data []byte) ([]byte, bool) { return openCBC(newRC2(key), iv, data) }
	default:
		return encryption{}, false
	}
	decrypt := func(_, bmp, data []byte) ([]byte, bool) {
		key := pkcs12Key(sha1.New, kdfKey, bmp, salt, iterations, size)
		var vector []byte
		if iv > 0 {
			vector = pkcs12Key(sha1.New, kdfIV, bmp, salt, iterations, iv)
		}
		return open(key, vector, data)
	}
	steps := (size+sha1.Size-1)/sha1.Size + iv/8
	return encryption{decrypt: decrypt, iterations: iterations, steps: steps, newHash: sha1.New, java: number != 4}, true
}

// openDESEDE takes keys of two or three parts.
func openDESEDE(key, iv, data []byte) ([]byte, bool) {
	if len(key) == 16 {
		key = append(append([]byte(nil), key...), key[:8]...)
	}
	block, err := des.NewTripleDESCipher(key) //nolint:gosec // old stores are encrypted so
	if err != nil {
		return nil, false
	}
	return openCBC(block, iv, data)
}

// openCBC decrypts and takes the padding off (RFC 8018, 6.1.1).
func openCBC(block cipher.Block, iv, data []byte) ([]byte, bool) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, false
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	padding := int(out[len(out)-1])
	if padding == 0 || padding > size {
		return nil, false
	}
	for _, c := range out[len(out)-padding:] {
		if int(c) != padding {
			return nil, false
		}
	}
	return out[:len(out)-padding], true
}

// parsePBES2 reads the parameters of RFC 8018, A.4: PBKDF2 with AES or 3DES.
func parsePBES2(parameters cryptobyte.String) (encryption, bool) {
	var kdf, scheme, oid, pbkdf, salt, iv, prf, prfOID, cipherOID cryptobyte.String
	var iterations, length int
	if !parameters.ReadASN1(&kdf, cbasn1.SEQUENCE) || !parameters.ReadASN1(&scheme, cbasn1.SEQUENCE) ||
		!kdf.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || string(oid) != oidPBKDF2 ||
		!kdf.ReadASN1(&pbkdf, cbasn1.SEQUENCE) || !pbkdf.ReadASN1(&salt, cbasn1.OCTET_STRING) ||
		!pbkdf.ReadASN1Integer(&iterations) || (pbkdf.PeekASN1Tag(cbasn1.INTEGER) && !pbkdf.ReadASN1Integer(&length)) ||
		!scheme.ReadASN1(&cipherOID, cbasn1.OBJECT_IDENTIFIER) || !scheme.ReadASN1(&iv, cbasn1.OCTET_STRING) {
		return encryption{}, false
	}
	newHash := sha1.New
	if !pbkdf.Empty() {
		if !pbkdf.ReadASN1(&prf, cbasn1.SEQUENCE) || !prf.ReadASN1(&prfOID, cbasn1.OBJECT_IDENTIFIER) {
			return encryption{}, false
		}
		if newHash = hmacHash(string(prfOID)); newHash == nil {
			return encryption{}, false
		}
	}
	size, open, java := pbes2Cipher(string(cipherOID))
	if size == 0 || (length != 0 && length != size) {
		return encryption{}, false
	}
	decrypt := func(text, _, data []byte) ([]byte, bool) {
		key, err := pbkdf2.Key(newHash, string(text), salt, iterations, size)
		if err != nil {
			return nil, false
		}
		return open(key, iv, data)
	}
	digest := newHash().Size()
	const perBlock = 2 // an HMAC is two steps
	steps := perBlock * ((size + digest - 1) / digest)
	return encryption{decrypt: decrypt, iterations: iterations, steps: steps, newHash: newHash, java: java}, true
}

func hmacHash(oid string) func() hash.Hash {
	switch oid {
	case oidHMACPrefix + "\x07":
		return sha1.New
	case oidHMACPrefix + "\x08":
		return sha256.New224
	case oidHMACPrefix + "\x09":
		return sha256.New
	case oidHMACPrefix + "\x0a":
		return sha512.New384
	case oidHMACPrefix + "\x0b":
		return sha512.New
	}
	return nil
}

func pbes2Cipher(oid string) (size int, open func(key, iv, data []byte) ([]byte, bool), java bool) {
	openAES := func(key, iv, data []byte) ([]byte, bool) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, false
		}
		return openCBC(block, iv, data)
	}
	switch oid {
	case oidAESPrefix + "\x02":
		return 16, openAES, true
	case oidAESPrefix + "\x16":
		return 24, openAES, false
	case oidAESPrefix + "\x2a":
		return 32, openAES, true
	case oidDESEDE3:
		return 24, openDESEDE, false
	}
	return 0, nil, false
}
