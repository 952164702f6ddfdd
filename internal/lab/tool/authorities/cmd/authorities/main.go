// Command authorities makes the table of RDS's CAs anew from bundles of
// certificates in PEM: authorities BUNDLE.pem ...
//
// It runs in the module's root. What the present table holds beyond the bundles
// is kept.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/authorities"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

const table = "internal/rdsca/authorities.tsv"

var errUsage = errors.New("usage: authorities BUNDLE.pem, one or more")

func main() {
	command.Main("authorities", func(context.Context, string) error { return run(os.Args[1:]) })
}

func run(files []string) error {
	if len(files) == 0 {
		return errUsage
	}
	var bundles []authorities.Bundle
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		bundles = append(bundles, authorities.Bundle{Name: filepath.Base(file), Content: content})
	}
	content, err := authorities.Table(bundles, rdsca.All(), time.Now().UTC())
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	if err := os.WriteFile(table, content, 0o600); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}
