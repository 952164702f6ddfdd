package truststore

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// No library does this: Go reads DER alone, and what converts BER elsewhere
// has no bound on nesting.

// toDER rewrites BER with indefinite lengths and split octet strings, as some
// exporters write PKCS#12 and PKCS#7, in definite form. What is already
// definite, or cannot be rewritten, is returned as it stands. What stands after
// the first element is dropped. It reports false where there is no whole first
// element.
func toDER(content []byte) ([]byte, bool) {
	h, ok := readBERHeader(content)
	if !ok || h.length < 0 {
		element, _, ok := firstElement(content)
		return element, ok
	}
	content = content[:h.contentEnd]
	if hasIndefinite(content) {
		if out, _, ok := convertBER(content, maxNesting); ok {
			return out, true
		}
	}
	return content, true
}

// firstElement returns the first element of content, and what follows it. It
// rewrites the length where that is indefinite, and then all in it, or longer
// than need be: readers of certificates do not mind either.
func firstElement(content []byte) (first, rest []byte, ok bool) {
	h, ok := readBERHeader(content)
	used := h.contentEnd
	switch {
	case h.length < 0:
		first, used, ok = convertBER(content, maxNesting)
	case ok:
		first = element(cbasn1.Tag(h.tag), content[h.size:used])
	}
	if !ok {
		return nil, nil, false
	}
	return first, content[used:], true
}

// hasIndefinite looks for a constructed element of indefinite length on the
// way down the first elements, where real files have them.
func hasIndefinite(content []byte) bool {
	for range maxNesting {
		h, ok := readBERHeader(content)
		if !ok {
			return false
		}
		if h.length < 0 {
			return true
		}
		inner := content[h.size:h.contentEnd]
		if h.tag&0x20 == 0 || len(inner) == 0 {
			inner = content[h.contentEnd:] // a plain element: look at its sibling
		}
		content = inner
	}
	return false
}

// berHeader is the tag and length of one element.
type berHeader struct {
	tag        byte
	size       int // bytes of tag and length
	length     int // -1 is indefinite
	contentEnd int
}

func readBERHeader(b []byte) (berHeader, bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return berHeader{}, false
	}
	h := berHeader{tag: b[0], size: 2, length: int(b[1])}
	switch {
	case b[1] == 0x80:
		h.length = -1
		return h, h.tag&0x20 != 0
	case b[1] > 0x84:
		return h, false
	case b[1] > 0x80:
		n := int(b[1] & 0x7f)
		if len(b) < 2+n {
			return h, false
		}
		h.size, h.length = 2+n, 0
		for _, c := range b[2 : 2+n] {
			h.length = h.length<<8 | int(c)
		}
	}
	h.contentEnd = h.size + h.length
	return h, h.contentEnd <= len(b)
}

// convertBER returns the definite form of the first element of b and how many
// bytes of b it took.
func convertBER(b []byte, depth int) (out []byte, used int, ok bool) {
	h, ok := readBERHeader(b)
	if !ok || depth == 0 {
		return nil, 0, false
	}
	if h.tag&0x20 == 0 {
		return b[:h.contentEnd], h.contentEnd, true
	}
	pos, end := h.size, h.contentEnd
	if h.length < 0 {
		end = len(b)
	}
	var inner []byte
	for pos < end {
		if h.length < 0 && end-pos >= 2 && b[pos] == 0 && b[pos+1] == 0 {
			return definite(h.tag, inner), pos + 2, true
		}
		element, n, ok := convertBER(b[pos:end], depth-1)
		if !ok {
			return nil, 0, false
		}
		inner = append(inner, element...)
		pos += n
	}
	return definite(h.tag, inner), pos, h.length >= 0
}

// definite encodes an element; a constructed octet string becomes a plain one.
func definite(tag byte, inner []byte) []byte {
	const constructedOctets, octets = 0x24, 0x04
	if tag == constructedOctets {
		joined := []byte{}
		for rest := inner; len(rest) > 0; {
			h, _ := readBERHeader(rest) // the parts were written in definite form
			if h.tag != octets {
				return element(constructedOctets, inner)
			}
			joined = append(joined, rest[h.size:h.contentEnd]...)
			rest = rest[h.contentEnd:]
		}
		tag, inner = octets, joined
	}
	return element(cbasn1.Tag(tag), inner)
}

// element encodes one element; its tag is one octet.
func element(tag cbasn1.Tag, contents []byte) []byte {
	var builder cryptobyte.Builder
	builder.AddASN1(tag, func(child *cryptobyte.Builder) { child.AddBytes(contents) })
	return builder.BytesOrPanic()
}
