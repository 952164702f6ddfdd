package deployment

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io/fs"
	"path"
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
	contents, err := truststore.Inspect(content, truststore.InspectOptions{Region: s.opt.Region, At: s.opt.At})
	store := Store{Path: name, Format: string(contents.Format), Uses: uses}
	held := map[string]bool{}
	for _, entry := range contents.Entries {
		if ca, known := rdsca.BySHA256(entry.SHA256); known && ca.Role == rdsca.RoleRoot && (s.opt.Region == "" || ca.Region == s.opt.Region) {
			held[s.identifier(ca)] = true
		}
	}
	for identifier := range held {
		store.Held = append(store.Held, identifier)
	}
	for _, missing := range contents.MissingRoots {
		store.Missing = append(store.Missing, s.identifier(missing))
	}
	slices.Sort(store.Held)
	for _, problem := range contents.Problems {
		if !slices.Contains(store.Problems, problem.Code) {
			store.Problems = append(store.Problems, problem.Code)
		}
	}
	if err != nil {
		if uses == nil && len(store.Problems) == 0 && !errors.Is(err, truststore.ErrPasswordNeeded) && !errors.Is(err, truststore.ErrWrongPassword) {
			return // A file with another purpose, such as a key.
		}
		store.Problems = append(store.Problems, problemOf(err))
	} else if uses == nil && len(contents.Entries) == 0 && store.Format != string(truststore.FormatPKCS12) {
		return
	}
	s.found.Stores = append(s.found.Stores, store)
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

// goFiles are the files that Go's crypto/x509 looks for on Linux; the first
// one there is taken.
//
// Source: Go, src/crypto/x509/root_linux.go.
var goFiles = []string{
	"etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem", "etc/pki/tls/cacert.pem",
	"etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "etc/ssl/cert.pem",
}

// systemStores adds what OpenSSL, Go, Node and the JVM of the image look for by
// themselves.
func (s *search) systemStores() {
	openSSL := cmp.Or(s.openSSLDir, s.guessedOpenSSLDir())
	if openSSL != "" {
		s.system(cmp.Or(s.environment["SSL_CERT_FILE"], openSSL+"/cert.pem"), "openssl")
		for folder := range strings.SplitSeq(cmp.Or(s.environment["SSL_CERT_DIR"], openSSL+"/certs"), ":") {
			s.systemFolder(folder, "openssl")
		}
	}
	if file := s.environment["SSL_CERT_FILE"]; file != "" {
		s.system(file, "go")
	} else {
		for _, file := range goFiles {
			if s.system(file, "go") {
				break
			}
		}
	}
	if file := s.environment["NODE_EXTRA_CA_CERTS"]; file != "" {
		if !strings.HasPrefix(file, "/") {
			file = path.Join(s.found.WorkingDir, file)
		}
		s.system(file, "node")
	}
	for _, r := range slices.Clone(s.found.Runtimes) {
		if r.Name == "java" && r.Home != "" {
			for _, folder := range []string{"/lib/security/", "/jre/lib/security/"} {
				if s.system(r.Home+folder+"jssecacerts", "jvm") || s.system(r.Home+folder+"cacerts", "jvm") {
					break
				}
			}
		}
	}
}

func (s *search) guessedOpenSSLDir() string {
	for _, folder := range []string{"usr/lib/ssl", "etc/pki/tls", "etc/ssl"} {
		if info, err := fs.Stat(s.files, folder); err == nil && info.IsDir() {
			return "/" + folder
		}
	}
	return ""
}

// system adds a store at a path, if it is there.
func (s *search) system(name, use string) bool {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	info, err := fs.Stat(s.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false
	case err == nil && info.IsDir():
		return false
	}
	var content []byte
	if err == nil {
		content, err = s.read(name, info, maxStore)
	}
	if err != nil {
		s.unread(name, err)
		return true
	}
	s.inspected("/"+name, content, []string{use})
	return true
}

const maxFolder = 10_000

// systemFolder adds a folder of certificates under their hashes.
func (s *search) systemFolder(name, use string) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	folder, err := s.certificates(name, hashed)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		s.unread(name, err)
	case len(folder) > 0:
		s.inspected("/"+name, folder.Archive(), []string{use})
	}
}

// certificates reads the files of a folder whose names are wanted. A link that
// leads nowhere is no certificate for OpenSSL either.
func (s *search) certificates(name string, wanted func(string) bool) (truststore.Directory, error) {
	entries, err := fs.ReadDir(s.files, name)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxFolder {
		return nil, errTooLarge
	}
	folder, total := truststore.Directory{}, int64(0)
	for _, entry := range entries {
		file := name + "/" + entry.Name()
		info, err := fs.Stat(s.files, file)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() || !wanted(entry.Name()) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if total += info.Size(); total > maxStore {
			return nil, errTooLarge
		}
		if folder[entry.Name()], err = fs.ReadFile(s.files, file); err != nil {
			return nil, err
		}
	}
	return folder, nil
}

// hashed says whether OpenSSL can look for a name: a hash and a number.
func hashed(name string) bool {
	hash, number, ok := strings.Cut(name, ".")
	return ok && len(hash) == 8 && strings.Trim(hash, "0123456789abcdef") == "" && number != "" && strings.Trim(number, "0123456789") == ""
}
