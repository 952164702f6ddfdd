package truststore_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestWhatOddContentIs: each is close to something that is recognized.
func TestWhatOddContentIs(t *testing.T) {
	t.Parallel()

	uber := func(version, salt byte, rest ...byte) string {
		return string(slices.Concat([]byte{0, 0, 0, version, 0, 0, 0, salt}, make([]byte, 24), rest))
	}
	const base64 = "MIIB/w+A="
	const (
		unknown = "unknown; unreadable: it is not a trust store in any known format []"
		html    = "unknown; html_page; unreadable: it is a web page, such as the error page of a failed download []"
		xml     = "unknown; xml_page; unreadable: it is an XML document, such as the error message of a failed S3 download []"
		lfs     = "unknown; git_lfs_pointer; unreadable: it is a Git LFS pointer, not the file itself []"
		bare    = "unknown; bare_base64; unreadable: it is base64 without BEGIN and END lines []"
		cut     = "unknown; truncated; unreadable: it is not a trust store in any known format []"
		other   = "; format of the trust store is not supported: it is a key store of the Bouncy Castle provider ("
		convert = "), which keytool -importkeystore can convert []"
	)
	for name, tc := range map[string]struct{ content, want string }{
		"a page with a doctype":             {" \n<!DOCTYPE html>", html},
		"a page":                            {"<HTML>", html},
		"a page behind words":               {"x<html>", html},
		"a page far behind words":           {strings.Repeat("x", 1025) + "<html>", unknown},
		"XML":                               {"<?xml", xml},
		"an error":                          {"<Error>", xml},
		"an error behind words":             {"x<Error>", unknown},
		"a pointer":                         {"version https://git-lfs.github.com/spec/v1", lfs},
		"a pointer behind words":            {"x version https://git-lfs.github.com/spec/v1", unknown},
		"base64":                            {base64, bare},
		"base64 with a hyphen":              {base64 + "-", unknown},
		"base64 of something else":          {"x" + base64, unknown},
		"nothing":                           {"", "unknown; unreadable: it is empty []"},
		"a blank":                           {" ", unknown},
		"BKS":                               {uber(2, 20, 4, 0, 2), "bks" + other + "bks" + convert},
		"BKS of version 1":                  {uber(1, 20, 0, 0, 0, 'a'), "bks" + other + "bks" + convert},
		"UBER, no kind of entry":            {uber(1, 20, 5, 0, 2, 0), "uber" + other + "uber" + convert},
		"UBER, an alias longer than all":    {uber(1, 20, 4, 0, 4, 0), "uber" + other + "uber" + convert},
		"a version of neither":              {uber(3, 20, 4, 0, 2, 0), unknown},
		"a salt of neither":                 {uber(2, 21, 4, 0, 2, 0), unknown},
		"too short for either":              {uber(2, 20, 4, 0), unknown},
		"BCFKS":                             {string(store(t, "bc-bcfks.bcfks")), "bcfks" + other + "bcfks" + convert},
		"a revocation list":                 {string(store(t, "der-crl.crl")), "der; unreadable: it is a revocation list []"},
		"a sequence of nothing":             {"\x30\x00", unknown},
		"a sequence of no known type":       {"\x30\x02\x04\x00", unknown},
		"a sequence of a number":            {"\x30\x03\x02\x01\x03", unknown},
		"a number and a text":               {"\x30\x05\x02\x01\x03\x0c\x00", unknown},
		"another number and a sequence":     {"\x30\x05\x02\x01\x04\x30\x00", unknown},
		"a longer number and a sequence":    {"\x30\x06\x02\x02\x03\x00\x30\x00", unknown},
		"three and a sequence":              {"\x30\x05\x02\x01\x03\x30\x00", "pkcs12; unreadable: it is a PKCS#12 store that is signed instead of being protected by a password [public key protected PKCS12 not supported]"},
		"an identifier":                     {"\x30\x02\x06\x00", "pkcs7; unreadable: it is a PKCS#7 file without readable certificates []"},
		"an identifier, cut off":            {"\x30\x04\x06\x00", cut},
		"an identifier, then open":          {"\x30\x06\x06\x00\x30\x80\x05\x00", "pkcs7; unreadable: it is a PKCS#7 file without readable certificates []"},
		"a sequence of sequences":           {"\x30\x06\x30\x04\x30\x02\x05\x00", "der; unreadable: it is not a certificate, or it is cut off []"},
		"a sequence and octets":             {"\x30\x06\x30\x04\x05\x00\x04\x00", "der; unreadable: it is not a certificate, or it is cut off []"},
		"a set":                             {"\x31\x02\x06\x00", unknown},
		"hyphens without BEGIN":             {"-----END CERTIFICATE-----", unknown},
		"another key store than JKS":        {"\xfe\xed\xfe\xee", unknown},
		"less than the beginning of a JKS":  {"\xfe\xed\xfe", unknown},
		"the beginning of a JKS, cut off":   {"\xfe\xed\xfe\xed", "jks; unreadable: it ends within its header []"},
		"the beginning of a JCEKS, cut off": {"\xce\xce\xce\xce", "jceks; unreadable: it ends within its header []"},
		"the beginning of a directory":      {"sslready trust store directory 1\x00", "directory; trust store contains no usable trust anchor: no file in the directory is named after the hash of its own certificate's subject []"},
		"the beginning of one and no file":  {"sslready trust store directory 1\x00x", "directory; unreadable: it is not an archive of a directory []"},
		"most of the beginning of one":      {"sslready trust store directory 1", unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := inspected(nil)([]byte(tc.content)); got != tc.want {
				t.Errorf("%s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()

	want := []truststore.Format{"auto", "pem", "der", "pkcs7", "pkcs12", "jks", "jceks", "directory"}
	if got := truststore.Formats(); !slices.Equal(got, want) {
		t.Errorf("formats %v, want %v", got, want)
	}
}

// TestInspectByAName: a format that is named is believed.
func TestInspectByAName(t *testing.T) {
	t.Parallel()

	der := certificate(t, "root-ec").Raw
	for format, want := range map[truststore.Format]string{
		truststore.FormatDER: "", truststore.FormatAuto: "", "": "",
		truststore.FormatPEM:     "it holds no certificate that can be read",
		truststore.FormatPKCS7:   "it is a PKCS#7 file without readable certificates",
		truststore.FormatPKCS12:  "it is not a PKCS#12 store of version 3",
		truststore.FormatJKS:     "it is not a PKCS#12 store of version 3",
		truststore.FormatUnknown: "it is not a trust store in any known format",
		"other":                  "there is no format with this name",
	} {
		_, err := truststore.Inspect(der, truststore.InspectOptions{Format: format})
		if (want == "") != (err == nil) || err != nil && !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%q: %v, want %q", format, err, want)
		}
	}
}
