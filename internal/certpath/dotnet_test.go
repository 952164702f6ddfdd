package certpath_test

import (
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// TestDotNetTakesSelfIssuedAnchors: the others of the store help to build, and no
// security level applies. From source: no .NET client has judged it.
func TestDotNetTakesSelfIssuedAnchors(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	const refused = "The remote certificate was rejected by the provided RemoteCertificateValidationCallback."
	for _, tc := range []struct {
		presented, anchors string
		reason             certpath.Reason
		text               string
	}{
		{"leaf sub root", "root", certpath.Accepted, ""},
		{"leaf", "root sub", certpath.Accepted, ""},
		{"leaf", "sub root", certpath.Accepted, ""},
		{"rsa1024-leaf rsa1024-sub rsa1024-root", "rsa1024-root", certpath.Accepted, ""},
		{"leaf sub root", "sub", certpath.AnchorNotSelfSigned, refused},
		{"leaf sub root", "leaf sub", certpath.AnchorNotSelfSigned, refused},
		{"leaf sub root", "other-root", certpath.UnknownAuthority, refused},
		{"leaf sub root", "other-root sub", certpath.UnknownAuthority, refused},
		{"leaf sub root", "", certpath.UnknownAuthority, refused},
		{"leaf-expired sub root", "root", certpath.CertificateExpired, refused},
		{"leaf-expired sub root", "root sub", certpath.CertificateExpired, refused},
	} {
		got := certpath.Verify(certpath.Profile{Validator: certpath.SChannel}, certpath.Presented{Certificates: parse(corpus.Chain(strings.Fields(tc.presented)))},
			certpath.Anchors(parse(corpus.Chain(strings.Fields(tc.anchors)))...), corpus.Paths[0].At)
		if got.Reason != tc.reason || got.ClientError != tc.text {
			t.Errorf("%s under %q: %q, %q; want %q, %q", tc.presented, tc.anchors, got.Reason, got.ClientError, tc.reason, tc.text)
		}
	}
	var unusable string // a key of a kind that nothing here can use
	for _, v := range corpus.Paths {
		if got := certpath.Verify(profiles["openssl-3.0-level0"], corpus.presented(v), corpus.anchors(v), v.At); got.Reason == "" && got.Detail != "" {
			open := certpath.Verify(certpath.Profile{Validator: certpath.SChannel}, corpus.presented(v), corpus.anchors(v), v.At)
			if open.Reason == "" {
				unusable = v.ID
				if open.ClientError != "" || open.Detail == "" {
					t.Errorf("%s: %+v", v.ID, open)
				}
			}
		}
	}
	if unusable == "" {
		t.Error("no path is left open")
	}
}
