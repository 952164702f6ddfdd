package main

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// constant swaps a constant for another one of its type.
func (f *finder) constant(e ast.Expr, tv types.TypeAndValue) {
	kind := types.TypeString(tv.Type, f.qualifier)
	var other string
	switch {
	case kind == "untyped nil" || strings.Contains(kind, "untyped rune"):
		return
	case tv.Value.Kind() == constant.Bool:
		other = strconv.FormatBool(!constant.BoolVal(tv.Value))
		kind = strings.TrimPrefix(kind, "untyped ")
	case tv.Value.Kind() == constant.String:
		text := constant.StringVal(tv.Value)
		if named, ok := tv.Type.(*types.Named); ok {
			other = f.sibling(named, tv.Value)
		}
		if other == "" {
			other = f.otherText(text)
		}
		kind = strings.Replace(kind, "untyped ", "", 1)
	case tv.Value.Kind() == constant.Int:
		other = f.number(tv)
		if kind == "untyped int" {
			kind = "int"
		}
	}
	if other == "" || strings.HasPrefix(kind, "untyped") {
		return
	}
	id := f.note(e.Pos(), f.text(e)+" becomes "+other)
	f.wrap(e, "mutantValue["+kind+"]("+strconv.Itoa(id)+", ", ", "+other+")")
}

// otherText is another text of the package in the place of a text, and another
// word in the place of a word.
func (f *finder) otherText(text string) string {
	if at := slices.Index(f.texts, strconv.Quote(text)); at >= 0 && len(f.texts) > 1 {
		return f.texts[(at+1)%len(f.texts)]
	}
	return strconv.Quote("mutant " + text)
}

// collect notes the texts of a file: strings of several words.
func collect(file *ast.File) (texts []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && strings.Count(text, " ") > 1 && !strings.Contains(text, "%") {
				texts = append(texts, strconv.Quote(text))
			}
		}
		return true
	})
	return texts
}

func (f *finder) number(tv types.TypeAndValue) string {
	if named, ok := tv.Type.(*types.Named); ok {
		return f.sibling(named, tv.Value)
	}
	n, exact := constant.Int64Val(tv.Value)
	basic, isBasic := tv.Type.Underlying().(*types.Basic)
	if !exact || !isBasic || basic.Kind() == types.UnsafePointer || basic.Kind() == types.UntypedRune {
		return ""
	}
	if most, bounded := map[types.BasicKind]int64{types.Int8: 127, types.Uint8: 255, types.Uint16: 65535}[basic.Kind()]; bounded && n == most {
		return strconv.FormatInt(n-1, 10)
	}
	return strconv.FormatInt(n+1, 10)
}

// sibling is another constant of a type: no flag at all for a set of flags,
// else the next in the order of their values.
func (f *finder) sibling(named *types.Named, value constant.Value) string {
	scope := named.Obj().Pkg()
	if scope == nil {
		return ""
	}
	prefix := ""
	if scope != f.pkg {
		name, imported := f.imports[scope.Path()]
		if !imported {
			return ""
		}
		prefix = name + "."
	}
	if named.Obj().Name() == "Failures" {
		if constant.Sign(value) == 0 {
			return "1"
		}
		return "0"
	}
	var others []*types.Const
	for _, name := range scope.Scope().Names() {
		c, ok := scope.Scope().Lookup(name).(*types.Const)
		if ok && types.Identical(c.Type(), named) && (c.Exported() || scope == f.pkg) {
			others = append(others, c)
		}
	}
	slices.SortFunc(others, func(a, b *types.Const) int { return cmp.Compare(a.Pos(), b.Pos()) })
	at := slices.IndexFunc(others, func(c *types.Const) bool { return constant.Compare(c.Val(), token.EQL, value) })
	if at < 0 || len(others) < 2 {
		return ""
	}
	return prefix + others[(at+1)%len(others)].Name()
}

func (f *finder) qualifier(p *types.Package) string {
	if p == f.pkg {
		return ""
	}
	if name, imported := f.imports[p.Path()]; imported {
		return name
	}
	return p.Name()
}
