package truststore_test

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// hashes are what X509_NAME_hash of libcrypto 3.0.19 gives for a common name of
// each type, by the identifier octet, with the values of [TestHashesOfNames];
// it decodes no other types, but for strings in pieces, which are not read here.
const hashes = `
3 none none c24dcf2b 48b593d1 aa2d3886 043293a3 6f501fcd
7 ea50d8ec 1c5a6718 d61ee384 b24b0d01 eeb730e2 bf19b7a8 20a6f206
8 f426c35e ee3889a6 a8c68e78 0cd411cb 4e92bf36 2f4eb3cc 9a81cd6e
9 6423f032 edc63ea5 9fb4beba 041ebd2f b85ed138 19044e52 8de50ab4
11 c1a47b86 025222da f02ef603 763b2a9b b25aaf3c a8aed4b2 738a2a25
12 none 29fe7057 none e81897f8 none f345c1cc 1e5e72cd
13 b08a26eb 7b6836bb 33459df9 8969c4d5 689c7d1f af698ea9 275f3012
14 cf322533 1a761f1e 4d5bbfd1 d3345aed 81250520 2650551e 62a5dc7d
15 7e8f1afb 12109e6f fc3ddfa5 ca6a8318 bcafa816 a4e7174a b690ce41
18 df8b719e 48913ac4 bb765364 6dfc2a98 05b24f3d 061d5469 cd97e7e5
19 1c1edab6 7a964271 96923aac e81897f8 7ede1a0b f345c1cc 1e5e72cd
20 1c1edab6 7a964271 96923aac e81897f8 7ede1a0b f345c1cc 1e5e72cd
22 1c1edab6 7a964271 96923aac e81897f8 7ede1a0b f345c1cc 1e5e72cd
28 none none none none c300bd06 none none
29 29a1c9f6 8056f44c 6a2a63a1 bd6cc81e a09f95dd f6a8c44d e8cccfbb
30 9024ebb6 567276a0 none none e6dd12a2 48a0e562 none
48 75fe4528 8ee076d8 d5faba32 36affb09 4c431aa6 6d8181ec b327690c
`

// TestHashesOfNames: which values OpenSSL decodes in a name, and what it makes
// of them.
func TestHashesOfNames(t *testing.T) {
	t.Parallel()

	values := []string{
		" Ab\t\r c\x85\x0e ", "Zz@[`{\xc3\x84", "\x00A\x00 \x00\n\x00 \xd8\x3d\xde\x00", "\x00A\x00 \x00",
		"\x00\x00\x00A\x00\x00\x00 \x00\x00\x20\xac", "\x05\x00", "\x00\x41\x00",
	}
	want := make(map[byte][]string)
	for line := range strings.Lines(strings.TrimSpace(hashes)) {
		var head byte
		fields := strings.Fields(line)
		if _, err := fmt.Sscan(fields[0], &head); err != nil {
			t.Fatal(err)
		}
		want[head] = fields[1:]
	}
	for head := byte(1); head != 0; head++ {
		if head&0x1f == 0x1f || head&0xe0 == 0xe0 {
			continue
		}
		for i, value := range values {
			attribute := elements.Element{Head: 0x30, Parts: []elements.Element{commonName, {Head: head, Contents: []byte(value)}}}
			got, wanted := hashOf(attribute), "none"
			if there := want[head]; there != nil {
				wanted = there[i]
			}
			if got != wanted {
				t.Errorf("type %d, value %q: hash %s, want %s", head, value, got, wanted)
			}
		}
	}
}

var commonName = elements.Element{Head: 0x06, Contents: []byte{0x55, 0x04, 0x03}}

// hashOf is the hash of a name of one part; "none" where OpenSSL cannot decode
// it.
func hashOf(attributes ...elements.Element) string {
	name := elements.Element{Head: 0x30, Parts: []elements.Element{{Head: 0x31, Parts: attributes}}}
	der := name.Encode()
	if parts, ok := asn.ReadName(der); !ok || !parts.ReadableByOpenSSL() {
		return "none"
	}
	return truststore.NameHash(&x509.Certificate{RawSubject: der})
}

// TestHashesOfNameParts: two attributes of a part are a set, and have no order.
func TestHashesOfNameParts(t *testing.T) {
	t.Parallel()

	attribute := func(text string) elements.Element {
		return elements.Element{Head: 0x30, Parts: []elements.Element{commonName, {Head: 0x0c, Contents: []byte(text)}}}
	}
	for name, tc := range map[string]struct {
		attributes []elements.Element
		want       string
	}{
		"b and a": {[]elements.Element{attribute("b"), attribute("a")}, "3881cc6b"},
		"a and b": {[]elements.Element{attribute("a"), attribute("b")}, "3881cc6b"},
		"none":    {nil, "eea339da"},
	} {
		if got := hashOf(tc.attributes...); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	if got := truststore.NameHash(&x509.Certificate{RawSubject: []byte{0x30, 0x01}}); got != "00000000" {
		t.Errorf("of no name: %s", got)
	}
}
