package deployment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var errMalformed = errors.New("it is malformed")

// pythonDrivers are the names on PyPI.
var pythonDrivers = map[string]string{
	"psycopg2": "psycopg2", "psycopg2-binary": "psycopg2", "psycopg": "psycopg", "psycopg-binary": "", "psycopg-c": "",
	"asyncpg": "asyncpg", "pg8000": "pg8000", "pgadmin4": "pgadmin",
}

// python reads the metadata of an installed distribution.
//
// Source: PyPA, Core metadata specifications; names are normalized as PEP 503
// says.
func python(s *search, name string, content []byte) error {
	head, _, _ := bytes.Cut(content, []byte("\n\n"))
	fields := controlFields(strings.ReplaceAll(string(head), "\r", ""))
	normalized := strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(fields["Name"], "-"))
	driver := pythonDrivers[normalized]
	if driver == "" {
		return nil
	}
	version := fields["Version"]
	if version == "" {
		return fmt.Errorf("%w: no Version", errMalformed)
	}
	d := Driver{Name: driver, Version: version, Path: absolute(name)}
	if normalized != driver {
		d.Package = normalized
	}
	site := path.Dir(path.Dir(name))
	if strings.HasSuffix(name, ".egg-info") {
		site = path.Dir(name)
	}
	if libpqBased(driver) {
		s.librariesOf(&d, site)
	}
	if m := pythonFolder.FindStringSubmatch(name); m != nil && driver != "psycopg" && driver != "psycopg2" {
		d.Runtime = s.pythonVersion(m[1])
	}
	s.driver(d)
	return nil
}

// librariesOf finds the libpq of a driver in a folder of packages: a wheel brings
// one, and so does Conda.
func (s *search) librariesOf(d *Driver, site string) {
	wheel := d.Name + "-binary"
	d.LibPQ, d.OpenSSL = s.carried(site + "/" + strings.ReplaceAll(wheel, "-", "_") + ".libs")
	if d.LibPQ != "" || d.Package == wheel {
		d.Package, d.Carries = wheel, true
		return
	}
	entries, err := fs.ReadDir(s.files, dirOf(site, 3)+"/conda-meta")
	if err != nil {
		return // It is no environment of Conda's.
	}
	d.Carries = true
	for _, entry := range entries {
		if m := condaName.FindStringSubmatch(entry.Name()); m != nil && m[1] == "libpq" {
			d.LibPQ = m[2]
		} else if m != nil {
			d.OpenSSL = m[2]
		}
	}
}

var condaName = regexp.MustCompile(`^(libpq|openssl)-(\d[^-]*)-[^-]+\.json$`)

var (
	pythonConstant  = regexp.MustCompile(`(?m)^__version__[^=\n]*=\s*['"](\d[^'"]*)['"]|\x00(\d+(?:\.\d+)+[a-z0-9.]*) \(dt dec `)
	pythonConstants = regexp.MustCompile(`^(_version\.py|version\.py|__init__\.py|_psycopg.*\.so)$`)
)

// pythonPackage is a driver whose metadata was left out, as tools that make
// archives small do. The version is a constant then.
func pythonPackage(s *search, name string, _ fs.FileInfo) error {
	folder := path.Dir(name)
	driver, site := path.Base(folder), path.Dir(folder)
	beside, err := fs.ReadDir(s.files, site)
	if err != nil {
		return err
	}
	for _, entry := range beside {
		own, _, _ := strings.Cut(entry.Name(), "-")
		own, _, _ = strings.Cut(strings.ToLower(own), "_")
		if strings.HasSuffix(entry.Name(), "-info") && own == driver || entry.Name() == "EGG-INFO" {
			return nil
		}
	}
	parts, err := fs.ReadDir(s.files, folder)
	if err != nil {
		return err
	}
	d := Driver{Name: driver, Path: absolute(name)}
	for _, entry := range parts {
		info, err := entry.Info()
		if err != nil || !pythonConstants.MatchString(entry.Name()) || d.Version != "" {
			continue
		}
		if d.Version, err = s.match(folder+"/"+entry.Name(), info, pythonConstant); err != nil {
			return err
		}
	}
	if libpqBased(driver) {
		s.librariesOf(&d, site)
	}
	s.driver(d)
	return nil
}

