package deployment

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

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
	goFiles = strings.Fields(`etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt etc/ssl/ca-bundle.pem etc/pki/tls/cacert.pem
		etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem etc/ssl/cert.pem`)
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
	if slices.ContainsFunc(s.found.Drivers, func(d Driver) bool { return d.Name == "pgx" || d.Name == "lib-pq" }) {
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
		if strings.HasPrefix(word, "/") && path.Base(word) == "java" {
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
	resolved := func(name string) string { return realPath(s.files, inside(name)) + "/" }
	homes = slices.DeleteFunc(homes, func(home string) bool {
		return !slices.ContainsFunc(programs, func(program string) bool { return strings.HasPrefix(resolved(program), resolved(home)) })
	})
	if len(homes) != 1 {
		return ""
	}
	return homes[0]
}

// system adds a store at a path, if it is there.
func (s *search) system(name, use string) bool {
	name = inside(name)
	info, err := fs.Stat(s.files, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return false
	}
	var content []byte
	if err == nil {
		content, err = s.read(name, info, maxStore)
	}
	if err != nil {
		s.unread(name, err, use)
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
		s.unread(name, err, use)
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
