// Package mutation spoils the rules one by one and asks whether anything
// notices: a rule that can be wrong without a failing test is not tested.
//
// All mutants of a package are compiled into one program at once, each behind
// a switch, so that trying one takes milliseconds instead of a build. The
// sources are changed in an overlay of the go command only, never on disk.
package mutation

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
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

// ErrPackage is returned for sources that cannot be read as one package.
var ErrPackage = errors.New("the package cannot be mutated")

// Prepare finds the mutants of the package in a folder.
//
// The error is [ErrPackage]: the sources do not compile.
func Prepare(dir, importPath string) (*Package, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPackage, err)
	}
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPackage, err)
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
	files := make([]*ast.File, len(paths))
	for i, path := range paths {
		if files[i], err = parser.ParseFile(fset, path, nil, parser.ParseComments); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPackage, err)
		}
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := config.Check(importPath, fset, files, info)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPackage, err)
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
			return nil, fmt.Errorf("%w: %w", ErrPackage, err)
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
