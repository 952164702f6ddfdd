package artifact_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

// readAll looks for a file that is not there, so that every layer is read.
func readAll(t *testing.T, image *artifact.Image, err error) error {
	t.Helper()
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = image.Close() })
	if _, err = fs.Stat(image.Files(t.Context()), "absent"); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// TestLimits holds that passing a limit is an error that names it, and never a
// file that is not there.
func TestLimits(t *testing.T) {
	t.Parallel()
	var many []registry.Entry
	for i := range 1000 {
		many = append(many, registry.Entry{Name: fmt.Sprint("d/", i)})
	}
	bomb := registry.Gzip(registry.Tar(registry.Entry{Name: "bomb", Content: strings.Repeat("\x00", 64<<20)}))
	for name, test := range map[string]struct {
		limits   artifact.Limits
		layer    []byte
		argument string
	}{
		"octets":  {artifact.Limits{Octets: 1 << 20}, bomb, "max_bytes"},
		"entries": {artifact.Limits{Entries: 999}, registry.Gzip(registry.Tar(many...)), "max_entries"},
		"depth":   {artifact.Limits{Depth: 10}, registry.Tar(registry.Entry{Name: strings.Repeat("a/", 11) + "b"}), "max_depth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, within := range []bool{false, true} {
				opt := artifact.Options{Limits: test.limits}
				if within {
					opt.Limits = artifact.Limits{}
				}
				image, err := openLayers(t, opt, test.layer)
				err = readAll(t, image, err)
				limit := (*artifact.LimitError)(nil)
				if within != (err == nil) || !within && (!errors.As(err, &limit) || limit.Argument != test.argument) {
					t.Errorf("within %t: got %v", within, err)
				}
			}
		})
	}
}

// TestBulkNamesAreLimited: a layer of a few kilobytes has gigabytes of names.
func TestBulkNamesAreLimited(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("n", 200)+"/", 20)
	var names, links []registry.Entry
	for i := range 18_000 {
		names = append(names, registry.Entry{Name: fmt.Sprint(long, i)})
		links = append(links, registry.Entry{Name: fmt.Sprint(i), Link: long})
	}
	for kind, entries := range map[string][]registry.Entry{"names": names, "links": links} {
		image, err := openLayers(t, artifact.Options{}, registry.Gzip(registry.Tar(entries...)))
		err = readAll(t, image, err)
		limit := (*artifact.LimitError)(nil)
		if !errors.As(err, &limit) || !strings.Contains(limit.What, "names") {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

func TestTimeIsLimited(t *testing.T) {
	t.Parallel()
	server, opt := start(t)
	opt.Limits.Time = 100 * time.Millisecond
	reference := push(t, server, "app:1", image(t, "linux/amd64", threeLayers...))
	server.Fault(func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	})
	_, err := artifact.Open(t.Context(), reference, opt)
	limit := (*artifact.LimitError)(nil)
	if !errors.As(err, &limit) || limit.Argument != "timeout" {
		t.Errorf("got %v, want the limit of time", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = artifact.Open(cancelled, reference, opt); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the caller's own end", err)
	}
}

func TestBadLayers(t *testing.T) {
	t.Parallel()
	good := registry.Gzip(registry.Tar(registry.Entry{Name: "a", Content: strings.Repeat("a", 9000)}))
	for name, layer := range map[string][]byte{
		"cut off":               good[:len(good)/2],
		"tar that is cut off":   registry.Gzip(registry.Tar(registry.Entry{Name: "a", Content: strings.Repeat("a", 9000)})[:3000]),
		"no tar":                registry.Gzip([]byte(strings.Repeat("no tar archive ", 100))),
		"no zstd":               []byte("\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff"),
		"type that is no type":  registry.Tar(registry.Entry{Name: "a", Type: 'Q'}),
		"endless link":          registry.Tar(registry.Entry{Name: "l", Link: "l/x"}, registry.Entry{Name: "l/y"}),
		"checksum of the gzip":  append(append([]byte(nil), good[:len(good)-8]...), 1, 2, 3, 4, 5, 6, 7, 8),
		"hard link to a folder": registry.Tar(registry.Entry{Name: "d/"}, registry.Entry{Name: "l", Hard: "d"}),
	} {
		image, err := openLayers(t, artifact.Options{}, layer)
		if err = readAll(t, image, err); !errors.Is(err, artifact.ErrMalformed) {
			t.Errorf("%s: got %v, want malformed", name, err)
		}
	}
}

// TestDigestIsCheckedOfEveryLayerThatIsUsed changes one bit of each blob.
func TestDigestIsCheckedOfEveryLayerThatIsUsed(t *testing.T) {
	t.Parallel()
	built := image(t, "linux/amd64", threeLayers...)
	folder, docker := t.TempDir(), filepath.Join(t.TempDir(), "docker.tar")
	if err := errors.Join(registry.WriteLayout(folder, "1", built), registry.WriteDockerArchive(docker, "app:1", image(t, "linux/amd64", registry.Tar(registry.Entry{Name: "a", Content: "content"})))); err != nil {
		t.Fatal(err)
	}
	blobs, err := filepath.Glob(filepath.Join(folder, "blobs", "sha256", "*"))
	if err != nil || len(blobs) != 5 {
		t.Fatalf("%d blobs, %v", len(blobs), err)
	}
	for _, blob := range blobs {
		whole, err := os.ReadFile(blob)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(whole)
		changed[len(changed)/2] ^= 1
		write(t, blob, changed)
		got, err := artifact.Open(t.Context(), "oci:"+folder, artifact.Options{})
		if err = readAll(t, got, err); !errors.Is(err, artifact.ErrDigest) {
			t.Errorf("%s: got %v, want a digest that does not match", filepath.Base(blob), err)
		}
		write(t, blob, whole)
	}
	archive, err := os.ReadFile(docker)
	if err != nil {
		t.Fatal(err)
	}
	write(t, docker, bytes.Replace(archive, []byte("content"), []byte("CONTENT"), 1))
	got, err := artifact.Open(t.Context(), "docker-archive:"+docker, artifact.Options{})
	if err = readAll(t, got, err); !errors.Is(err, artifact.ErrDigest) {
		t.Errorf("docker-archive: got %v, want a digest that does not match", err)
	}
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	server, opt := start(t)
	layer := func(mediaType string) string {
		return `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:` +
			strings.Repeat("0", 64) + `","size":2},"layers":[{"mediaType":"` + mediaType + `","digest":"sha256:` + strings.Repeat("1", 64) + `","size":1}]}`
	}
	for mediaType, want := range map[string]string{
		"application/vnd.oci.image.layer.v1.tar+gzip+encrypted":              "encrypted",
		"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip":          "stored elsewhere",
		"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip":       "stored elsewhere",
		"application/vnd.wasm.content.layer.v1+wasm\\n\\u001b[31mred\\u0000": "media type",
	} {
		server.Fault(func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = fmt.Fprint(w, layer(mediaType))
			return true
		})
		_, err := artifact.Open(t.Context(), server.Host()+"/app:1", opt)
		if !errors.Is(err, artifact.ErrUnsupported) || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\x1b\n\x00") {
			t.Errorf("%s: got %q", mediaType, err)
		}
	}
	server.Fault(nil)
	windows := push(t, server, "windows:1", image(t, "windows/amd64", threeLayers...))
	arm := push(t, server, "arm:1", image(t, "linux/arm64", threeLayers...))
	for _, reference := range []string{windows, arm} {
		_, err := artifact.Open(t.Context(), reference, opt)
		expect(t, err, artifact.ErrPlatform)
	}
	opt.Platform = "windows/amd64"
	_, err := artifact.Open(t.Context(), windows, opt)
	expect(t, err, artifact.ErrInvalidPlatform)
}

