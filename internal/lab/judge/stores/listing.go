package stores

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Reading is one question to a real reader and its answer.
type Reading struct {
	// Store is the file's name under stores.
	Store string `json:"store"`
	// Reader is "openssl_file", "openssl_aux", "openssl_plain",
	// "openssl_first", "java_factory", "java_store" or "node_ca". Of Node only
	// the subjects are known: its anchors are named after the first
	// certificate, by name, that has the subject.
	Reader string `json:"reader"`
	// Version of the reader, where it matters: "1.1.1" or "3".
	Version string `json:"version,omitempty"`
	// Type is the key store type that was asked for; empty is the default.
	Type string `json:"type,omitempty"`
	// Password is nil for none.
	Password *string `json:"password,omitempty"`
	// OK is false where the reader reports an error.
	OK bool `json:"ok"`
	// Anchors are the names of the certificates, sorted.
	Anchors []string `json:"anchors,omitempty"`
	// Entries are "alias kind certificate" of a key store, sorted.
	Entries []string `json:"entries,omitempty"`
	// Error is the reader's own text.
	Error string `json:"error,omitempty"`
}

// Certificates returns the names of the corpus's certificates by SHA-256.
func Certificates(dir string) (map[string]string, error) {
	names := make(map[string]string)
	err := eachCertificate(dir, func(name string, der []byte) {
		sum := sha256.Sum256(der)
		names[hex.EncodeToString(sum[:])] = name
	})
	return names, err
}

// eachCertificate visits the corpus's certificates in the order of their names.
func eachCertificate(dir string, visit func(name string, der []byte)) error {
	files, err := filepath.Glob(filepath.Join(dir, "certificates", "*.pem"))
	if err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	slices.Sort(files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		block, _ := pem.Decode(content)
		if block == nil {
			return fmt.Errorf("%w: %s", errNoBlock, filepath.Base(file))
		}
		visit(strings.TrimSuffix(filepath.Base(file), ".pem"), block.Bytes)
	}
	return nil
}

var errNoBlock = errors.New("a certificate of the corpus has no PEM block")

// Readings asks the real readers about every store in dir. A libcrypto 1.1.1 is
// asked too where libcrypto11 names one.
func Readings(ctx context.Context, dir, libcrypto11 string) ([]Reading, error) {
	names, err := Certificates(dir)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "stores", "*"))
	if err != nil {
		return nil, fmt.Errorf("stores: %w", err)
	}
	slices.Sort(files)
	all, err := opensslReadings(ctx, files, names, libcrypto11)
	if err != nil {
		return nil, err
	}
	java, err := javaReadings(ctx, files, names)
	if err != nil {
		return nil, err
	}
	node, err := nodeReadings(ctx, dir, files)
	if err != nil {
		return nil, err
	}
	return append(append(all, java...), node...), nil
}

// subjectOf cuts the subject out of a certificate that crypto/x509 may refuse.
func subjectOf(der []byte) []byte {
	input := cryptobyte.String(der)
	var certificate, tbs, skipped, subject cryptobyte.String
	_ = input.ReadASN1(&certificate, cbasn1.SEQUENCE) &&
		certificate.ReadASN1(&tbs, cbasn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) &&
		tbs.ReadASN1(&skipped, cbasn1.INTEGER) && // the serial number
		tbs.ReadASN1(&skipped, cbasn1.SEQUENCE) && // the signature's algorithm
		tbs.ReadASN1(&skipped, cbasn1.SEQUENCE) && // the issuer
		tbs.ReadASN1(&skipped, cbasn1.SEQUENCE) && // the validity
		tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE)
	return subject
}

