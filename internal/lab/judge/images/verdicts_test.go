package images_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// deployed is an image with a real client in it, as it is deployed.
type deployed struct {
	layers   [][]byte
	config   v1.Config
	declared policy.Settings
	// command runs the client, which prints "tls" or "plaintext" or fails. The
	// image's entry point runs before it.
	command []string
	input   string
	// open is a client whose verdict may be that nothing is known.
	open bool
}

// city is the server of all clients, and what their images are made of.
type city struct {
	server      *pgserver.Server
	chain       *pki.Chain
	right, past string // roots: the server's, and one of another time
	hash        string // OpenSSL's name of the right one's file

	folder string
	placed sync.Map // placed by the layers
}

func build(t *testing.T) *city {
	t.Helper()
	chain, err := pki.NewRegion("us-east-1", pki.Today()).Chain(pki.CARSA2048, pki.Options{})
	must(t, err)
	other, err := pki.NewRegion("eu-west-1", pki.Today()).Chain(pki.CARSA2048, pki.Options{})
	must(t, err)
	server, err := pgserver.Start(t.Context(), pgserver.Options{Chain: chain, ForceSSL: pgserver.TLSOnly, Roles: []pgserver.Role{{Name: "app"}}})
	must(t, err)
	t.Cleanup(func() { _ = server.Stop() })
	folder, err := os.MkdirTemp("", "sslready-images-*") //nolint:usetesting // The image's user has to get there.
	must(t, err)
	must(t, os.Chmod(folder, 0o755))
	c := &city{folder: folder, server: server, chain: chain, right: string(chain.RootPEM()), past: string(other.RootPEM()), hash: truststore.NameHash(chain.Root) + ".0"}
	t.Cleanup(func() {
		c.placed.Range(func(_, there any) bool { return there.(placed).image.Close() == nil }) //nolint:forcetypeassert,errcheck // As above.
		_ = os.RemoveAll(folder)
	})
	return c
}

// TestVerdictsOfImages runs the real client of each image, in a root that has
// the image's files and nothing else, and holds the verdict to what it does.
func TestVerdictsOfImages(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		judge.Missing(t, "a root of its own", "chroot(2) is for root: no client was run from an image")
		t.Skip("needs root")
	}
	c := build(t)
	for family, all := range map[string]func(*testing.T) map[string]deployed{
		"libpq on Debian": c.psql, "Go in scratch": c.golang, "Node": c.node, "Python": c.python, "Java that jlink made": c.java,
	} {
		t.Run(family, func(t *testing.T) {
			t.Parallel()
			for name, d := range all(t) {
				t.Run(name, func(t *testing.T) { c.judge(t, d) })
			}
		})
	}
}

// placed is an image, and a folder with its files.
type placed struct {
	image *artifact.Image
	root  string
}

// place builds the image of some layers once, for all who are in it.
func (c *city) place(t *testing.T, layers [][]byte) placed {
	t.Helper()
	var key strings.Builder
	for _, layer := range layers {
		fmt.Fprintf(&key, "%p ", &layer[0])
	}
	if there, ok := c.placed.Load(key.String()); ok {
		return there.(placed) //nolint:forcetypeassert,errcheck // Nothing else is stored.
	}
	made, err := registry.Image("linux/amd64", v1.Config{}, layers...)
	must(t, err)
	folder, err := os.MkdirTemp(c.folder, "image-*") //nolint:usetesting // As above.
	must(t, err)
	file, root := filepath.Join(folder, "image.tar"), filepath.Join(folder, "root")
	must(t, errors.Join(os.Chmod(folder, 0o755), os.Mkdir(root, 0o755), registry.WriteDockerArchive(file, "a:1", made)))
	whole, err := artifact.Open(t.Context(), "docker-archive:"+file, artifact.Options{Keep: func(string, fs.FileMode, int64, []byte) bool { return true }})
	must(t, err)
	layOut(t, whole.Files(t.Context()), root)
	must(t, whole.Close())
	for name, minor := range map[string]int{"null": 3, "random": 8, "urandom": 9} { // As in every container.
		must(t, syscall.Mknod(filepath.Join(root, "dev", name), syscall.S_IFCHR|0o666, 1<<8|minor))
	}
	image, err := artifact.Open(t.Context(), "docker-archive:"+file, artifact.Options{Keep: deployment.Wanted})
	must(t, err)
	c.placed.Store(key.String(), placed{image, root})
	return placed{image, root}
}

