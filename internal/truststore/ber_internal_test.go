package truststore

import (
	"strings"
	"testing"
)

func TestBERBecomesDER(t *testing.T) {
	t.Parallel()

	const end = "\x00\x00"
	nested := func(depth int) string { return strings.Repeat("\x30\x80", depth) + strings.Repeat(end, depth) }
	for name, tc := range map[string]struct{ ber, der string }{ // no DER is no element at all
		"nothing":                                  {"", ""},
		"DER":                                      {"\x30\x03\x02\x01\x05", "\x30\x03\x02\x01\x05"},
		"DER and more":                             {"\x30\x03\x02\x01\x05\x00", "\x30\x03\x02\x01\x05"},
		"an indefinite length":                     {"\x30\x80\x02\x01\x05" + end + "\x07", "\x30\x03\x02\x01\x05"},
		"no end":                                   {"\x30\x80\x02\x01\x05", ""},
		"half an end":                              {"\x30\x80\x02\x01\x05\x00", ""},
		"an element of type 0 in it":               {"\x30\x80\x00\x01\x05" + end, "\x30\x03\x00\x01\x05"},
		"an indefinite length in a definite one":   {"\x30\x07\x30\x80\x02\x01\x05" + end, "\x30\x05\x30\x03\x02\x01\x05"},
		"behind others":                            {"\x30\x0a\x02\x01\x05\x30\x80\x02\x01\x05" + end, "\x30\x08\x02\x01\x05\x30\x03\x02\x01\x05"},
		"an empty element of type 0 behind it":     {"\x30\x0c\x30\x80\x02\x01\x05" + end + end + "\x02\x01\x07", "\x30\x0a\x30\x03\x02\x01\x05" + end + "\x02\x01\x07"},
		"a split octet string":                     {"\x30\x80\x24\x80\x04\x01a\x04\x02bc" + end + end, "\x30\x05\x04\x03abc"},
		"an empty one":                             {"\x30\x80\x24\x80" + end + end, "\x30\x02\x04\x00"},
		"one of another type":                      {"\x30\x80\x24\x80\x04\x01a\x02\x01b" + end + end, "\x30\x08\x24\x06\x04\x01a\x02\x01b"},
		"a primitive one without a length":         {"\x04\x80a" + end, ""},
		"a definite one that cannot be rewritten":  {"\x30\x07\x30\x80\x02\x05\x05" + end, "\x30\x07\x30\x80\x02\x05\x05" + end},
		"as deep as can be":                        {nested(maxNesting), ""},
		"deeper":                                   {nested(maxNesting + 1), ""},
		"a length of four octets":                  {"\x04\x84\x00\x00\x00\x01a", "\x04\x84\x00\x00\x00\x01a"},
		"a length of five octets":                  {"\x04\x85\x00\x00\x00\x00\x01a", ""},
		"a length without its octets":              {"\x04\x82\x01", ""},
		"contents of another length than it says":  {"\x04\x02a", ""},
		"a type of more than one octet":            {"\x1f\x01a", ""},
		"an indefinite length after a plain value": {"\x30\x09\x04\x01a\x24\x80\x04\x00" + end, "\x30\x05\x04\x01a\x04\x00"},
	} {
		if name == "as deep as can be" {
			tc.der = "\x30\x00"
			for range maxNesting - 1 {
				tc.der = string(element(0x30, []byte(tc.der)))
			}
		}
		got, ok := toDER([]byte(tc.ber))
		if ok != (tc.der != "") || (ok && string(got) != tc.der) {
			t.Errorf("%s: %x %t, want %x", name, got, ok, tc.der)
		}
	}
}
