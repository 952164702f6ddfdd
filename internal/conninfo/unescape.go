package conninfo

import (
	"net/url"
	"strings"
)

// LenientUnescape decodes what is a percent encoding and keeps the rest.
func LenientUnescape(text string, plusIsSpace bool) string {
	if plusIsSpace {
		text = strings.ReplaceAll(text, "+", " ")
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if decoded, err := url.PathUnescape(text[i : i+3]); err == nil {
				b.WriteString(decoded)
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// WithoutBrackets takes an IPv6 address out of the brackets of a URL.
func WithoutBrackets(host string) string {
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		return host[1 : len(host)-1]
	}
	return host
}