func (c *city) judge(t *testing.T, d deployed) {
	t.Helper()
	there := c.place(t, d.layers)
	verdict, found := c.verdict(t, there.image, d)
	outcome, said := run(t, there.root, d)
	t.Logf("the client: %s %s; the verdict: %s (%s), %s %q", outcome, said, verdict.Outcome, verdict.Reason, found.StorePath, found.Unknown)
	if verdict.Outcome == readiness.Indeterminate {
		if !d.open {
			t.Errorf("nothing is known of a client that is %s: %s %s", outcome, verdict.Detail, found.Unknown)
		}
		return
	}
	if want := map[readiness.Outcome]string{readiness.Connects: "tls", readiness.ConnectsUnverified: "tls", readiness.Plaintext: "plaintext", readiness.Downgrades: "plaintext", readiness.Fails: "fails"}[verdict.Outcome]; want != outcome {
		t.Errorf("the verdict is %s (%s: %s, store %q, %q), and the client is %s: %s", verdict.Outcome, verdict.Reason, verdict.Detail, found.StorePath, found.Contradictions, outcome, said)
	}
}

// verdict is what the provider would say.
func (c *city) verdict(t *testing.T, image *artifact.Image, d deployed) (readiness.Verdict, deployment.Client) {
	t.Helper()
	files, config := image.Files(t.Context()), deployment.Config{User: d.config.User, WorkingDir: d.config.WorkingDir, Env: d.config.Env, Entrypoint: d.config.Entrypoint, Cmd: d.config.Cmd}
	d.declared.Host = "localhost"
	found := deployment.ClientOf(files, config, d.declared, func() (*deployment.Deployment, error) { return deployment.Inspect(files, config, deployment.Options{}) })
	client := readiness.Client{Name: "client", Settings: found.Settings, Store: readiness.Store{Content: found.Store}}
	if found.Unknown != "" {
		client.Unknown = found.Unknown
	}
	force := true
	report := readiness.Evaluate(readiness.Input{
		Target: readiness.Evidence{Presented: certpath.Presented{Certificates: c.chain.Presented()}}, ForceSSL: &force, At: time.Now(), Clients: []readiness.Client{client},
	})
	return report.Verdicts["client"].Target, found
}

// run runs the client in the files of its image.
func run(t *testing.T, root string, d deployed) (outcome, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	words := slices.Concat(d.config.Entrypoint, d.command)
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Err = nil // The program is looked for in the root.
	command.Dir = "/" + strings.TrimPrefix(d.config.WorkingDir, "/")
	command.Env = append(slices.Clone(d.config.Env), "HOME="+homeOf(d))
	for name, value := range d.declared.Environment {
		command.Env = append(command.Env, name+"="+value)
	}
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if d.config.User != "" {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: 1000, Gid: 1000}
	}
	command.Stdin = strings.NewReader(d.input)
	out, err := command.CombinedOutput()
	said = strings.TrimSpace(string(out))
	switch {
	case strings.Contains(said, "error while loading shared libraries"), strings.Contains(said, "ImportError"):
		t.Fatalf("the client does not run: %s", said)
	case strings.Contains(said, `"outcome":"fails"`), err != nil && said != "" && !strings.Contains(said, "no such file or directory: unknown"):
		return "fails", said
	case err != nil:
		t.Fatalf("the client does not run: %v %s", err, said)
	case regexp.MustCompile(`(^|\n|"outcome":")(tls|t|true)("|\n|$)`).MatchString(said):
		return "tls", ""
	case regexp.MustCompile(`(^|\n|"outcome":")(plaintext|f|false)("|\n|$)`).MatchString(said):
		return "plaintext", ""
	}
	t.Fatalf("the client says %q", said)
	return "", ""
}

