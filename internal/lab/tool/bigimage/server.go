package main

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/klauspost/compress/gzip"
)

// server is a registry whose blobs lie on the disk, so that none of them is in
// the memory that is measured.
type server struct {
	http      *httptest.Server
	reference string
	size      int64
	fetched   atomic.Int64 // layers
}

func fileOf(layer int) string { return fmt.Sprintf("etc/wanted-%02d", layer) }

func serve(folder string) (*server, error) {
	s := &server{}
	image := empty.Image
	for i := range layers {
		file := filepath.Join(folder, fmt.Sprint(i))
		if err := writeLayer(file, i); err != nil {
			return nil, err
		}
		layer, err := tarball.LayerFromFile(file)
		if err != nil {
			return nil, err
		}
		size, err := layer.Size()
		if err != nil {
			return nil, err
		}
		s.size += size
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return nil, err
		}
	}
	config, err := image.ConfigName()
	if err != nil {
		return nil, err
	}
	inner := registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(filepath.Join(folder, "blobs"))), registry.Logger(log.New(io.Discard, "", 0)))
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/sha256:") && !strings.HasSuffix(r.URL.Path, config.String()) {
			s.fetched.Add(1)
		}
		inner.ServeHTTP(w, r)
	}))
	s.reference = strings.TrimPrefix(s.http.URL, "http://") + "/big:1"
	tag, err := name.ParseReference(s.reference)
	if err != nil {
		return nil, err
	}
	return s, remote.Write(tag, image)
}

// writeLayer writes files of a size that is usual, half of them compressible,
// and the wanted one at the end.
func writeLayer(name string, number int) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(uint64(number), 1)) //nolint:gosec // The same octets each time.
	buffered := bufio.NewWriter(file)
	packed, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	content := make([]byte, 48<<10)
	for i := 0; i*len(content) < layerBytes; i++ {
		for j := range content {
			if content[j] = byte(random.Uint32()); i%2 == 0 {
				content[j] = "the quick brown fox"[j%19] ^ byte(i)
			}
		}
		header := &tar.Header{Name: fmt.Sprintf("usr/share/%d/%d", number, i), Mode: 0o644, Size: int64(len(content))}
		if err := out.WriteHeader(header); err != nil {
			return err
		}
		if _, err := out.Write(content); err != nil {
			return err
		}
	}
	wanted := fileOf(number)
	err = out.WriteHeader(&tar.Header{Name: wanted, Mode: 0o644, Size: int64(len(wanted))})
	if err == nil {
		_, err = out.Write([]byte(wanted))
	}
	return errors.Join(err, out.Close(), packed.Close(), buffered.Flush(), file.Close())
}
