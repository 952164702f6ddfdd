package readiness_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// declared are the constants of packages, by their names' prefix and their
// type: every one of them is a code that a user may meet.
var declared = map[string]struct {
	folders      []string
	named, typed string
}{
	"reason":  {folders: []string{"../certpath", "."}, typed: "Reason"},
	"refusal": {folders: []string{"../policy"}, named: "Reason"},
	"finding": {folders: []string{"."}, named: "Finding"},
	"problem": {folders: []string{"../truststore"}, named: "Code"},
}

// TestEveryCodeHasAMeaning holds the lists to the constants, in both
// directions.
func TestEveryCodeHasAMeaning(t *testing.T) {
	t.Parallel()
	listed := map[string][]string{}
	list := func(kind string, meanings []readiness.Meaning) {
		for _, m := range meanings {
			listed[kind] = append(listed[kind], m.Code)
			if m.Meaning == "" || strings.HasSuffix(m.Meaning, ".") {
				t.Errorf("the %s %s has no meaning, or one with a full stop: %q", kind, m.Code, m.Meaning)
			}
		}
	}
	list("reason", readiness.ReasonMeanings())
	list("finding", readiness.FindingMeanings())
	list("outcome", readiness.OutcomeMeanings())
	for _, p := range truststore.ProblemMeanings() {
		list("problem", []readiness.Meaning{{Code: p.Code, Meaning: p.Meaning}})
	}
	constants := map[string][]string{}
	for kind, d := range declared {
		list := strings.Replace(kind, "refusal", "reason", 1)
		for _, folder := range d.folders {
			constants[list] = append(constants[list], constantsOf(t, folder, d.named, d.typed)...)
		}
	}
	for kind, codes := range constants {
		slices.Sort(codes)
		slices.Sort(listed[kind])
		if !slices.Equal(codes, listed[kind]) {
			t.Errorf("%ss: the constants are %q, and the list has %q", kind, codes, listed[kind])
		}
	}
}

// constantsOf are the values of the string constants of a package whose names
// start so, or that have this type.
func constantsOf(t *testing.T, folder, named, typed string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	var codes []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			if constants, is := decl.(*ast.GenDecl); is && constants.Tok == token.CONST {
				codes = append(codes, stringsOf(t, constants, named, typed)...)
			}
		}
	}
	if len(codes) == 0 {
		t.Errorf("%s has no such constants", folder)
	}
	return codes
}

func stringsOf(t *testing.T, constants *ast.GenDecl, named, typed string) []string {
	t.Helper()
	var codes []string
	for _, spec := range constants.Specs {
		value, is := spec.(*ast.ValueSpec)
		if !is || len(value.Values) != 1 {
			continue
		}
		kind, _ := value.Type.(*ast.Ident)
		literal, isLiteral := value.Values[0].(*ast.BasicLit)
		if !isLiteral || literal.Kind != token.STRING {
			continue
		}
		if (typed != "" && kind != nil && kind.Name == typed) || (named != "" && strings.HasPrefix(value.Names[0].Name, named)) {
			code, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
	}
	return codes
}
