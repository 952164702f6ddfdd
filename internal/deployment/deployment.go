// Package deployment reads what is deployed: from the files and the
// configuration of an image or archive it says as whom and with which
// variables a process runs, which runtimes and PostgreSQL drivers it has, and
// which trust stores they would find.
//
// It executes nothing and looks nothing up outside. What it cannot read is
// listed in Unread, and is never taken for absent.
package deployment

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// Config is the configuration of an image, as far as a process sees it.
type Config struct {
	User       string // name or number, with or without a group
	WorkingDir string
	Env        []string // NAME=value
	Entrypoint []string
	Cmd        []string
	// Lambda says that the files are those of an AWS Lambda function.
	Lambda bool
}

// Options say what to look for.
type Options struct {
	// Region is the Region whose roots a trust store should hold; empty
	// expects none.
	Region string
	// At is the time by which a certificate has ended; the zero time judges
	// none.
	At time.Time
}

// Deployment is what was found. Lists are sorted by path.
type Deployment struct {
	User string // empty is root
	Home string // empty where it is not known
	// WorkingDir is where relative names start.
	WorkingDir string
	// Environment are the variables that drivers and their runtimes read, less
	// those that carry a secret.
	Environment map[string]string
	// OpenSSLDir is the folder of the system's OpenSSL, and Java that of the
	// Java which the command would run; empty is none, or not known which.
	OpenSSLDir, Java string
	Runtimes         []Runtime
	Drivers          []Driver
	Stores           []Store
	Unread           []Unread
}

// Runtime is a runtime or library.
type Runtime struct {
	// Name is java, node, python, ruby, php, dotnet, openssl or libpq.
	Name string
	// Version as the runtime says it; a package's without its epoch and
	// revision.
	Version string
	Path    string // where that was found
	// Home is the folder that the runtime is in; empty where it is not known.
	Home string
}

// Driver is a PostgreSQL driver.
type Driver struct {
	// Name is the driver's name in a client's declaration.
	Name    string
	Version string
	// Path is the file that says so; of a file in an archive
	// "app.jar!/lib/x.jar".
	Path string
	// Package is the driver's own name where it differs, such as
	// psycopg2-binary.
	Package string
	// Runtime is the version of what it runs on, as a declaration's
	// runtime_version takes it: of Java, Node, Python, .NET or OpenSSL, or
	// "libpq 16.4, OpenSSL 3.3.2"; of Go where it was built with that. Empty is
	// not known.
	Runtime string
	// LibPQ and OpenSSL are the versions of the libraries that it carries
	// itself or finds in the system; empty is none, or not known.
	LibPQ, OpenSSL string
	// Carries says that these are not the system's.
	Carries bool
}

// Store is a trust store.
type Store struct {
	Path   string
	Format string
	// Uses says who looks there by itself: openssl, go, dotnet, jvm or node; empty is a
	// file that settings have to name.
	Uses []string
	// Held and Missing are the identifiers of CAs of RDS: of the Region where
	// one was given, else of any, as "region/identifier".
	Held, Missing []string
	Problems      []string // stable codes, see truststore
}

// Unread is what could not be read.
type Unread struct {
	Path, Reason string
	// Uses says who would look there by itself, as for a Store.
	Uses []string
}

// Inspect looks through all files. The error is one that ends the search, such
// as a layer that cannot be fetched or a limit.
func Inspect(files fs.FS, config Config, opt Options) (*Deployment, error) {
	s := &search{files: files, opt: opt, environment: environmentOf(config.Env), libraries: map[string]string{}}
	s.found.User, s.found.WorkingDir = config.User, cmp.Or(config.WorkingDir, "/")
	runs, err := processOf(files, config, s.environment)
	if s.found.Home = runs.home; err != nil {
		s.found.Home = s.environment["HOME"]
		s.unread("etc", err)
	}
	s.command = slices.Concat(config.Entrypoint, config.Cmd)
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return s.folder(name)
		case !entry.Type().IsRegular():
			return nil
		}
		return s.file(name, entry)
	})
	if err != nil {
		return nil, fmt.Errorf("the files cannot be listed: %w", err)
	}
	if !config.Lambda { // Its system is the runtime's, which no archive has.
		s.systemStores()
	}
	s.complete()
	s.found.Environment = relevant(s.environment)
	return &s.found, nil
}

// search goes through the files once.
type search struct {
	files       fs.FS
	opt         Options
	environment map[string]string
	command     []string
	found       Deployment
	openSSLDir  string            // compiled into the system's libcrypto
	foreignSSL  bool              // there is another OpenSSL beside it
	libraries   map[string]string // "folder/libpq" → version, of libraries beside a driver
}

func (s *search) unread(name string, err error, uses ...string) {
	s.found.Unread = append(s.found.Unread, Unread{absolute(name), reason(err), uses})
}

// reason is an error without the path, which stands beside it.
func reason(err error) string {
	if failed, ok := err.(*fs.PathError); ok { //nolint:errorlint // Only the outermost has the path.
		return failed.Err.Error()
	}
	return err.Error()
}

func absolute(name string) string { return "/" + strings.TrimPrefix(name, "/") }

// folder passes over what belongs to the running system.
func (s *search) folder(name string) error {
	switch name {
	case "proc", "sys", "dev":
		return fs.SkipDir
	}
	s.runtimeFolder(name)
	return nil
}

