package truststore_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestHowNettyAndVertxReadText: neither cares for lines, and each has its own
// idea of what belongs together.
func TestHowNettyAndVertxReadText(t *testing.T) {
	t.Parallel()

	ec := certificate(t, "root-ec").Raw
	one := string(inPEM(t, certificate(t, "root-ec")))
	data := base64.StdEncoding.EncodeToString(ec)
	key := "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	around := func(begin, body, end string) string { return begin + "\n" + body + "\n" + end + "\n" }
	const (
		begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
		good       = "v3 26 46 3 3 ECDSA CA"
		none       = "unreadable: no certificate was found in it [found no certificates in input stream]"
		empty      = "unreadable: the file is empty [found no certificates in input stream]"
		broken     = "unreadable: the content is shorter than the length that it states (near line 3); Java then reads nothing from the file [Incomplete BER/DER data]"
		noInput    = "unreadable: the file is empty [Could not parse certificate: java.io.IOException: Empty input]"
		noBegin    = "unreadable: no certificate was found in it [Missing -----BEGIN CERTIFICATE----- delimiter]"
		noEnd      = "unreadable: a BEGIN line has no END line of its own [Missing -----END CERTIFICATE----- delimiter]"
		before     = "unreadable: an END line comes before its BEGIN line []"
		noBody     = "unreadable: a block is empty [Empty pem file]"
		noBase64   = "unreadable: a block is not plain base64 []"
	)
	for name, tc := range map[string]struct{ content, netty, vertx string }{
		"one":                      {one, good, good},
		"twice":                    {one + one, good + "; duplicate_entry", good + "; duplicate_entry"},
		"nothing":                  {"", empty, "unreadable: the file is empty [Missing -----BEGIN CERTIFICATE----- delimiter]"},
		"text":                     {"text", none, noBegin},
		"after a key":              {key + one, good, good},
		"a key alone":              {key, none, noBegin},
		"on one line":              {begin + data + end, none, good},
		"on one line with a blank": {begin + " " + data + end, good, good},
		"without an end":           {begin + "\n" + data, none, noEnd},
		"one, and one without":     {one + begin + "\n" + data, good, noEnd},
		"one, and a BEGIN line":    {one + begin + "\n", good, noEnd},
		"another END line":         {around(begin, data, "-----END X CERTIFICATE-----"), good, noEnd},
		"another label":            {around("-----BEGIN X CERTIFICATE-----", data, "-----END X CERTIFICATE-----"), good, noBegin},
		"small letters":            {around("-----begin certificate-----", data, "-----end certificate-----"), none, noBegin},
		"one hyphen":               {around("-BEGIN CERTIFICATE-", data, "-END CERTIFICATE-"), good, noBegin},
		"an END line first":        {end + "\n" + one, good, before},
		"an END line between":      {one + end + "\n" + one, good + "; duplicate_entry", before},
		"no data":                  {begin + "\n" + end + "\n", none, noBody},
		"blanks in the data":       {around(begin, data[:100]+" "+data[100:], end), broken, good},
		"a hyphen in the data":     {around(begin, data[:100]+"-"+data[100:], end), broken, noBase64},
		"data of four letters":     {around(begin, "AAAA", end), "unreadable: no certificate was found in it [Could not parse certificate: java.io.IOException: Empty input]", "unreadable: no certificate was found in it [No certificate data found]"},
		"data of one letter":       {around(begin, "A", end), noInput, noBase64},
		"padding in the middle":    {around(begin, data+"AAA=AAAA", end), good, noBase64},
		"a digit of the label":     {around("-----BEGIN CERTIFICATE2-----", data, "-----END CERTIFICATE2-----"), good, noBegin},
		"no label":                 {around("-----BEGIN -----", data, "-----END -----"), none, noBegin},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for reader, want := range map[truststore.Reader]string{truststore.NettyPEM: tc.netty, truststore.VertxPEM: tc.vertx} {
				if got := by(truststore.Options{Reader: reader})([]byte(tc.content)); got != want {
					t.Errorf("reader %d: %s\nwant %s", reader, got, want)
				}
			}
		})
	}
}