func opensslReadings(ctx context.Context, files []string, names map[string]string, libcrypto11 string) ([]Reading, error) {
	var all []Reading
	ask := func(version, library, kind string) error {
		requests := make([]string, len(files))
		for i, file := range files {
			requests[i] = kind + " " + file
		}
		answers, err := OpenSSL(ctx, library, requests)
		for i, answer := range answers {
			all = append(all, reading(names, Reading{Store: filepath.Base(files[i]), Reader: "openssl_" + kind, Version: version}, answer))
		}
		return err
	}
	for _, kind := range []string{"file", "aux", "plain", "first"} {
		if err := ask("3", "", kind); err != nil {
			return nil, err
		}
	}
	if libcrypto11 != "" {
		if err := ask("1.1.1", libcrypto11, "file"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// nodeReadings asks Node about the texts.
func nodeReadings(ctx context.Context, dir string, files []string) ([]Reading, error) {
	subjects, err := Subjects(dir)
	if err != nil {
		return nil, err
	}
	var asked []Reading
	var requests []string
	for _, file := range files {
		if name := filepath.Base(file); filepath.Ext(name) == ".pem" {
			asked = append(asked, Reading{Store: name, Reader: "node_ca"})
			requests = append(requests, "ca "+file)
		}
	}
	answers, err := Node(ctx, requests)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		asked[i] = reading(subjects, asked[i], answer)
	}
	return asked, nil
}

// Subjects returns the names of the corpus's certificates by their subjects,
// DER in hexadecimal: the first name where several have the same subject.
func Subjects(dir string) (map[string]string, error) {
	names := make(map[string]string)
	err := eachCertificate(dir, func(name string, der []byte) {
		if subject := hex.EncodeToString(subjectOf(der)); names[subject] == "" {
			names[subject] = name
		}
	})
	return names, err
}

func reading(names map[string]string, r Reading, answer Answer) Reading {
	r.OK, r.Error = answer.OK, answer.Error
	for _, anchor := range answer.Anchors {
		r.Anchors = append(r.Anchors, nameOf(names, anchor))
	}
	slices.Sort(r.Anchors)
	for _, entry := range answer.Entries {
		i := strings.LastIndex(entry, " ")
		r.Entries = append(r.Entries, entry[:i+1]+nameOf(names, entry[i+1:]))
	}
	return r
}

func nameOf(names map[string]string, fingerprint string) string {
	if name, ok := names[fingerprint]; ok {
		return name
	}
	return fingerprint
}

// passwords are what every key store is opened with; nil is none.
func passwords() []*string {
	changeit, empty, wrong, unicode := "changeit", "", "wrong!", "pässwörd"
	return []*string{nil, &changeit, &empty, &wrong, &unicode}
}

// keyStoreTypes returns the types under which Java is asked for a file; none
// for files that are no key stores.
func keyStoreTypes(name string) []string {
	switch extension := filepath.Ext(name); {
	case extension == ".jceks":
		return []string{"", "JCEKS"}
	case extension == ".caseexactjks":
		return []string{"", "CaseExactJKS"}
	case extension == ".jks":
		return []string{"", "JKS", "JCEKS"}
	case name == "java-many.pkcs12":
		return []string{"", "PKCS12", "JKS", "JCEKS"}
	case extension == ".p12", extension == ".pkcs12", extension == ".bks", extension == ".uber", extension == ".bcfks":
		return []string{""} // the default type, which is the same code
	case strings.HasPrefix(name, "text-two"), strings.HasPrefix(name, "text-empty"), strings.HasPrefix(name, "der-"):
		return []string{""}
	}
	return nil
}

func javaReadings(ctx context.Context, files []string, names map[string]string) ([]Reading, error) {
	var asked []Reading
	var requests []string
	for _, file := range files {
		name := filepath.Base(file)
		asked = append(asked, Reading{Store: name, Reader: "java_factory"})
		requests = append(requests, "factory\t"+file)
		for _, kind := range keyStoreTypes(name) {
			for _, password := range passwords() {
				given, as := "null", kind
				if password != nil {
					given = "=" + *password
				}
				if as == "" {
					as = "default"
				}
				asked = append(asked, Reading{Store: name, Reader: "java_store", Type: kind, Password: password})
				requests = append(requests, strings.Join([]string{"store", as, given, file}, "\t"))
			}
		}
	}
	answers, err := Java(ctx, requests)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		asked[i] = reading(names, asked[i], answer)
	}
	return asked, nil
}