// carried are the versions of libpq and OpenSSL that a wheel brings in a
// folder beside itself.
func (s *search) carried(folder string) (libpq, openSSL string) {
	entries, err := fs.ReadDir(s.files, folder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.unread(folder, err)
		}
		return "", ""
	}
	for _, entry := range entries {
		name := folder + "/" + entry.Name()
		if m := libpqName.FindStringSubmatch(name); m != nil {
			libpq = m[1]
		}
		if info, err := entry.Info(); err == nil && strings.Contains(entry.Name(), "libcrypto") {
			version, err := s.match(name, info, openSSLText)
			if err != nil {
				s.unread(name, err)
			}
			openSSL = version
		}
	}
	return libpq, openSSL
}

var pythonFolder = regexp.MustCompile(`(?:^|/)python(3\.\d+)(?:t?)/`)

// pythonVersion is the full version where a header or a package names it.
func (s *search) pythonVersion(minor string) string {
	for _, r := range s.found.Runtimes {
		if r.Name == "python" && strings.HasPrefix(r.Version, minor+".") {
			return r.Version
		}
	}
	return minor
}

var pythonVersion = regexp.MustCompile(`#define\s+PY_VERSION\s+"([^"]+)"`)

// described reads the version of a runtime in a text that comes with it, so many
// folders below its home.
func described(runtime string, version *regexp.Regexp, below int) reader {
	return text(func(s *search, name string, content []byte) error {
		if m := version.FindSubmatch(content); m != nil {
			s.runtime(Runtime{Name: runtime, Version: string(m[1]), Path: absolute(name), Home: absolute(dirOf(name, below))})
		}
		return nil
	})
}

// runtimeFolder recognizes runtimes by the folders of their libraries.
func (s *search) runtimeFolder(name string) {
	base, parent := path.Base(name), path.Base(path.Dir(name))
	switch {
	case strings.HasPrefix(parent, "lib") && regexp.MustCompile(`^python3\.\d+$`).MatchString(base):
		if s.ownSSL(name) {
			s.foreignSSL = true
		}
		s.runtime(Runtime{Name: "python", Version: strings.TrimPrefix(base, "python"), Path: absolute(name), Home: absolute(dirOf(name, 2))})
	case parent == "Microsoft.NETCore.App" && path.Base(dirOf(name, 2)) == "shared":
		s.runtime(Runtime{Name: "dotnet", Version: base, Path: absolute(name), Home: absolute(dirOf(name, 3))})
	case parent == "ruby" && regexp.MustCompile(`^\d\.\d\.0$`).MatchString(base) && path.Base(dirOf(name, 2)) == "lib":
		s.runtime(Runtime{Name: "ruby", Version: strings.TrimSuffix(base, ".0"), Path: absolute(name), Home: absolute(dirOf(name, 3))})
	}
}

// ownSSL says whether a Python has OpenSSL inside, as those of uv have: every
// other one has a module that loads it.
//
// Source: python-build-standalone, docs/distributions.rst; CPython, Modules/Setup.
func (s *search) ownSSL(library string) bool {
	if _, err := fs.Stat(s.files, library+"/ssl.py"); err != nil {
		return false // Such as the folder of a virtual environment.
	}
	modules, err := fs.ReadDir(s.files, library+"/lib-dynload")
	return err != nil || !slices.ContainsFunc(modules, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), "_ssl.") })
}

var nodeDrivers = map[string]string{
	"pg": "node-postgres", "postgres": "postgres.js", "pg-native": "pg-native", "prisma": "", "@prisma/client": "prisma", "@prisma-client": "prisma", "@prisma/adapter-pg": "",
}

// node reads the package.json of an installed package.
func node(s *search, name string, content []byte) error {
	var p struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(content, &p); err != nil {
		return fmt.Errorf("%w: not JSON in the expected form", errMalformed)
	}
	folder := strings.TrimSuffix(name[strings.LastIndex(name, "node_modules/")+len("node_modules/"):], "/package.json")
	if driver := nodeDrivers[folder]; driver != "" && p.Version != "" {
		s.driver(Driver{Name: driver, Version: p.Version, Path: absolute(name)})
	}
	return nil
}

