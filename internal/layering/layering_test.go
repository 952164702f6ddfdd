// Package layering_test checks that dependencies point inwards.
package layering_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sslready/terraform-provider-sslready/internal/"

// The rooms, from the inside out.
var (
	domain   = []string{"asn", "census", "certpath", "conninfo", "connlog", "deployment", "driver", "framework", "gate", "policy", "rdsca", "readiness", "truststore", "watch"}
	adapters = []string{"artifact", "postgres", "rdsapi"}
)

// parsers are the libraries that the domain may use: they turn bytes into
// values and do nothing else.
var parsers = []string{
	"github.com/pavlo-v-chernykh/keystore-go/v4",
	"software.sslmate.com/src/go-pkcs12",
	"golang.org/x/crypto",
	"golang.org/x/text",
}

// withIO are the packages of the standard library that reach outside.
var withIO = []string{"net", "net/http", "os", "os/exec", "crypto/tls", "database/sql", "syscall", "log", "log/slog"}

// TestDomainIsPure reads the sources itself instead of running "go list", so
// that the test cache notices a changed import.
func TestDomainIsPure(t *testing.T) {
	t.Parallel()

	for _, pkg := range domain {
		for file, imports := range importsOf(t, pkg) {
			for _, path := range imports {
				if !allowedInDomain(path) {
					t.Errorf("%s imports %s: the domain reaches nothing outside", file, path)
				}
			}
		}
	}
}

// TestAdaptersKnowNeitherTerraformNorEachOther also holds them off the
// domain: the provider composes.
func TestAdaptersKnowNeitherTerraformNorEachOther(t *testing.T) {
	t.Parallel()

	for _, pkg := range adapters {
		for file, imports := range importsOf(t, pkg) {
			for _, path := range imports {
				inner, ours := strings.CutPrefix(path, module)
				first, _, _ := strings.Cut(inner, "/")
				switch {
				case ours && first != pkg:
					t.Errorf("%s imports %s: adapters know only themselves", file, path)
				case strings.HasPrefix(path, "github.com/hashicorp/terraform-"):
					t.Errorf("%s imports %s: adapters know nothing of Terraform", file, path)
				}
			}
		}
	}
}

// TestNothingReleasedImportsTheLab keeps test machinery out of the binary.
func TestNothingReleasedImportsTheLab(t *testing.T) {
	t.Parallel()

	for _, pkg := range append(append([]string{"provider"}, domain...), adapters...) {
		for file, imports := range importsOf(t, pkg) {
			for _, path := range imports {
				if strings.HasPrefix(path, module+"lab") {
					t.Errorf("%s imports %s: the lab is for tests", file, path)
				}
			}
		}
	}
}

// TestProviderTranslates holds SDK types off the Terraform layer.
func TestProviderTranslates(t *testing.T) {
	t.Parallel()

	for file, imports := range importsOf(t, "provider") {
		for _, path := range imports {
			if strings.HasPrefix(path, "github.com/aws/") || strings.HasPrefix(path, "github.com/jackc/") || strings.HasPrefix(path, "github.com/google/go-containerregistry") {
				t.Errorf("%s imports %s: the adapters hide it", file, path)
			}
		}
	}
}

// TestDomainStartsNoGoroutine: make test leaves the domain out of the race
// detector's run.
func TestDomainStartsNoGoroutine(t *testing.T) {
	t.Parallel()

	for _, pkg := range domain {
		for file, tree := range filesOf(t, pkg, parser.SkipObjectResolution) {
			ast.Inspect(tree, func(n ast.Node) bool {
				if _, starts := n.(*ast.GoStmt); starts {
					t.Errorf("%s starts a goroutine", file)
				}
				return true
			})
		}
	}
}

// importsOf returns the imports of every non-test file of a room, by file.
func importsOf(t *testing.T, pkg string) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	for file, tree := range filesOf(t, pkg, parser.ImportsOnly) {
		for _, spec := range tree.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imports[file] = append(imports[file], path)
		}
	}
	return imports
}

// filesOf parses every non-test file of a room.
func filesOf(t *testing.T, pkg string, mode parser.Mode) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(filepath.Join("..", pkg), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		files[file], err = parser.ParseFile(token.NewFileSet(), file, nil, mode)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("package %s: no files", pkg)
	}
	return files
}

func allowedInDomain(path string) bool {
	if inner, ours := strings.CutPrefix(path, module); ours {
		room, _, _ := strings.Cut(inner, "/")
		return slices.Contains(domain, room)
	}
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		return slices.ContainsFunc(parsers, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
	}
	return !slices.Contains(withIO, path)
}
