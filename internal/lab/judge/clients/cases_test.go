package clients_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
)

func TestSettingsFilesNameKnownKindsAndDrivers(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob(filepath.Join(settingsDir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no settings: %v", err)
	}
	stores := slices.Concat(clients.StoreKinds(), clients.KeyStoreKinds())
	for _, file := range files {
		settings, err := clients.LoadSettings(settingsDir, strings.TrimSuffix(filepath.Base(file), ".json"))
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.Contains(driver.Names(), settings.Driver) {
			t.Errorf("%s: no driver is called %q", file, settings.Driver)
		}
		for _, c := range clients.Expand(settings, "", "") {
			switch {
			case !slices.Contains(stores, c.Store):
				t.Errorf("%s: %s: no kind of store is called %q", file, c.Template.ID, c.Store)
			case !slices.Contains(clients.ServerKinds(), c.Server):
				t.Errorf("%s: %s: no kind of server is called %q", file, c.Template.ID, c.Server)
			case !slices.Contains(clients.Users(), c.User):
				t.Errorf("%s: %s: no user is called %q", file, c.Template.ID, c.User)
			}
		}
	}
}

func TestSampleIsSteadyAndReachesEverySetting(t *testing.T) {
	t.Parallel()

	settings := clients.Settings{Templates: []clients.Template{{ID: "a"}, {ID: "b", Stores: []string{"root"}}, {ID: "c"}}}
	cases := clients.Expand(settings, "", "")
	ids := func(judge string) (ids []string, templates map[string]bool) {
		templates = map[string]bool{}
		for _, c := range clients.Sample(cases, judge, 12) {
			ids = append(ids, c.ID())
			templates[c.Template.ID] = true
		}
		return ids, templates
	}
	one, templates := ids("libpq-12")
	again, _ := ids("libpq-12")
	other, _ := ids("libpq-13")
	if len(one) != 12 || !slices.Equal(one, again) {
		t.Errorf("the sample of one judge is not the same every time: %v, %v", one, again)
	}
	if slices.Equal(one, other) {
		t.Error("two judges get the same sample")
	}
	if len(templates) != 3 {
		t.Errorf("the sample leaves settings out: %v", templates)
	}
}

func TestAbsentSettingsFileIsReported(t *testing.T) {
	t.Parallel()

	if _, err := clients.LoadSettings(t.TempDir(), "nothing"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want one that says that the file is not there", err)
	}
}
