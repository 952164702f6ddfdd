package truststore

import "encoding/base64"

// Marks of bytes that are not base64 digits.
const (
	base64Space   = 0xFE // blank, tab, carriage return, line feed
	base64Invalid = 0xFF
)

// base64Value maps a byte to its base64 digit or to one of the marks.
var base64Value = func() (table [256]byte) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range table {
		table[i] = base64Invalid
	}
	for i := range len(digits) {
		table[digits[i]] = byte(i)
	}
	for _, c := range " \t\r\n" {
		table[c] = base64Space
	}
	return table
}()

// The fixed parts of PEM lines, and the mark some editors put before them.
var (
	pemBegin  = []byte("-----BEGIN ")
	pemEnd    = []byte("-----END ")
	pemDashes = []byte("-----")
	utf8BOM   = []byte{0xEF, 0xBB, 0xBF}
)

// plainBase64 decodes what every reader decodes alike: digits with all their
// padding, and line ends anywhere. It reports false for anything else, which
// may still be base64 to one reader or the other.
func plainBase64(data []byte) ([]byte, bool) {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(data)))
	n, err := base64.StdEncoding.Decode(out, data)
	return out[:n], err == nil
}
