package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// finder walks one file and notes the mutants in it.
type finder struct {
	fset    *token.FileSet
	info    *types.Info
	pkg     *types.Package
	out     *Package
	file    string
	imports map[string]string // import path to local name
	edits   []edit
	atInit  bool
	heads   map[ast.Node]bool // statements in the head of another one
	in      string            // the function, or empty
	texts   []string          // all texts of the package, in Go's syntax
	drops   map[ast.Expr]bool // conditions that are tried without, with the value that they have then
}

func (f *finder) decls(file *ast.File) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				f.in = d.Name.Name
				f.statement(d.Body)
				f.in = ""
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				f.atInit = true
				f.specs(d)
				f.atInit = false
			}
		}
	}
}

func (f *finder) specs(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		if value, ok := spec.(*ast.ValueSpec); ok {
			f.values(value.Values)
		}
	}
}

// statement visits the expressions of a statement and what is inside it.
func (f *finder) statement(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		f.head(n)
		switch s := n.(type) {
		case *ast.GenDecl:
			if s.Tok == token.VAR {
				f.specs(s)
			}
			return false
		case *ast.IfStmt:
			f.drops[s.Cond] = false
			f.value(s.Cond)
		case *ast.ForStmt:
			if s.Cond != nil {
				f.value(s.Cond)
			}
		case *ast.CaseClause:
			f.values(s.List)
		case *ast.SwitchStmt:
			if s.Tag != nil {
				f.value(s.Tag)
				break
			}
			for _, clause := range s.Body.List {
				if c, ok := clause.(*ast.CaseClause); ok && len(c.List) == 1 {
					f.drops[c.List[0]] = false
				}
			}
		case *ast.ReturnStmt:
			f.results(s.Results)
		case *ast.AssignStmt:
			if toWordField(s) {
				return false
			}
			f.values(s.Rhs)
			if s.Tok != token.DEFINE {
				f.deletion(s)
			}
		case *ast.ExprStmt:
			f.value(s.X)
			f.deletion(s)
		case *ast.RangeStmt:
			f.value(s.X)
		case *ast.FuncLit:
			return false // reached as a value
		}
		return true
	})
}

// deletion makes a statement one that can be left out, unless it stands in
// the head of another.
func (f *finder) deletion(s ast.Stmt) {
	if f.heads[s] {
		return
	}
	id := f.note(s.Pos(), "statement left out")
	f.wrap(s, "if !mutantOn("+strconv.Itoa(id)+") { ", " }")
}

// head notes the statements that another one begins with.
func (f *finder) head(n ast.Node) {
	switch s := n.(type) {
	case *ast.IfStmt:
		f.heads[s.Init] = true
	case *ast.ForStmt:
		f.heads[s.Init], f.heads[s.Post] = true, true
	case *ast.SwitchStmt:
		f.heads[s.Init] = true
	case *ast.TypeSwitchStmt:
		f.heads[s.Init], f.heads[s.Assign] = true, true
	}
}

// results visits what is returned, but for constants beside an error or a
// false, which mean nothing then.
func (f *finder) results(list []ast.Expr) {
	if len(list) < 2 {
		f.values(list)
		return
	}
	last := f.info.Types[list[len(list)-1]]
	named, isNamed := last.Type.(*types.Named)
	failed := last.Value != nil && last.Value.Kind() == constant.Bool && !constant.BoolVal(last.Value) ||
		!last.IsNil() && (isNamed && named.Obj().Name() == "error" || types.Implements(last.Type, errorType))
	for i, e := range list {
		if i == len(list)-1 || !failed || f.info.Types[e].Value == nil {
			f.value(e)
		}
	}
}

var errorType, _ = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

func (f *finder) values(list []ast.Expr) {
	for _, e := range list {
		f.value(e)
	}
}

// value visits an expression of which the value is used.
func (f *finder) value(e ast.Expr) {
	tv, known := f.info.Types[e]
	if !known || tv.IsType() || tv.IsBuiltin() {
		return
	}
	if tv.Value != nil {
		f.constant(e, tv)
		return
	}
	if isBool(tv.Type) {
		f.condition(e)
	}
	f.inside(e)
}

