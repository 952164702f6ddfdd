package clients_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
)

// TestTheRegistryClaimsWhatWasRecorded: a driver has settings for the judge and
// names the versions that were recorded, or says that its rules are from source.
func TestTheRegistryClaimsWhatWasRecorded(t *testing.T) {
	t.Parallel()

	recorded := map[string][]string{}
	files, err := filepath.Glob("testdata/observed/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if filepath.Base(file) == "index.json" {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var o clients.Observed
		if err := json.Unmarshal(content, &o); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(recorded[o.Driver], o.Version) {
			recorded[o.Driver] = append(recorded[o.Driver], o.Version)
		}
	}
	for _, d := range driver.All() {
		_, err := os.Stat(filepath.Join(settingsDir, d.Name+".json"))
		judged := err == nil
		seen := recorded[d.Name]
		delete(recorded, d.Name)
		if slices.Equal(d.Proof, []string{driver.FromSource}) {
			if len(seen) > 0 {
				t.Errorf("%s is %q in the registry, and was recorded in %q", d.Name, driver.FromSource, seen)
			}
			continue
		}
		if !judged {
			t.Errorf("%s has no settings for the judge, and does not say %q", d.Name, driver.FromSource)
		}
		if len(d.Proof) == 0 {
			t.Errorf("%s has no proof: name the recorded versions, or say %q", d.Name, driver.FromSource)
		}
		for _, version := range d.Proof {
			if !slices.Contains(seen, version) {
				t.Errorf("%s claims to be run in %s, which no record has; recorded are %q", d.Name, version, seen)
			}
		}
		for _, version := range seen {
			if !slices.Contains(d.Proof, version) {
				t.Errorf("%s was recorded in %s, and the registry does not say so", d.Name, version)
			}
		}
	}
	for name := range recorded {
		t.Errorf("%s was recorded, and is not in the registry", name)
	}
}
