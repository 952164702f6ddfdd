package truststore_test

import (
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func codes(problems []truststore.Problem) []string {
	var all []string
	for _, p := range problems {
		if !slices.Contains(all, p.Code) {
			all = append(all, p.Code)
		}
	}
	slices.Sort(all)
	return all
}

func TestInspectNamesWhatIsWrong(t *testing.T) {
	t.Parallel()

	changeit := "changeit"
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		store string
		opt   truststore.InspectOptions
		want  []string
		// err is nil for a store that can be listed.
		err error
	}{
		"two good roots have no problem":          {store: "text-two.pem"},
		"a key store opened has no problem":       {store: "keytool-two.pkcs12", opt: truststore.InspectOptions{Password: &changeit}},
		"a web page":                              {store: "text-html.pem", want: []string{truststore.CodeHTMLPage}, err: truststore.ErrUnreadable},
		"an error of S3":                          {store: "text-xml.pem", want: []string{truststore.CodeXMLPage}, err: truststore.ErrUnreadable},
		"a pointer of Git LFS":                    {store: "text-lfs.pem", want: []string{truststore.CodeLFSPointer}, err: truststore.ErrUnreadable},
		"base64 without its frame":                {store: "text-base64-only.pem", want: []string{truststore.CodeBareBase64}, err: truststore.ErrUnreadable},
		"an empty file":                           {store: "text-empty.pem", err: truststore.ErrUnreadable},
		"a file cut off in its only certificate":  {store: "text-truncated-one.pem", want: []string{truststore.CodeTruncated}, err: truststore.ErrUnreadable},
		"a certificate cut off in DER":            {store: "broken-half-der-root-rsa.der", want: []string{truststore.CodeTruncated}, err: truststore.ErrUnreadable},
		"a PKCS#7 cut off":                        {store: "broken-half-pkcs7-two.der.p7b", want: []string{truststore.CodeTruncated}, err: truststore.ErrUnreadable},
		"a repeated certificate":                  {store: "text-duplicate.pem", want: []string{truststore.CodeDuplicateEntry}},
		"a wrong password":                        {store: "keytool-two.jks", opt: truststore.InspectOptions{Password: new("wrong!")}, err: truststore.ErrWrongPassword},
		"a wrong password of a PKCS#12":           {store: "keytool-two.pkcs12", opt: truststore.InspectOptions{Password: new("wrong!")}, err: truststore.ErrWrongPassword},
		"no password for an encrypted PKCS#12":    {store: "keytool-two.pkcs12", want: []string{truststore.CodeNullPassword}},
		"a PKCS#12 written by openssl":            {store: "p12-nokeys-default.p12", opt: truststore.InspectOptions{Password: &changeit}, want: []string{truststore.CodeJavaTakesLess, truststore.CodeWithoutTrustAttribute}},
		"a private key in a key store":            {store: "keytool-key.jks", opt: truststore.InspectOptions{Password: &changeit}, want: []string{truststore.CodeJavaTakesLess, truststore.CodePrivateKey}},
		"a private key in a text":                 {store: "pem-key-pkcs8.pem", want: []string{truststore.CodeJavaTakesLess, truststore.CodePrivateKey}},
		"an anchor that has ended":                {store: "pem-root-expired.pem", opt: truststore.InspectOptions{At: now}, want: []string{truststore.CodeAnchorExpired}},
		"an anchor that ends soon":                {store: "pem-server.pem", opt: truststore.InspectOptions{At: now, MinimumValidity: 100 * 365 * 24 * time.Hour}, want: []string{truststore.CodeAnchorExpiring, truststore.CodeServerCertificate}},
		"a subordinate CA alone":                  {store: "pem-sub.pem", want: []string{truststore.CodeSubordinate}},
		"a server certificate alone":              {store: "pem-server.pem", want: []string{truststore.CodeServerCertificate}},
		"a key of 1024 bits":                      {store: "pem-root-1024.pem", want: []string{truststore.CodeWeakKey}},
		"a root's own SHA-1 signature is no harm": {store: "pem-root-sha1.pem"},
		"UTF-16":                        {store: "text-utf16le.pem", want: []string{truststore.CodeGoTakesLess, truststore.CodeJavaTakesLess, truststore.CodeOpenSSLTakesLess, truststore.CodeUTF16}},
		"escaped line ends":             {store: "text-escaped-newlines.pem", want: []string{truststore.CodeEscapedNewlines, truststore.CodeGoTakesLess, truststore.CodeIgnoredBlock, truststore.CodeJavaTakesLess, truststore.CodeOpenSSLTakesLess}},
		"an alias with capital letters": {store: "go-exact.jks", opt: truststore.InspectOptions{Password: &changeit}, want: []string{truststore.CodeHiddenAlias, truststore.CodeJavaTakesLess}},
		"a broken block":                {store: "text-bad-middle.pem", want: []string{truststore.CodeJavaTakesLess, truststore.CodeOpenSSLTakesLess, truststore.CodeUnreadableCertificate}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			contents, err := truststore.Inspect(store(t, tc.store), tc.opt)

			if !errors.Is(err, tc.err) {
				t.Fatalf("Inspect error = %v, want %v", err, tc.err)
			}
			if diff := cmp.Diff(tc.want, codes(contents.Problems)); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s\n%v", diff, contents.Problems)
			}
			for _, p := range contents.Problems {
				if p.Detail == "" || p.Remedy == "" || strings.Contains(p.Detail, "BEGIN CERTIFICATE") {
					t.Errorf("the problem %s says too little or too much: %q, %q", p.Code, p.Detail, p.Remedy)
				}
			}
		})
	}
}

