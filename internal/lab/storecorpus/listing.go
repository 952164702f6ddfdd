package storecorpus

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Reading is one question to a real reader and its answer.
type Reading struct {
	// Store is the file's name under stores.
	Store string `json:"store"`
	// Reader is "openssl_file", "openssl_aux", "openssl_plain",
	// "openssl_first", "java_factory", "java_store" or "node_ca".
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
	files, err := filepath.Glob(filepath.Join(dir, "certificates", "*.pem"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no certificates in the corpus: %w", err)
	}
	names := make(map[string]string, len(files))
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // a file of the corpus
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		block, _ := pem.Decode(content)
		sum := sha256.Sum256(block.Bytes)
		names[hex.EncodeToString(sum[:])] = strings.TrimSuffix(filepath.Base(file), ".pem")
	}
	return names, nil
}

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
	var all []Reading
	for _, version := range []string{"3", "1.1.1"} {
		if version == "1.1.1" && libcrypto11 == "" {
			continue
		}
		for _, kind := range []string{"file", "aux", "plain", "first"} {
			if version == "1.1.1" && kind != "file" {
				continue
			}
			library := ""
			if version == "1.1.1" {
				library = libcrypto11
			}
			requests := make([]string, len(files))
			for i, file := range files {
				requests[i] = kind + " " + file
			}
			answers, err := OpenSSL(ctx, library, requests)
			if err != nil {
				return nil, err
			}
			for i, answer := range answers {
				all = append(all, reading(names, Reading{Store: filepath.Base(files[i]), Reader: "openssl_" + kind, Version: version}, answer))
			}
		}
	}
	java, err := javaReadings(ctx, files, names)
	if err != nil {
		return nil, err
	}
	return append(all, java...), nil
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
	case extension == ".p12", extension == ".pkcs12":
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
