package certpath

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// ErrNotAChain is returned for text that is not a sequence of certificates.
var ErrNotAChain = errors.New("this is not a certificate chain in PEM")

// ParsePresented reads what a server presents, server certificate first.
//
// It is strict: each block must be a CERTIFICATE, since a block that is passed
// over is a path that the server does not send. One that Go cannot read is
// kept for the validators that can. Text between
// the blocks is allowed. The error is [ErrNotAChain], and never quotes the
// text.
func ParsePresented(text []byte) (Presented, error) {
	var p Presented
	rest := text
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		rest = after
		n := len(p.Certificates) + 1
		if block.Type != "CERTIFICATE" {
			return Presented{}, fmt.Errorf("%w: block %d has the label %q, not \"CERTIFICATE\"", ErrNotAChain, n, block.Type)
		}
		certificate, ok := ParseCertificate(block.Bytes)
		if !ok && !truststore.IsBER(block.Bytes) {
			return Presented{}, fmt.Errorf("%w: certificate %d cannot be read", ErrNotAChain, n)
		}
		p.Certificates = append(p.Certificates, certificate)
	}
	if bytes.Contains(rest, []byte("-----BEGIN")) {
		return Presented{}, fmt.Errorf("%w: block %d is broken", ErrNotAChain, len(p.Certificates)+1)
	}
	if len(p.Certificates) == 0 {
		return Presented{}, fmt.Errorf("%w: it holds no certificate", ErrNotAChain)
	}
	return p, nil
}
