// Command stores makes the corpus of trust stores anew and lists what the
// real readers take from each store, and from spoiled texts.
//
// Usage: stores [-libcrypto11 FILE] [-build] DIRECTORY
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

var errUsage = errors.New("usage: stores [-libcrypto11 FILE] [-build] DIRECTORY")

func main() {
	libcrypto := flag.String("libcrypto11", "", "a libcrypto 1.1.1 to ask as well")
	build := flag.Bool("build", false, "make certificates and stores anew before listing")
	flag.Parse()
	command.Main("stores", func(ctx context.Context, _ string) error { return run(ctx, *libcrypto, *build) })
}

func run(ctx context.Context, libcrypto string, build bool) error {
	if flag.NArg() != 1 {
		return errUsage
	}
	dir, err := filepath.Abs(flag.Arg(0))
	if err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	if build {
		for _, old := range []string{"stores", "certificates"} {
			if err := os.RemoveAll(filepath.Join(dir, old)); err != nil {
				return fmt.Errorf("clear the corpus: %w", err)
			}
		}
		if err := stores.Build(ctx, dir); err != nil {
			return err
		}
	}
	readings, err := stores.Readings(ctx, dir, libcrypto)
	if err != nil {
		return err
	}
	answers, err := stores.SpoiledAnswers(ctx, dir, libcrypto)
	if err != nil {
		return err
	}
	if err := answers.Write(filepath.Join(dir, "spoiled-texts.tsv"), stores.SpoiledReaders); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(dir, "readings.jsonl"))
	if err != nil {
		return fmt.Errorf("listing: %w", err)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, reading := range readings {
		if err := encoder.Encode(reading); err != nil {
			return errors.Join(fmt.Errorf("listing: %w", err), out.Close())
		}
	}
	return out.Close()
}
