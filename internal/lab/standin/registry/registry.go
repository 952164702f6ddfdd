// Package registry plays a registry of images on loopback, and builds images
// without a Docker engine. It is go-containerregistry's own registry with a
// count of requests and with faults.
package registry

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
)

// Entry is one entry of a layer. Which of the fields say what it is:
// a name with a slash at its end is a folder, Link makes a symbolic link, Hard
// a hard link; everything else is a file.
type Entry struct {
	Name    string `json:"name"`
	Content string `json:"content,omitempty"`
	Link    string `json:"link,omitempty"`
	Hard    string `json:"hard,omitempty"`
	Mode    int64  `json:"mode,omitempty"`
	Type    byte   `json:"type,omitempty"`
}

func (e Entry) header() *tar.Header {
	h := &tar.Header{Name: e.Name, Mode: e.Mode, Typeflag: tar.TypeReg, Size: int64(len(e.Content)), ModTime: time.Unix(0, 0)}
	switch {
	case e.Type != 0:
		h.Typeflag = e.Type
	case e.Link != "":
		h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, e.Link, 0
	case e.Hard != "":
		h.Typeflag, h.Linkname, h.Size = tar.TypeLink, e.Hard, 0
	case strings.HasSuffix(e.Name, "/"):
		h.Typeflag = tar.TypeDir
	}
	if h.Mode == 0 {
		if h.Mode = 0o644; h.Typeflag == tar.TypeDir {
			h.Mode = 0o755
		}
	}
	return h
}

// Tar writes the entries of a layer.
func Tar(entries ...Entry) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		must(w.WriteHeader(e.header()))
		if e.header().Size > 0 {
			_, err := w.Write([]byte(e.Content))
			must(err)
		}
	}
	must(w.Close())
	return out.Bytes()
}

// Zip writes a zip archive of files and links.
func Zip(entries ...Entry) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		header, content := &zip.FileHeader{Name: e.Name, Method: zip.Deflate}, e.Content
		header.SetMode(0o644)
		if e.Link != "" {
			header.SetMode(0o777 | fs.ModeSymlink)
			content = e.Link
		}
		entry, err := w.CreateHeader(header)
		must(err)
		_, err = entry.Write([]byte(content))
		must(err)
	}
	must(w.Close())
	return out.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err) // A buffer takes everything; what a test asks for can be written.
	}
}

// File is a file or a link of this machine by another name.
func File(file, name string) (Entry, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return Entry{}, err
	}
	entry := Entry{Name: name, Mode: int64(info.Mode().Perm())}
	if info.Mode()&fs.ModeSymlink != 0 {
		entry.Link, err = os.Readlink(file)
		return entry, err
	}
	content, err := os.ReadFile(file) //nolint:gosec // A test names it.
	entry.Content = string(content)
	return entry, err
}

// Folder is what a folder of this machine holds, below a prefix.
func Folder(folder, prefix string) ([]Entry, error) {
	var entries []Entry
	err := filepath.WalkDir(folder, func(full string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() {
			return err
		}
		relative, err := filepath.Rel(folder, full)
		if err != nil {
			return err
		}
		entry, err := File(full, path.Join(prefix, filepath.ToSlash(relative)))
		entries = append(entries, entry)
		return err
	})
	return entries, err
}

// Gzip packs a layer.
func Gzip(layer []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	must(err)
	_, err = w.Write(layer)
	must(errors.Join(err, w.Close()))
	return out.Bytes()
}

// Zstd packs a layer.
func Zstd(layer []byte) []byte {
	w, err := zstd.NewWriter(nil)
	must(err)
	return w.EncodeAll(layer, nil)
}

