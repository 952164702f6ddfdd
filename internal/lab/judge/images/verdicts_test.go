package images_test

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
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
	archives [][]byte // of an AWS Lambda function, whose runtime is in the layers
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
		"Ruby, PHP and Perl on Debian": c.ofDebian, "PgBouncer": c.pgbouncer,
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

var seed = maphash.MakeSeed()

// place builds the image of some layers once, for all who are in it.
func (c *city) place(t *testing.T, layers, archives [][]byte) placed {
	t.Helper()
	var key strings.Builder
	for _, layer := range slices.Concat(layers, archives) { // by content: memory that was given back has the address of another layer
		fmt.Fprintf(&key, "%x ", maphash.Bytes(seed, layer))
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
	if archives != nil {
		must(t, errors.Join(err, image.Close()))
		image, err = artifact.OpenArchives(t.Context(), written(t, folder, archives...), artifact.Options{})
		must(t, err)
		layOut(t, image.Files(t.Context()), root)
	}
	must(t, err)
	c.placed.Store(key.String(), placed{image, root})
	return placed{image, root}
}

func (c *city) judge(t *testing.T, d deployed) {
	t.Helper()
	there := c.place(t, d.layers, d.archives)
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
	files, config := image.Files(t.Context()), deployment.Config{User: d.config.User, WorkingDir: d.config.WorkingDir, Env: d.config.Env, Entrypoint: d.config.Entrypoint, Cmd: d.config.Cmd, Lambda: image.Lambda}
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
	case strings.Contains(said, "error while loading shared libraries"), regexp.MustCompile(`\b(Import|ModuleNotFound|Permission|Name|Attribute|Syntax)Error:`).MatchString(said):
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
			return errors.Join(os.MkdirAll(full, 0o755), os.Chmod(full, info.Mode().Perm()))
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
