package truststore

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// The fixed parts of PEM lines, and the mark some editors put before them.
var (
	pemBegin  = []byte("-----BEGIN ")
	pemEnd    = []byte("-----END ")
	pemDashes = []byte("-----")
	utf8BOM   = []byte{0xEF, 0xBB, 0xBF}
)

// base64Digits are the digits by their value.
const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// without drops bytes.
func without(data []byte, dropped string) []byte {
	kept := make([]byte, 0, len(data))
	for _, c := range data {
		if strings.IndexByte(dropped, c) < 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

// decodeOpenSSLBase64 decodes as EVP_DecodeUpdate and EVP_DecodeFinal do: white
// space anywhere, the data end at the first hyphen, padding is not optional.
func decodeOpenSSLBase64(data []byte) ([]byte, bool) {
	data, _, _ = bytes.Cut(data, []byte{'-'})
	out, err := base64.StdEncoding.AppendDecode([]byte{}, without(data, " \t\r\n"))
	return out, err == nil
}

// decodeJavaBase64 decodes as java.util.Base64's basic decoder does: no white
// space, padding may be left out, nothing may follow it.
func decodeJavaBase64(data []byte) ([]byte, bool) {
	digits := bytes.TrimRight(data, "=")
	padding := len(data) - len(digits)
	out, err := base64.RawStdEncoding.AppendDecode([]byte{}, digits)
	return out, err == nil && (padding == 0 || padding == -len(digits)&3)
}

// decodeRustlsBase64 allows white space anywhere and padding to be left out.
func decodeRustlsBase64(data []byte) ([]byte, bool) {
	return decodeJavaBase64(without(data, " \t\n\v\f\r"))
}

// decodeStrictBase64 allows no white space, nor bits that belong to no byte;
// padding may be left out.
func decodeStrictBase64(data []byte) ([]byte, bool) {
	digits := bytes.TrimRight(data, "=")
	out, err := base64.RawStdEncoding.Strict().AppendDecode([]byte{}, digits)
	return out, err == nil && len(data)-len(digits) <= -len(digits)&3 && bytes.IndexByte(digits, '\r') < 0
}
