package policy

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
)

// File is what is known of a file of the client, beside its trust store.
type File struct {
	// Content is what stands in it. That of a private key goes no further than
	// into [Files.Pair].
	Content []byte
	// Absent: there is no such file.
	Absent bool
	// Mode is the permission bits of the file; negative is not known.
	Mode int
	// Unavailable says in words why the content could not be had; empty if it
	// could.
	Unavailable string
}

// Files are files of the client by the path that the client sees. A path that
// is not among them is not known to be there or not.
type Files map[string]File

// notDeclared ends the texts of what is named and not declared.
const notDeclared = ", but that file is not declared in \"files\""

// The default places of a client certificate and its key, below the home directory.
const (
	DefaultCertificate = "/.postgresql/postgresql.crt"
	DefaultKey         = "/.postgresql/postgresql.key"
)

// NotDeclared says that the settings name a file that is not declared. The
// reason is then ReasonFileNotDeclared.
func NotDeclared(what, path string) string {
	return "the settings name " + what + " " + Quoted(path) + notDeclared
}

// Lookup returns what is known of a file. unknown says why nothing is; empty is
// that something is. what names the file in words.
func (f Files) Lookup(what, path string) (file File, unknown string) {
	file, declared := f[path]
	switch {
	case !declared:
		return file, NotDeclared(what, path)
	case file.Unavailable != "":
		return file, what + " " + Quoted(path) + " cannot be read: " + file.Unavailable
	}
	return file, ""
}

// Below returns the path of the declared file that ends so, for defaults in a
// home directory that is not known; empty where there is none.
func (f Files) Below(home, ending string) string {
	if home != "" {
		if _, declared := f[home+ending]; declared {
			return home + ending
		}
		return ""
	}
	for _, path := range slices.Sorted(maps.Keys(f)) {
		if strings.HasSuffix(path, ending) {
			return path
		}
	}
	return ""
}

// Trouble is what is wrong with a client certificate and its private key.
type Trouble uint8

// What can be wrong, in the order in which programs find it. The zero value is
// nothing.
const (
	NoTrouble Trouble = iota
	CertificateAbsent
	CertificateUnreadable
	KeyAbsent
	KeyOpen // others than its owner may read it
	KeyUnreadable
	KeyOfAnother
)

// Pair says what is wrong with a client certificate and its key, files of PEM.
// An empty key path is no key. Where it is not known, unknown says why.
// modeCounts says that the client refuses a key that others may read, as libpq
// and lib/pq do.
func (f Files) Pair(certificatePath, keyPath string, modeCounts bool) (trouble Trouble, unknown string) {
	certificate, unknown := f.Lookup("the client certificate", certificatePath)
	if unknown != "" || certificate.Absent {
		return CertificateAbsent, unknown
	}
	leaf := firstCertificate(certificate.Content)
	if leaf == nil {
		return CertificateUnreadable, ""
	}
	if keyPath == "" {
		return KeyAbsent, ""
	}
	key, unknown := f.Lookup("the client's private key", keyPath)
	if unknown != "" || key.Absent {
		return KeyAbsent, unknown
	}
	if open, unknown := key.Open(keyPath); modeCounts && open {
		return KeyOpen, ""
	} else if modeCounts && unknown != "" {
		return NoTrouble, unknown
	}
	return matching(leaf, key.Content, keyPath)
}

// Open says whether others than its owner may read a private key, so that a client
// that minds refuses it. Where it is not known, unknown says why.
func (f File) Open(path string) (open bool, unknown string) {
	switch {
	case f.Mode < 0:
		return false, "the permissions of the private key " + Quoted(path) + " are not declared (set \"mode\" in \"files\"), and the client refuses a key that other users can read"
	case f.Mode&0o037 != 0:
		return true, ""
	case f.Mode&0o077 != 0:
		return false, "the private key " + Quoted(path) + " is readable by its group: the client accepts that only if root owns the key file, and the owner of the file is not known"
	}
	return false, ""
}

func firstCertificate(content []byte) *x509.Certificate {
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
				return certificate
			}
			return nil
		}
	}
	return nil
}

// matching compares a certificate with a private key.
func matching(leaf *x509.Certificate, content []byte, path string) (Trouble, string) {
	if bytes.Contains(content, []byte("ENCRYPTED")) {
		return NoTrouble, "the private key " + Quoted(path) + " is encrypted, and it is not known whether the client is given the key's password"
	}
	var key any
	for block, rest := pem.Decode(content); block != nil && key == nil; block, rest = pem.Decode(rest) {
		key = privateKey(block.Bytes)
	}
	signer, is := key.(crypto.Signer)
	if !is {
		return KeyUnreadable, ""
	}
	// Every kind of key has this method.
	if public, is := leaf.PublicKey.(interface {
		Equal(other crypto.PublicKey) bool
	}); !is || !public.Equal(signer.Public()) {
		return KeyOfAnother, ""
	}
	return NoTrouble, ""
}

func privateKey(der []byte) any {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key
	}
	return nil
}

// ReasonClientCertificate is for a client that cannot use the certificate of its
// own that its settings name, or that lies in its default place.
const ReasonClientCertificate = "client_certificate_not_usable"

// UnusableCertificate is the refusal of a client for its own certificate; client
// is its own text, constant part.
func UnusableCertificate(trouble Trouble, client string) *Rejection {
	words := map[Trouble]string{
		CertificateAbsent: "the client certificate file does not exist", CertificateUnreadable: "the client certificate file contains no certificate",
		KeyAbsent: "there is no private key for the client certificate", KeyOpen: "the client's private key can be read by users other than its owner",
		KeyUnreadable: "the private key of the client certificate cannot be decoded", KeyOfAnother: "the private key does not belong to the client certificate",
	}
	return &Rejection{Reason: ReasonClientCertificate, Detail: words[trouble], Client: client}
}
