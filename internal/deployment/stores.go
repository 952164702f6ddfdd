package deployment

import (
	"bytes"
	"cmp"
	"crypto/x509"
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

// Whose trust store it is.
const (
	useOpenSSL = "openssl"
	useGo      = "go"
	useDotNet  = "dotnet"
	useJVM     = "jvm"
	useNode    = "node"
)

// goFiles are the files that Go's crypto/x509 looks for on Linux; the first
// one there is taken. goFolders are read with it, every file of them.
//
// Source: Go, src/crypto/x509/root_linux.go and root_unix.go, loadSystemRoots.
var (
	goFiles = []string{
		"etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem", "etc/pki/tls/cacert.pem",
		"etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "etc/ssl/cert.pem",
	}
	goFolders = "/etc/ssl/certs:/etc/pki/tls/certs"
)

// systemStores adds what OpenSSL, Go, .NET, Node and the JVM of the image look
// for by themselves.
func (s *search) systemStores() {
	file, folders := s.environment["SSL_CERT_FILE"], s.environment["SSL_CERT_DIR"]
	s.found.OpenSSLDir = s.openSSLFolder()
	if openSSL := cmp.Or(s.found.OpenSSLDir, s.guessedOpenSSLDir()); openSSL != "" || file != "" && folders != "" {
		// .NET takes OpenSSL's places, and every file of the folders.
		//
		// Source: dotnet/runtime, OpenSslCachedSystemStoreProvider.LoadMachineStores.
		for _, use := range []string{useOpenSSL, useDotNet} {
			if use == useDotNet && !s.runsOn("dotnet") {
				continue
			}
			s.system(cmp.Or(file, openSSL+"/cert.pem"), use)
			s.systemFolders(cmp.Or(folders, openSSL+"/certs"), use)
		}
	}
	if file != "" {
		s.system(file, useGo)
	} else {
		for _, name := range goFiles {
			if s.system(name, useGo) {
				break
			}
		}
	}
	if s.hasGo() {
		s.systemFolders(cmp.Or(folders, goFolders), useGo)
	}
	if file := s.environment["NODE_EXTRA_CA_CERTS"]; file != "" {
		if !strings.HasPrefix(file, "/") {
			file = path.Join(s.found.WorkingDir, file)
		}
		s.system(file, useNode)
	}
	s.found.Java = s.javaHome()
	for _, r := range slices.Clone(s.found.Runtimes) {
		if r.Name == "java" && r.Home != "" {
			for _, folder := range []string{"/lib/security/", "/jre/lib/security/"} {
				if s.system(r.Home+folder+"jssecacerts", useJVM) || s.system(r.Home+folder+"cacerts", useJVM) {
					break
				}
			}
		}
	}
}

func (s *search) runsOn(runtime string) bool {
	return slices.ContainsFunc(s.found.Runtimes, func(r Runtime) bool { return r.Name == runtime })
}

func (s *search) hasGo() bool {
	return slices.ContainsFunc(s.found.Drivers, func(d Driver) bool { return d.Name == "pgx" || d.Name == "lib-pq" })
}

// openSSLFolder is the folder of the system's OpenSSL: the one that is compiled
// into its library, else that of the distribution whose list has it. Empty is
// not known, or not the only one.
func (s *search) openSSLFolder() string {
	if s.foreignSSL {
		return ""
	}
	if s.openSSLDir != "" {
		return s.openSSLDir
	}
	for _, r := range s.found.Runtimes {
		if r.Name != "openssl" {
			continue
		}
		switch {
		case strings.HasPrefix(r.Path, "/var/lib/dpkg/"):
			return "/usr/lib/ssl"
		case strings.Contains(r.Path, "/apk/db/"):
			return "/etc/ssl"
		case strings.Contains(r.Path, "/rpm/"):
			return "/etc/pki/tls"
		}
	}
	return ""
}

// guessedOpenSSLDir is for a list of what lies in the usual places.
func (s *search) guessedOpenSSLDir() string {
	for _, folder := range []string{"usr/lib/ssl", "etc/pki/tls", "etc/ssl"} {
		if info, err := fs.Stat(s.files, folder); err == nil && info.IsDir() {
			return "/" + folder
		}
	}
	return ""
}

// javaHome is the folder of the Java that the image's command would run: the
// one that PATH or JAVA_HOME leads to, or the only one. Empty is not known.
func (s *search) javaHome() string {
	var homes []string
	for _, r := range s.found.Runtimes {
		if r.Name == "java" && r.Home != "" && !slices.Contains(homes, r.Home) {
			homes = append(homes, r.Home)
		}
	}
	if len(homes) == 1 {
		return homes[0]
	}
	var programs []string
	if home := s.environment["JAVA_HOME"]; home != "" {
		programs = append(programs, home+"/bin/java")
	}
	for _, word := range s.command {
		if strings.HasPrefix(word, "/") && isProgramOf(word, "java") {
			programs = []string{word}
		}
	}
	for folder := range strings.SplitSeq(cmp.Or(s.environment["PATH"], defaultPath), ":") {
		name := path.Join("/", folder, "java")
		if _, err := fs.Stat(s.files, inside(name)); err == nil && len(programs) < 2 {
			programs = append(programs, name)
			break
		}
	}
	chosen := map[string]bool{}
	for _, program := range programs {
		resolved := absolute(realPath(s.files, inside(program)))
		for _, home := range homes {
			if strings.HasPrefix(resolved, absolute(realPath(s.files, inside(home)))+"/") {
				chosen[home] = true
			}
		}
	}
	for home := range chosen {
		if len(chosen) == 1 {
			return home
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

// systemFolders adds folders of certificates, with colons between them.
func (s *search) systemFolders(names, use string) {
	for name := range strings.SplitSeq(names, ":") {
		if name != "" {
			s.systemFolder(inside(name), use)
		}
	}
}

// wantedBy says which files of a folder are read: OpenSSL looks for names that
// are hashes.
func wantedBy(use string) func(string) bool {
	if use == useOpenSSL {
		return hashed
	}
	return func(string) bool { return true }
}

func (s *search) systemFolder(name, use string) {
	folder, err := s.certificates(name, wantedBy(use))
	if use != useOpenSSL && err == nil && len(folder) > 0 { // As a folder, only OpenSSL reads it.
		var all bytes.Buffer
		writeAll(&all, folder, use)
		if all.Len() > 0 {
			s.directory("/"+name, all.Bytes(), use)
		}
		return
	}
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
