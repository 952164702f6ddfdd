package stores

import (
	"cmp"
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

// asked is a question to a real reader, and its request.
type asked struct {
	Reading

	request string
}

// Readings asks the real readers about every store in dir. A libcrypto 1.1.1 is
// asked too where libcrypto11 names one.
func Readings(ctx context.Context, dir, libcrypto11 string) ([]Reading, error) {
	names, err := Certificates(dir)
	if err != nil {
		return nil, err
	}
	subjects, err := Subjects(dir)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "stores", "*"))
	if err != nil {
		return nil, fmt.Errorf("stores: %w", err)
	}
	slices.Sort(files)
	var openssl, openssl11, java, node []asked
	for _, kind := range []string{"file", "aux", "plain", "first"} {
		for _, file := range files {
			openssl = append(openssl, asked{Reading{Store: filepath.Base(file), Reader: "openssl_" + kind, Version: "3"}, kind + " " + file})
		}
	}
	for _, file := range files {
		name := filepath.Base(file)
		if libcrypto11 != "" {
			openssl11 = append(openssl11, asked{Reading{Store: name, Reader: "openssl_file", Version: "1.1.1"}, "file " + file})
		}
		java = append(java, ofJava(file)...)
		if filepath.Ext(name) == ".pem" {
			node = append(node, asked{Reading{Store: name, Reader: "node_ca"}, "ca " + file})
		}
	}
	var all []Reading
	for _, reader := range []struct {
		questions []asked
		names     map[string]string
		ask       func(requests []string) ([]Answer, error)
	}{
		{openssl, names, func(requests []string) ([]Answer, error) { return OpenSSL(ctx, "", requests) }},
		{openssl11, names, func(requests []string) ([]Answer, error) { return OpenSSL(ctx, libcrypto11, requests) }},
		{java, names, func(requests []string) ([]Answer, error) { return Java(ctx, requests) }},
		{node, subjects, func(requests []string) ([]Answer, error) { return Node(ctx, requests) }},
	} {
		if len(reader.questions) == 0 {
			continue
		}
		var requests []string
		for _, q := range reader.questions {
			requests = append(requests, q.request)
		}
		answers, err := reader.ask(requests)
		if err != nil {
			return nil, err
		}
		for i, answer := range answers {
			all = append(all, reading(reader.names, reader.questions[i].Reading, answer))
		}
	}
	return all, nil
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

// ofJava are the questions to Java about a file.
func ofJava(file string) []asked {
	name := filepath.Base(file)
	questions := []asked{{Reading{Store: name, Reader: "java_factory"}, "factory\t" + file}}
	for _, kind := range keyStoreTypes(name) {
		for _, password := range passwords() {
			request := strings.Join([]string{"store", cmp.Or(kind, "default"), given(password), file}, "\t")
			questions = append(questions, asked{Reading{Store: name, Reader: "java_store", Type: kind, Password: password}, request})
		}
	}
	return questions
}

// given is a password in a request.
func given(password *string) string {
	if password == nil {
		return "null"
	}
	return "=" + *password
}
