package truststore

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