// driver adds a driver.
func (s *search) driver(d Driver) {
	if !slices.Contains(s.found.Drivers, d) {
		s.found.Drivers = append(s.found.Drivers, d)
	}
}

func (s *search) runtime(r Runtime) {
	if r.Version != "" && !slices.Contains(s.found.Runtimes, r) {
		s.found.Runtimes = append(s.found.Runtimes, r)
	}
}

// severalOf lists the runtimes of a driver's kind where they are of different
// releases, so that it is not known which one runs it; empty is no doubt.
func (d *Deployment) severalOf(own Driver) string {
	var all []string
	releases := map[string]bool{}
	names, runs := []string{driver.RuntimeOf(own.Name)}, true
	if libpqBased(own.Name) {
		names, runs = []string{"libpq", "openssl"}, !own.Carries
	}
	for _, r := range d.Runtimes {
		possible := (r.Name != "java" || d.Java == "" || r.Home == d.Java) && (r.Name != "python" || own.Runtime == "" || strings.HasPrefix(r.Version, own.Runtime))
		if known := r.Name + " " + r.Version; runs && possible && r.Version != "" && slices.Contains(names, r.Name) && !slices.Contains(all, known) {
			release, _, _ := strings.Cut(strings.TrimPrefix(r.Version, "1."), ".")
			all, releases[r.Name+release] = append(all, known), true
		}
	}
	if len(releases) <= len(names) {
		return ""
	}
	return strings.Join(all, ", ")
}

// version is that of the first runtime of a name that is not in a driver's own
// folder.
func (s *search) version(name string) string {
	for _, r := range s.found.Runtimes {
		if r.Name == name && (name != "java" || s.found.Java == "" || r.Home == s.found.Java) {
			return r.Version
		}
	}
	return ""
}

// only is the version of a driver that is there in one alone.
func (s *search) only(name string) (version string) {
	for _, d := range s.found.Drivers {
		if d.Name == name && version != "" && d.Version != version {
			return ""
		}
		if d.Name == name {
			version = d.Version
		}
	}
	return version
}

// complete fills in what the drivers run on, once everything was seen.
func (s *search) complete() {
	f := &s.found
	slices.SortFunc(f.Runtimes, func(a, b Runtime) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(weight(a.Path), weight(b.Path)), cmp.Compare(a.Path, b.Path))
	})
	f.Runtimes = slices.CompactFunc(f.Runtimes, func(b, a Runtime) bool { // b comes after a.
		return a.Name == b.Name && (strings.HasPrefix(a.Version, b.Version) || b.Version == "") && (weight(b.Path) > 0 || a.Home == b.Home)
	})
	for i := range f.Drivers {
		d := &f.Drivers[i]
		if libpqBased(d.Name) {
			if !d.Carries {
				d.LibPQ, d.OpenSSL = s.version("libpq"), s.version("openssl")
			}
			d.Runtime = libraries(d.LibPQ, d.OpenSSL)
		}
		if !d.Carries {
			d.Runtime = cmp.Or(d.Runtime, s.version(driver.RuntimeOf(d.Name)))
		}
		if d.Version == "" && strings.HasPrefix(d.Name, "aws-") {
			d.Version = s.only("pgjdbc") // Its release is what their rules go by.
		}
	}
	slices.SortFunc(f.Drivers, func(a, b Driver) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	f.Drivers = onceEach(f.Drivers)
	slices.SortFunc(f.Stores, func(a, b Store) int { return cmp.Compare(a.Path, b.Path) })
}

// weight puts what a package's list or a header says before what a library's
// name says.
func weight(name string) int {
	if strings.Contains(name, ".so") {
		return 1
	}
	return 0
}

// libraries is what a client on libpq runs on, as its declaration says it.
func libraries(libpq, openSSL string) string {
	var all []string
	if libpq != "" {
		all = append(all, "libpq "+libpq)
	}
	if openSSL != "" {
		all = append(all, "OpenSSL "+openSSL)
	}
	return strings.Join(all, ", ")
}

func libpqBased(name string) bool { return driver.RuntimeOf(name) == "libpq" }

// onceEach drops what a package manager's list says of a driver whose own files
// say it too. A file without a version takes the list's.
func onceEach(all []Driver) []Driver {
	own := func(d Driver, same func(Driver) bool) bool {
		return slices.ContainsFunc(all, func(k Driver) bool { return k.Name == d.Name && !listed(k.Path) && same(k) })
	}
	for i := range all {
		for _, d := range all {
			if all[i].Version == "" && d.Name == all[i].Name && listed(d.Path) {
				all[i].Version = d.Version
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(d Driver) bool {
		return listed(d.Path) && own(d, func(k Driver) bool { return k.Version == d.Version })
	})
}

// listed says whether a path is a package manager's list and not the driver's
// own file.
func listed(name string) bool {
	return strings.HasPrefix(name, "/var/lib/dpkg/") || strings.Contains(name, "/apk/db/") || strings.Contains(name, "/rpm/")
}

// Names returns the names of the drivers, each once, sorted.
func (d *Deployment) Names() []string {
	names := map[string]bool{}
	for _, found := range d.Drivers {
		names[found.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