func TestBadReferences(t *testing.T) {
	t.Parallel()
	_, opt := start(t)
	empty, text := t.TempDir(), filepath.Join(t.TempDir(), "text.tar")
	write(t, text, []byte(strings.Repeat("no archive at all\n", 100)))
	packed := filepath.Join(t.TempDir(), "packed.tar.gz")
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, _ = w.Write(registry.Tar(registry.Entry{Name: "manifest.json", Content: "[]"}))
	_ = w.Close()
	write(t, packed, buffer.Bytes())
	for reference, want := range map[string]error{
		"":                                 artifact.ErrReference,
		"UPPER case":                       artifact.ErrReference,
		"oci:" + empty + "/absent":         artifact.ErrNotFound,
		"oci:" + empty:                     artifact.ErrMalformed,
		"oci-archive:" + text:              artifact.ErrMalformed,
		"docker-archive:" + text:           artifact.ErrMalformed,
		"docker-archive:" + packed:         artifact.ErrUnsupported,
		"docker-archive:" + empty:          artifact.ErrMalformed,
		"dir:" + text:                      artifact.ErrNotFound,
		"zip:" + text:                      artifact.ErrMalformed,
		"zip:" + empty + "/absent":         artifact.ErrNotFound,
		"127.0.0.1:1/nobody/listens:1":     artifact.ErrUnreachable,
		"registry.invalid:1/nobody/here:1": artifact.ErrUnreachable,
		"app@sha256:" + "0123":             artifact.ErrReference,
		"oci-archive:" + empty + "/x:y":    artifact.ErrNotFound,
	} {
		_, err := artifact.Open(t.Context(), reference, opt)
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", reference, err, want)
		}
	}
}

