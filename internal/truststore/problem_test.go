package truststore_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// rdsCertificates returns some that AWS publishes: "roots" begins with the
// first of the global bundle.
func rdsCertificates(t *testing.T, name string) []*x509.Certificate {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "rds", name+".pem"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, certificate)
	}
	return all
}

// inJKS writes certificates as keytool imports them.
func inJKS(t *testing.T, certificates ...*x509.Certificate) []byte {
	t.Helper()
	content, err := truststore.EncodeJKS(certificates, new("changeit"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func inPEM(t *testing.T, certificates ...*x509.Certificate) []byte {
	t.Helper()
	content, err := truststore.EncodePEM(certificates)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestEveryProblemIsFound has a store for each code that there is: the code is
// found in it, and not in two good roots.
func TestEveryProblemIsFound(t *testing.T) {
	t.Parallel()

	changeit, now := "changeit", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	roots, rsa := rdsCertificates(t, "roots"), certificate(t, "root-rsa")
	file, hash := inPEM(t, rsa), truststore.NameHash(rsa)
	directory := func(names ...string) []byte {
		all := make(truststore.Directory)
		for _, name := range names {
			all[name] = file
		}
		return all.Archive()
	}
	open := truststore.InspectOptions{Password: &changeit}
	tests := map[string]struct {
		content []byte
		opt     truststore.InspectOptions
		// reader is the one that has the problem, where it is none of Inspect's.
		reader truststore.Reader
	}{
		truststore.CodeAnchorExpired:         {content: store(t, "pem-root-expired.pem"), opt: truststore.InspectOptions{At: now}},
		truststore.CodeAnchorExpiring:        {content: file, opt: truststore.InspectOptions{At: now, MinimumValidity: 50 * 365 * 24 * time.Hour}},
		truststore.CodeBareBase64:            {content: store(t, "text-base64-only.pem")},
		truststore.CodeBundleFirstOnly:       {content: inJKS(t, roots[0]), opt: open},
		truststore.CodeByteOrderMark:         {content: store(t, "text-bom.pem")},
		truststore.CodeDuplicateEntry:        {content: store(t, "text-duplicate.pem")},
		truststore.CodeEmptyStore:            {content: store(t, "java-empty.jks")},
		truststore.CodeEscapedNewlines:       {content: store(t, "text-escaped-newlines.pem")},
		truststore.CodeGoTakesLess:           {content: store(t, "pem-trusted.pem")},
		truststore.CodeHiddenAlias:           {content: store(t, "go-exact.jks")},
		truststore.CodeHTMLPage:              {content: store(t, "text-html.pem")},
		truststore.CodeIgnoredBlock:          {content: store(t, "text-unknown-middle.pem")},
		truststore.CodeIndented:              {content: store(t, "text-indented.pem")},
		truststore.CodeJavaTakesLess:         {content: store(t, "text-bad-last.pem")},
		truststore.CodeLFSPointer:            {content: store(t, "text-lfs.pem")},
		truststore.CodeLostBlock:             {content: store(t, "text-no-end.pem"), reader: truststore.OpenSSLFile},
		truststore.CodeMoreProblems:          {content: bytes.Repeat(store(t, "text-bad-middle.pem"), 200)},
		truststore.CodeNotHashed:             {content: directory("root.pem")},
		truststore.CodeNullPassword:          {content: store(t, "keytool-two.pkcs12")},
		truststore.CodeOnlyFirst:             {content: store(t, "text-two.pem"), reader: truststore.NativeTLSPEM},
		truststore.CodeOpenSSLTakesLess:      {content: store(t, "der-root-rsa.der")},
		truststore.CodePrivateKey:            {content: store(t, "p12-keyonly.p12"), opt: open},
		truststore.CodeReadingStopped:        {content: store(t, "text-bad-middle.pem"), reader: truststore.NodeCA},
		truststore.CodeReplacedEntry:         {content: store(t, "go-same-modern2023.p12"), opt: open},
		truststore.CodeRetiredRDSCA:          {content: inPEM(t, rdsCertificates(t, "subordinate")...), opt: truststore.InspectOptions{At: now.AddDate(5, 0, 0)}},
		truststore.CodeServerCertificate:     {content: store(t, "pem-server.pem")},
		truststore.CodeSubordinate:           {content: inPEM(t, rdsCertificates(t, "subordinate")...)},
		truststore.CodeTrailingData:          {content: store(t, "text-trailing-der.pem"), reader: truststore.OpenSSLFile},
		truststore.CodeTruncated:             {content: store(t, "text-truncated-last.pem")},
		truststore.CodeUnreachableFile:       {content: directory(hash+".0", hash+".2")},
		truststore.CodeUnreadableCertificate: {content: store(t, "text-bad-middle.pem")},
		truststore.CodeUnusualCertificate:    {content: store(t, "pem-root-brainpool.pem")},
		truststore.CodeUTF16:                 {content: store(t, "text-utf16be.pem")},
		truststore.CodeWeakKey:               {content: store(t, "pem-root-1024.pem")},
		truststore.CodeWeakSignature:         {content: store(t, "pem-sub-sha1.pem")},
		truststore.CodeWithoutTrustAttribute: {content: store(t, "p12-nokeys-default.p12"), opt: open},
		truststore.CodeWrongHash:             {content: directory("00000000.0", hash+".0")},
		truststore.CodeWrongRegion:           {content: inPEM(t, roots[0]), opt: truststore.InspectOptions{Region: "us-east-1"}},
		truststore.CodeXMLPage:               {content: store(t, "text-xml.pem")},
	}
	if diff := cmp.Diff(truststore.ProblemCodes(), slices.Sorted(maps.Keys(tests))); diff != "" {
		t.Errorf("codes without a store (-codes +stores):\n%s", diff)
	}
	for code, tc := range tests {
		t.Run(code, func(t *testing.T) {
			t.Parallel()

			found := func(content []byte) []truststore.Problem {
				if tc.reader != truststore.ReaderUnknown {
					taken, _ := truststore.Read(content, truststore.Options{Reader: tc.reader})
					return taken.Problems
				}
				contents, _ := truststore.Inspect(content, tc.opt)
				return contents.Problems
			}
			problems := found(tc.content)
			i := slices.IndexFunc(problems, func(p truststore.Problem) bool { return p.Code == code })
			if i < 0 {
				t.Fatalf("the problem is not found: %v", problems)
			}
			if p := problems[i]; p.Detail == "" || p.Remedy == "" {
				t.Errorf("the problem says too little: %+v", p)
			}
			if code != truststore.CodeOnlyFirst && code != truststore.CodeAnchorExpiring && slices.Contains(codes(found(store(t, "text-two.pem"))), code) {
				t.Error("two good roots have the problem too")
			}
		})
	}
}

// TestOneOrSeveral: what a sentence counts, it counts to its end.
func TestOneOrSeveral(t *testing.T) {
	t.Parallel()

	changeit, file := "changeit", inPEM(t, certificate(t, "root-rsa"))
	begin := []byte("-----BEGIN CERTIFICATE-----\n")
	for name, tc := range map[string]struct {
		reader  truststore.Reader
		content []byte
		want    string
	}{
		"one file":              {truststore.OpenSSLDirectory, truststore.Directory{"a": file}.Archive(), "1 file is not named after the hash of a certificate's subject, so OpenSSL never reads it."},
		"two files":             {truststore.OpenSSLDirectory, truststore.Directory{"a": file, "b": file}.Archive(), "2 files are not named after the hash of a certificate's subject, so OpenSSL never reads them."},
		"one block":             {truststore.GoCertPool, slices.Concat(file, begin), "Go does not recognize 1 BEGIN line as PEM and silently drops the block."},
		"two blocks":            {truststore.GoCertPool, slices.Concat(file, begin, begin), "Go does not recognize 2 BEGIN lines as PEM and silently drops the blocks."},
		"one without the trust": {truststore.JavaKeyStore, store(t, "gnutls-cas.p12"), "1 certificate lacks the attribute trustedKeyUsage, and Java trusts no certificate without it. Either the store was written by openssl, or it was not meant as a trust store."},
		"two without the trust": {truststore.JavaKeyStore, store(t, "p12-nokeys-default.p12"), "2 certificates lack the attribute trustedKeyUsage, and Java trusts no certificate without it. Either the store was written by openssl, or it was not meant as a trust store."},
	} {
		taken, _ := truststore.Read(tc.content, truststore.Options{Reader: tc.reader, Password: &changeit})
		if !slices.ContainsFunc(taken.Problems, func(p truststore.Problem) bool { return p.Detail == tc.want }) {
			t.Errorf("%s: %v, want %q", name, taken.Problems, tc.want)
		}
	}
}

// TestProblemCodesAreAll compares the list with the constants in the source.
func TestProblemCodesAreAll(t *testing.T) {
	t.Parallel()

	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, match := range regexp.MustCompile(`(?m)^\tCode\w+ *= "(.*)"$`).FindAllSubmatch(source, -1) {
		declared = append(declared, string(match[1]))
	}
	slices.Sort(declared)
	if diff := cmp.Diff(declared, truststore.ProblemCodes()); diff != "" {
		t.Errorf("codes differ (-declared +listed):\n%s", diff)
	}
}

// TestTheBundleOfWhichOneCertificateCame: keytool's silence is noticed by the
// bundle's first certificate, or by a Region that the store does not serve.
func TestTheBundleOfWhichOneCertificateCame(t *testing.T) {
	t.Parallel()

	roots := rdsCertificates(t, "roots")
	east := slices.IndexFunc(roots, func(c *x509.Certificate) bool {
		return c.Subject.CommonName == "Amazon RDS us-east-1 Root CA RSA2048 G1"
	})
	tests := map[string]struct {
		content []byte
		region  string
		want    bool
	}{
		"the first of the bundle":            {inJKS(t, roots[0]), "", true},
		"the first of the bundle, by Region": {inJKS(t, roots[0]), "us-east-1", true},
		"a root of another Region":           {inJKS(t, roots[east]), "eu-west-1", true},
		"the Region's own root":              {inJKS(t, roots[east]), "us-east-1", false},
		"two roots":                          {inJKS(t, roots[0], roots[east]), "eu-west-1", false},
		"the first of the bundle as PEM":     {inPEM(t, roots[0]), "us-east-1", false},
		"another CA than RDS's":              {inJKS(t, certificate(t, "root-rsa")), "us-east-1", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			contents, err := truststore.Inspect(tc.content, truststore.InspectOptions{Password: new("changeit"), Region: tc.region})
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(codes(contents.Problems), truststore.CodeBundleFirstOnly); got != tc.want {
				t.Errorf("found %t, want %t: %v", got, tc.want, contents.Problems)
			}
		})
	}
}

// TestOddCertificatesAreDescribed: what Go refuses is still told from its form.
func TestOddCertificatesAreDescribed(t *testing.T) {
	t.Parallel()

	negative, brainpool := certificate(t, "root-negative"), certificate(t, "root-brainpool")
	if negative.SerialNumber.Int64() != -5 {
		t.Errorf("serial number = %v, want -5", negative.SerialNumber)
	}
	if !brainpool.IsCA || brainpool.PublicKeyAlgorithm != x509.ECDSA || brainpool.PublicKey != nil {
		t.Errorf("is a CA %t, key %v; want a CA of ECDSA", brainpool.IsCA, brainpool.PublicKeyAlgorithm)
	}
}
