// Command peers asks the provider and the tools beside it what they find of the
// planted problems, and writes the table of the guide "Compared with other tools".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/peers"
)

func main() {
	guide := flag.String("guide", "templates/guides/peers.md", "the guide whose table is written; empty writes none")
	flag.Parse()
	command.Main("peers", func(ctx context.Context, dir string) error { return run(ctx, dir, *guide) })
}

func run(ctx context.Context, dir, guide string) (err error) {
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
