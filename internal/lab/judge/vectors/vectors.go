package vectors

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

var update = flag.Bool("update", false, "write what the vectors want anew: look at every line that changes")

// vector is a client's settings, and the policy that its driver makes of them.
type vector struct {
	Name        string            `json:"name"`
	Version     string            `json:"version,omitempty"`
	Runtime     string            `json:"runtime,omitempty"`
	Connection  string            `json:"connection,omitempty"`
	Environment map[string]string `json:"environment,omitempty"`
	Properties  map[string]string `json:"properties,omitempty"`
	Host        string            `json:"host,omitempty"`
	// Store is where the declared store lies; empty is that none is declared.
	Store policy.Place `json:"store,omitempty"`
	Want  string       `json:"-"`
}

func (v vector) settings(name string) policy.Settings {
	return policy.Settings{
		Driver: name, Version: v.Version, Runtime: v.Runtime, Connection: v.Connection, Environment: v.Environment, Properties: v.Properties,
		Host: v.Host, StoreDeclared: v.Store != "", StorePlace: v.Store,
	}
}

// Run tries the vectors of a family: testdata/vectors/DRIVER.json, below the
// folder of the test.
func Run(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "vectors", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		content, err := os.ReadFile(file) //nolint:gosec // A file of the test's own.
		if err != nil {
			t.Fatal(err)
		}
		var wants []struct {
			vector
			Want string `json:"want"`
		}
		if err := json.Unmarshal(content, &wants); err != nil || len(wants) == 0 {
			t.Fatalf("%s: %d vectors: %v", file, len(wants), err)
		}
		seen := map[string]bool{}
		all := make([]vector, len(wants))
		for i, v := range wants {
			if all[i] = v.vector; seen[v.Name] || v.Name == "" {
				t.Errorf("%s: the name %q is empty, or there twice", file, v.Name)
			}
			seen[v.Name] = true
			got := Written(driver.Resolve(v.settings(name)))
			if all[i].Want = got; got != v.Want && !*update {
				t.Errorf("%s: %s\n got %s\nwant %s", name, v.Name, got, v.Want)
			}
		}
		if *update {
			if err := os.WriteFile(file, written(t, all), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// written is the file of the vectors, two lines each.
func written(t *testing.T, all []vector) []byte {
	t.Helper()
	line := func(value any) string {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(b.String())
	}
	lines := make([]string, len(all))
	for i, v := range all {
		lines[i] = strings.TrimSuffix(line(v), "}") + ",\n  \"want\": " + line(v.Want) + "}"
	}
	return []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n")
}