// homeOf is HOME as a container's runtime sets it.
func homeOf(d deployed) string {
	for _, variable := range d.config.Env {
		if home, ok := strings.CutPrefix(variable, "HOME="); ok {
			return home
		}
	}
	if home, ok := d.declared.Environment["HOME"]; ok {
		return home
	}
	if d.config.User == "app" {
		return "/home/app"
	}
	return "/root"
}

func layOut(t *testing.T, files fs.FS, root string) {
	t.Helper()
	links, ok := files.(fs.ReadLinkFS)
	if !ok {
		t.Fatal("the files say no links")
	}
	must(t, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		full := filepath.Join(root, name)
		if entry.Type()&fs.ModeSymlink != 0 {
			target, err := links.ReadLink(name)
			return errors.Join(err, os.Symlink(target, full))
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return errors.Join(os.Mkdir(full, 0o755), os.Chmod(full, info.Mode().Perm()))
		}
		content, err := fs.ReadFile(files, name)
		return errors.Join(err, os.WriteFile(full, content, 0o600), os.Chmod(full, info.Mode().Perm()))
	}))
}

// common is what the runtime brings into every container, and a user.
var common = registry.Tar(
	registry.Entry{Name: "etc/hosts", Content: "127.0.0.1 localhost\n"}, registry.Entry{Name: "etc/nsswitch.conf", Content: "hosts: files\n"},
	registry.Entry{Name: "etc/passwd", Content: "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"}, registry.Entry{Name: "tmp/", Mode: 0o777}, registry.Entry{Name: "root/"},
	registry.Entry{Name: "home/app/"}, registry.Entry{Name: "work/"}, registry.Entry{Name: "dev/"}, registry.Entry{Name: "proc/"},
)

// programs are programs of this machine with the libraries that they load.
func programs(t *testing.T, names ...string) []registry.Entry {
	t.Helper()
	var entries []registry.Entry
	seen := map[string]bool{}
	add := func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		content, err := os.ReadFile(name)
		must(t, err)
		inside := strings.TrimPrefix(name, "/")
		if target, err := filepath.EvalSymlinks(name); err == nil && filepath.Base(target) != filepath.Base(name) {
			entries = append(entries, registry.Entry{Name: inside, Link: filepath.Base(target)})
			inside = filepath.Join(filepath.Dir(inside), filepath.Base(target))
		}
		entries = append(entries, registry.Entry{Name: inside, Content: string(content), Mode: 0o755})
	}
	for _, name := range append(names, "/bin/sh") {
		add(name)
		listed, err := exec.CommandContext(t.Context(), "ldd", name).Output()
		if err != nil {
			continue // A static program.
		}
		for _, found := range regexp.MustCompile(`(?m)(/\S+) \(0x`).FindAllStringSubmatch(string(listed), -1) {
			add(found[1])
		}
	}
	for _, library := range []string{"/lib/x86_64-linux-gnu/libnss_files.so.2"} {
		if _, err := os.Stat(library); err == nil {
			add(library)
		}
	}
	return entries
}

func at(name, content string) registry.Entry { return registry.Entry{Name: name, Content: content} }

func (c *city) port() string { return fmt.Sprint(c.server.Port()) }

// dpkgOf is the list with what this machine has of some packages.
func dpkgOf(t *testing.T, packages ...string) registry.Entry {
	t.Helper()
	var status strings.Builder
	for _, name := range packages {
		stanza, err := exec.CommandContext(t.Context(), "dpkg-query", "-s", name).Output()
		must(t, err)
		status.WriteString(strings.TrimSpace(string(stanza)) + "\n\n")
	}
	return at("var/lib/dpkg/status", status.String())
}

