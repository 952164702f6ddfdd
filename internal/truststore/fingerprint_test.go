package truststore_test

import (
	"crypto/sha256"
	"encoding/hex"
)

func sha256Hex(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
