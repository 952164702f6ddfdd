package artifact_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// smallLimits let a case of a fuzz target cost little.
func smallLimits() artifact.Options {
	return artifact.Options{Limits: artifact.Limits{Octets: 4 << 20, Entries: 2_000, Depth: 30, Time: 5 * time.Second}}
}

// walkAll reads everything there is, and fails where that leads out or has no
// end.
func walkAll(t *testing.T, image *artifact.Image) {
	t.Helper()
	files, visited := image.Files(t.Context()), 0
	// The function stops at a number of its own, and errors of files are the
	// artifact's to have.
	_ = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if visited++; visited > 20_000 {
			t.Error("there is no end")
			return errors.New("no end")
		}
		if err == nil && !fs.ValidPath(name) {
			t.Errorf("%q is no path", name)
		}
		if err == nil && entry.Type().IsRegular() {
			_, _ = fs.ReadFile(files, name)
		}
		return nil
	})
	if err := image.Close(); err != nil {
		t.Error(err)
	}
}

// FuzzLayer reads anything as the layer of an image, packed or not.
func FuzzLayer(f *testing.F) {
	tar := registry.Tar(
		registry.Entry{Name: "etc/passwd", Content: "root:x:0:0"}, registry.Entry{Name: "etc/link", Link: "../../../etc/passwd"},
		registry.Entry{Name: "etc/.wh.gone"}, registry.Entry{Name: "etc/hard", Hard: "etc/passwd"},
	)
	for _, layer := range [][]byte{tar, registry.Gzip(tar), registry.Zstd(tar), {}, registry.Gzip(make([]byte, 1<<20)), registry.Zstd(make([]byte, 1<<20))} {
		f.Add(layer)
	}
	f.Fuzz(func(t *testing.T, layer []byte) {
		fuzzing.Limit(t)
		image, err := openLayers(t, smallLimits(), tar, layer)
		if err != nil {
			return
		}
		walkAll(t, image)
	})
}

// FuzzArchive opens anything as each kind of archive, and as the index of a
// layout.
func FuzzArchive(f *testing.F) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	entry, err := w.Create("lib/python3.12/site-packages/pg8000-1.30.dist-info/METADATA")
	if err != nil {
		f.Fatal(err)
	}
	_, _ = entry.Write([]byte("Name: pg8000\n"))
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	kinds := []string{"zip:", "oci-archive:", "docker-archive:", "oci:"}
	for i, content := range [][]byte{
		packed.Bytes(), registry.Tar(registry.Entry{Name: "oci-layout", Content: `{"imageLayoutVersion":"1.0.0"}`}, registry.Entry{Name: "index.json", Content: `{"schemaVersion":2,"manifests":[]}`}),
		registry.Tar(registry.Entry{Name: "manifest.json", Content: `[{"Config":"c.json","RepoTags":["a:b"],"Layers":["l/layer.tar"]}]`}, registry.Entry{Name: "c.json", Content: `{}`}),
		[]byte(`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":2147483648}]}`),
	} {
		f.Add(uint8(i), content)
	}
	f.Fuzz(func(t *testing.T, kind uint8, content []byte) {
		fuzzing.Limit(t)
		dir := t.TempDir()
		name := filepath.Join(dir, "archive")
		which := kinds[int(kind)%len(kinds)]
		if which == "oci:" {
			name = dir
			for file, text := range map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`), "index.json": content} {
				if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		} else if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		image, err := artifact.Open(t.Context(), which+name, smallLimits())
		if err != nil {
			return
		}
		walkAll(t, image)
	})
}
