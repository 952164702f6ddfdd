package truststore

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the format's own integrity check
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// Content types of the parts of a PKCS#12, encoded.
const (
	oidData      = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	oidEncrypted = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"
)

// Java's texts for a PKCS#12 that does not open.
const (
	javaWrongPassword = "keystore password was incorrect"
	javaIntegrity     = "Integrity check failed"
)

// pkcs12Reader opens a PKCS#12 (RFC 7292) as Java does.
//
// Source: OpenJDK, sun/security/pkcs12/PKCS12KeyStore.java, engineLoad and
// loadSafeContents; observed with 17.0.15.
type pkcs12Reader struct {
	// passwords are what is tried: nil for none. Java tries the empty one
	// with and without a closing zero.
	passwords []pkcs12Password
	// given is set with a password, also one that Java refuses.
	given  bool
	budget *kdfBudget
	bags   *pkcs12Bags
	// skipped is the number of encrypted parts passed over without a password.
	skipped int
}

// pkcs12Password is a password in its two encodings.
type pkcs12Password struct{ text, bmp []byte }

// parsePKCS12 reads a PKCS#12. A nil password opens what is not encrypted and
// leaves the rest and the integrity alone.
func parsePKCS12(content []byte, password *string) ([]Entry, []Problem, *ReadError) {
	der, ok := toDER(content)
	if !ok {
		return nil, nil, unreadable("", "it is not a PKCS#12 store, or it is cut off")
	}
	r := &pkcs12Reader{budget: &kdfBudget{left: maxHashing}, bags: newPKCS12Bags()}
	r.setPassword(password)
	var pfx, info, safe cryptobyte.String
	var version int
	input := cryptobyte.String(der)
	if !input.ReadASN1(&pfx, cbasn1.SEQUENCE) || !pfx.ReadASN1Integer(&version) || version != 3 ||
		!pfx.ReadASN1(&info, cbasn1.SEQUENCE) {
		return nil, nil, unreadable("", "it is not a PKCS#12 store of version 3")
	}
	kind, value, ok := readContentInfo(info)
	if !ok || kind != oidData || !value.ReadASN1(&safe, cbasn1.OCTET_STRING) {
		return nil, nil, unreadable("public key protected PKCS12 not supported", "it is a PKCS#12 store that is signed instead of being protected by a password")
	}
	if err := r.parts(safe); err != nil {
		return nil, nil, err
	}
	if !pfx.Empty() && password != nil {
		if err := r.checkMAC(pfx, safe); err != nil {
			return nil, nil, err
		}
	}
	entries, problems := r.bags.entries()
	if r.skipped > 0 {
		problems = noted(problems, Problem{
			Code:   CodeNullPassword,
			Detail: "The certificates are encrypted, and no password is set: Java skips them without an error.",
			Remedy: "Set the store's password, or write the store without encryption.",
		})
	}
	return entries, problems, nil
}

// setPassword keeps the password unless Java's PBEKey refuses it: characters
// outside ASCII open nothing.
func (r *pkcs12Reader) setPassword(password *string) {
	if password == nil {
		return
	}
	r.given = true
	for _, c := range *password {
		if c < 0x20 || c > 0x7e {
			return
		}
	}
	r.passwords = []pkcs12Password{{text: []byte(*password), bmp: bmpPassword(*password)}}
	if *password == "" {
		r.passwords = append(r.passwords, pkcs12Password{text: []byte{0}})
	}
}

// wrongPassword is the error for a part that none of the passwords opens.
func (r *pkcs12Reader) wrongPassword(client, detail string) *ReadError {
	if r.passwords == nil { // though one is given
		detail = "Java accepts only printable ASCII characters in the password of a PKCS#12 store"
	}
	return &ReadError{Err: ErrWrongPassword, Client: client, Detail: detail}
}

// readContentInfo splits a ContentInfo into its type and its explicit content,
// one element. Java does not look at the tag around the content.
func readContentInfo(info cryptobyte.String) (kind string, value cryptobyte.String, ok bool) {
	var oid, inner cryptobyte.String
	var tag, innerTag cbasn1.Tag
	if !asn.ReadIdentifier(&info, &oid) || !info.ReadAnyASN1(&value, &tag) || !info.Empty() {
		return "", nil, false
	}
	rest := value
	return string(oid), value, rest.ReadAnyASN1Element(&inner, &innerTag) && rest.Empty()
}

// parts reads the AuthenticatedSafe.
func (r *pkcs12Reader) parts(safe cryptobyte.String) *ReadError {
	der, ok := toDER(safe)
	input := cryptobyte.String(der)
	var list, info cryptobyte.String
	if !ok || !input.ReadASN1(&list, cbasn1.SEQUENCE) {
		return unreadable("", "its contents are malformed")
	}
	for !list.Empty() {
		if !list.ReadASN1(&info, cbasn1.SEQUENCE) {
			return unreadable("", "its contents are malformed")
		}
		kind, value, ok := readContentInfo(info)
		if !ok {
			return unreadable("", "its contents are malformed")
		}
		var plain cryptobyte.String
		switch {
		case kind == oidData && value.ReadASN1(&plain, cbasn1.OCTET_STRING):
			if err := r.bags.load(plain); err != nil {
				return err
			}
		case kind == oidEncrypted && !r.given:
			r.skipped++
		case kind == oidEncrypted:
			if err := r.encrypted(value); err != nil {
				return err
			}
		default:
			return unreadable("public key protected PKCS12 not supported", "it has a part that is neither plain nor encrypted with a password")
		}
	}
	return nil
}

