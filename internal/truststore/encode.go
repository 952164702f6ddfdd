package truststore

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // the JKS format's own integrity check
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"
)

// Errors of the writers. Test with [errors.Is].
var (
	ErrNoCertificates   = errors.New("a trust store needs at least one certificate")
	ErrPasswordNotASCII = errors.New("a PKCS#12 store for Java needs a password of printable ASCII characters")
)

// writtenIterations stretches the password of a PKCS#12, as Java 17 does.
const writtenIterations = 10_000

// EncodePEM returns the certificates as CERTIFICATE blocks in the given order,
// without comments: every reader takes all of them. The error is
// [ErrNoCertificates].
func EncodePEM(certificates []*x509.Certificate) ([]byte, error) {
	if len(certificates) == 0 {
		return nil, ErrNoCertificates
	}
	var out []byte
	for _, certificate := range distinct(certificates) {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: labelX509, Bytes: certificate.Raw})...)
	}
	return out, nil
}

// EncodeJKS returns a JKS with the certificates as trusted entries under their
// [Aliases], ordered by them. The same certificates and password give the same
// bytes: the time of an entry is when its certificate begins, and the format
// has no salt. JKS protects the certificates against changes by a SHA-1 over
// password and content, which is weak: prefer PKCS#12 where the JVM allows.
//
// The errors are [ErrNoCertificates], and [ErrPasswordNeeded] for a nil
// password. keytool refuses to open stores by passwords shorter than six
// characters, the JVM does not.
func EncodeJKS(certificates []*x509.Certificate, password *string) ([]byte, error) {
	certificates = distinct(certificates)
	switch {
	case len(certificates) == 0:
		return nil, ErrNoCertificates
	case password == nil:
		return nil, fmt.Errorf("%w because its format is JKS", ErrPasswordNeeded)
	}
	store := keystore.New(keystore.WithOrderedAliases())
	for i, alias := range Aliases(certificates) {
		entry := keystore.TrustedCertificateEntry{
			CreationTime: certificates[i].NotBefore,
			Certificate:  keystore.Certificate{Type: "X.509", Content: certificates[i].Raw},
		}
		if err := store.SetTrustedCertificateEntry(alias, entry); err != nil {
			return nil, fmt.Errorf("cannot write the JKS store: %w", err)
		}
	}
	var out bytes.Buffer
	if err := store.Store(&out, nil); err != nil {
		return nil, fmt.Errorf("cannot write the JKS store: %w", err)
	}
	// keystore-go takes each byte of a password for a character, which is
	// right for ASCII only: the digest is made here.
	body := out.Bytes()[:out.Len()-sha1.Size]
	return append(body, jksDigest(*password, body)...), nil
}

// EncodePKCS12 returns a PKCS#12 with the certificates as entries that Java
// trusts, under their [Aliases]: PBES2 with AES-256 and PBKDF2 over HMAC-SHA-256,
// a MAC over SHA-256, each of 10,000 rounds. A nil password gives a store
// without encryption and MAC, which Java opens with a null password.
//
// The same certificates and password give the same bytes. The salts and the
// IV are therefore no fresh random numbers but are derived from both: a salt
// need not be secret, only different for different stores, and the same salt
// under the same password for the same content tells no more than that the
// content is the same. The derivation is stretched like the rest, so that the
// salt is no faster way to try passwords than the MAC is.
//
// The errors are [ErrNoCertificates] and [ErrPasswordNotASCII].
func EncodePKCS12(certificates []*x509.Certificate, password *string) ([]byte, error) {
	certificates = distinct(certificates)
	if len(certificates) == 0 {
		return nil, ErrNoCertificates
	}
	entries := make([]pkcs12.TrustStoreEntry, len(certificates))
	for i, alias := range Aliases(certificates) {
		entries[i] = pkcs12.TrustStoreEntry{Cert: certificates[i], FriendlyName: alias}
	}
	encoder, secret := pkcs12.Passwordless, ""
	if password != nil {
		secret = *password
		if strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, ErrPasswordNotASCII
		}
		salts, err := newSaltStream(certificates, secret)
		if err != nil {
			return nil, err
		}
		encoder = pkcs12.Modern2023.WithIterations(writtenIterations).WithRand(salts)
	}
	out, err := encoder.EncodeTrustStoreEntries(entries, secret)
	if err != nil {
		return nil, fmt.Errorf("cannot write the PKCS#12 store: %w", err)
	}
	return out, nil
}

// distinct drops repeated certificates and keeps the order.
func distinct(certificates []*x509.Certificate) []*x509.Certificate {
	seen := make(map[string]bool, len(certificates))
	var kept []*x509.Certificate
	for _, certificate := range certificates {
		if key := string(certificate.Raw); !seen[key] {
			seen[key] = true
			kept = append(kept, certificate)
		}
	}
	return kept
}

// saltStream gives the bytes that stand in for random ones in a PKCS#12.
type saltStream struct {
	seed    []byte
	counter uint64
	rest    []byte
}

var _ io.Reader = (*saltStream)(nil)

func newSaltStream(certificates []*x509.Certificate, password string) (*saltStream, error) {
	content := sha256.New()
	content.Write([]byte("sslready PKCS#12 salts 1"))
	for _, certificate := range certificates {
		sum := sha256.Sum256(certificate.Raw)
		content.Write(sum[:])
	}
	seed, err := pbkdf2.Key(sha256.New, password, content.Sum(nil), writtenIterations, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("cannot derive salts: %w", err)
	}
	return &saltStream{seed: seed}, nil
}

// Read fills p; it never fails.
func (s *saltStream) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		if len(s.rest) == 0 {
			block := sha256.Sum256(binary.BigEndian.AppendUint64(slices.Clip(s.seed), s.counter))
			s.rest = block[:]
			s.counter++
		}
		copied := copy(p[n:], s.rest)
		s.rest = s.rest[copied:]
		n += copied
	}
	return len(p), nil
}
