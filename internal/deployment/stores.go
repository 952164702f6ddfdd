package deployment

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// rdsName is in the subject of every CA of RDS.
var rdsName = []byte("Amazon RDS ")

// mayHoldRDS is a quick look: it decodes no certificate. A key store that is
// encrypted may hold anything.
func mayHoldRDS(content []byte) bool {
	if bytes.Contains(content, rdsName) {
		return true
	}
	if format := truststore.Detect(content); format != truststore.FormatPEM {
		return format == truststore.FormatPKCS12
	}
	for rest := content; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		if bytes.Contains(block.Bytes, rdsName) {
			return true
		}
		rest = after
	}
	// What encoding/pem does not take, another reader may.
	return bytes.Contains(content, []byte("Amazon RDS")) || bytes.Contains(content, encodedName[0]) || bytes.Contains(content, encodedName[1]) || bytes.Contains(content, encodedName[2])
}

// encodedName is the name in base64, at each of its three alignments and less
// the letters that its neighbours decide.
var encodedName = [3][]byte{encodedAt(0), encodedAt(1), encodedAt(2)}

func encodedAt(offset int) []byte {
	text := base64.RawStdEncoding.EncodeToString(append(make([]byte, offset), rdsName...))
	return []byte(text[(offset*8+5)/6 : len(text)-2])
}

// store adds a file that holds certificates of RDS.
func (s *search) store(name string, content []byte) {
	if mayHoldRDS(content) {
		s.inspected(absolute(name), content, nil)
	}
}

// inspected adds a store; with uses also where it holds nothing of RDS.
func (s *search) inspected(name string, content []byte, uses []string) {
	for i := range s.found.Stores {
		if s.found.Stores[i].Path == name {
			for _, use := range uses {
				if !slices.Contains(s.found.Stores[i].Uses, use) {
					s.found.Stores[i].Uses = append(s.found.Stores[i].Uses, use)
				}
			}
			return
		}
	}
	if store, ok := s.storeOf(name, content, uses); ok {
		s.found.Stores = append(s.found.Stores, store)
	}
}

// directory adds a folder of which every file is read.
func (s *search) directory(name string, content []byte, use string) {
	for i, there := range s.found.Stores {
		if there.Path == name && !slices.Contains(there.Uses, useOpenSSL) {
			s.found.Stores[i].Uses = append(there.Uses, use)
			return
		}
	}
	if store, ok := s.storeOf(name, content, []string{use}); ok {
		store.Format = "directory"
		s.found.Stores = append(s.found.Stores, store)
	}
}

// storeOf looks into a store; false is a file with another purpose.
func (s *search) storeOf(name string, content []byte, uses []string) (Store, bool) {
	contents, err := truststore.Inspect(content, truststore.InspectOptions{Region: s.opt.Region, At: s.opt.At})
	store := Store{Path: name, Format: string(contents.Format), Uses: uses}
	for _, entry := range contents.Entries {
		if ca, known := rdsca.BySHA256(entry.SHA256); known && ca.Role == rdsca.RoleRoot && (s.opt.Region == "" || ca.Region == s.opt.Region) {
			store.Held = append(store.Held, s.identifier(ca))
		}
	}
	for _, missing := range contents.MissingRoots {
		store.Missing = append(store.Missing, s.identifier(missing))
	}
	slices.Sort(store.Held)
	store.Held = slices.Compact(store.Held)
	for _, problem := range contents.Problems {
		if !slices.Contains(store.Problems, problem.Code) {
			store.Problems = append(store.Problems, problem.Code)
		}
	}
	if err != nil {
		if uses == nil && len(store.Problems) == 0 && !errors.Is(err, truststore.ErrPasswordNeeded) && !errors.Is(err, truststore.ErrWrongPassword) {
			return store, false // Such as a key.
		}
		store.Problems = append(store.Problems, problemOf(err))
	} else if uses == nil && len(contents.Entries) == 0 && store.Format != string(truststore.FormatPKCS12) {
		return store, false
	}
	return store, true
}

// certificatesOf are the certificates of a file, as DER.
func certificatesOf(content []byte) [][]byte {
	var all [][]byte
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			all = append(all, block.Bytes)
		}
	}
	if _, err := x509.ParseCertificate(content); len(all) == 0 && err == nil {
		all = append(all, content)
	}
	return all
}

// underItsHash says whether a certificate lies under the hash of its subject.
func underItsHash(name string, der []byte) bool {
	certificate, err := x509.ParseCertificate(der)
	return err == nil && strings.HasPrefix(name, truststore.NameHash(certificate)+".")
}

func problemOf(err error) string {
	switch {
	case errors.Is(err, truststore.ErrPasswordNeeded):
		return "trust_store_password_needed"
	case errors.Is(err, truststore.ErrWrongPassword):
		return "wrong_trust_store_password"
	default:
		return "trust_store_unreadable"
	}
}

func (s *search) identifier(ca rdsca.CA) string {
	if s.opt.Region != "" {
		return ca.Identifier
	}
	return ca.Region + "/" + ca.Identifier
}