func needs(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			judge.Missing(t, name, "no client was run from an image with it")
			t.SkipNow()
		}
	}
}

// psql is libpq on Debian: what Django, Rails, Laravel and Airflow have below
// their drivers.
func (c *city) psql(t *testing.T) map[string]deployed {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if must(t, err); len(found) == 0 {
		needs(t, "psql")
	}
	base := registry.Tar(append(programs(t, found[0]), dpkgOf(t, "libpq5", "libssl3"))...)
	laid := func(connection string, config v1.Config, layers ...[]byte) deployed {
		connection = "host=localhost port=" + c.port() + " user=app dbname=postgres connect_timeout=5 " + connection
		return deployed{
			layers: append([][]byte{common, base}, layers...), config: config, declared: policy.Settings{Driver: "libpq", Connection: connection},
			command: []string{found[0], connection, "-Atc", "select ssl from pg_stat_ssl where pid = pg_backend_pid()"},
		}
	}
	right, past := registry.Tar(at("etc/ssl/rds.pem", c.right)), registry.Tar(at("etc/ssl/rds.pem", c.past))
	home := registry.Tar(at("home/app/.postgresql/root.crt", c.past))
	app := v1.Config{User: "app", WorkingDir: "/work", Env: []string{"PATH=/bin"}}
	variable := v1.Config{User: "app", Env: []string{"PGSSLMODE=verify-full", "PGSSLROOTCERT=/etc/ssl/rds.pem"}}
	script := registry.Tar(registry.Entry{Name: "start.sh", Mode: 0o755, Content: "#!/bin/sh\nexport PGSSLROOTCERT=/etc/ssl/past.pem\nexec \"$@\"\n"}, at("etc/ssl/past.pem", c.past))
	withScript := variable
	withScript.Entrypoint = []string{"/start.sh"}
	elsewhere := app
	elsewhere.Env = []string{"HOME=/srv", "SSL_CERT_FILE=/etc/ssl/rds.pem"}
	started := laid("", withScript, right, script)
	started.open = true
	closed := laid("", variable, registry.Tar(registry.Entry{Name: "etc/ssl/rds.pem", Content: c.right, Mode: 0o600}))
	closed.open = true
	volume := laid("sslmode=require sslrootcert=/mnt/rds.pem", app)
	volume.open = true
	return map[string]deployed{
		"the variables name the right root":          laid("", variable, right),
		"the variables name a root of another time":  laid("", variable, past),
		"an upper layer has another root":            laid("", variable, past, right),
		"a whiteout hides the root":                  laid("", variable, right, registry.Tar(at("etc/ssl/.wh.rds.pem", ""))),
		"an opaque folder hides the root":            laid("", variable, right, registry.Tar(at("etc/ssl/.wh..wh..opq", ""), at("etc/ssl/x", ""))),
		"a link that climbs over the root":           laid("", variable, registry.Tar(registry.Entry{Name: "etc/ssl/rds.pem", Link: "../../../../opt/ca.pem"}, at("opt/ca.pem", c.right))),
		"a relative name":                            laid("sslmode=verify-ca sslrootcert=rds.pem", app, registry.Tar(at("work/rds.pem", c.right))),
		"a start script names another root":          started,
		"the user may not read the root":             closed,
		"the default root file, in require":          laid("sslmode=require", app, home),
		"the default root file beside SSL_CERT_FILE": laid("sslmode=require", elsewhere, right, registry.Tar(at("srv/.postgresql/root.crt", c.past))),
		"nothing is verified":                        laid("sslmode=require", app, right),
		"a volume may bring the root":                volume,
		"a service of the home":                      laid("service=orders", app, right, registry.Tar(at("home/app/.pg_service.conf", "[orders]\nsslmode=verify-full\nsslrootcert=/etc/ssl/rds.pem\n"))),
	}
}

