package asn_test

import (
	"bytes"
	"testing"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

func TestWellFormedContents(t *testing.T) {
	t.Parallel()

	for contents, want := range map[string][2]bool{ // as an identifier, and as bits
		"": {false, false}, "\x2a": {true, false}, "\x00": {true, true}, "\x01": {true, false}, "\x07\x80": {false, true}, "\x08\x01": {true, false},
		"\x80": {false, false}, "\x2a\x80\x01": {false, false}, "\x2a\x81": {false, false}, "\x2a\x81\x80\x01": {true, false},
	} {
		if got := [2]bool{asn.WellFormedIdentifier([]byte(contents)), asn.WellFormedBits([]byte(contents))}; got != want {
			t.Errorf("%x: an identifier and bits %t, want %t", contents, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()

	for contents, want := range map[string]struct {
		value  int64
		padded bool
	}{
		"": {0, false}, "\x00": {0, false}, "\x7f": {127, false}, "\x80": {-128, false}, "\xff": {-1, false}, "\x01\x00": {256, false},
		"\x00\x7f": {127, true}, "\x00\x80": {128, false}, "\xff\x80": {-128, true}, "\xff\x7f": {-129, false},
	} {
		if got, padded := asn.Integer([]byte(contents)), asn.Padded([]byte(contents)); got.Int64() != want.value || padded != want.padded {
			t.Errorf("%x: %s %t, want %d %t", contents, got, padded, want.value, want.padded)
		}
	}
}

func TestIdentifiersAreWrittenWithDots(t *testing.T) {
	t.Parallel()

	for contents, want := range map[string]string{
		asn.CommonName: "2.5.4.3", asn.Mail: "1.2.840.113549.1.9.1", "\x2a\x80": "\x2a\x80", "": "",
		"\x69\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00": "2.25.18446744073709551616",
	} {
		if got := asn.Identifier([]byte(contents)); got != want {
			t.Errorf("%x: %q, want %q", contents, got, want)
		}
	}
}

// TestNames reads two relative names, the second of which is a set of two.
func TestNames(t *testing.T) {
	t.Parallel()

	const (
		one = "\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01a"
		two = "\x31\x12\x30\x08\x06\x03\x55\x04\x0a\x13\x01b\x30\x06\x06\x01\x2a\x03\x01\x00"
	)
	name, ok := asn.ReadName([]byte("\x30\x20" + one + two))
	if !ok || len(name) != 2 || len(name[0]) != 1 || len(name[1]) != 2 || !name.ReadableByOpenSSL() {
		t.Fatalf("%v %t", name, ok)
	}
	if got := name[1][1]; got.OID != "\x2a" || got.Tag != cbasn1.BIT_STRING || !bytes.Equal(got.Value, []byte{0}) {
		t.Errorf("%v", got)
	}
	for broken, parts := range map[string]int{
		"": 0, "\x31\x00": 0, "\x30\x00\x05\x00": 0, "\x30\x0e" + one + "\x05\x00": 1, "\x30\x10" + one + "\x31\x02\x05\x00": 1,
		"\x30\x14" + one + "\x31\x06\x30\x04\x06\x02\x2a\x80": 1, "\x30\x13" + one + "\x31\x05\x30\x03\x06\x01\x2a": 1,
		"\x30\x17" + one + "\x31\x09\x30\x07\x06\x01\x2a\x05\x00\x05\x00": 1,
	} {
		if name, ok := asn.ReadName([]byte(broken)); ok || len(name) != parts {
			t.Errorf("%x: %v %t, want %d relative names", broken, name, ok, parts)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		tag       cbasn1.Tag
		value     string
		text      string // none is no text
		canonical string
		readable  bool
	}{
		{cbasn1.UTF8String, " A \t\u00c9  b\r", " A \t\u00c9  b\r", "a \u00c9 b", true},
		{cbasn1.UTF8String, "\xff", "\xff", "\ufffd", false},
		{cbasn1.PrintableString, "Z\xc9", "Z\u00c9", "z\u00c9", true},
		{cbasn1.IA5String, "@[`{", "@[`{", "@[`{", true},
		{cbasn1.T61String, "\xe9", "\u00e9", "\u00e9", true},
		{asn.VisibleString, "V", "V", "v", false},
		{asn.BMPString, "\x00A\x20\xac", "A\u20ac", "a\u20ac", true},
		{asn.BMPString, "\x00A\x00", "", "", false},
		{asn.BMPString, "\xd8\x3d\xde\x00", "", "", false},
		{asn.UniversalString, "\x00\x01\xf6\x00", "\U0001f600", "\U0001f600", true},
		{asn.UniversalString, "\xff\xff\xff\xff", "", "", false},
		{asn.NumericString, "1", "", "", true},
		{cbasn1.BIT_STRING, "\x00\x01", "", "", true},
		{cbasn1.BIT_STRING, "\x09", "", "", false},
		{cbasn1.SEQUENCE, "", "", "", true},
		{cbasn1.ENUM, "\x01", "", "", false},
		{cbasn1.INTEGER, "\x01", "", "", false},
		{7, "", "", "", true},
		{15, "", "", "", true},
		{16, "", "", "", false},
		{29, "", "", "", true},
		{31, "", "", "", true},
		{32, "", "", "", false},
	} {
		a := asn.Attribute{OID: asn.CommonName, Tag: tc.tag, Value: []byte(tc.value)}
		if text, ok := a.Text(); ok != (tc.text != "") || (ok && text != tc.text) {
			t.Errorf("%d %q: text %q %t, want %q", tc.tag, tc.value, text, ok, tc.text)
		}
		if text, ok := a.Canonical(); ok != (tc.text != "") || (ok && text != tc.canonical) {
			t.Errorf("%d %q: canonical %q %t, want %q", tc.tag, tc.value, text, ok, tc.canonical)
		}
		if got := (asn.Name{{a}}).ReadableByOpenSSL(); got != tc.readable {
			t.Errorf("%d %q: readable %t, want %t", tc.tag, tc.value, got, tc.readable)
		}
	}
}
