package policy

import (
	"strconv"
	"strings"
	"unicode"
)

// Quoted is text in quotation marks on one line. Backslashes stay as they are: a
// path of Windows, or a name with its domain, is written as people know it.
func Quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		escaped := strconv.QuoteRuneToASCII(r)
		b.WriteString(escaped[1 : len(escaped)-1])
	}
	b.WriteByte('"')
	return b.String()
}
