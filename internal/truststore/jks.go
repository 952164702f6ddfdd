package truststore

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the format's own integrity check
	"crypto/subtle"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// The first bytes of Java's own key store formats.
const (
	magicJKS   = 0xFEEDFEED
	magicJCEKS = 0xCECECECE
)

// maxEntries is the most entries or blocks of a store that are read. A decoded
// certificate takes several kilobytes.
const maxEntries = 12_000

// jksReader walks through a JKS or JCEKS.
//
// Source: OpenJDK 17, sun/security/provider/JavaKeyStore.java and
// com/sun/crypto/provider/JceKeyStore.java, engineLoad.
type jksReader struct {
	content []byte
	pos     int
	version uint32
	short   bool // a read went past the end
}

func (r *jksReader) take(n int) []byte {
	if n < 0 || n > len(r.content)-r.pos {
		r.short = true
		r.pos = len(r.content)
		return nil
	}
	r.pos += n
	return r.content[r.pos-n : r.pos]
}

func (r *jksReader) uint32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

// bytes reads a length and as many bytes. A length above 2^31 is negative to
// Java, and an error.
func (r *jksReader) bytes() []byte {
	return r.take(int(int32(r.uint32()))) //nolint:gosec // the sign is wanted
}

// utf reads a string in Java's modified UTF-8.
func (r *jksReader) utf() (string, bool) {
	b := r.take(2)
	if b == nil {
		return "", false
	}
	return modifiedUTF8(r.take(int(binary.BigEndian.Uint16(b))))
}

// looksLikeJKS reports whether content begins as a JKS or JCEKS does.
func looksLikeJKS(content []byte) (magic uint32, ok bool) {
	if len(content) < 4 {
		return 0, false
	}
	magic = binary.BigEndian.Uint32(content)
	return magic, magic == magicJKS || magic == magicJCEKS
}

// jksType is the type that a store is opened as.
type jksType uint8

// The types.
const (
	typeJKS jksType = iota + 1
	typeJCEKS
	typeCaseExactJKS
)

// parseJKS reads a JKS, or with typeJCEKS also a JCEKS. A nil password leaves the
// integrity unchecked, as in Java. Entries of an alias that Java cannot look up
// again, because it holds capital letters, are kept as EntryNone.
func parseJKS(content []byte, password *string, as jksType) ([]Entry, []Problem, *ReadError) {
	r := &jksReader{content: content}
	jceks := as == typeJCEKS
	magic := r.uint32()
	r.version = r.uint32()
	if r.short {
		return nil, nil, unreadable("", "it ends within its header")
	}
	if (magic != magicJKS && (!jceks || magic != magicJCEKS)) || (r.version != 1 && r.version != 2) {
		return nil, nil, unreadable("Invalid keystore format", "it is not a key store of the expected type")
	}
	count := int32(r.uint32()) //nolint:gosec // the sign is wanted
	if count > maxEntries {
		return nil, nil, &ReadError{Err: ErrTooLarge, Detail: fmt.Sprintf("it claims to have %d entries, but the limit is %d", count, maxEntries)}
	}
	table := newAliasTable(as == typeCaseExactJKS)
	for i := range count {
		if err := r.entry(table, jceks); err != nil {
			return nil, nil, err.inEntry(int(i) + 1)
		}
	}
	if r.short {
		return nil, nil, unreadable("", "it is cut off")
	}
	if password != nil {
		if err := r.check(*password); err != nil {
			return nil, nil, err
		}
	}
	entries, problems := table.entries()
	return entries, problems, nil
}

