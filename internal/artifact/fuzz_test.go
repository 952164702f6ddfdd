package artifact_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// fuzzed reads all of an artifact within small limits. Nothing of it may hang,
// or lie outside of it.
func fuzzed(t *testing.T, reference string) {
	t.Helper()
	image, err := artifact.Open(t.Context(), reference, artifact.Options{
		Limits: artifact.Limits{Octets: 8 << 20, Entries: 1000, Depth: 30, Time: 5 * time.Second},
		Keep:   func(string, fs.FileMode, int64, []byte) bool { return true },
	})
	if err != nil {
		return
	}
	defer func() { _ = image.Close() }()
	files, seen := image.Files(t.Context()), 0
	_ = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if seen++; seen > 2000 {
			return fs.SkipAll
		}
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // What cannot be read is no crash.
		}
		if opened, err := files.Open(name); err == nil {
			_, _ = io.Copy(io.Discard, opened)
			_ = opened.Close()
		}
		_, _ = fs.Stat(files, name+"/../x")
		return nil
	})
}

// FuzzLayer reads a layer, packed or not.
func FuzzLayer(f *testing.F) {
	for _, seed := range [][]byte{
		registry.Tar(registry.Entry{Name: "a/b", Content: "x"}, registry.Entry{Name: "l", Link: "../../a"}, registry.Entry{Name: "h", Hard: "a/b"}, registry.Entry{Name: "a/.wh.c"}, registry.Entry{Name: "a/.wh..wh..opq"}),
		registry.Gzip(registry.Tar(registry.Entry{Name: "l", Link: "l/x"}, registry.Entry{Name: "../../x", Content: "x"})),
		registry.Zstd(registry.Tar(registry.Entry{Name: "p", Type: '6'})),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, layer []byte) {
		fuzzing.Limit(t)
		built, err := registry.Image("linux/amd64", v1.Config{}, registry.Tar(registry.Entry{Name: "a/c", Content: "y"}), layer)
		if err != nil {
			return
		}
		folder := t.TempDir()
		if registry.WriteLayout(folder, "1", built) != nil {
			return
		}
		fuzzed(t, "oci:"+folder)
	})
}

// FuzzArchive reads a file as each kind of archive.
func FuzzArchive(f *testing.F) {
	f.Add(registry.Zip(registry.Entry{Name: "a", Content: "x"}, registry.Entry{Name: "l", Link: "../../opt/x"}))
	f.Add(registry.Tar(registry.Entry{Name: "index.json", Content: `{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":2}]}`}))
	f.Add(registry.Tar(registry.Entry{Name: "manifest.json", Content: `[{"Config":"c.json","RepoTags":["a:1"],"Layers":["l.tar"]}]`}, registry.Entry{Name: "c.json", Content: `{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:x"]}}`}, registry.Entry{Name: "l.tar", Link: "c.json"}))
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		file := filepath.Join(t.TempDir(), "archive")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"zip:", "oci-archive:", "docker-archive:"} {
			fuzzed(t, scheme+file)
		}
	})
}

// FuzzIndex reads a manifest or an index.
func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":2,"platform":{"os":"linux","architecture":"amd64"}}]}`))
	f.Add([]byte(`{"schemaVersion":1,"fsLayers":[]}`))
	f.Fuzz(func(t *testing.T, index []byte) {
		fuzzing.Limit(t)
		folder := t.TempDir()
		for name, content := range map[string][]byte{"index.json": index, "oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)} {
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		fuzzed(t, "oci:"+folder)
	})
}
