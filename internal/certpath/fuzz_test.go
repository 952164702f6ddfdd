package certpath_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// FuzzVerify judges what the octets say, as a server's path and as a store, by
// every validator: none may panic, be slow, or accept without an anchor.
func FuzzVerify(f *testing.F) {
	content, err := os.ReadFile("testdata/certificates.pem")
	if err != nil {
		f.Fatal(err)
	}
	var last []byte
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		f.Add(block.Bytes, last, last)
		last = block.Bytes
	}
	at := time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, leaf, issuer, anchor []byte) {
		fuzzing.Limit(t)
		presented := certpath.Presented{Certificates: fresh(leaf, issuer)}
		for judge, profile := range profiles {
			result := certpath.Verify(profile, presented, certpath.Anchors(fresh(anchor)...), at)
			if result.Reason == certpath.Accepted && result.Anchor == nil {
				t.Errorf("%s: accepted without an anchor", judge)
			}
		}
		for rule := range map[certpath.NameRule]bool{certpath.NameLibpq: true, certpath.NameJSSE: true, certpath.NamePgjdbc: true, certpath.NameOpenSSL: true, certpath.NameNode: true, certpath.NameGo: true} {
			certpath.MatchName(rule, "", presented.Certificates[0], "db.example.test")
		}
	})
}

// FuzzParsePresented reads text as a chain; what is read has an encoding.
func FuzzParsePresented(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fuzzing.Limit(t)
		presented, err := certpath.ParsePresented(text)
		for _, c := range presented.Certificates {
			if err == nil && (c == nil || len(bytes.TrimSpace(c.Raw)) == 0) {
				t.Error("a certificate without an encoding")
			}
		}
	})
}

// fresh reads certificates without the memory of the vectors.
func fresh(encodings ...[]byte) []*x509.Certificate {
	var all []*x509.Certificate
	for _, der := range encodings {
		c, _ := certpath.ParseCertificate(der)
		all = append(all, c)
	}
	return all
}