// Image makes an image for os/architecture of layers, the oldest first, as they
// are packed or not.
func Image(platform string, config v1.Config, layers ...[]byte) (v1.Image, error) {
	all := make([]mutate.Addendum, len(layers))
	for i, l := range layers {
		mediaType := types.OCIUncompressedLayer
		switch {
		case bytes.HasPrefix(l, []byte{0x1f, 0x8b}):
			mediaType = types.OCILayer
		case bytes.HasPrefix(l, []byte{0x28, 0xb5, 0x2f, 0xfd}):
			mediaType = types.OCILayerZStd
		}
		all[i] = mutate.Addendum{Layer: packed{static.NewLayer(l, mediaType), unpack(l)}, MediaType: mediaType}
	}
	image, err := mutate.Append(mutate.MediaType(empty.Image, types.OCIManifestSchema1), all...)
	if err != nil {
		return nil, err
	}
	image = mutate.ConfigMediaType(image, types.OCIConfigJSON)
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, _ = strings.Cut(platform, "/")
	file.Architecture, file.Variant, _ = strings.Cut(file.Architecture, "/")
	file.Config = config
	return mutate.ConfigFile(image, file)
}

// packed is a layer that knows what it unpacks to.
type packed struct {
	v1.Layer
	unpacked []byte
}

// DiffID is the digest of what it unpacks to.
func (p packed) DiffID() (v1.Hash, error) {
	hash, _, err := v1.SHA256(bytes.NewReader(p.unpacked))
	return hash, err
}

// Uncompressed is that.
func (p packed) Uncompressed() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(p.unpacked)), nil
}

// unpack returns what is no whole archive, which tests need too, as it is.
func unpack(layer []byte) []byte {
	var reader io.Reader
	var err error
	switch {
	case bytes.HasPrefix(layer, []byte{0x1f, 0x8b}):
		reader, err = gzip.NewReader(bytes.NewReader(layer))
	case bytes.HasPrefix(layer, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		reader, err = zstd.NewReader(bytes.NewReader(layer))
	default:
		return layer
	}
	if err != nil {
		return layer
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		return layer
	}
	return content
}

// WriteLayout writes an OCI layout with one image into a folder.
func WriteLayout(folder, tag string, image v1.Image) error {
	at, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	return at.AppendImage(image, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag}))
}

// WriteDockerArchive writes what "docker save" would.
func WriteDockerArchive(file, tag string, image v1.Image) error {
	ref, err := name.NewTag(tag)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(file, ref, image)
}

// WriteTar packs a folder, such as an OCI layout, into a tar file.
func WriteTar(file, folder string) error {
	entries, err := Folder(folder, "")
	if err != nil {
		return err
	}
	return os.WriteFile(file, Tar(entries...), 0o600)
}

// Server is a registry on loopback.
type Server struct {
	http *httptest.Server
	host string

	mu       sync.Mutex
	requests []string
	fault    func(http.ResponseWriter, *http.Request) bool
}

// Start starts an empty registry. Stop ends it.
func Start() *Server {
	s := &Server{}
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		fault := s.fault
		s.mu.Unlock()
		if fault == nil || !fault(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	s.host = strings.TrimPrefix(s.http.URL, "http://")
	return s
}

// Stop ends the registry.
func (s *Server) Stop() { s.http.Close() }

// Host is its name and port.
func (s *Server) Host() string { return s.host }

// Fault has every request go through a function first, which returns whether
// it has answered; nil is none.
func (s *Server) Fault(fault func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Requests returns the requests since the last call whose path holds a text,
// such as "/blobs/"; each is the method and the path.
func (s *Server) Requests(holding string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, r := range s.requests {
		if strings.Contains(r, holding) {
			found = append(found, r)
		}
	}
	return found
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Push stores an image under repository:tag, and returns its reference.
func (s *Server) Push(repositoryTag string, image v1.Image) (string, error) {
	ref, err := name.ParseReference(s.host + "/" + repositoryTag)
	if err != nil {
		return "", err
	}
	return ref.Name(), remote.Write(ref, image)
}

// PushIndex stores an index under repository:tag, and returns its reference.
func (s *Server) PushIndex(repositoryTag string, index v1.ImageIndex) (string, error) {
	ref, err := name.ParseReference(s.host + "/" + repositoryTag)
	if err != nil {
		return "", err
	}
	return ref.Name(), remote.WriteIndex(ref, index)
}
