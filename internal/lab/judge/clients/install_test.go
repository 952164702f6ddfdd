package clients_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
)

// TestAddonIsBuiltAgainstTheHeadersOfItsNode has a Node of its own, as setup-node
// and nvm have, with and without headers.
func TestAddonIsBuiltAgainstTheHeadersOfItsNode(t *testing.T) {
	cache, node := t.TempDir(), t.TempDir()
	write := func(name, content string) {
		t.Helper()
		file := filepath.Join(node, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o700); err != nil { //nolint:gosec // A program.
			t.Fatal(err)
		}
	}
	write("bin/node", "#!/bin/sh\necho "+node+"/bin/node\n")
	write("bin/npm", `#!/bin/sh
mkdir -p node_modules/pg-native node_modules/libpq/build/Release
[ "$1" = install ] && exec touch node_modules/pg-native/package.json
echo "$npm_config_nodedir" > node_modules/libpq/build/Release/addon.node
`)
	t.Setenv("PATH", filepath.Join(node, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	client := clients.Client{Driver: "pg-native", Needs: judge.Needs{NPM: []string{"pg-native@3.9.0"}}, Command: []string{"sh"}}
	install := func(do bool) string {
		_, missing := clients.Present(t.Context(), []clients.Client{client}, cache, do, io.Discard)
		return strings.Join(missing["pg-native"], "; ")
	}
	if got := install(true); !strings.Contains(got, "the headers of Node are missing") || !strings.Contains(got, filepath.Join(node, "include/node/node.h")) {
		t.Errorf("without headers it lacks %q", got)
	}
	if got := install(false); got != "npm packages pg-native@3.9.0" {
		t.Errorf("half installed it lacks %q", got)
	}
	write("include/node/node.h", "")
	if got := install(true); got != "" {
		t.Errorf("with headers it lacks %q", got)
	}
	built, err := os.ReadFile(filepath.Join(client.Packages("npm").Dir(cache), "node_modules/libpq/build/Release/addon.node"))
	if err != nil || strings.TrimSpace(string(built)) != node {
		t.Errorf("built against %q, %v, want %q", built, err, node)
	}
}
