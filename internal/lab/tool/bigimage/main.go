// Command bigimage measures what one file of a large image costs: it builds an
// image of 1 GB in 30 layers, serves it on loopback, and has a process of its
// own read one file of it. That process is compared with one that only fetches,
// checks and unpacks the same layers.
//
// It exits with an error where a bar is missed: more layers fetched than needed,
// 150 MiB of memory, or 1.5 times the time.
package main

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/klauspost/compress/gzip"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

const (
	layers      = 30
	layerBytes  = 34 << 20
	maxMemory   = 150 << 20
	maxSlowdown = 1.5
	runs        = 3
)

func main() {
	command.Main("bigimage", func(ctx context.Context, folder string) error {
		if len(os.Args) == 4 {
			return child(ctx, os.Args[1], os.Args[2], os.Args[3])
		}
		return run(ctx, folder)
	})
}

func run(ctx context.Context, folder string) error {
	server, err := serve(folder)
	if err != nil {
		return err
	}
	defer server.http.Close()
	fmt.Printf("an image of %d layers, %d MB unpacked, %d MB packed\n", layers, layers*layerBytes/1_000_000, server.size/1_000_000)
	var missed error
	for _, wanted := range []int{layers - 1, layers / 2, 0} { // Counted from the oldest.
		missed = errors.Join(missed, measure(ctx, server, wanted))
	}
	return missed
}

func measure(ctx context.Context, server *server, wanted int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	needed := layers - wanted
	best := map[string]command.Cost{}
	fetched := 0
	for range runs {
		for _, mode := range []string{"stream", "read"} {
			server.fetched.Store(0)
			_, cost, err := command.Measure(exec.CommandContext(ctx, self, mode, server.reference, strconv.Itoa(wanted)))
			if err != nil {
				return err
			}
			if mode == "read" {
				fetched = int(server.fetched.Load())
			}
			if before, ok := best[mode]; !ok || cost.Wall < before.Wall {
				best[mode] = cost
			}
		}
	}
	read, stream := best["read"], best["stream"]
	ratio := float64(read.Wall) / float64(stream.Wall)
	fmt.Printf("file in layer %2d: %2d layers fetched (needed: %2d), %d ms, streaming them %d ms: %.2f times; peak %d MiB\n",
		wanted+1, fetched, needed, read.Wall.Milliseconds(), stream.Wall.Milliseconds(), ratio, read.Memory>>20)
	switch {
	case fetched > needed:
		return fmt.Errorf("%d layers fetched, and %d are needed", fetched, needed)
	case read.Memory > maxMemory:
		return fmt.Errorf("peak memory %d MiB", read.Memory>>20)
	case ratio > maxSlowdown:
		return fmt.Errorf("%.2f times the time of streaming", ratio)
	}
	return nil
}

// child does the work of one process.
func child(ctx context.Context, mode, reference, wanted string) error {
	number, err := strconv.Atoi(wanted)
	if err != nil {
		return err
	}
	if mode == "read" {
		return readOne(ctx, reference, fileOf(number))
	}
	return stream(reference, number)
}

// readOne reads a file as the provider does, with an empty cache.
func readOne(ctx context.Context, reference, name string) error {
	cache := artifact.NewCache("", 0)
	image, err := artifact.Open(ctx, reference, artifact.Options{Keep: deployment.Wanted, Cache: cache})
	if err != nil {
		return err
	}
	content, err := fs.ReadFile(image.Files(ctx), name)
	if err == nil && string(content) != name {
		err = fmt.Errorf("%s holds %d other bytes", name, len(content))
	}
	return errors.Join(err, image.Close(), cache.Close())
}

// stream fetches, checks and unpacks the layers, and does nothing else.
func stream(reference string, wanted int) error {
	tag, err := name.ParseReference(reference)
	if err != nil {
		return err
	}
	image, err := remote.Image(tag)
	if err != nil {
		return err
	}
	all, err := image.Layers()
	if err != nil {
		return err
	}
	for _, layer := range all[wanted:] {
		packed, err := layer.Compressed() // Its digest is checked at its end.
		if err != nil {
			return err
		}
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, unpacked)
		if err = errors.Join(err, packed.Close()); err != nil {
			return err
		}
	}
	return nil
}

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
