package main

import (
	"cmp"
	_ "embed" // the reviewed survivors
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Mutant is one spoiled place.
type Mutant struct {
	// ID counts from 1 within a package.
	ID int
	// File and Line say where; the file is without its folder.
	File string
	// Func is the function that it is in; empty outside of one.
	Func string
	Line int
	// What says in words what is spoiled.
	What string
	// AtInit is true for a place that is evaluated once, when the program
	// starts.
	AtInit bool
}

// String returns the place and what is done there.
func (m Mutant) String() string { return fmt.Sprintf("#%d %s:%d %s", m.ID, m.File, m.Line, m.What) }

// Name returns what tells a mutant of a package from the others, and does not
// change with lines elsewhere.
func (m Mutant) Name() string { return m.File + " " + m.Func + ": " + m.What }

// Package is a package with a switch at every mutant.
type Package struct {
	// Name is the package's own.
	Name    string
	Mutants []Mutant
	// Sources are the changed files by absolute path.
	Sources map[string][]byte
}

// Prepare finds the mutants of the package in a folder, whose path is absolute.
func Prepare(dir, importPath string) (*Package, error) {
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
	files := make([]*ast.File, len(paths))
	for i, path := range paths {
		if files[i], err = parser.ParseFile(fset, path, nil, parser.ParseComments); err != nil {
			return nil, err
		}
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := config.Check(importPath, fset, files, info)
	if err != nil {
		return nil, err
	}
	p := &Package{Name: pkg.Name(), Sources: map[string][]byte{}}
	var texts []string
	for _, file := range files {
		texts = append(texts, collect(file)...)
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	for i, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f := &finder{fset: fset, info: info, pkg: pkg, out: p, file: filepath.Base(path), imports: importNames(files[i]), heads: map[ast.Node]bool{}, texts: texts, drops: map[ast.Expr]bool{}}
		f.decls(files[i])
		p.Sources[path] = f.apply(content)
	}
	seen := map[string]int{}
	for i := range p.Mutants {
		m := &p.Mutants[i]
		name := m.Name()
		if seen[name]++; seen[name] > 1 {
			m.What += fmt.Sprintf(" (%d)", seen[name])
		}
	}
	return p, nil
}

// importNames are the names under which a file knows other packages.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[path] = name
	}
	return names
}

// edit is text put in at an offset of a file.
type edit struct {
	offset int
	suffix bool // ends a node; comes before what starts at the same offset
	length int  // of the node
	text   string
}

// apply puts the edits of a file in. Of nodes that start at one offset the
// longest comes first, of nodes that end there the shortest.
func (f *finder) apply(content []byte) []byte {
	slices.SortStableFunc(f.edits, func(a, b edit) int {
		switch {
		case a.offset != b.offset:
			return cmp.Compare(a.offset, b.offset)
		case a.suffix != b.suffix && a.suffix:
			return -1
		case a.suffix != b.suffix:
			return 1
		case a.suffix:
			return cmp.Compare(a.length, b.length)
		default:
			return cmp.Compare(b.length, a.length)
		}
	})
	var out []byte
	at := 0
	for _, e := range f.edits {
		out = append(out, content[at:e.offset]...)
		out = append(out, e.text...)
		at = e.offset
	}
	return append(out, content[at:]...)
}

// Target is a package whose rules are spoiled, and what has to notice.
type Target struct {
	// Dir is the package's folder from the module's root, and Tests the folders
	// of the unit tests.
	Dir   string
	Tests []string
	// Replay: the recorded cases come by the package.
	Replay bool
	// Vectors is a regular expression of the tests that compare with vectors: of
	// these only those are tried that come by a mutant. Empty where there are
	// none.
	Vectors string
	// Skip is a regular expression of tests that start other programs.
	Skip string
	// Quick leaves out tests that take more than some seconds, and most
	// recorded cases: what survives then may be noticed by the rest.
	Quick bool
}

// Targets returns all packages that are spoiled. A family of drivers is tested
// in its own folder, in that of all drivers, and in those of the families that
// import it.
func Targets(root string) []Target {
	targets := []Target{
		{Dir: "internal/conninfo", Replay: true, Skip: "AgreesWithLibpq"},
		{Dir: "internal/truststore", Replay: true, Vectors: "^(TestEveryReaderTakesWhatTheRealOneTakes|TestEntriesOfKeyStoresAreThoseThatJavaLists)$"},
		{Dir: "internal/rdsca", Tests: []string{"internal/readiness"}},
		{Dir: "internal/certpath", Replay: true, Tests: []string{"internal/readiness"}, Vectors: "^(TestPathsAreJudgedAsTheRealValidatorsDo|TestNamesAreJudgedAsTheRealClientsDo)$"},
		{Dir: "internal/driver", Replay: true},
		{Dir: "internal/policy", Replay: true, Tests: []string{"internal/driver"}},
		{Dir: "internal/readiness", Replay: true},
		{Dir: "internal/gate"},
	}
	holds := func(folder, pattern string) bool {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		return err == nil && len(found) > 0
	}
	families, _ := filepath.Glob(filepath.Join(root, "internal", "driver", "*")) // The pattern is good.
	for _, family := range families {
		if !holds(family, "*.go") {
			continue
		}
		dir := "internal/driver/" + filepath.Base(family)
		tests := []string{"internal/driver"}
		for _, other := range families {
			if holds(other, "*_test.go") && imports(other, module+dir) {
				tests = append(tests, "internal/driver/"+filepath.Base(other))
			}
		}
		targets = append(targets, Target{Dir: dir, Tests: tests, Replay: true})
	}
	for i, t := range targets {
		if holds(filepath.Join(root, t.Dir), "*_test.go") {
			targets[i].Tests = slices.Insert(t.Tests, 0, t.Dir)
		}
	}
	return targets
}

// imports reports whether a file of the folder, but for tests, imports a package.
func imports(folder, path string) bool {
	files, _ := filepath.Glob(filepath.Join(folder, "*.go")) // The pattern is good.
	return slices.ContainsFunc(files, func(file string) bool {
		if strings.HasSuffix(file, "_test.go") {
			return false
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		return err == nil && slices.ContainsFunc(parsed.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
	})
}

//go:embed survivors.tsv
var reviewed string

// Reviewed returns why a mutant may survive, by its package's folder, a space
// and its name: each was looked at, and changes nothing that can be seen.
func Reviewed() map[string]string {
	why := map[string]string{}
	for line := range strings.Lines(reviewed) {
		if name, reason, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			why[name] = reason
		}
	}
	return why
}
