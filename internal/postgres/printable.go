package postgres

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable writes what a server sent so that a terminal prints it and does
// nothing else: characters that control a terminal or turn the direction of
// writing, and octets that are no UTF-8, become escapes such as \u001b.
func Printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) && utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if unprintable(r) {
			quoted := strconv.QuoteToASCII(string(r))
			out.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		out.WriteRune(r)
	}
	return strings.ToValidUTF8(out.String(), string(utf8.RuneError))
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) && r != utf8.RuneError }
