// Command syftrace has syft and the provider's own reader look through the same
// images, one after the other, each in a process of its own: it prints how long
// each takes, and which PostgreSQL drivers either finds.
//
// It exits with an error where syft finds a driver that the reader misses, or
// where the reader is less than ten times as fast over all images.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

const fasterBy = 10

// drivers are packages as syft names them, by our names.
var drivers = map[string]string{
	"psycopg2": "psycopg2", "psycopg2-binary": "psycopg2", "python3-psycopg2": "psycopg2", "psycopg": "psycopg", "asyncpg": "asyncpg", "pg8000": "pg8000",
	"pg": "node-postgres", "postgres": "postgres.js", "@prisma/client": "prisma", "postgresql": "pgjdbc", "r2dbc-postgresql": "r2dbc-postgresql",
	"github.com/jackc/pgx/v5": "pgx", "github.com/jackc/pgx/v4": "pgx", "github.com/lib/pq": "lib-pq", "Npgsql": "npgsql", "pgbouncer": "pgbouncer",
	"ruby-pg": "ruby-pg", "php8.2-pgsql": "php-pgsql", "tokio-postgres": "tokio-postgres", "sqlx-postgres": "sqlx", "odbc-postgresql": "odbc",
	"libdbd-pg-perl": "dbd-pg", "postgresql-client-15": "psql",
}

func main() {
	syft := flag.String("syft", "syft", "syft's program")
	own := flag.String("own", "", "an image to look through, for the process of its own")
	flag.Parse()
	command.Main("syftrace", func(ctx context.Context, _ string) error {
		if *own != "" {
			return look(ctx, *own)
		}
		return race(ctx, *syft, flag.Arg(0))
	})
}

// look prints the drivers of one image.
func look(ctx context.Context, file string) error {
	image, err := artifact.Open(ctx, "docker-archive:"+file, artifact.Options{Keep: deployment.Wanted})
	if err != nil {
		return err
	}
	found, err := deployment.Inspect(image.Files(ctx), deployment.Config{}, deployment.Options{})
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(os.Stdout).Encode(found.Names()), image.Close())
}

func race(ctx context.Context, syft, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.tar"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no images in %q", folder)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var ours, theirs time.Duration
	var missed error
	for _, file := range files {
		mine, took, err := command.Measure(exec.CommandContext(ctx, self, "-own", file))
		if err != nil {
			return err
		}
		scan := exec.CommandContext(ctx, syft, "scan", "docker-archive:"+file, "-q", "-o", "json")
		scan.Env = append(os.Environ(), "SYFT_CHECK_FOR_APP_UPDATE=false")
		scanned, taken, err := command.Measure(scan)
		if err != nil {
			return err
		}
		ours, theirs = ours+took.Wall, theirs+taken.Wall
		var names []string
		if err := json.Unmarshal(mine, &names); err != nil {
			return err
		}
		found, err := inventory(scanned)
		if err != nil {
			return err
		}
		fmt.Printf("%-28s %6d ms %s; syft %6d ms %s\n", filepath.Base(file), took.Wall.Milliseconds(), strings.Join(names, " "), taken.Wall.Milliseconds(), strings.Join(found, " "))
		for _, name := range found {
			if !slices.Contains(names, name) {
				missed = errors.Join(missed, fmt.Errorf("%s: syft finds %s", filepath.Base(file), name))
			}
		}
	}
	fmt.Printf("all: %d ms, syft %d ms: %.1f times\n", ours.Milliseconds(), theirs.Milliseconds(), float64(theirs)/float64(ours))
	if theirs < fasterBy*ours {
		missed = errors.Join(missed, fmt.Errorf("not %d times as fast", fasterBy))
	}
	return missed
}

// inventory are the drivers in syft's answer.
func inventory(answer []byte) ([]string, error) {
	var listed struct {
		Artifacts []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"artifacts"`
	}
	if err := json.Unmarshal(answer, &listed); err != nil {
		return nil, err
	}
	var found []string
	for _, a := range listed.Artifacts {
		name := drivers[a.Name]
		if a.Type == "gem" && a.Name == "pg" { // npm has one of the same name.
			name = "ruby-pg"
		}
		if name != "" && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found, nil
}
