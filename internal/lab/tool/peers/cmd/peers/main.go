// Command peers asks the provider and the tools beside it what they find of the
// planted problems, and writes the table of the guide "Compared with other tools".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/peers"
)

func main() {
	guide := flag.String("guide", "templates/guides/peers.md", "the guide whose table is written; empty writes none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *guide); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1) //nolint:gocritic // Everything was stopped in run.
	}
}

func run(ctx context.Context, guide string) (err error) {
	dir, err := os.MkdirTemp("", "sslready-peers-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fleet, err := peers.StartFleet(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fleet.Stop()) }()
	table, err := peers.Compare(ctx, fleet)
	fmt.Println(table)
	if err != nil || guide == "" {
		return err
	}
	content, err := os.ReadFile(guide) //nolint:gosec // Named by who runs it.
	if err != nil {
		return err
	}
	text, err := peers.WithTable(string(content), table)
	if err != nil {
		return fmt.Errorf("%s: %w", guide, err)
	}
	return os.WriteFile(guide, []byte(text), 0o644) //nolint:gosec // A page of the docs.
}