func TestDetectGoesByContent(t *testing.T) {
	t.Parallel()

	bks := append([]byte{0, 0, 0, 2, 0, 0, 0, 20}, make([]byte, 24)...)
	tests := map[string]struct {
		content []byte
		want    truststore.Format
	}{
		"PEM":           {store(t, "text-two.pem"), truststore.FormatPEM},
		"PEM in UTF-16": {store(t, "text-utf16be.pem"), truststore.FormatPEM},
		"DER":           {store(t, "der-root-rsa.der"), truststore.FormatDER},
		"PKCS#7":        {store(t, "pkcs7-two.der.p7b"), truststore.FormatPKCS7},
		"PKCS#7 in BER": {store(t, "pkcs7-stream.der.p7b"), truststore.FormatPKCS7},
		"PKCS#12":       {store(t, "keytool-two.pkcs12"), truststore.FormatPKCS12},
		"JKS":           {store(t, "keytool-two.jks"), truststore.FormatJKS},
		"JCEKS":         {store(t, "keytool-two.jceks"), truststore.FormatJCEKS},
		"a directory":   {truststore.Directory{"a": nil}.Archive(), truststore.FormatDirectory},
		"BKS":           {append(bks, 1, 0, 1, 'a'), truststore.FormatBKS},
		"UBER":          {append(bks, 0xff, 0xff, 0xff, 0), truststore.FormatUBER},
		"nothing":       {nil, truststore.FormatUnknown},
		"a web page":    {store(t, "text-html.pem"), truststore.FormatUnknown},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := truststore.Detect(tc.content); got != tc.want {
				t.Errorf("Detect = %s, want %s", got, tc.want)
			}
		})
	}
}

func TestInspectRefusesBouncyCastleByName(t *testing.T) {
	t.Parallel()

	content := append(append([]byte{0, 0, 0, 2, 0, 0, 0, 20}, make([]byte, 24)...), 1, 0, 1, 'a')
	contents, err := truststore.Inspect(content, truststore.InspectOptions{})
	if !errors.Is(err, truststore.ErrUnsupportedFormat) || !strings.Contains(err.Error(), "bks") || contents.Format != truststore.FormatBKS {
		t.Errorf("Inspect = %s, %v; want BKS refused by its name", contents.Format, err)
	}
}

func TestMissingRootsAreThoseOfTheRegion(t *testing.T) {
	t.Parallel()

	contents, err := truststore.Inspect(store(t, "text-two.pem"), truststore.InspectOptions{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, ca := range contents.MissingRoots {
		missing = append(missing, ca.Identifier)
	}
	slices.Sort(missing)
	if diff := cmp.Diff([]string{"rds-ca-ecc384-g1", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1"}, missing); diff != "" {
		t.Errorf("missing roots differ (-want +got):\n%s", diff)
	}
}

func TestEachValidatorHasItsOwnAnchors(t *testing.T) {
	t.Parallel()

	contents, err := truststore.Inspect(store(t, "text-bad-middle.pem"), truststore.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := []int{len(contents.Anchors.OpenSSL), len(contents.Anchors.Java), len(contents.Anchors.Go)}
	if diff := cmp.Diff([]int{0, 0, 2}, got); diff != "" {
		t.Errorf("anchors of OpenSSL, Java, Go (-want +got):\n%s", diff)
	}
}

// loaded returns certificates of the corpus by name.
func loaded(t *testing.T, all ...string) []*x509.Certificate {
	t.Helper()
	certificates := make([]*x509.Certificate, len(all))
	for i, name := range all {
		certificates[i] = certificate(t, name)
	}
	return certificates
}