// encrypted opens one EncryptedData.
func (r *pkcs12Reader) encrypted(value cryptobyte.String) *ReadError {
	var data, info, kind, algorithm, cipherText cryptobyte.String
	var version int
	implicit := cbasn1.Tag(0).ContextSpecific()
	if !value.ReadASN1(&data, cbasn1.SEQUENCE) || !data.ReadASN1Integer(&version) ||
		!data.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1(&kind, cbasn1.OBJECT_IDENTIFIER) ||
		!info.ReadASN1(&algorithm, cbasn1.SEQUENCE) {
		return unreadable("", "an encrypted part is malformed")
	}
	if info.PeekASN1Tag(implicit.Constructed()) {
		var pieces, piece cryptobyte.String
		_ = info.ReadASN1(&pieces, implicit.Constructed())
		for !pieces.Empty() {
			if !pieces.ReadASN1(&piece, cbasn1.OCTET_STRING) {
				return unreadable("", "an encrypted part is malformed")
			}
			cipherText = append(cipherText, piece...)
		}
	} else if !info.ReadASN1(&cipherText, implicit) {
		return unreadable("", "an encrypted part is malformed")
	}
	scheme, known := parseEncryption(algorithm)
	if !known || !scheme.java {
		return &ReadError{
			Err:    ErrUnsupportedFormat,
			Detail: "it is encrypted with an algorithm that Java 17 does not know",
		}
	}
	for _, password := range r.passwords {
		if err := r.budget.spend(scheme.iterations, scheme.steps, scheme.newHash); err != nil {
			return err
		}
		plain, ok := scheme.decrypt(password.text, password.bmp, cipherText)
		if !ok {
			continue
		}
		// A wrong key gives well-padded rubbish now and then: with two
		// passwords to try, the first must not leave its rubbish behind.
		if len(r.passwords) > 1 && newPKCS12Bags().load(plain) != nil {
			continue
		}
		if err := r.bags.load(plain); err == nil {
			return nil
		}
	}
	return r.wrongPassword(javaWrongPassword, "the encrypted part cannot be decrypted")
}

// checkMAC compares the code over the AuthenticatedSafe.
func (r *pkcs12Reader) checkMAC(pfx, safe cryptobyte.String) *ReadError {
	var mac, info, element, algorithm, oid, digest, salt cryptobyte.String
	iterations := 1
	if !pfx.ReadASN1(&mac, cbasn1.SEQUENCE) || !mac.ReadASN1(&info, cbasn1.SEQUENCE) ||
		!readAlgorithm(&info, &element) ||
		!info.ReadASN1(&digest, cbasn1.OCTET_STRING) || !info.Empty() || !mac.ReadASN1(&salt, cbasn1.OCTET_STRING) ||
		(!mac.Empty() && !mac.ReadASN1Integer(&iterations)) || !mac.Empty() {
		return unreadable("", "its MAC is malformed")
	}
	_ = element.ReadASN1(&algorithm, cbasn1.SEQUENCE)
	_ = asn.ReadIdentifier(&algorithm, &oid)
	newHash := macHash(string(oid))
	if newHash == nil {
		return &ReadError{
			Err: ErrUnsupportedFormat, Client: javaIntegrity,
			Detail: "its MAC is of a kind that Java 17 does not know, such as PBMAC1",
		}
	}
	for _, password := range r.passwords {
		if err := r.budget.spend(iterations, 1, newHash); err != nil {
			return err
		}
		key := pkcs12Key(newHash, kdfMAC, password.bmp, salt, iterations, newHash().Size())
		code := hmac.New(newHash, key)
		code.Write(safe)
		if subtle.ConstantTimeCompare(code.Sum(nil), digest) == 1 {
			return nil
		}
	}
	return r.wrongPassword(javaIntegrity, "the store's MAC does not match")
}

// macHash returns the hash of a MacData's digest algorithm; nil if Java has no
// such HmacPBE.
func macHash(oid string) func() hash.Hash {
	const sha2 = "\x60\x86\x48\x01\x65\x03\x04\x02"
	switch oid {
	case "\x2b\x0e\x03\x02\x1a":
		return sha1.New
	case sha2 + "\x04":
		return sha256.New224
	case sha2 + "\x01":
		return sha256.New
	case sha2 + "\x02":
		return sha512.New384
	case sha2 + "\x03":
		return sha512.New
	case sha2 + "\x05":
		return sha512.New512_224
	case sha2 + "\x06":
		return sha512.New512_256
	}
	return nil
}
