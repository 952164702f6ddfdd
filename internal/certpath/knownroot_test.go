package certpath_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// issuedBy is a certificate of which only the names matter.
func issuedBy(t *testing.T, subject, issuer string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := func(name string, serial int64) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template(subject, 1), template(issuer, 2), key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestARootThatIsToCome: what is known before there is a server to ask.
func TestARootThatIsToCome(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	get := func(name string) *x509.Certificate { return parse(corpus.Chain([]string{name}))[0] }
	const region, subordinateCA = "Amazon RDS eu-test-1 Root CA RSA2048 G1", "Amazon RDS eu-test-1 Subordinate CA RSA2048 G1.A.1"
	named := map[string]*x509.Certificate{
		"rds-sub": issuedBy(t, subordinateCA, region), "rds-server": issuedBy(t, "db", subordinateCA), "rds-other": issuedBy(t, "db", "Amazon RDS eu-test-1 Subordinate CA RSA4096 G1.A.1"),
		"rds-alike": issuedBy(t, "db", "Amazon RDS eu-test-1 Subordinate CA RSA2048 G1"), "rds-self": issuedBy(t, region, region), "dotted": issuedBy(t, "db", "Lab root.A.1"),
	}
	anchor := func(name string) certpath.Anchor {
		name, trust, _ := strings.Cut(name, ":")
		c := named[name]
		if c == nil {
			c = get(name)
		}
		return certpath.Anchor{Certificate: c, Trust: map[string]certpath.Trust{"": certpath.TrustUnset, "servers": certpath.TrustServers, "rejected": certpath.TrustRejected}[trust]}
	}
	profile := map[string]certpath.Profile{
		"openssl": {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 2}, "level 0": {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: certpath.SecurityLevelNone},
		"partial": {Validator: certpath.OpenSSL, Version: "3.0", PartialChain: true}, "1.1.1": {Validator: certpath.OpenSSL, Version: "1.1.1"},
		"java": {Validator: certpath.Java, Version: "17"}, "go": {Validator: certpath.Go}, "webpki": {Validator: certpath.WebPKI, Version: "0.103"}, "dotnet": {Validator: certpath.SChannel},
		"unknown": {Validator: "carrier pigeon"},
	}
	const (
		javaUnknown = "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target"
		refused     = "The remote certificate was rejected by the provided RemoteCertificateValidationCallback."
		selfSigned  = "self-signed certificate in certificate chain"
	)
	for _, tc := range []struct {
		profile, root, subject, store string
		reason                        certpath.Reason
		detail, text                  string
	}{
		{"openssl", "root", "", "root", certpath.Accepted, `the chain will end at "CN=Lab root,O=sslready lab"`, ""},
		{"openssl", "root", "", "other-root root", certpath.Accepted, `the chain will end at "CN=Lab root,O=sslready lab"`, ""},
		{"java", "root", "", "root", certpath.Accepted, `the chain will end at`, ""},
		{"go", "root", "", "root", certpath.Accepted, `the chain will end at`, ""},
		{"webpki", "root-expired", "", "root-expired", certpath.Accepted, `the chain will end at`, ""},
		{"dotnet", "root", "", "root", certpath.Accepted, `the chain will end at`, ""},
		{"unknown", "root", "", "root", "", `the validator "carrier pigeon" is not known`, ""},
		{"openssl", "", "", "root", "", "nothing is known about the certificates that the server presents", ""},

		{"openssl", "root", "Lab root", "other-root", certpath.UnknownAuthority, `the trust store does not hold the root "Lab root"`, selfSigned},
		{"1.1.1", "root", "Lab root", "other-root", certpath.UnknownAuthority, `does not hold the root "Lab root"`, "self signed certificate in certificate chain"},
		{"java", "root", "Lab root", "other-root", certpath.UnknownAuthority, `does not hold the root "Lab root"`, javaUnknown},
		{"go", "root", "Lab root", "other-root", certpath.UnknownAuthority, `does not hold the root "Lab root"`, "x509: certificate signed by unknown authority"},
		{"webpki", "root", "Lab root", "other-root", certpath.UnknownAuthority, `does not hold the root "Lab root"`, "invalid peer certificate: UnknownIssuer"},
		{"dotnet", "root", "Lab root", "other-root", certpath.UnknownAuthority, `does not hold the root "Lab root"`, refused},
		{"openssl", "root", "", "sub", certpath.UnknownAuthority, "does not hold the root with the SHA-256 ", selfSigned},
		{"openssl", "thumbprint", "", "root", certpath.UnknownAuthority, "does not hold the root with the thumbprint 0123", selfSigned},
		{"openssl", "thumbprint", "Lab root", "other-root", certpath.UnknownAuthority, `does not hold the root "Lab root"`, selfSigned},

		{"openssl", "root", "Lab root", "sub", certpath.AnchorNotSelfSigned, `holds "CN=Lab sub,O=sslready lab", but not its self-signed root "Lab root"`, ""},
		{"openssl", "root", "CN=Lab root,O=sslready lab", "sub", certpath.AnchorNotSelfSigned, `holds "CN=Lab sub,O=sslready lab", but not its self-signed root "CN=Lab root`, ""},
		{"dotnet", "root", "Lab root", "sub", certpath.AnchorNotSelfSigned, `but not its self-signed root`, ""},
		{"openssl", "root", "Lab root", "sub:servers", certpath.UnpredictablePath, `lacks the root "Lab root" but holds "CN=Lab sub,O=sslready lab"`, ""},
		{"partial", "root", "Lab root", "sub", certpath.UnpredictablePath, `lacks the root "Lab root" but holds`, ""},
		{"java", "root", "Lab root", "sub", certpath.UnpredictablePath, `lacks the root "Lab root" but holds`, ""},
		{"go", "root", "Lab root", "sub", certpath.UnpredictablePath, `lacks the root "Lab root" but holds`, ""},
		{"webpki", "root", "Lab root", "sub", certpath.UnpredictablePath, `lacks the root "Lab root" but holds`, ""},
		{"java", "root", "Lab root", "leaf", certpath.UnknownAuthority, `does not hold the root "Lab root"`, javaUnknown},
		{"java", "root", "Lab root", "dotted", certpath.UnknownAuthority, `does not hold the root "Lab root"`, javaUnknown},
		{"java", "root", region, "rds-sub", certpath.UnpredictablePath, `but holds "CN=Amazon RDS eu-test-1 Subordinate CA RSA2048 G1.A.1"`, ""},
		{"java", "root", region, "rds-server", certpath.UnpredictablePath, `but holds "CN=db"`, ""},
		{"java", "root", region, "rds-other", certpath.UnknownAuthority, `does not hold the root`, javaUnknown},
		{"java", "root", region, "rds-alike", certpath.UnknownAuthority, `does not hold the root`, javaUnknown},
		{"java", "root", region, "rds-self", certpath.UnknownAuthority, `does not hold the root`, javaUnknown},

		{"openssl", "root", "Lab root", "root sub:rejected", certpath.UnpredictablePath, `the trust store rejects "CN=Lab sub,O=sslready lab"`, ""},
		{"openssl", "root", "Lab root", "root sub", certpath.Accepted, `the chain will end at`, ""},
		{"java", "root", "Lab root", "root sub:rejected", certpath.Accepted, `the chain will end at`, ""},
		{"openssl", "root", "Lab root", "root:rejected", certpath.AnchorRejected, `marks "CN=Lab root,O=sslready lab" as not trusted`, "certificate rejected"},
		{"openssl", "root-cross", "", "root-cross", certpath.AnchorNotSelfSigned, "", "unable to get issuer certificate"},
		{"partial", "root-cross", "", "root-cross", certpath.Accepted, "", ""},
		{"openssl", "rsa1024-root", "", "rsa1024-root", certpath.WeakKey, "too weak for the client", "CA certificate key too weak"},
		{"level 0", "rsa1024-root", "", "rsa1024-root", certpath.Accepted, "", ""},
		{"openssl", "root-not-yet", "", "root-not-yet", certpath.CertificateNotYet, "is not valid before", "certificate is not yet valid"},
		{"openssl", "root-expired", "", "root-expired", certpath.AnchorExpired, "expired on", "certificate has expired"},
		{"java", "rsa512-root", "", "rsa512-root", certpath.WeakKey, "too weak for the client", "RSA"},
		{"java", "twin-root", "", "twin-root", certpath.NotACA, "not allowed to act as a CA", ""},
		{"go", "twin-root", "", "twin-root", certpath.Accepted, "", ""},
		{"go", "root-expired", "", "root-expired", certpath.AnchorExpired, "expired on", ""},
		{"go", "root-not-yet", "", "root-not-yet", certpath.CertificateNotYet, "is not valid before", ""},
		{"dotnet", "root-expired", "", "root-expired", certpath.AnchorExpired, "expired on", ""},
		{"java", "root-expired", "", "root-expired", certpath.Accepted, "", ""},
	} {
		presented := certpath.Presented{RootSubject: tc.subject}
		switch tc.root {
		case "":
		case "thumbprint":
			presented.RootSHA1 = "0123"
		default:
			sum := sha256.Sum256(get(tc.root).Raw)
			presented.RootSHA256 = strings.ToUpper(hex.EncodeToString(sum[:]))
		}
		var store []certpath.Anchor
		for name := range strings.FieldsSeq(tc.store) {
			store = append(store, anchor(name))
		}
		got := certpath.Verify(profile[tc.profile], presented, store, corpus.Paths[0].At)
		if got.Reason != tc.reason || !strings.Contains(got.Detail, tc.detail) || !strings.Contains(got.ClientError, tc.text) || (tc.text == "") != (got.ClientError == "") && tc.profile != "java" {
			t.Errorf("%s, root %q %q, store %q: %q, %q, %q; want %q, %q, %q", tc.profile, tc.root, tc.subject, tc.store, got.Reason, got.Detail, got.ClientError, tc.reason, tc.detail, tc.text)
		}
		if (got.Reason == certpath.Accepted) != (got.Anchor != nil) {
			t.Errorf("%s, root %q, store %q: %q with the anchor %v", tc.profile, tc.root, tc.store, got.Reason, got.Anchor)
		}
	}
}
