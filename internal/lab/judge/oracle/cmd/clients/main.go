// Command clients installs the real clients that judge the verdicts, and
// lists what is there and what is missing.
//
// Debian packages are installed for everybody, which takes root; npm packages
// and programs that are built from Go modules go into the user's cache.
// It exits with 1 where a client is missing in CI, and with 0 elsewhere: the
// tests then count and name it.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/oracle"
)

// runners is where the clients are described, from the module's root.
const runners = "internal/lab/judge/oracle/runners"

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	missing, err := install(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(2)
	}
	if missing > 0 && oracle.InCI() {
		os.Exit(1)
	}
}

// install says how many clients are missing in the end.
func install(ctx context.Context) (int, error) {
	clients, err := oracle.Discover(runners)
	if err != nil {
		return 0, err
	}
	cache, err := oracle.CacheDir()
	if err != nil {
		return 0, err
	}
	present, missing := oracle.Present(ctx, clients, cache, true, os.Stderr)
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		fmt.Printf("MISSING %s: %s\n", name, strings.Join(missing[name], ", "))
	}
	fmt.Printf("%d of %d clients are installed\n", len(present), len(clients))
	return len(missing), nil
}
