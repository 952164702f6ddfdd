package deployment

import (
	"bytes"
	"compress/zlib"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	libpqName   = regexp.MustCompile(`(?:^|/)libpq(?:-[0-9a-f]+)?\.so\.5\.(\d+)$`)
	openSSLText = regexp.MustCompile(`OpenSSL (\d+\.\d+\.\d+[a-z]*) `)
	openSSLDir  = regexp.MustCompile(`OPENSSLDIR: "([^"\x00]+)"`)
	systemLib   = regexp.MustCompile(`^(usr/)?(local/)?lib(64)?/([a-z0-9_]+-linux-[a-z]+/)?lib`)
)

// libpqLibrary takes the version from the name: the last number of libpq's
// soname is PostgreSQL's major version since 10.
//
// Source: PostgreSQL, src/interfaces/libpq/Makefile (SO_MINOR_VERSION).
func libpqLibrary(s *search, name string, info fs.FileInfo) error {
	m, system := libpqName.FindStringSubmatch(name), systemLib.MatchString(name)
	if m == nil || strings.Contains(name, ".libs/") { // A wheel's own.
		return content(s, name, info)
	}
	d := Driver{Name: "libpq", Version: m[1], Path: absolute(name)}
	if d.Carries = !system; d.Carries {
		d.LibPQ = m[1]
	} else {
		s.runtime(Runtime{Name: "libpq", Version: m[1], Path: absolute(name)})
	}
	s.driver(d)
	return content(s, name, info)
}

// openSSLLibrary finds the version, and the folder that was compiled in, in
// the system's own library.
func openSSLLibrary(s *search, name string, info fs.FileInfo) error {
	if strings.Contains(name, "libcrypto.so.") && !systemLib.MatchString(name) && !strings.Contains(name, ".libs/") && !strings.Contains(name, "node_modules/") {
		s.foreignSSL = true // As of Conda and Nix.
	}
	if !strings.Contains(name, "libcrypto") || !systemLib.MatchString(name) {
		return nil
	}
	version, err := s.match(name, info, openSSLText)
	if err != nil {
		return err
	}
	s.runtime(Runtime{Name: "openssl", Version: version, Path: absolute(name)})
	folder, err := s.match(name, info, openSSLDir)
	if s.openSSLDir != "" && folder != "" && folder != s.openSSLDir {
		s.foreignSSL = true
	}
	if folder != "" {
		s.openSSLDir = folder
	}
	return err
}

var pgbouncerText = regexp.MustCompile(`PgBouncer (\d+\.\d+\.\d+)`)

func pgbouncer(s *search, name string, info fs.FileInfo) error {
	version, err := s.match(name, info, pgbouncerText)
	if err != nil {
		return err
	}
	s.driver(Driver{Name: "pgbouncer", Version: version, Path: absolute(name)})
	return nil
}

var psqlText = regexp.MustCompile(`psql \(PostgreSQL\) (\d+(?:\.\d+)*)`)

// psql of another place than the system's comes with its own libpq.
func psql(s *search, name string, info fs.FileInfo) error {
	version, err := s.match(name, info, psqlText)
	if err != nil || version == "" {
		return err
	}
	d := Driver{Name: "psql", Version: version, Path: absolute(name)}
	if !strings.HasPrefix(name, "usr/") && !strings.HasPrefix(name, "bin/") {
		d.Carries, d.LibPQ = true, version
	}
	s.driver(d)
	return nil
}

// pooler is a program that says its version nowhere.
func pooler(s *search, name string, _ fs.FileInfo) error {
	s.driver(Driver{Name: path.Base(name), Path: absolute(name)})
	return nil
}

// goDrivers are modules.
var goDrivers = map[string]string{
	"github.com/jackc/pgx/v5": "pgx", "github.com/jackc/pgx/v4": "pgx", "github.com/jackc/pgx": "pgx", "github.com/lib/pq": "lib-pq",
}

