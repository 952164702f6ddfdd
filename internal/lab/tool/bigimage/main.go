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
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
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
