package spoiled

import (
	"slices"
	"strings"
)

// short encodes an element in DER; its contents are short.
func short(tag byte, parts ...string) string {
	contents := strings.Join(parts, "")
	if len(contents) < 0x80 {
		return string([]byte{tag, byte(len(contents))}) + contents
	}
	return string([]byte{tag, 0x81, byte(len(contents))}) + contents
}

// lists are revocation lists, each with something else in the place of one part.
func (c *collection) lists(second string) {
	const (
		number    = "\x02\x01\x01"
		algorithm = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
		name      = "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01a"
		day       = "\x17\x0d260101000000Z"
		long      = "\x18\x0f20260101000000Z"
		signature = "\x03\x02\x00\x01"
		extension = "\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x01"
	)
	extensions := short(0x30, extension)
	entry := []string{number, day, extensions}
	signed := []string{number, algorithm, name, day, day, short(0x30, short(0x30, entry...)), short(0xa0, extensions)}
	outer := []string{short(0x30, signed...), algorithm, signature}
	whole := func(parts []string) string { return short(0x30, parts...) }
	inSigned := func(at int, part string) string {
		changed := slices.Clone(signed)
		changed[at] = part
		return whole([]string{short(0x30, changed...), algorithm, signature})
	}
	for _, of := range []struct {
		name  string
		parts []string
		whole func(parts []string) string
	}{
		{"list", outer, whole},
		{"what is signed", signed, func(parts []string) string { return whole([]string{short(0x30, parts...), algorithm, signature}) }},
		{"entry", entry, func(parts []string) string { return inSigned(5, short(0x30, short(0x30, parts...))) }},
		{"entries", []string{short(0x30, entry...)}, func(parts []string) string { return inSigned(5, short(0x30, parts...)) }},
		{"extensions", []string{extensions}, func(parts []string) string { return inSigned(6, short(0xa0, parts...)) }},
	} {
		c.add(of.name, "whole", 0, block("X509 CRL", []byte(of.whole(of.parts)))+second)
		for i, part := range of.parts {
			for way, with := range []string{"", part + part, "\x05\x00", "\x30\x00", number, long, "\x30\x02\x05\x00", "\x30", part[:len(part)-1], part + number, part + extensions} {
				parts := slices.Clone(of.parts)
				parts[i] = with
				c.add(of.name, "part "+string(rune('a'+i)), way, block("X509 CRL", []byte(of.whole(parts)))+second)
			}
		}
	}
}
