package truststore

import (
	"crypto/x509"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// InspectOptions narrow what [Inspect] looks for.
type InspectOptions struct {
	// Format is the format to read; empty and FormatAuto find it out.
	Format Format
	// Password opens a key store. Nil is none, which is not the empty one.
	Password *string
	// At is the time by which expiry is judged; the zero time judges none.
	At time.Time
	// MinimumValidity makes anchors a problem that end sooner than this after
	// At; zero looks only for those that have ended.
	MinimumValidity time.Duration
	// Region is the Region whose RDS roots the store should hold; empty
	// expects none.
	Region string
}

// Validators are the anchors that each family of clients takes from a store:
// SHA-256 fingerprints in the order of the store, empty where it takes none.
type Validators struct {
	OpenSSL []string // as libpq and Python read a root file
	Java    []string // pgjdbc's root file, or the JVM's trust store where it is a key store
	Go      []string // pgx and lib/pq
}

// Contents is what a trust store holds.
type Contents struct {
	Format Format
	// Entries are all certificates that can be read, whoever reads them.
	Entries []Entry
	Anchors Validators
	// Problems in the order in which they were found; never the content.
	Problems []Problem
	// MissingRoots are the roots of the Region that the store does not hold as
	// trusted; nil without a Region.
	MissingRoots []rdsca.CA

	// decoder is there while the store is inspected.
	decoder *decoder
}

// Inspect lists what is in a store, what each family of clients takes from it,
// and what is wrong with it.
//
// The error is a [*ReadError], as from [Read]; Contents then has the format and
// the problems that say why.
func Inspect(content []byte, opt InspectOptions) (contents Contents, err error) {
	if len(content) > MaxSize {
		_, err = Read(content, Options{Reader: OpenSSLFile})
		return contents, err
	}
	contents.decoder = newDecoder()
	defer func() { contents.decoder = nil }()
	contents.Format = opt.Format
	if opt.Format == "" || opt.Format == FormatAuto {
		contents.Format = Detect(content)
	}
	if err = contents.list(content, opt); err != nil {
		return contents, err
	}
	contents.judge(content, opt)
	return contents, nil
}

// list fills the entries by the format.
func (c *Contents) list(content []byte, opt InspectOptions) error {
	var err *ReadError
	switch c.Format {
	case FormatPEM:
		err = c.listPEM(content)
	case FormatDER:
		err = c.listDER(content)
	case FormatPKCS7:
		err = c.listPKCS7(content)
	case FormatDirectory:
		err = c.listDirectory(content)
	case FormatPKCS12, FormatJKS, FormatJCEKS:
		c.Entries, c.Problems, err = openKeyStore(content, Options{StoreType: string(c.Format), Password: opt.Password})
		c.noteKeys()
	case FormatBKS, FormatUBER, FormatBCFKS:
		err = &ReadError{Err: ErrUnsupportedFormat, Detail: "it is a key store of the Bouncy Castle provider (" + string(c.Format) + "), which keytool -importkeystore can convert"}
	case FormatAuto, FormatUnknown:
		err = c.unknown(content)
	default:
		err = &ReadError{Err: ErrUnsupportedFormat, Detail: "there is no format with this name"}
	}
	if err != nil {
		return err
	}
	return nil
}

func (c *Contents) note(p Problem) { c.Problems = noted(c.Problems, p) }

// unknown says what content of no known format is.
func (c *Contents) unknown(content []byte) *ReadError {
	code, what := impostor(content)
	if code == "" {
		if len(content) > 0 && content[0] == 0x30 {
			c.noteTruncated(content)
		}
		if len(content) == 0 {
			return unreadable("", "it is empty")
		}
		return unreadable("", "it is not a trust store in any known format")
	}
	c.note(Problem{Code: code, Detail: "The content is " + what + ".", Remedy: "Fetch the certificates again and look at the first line: it should be -----BEGIN CERTIFICATE-----."})
	return unreadable("", "it is "+what)
}

func (c *Contents) add(certificate *x509.Certificate) {
	c.Entries = append(c.Entries, c.decoder.entry("", EntryTrusted, certificate))
}

func (c *Contents) listDER(content []byte) *ReadError {
	for rest := content; len(rest) > 0; {
		p, ok := c.decoder.openSSLCertificate(rest)
		if !ok {
			if len(c.Entries) == 0 {
				c.noteTruncated(content)
				if wellFormedCRL(content, opensslShape) {
					return unreadable("", "it is a revocation list")
				}
				return unreadable("", "it is not a certificate, or it is cut off")
			}
			c.note(Problem{Code: CodeTrailingData, Detail: "The last certificate is followed by bytes that are not a certificate.", Remedy: "Recreate the store."})
			return nil
		}
		c.add(p.certificate)
		if len(c.Entries) > maxEntries {
			return tooManyEntries()
		}
		rest = rest[len(rest)-p.rest:]
	}
	return nil
}

func (c *Contents) listPKCS7(content []byte) *ReadError {
	der, ok := toDER(content)
	if !ok {
		c.noteTruncated(content)
		return unreadable("", "it is a PKCS#7 file that is cut off")
	}
	if !c.addBundle(der) {
		return unreadable("", "it is a PKCS#7 file without readable certificates")
	}
	return nil
}

// addBundle adds the certificates of a PKCS#7, and reports whether it is one.
func (c *Contents) addBundle(der []byte) bool {
	certificates, ok := c.decoder.javaPKCS7(der)
	for _, p := range certificates {
		c.add(p.certificate)
	}
	return ok
}

// noteTruncated adds a problem where the content is shorter than its first
// length says.
func (c *Contents) noteTruncated(content []byte) {
	if h, _ := readBERHeader(content); h.length > len(content)-h.size {
		c.note(truncated())
	}
}

func truncated() Problem {
	return Problem{Code: CodeTruncated, Detail: "The content ends too early: it is cut off.", Remedy: "Fetch the store again and compare its size with that of the original."}
}

func (c *Contents) listDirectory(content []byte) *ReadError {
	taken, err := readOpenSSLDirectory(content, Options{decoder: c.decoder})
	c.Problems = taken.Problems
	if err != nil {
		return err
	}
	for _, anchor := range taken.Anchors {
		c.add(anchor.Certificate)
	}
	return nil
}