// TestHowDotNetReadsText: blocks by the lax rules of RFC 7468.
func TestHowDotNetReadsText(t *testing.T) {
	t.Parallel()

	one := string(inPEM(t, certificate(t, "root-ec")))
	labelled := func(label string) string { return strings.ReplaceAll(one, "CERTIFICATE", label) }
	const (
		good   = "v3 26 46 3 3 ECDSA CA"
		none   = "unreadable: no certificate was found in it []"
		broken = "unreadable: a CERTIFICATE block holds no certificate [The certificate contents do not contain a PEM with a CERTIFICATE label, or the content is malformed.]"
	)
	utf16 := func(text string, first, second byte) string {
		out := []byte{first, second}
		for _, c := range []byte(text) {
			if first == 0xff {
				out = append(out, c, 0)
			} else {
				out = append(out, 0, c)
			}
		}
		return string(out)
	}
	for name, tc := range map[string]struct{ content, want string }{
		"one":                              {one, good},
		"DER":                              {string(certificate(t, "root-ec").Raw), good},
		"DER that Go does not decode":      {string(certificate(t, "root-brainpool").Raw), none},
		"a block of an odd one":            {string(inPEM(t, certificate(t, "root-brainpool"))), "v3 26 46 1 3 ECDSA CA"},
		"text before BEGIN":                {"x" + one, none},
		"a blank before BEGIN":             {"x " + one, good},
		"a tab before BEGIN":               {"x\t" + one, good},
		"a carriage return before BEGIN":   {"x\r" + one, good},
		"text after END":                   {strings.TrimSpace(one) + "xx", none},
		"one letter after END":             {strings.TrimSpace(one) + "x", good},
		"a blank after END":                {strings.TrimSpace(one) + " xx", good},
		"BEGIN alone":                      {"-----BEGIN CERTIFICATE", none},
		"BEGIN twice":                      {"-----BEGIN CERTIFICATE-----\n" + one, good},
		"another END":                      {strings.Replace(one, "END C", "END D", 1), none},
		"a label of two words":             {labelled("A B") + one, good + "; ignored_block"},
		"a label with a hyphen":            {labelled("A-B") + one, good + "; ignored_block"},
		"a label of two hyphens":           {labelled("A--B") + one, good},
		"an END line cut off":              {one + "-----END CERTIFICATE", good},
		"a label of two blanks":            {labelled("A  B") + one, good},
		"a label that ends in a blank":     {labelled("A ") + one, good},
		"a label that begins with a blank": {labelled(" A") + one, good},
		"no label":                         {labelled("") + one, good + "; ignored_block"},
		"a label with a tilde":             {labelled("A~") + one, good + "; ignored_block"},
		"a label with a tab":               {labelled("A\t") + one, good},
		"a label with a DEL":               {labelled("A\x7f") + one, good},
		"a hyphen in the data":             {strings.Replace(one, "MII", "M-I", 1), none},
		"data of four letters":             {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", broken},
		"a byte too many":                  {string(bytes.Replace([]byte(one), []byte("MIIB"), []byte("MIIA"), 1)), broken},
		"a certificate and a byte":         {string(trailing(t)), broken},
		"UTF-8 with a mark":                {"\xef\xbb\xbf" + one, good},
		"UTF-16, big endian":               {utf16(one, 0xfe, 0xff), good},
		"UTF-16, little endian":            {utf16(one, 0xff, 0xfe), good},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := by(truststore.Options{Reader: truststore.DotNetPEM})([]byte(tc.content)); got != tc.want {
				t.Errorf("%s\nwant %s", got, tc.want)
			}
		})
	}
}

// trailing is a block with a byte after the certificate.
func trailing(t *testing.T) []byte {
	t.Helper()
	data := base64.StdEncoding.EncodeToString(append(bytes.Clone(certificate(t, "root-ec").Raw), 0))
	return []byte("-----BEGIN CERTIFICATE-----\n" + data + "\n-----END CERTIFICATE-----\n")
}
