package deployment

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/deployment/rpmdb"
)

// part is what a package of a distribution is to us: a driver, or a runtime.
type part struct {
	name   *regexp.Regexp
	driver string
	run    string
}

// parts are the packages of Debian, Alpine, RPM distributions and their kin.
var parts = []part{
	{regexp.MustCompile(`^libpq(5|-\d+)?$|^postgresql\d*-libs$|^postgresql\d*-private-libs$|^libpq\.so\.5$`), "libpq", "libpq"},
	{regexp.MustCompile(`^postgresql(\d*|-client|-client-\d+|-?\d+-client)$`), "psql", ""},
	{regexp.MustCompile(`^(python3?[\d.]*|py3(\.\d+)?)-psycopg2$`), "psycopg2", ""},
	{regexp.MustCompile(`^(python3?[\d.]*|py3(\.\d+)?)-psycopg3?$`), "psycopg", ""},
	{regexp.MustCompile(`^(python3?[\d.]*|py3(\.\d+)?)-asyncpg$`), "asyncpg", ""},
	{regexp.MustCompile(`^(python3?[\d.]*|py3(\.\d+)?)-pg8000$`), "pg8000", ""},
	{regexp.MustCompile(`^php-?[\d.]*-(pgsql|pdo_pgsql)$`), "php-pgsql", ""},
	{regexp.MustCompile(`^ruby(\d\.\d)?-(rubygem-)?pg$|^rubygem-pg$`), "ruby-pg", ""},
	{regexp.MustCompile(`^libpostgresql-jdbc-java$|^postgresql-jdbc$`), "pgjdbc", ""},
	{regexp.MustCompile(`^pgbouncer$`), "pgbouncer", ""},
	{regexp.MustCompile(`^odbc-postgresql$|^postgresql\d*-odbc$|^psqlodbc$`), "odbc", ""},
	{regexp.MustCompile(`^libdbd-pg-perl$|^perl-DBD-Pg$|^perl-dbd-pg$`), "dbd-pg", ""},
	{regexp.MustCompile(`^pgadmin4(-web|-server)?$`), "pgadmin", ""},
	{regexp.MustCompile(`^node-pg$`), "node-postgres", ""},
	{regexp.MustCompile(`^libssl(1\.1|3|3t64)$|^openssl-libs$|^libopenssl\d.*$`), "", "openssl"},
	{regexp.MustCompile(`^nodejs(-current|-\d+)?$`), "", "node"},
	{regexp.MustCompile(`^python-?3(\.\d+)?(-minimal|-libs|-base)?$`), "", "python"},
	{regexp.MustCompile(`^ruby-?(\d\.\d)?$`), "", "ruby"},
	{regexp.MustCompile(`^php-?[\d.]*(-cli|-common|-fpm)?$`), "", "php"},
}

// packaged adds what a package of a distribution is.
func (s *search) packaged(list string, p rpmdb.Package) {
	for _, part := range parts {
		if !part.name.MatchString(p.Name) {
			continue
		}
		version := bare(p.Version)
		if part.run != "" {
			s.runtime(Runtime{Name: part.run, Version: version, Path: absolute(list)})
		}
		if part.driver != "" && part.driver != "libpq" {
			s.driver(Driver{Name: part.driver, Version: version, Path: absolute(list), Package: p.Name})
		}
		return
	}
}

// dpkg reads Debian's list of packages, and the single ones of distroless.
//
// Source: deb-control(5); dpkg's status database.
func dpkg(s *search, name string, content []byte) error {
	if strings.HasSuffix(name, ".md5sums") {
		return nil
	}
	for stanza := range strings.SplitSeq(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n\n") {
		fields := controlFields(stanza)
		if status, ok := fields["Status"]; ok && !strings.HasSuffix(status, " installed") {
			continue // Removed, with its configuration left.
		}
		s.packaged(name, rpmdb.Package{Name: fields["Package"], Version: fields["Version"]})
	}
	return nil
}

func controlFields(stanza string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(stanza) {
		if key, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			fields[key] = strings.TrimSpace(value)
		}
	}
	return fields
}

// apk reads Alpine's list of packages.
//
// Source: apk-tools, the installed database: one letter a field, an empty line
// between packages.
func apk(s *search, name string, content []byte) error {
	var p rpmdb.Package
	for line := range strings.SplitSeq(string(content)+"\n", "\n") {
		switch {
		case strings.HasPrefix(line, "P:"):
			p.Name = line[2:]
		case strings.HasPrefix(line, "V:"):
			p.Version = line[2:]
		case line == "":
			s.packaged(name, p)
			p = rpmdb.Package{}
		}
	}
	return nil
}

// rpm reads a database of RPM. What SQLite has not moved into it yet lies in a
// file beside it.
func rpm(s *search, name string, info fs.FileInfo) error {
	if beside, err := fs.Stat(s.files, name+"-wal"); err == nil && beside.Size() > 0 {
		return fmt.Errorf("%[1]s-wal contains changes that are not in %[1]s yet", path.Base(name))
	}
	at, done, err := s.open(name)
	if err != nil {
		return err
	}
	defer done()
	all, err := rpmdb.Packages(at, info.Size())
	for _, p := range all {
		s.packaged(name, p)
	}
	return err //nolint:wrapcheck // says what it is about
}
