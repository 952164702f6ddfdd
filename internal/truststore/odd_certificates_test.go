package truststore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
)

// tails are certificates of each version with each end of the signed part.
func tails(t *testing.T) map[string][]byte {
	t.Helper()
	bits := func(tag byte, contents ...byte) elements.Element {
		return elements.Element{Head: tag, Contents: contents}
	}
	null := elements.Element{Head: 0x05}
	extensions := elements.Read(certificate(t, "root-ec").Raw, elements.Never).Parts[0].Parts[7]
	ends := map[string][]elements.Element{
		"nothing": nil, "extensions": {extensions}, "a NULL": {null}, "two NULLs": {null, null}, "a NULL that ends late": {{Head: 0x05, Form: elements.Beyond}},
		"extensions and a NULL": {extensions, null}, "a NULL and extensions": {null, extensions},
	}
	identifiers := map[string][]elements.Element{
		"no": nil, "an issuer's": {bits(0x81, 0, 1)}, "a subject's": {bits(0x82, 0, 1)}, "both": {bits(0x81, 0, 1), bits(0x82, 0, 1)},
		"the other order": {bits(0x82, 0, 1), bits(0x81, 0, 1)}, "an empty": {bits(0x81)},
	}
	all := make(map[string][]byte)
	for _, version := range []int{-1, 0, 1, 2, 3, 8, 9} { // 8 is an empty number, 9 none
		for id, identifiers := range identifiers {
			for end, parts := range ends {
				c := elements.Read(certificate(t, "root-ec").Raw, elements.Never)
				tbs := &c.Parts[0]
				tbs.Parts = slices.Concat(tbs.Parts[:7], identifiers, parts)
				number := &tbs.Parts[0].Parts[0]
				switch number.Contents = []byte{byte(version)}; version {
				case 8:
					number.Contents = nil
				case 9:
					tbs.Parts = tbs.Parts[1:]
				}
				all[fmt.Sprintf("v%d,_%s_identifier,_%s tail", version+1, strings.ReplaceAll(id, " ", "_"), strings.ReplaceAll(end, " ", "_"))] = c.Encode()
			}
		}
	}
	return all
}

// extensions are certificates with one more critical extension, of each identifier
// and with each value.
func extensions(t *testing.T) map[string][]byte {
	t.Helper()
	flag, number, null := "\x01\x01\xff", "\x02\x01\x05", "\x05\x00"
	list := func(contents string) string { return "\x30" + string(rune(len(contents))) + contents }
	values := map[string]string{
		"nothing": "", "a_head": "\x30", "too_little": "\x30\x05", "a_NULL": null, "two_NULLs": null + null, "a_list": list(""), "a_flag": flag, "bits": "\x03\x02\x01\x06", "no_bits": "\x03\x00",
		"a_list_with_a_head": list("\x30"), "a_flag_in_a_list": list(flag), "a_flag_and_a_number": list(flag + number), "a_flag_and_a_NULL": list(flag + null), "a_flag_and_an_empty_number": list(flag + "\x02\x00"),
		"a_flag_and_a_number_and_more": list(flag + number + null), "a_number": list(number), "a_long_flag": list("\x01\x02\xff\xff"), "a_flag_and_a_long_number": list(flag + "\x02\x05\x01\x00\x00\x00\x00"), "a_NULL_in_a_list": list(null),
		"a_name": list("\x82\x01x"), "a_name_and_a_NULL": list("\x82\x01x" + null), "a_name_that_ends_late": list("\x82\x05x"), "an_empty_name": list("\x82\x00"),
	}
	all := make(map[string][]byte)
	for id, oid := range map[string]string{
		"usage": "\x55\x1d\x0f", "names": "\x55\x1d\x11", "issuer_names": "\x55\x1d\x12", "constraints": "\x55\x1d\x13", "unknown": "\x55\x1d\x63", "purposes": "\x55\x1d\x25", "CRL_number": "\x55\x1d\x14", "attributes": "\x55\x1d\x09", "any_policy": "\x55\x1d\x36", "elsewhere": "\x2a\x03\x04\x13", "longer": "\x55\x1d\x13\x01", "another": "\x55\x1c\x13", "short": "\x55\x1d",
	} {
		for value, contents := range values {
			c := elements.Read(certificate(t, "root-ec").Raw, elements.Never)
			present := &c.At([]int{0, 7, 0}).Parts
			*present = slices.DeleteFunc(*present, func(e elements.Element) bool { return string(e.Parts[0].Contents) == oid })
			*present = append(*present, elements.Element{Head: 0x30, Parts: []elements.Element{
				{Head: 0x06, Contents: []byte(oid)}, {Head: 0x01, Contents: []byte{0xff}}, {Head: 0x04, Contents: []byte(contents)},
			}})
			all[id+" "+value] = c.Encode()
		}
	}
	return all
}