// condition turns a condition around, and drops it: it then holds always or
// never, whichever leaves the rest as it is.
func (f *finder) condition(e ast.Expr) {
	before, after := "", ""
	_, negation := e.(*ast.UnaryExpr)
	_, parens := e.(*ast.ParenExpr)
	if !negation && !parens {
		id := f.note(e.Pos(), "condition turned around: "+f.text(e))
		before, after = "mutantBool("+strconv.Itoa(id)+", ", ")"
	}
	if without, ok := f.drops[e]; ok {
		id := f.note(e.Pos(), "condition dropped: "+f.text(e))
		before, after = "mutantValue("+strconv.Itoa(id)+", "+before, after+", "+strconv.FormatBool(without)+")"
	}
	if before != "" {
		f.wrap(e, before, after)
	}
}

// inside visits the parts of an expression.
func (f *finder) inside(e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.value(x.X)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			f.inside(x.X)
			return
		}
		f.value(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			f.drops[x.X], f.drops[x.Y] = x.Op == token.LAND, x.Op == token.LAND
		}
		f.value(x.X)
		f.value(x.Y)
	case *ast.CallExpr:
		f.value(x.Fun)
		if !f.message(x) {
			f.arguments(x)
		}
	case *ast.SelectorExpr:
		if f.info.Types[x.X].IsValue() {
			f.inside(x.X)
		}
	case *ast.IndexExpr:
		f.inside(x.X)
		f.value(x.Index)
	case *ast.SliceExpr:
		f.inside(x.X)
		for _, bound := range []ast.Expr{x.Low, x.High} {
			if bound != nil {
				f.value(bound)
			}
		}
	case *ast.CompositeLit:
		f.elements(x)
	case *ast.FuncLit:
		was := f.atInit
		f.atInit = false
		f.statement(x.Body)
		f.atInit = was
	}
}

// wordFields hold words for people, which no rule goes by.
var wordFields = []string{"Detail", "Undecided", "Doubt", "TLSDoubt", "Mode", "Path"}

func (f *finder) elements(lit *ast.CompositeLit) {
	_, isMap := f.info.Types[lit].Type.Underlying().(*types.Map)
	for _, element := range lit.Elts {
		pair, isPair := element.(*ast.KeyValueExpr)
		switch {
		case !isPair:
			f.value(element)
		case isMap:
			f.value(pair.Key)
			f.value(pair.Value)
		default:
			if key, ok := pair.Key.(*ast.Ident); !ok || !slices.Contains(wordFields, key.Name) {
				f.value(pair.Value)
			}
		}
	}
}

// arguments visits what is passed, but for words: a parameter called detail
// or the like.
func (f *finder) arguments(call *ast.CallExpr) {
	signature, ok := f.info.Types[call.Fun].Type.(*types.Signature)
	for i, argument := range call.Args {
		if ok && i < signature.Params().Len() && slices.ContainsFunc(wordFields, func(word string) bool {
			return strings.EqualFold(word, signature.Params().At(i).Name())
		}) {
			continue
		}
		f.value(argument)
	}
}

// toWordField says whether a statement sets nothing but words.
func toWordField(s *ast.AssignStmt) bool {
	return !slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool {
		selector, ok := e.(*ast.SelectorExpr)
		return !ok || !slices.Contains(wordFields, selector.Sel.Name)
	})
}

// message says whether a call only makes words.
func (f *finder) message(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := selector.X.(*ast.Ident)
	return ok && (pkg.Name == "fmt" || pkg.Name == "errors" || pkg.Name == "strconv" && selector.Sel.Name == "Quote")
}

func (f *finder) note(pos token.Pos, what string) int {
	id := len(f.out.Mutants) + 1
	f.out.Mutants = append(f.out.Mutants, Mutant{ID: id, File: f.file, Func: f.in, Line: f.fset.Position(pos).Line, What: what, AtInit: f.atInit})
	return id
}

func (f *finder) wrap(n ast.Node, before, after string) {
	start, end := f.fset.Position(n.Pos()).Offset, f.fset.Position(n.End()).Offset
	f.edits = append(f.edits,
		edit{offset: start, length: end - start, text: before},
		edit{offset: end, length: end - start, suffix: true, text: after})
}

func (f *finder) text(e ast.Expr) string {
	text := types.ExprString(e)
	if len(text) > 60 {
		return text[:57] + "…"
	}
	return text
}

func isBool(t types.Type) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}
