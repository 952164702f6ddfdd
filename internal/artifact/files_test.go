package artifact_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

type filesVector struct {
	Name    string              `json:"name"`
	Layers  [][]registry.Entry  `json:"layers"`
	Want    map[string]string   `json:"want"`
	Folders map[string][]string `json:"folders"`
}

func filesVectors(t *testing.T) []filesVector {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "files.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []filesVector
	if err := json.Unmarshal(content, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

// openLayers writes an OCI layout of layers, and opens it.
func openLayers(t *testing.T, opt artifact.Options, layers ...[]byte) (*artifact.Image, error) {
	t.Helper()
	built, err := registry.Image("linux/amd64", v1.Config{}, layers...)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := registry.WriteLayout(folder, "latest", built); err != nil {
		t.Fatal(err)
	}
	return artifact.Open(t.Context(), "oci:"+folder, opt)
}

// TestFiles judges the rule of what a file of an image is, packed in each way,
// and with and without its content at hand.
func TestFiles(t *testing.T) {
	t.Parallel()

	packings := map[string]func([]byte) []byte{"tar": func(b []byte) []byte { return b }, "gzip": registry.Gzip, "zstd": registry.Zstd}
	keepAll := func(string, fs.FileMode, int64, []byte) bool { return true }
	for _, vector := range filesVectors(t) {
		for packing, pack := range packings {
			t.Run(packing+" "+vector.Name, func(t *testing.T) {
				t.Parallel()
				var layers [][]byte
				for _, entries := range vector.Layers {
					layers = append(layers, pack(registry.Tar(entries...)))
				}
				opt := artifact.Options{}
				if packing == "gzip" {
					opt.Keep = keepAll
				}
				image, err := openLayers(t, opt, layers...)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = image.Close() })
				files := image.Files(t.Context())
				for name, want := range vector.Want {
					if got := fileAt(files, name); got != want {
						t.Errorf("%s: got %s, want %s", name, got, want)
					}
				}
				for name, want := range vector.Folders {
					if got := namesIn(t, files, name); !cmp.Equal(got, want) {
						t.Errorf("folder %s: %s", name, cmp.Diff(want, got))
					}
				}
			})
		}
	}
}

// fileAt is "=content", "folder", "absent" or the error.
func fileAt(files fs.FS, name string) string {
	info, err := fs.Stat(files, name)
	if err == nil && info.IsDir() {
		return "folder"
	}
	content, err := fs.ReadFile(files, name)
	switch {
	case err == nil:
		return "=" + string(content)
	case errors.Is(err, fs.ErrNotExist):
		return "absent"
	case errors.Is(err, artifact.ErrLinkLoop):
		return "!loop"
	case errors.Is(err, artifact.ErrMalformed):
		return "!malformed"
	case strings.Contains(err.Error(), "device"):
		return "!special"
	default:
		return err.Error()
	}
}

func namesIn(t *testing.T, files fs.FS, name string) []string {
	t.Helper()
	entries, err := fs.ReadDir(files, name)
	if err != nil {
		t.Errorf("folder %s: %v", name, err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
