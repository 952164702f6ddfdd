package truststore_test

import (
	"crypto/x509"
	"math/big"
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestRSAKeysOfJava: Java 17 was asked about each.
func TestRSAKeysOfJava(t *testing.T) {
	t.Parallel()

	power := func(bits uint) []byte { // a number of so many bits
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return append([]byte{0}, n.SetBit(n, 0, 1).Bytes()...)
	}
	for name, tc := range map[string]struct {
		n, e []byte
		want bool
	}{
		"the shortest":                 {power(505), []byte{3}, true},
		"too short":                    {power(504), []byte{3}, false},
		"the longest":                  {power(16384), []byte{3}, true},
		"too long":                     {power(16385), []byte{3}, false},
		"an exponent of two":           {power(2048), []byte{2}, false},
		"an exponent as the modulus":   {power(512), power(512), false},
		"an exponent of 65 bits":       {power(3072), power(65), true},
		"an exponent of 65 bits, long": {power(3073), power(65), false},
		"an exponent of 64 bits, long": {power(3073), power(64), true},
		"no modulus":                   {nil, []byte{3}, false},
		"a modulus of zero":            {[]byte{0}, []byte{3}, false},
	} {
		good := elements.Read(certificate(t, "root-exponent3").Raw, elements.Never)
		key := good.At([]int{0, 6, 1, 0})
		key.Parts[0].Contents, key.Parts[1].Contents = tc.n, tc.e
		if got := truststore.ReadableByJava(&x509.Certificate{Raw: good.Encode()}); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}

// TestSubjectsWithoutNames: Java wants a critical alternative name then.
func TestSubjectsWithoutNames(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		number, critical byte
		want             bool
	}{
		"an alternative name":               {17, 0xff, true},
		"an alternative name, not critical": {17, 0, false},
		"an issuer's alternative name":      {18, 0xff, false},
	} {
		good := elements.Read(certificate(t, "root-brainpool").Raw, elements.Never)
		good.At([]int{0, 5}).Parts = nil
		extension := good.At([]int{0, 7, 0, 2})
		extension.Parts[0].Contents, extension.Parts[1].Contents = []byte{0x55, 0x1d, tc.number}, []byte{tc.critical}
		extension.Parts[2] = elements.Element{Head: 0x04, Contents: []byte{0x30, 3, 0x82, 1, 'x'}}
		if got := truststore.ReadableByJava(&x509.Certificate{Raw: good.Encode()}); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}

// TestPointsOfJava: a point has the size of its curve, and one octet more does
// no harm. Java 17 was asked about each.
func TestPointsOfJava(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		curve, form byte
		size        int // of the point without its first octet
		want        bool
	}{
		"a point":                      {7, 4, 64, true},
		"an octet more":                {7, 4, 65, true},
		"an octet less":                {7, 4, 63, false},
		"two octets more":              {7, 4, 66, false},
		"compressed":                   {7, 2, 32, false},
		"another form":                 {7, 6, 64, false},
		"another curve":                {9, 4, 64, false},
		"an unknown curve":             {8, 4, 64, false},
		"no point of an unknown curve": {8, 4, 0, false},
	} {
		good := elements.Read(certificate(t, "root-brainpool").Raw, elements.Never)
		curve := good.At([]int{0, 6, 0, 1})
		curve.Contents = append(slices.Clone(curve.Contents[:len(curve.Contents)-1]), tc.curve)
		good.At([]int{0, 6, 1}).Contents = append([]byte{0, tc.form}, make([]byte, tc.size)...)
		if got := truststore.ReadableByJava(&x509.Certificate{Raw: good.Encode()}); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}