// program looks for what Go and Cargo write into the programs that they build.
func (s *search) program(name string, at io.ReaderAt, size int64) error {
	info, err := buildinfo.Read(io.NewSectionReader(at, 0, size))
	if err == nil {
		version := strings.TrimPrefix(info.GoVersion, "go")
		for _, module := range info.Deps {
			if module.Replace != nil {
				module.Version = module.Replace.Version
			}
			if driver := goDrivers[module.Path]; driver != "" {
				s.driver(Driver{Name: driver, Version: strings.TrimPrefix(module.Version, "v"), Path: absolute(name), Package: module.Path, Runtime: version})
			}
		}
		return nil
	}
	head := make([]byte, partHead)
	if _, err := at.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if bytes.Contains(head, upxMarker) {
		return errPacked
	}
	return s.cargo(name, at, size)
}

var errPacked = errors.New("it is packed with UPX, which hides what it was built from")

const maxAudit = 8 << 20

// cargo reads what cargo-auditable writes.
//
// Source: rust-secure-code/cargo-auditable, PARSING.md: zlib, then JSON, in the
// section .dep-v0.
func (s *search) cargo(name string, at io.ReaderAt, size int64) error {
	program, err := elf.NewFile(io.NewSectionReader(at, 0, size))
	if err != nil {
		return nil //nolint:nilerr // No program, or a truncated one: it holds nothing that anybody could find in it.
	}
	// Without libssl of the system it has a TLS library inside.
	loaded, err := program.ImportedLibraries()
	carries := err != nil || !slices.ContainsFunc(loaded, func(l string) bool { return strings.HasPrefix(l, "libssl.") })
	section := program.Section(".dep-v0")
	if section == nil {
		return s.crates(name, at, size, carries)
	}
	if section.Size > maxAudit {
		return nil
	}
	var audit struct {
		Packages []struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			Kind    string `json:"kind"`
		} `json:"packages"`
	}
	unpacked, err := zlib.NewReader(section.Open())
	if err == nil {
		err = json.NewDecoder(io.LimitReader(unpacked, maxAudit)).Decode(&audit)
	}
	if err != nil {
		return fmt.Errorf("%w: the section .dep-v0", errMalformed)
	}
	for _, crate := range audit.Packages {
		s.crate(crate.Name, Driver{Version: crate.Version, Path: absolute(name), Carries: carries})
	}
	return nil
}

// crateText is in the path of a crate's source, which a program has for the
// messages of its panics.
var crateText = regexp.MustCompile(`^(tokio-postgres|sqlx-postgres|sqlx-core)-(\d+\.\d+\.\d+[-+.0-9A-Za-z]*)/src(/postgres)?/`)

// crate adds a driver by the name of its crate.
func (s *search) crate(name string, d Driver) {
	switch name {
	case "tokio-postgres":
		d.Name = name
	case "sqlx-postgres", "sqlx-core/postgres": // The latter until 0.6.
		d.Name, d.Package = "sqlx", strings.TrimSuffix(name, "/postgres")
	default:
		return
	}
	s.driver(d)
}

// crates finds the drivers of a program of Rust that has no list of them.
func (s *search) crates(name string, at io.ReaderAt, size int64, carries bool) error {
	const piece, overlap = 1 << 20, 256
	buffer := make([]byte, piece+overlap)
	for offset := int64(0); offset < min(size, maxLibrary); offset += piece {
		n, err := at.ReadAt(buffer, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, begin := range []string{"tokio-postgres-", "sqlx-"} {
			for rest := buffer[:n]; ; rest = rest[len(begin):] {
				found := bytes.Index(rest, []byte(begin))
				if found < 0 {
					break
				}
				rest = rest[found:]
				if m := crateText.FindSubmatch(rest[:min(len(rest), overlap)]); m != nil {
					s.crate(string(m[1])+string(m[3]), Driver{Version: string(m[2]), Path: absolute(name), Carries: carries})
				}
			}
		}
	}
	return nil
}
