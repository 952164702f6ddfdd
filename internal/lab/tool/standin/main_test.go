package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestItWritesWhatANewcomerNeeds until it is interrupted, which is no error.
func TestItWritesWhatANewcomerNeeds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, interrupt := context.WithTimeout(t.Context(), time.Second)
	defer interrupt()
	if err := serve(ctx, dir, []string{"lab-local-1"}, 2); err != nil {
		t.Fatal(err)
	}
	for file, holds := range map[string]string{
		"provider.tf":          `region                 = "lab-local-1"`,
		"fleet.tfquery.hcl":    `target_ca_cert_identifier = "rds-ca-rsa4096-g1"`,
		"lab-local-1-old.pem":  "BEGIN CERTIFICATE",
		"lab-local-1-both.pem": "BEGIN CERTIFICATE",
	} {
		content, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(content), holds) {
			t.Errorf("%s: %v, %q", file, err, content)
		}
	}
}
