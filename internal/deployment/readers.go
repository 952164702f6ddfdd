package deployment

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

const (
	maxText    = 64 << 20 // of a package's list or description
	maxStore   = 16 << 20
	maxLibrary = 256 << 20
)

// reader looks into one file.
type reader func(s *search, name string, info fs.FileInfo) error

type pattern struct {
	name *regexp.Regexp
	read reader
}

// patterns say which file is read how, the first match first. Formats and edge
// cases are those that the extractors of osv-scalibr and syft cover.
var patterns = []pattern{
	{regexp.MustCompile(`^var/lib/dpkg/status$|^var/lib/dpkg/status\.d/[^/]+$`), text(dpkg)},
	{regexp.MustCompile(`^(usr/)?lib/apk/db/installed$`), text(apk)},
	{regexp.MustCompile(`^(var/lib|usr/lib/sysimage|usr/share)/rpm/(Packages|Packages\.db|rpmdb\.sqlite)$`), rpm},
	{regexp.MustCompile(`(^|/)[^/]+\.(dist-info/METADATA|egg-info/PKG-INFO|egg-info|egg/EGG-INFO/PKG-INFO)$`), text(python)},
	{regexp.MustCompile(`(^|/)(psycopg2|psycopg|asyncpg|pg8000)/__init__\.py$`), pythonPackage},
	{regexp.MustCompile(`(^|/)python3(\.\d+)?t?/patchlevel\.h$`), described("python", pythonVersion, 3)},
	{regexp.MustCompile(`(^|/)node_modules/(pg|postgres|pg-native|prisma|@prisma/client|@prisma/adapter-pg)/package\.json$`), text(node)},
	{regexp.MustCompile(`(^|/)include/node/node_version\.h$`), text(nodeHeader)},
	{regexp.MustCompile(`(^|/)\.yarn/(berry/)?cache/(pg|postgres|pg-native|@?prisma[-a-z]*)-npm-\d[^/]*\.zip$`), yarnCache},
	{regexp.MustCompile(`(?i)\.(jar|war|ear)$`), jar},
	{regexp.MustCompile(`(^|/)org/postgresql/util/DriverInfo\.class$`), text(class)},
	{regexp.MustCompile(`(^|/)release$`), described("java", javaVersion, 1)},
	{regexp.MustCompile(`(^|/)lib/postgrex-\d[^/]*/ebin/postgrex\.app$`), postgrex},
	{regexp.MustCompile(`(^|/)specifications/(default/)?(pg|postgres-pr)-\d[^/]*\.gemspec$`), gem},
	{regexp.MustCompile(`(^|/)(pdo_pgsql|pgsql)\.so$`), phpExtension},
	{regexp.MustCompile(`(^|/)php/main/php_version\.h$`), described("php", phpVersion, 4)},
	{regexp.MustCompile(`\.deps\.json$`), text(dotnet)},
	{regexp.MustCompile(`(^|/)libpq(-[0-9a-f]+)?\.so\.5\.\d+$`), libpqLibrary},
	{regexp.MustCompile(`(^|/)lib(crypto|ssl)(-[0-9a-f]+)?\.so(\.[0-9.]+)?$`), openSSLLibrary},
	{regexp.MustCompile(`(^|/)s?bin/pgbouncer$`), pgbouncer},
	{regexp.MustCompile(`(^|/)bin/psql$`), psql},
	{regexp.MustCompile(`(^|/)s?bin/(pgcat|odyssey)$`), pooler},
	{regexp.MustCompile(`(^|/)s?bin/(node|nodejs)$`), nodeProgram},
}

func readerOf(name string) reader {
	for _, p := range patterns {
		if p.name.MatchString(name) {
			return p.read
		}
	}
	return nil
}

// file looks into a file, if it is one of those. Where the layers' reader has
// asked Wanted already, the content of the others is not at hand.
func (s *search) file(name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	if kept, ok := info.(interface{ Kept() bool }); ok && !kept.Kept() {
		return nil
	}
	read := readerOf(name)
	if read == nil {
		read = content
	}
	if err = read(s, name, info); err == nil {
		return nil
	}
	if ends(err) {
		return err
	}
	s.unread(name, err)
	return nil
}

// ends says whether an error is of the whole and not of one file.
func ends(err error) bool {
	var limit interface{ Ends() bool }
	return errors.As(err, &limit) && limit.Ends()
}

// text reads a file whole.
func text(parse func(s *search, name string, content []byte) error) reader {
	return func(s *search, name string, info fs.FileInfo) error {
		read, err := s.read(name, info, maxText)
		if err != nil {
			return err
		}
		return parse(s, name, read)
	}
}

var errTooLarge = errors.New("it exceeds the size limit for this kind of file")

func (s *search) read(name string, info fs.FileInfo, limit int64) ([]byte, error) {
	if info.Size() > limit {
		return nil, fmt.Errorf("%w (%d bytes)", errTooLarge, limit)
	}
	return fs.ReadFile(s.files, name)
}

// open opens a file for reading at any place.
func (s *search) open(name string) (io.ReaderAt, func(), error) {
	opened, err := s.files.Open(name)
	if err != nil {
		return nil, nil, err
	}
	at, ok := opened.(io.ReaderAt)
	if !ok {
		all, err := io.ReadAll(opened)
		_ = opened.Close()
		return bytes.NewReader(all), func() {}, err
	}
	return at, func() { _ = opened.Close() }, nil
}

// content looks at what a file is by what it holds.
func content(s *search, name string, info fs.FileInfo) error {
	at, done, err := s.open(name)
	if err != nil {
		return err
	}
	defer done()
	head := make([]byte, min(info.Size(), whole))
	if _, err := at.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case isProgram(info.Mode(), info.Size(), head):
		return s.program(name, at, info.Size())
	case isStore(name, info.Size(), head):
		stored, err := s.read(name, info, maxStore)
		if err != nil {
			return err
		}
		s.store(name, stored)
	}
	return nil
}

// match returns the group of a regular expression that a file, which is read in
// pieces, first fills.
func (s *search) match(name string, info fs.FileInfo, wanted *regexp.Regexp) (string, error) {
	if info.Size() > maxLibrary {
		return "", fmt.Errorf("%w (%d bytes)", errTooLarge, maxLibrary)
	}
	at, done, err := s.open(name)
	if err != nil {
		return "", err
	}
	defer done()
	const piece, overlap = 1 << 20, 256
	buffer := make([]byte, piece+overlap)
	for offset := int64(0); offset < info.Size(); offset += piece {
		n, err := at.ReadAt(buffer, offset)
		if m := wanted.FindSubmatch(buffer[:n]); m != nil {
			return string(bytes.Join(m[1:], nil)), nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
	}
	return "", nil
}

func dirOf(name string, up int) string {
	for range up {
		name = path.Dir(name)
	}
	return name
}

// bare is a package's version without its epoch and revision.
func bare(version string) string {
	version = version[strings.IndexByte(version, ':')+1:]
	if end := strings.IndexAny(version, "-+~"); end >= 0 {
		version = version[:end]
	}
	return version
}
