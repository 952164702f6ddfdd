// Command bigimage measures what one file of a large image costs: it builds an
// image of 1 GB in 30 layers, serves it on loopback, and has a process of its
// own read one file of it. That process is compared with one that only fetches,
// checks and unpacks the same layers.
//
// It exits with an error where a bar is missed: more layers fetched than needed,
// 150 MiB of memory, or 1.5 times the time.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
)

const (
	layers      = 30
	layerBytes  = 34 << 20
	maxMemory   = 150 << 20
	maxSlowdown = 1.5
	runs        = 3
)

// result is what a child process says of itself.
type result struct {
	Milliseconds int64
	PeakBytes    int64
	Layers       int
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bigimage:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) == 4 {
		return child(os.Args[1], os.Args[2], os.Args[3])
	}
	folder, err := os.MkdirTemp("", "bigimage-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	server, err := serve(folder)
	if err != nil {
		return err
	}
	defer server.stop()
	fmt.Printf("an image of %d layers, %d MB unpacked, %d MB packed\n", layers, layers*layerBytes/1_000_000, server.size/1_000_000)
	var missed error
	for _, wanted := range []int{layers - 1, layers / 2, 0} { // Counted from the oldest.
		missed = errors.Join(missed, measure(server, wanted))
	}
	return missed
}

func measure(server *server, wanted int) error {
	needed := layers - wanted
	best := map[string]result{}
	fetched := 0
	for range runs {
		for _, mode := range []string{"stream", "read"} {
			server.forget()
			r, err := start(mode, server.reference, strconv.Itoa(wanted))
			if err != nil {
				return err
			}
			if mode == "read" {
				fetched = server.blobs()
			}
			if before, ok := best[mode]; !ok || r.Milliseconds < before.Milliseconds {
				best[mode] = r
			}
		}
	}
	read, stream := best["read"], best["stream"]
	ratio := float64(read.Milliseconds) / float64(stream.Milliseconds)
	fmt.Printf("file in layer %2d: %2d layers fetched (needed: %2d), %d ms, streaming them %d ms: %.2f times; peak %d MiB\n",
		wanted+1, fetched, needed, read.Milliseconds, stream.Milliseconds, ratio, read.PeakBytes>>20)
	switch {
	case fetched > needed:
		return fmt.Errorf("%d layers fetched, and %d are needed", fetched, needed)
	case read.PeakBytes > maxMemory:
		return fmt.Errorf("peak memory %d MiB", read.PeakBytes>>20)
	case ratio > maxSlowdown:
		return fmt.Errorf("%.2f times the time of streaming", ratio)
	}
	return nil
}

func start(arguments ...string) (r result, err error) {
	command := exec.CommandContext(context.Background(), os.Args[0], arguments...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(out, &r)
}

// child does the work, and says what it took.
func child(mode, reference, wanted string) error {
	began := time.Now()
	number, err := strconv.Atoi(wanted)
	if err != nil {
		return err
	}
	r := result{}
	if mode == "read" {
		r.Layers, err = readOne(reference, fileOf(number))
	} else {
		r.Layers, err = layers-number, stream(reference, number)
	}
	if err != nil {
		return err
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	r.Milliseconds, r.PeakBytes = time.Since(began).Milliseconds(), usage.Maxrss<<10
	return json.NewEncoder(os.Stdout).Encode(r)
}

// readOne reads a file as the provider does, with an empty cache.
func readOne(reference, name string) (int, error) {
	cache := artifact.NewCache("", 0)
	ctx := context.Background()
	image, err := artifact.Open(ctx, reference, artifact.Options{Keep: deployment.Wanted, Cache: cache})
	if err != nil {
		return 0, err
	}
	content, err := fs.ReadFile(image.Files(ctx), name)
	if err == nil && string(content) != name {
		err = fmt.Errorf("%s holds %d other bytes", name, len(content))
	}
	return image.LayersRead(), errors.Join(err, image.Close(), cache.Close())
}

// stream fetches, checks and unpacks the layers, and does nothing else.
func stream(reference string, wanted int) error {
	for i := layers - 1; i >= wanted; i-- {
		response, err := http.Get(layerURL(reference, i)) //nolint:noctx // It ends with the process.
		if err != nil {
			return err
		}
		hash := sha256.New()
		unpacked, err := gzip.NewReader(io.TeeReader(response.Body, hash))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, unpacked)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
	}
	return nil
}
