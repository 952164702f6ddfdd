package postgres

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// maxRootCertificates bounds the content of sslrootcert, in octets. All of
// RDS's bundles together are below 400 kB.
const maxRootCertificates = 4 << 20

var (
	errNoKnownRoot    = errors.New("the server's certificate chain does not lead to an RDS root CA; name the trusted root with sslrootcert")
	errNoCertificate  = errors.New("no certificate was presented")
	errMalformedBlock = errors.New("there is no PEM block, or a PEM block is malformed")
	errNotRegular     = errors.New("it is not a regular file")
	errTooLong        = errors.New("it is larger than 4 MiB")
	errNoEnd          = errors.New("the file could not be read in time")
)

// trust is what a server certificate must hold up to.
type trust struct {
	encrypt, path, name bool
	// roots are the configured ones; nil with system unset leaves it to known.
	roots  *x509.CertPool
	system bool
	known  func(sha256 string) bool
	at     time.Time // zero is the present
}

// tlsConfig returns the settings of a connection to host.
func (t trust) tlsConfig(host string) *tls.Config {
	return &tls.Config{
		ServerName: host,
		MinVersion: tls.VersionTLS12,
		// crypto/tls would verify the name in every mode and against the
		// system's roots; verify does it by sslmode.
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection decides.
		VerifyConnection: func(state tls.ConnectionState) error {
			return t.verify(host, state.PeerCertificates)
		},
	}
}

// verify judges the presented certificates, server certificate first.
func (t trust) verify(host string, presented []*x509.Certificate) error {
	if !t.path {
		return nil
	}
	if len(presented) == 0 {
		return untrusted(errNoCertificate)
	}
	options := x509.VerifyOptions{Roots: t.roots, Intermediates: x509.NewCertPool(), CurrentTime: t.at}
	for _, c := range presented[1:] {
		options.Intermediates.AddCert(c)
	}
	if t.roots == nil && !t.system {
		options.Roots = x509.NewCertPool()
		known := false
		for _, c := range presented[1:] {
			if selfSigned(c) && t.known != nil && t.known(fingerprint(c)) {
				options.Roots.AddCert(c)
				known = true
			}
		}
		if !known {
			return untrusted(errNoKnownRoot)
		}
	}
	if _, err := presented[0].Verify(options); err != nil {
		return untrusted(err)
	}
	if !t.name {
		return nil
	}
	if err := presented[0].VerifyHostname(host); err != nil {
		return untrusted(err)
	}
	return nil
}

// Accepts reports why a login would not accept the certificates that the server
// presents, in DER, server certificate first; nil if it would. A login that
// does not ends in an alert, which whoever reads the server's log takes for a
// client's.
func (c Config) Accepts(ctx context.Context, presented [][]byte) error {
	t, err := c.trust(ctx)
	if err != nil {
		return err
	}
	chain := make([]*x509.Certificate, len(presented))
	for i, der := range presented {
		if chain[i], err = x509.ParseCertificate(der); err != nil {
			return untrusted(err)
		}
	}
	return t.verify(c.Host, chain)
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignatureFrom(c) == nil
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// trust resolves sslmode and sslrootcert. The errors are [ErrInvalidSSLMode],
// [ErrInvalidRootCertificate] and [ErrInvalidConfig].
func (c Config) trust(ctx context.Context) (trust, error) {
	t := trust{known: c.KnownRoot}
	if c.Now != nil {
		t.at = c.Now()
	}
	if err := c.anchors(ctx, &t); err != nil {
		return trust{}, err
	}
	switch mode := cmp.Or(c.SSLMode, os.Getenv("PGSSLMODE")); mode {
	case Disable:
		if c.Token != nil {
			return trust{}, fmt.Errorf("%w: IAM authentication needs TLS, but sslmode is %q", ErrInvalidConfig, mode)
		}
	case Require, "allow", "prefer":
		t.encrypt, t.path = true, t.roots != nil || t.system
	case VerifyCA:
		t.encrypt, t.path = true, true
	case VerifyFull, "":
		t.encrypt, t.path, t.name = true, true, true
	default:
		return trust{}, fmt.Errorf("%w: %q", ErrInvalidSSLMode, mode)
	}
	return t, nil
}

// anchors reads the configured roots, if any.
func (c Config) anchors(ctx context.Context, t *trust) error {
	content, path := c.SSLRootCertPEM, c.SSLRootCert
	if path == "" && len(content) == 0 {
		path = os.Getenv("PGSSLROOTCERT")
	}
	switch {
	case len(content) > 0:
	case path == "":
		return nil
	case path == SystemRoots:
		t.system = true
		return nil
	default:
		var err error
		if content, err = readPatiently(ctx, path); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalidRootCertificate, err)
		}
	}
	var err error
	if t.roots, err = parseRoots(content); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidRootCertificate, err)
	}
	return nil
}

// readPatiently reads a file until the context ends, which a read of a file
// system that is away does not heed.
func readPatiently(ctx context.Context, path string) ([]byte, error) {
	var content []byte
	var err error
	read := make(chan struct{})
	go func() {
		defer close(read)
		content, err = readRegular(path)
	}()
	select {
	case <-read:
		return content, err
	case <-ctx.Done():
		return nil, errNoEnd
	}
}

// readRegular reads a file as far as it may be long. A pipe or a device may
// have no end.
func readRegular(path string) (content []byte, err error) {
	info, err := os.Stat(path) //nolint:gosec // The user names the file.
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	file, err := os.Open(path) //nolint:gosec // The user names the file.
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, maxRootCertificates+1))
}

// parseRoots is strict where x509.CertPool is lenient: a root that is there
// but broken must not be missed in silence.
func parseRoots(content []byte) (*x509.CertPool, error) {
	if len(content) > maxRootCertificates {
		return nil, errTooLong
	}
	pool, found := x509.NewCertPool(), 0
	for rest := content; ; found++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("block %d has the label %q, not \"CERTIFICATE\"", found+1, block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", found+1, err)
		}
		pool.AddCert(certificate)
	}
	// The decoder skips what it cannot read.
	if found == 0 || found != bytes.Count(content, []byte("-----BEGIN ")) {
		return nil, errMalformedBlock
	}
	return pool, nil
}