// TestWhatIsWrongInWords: a tag, a platform and a file, without saying twice that
// something cannot be read.
func TestWhatIsWrongInWords(t *testing.T) {
	t.Parallel()
	layout := t.TempDir()
	if err := registry.WriteLayout(layout, "v1", image(t, "linux/amd64", threeLayers...)); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ reference, platform, want string }{
		"tag":      {"oci:" + layout + ":v2", "", "there is no such image or archive: the tag v2 does not exist (existing tags: v1)"},
		"platform": {"oci:" + layout, "arm64", `the platform is not valid: "arm64" does not have the form os/architecture (example: linux/arm64)`},
	}
	if runtime.GOOS == "linux" { // A regular file whose first byte cannot be read.
		tests["file"] = struct{ reference, platform, want string }{"zip:/proc/self/mem", "", "no access to a file or folder: /proc/self/mem"}
	}
	for name, test := range tests {
		if _, err := artifact.Open(t.Context(), test.reference, artifact.Options{Platform: test.platform}); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func zipped(t *testing.T, entries ...registry.Entry) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "archive.zip")
	write(t, name, registry.Zip(entries...))
	return name
}

// TestArchives mounts a function and its layers as AWS Lambda does.
func TestArchives(t *testing.T) {
	t.Parallel()
	first := zipped(t, registry.Entry{Name: "rds.pem", Content: "first"}, registry.Entry{Name: "only", Content: "only"})
	second := zipped(t, registry.Entry{Name: "rds.pem", Content: "second"}, registry.Entry{Name: ".wh.only", Content: "a name like any other"})
	function := zipped(t, registry.Entry{Name: "handler.py", Content: "code"}, registry.Entry{Name: "link", Link: "../../opt/rds.pem"})
	image, err := artifact.OpenArchives(t.Context(), []string{first, second, function}, artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = image.Close() })
	files := image.Files(t.Context())
	for name, want := range map[string]string{
		"opt/rds.pem": "=second", "opt/only": "=only", "var/task/handler.py": "=code", "var/task/link": "=second",
		"var/task/absent": "absent", "opt/absent": "absent", "opt": "folder",
	} {
		if got := fileAt(files, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	_, err = fs.Stat(files, "etc/ssl/certs/ca-certificates.crt")
	if !errors.Is(err, artifact.ErrNotPart) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file of the runtime: got %v, want that it is not known", err)
	}
	if image.Config.WorkingDir != "/var/task" || !image.Lambda || !strings.HasPrefix(image.Digest, "sha256:") {
		t.Errorf("got %+v", image)
	}
	for name, bad := range map[string]string{
		"points outside": zipped(t, registry.Entry{Name: "../../etc/passwd", Content: "x"}),
		"climbs":         zipped(t, registry.Entry{Name: "../opt/x", Content: "x"}),
	} {
		image, err := artifact.Open(t.Context(), "zip:"+bad, artifact.Options{})
		if err = readAll(t, image, err); !errors.Is(err, artifact.ErrMalformed) {
			t.Errorf("%s: got %v, want malformed", name, err)
		}
	}
	image, err = artifact.Open(t.Context(), "zip:"+zipped(t, registry.Entry{Name: "bomb", Content: strings.Repeat("\x00", 8<<20)}), artifact.Options{Limits: artifact.Limits{Octets: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	limit := (*artifact.LimitError)(nil)
	if _, err = fs.ReadFile(image.Files(t.Context()), "var/task/bomb"); !errors.As(err, &limit) {
		t.Errorf("a bomb: got %v, want a limit", err)
	}
}

// TestCache holds that what was changed in the cache is noticed, thrown away
// and fetched once more, and that the cache keeps within its size.
func TestCache(t *testing.T) {
	t.Parallel()
	server, opt := start(t)
	folder := t.TempDir()
	opt.Cache = artifact.NewCache(folder, 0)
	reference := push(t, server, "app:1", image(t, "linux/amd64", threeLayers...))
	read := func() error {
		got, err := artifact.Open(t.Context(), reference, opt)
		return readAll(t, got, err)
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	blobs, err := os.ReadDir(folder)
	if err != nil || len(blobs) != 4 {
		t.Fatalf("%d blobs in the cache, want 4: %v", len(blobs), err)
	}
	name := filepath.Join(folder, strings.ReplaceAll(digestOf(t, threeLayers[0]), ":", "-"))
	write(t, name, append([]byte{}, threeLayers[2]...))
	if err := read(); !errors.Is(err, artifact.ErrDigest) {
		t.Errorf("a changed blob: got %v", err)
	}
	if err := read(); err != nil {
		t.Errorf("after it: got %v", err)
	}
	opt.Cache = artifact.NewCache(folder, 1)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := read(); err != nil {
		t.Error(err)
	}
	if blobs, err = os.ReadDir(folder); err != nil || len(blobs) != 1 {
		t.Errorf("%d blobs in a cache of one byte, want the newest alone: %v", len(blobs), err)
	}
}
