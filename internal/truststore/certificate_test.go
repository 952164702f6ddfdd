package truststore_test

import (
	"crypto/x509"
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// spoiledWay returns the certificate with one element spoiled.
func spoiledWay(t *testing.T, der []byte, what string) []byte {
	t.Helper()
	spoiled, there := elements.Spoiled(der, elements.Never)[what]
	if !there {
		t.Fatalf("nothing is %q", what)
	}
	return spoiled
}

func TestIsBER(t *testing.T) {
	t.Parallel()

	der := certificate(t, "root-ec").Raw
	for name, tc := range map[string]struct {
		content []byte
		want    bool
	}{
		"DER":                              {der, false},
		"DER and more":                     {slices.Concat(der, []byte{1}), false},
		"DER cut off":                      {der[:len(der)-1], false},
		"an indefinite length":             {spoiledWay(t, der, "all open"), true},
		"an indefinite length without end": {spoiledWay(t, der, "all open")[:len(der)-1], false},
		"an indefinite length inside":      {spoiledWay(t, der, "0.4 open"), false},
		"a length with a zero before it":   {spoiledWay(t, der, "all wide"), true},
		"a tag of several octets":          {[]byte("\x3f\x80\x00\x00"), false},
		"a length cut off":                 {[]byte("\x30\x84\x01"), false},
		"text":                             {[]byte("text"), false},
		"nothing":                          {nil, false},
	} {
		if got := truststore.IsBER(slices.Clip(tc.content)); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}

// TestWhoDecodesACertificate: the one with surplus elements is decoded by Go,
// and is not known to be by the others.
func TestWhoDecodesACertificate(t *testing.T) {
	t.Parallel()

	der := certificate(t, "root-ec").Raw
	surplus, err := x509.ParseCertificate(spoiledWay(t, der, "0.7.0.0 more"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		certificate   *x509.Certificate
		openssl, java bool
	}{
		"a good one":              {certificate(t, "root-ec"), true, true},
		"one with an odd key":     {certificate(t, "root-brainpool"), true, true},
		"an element too many":     {surplus, false, true},
		"bytes after it":          {&x509.Certificate{Raw: slices.Concat(der, []byte{0})}, true, true},
		"a part of one":           {&x509.Certificate{Raw: der[:100]}, false, false},
		"a key unknown to Java":   {&x509.Certificate{Raw: spoiledWay(t, certificate(t, "root-brainpool").Raw, "0.6.0.1 other")}, true, false},
		"another type of element": {&x509.Certificate{Raw: spoiledWay(t, der, "all tag")}, false, false},
		"no subject public key":   {&x509.Certificate{Raw: spoiledWay(t, der, "0.6 gone")}, false, false},
	} {
		if openssl, java := truststore.ReadableByOpenSSL(tc.certificate), truststore.ReadableByJava(tc.certificate); openssl != tc.openssl || java != tc.java {
			t.Errorf("%s: OpenSSL %t, Java %t; want %t, %t", name, openssl, java, tc.openssl, tc.java)
		}
	}
}

// TestWhatIsCriticalToJava: it decodes a critical extension, and keeps any other
// as it is.
func TestWhatIsCriticalToJava(t *testing.T) {
	t.Parallel()

	extended := func(number, critical byte, contents ...byte) []byte {
		good := elements.Read(certificate(t, "root-brainpool").Raw, elements.Never)
		extension := good.At([]int{0, 7, 0, 2})
		extension.Parts[0].Contents = []byte{0x55, 0x1d, number}
		extension.Parts[1].Contents, extension.Parts[2] = []byte{critical}, elements.Element{Head: 0x04, Contents: contents}
		return good.Encode()
	}
	constraints := func(critical byte, contents ...byte) []byte { return extended(19, critical, contents...) }
	for name, tc := range map[string]struct {
		der  []byte
		want bool
	}{
		"good":                       {constraints(0xff, 0x30, 3, 1, 1, 0xff), true},
		"empty":                      {constraints(0xff, 0x30, 0), true},
		"with a limit":               {constraints(0xff, 0x30, 6, 1, 1, 0xff, 2, 1, 5), true},
		"with a limit of four bytes": {constraints(0xff, 0x30, 9, 1, 1, 0xff, 2, 4, 5, 5, 5, 5), true},
		"with a limit of five bytes": {constraints(0xff, 0x30, 10, 1, 1, 0xff, 2, 5, 5, 5, 5, 5, 5), false},
		"with a limit of none":       {constraints(0xff, 0x30, 5, 1, 1, 0xff, 2, 0), false},
		"with more than a limit":     {constraints(0xff, 0x30, 8, 1, 1, 0xff, 2, 1, 5, 5, 0), true},
		"with a limit alone":         {constraints(0xff, 0x30, 3, 2, 1, 5), true},
		"another type":               {constraints(0xff, 0x31, 3, 1, 1, 0xff), false},
		"two octets":                 {constraints(0xff, 0x30, 4, 1, 2, 0xff, 0xff), false},
		"cut off inside":             {constraints(0xff, 0x30, 3, 1, 2, 0xff), false},
		"cut off":                    {constraints(0xff, 0x30, 4, 1, 1, 0xff), false},
		"cut off, not critical":      {constraints(0, 0x30, 4, 1, 1, 0xff), true},
		"names":                      {extended(18, 0xff, 0x30, 3, 0x82, 1, 'x'), true},
		"names in a set":             {extended(18, 0xff, 0x31, 3, 0x82, 1, 'x'), false},
		"no names":                   {extended(18, 0xff, 0x30, 0), false},
		"names without a kind":       {extended(18, 0xff, 0x30, 3, 0x0c, 1, 'x'), false},
		"names cut off":              {extended(18, 0xff, 0x30, 3, 0x82, 2, 'x'), false},
		"names, not critical":        {extended(18, 0, 0x30, 0), true},
		"a use":                      {extended(15, 0xff, 3, 2, 1, 6), true},
		"a use in octets":            {extended(15, 0xff, 4, 2, 1, 6), false},
		"a use of no bits":           {extended(15, 0xff, 3, 0), false},
		"two of them":                {constraints(0xff, 0x30, 3, 1, 1, 0xff, 0x30, 0), false},
	} {
		if got := truststore.ReadableByJava(&x509.Certificate{Raw: tc.der}); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}

// TestSerialNumbers: OpenSSL takes no needless octet, Java does.
func TestSerialNumbers(t *testing.T) {
	t.Parallel()

	for contents, want := range map[string][2]bool{
		"": {false, false}, "\x00": {true, true}, "\x00\x01": {false, true}, "\x00\x80": {true, true}, "\x01\x01": {true, true},
		"\xff": {true, true}, "\xff\x7f": {true, true}, "\xff\x80": {false, true}, "\xfe\x80": {true, true},
	} {
		good := elements.Read(certificate(t, "root-brainpool").Raw, elements.Never)
		good.At([]int{0, 1}).Contents = []byte(contents)
		c := &x509.Certificate{Raw: good.Encode()}
		if got := [2]bool{truststore.ReadableByOpenSSL(c), truststore.ReadableByJava(c)}; got != want {
			t.Errorf("%x: OpenSSL and Java %t, want %t", contents, got, want)
		}
	}
}
