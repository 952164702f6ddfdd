package certpath

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"testing"
	"time"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func TestDatesInEveryFormThatSomebodyTakes(t *testing.T) {
	t.Parallel()

	at := func(month time.Month, hour, minute, second, nanosecond int) time.Time {
		return time.Date(2026, month, 2, hour, minute, second, nanosecond, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"u260102030405Z": at(1, 3, 4, 5, 0), "u2601020304Z": at(1, 3, 4, 0, 0), "u260102030405+0100": at(1, 2, 4, 5, 0), "u2601020304+0100": at(1, 2, 4, 0, 0),
		"g20260102030405Z": at(1, 3, 4, 5, 0), "g20260102030405.5Z": at(1, 3, 4, 5, 500_000_000), "g202601020304Z": at(1, 3, 4, 0, 0),
		"u491231235959Z": time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), "u500101000000Z": time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC),
		"u": {}, "g": {}, "g20261302030405Z": {}, "gtomorrow": {},
	} {
		m := moment{tag: cbasn1.UTCTime, text: text[1:]}
		if text[0] == 'g' {
			m.tag = cbasn1.GeneralizedTime
		}
		if got := m.loose(); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if _, ok := (moment{tag: cbasn1.IA5String, text: "20260102030405Z"}).strict(); ok {
		t.Error("text of another type is a time")
	}
}

// TestCommonNamesAreText: the pkix package gives other values, too, where x509
// does not read a certificate.
func TestCommonNamesAreText(t *testing.T) {
	t.Parallel()

	attribute := func(value any) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: oidCommonName, Value: value}
	}
	leaf := &x509.Certificate{Subject: pkix.Name{Names: []pkix.AttributeTypeAndValue{attribute(7), attribute("a"), {Type: []int{2, 5, 4, 10}, Value: "organization"}, attribute("b"), attribute([]byte("c"))}}}
	if names := commonNames(leaf); !slices.Equal(names, []string{"a", "b"}) || firstCommonName(leaf) != "a" || lastCommonName(leaf) != "b" {
		t.Errorf("%v, first %q, last %q", names, firstCommonName(leaf), lastCommonName(leaf))
	}
	if nobody := (&x509.Certificate{}); firstCommonName(nobody) != "" || lastCommonName(nobody) != "" {
		t.Error("a name out of nothing")
	}
}

func TestJavaNamesAlgorithms(t *testing.T) {
	t.Parallel()

	for want, kind := range map[string]signatureKind{
		"an unknown algorithm": {}, "Ed448": {family: familyEd448, name: "Ed448"}, "SHA256withRSA": {family: familyRSA, hash: crypto.SHA256, name: "SHA256-RSA"},
		"SHA384withECDSA": {family: familyECDSA, hash: crypto.SHA384, name: "ECDSA-SHA384"},
	} {
		if got := javaAlgorithm(&certificate{algorithm: kind}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestVersionsThatNobodyHas(t *testing.T) {
	t.Parallel()

	for want, contents := range map[int][]byte{1: nil, 3: {2}, 0: {0xff}, 201: {0, 200}, -1: {0x7f, 0xff}} {
		if got := (&certificate{encoding: encoding{version: contents}}).number(); got != want {
			t.Errorf("% x: %d, want %d", contents, got, want)
		}
	}
	if huge := (&certificate{encoding: encoding{version: bytes.Repeat([]byte{0x7f}, 20)}}).number(); huge != -1 {
		t.Errorf("%d", huge)
	}
}