// answering is a case of a runner.
func (c *city) answering(connection string) string {
	return fmt.Sprintf(`{"id":"1","connection":%q,"home":"/home/app","timeout_ms":5000}`+"\n", connection)
}

func (c *city) golang(t *testing.T) map[string]deployed {
	t.Helper()
	runner := cached(t, "go", "pgx-5.12.0-*", "runner")
	entries := programs(t, runner)
	for i := range entries {
		if "/"+entries[i].Name == runner {
			entries[i].Name = "app"
		}
	}
	base := registry.Tar(entries...)
	laid := func(env []string, layers ...[]byte) deployed {
		connection := "postgres://app@localhost:" + c.port() + "/postgres?sslmode=verify-full"
		return deployed{
			layers: append([][]byte{common, base}, layers...), config: v1.Config{User: "app", Env: env, Entrypoint: []string{"/app"}},
			declared: policy.Settings{Driver: "pgx", Connection: connection}, input: c.answering(connection),
		}
	}
	return map[string]deployed{
		"nothing in scratch":                  laid(nil),
		"Debian's bundle":                     laid(nil, registry.Tar(at("etc/ssl/certs/ca-certificates.crt", c.right))),
		"a file in the folder, under no hash": laid(nil, registry.Tar(at("etc/ssl/certs/ca-certificates.crt", c.past), at("etc/ssl/certs/rds.pem", c.right))),
		"RHEL's folder":                       laid(nil, registry.Tar(at("etc/pki/tls/certs/rds.crt", c.right))),
		"a bundle that is not the first":      laid(nil, registry.Tar(at("etc/ssl/certs/ca-certificates.crt", c.past), at("etc/ssl/cert.pem", c.right))),
		"SSL_CERT_FILE":                       laid([]string{"SSL_CERT_FILE=/rds.pem"}, registry.Tar(at("rds.pem", c.right))),
		"SSL_CERT_FILE of another time":       laid([]string{"SSL_CERT_FILE=/rds.pem"}, registry.Tar(at("rds.pem", c.past), at("etc/pki/tls/cacert.pem", c.right))),
		"SSL_CERT_DIR":                        laid([]string{"SSL_CERT_DIR=/certs"}, registry.Tar(at("certs/a", c.right))),
		"the default root file":               laid(nil, registry.Tar(at("home/app/.postgresql/root.crt", c.past), at("etc/ssl/certs/ca-certificates.crt", c.right))),
		"PGSSLROOTCERT":                       laid([]string{"PGSSLROOTCERT=/rds.pem"}, registry.Tar(at("rds.pem", c.right))),
	}
}

// node has its program with this machine's libraries, and pg from npm.
func (c *city) node(t *testing.T) map[string]deployed {
	t.Helper()
	needs(t, "/usr/bin/node")
	base := registry.Tar(append(programs(t, "/usr/bin/node"), at("work/rds.pem", c.right), at("work/past.pem", c.past))...)
	modules := packed(t, cached(t, "npm", "pg@8.23.1"), "work")
	const connects = `const{Client}=require('/work/node_modules/pg');const ca=process.argv[1];const c=new Client({host:'localhost',port:%s,user:'app',database:'postgres',ssl:ca?{ca:require('fs').readFileSync(ca)}:{}});c.connect().then(()=>c.query('select ssl from pg_stat_ssl where pid=pg_backend_pid()')).then(r=>{console.log(r.rows[0].ssl?'tls':'plaintext');process.exit(0)}).catch(e=>{console.log(e.message);process.exit(1)})`
	laid := func(ca string, env []string, flags []string, layers ...[]byte) deployed {
		properties := map[string]string{"ssl": "object"}
		arguments := []string{"-e", fmt.Sprintf(connects, c.port())}
		if ca != "" {
			properties = map[string]string{"ssl.ca": "readFileSync('" + ca + "')"}
			arguments = append(arguments, "--", ca)
		}
		return deployed{
			layers: append([][]byte{common, base, modules}, layers...), config: v1.Config{User: "app", WorkingDir: "/work", Env: env, Entrypoint: append([]string{"/usr/bin/node"}, flags...)},
			declared: policy.Settings{Driver: "node-postgres", Properties: properties}, command: arguments,
		}
	}
	system := laid("", nil, []string{"--use-openssl-ca"}, registry.Tar(at("etc/ssl/cert.pem", c.right)))
	system.open = true
	return map[string]deployed{
		"Node's own roots":               laid("", nil, nil),
		"NODE_EXTRA_CA_CERTS, relative":  laid("", []string{"NODE_EXTRA_CA_CERTS=rds.pem"}, nil),
		"NODE_EXTRA_CA_CERTS, another":   laid("", []string{"NODE_EXTRA_CA_CERTS=/work/past.pem"}, nil),
		"NODE_EXTRA_CA_CERTS, not there": laid("", []string{"NODE_EXTRA_CA_CERTS=/absent.pem"}, nil),
		"a file that the program reads":  laid("rds.pem", nil, nil),
		"another file that it reads":     laid("/work/past.pem", nil, nil),
		"an option on the command line":  laid("", []string{"SSL_CERT_FILE=/work/rds.pem"}, []string{"--use-openssl-ca"}),
		"OpenSSL's own folder":           system,
		"verification is off":            laid("", []string{"NODE_TLS_REJECT_UNAUTHORIZED=0"}, nil),
	}
}

