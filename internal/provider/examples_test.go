package provider_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/examples"
)

// TestAccExamplesAreValid validates every configuration that the documentation
// shows and every module, in Terraform and by the provider.
func TestAccExamplesAreValid(t *testing.T) {
	t.Parallel()
	p := newModuleProcess(t, ".", "")
	if p == nil {
		return
	}
	root, folders, roots := p.Dir, exampleFolders(t), newAccount(t).roots(t, presentCA)
	for _, folder := range folders {
		p.Dir = filepath.Join(root, filepath.FromSlash(folder))
		complete(t, p.Dir, roots)
		if written, err := p.run(t, "get", "-no-color"); err != nil {
			t.Errorf("%s: get: %v\n%s", folder, err, written)
		}
		if written, err := p.run(t, "validate", "-no-color"); err != nil {
			t.Errorf("%s: %v\n%s", folder, err, written)
		}
	}
	for _, expected := range []string{"demo", rotationModule + "/examples/stages", "resources/sslready_trust_store_validation"} {
		if !slices.Contains(folders, expected) {
			t.Errorf("%s was not looked at, of %v", expected, folders)
		}
	}
}

// exampleFolders are the folders with configurations.
func exampleFolders(t *testing.T) []string {
	t.Helper()
	var folders []string
	must(t, fs.WalkDir(examples.Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if folder := path.Dir(name); path.Ext(name) == ".tf" && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		return err
	}))
	return folders
}

// complete adds what a page of the documentation leaves out: where the
// providers come from, and the files that the page reads.
func complete(t *testing.T, dir, roots string) {
	t.Helper()
	var text string
	files, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	must(t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		text += string(content)
	}
	if !strings.Contains(text, "required_providers") {
		must(t, os.WriteFile(filepath.Join(dir, "required_providers.tf"), []byte(requiredProviders), 0o600))
	}
	for name, content := range map[string]string{
		"global-bundle.pem": roots, "rds.pem": roots, "truststore.p12": roots,
		"database.yml":         "production: { adapter: postgresql, database: shop, sslmode: verify-full, sslrootcert: /etc/ssl/rds.pem }",
		"task-definition.json": `{"containerDefinitions": [{"environment": [{"name": "PGSSLMODE", "value": "verify-full"}]}]}`,
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
}