// keys are certificates with each kind of key, with each kind of parameters and of
// bits.
func keys(t *testing.T) map[string][]byte {
	t.Helper()
	null := elements.Element{Head: 0x05}
	number := func(contents ...byte) elements.Element { return elements.Element{Head: 0x02, Contents: contents} }
	list := func(parts ...elements.Element) elements.Element { return elements.Element{Head: 0x30, Parts: parts} }
	parameters := map[string][]elements.Element{
		"usual": nil, "none": nil, "a NULL": {null}, "two NULLs": {null, null}, "an empty list": {list()}, "a number": {number(5)},
		"an identifier": {{Head: 0x06, Contents: []byte{0x2a, 3}}}, "two numbers": {list(number(23), number(5))}, "three numbers": {list(number(23), number(11), number(5))},
		"three numbers, one empty": {list(number(23), number(), number(5))}, "a number and a NULL": {list(number(23), null)}, "four numbers": {list(number(23), number(11), number(5), number(6))},
		"a long third number": {list(number(23), number(5), number(1, 0, 0, 0, 0))}, "another curve": {{Head: 0x06, Contents: []byte("\x2b\x81\x04\x00\x22")}}, "a curve without numbers": {{Head: 0x06}},
	}
	bits := map[string]elements.Element{
		"usual": {}, "an unused bit": {}, "no": {Head: 0x03, Contents: []byte{0}}, "one": {Head: 0x03, Contents: []byte{0, 4}}, "unused": {Head: 0x03, Contents: []byte{1, 0x80}},
		"a number": {Head: 0x03, Before: []byte{0}, Parts: []elements.Element{number(9)}}, "two numbers": {Head: 0x03, Before: []byte{0}, Parts: []elements.Element{number(9), number(9)}},
		"an empty number": {Head: 0x03, Before: []byte{0}, Parts: []elements.Element{number()}}, "an unused number": {Head: 0x03, Before: []byte{1}, Parts: []elements.Element{number(2)}},
	}
	all := make(map[string][]byte)
	for _, name := range []string{"root-ec", "root-brainpool", "root-exponent3", "root-psskey", "root-dsa", "sub-dh", "sub-dhx", "sub-x25519", "root-ed", "root-ed448"} {
		for p, parameters := range parameters {
			for b, bits := range bits {
				c := elements.Read(certificate(t, name).Raw, elements.Never)
				key := c.At([]int{0, 6})
				if p != "usual" {
					key.Parts[0].Parts = append(slices.Clone(key.Parts[0].Parts[:1]), parameters...)
				}
				switch b {
				case "usual":
				case "an unused bit":
					if usual := &key.Parts[1]; len(usual.Parts) > 0 {
						usual.Before = []byte{1}
					} else {
						usual.Contents = append([]byte{1}, usual.Contents[1:]...)
					}
				default:
					key.Parts[1] = bits
				}
				all[strings.ReplaceAll(name+",_"+p, " ", "_")+" "+strings.ReplaceAll(b, " ", "_")] = c.Encode()
			}
		}
	}
	for name, identifier := range map[string]string{"unknown": "\x2b\x65\x7f", "short": "\x2b\x65", "long": "\x2b\x65\x70\x01", "elsewhere": "\x2b\x66\x70"} {
		c := elements.Read(certificate(t, "root-ed").Raw, elements.Never)
		c.At([]int{0, 6, 0, 0}).Contents, c.At([]int{0, 6}).Parts[1] = []byte(identifier), bits["one"]
		all["identifier "+name] = c.Encode()
	}
	// The parameters of RSASSA-PSS, each element spoiled.
	sha256 := list(elements.Element{Head: 0x06, Contents: []byte("\x60\x86\x48\x01\x65\x03\x04\x02\x01")})
	in := func(tag byte, part elements.Element) elements.Element {
		return elements.Element{Head: tag, Parts: []elements.Element{part}}
	}
	c := elements.Read(certificate(t, "root-psskey").Raw, elements.Never)
	algorithm := c.At([]int{0, 6, 0})
	mask := elements.Element{Head: 0x06, Contents: []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08")}
	algorithm.Parts = append(algorithm.Parts[:1:1], list(in(0xa0, sha256), in(0xa1, list(mask, sha256)), in(0xa2, number(32)), in(0xa3, number(1))))
	for what, der := range elements.Spoiled(c.Encode(), elements.Never) {
		if strings.HasPrefix(what, "0.6.0.1") {
			all["PSS_"+what] = der
		}
	}
	return all
}