// wheelOf is a folder with psycopg2-binary and what it carries, from PyPI.
func wheelOf(t *testing.T) string {
	t.Helper()
	from, to := filepath.Dir(cached(t, "frameworks", "pip", "*", "psycopg2_binary-*.dist-info")), t.TempDir()
	for _, pattern := range []string{"psycopg2", "psycopg2_binary.libs", "psycopg2_binary-*.dist-info"} {
		found, err := filepath.Glob(filepath.Join(from, pattern))
		must(t, err)
		for _, folder := range found {
			must(t, os.CopyFS(filepath.Join(to, filepath.Base(folder)), os.DirFS(folder)))
		}
	}
	return to
}

var pythonOnce = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("python3", "-c", "import sys,os;print(sys.prefix)").Output() //nolint:noctx // It ends by itself.
	return strings.TrimSpace(string(out)), err
})

// python is this machine's, without its tests and packages, with pg8000 from
// PyPI: its ssl module takes OpenSSL's own store.
func (c *city) python(t *testing.T) map[string]deployed {
	t.Helper()
	prefix, err := pythonOnce()
	must(t, err)
	libraries, err := filepath.Glob(prefix + "/lib/python3.*/lib-dynload/*ssl*.so")
	if must(t, err); len(libraries) == 0 {
		needs(t, prefix+"/lib/python3/ssl")
	}
	standard := filepath.Dir(filepath.Dir(libraries[0]))
	program := filepath.Join(prefix, "bin", filepath.Base(standard))
	modules, err := filepath.Glob(filepath.Dir(libraries[0]) + "/*.so")
	must(t, err)
	entries := programs(t, append(modules, program)...)
	must(t, filepath.WalkDir(standard, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"test", "site-packages", "__pycache__", "idlelib", "lib2to3", "ensurepip"}, entry.Name()):
			return fs.SkipDir
		case entry.Type().IsRegular() && strings.HasSuffix(name, ".py"):
			content, err := os.ReadFile(name)
			entries = append(entries, at(strings.TrimPrefix(name, "/"), string(content)))
			return err
		}
		return nil
	}))
	entries = append(entries, dpkgOf(t, "libssl3"), at("rds.pem", c.right), at("past.pem", c.past), at("certs/"+c.hash, c.right))
	site := strings.TrimPrefix(standard, "/") + "/site-packages"
	packages := packed(t, filepath.Dir(cached(t, "pip", "*", "pg8000-1.31.*.dist-info")), site)
	script := "import ssl,pg8000.native as p\nc=p.Connection('app',host='localhost',port=" + c.port() + ",database='postgres',ssl_context=ssl.create_default_context())\nprint('tls' if c.run('select ssl from pg_stat_ssl where pid=pg_backend_pid()')[0][0] else 'plaintext')"
	unpacked := wheelOf(t)
	carried, err := filepath.Glob(unpacked + "/psycopg2*/*.so*")
	must(t, err)
	for _, e := range programs(t, carried...) {
		if !strings.HasPrefix("/"+e.Name, unpacked) {
			entries = append(entries, e)
		}
	}
	base, wheel := registry.Tar(entries...), packed(t, unpacked, site)
	laid := func(env []string, layers ...[]byte) deployed {
		return deployed{
			layers: append([][]byte{common, base, packages}, layers...), config: v1.Config{Env: env},
			declared: policy.Settings{Driver: "pg8000", Properties: map[string]string{"ssl_context": "create_default_context"}}, command: []string{program, "-c", script},
		}
	}
	django := func(connection string, env []string, layers ...[]byte) deployed {
		connection = "host=localhost port=" + c.port() + " user=app dbname=postgres " + connection
		return deployed{
			layers: append([][]byte{common, base, wheel}, layers...), config: v1.Config{User: "app", Env: env, WorkingDir: "/work"}, declared: policy.Settings{Driver: "psycopg2", Connection: connection},
			command: []string{program, "-c", fmt.Sprintf("import psycopg2\nc=psycopg2.connect(%q).cursor()\nc.execute('select ssl from pg_stat_ssl where pid=pg_backend_pid()')\nprint('tls' if c.fetchone()[0] else 'plaintext')", connection)},
		}
	}
	home := registry.Tar(at("home/app/.postgresql/root.crt", c.past))
	system := django("sslrootcert=system", nil)
	system.open = true // The wheel's OpenSSL has a folder of its own.
	folder := registry.Tar(registry.Entry{Name: "usr/lib/ssl/certs", Link: "/etc/ssl/certs"}, at("usr/local/share/ca-certificates/rds.crt", c.right), registry.Entry{Name: "etc/ssl/certs/" + c.hash, Link: "/usr/local/share/ca-certificates/rds.crt"})
	return map[string]deployed{
		"psycopg2-binary with the right root": django("sslmode=verify-full sslrootcert=/rds.pem", nil),
		"psycopg2-binary with another":        django("sslmode=verify-full sslrootcert=/past.pem", nil),
		"psycopg2-binary by a variable":       django("", []string{"PGSSLMODE=verify-ca", "PGSSLROOTCERT=/rds.pem"}),
		"psycopg2-binary and the home":        django("sslmode=require", []string{"SSL_CERT_FILE=/rds.pem"}, home),
		"psycopg2-binary and the system":      system,
		"update-ca-certificates":              laid(nil, folder),
		"the bundle alone":                    laid(nil, registry.Tar(registry.Entry{Name: "usr/lib/ssl/certs", Link: "/etc/ssl/certs"}, at("etc/ssl/certs/ca-certificates.crt", c.right))),
		"a file in the folder, under no hash": laid(nil, registry.Tar(at("usr/lib/ssl/certs/rds.pem", c.right))),
		"another certificate under its hash":  laid(nil, registry.Tar(at("usr/lib/ssl/certs/"+c.hash, c.past))),
		"SSL_CERT_FILE":                       laid([]string{"SSL_CERT_FILE=/rds.pem"}),
		"SSL_CERT_FILE beside the folder":     laid([]string{"SSL_CERT_FILE=/past.pem"}, folder),
		"SSL_CERT_DIR":                        laid([]string{"SSL_CERT_DIR=/certs"}),
		"nothing":                             laid(nil),
	}
}

