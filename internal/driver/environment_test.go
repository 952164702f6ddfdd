package driver_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// TestEveryVariableOfARuleIsAmongTheNames reads the rules: a variable that one
// of them looks up and that tls_environment leaves out would be a wrong verdict.
func TestEveryVariableOfARuleIsAmongTheNames(t *testing.T) {
	t.Parallel()
	names := driver.EnvironmentNames()
	if !slices.IsSorted(names) {
		t.Error("the names are not sorted")
	}
	variable := regexp.MustCompile(`^_?(PG[A-Z_]{3,}|SSL_CERT_[A-Z]+|NODE_[A-Z_]+|JAVA_[A-Z_]+|JDK_[A-Z_]+|_?JAVA_OPTIONS|OPENSSL_[A-Z]+|DATABASE_URL|GODEBUG|HOME|APPDATA)$`)
	others := []string{"PGPASSWORD", "PGSSLPASSWORD", "PGDBNAME"} // Secrets, and a property of pgjdbc.
	found := 0
	for _, folder := range []string{".", "../conninfo", "../policy"} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || entry.Name() == "environment.go" {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				literal, is := node.(*ast.BasicLit)
				if !is || literal.Kind != token.STRING {
					return true
				}
				name, err := strconv.Unquote(literal.Value)
				if err != nil || !variable.MatchString(name) || slices.Contains(others, name) {
					return true
				}
				found++
				if !slices.Contains(names, name) {
					t.Errorf("%s: a rule reads %s, which is not among the names", path, name)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 30 {
		t.Errorf("only %d names were found in the rules", found)
	}
}
