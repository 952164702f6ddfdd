package truststore_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestTheMostCertificatesOfAText: there is a limit, for every reader the same.
// Node's stops there, as it does at any other fault.
func TestTheMostCertificatesOfAText(t *testing.T) {
	t.Parallel()

	const limit = 12_000
	one := inPEM(t, certificate(t, "root-ed"))
	most := bytes.Repeat(one, limit)
	tooMany := append(bytes.Clone(most), one...)
	read := map[string]func(content []byte) error{
		"Inspect": func(content []byte) error {
			_, err := truststore.Inspect(content, truststore.InspectOptions{})
			return err
		},
	}
	for name, reader := range map[string]truststore.Reader{
		"OpenSSL": truststore.OpenSSLFile, "Java": truststore.JavaCertificateFactory, "Netty": truststore.NettyPEM,
		"Vert.x": truststore.VertxPEM, "Go": truststore.GoCertPool, "rustls": truststore.RustlsPEM, ".NET": truststore.DotNetPEM,
	} {
		read[name] = func(content []byte) error {
			_, err := truststore.Read(content, truststore.Options{Reader: reader})
			return err
		}
	}
	for name, read := range read {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := read(most); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			if err := read(tooMany); !errors.Is(err, truststore.ErrTooLarge) {
				t.Errorf("above the limit: %v", err)
			}
		})
	}
	t.Run("Node", func(t *testing.T) {
		t.Parallel()
		for _, content := range [][]byte{most[len(one):], most} {
			taken, err := truststore.Read(content, truststore.Options{Reader: truststore.NodeCA})
			if stopped := slices.Contains(codes(taken.Problems), truststore.CodeReadingStopped); err != nil || stopped != (len(content) == len(most)) {
				t.Errorf("%d bytes: stopped %t, %v", len(content), stopped, err)
			}
		}
	})
}

// TestTheDeepestNestingThatIsFollowed: Java follows more, and ends in an overflow
// of its stack.
func TestTheDeepestNestingThatIsFollowed(t *testing.T) {
	t.Parallel()

	for depth, want := range map[int]string{
		64: "unreadable: a block holds no certificate that Java reads (near line 1); Java then reads nothing from the file []",
		65: "unreadable: it has more than 64 levels of nesting (near line 1); Java then reads nothing from the file []",
	} {
		nested := append(bytes.Repeat([]byte{0x30, 0x80}, depth), make([]byte, 2*depth)...)
		if got := by(truststore.Options{Reader: truststore.JavaCertificateFactory})(nested); got != want {
			t.Errorf("%d levels: %s", depth, got)
		}
	}
}
