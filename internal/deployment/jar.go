package deployment

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
)

// Jars lie in jars. What all of them unpack to is bounded.
const (
	maxJarDepth = 4
	maxUnpacked = int64(1) << 30
)

var (
	jarDriver = regexp.MustCompile(`(?:^|/)(postgresql|r2dbc-postgresql|vertx-pg-client|aws-[a-z-]+-jdbc(?:-wrapper)?)-(\d+\.[^/]*?)(?:[.-]jre\d+|-bundle[^/]*)?\.jar$`)
	jarPOM    = regexp.MustCompile(`^META-INF/maven/(?:org\.postgresql|io\.vertx|com\.amazonaws\.secretsmanager)/([^/]+)/pom\.properties$`)
	// jarClass has the version as a constant: it is in a jar of another name, and
	// in one that others are shaded into, which say it nowhere else.
	//
	// Source: pgjdbc, org.postgresql.util.DriverInfo, DRIVER_VERSION.
	jarClass  = regexp.MustCompile(`(?:^|/)org/postgresql/util/DriverInfo\.class$`)
	classText = regexp.MustCompile(`\x01\x00[\x05-\x0c](\d+\.\d+\.\d+)[^0-9.]`)
	pomText   = regexp.MustCompile(`(?m)^version=(\S+)`)
	archived  = regexp.MustCompile(`(?i)\.(jar|war|ear)$`)
)

var jarDrivers = map[string]string{
	"postgresql": "pgjdbc", "r2dbc-postgresql": "r2dbc-postgresql", "vertx-pg-client": "vertx-pg-client",
	"aws-advanced-jdbc-wrapper": "aws-advanced-jdbc-wrapper", "aws-secretsmanager-jdbc": "aws-secretsmanager-jdbc",
}

// inJar adds a driver by the name of its artifact.
func (s *search) inJar(artifact, version, at string) bool {
	version, _, _ = strings.Cut(version, ".jre")
	d := Driver{Name: jarDrivers[artifact], Version: version, Path: at}
	if d.Name == "" {
		return false
	}
	if strings.HasPrefix(artifact, "aws-") {
		d.Version = "" // It goes by the release of the driver below it.
	}
	s.driver(d)
	return true
}

// class is the constant of an unpacked jar.
func class(s *search, name string, content []byte) error {
	if m := classText.FindSubmatch(content); m != nil {
		s.driver(Driver{Name: "pgjdbc", Version: string(m[1]), Path: absolute(name)})
	}
	return nil
}

func jar(s *search, name string, info fs.FileInfo) error {
	at, done, err := s.open(name)
	if err != nil {
		return err
	}
	defer done()
	left := maxUnpacked
	return s.jar(absolute(name), at, info.Size(), 0, &left)
}

// jar looks through an archive. left is what may still be unpacked.
func (s *search) jar(name string, at io.ReaderAt, size int64, depth int, left *int64) error {
	archive, err := zip.NewReader(at, size)
	if err != nil {
		return fmt.Errorf("%w: not a zip archive", errMalformed)
	}
	byName, byClass, found := jarDriver.FindStringSubmatch(name), "", false
	for _, entry := range archive.File {
		inside := name + "!/" + entry.Name
		switch {
		case jarPOM.MatchString(entry.Name):
			content, err := unzip(entry, maxText, left)
			if err != nil {
				return fmt.Errorf("%s: %w", entry.Name, err)
			}
			artifact := jarPOM.FindStringSubmatch(entry.Name)[1]
			if m := pomText.FindSubmatch(content); m != nil && s.inJar(artifact, string(m[1]), name) {
				byName, found = nil, found || artifact == "postgresql"
			}
		case jarClass.MatchString(entry.Name):
			content, err := unzip(entry, maxText, left)
			if err != nil {
				return fmt.Errorf("%s: %w", entry.Name, err)
			}
			if m := classText.FindSubmatch(content); m != nil {
				byClass = string(m[1])
			}
		case archived.MatchString(entry.Name) && depth < maxJarDepth:
			content, err := unzip(entry, maxLibrary, left)
			if err == nil {
				err = s.jar(inside, bytes.NewReader(content), int64(len(content)), depth+1, left)
			}
			if err != nil {
				s.unread(inside, err)
			}
		case archived.MatchString(entry.Name):
			s.unread(inside, fmt.Errorf("archives are nested more than %d levels deep", maxJarDepth))
		case storeName.MatchString(entry.Name) && entry.UncompressedSize64 <= maxStore && !entry.FileInfo().IsDir():
			content, err := unzip(entry, maxStore, left)
			if err != nil {
				s.unread(inside, err)
				continue
			}
			s.store(inside, content)
		}
	}
	switch {
	case byName != nil && s.inJar(byName[1], byName[2], name):
	case byClass != "" && !found:
		s.driver(Driver{Name: "pgjdbc", Version: byClass, Path: name})
	}
	return nil
}

var errTooMuch = errors.New("its unpacked size exceeds the limit for an archive")

func unzip(entry *zip.File, limit int64, left *int64) ([]byte, error) {
	limit = min(limit, *left)
	if entry.UncompressedSize64 > uint64(limit) { //nolint:gosec // It is not negative.
		return nil, errTooMuch
	}
	opened, err := entry.Open()
	if err != nil {
		return nil, errMalformed
	}
	defer func() { _ = opened.Close() }()
	content, err := io.ReadAll(io.LimitReader(opened, limit+1))
	*left -= int64(len(content))
	if int64(len(content)) > limit {
		return nil, errTooMuch
	}
	if err != nil {
		return nil, errMalformed
	}
	return content, nil
}