var yarnName = regexp.MustCompile(`/?(@?[a-z-]+)-npm-(\d+\.\d+\.\d+[^/]*?)-[0-9a-f]+(?:-[0-9a-z]+)?\.zip$`)

// yarnCache takes name and version from a file of Yarn's cache.
func yarnCache(s *search, name string, _ fs.FileInfo) error {
	if m := yarnName.FindStringSubmatch(path.Base(name)); m != nil {
		if driver := nodeDrivers[m[1]]; driver != "" {
			s.driver(Driver{Name: driver, Version: m[2], Path: absolute(name)})
		}
	}
	return nil
}

var nodeVersion = regexp.MustCompile(`#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)`)

func nodeHeader(s *search, name string, content []byte) error {
	var parts []string
	for _, m := range nodeVersion.FindAllSubmatch(content, -1) {
		parts = append(parts, string(m[2]))
	}
	if len(parts) == 3 {
		s.runtime(Runtime{Name: "node", Version: strings.Join(parts, "."), Path: absolute(name), Home: absolute(dirOf(name, 3))})
	}
	return nil
}

var nodeText = regexp.MustCompile(`node\.js/v(\d+\.\d+\.\d+)|node v?(\d+\.\d+\.\d+)\x00`)

// nodeProgram looks into the program where no header and no package says its
// version.
func nodeProgram(s *search, name string, info fs.FileInfo) error {
	if _, err := fs.Stat(s.files, dirOf(name, 2)+"/include/node/node_version.h"); err == nil || s.version("node") != "" {
		return nil
	}
	version, err := s.match(name, info, nodeText)
	if version != "" {
		s.runtime(Runtime{Name: "node", Version: version, Path: absolute(name), Home: absolute(dirOf(name, 2))})
	}
	return err
}

// javaVersion is in a JDK's or JRE's own description.
var javaVersion = regexp.MustCompile(`(?m)^JAVA_VERSION="?([^"\r\n]+)"?`)

var gemName = regexp.MustCompile(`/(pg|postgres-pr)-(\d[0-9a-z.]*?)(-[a-z].*)?\.gemspec$`)

// gem takes name and version from a specification's name, which RubyGems
// itself does. One for a platform brings its own libpq, which has no version in
// its name.
//
// Source: ged/ruby-pg 1.6, ext/extconf.rb and Rakefile.cross.
func gem(s *search, name string, _ fs.FileInfo) error {
	if m := gemName.FindStringSubmatch(name); m != nil && m[1] == "pg" {
		s.driver(Driver{Name: "ruby-pg", Version: m[2], Path: absolute(name), Carries: m[3] != ""})
	}
	return nil
}

// postgrex takes the version from the name of its folder in a release.
func postgrex(s *search, name string, _ fs.FileInfo) error {
	version := strings.TrimPrefix(path.Base(dirOf(name, 2)), "postgrex-")
	s.driver(Driver{Name: "postgrex", Version: version, Path: absolute(name)})
	return nil
}

// phpExtension is PHP's driver: it has no version but PHP's, and its libpq is
// the system's.
func phpExtension(s *search, name string, _ fs.FileInfo) error {
	s.driver(Driver{Name: "php-pgsql", Path: absolute(name), Package: strings.TrimSuffix(path.Base(name), ".so")})
	return nil
}

var phpVersion = regexp.MustCompile(`#define PHP_VERSION "([^"]+)"`)

// dotnet reads the list of libraries of an application of .NET.
func dotnet(s *search, name string, content []byte) error {
	var deps struct {
		Libraries map[string]json.RawMessage `json:"libraries"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), &deps); err != nil {
		return fmt.Errorf("%w: not JSON in the expected form", errMalformed)
	}
	for library := range deps.Libraries {
		if version, ok := strings.CutPrefix(library, "Npgsql/"); ok {
			s.driver(Driver{Name: "npgsql", Version: version, Path: absolute(name)})
		}
	}
	return nil
}