// entry reads one entry into the table.
func (r *jksReader) entry(table *aliasTable, jceks bool) *ReadError {
	const keyEntry, trustedEntry, secretEntry = 1, 2, 3
	tag := r.uint32()
	if r.short {
		return unreadable("", "it is cut off")
	}
	if tag != keyEntry && tag != trustedEntry && (!jceks || tag != secretEntry) {
		return unreadable("Unrecognized keystore entry", "it holds an entry of an unknown kind")
	}
	alias, ok := r.utf()
	r.take(8) // the time of creation
	if !ok || r.short {
		return unreadable("", "it is cut off, or an alias is not text")
	}
	switch tag {
	case trustedEntry:
		certificate, err := r.certificate()
		if err != nil {
			return err
		}
		table.put(alias, []Entry{(*decoder)(nil).entry(alias, EntryTrusted, certificate)})
		return nil
	case secretEntry:
		if !skipSealedKey(r) {
			return &ReadError{Err: ErrUnsupportedFormat, Detail: "it holds a secret key in a form that the provider does not read"}
		}
		table.put(alias, nil)
		return nil
	}
	r.bytes()                  // the encrypted key
	chain := int32(r.uint32()) //nolint:gosec // the sign is wanted
	if jceks && chain < 0 {
		return unreadable("NegativeArraySizeException", "a certificate chain has a negative length")
	}
	var entries []Entry
	for i := range chain {
		certificate, err := r.certificate()
		if err != nil {
			return err
		}
		kind := EntryNone
		if i == 0 {
			kind = EntryKey
		}
		entries = append(entries, (*decoder)(nil).entry(alias, kind, certificate))
	}
	table.put(alias, entries)
	return nil
}

func (r *jksReader) certificate() (*x509.Certificate, *ReadError) {
	if r.version == 2 {
		kind, ok := r.utf()
		if !ok || r.short {
			return nil, unreadable("", "it is cut off")
		}
		if !strings.EqualFold(kind, "X.509") && !strings.EqualFold(kind, "X509") {
			return nil, unreadable(clipped(kind)+" not found", "it holds a certificate of a type other than X.509")
		}
	}
	encoded := r.bytes()
	if r.short {
		return nil, unreadable("", "it is cut off")
	}
	certificate, ok := javaSingleCertificate(encoded)
	if !ok {
		return nil, unreadable("", "it holds a certificate that Java cannot decode")
	}
	return certificate, nil
}

// javaSingleCertificate is CertificateFactory.generateCertificate.
func javaSingleCertificate(encoded []byte) (*x509.Certificate, bool) {
	block, err := (&javaBlocks{content: encoded}).next()
	if err != nil || block == nil {
		return nil, false
	}
	p, ok := (*decoder)(nil).javaCertificate(block)
	return p.certificate, ok
}

// check compares the digest at the end: SHA-1 over the password in UTF-16, a
// constant and the content.
func (r *jksReader) check(password string) *ReadError {
	body := r.content[:r.pos]
	stored := r.take(sha1.Size)
	if r.short {
		return unreadable("", "it is cut off before its digest")
	}
	if subtle.ConstantTimeCompare(jksDigest(password, body), stored) != 1 {
		return &ReadError{
			Err: ErrWrongPassword, Client: "Keystore was tampered with, or password was incorrect",
			Detail: "the store's digest does not match",
		}
	}
	return nil
}

// jksDigest is the digest at the end of a JKS.
func jksDigest(password string, body []byte) []byte {
	digest := sha1.New() //nolint:gosec // the format's own integrity check
	digest.Write(utf16Bytes(password))
	digest.Write([]byte("Mighty Aphrodite"))
	digest.Write(body)
	return digest.Sum(nil)
}

func unreadable(client, detail string) *ReadError {
	return &ReadError{Err: ErrUnreadable, Client: client, Detail: detail}
}

func (e *ReadError) inEntry(number int) *ReadError {
	e.Detail = fmt.Sprintf("%s (entry %d)", e.Detail, number)
	return e
}

// modifiedUTF8 decodes Java's modified UTF-8 (DataInput.readUTF): no byte above
// three-byte sequences, surrogates one by one.
func modifiedUTF8(b []byte) (string, bool) {
	if bytes.IndexFunc(b, func(r rune) bool { return r >= 0x80 }) < 0 {
		return string(b), true
	}
	var units []uint16
	for i := 0; i < len(b); {
		c := b[i]
		n, lead := 1, uint16(c)
		switch {
		case c >= 0xE0 && c < 0xF0:
			n, lead = 3, uint16(c&0x0F)
		case c >= 0xC0 && c < 0xE0:
			n, lead = 2, uint16(c&0x1F)
		case c >= 0x80:
			return "", false
		}
		if i+n > len(b) {
			return "", false
		}
		for _, next := range b[i+1 : i+n] {
			if next&0xC0 != 0x80 {
				return "", false
			}
			lead = lead<<6 | uint16(next&0x3F)
		}
		units = append(units, lead)
		i += n
	}
	return string(utf16.Decode(units)), true
}