const javaMain = `import java.sql.*;
public class Main { public static void main(String[] a) throws Exception {
  try (Connection c = DriverManager.getConnection(a[0]); ResultSet r = c.createStatement().executeQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
    r.next(); System.out.println(r.getBoolean(1) ? "tls" : "plaintext");
  } catch (SQLException e) { System.out.println(e); System.exit(1); } } }`

// java is a runtime that jlink made of this machine's, with pgjdbc.
func (c *city) java(t *testing.T) map[string]deployed {
	t.Helper()
	jar := cached(t, "npm", "liquibase@*", "node_modules", "liquibase", "dist", "liquibase", "internal", "lib", "postgresql.jar")
	made, classes := filepath.Join(t.TempDir(), "jre"), t.TempDir()
	must(t, os.WriteFile(filepath.Join(classes, "Main.java"), []byte(javaMain), 0o600))
	for _, command := range [][]string{
		{"jlink", "--add-modules", "java.base,java.sql,java.naming,java.management,java.security.jgss,jdk.crypto.ec", "--strip-debug", "--no-man-pages", "--output", made},
		{"javac", "-nowarn", "-d", classes, filepath.Join(classes, "Main.java")},
	} {
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
			judge.Missing(t, "jlink and javac", "no client was run from an image with a JVM: "+string(out))
			t.SkipNow()
		}
	}
	programsOfJava, err := filepath.Glob(made + "/lib/*.so")
	must(t, err)
	var libraries []registry.Entry
	for _, e := range programs(t, append(programsOfJava, made+"/bin/java", made+"/lib/server/libjvm.so")...) {
		if !strings.HasPrefix("/"+e.Name, made) {
			libraries = append(libraries, e)
		}
	}
	driver, err := os.ReadFile(jar)
	must(t, err)
	program, err := os.ReadFile(filepath.Join(classes, "Main.class"))
	must(t, err)
	password := "changeit"
	store := func(of *pki.Chain) string {
		content, err := truststore.EncodeJKS(of.Presented()[2:], &password)
		must(t, err)
		return string(content)
	}
	right := store(c.chain)
	base := [][]byte{common, registry.Tar(libraries...), packed(t, made, "opt/java"), registry.Tar(at("app/lib/postgresql-42.7.3.jar", string(driver)), at("app/Main.class", string(program)), at("app/t.jks", right), at("work/rds.pem", c.right))}
	laid := func(query string, env, flags []string, layers ...[]byte) deployed {
		url := "jdbc:postgresql://localhost:" + c.port() + "/postgres?user=app&sslmode=verify-full" + query
		return deployed{
			layers: slices.Concat(base, layers), config: v1.Config{User: "app", WorkingDir: "/work", Env: append([]string{"LD_LIBRARY_PATH=/opt/java/lib:/opt/java/lib/server"}, env...), Entrypoint: append(append([]string{"/opt/java/bin/java"}, flags...), "-cp", "/app/lib/postgresql-42.7.3.jar:/app", "Main")},
			declared: policy.Settings{Driver: "pgjdbc", Connection: url}, command: []string{url},
		}
	}
	const factory = "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
	return map[string]deployed{
		"the JVM's own store, without the root": laid(factory, nil, nil),
		"the JVM's own store, with the root":    laid(factory, nil, nil, registry.Tar(at("opt/java/lib/security/cacerts", right))),
		"jssecacerts comes first":               laid(factory, nil, nil, registry.Tar(at("opt/java/lib/security/jssecacerts", right))),
		"an option on the command line":         laid(factory, nil, []string{"-Djavax.net.ssl.trustStore=/app/t.jks"}),
		"JAVA_TOOL_OPTIONS":                     laid(factory, []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/app/t.jks"}, nil),
		"the command line comes last":           laid(factory, []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/app/t.jks"}, []string{"-Djavax.net.ssl.trustStore=/absent"}),
		"the default root file":                 laid("", nil, nil, registry.Tar(at("home/app/.postgresql/root.crt", c.right))),
		"a root file that is named":             laid("&sslrootcert=rds.pem", nil, nil),
		"no root file":                          laid("", nil, nil),
	}
}
