package paths

import (
	"fmt"
	"strings"
)

// oddPolicy is certificatePolicies, or an extension about policies, by a short
// word: "" is none.
func oddPolicy(word string) []extension {
	policy := func(id []byte, qualifiers ...[]byte) []byte {
		if len(qualifiers) == 0 {
			return seq(id)
		}
		return seq(id, seq(qualifiers...))
	}
	one, two, anyPolicy := oid(1, 2, 3), oid(1, 2, 4), oid(2, 5, 29, 32, 0)
	cps := seq(oid(1, 3, 6, 1, 5, 5, 7, 2, 1), ia5("http://example.test/"))
	notice := seq(oid(1, 3, 6, 1, 5, 5, 7, 2, 2), seq(primitive(12, []byte("notice"))))
	strange := seq(oid(1, 2, 9), ia5("x"))
	values := map[string]extension{
		"one": raw(ce(32), false, seq(policy(one))), "two": raw(ce(32), false, seq(policy(two))), "one-two": raw(ce(32), false, seq(policy(one), policy(two))),
		"any": raw(ce(32), false, seq(policy(anyPolicy))), "one-one": raw(ce(32), false, seq(policy(one), policy(one))), "empty": raw(ce(32), false, seq()),
		"cps": raw(ce(32), false, seq(policy(one, cps))), "notice": raw(ce(32), false, seq(policy(one, notice))), "strange": raw(ce(32), false, seq(policy(one, strange))),
		"text": raw(ce(32), false, ia5("x")), "ONE": raw(ce(32), true, seq(policy(one))), "CPS": raw(ce(32), true, seq(policy(one, cps))),
		"NOTICE": raw(ce(32), true, seq(policy(one, notice))), "STRANGE": raw(ce(32), true, seq(policy(one, strange))), "ANY": raw(ce(32), true, seq(policy(anyPolicy))),
		"EMPTY": raw(ce(32), true, seq()), "ANYCPS": raw(ce(32), true, seq(policy(anyPolicy, cps))),
		"explicit0": raw(ce(36), false, seq(tagged(0, []byte{0}))), "EXPLICIT0": raw(ce(36), true, seq(tagged(0, []byte{0}))), "EXPLICIT1": raw(ce(36), true, seq(tagged(0, []byte{1}))),
		"EXPLICIT2": raw(ce(36), true, seq(tagged(0, []byte{2}))), "EXPLICIT9": raw(ce(36), true, seq(tagged(0, []byte{9}))), "NOMAP0": raw(ce(36), true, seq(tagged(1, []byte{0}))), "EXPLICITNEG": raw(ce(36), true, seq(tagged(0, []byte{0xff}))),
		"BOTH0": raw(ce(36), true, seq(tagged(0, []byte{0}), tagged(1, []byte{0}))), "emptypc": raw(ce(36), true, seq()), "textpc": raw(ce(36), true, ia5("x")),
		"map12": raw(ce(33), false, seq(seq(one, two))), "MAP12": raw(ce(33), true, seq(seq(one, two))), "mapany": raw(ce(33), false, seq(seq(anyPolicy, one))), "mapempty": raw(ce(33), false, seq()),
		"maptoany": raw(ce(33), false, seq(seq(one, anyPolicy))), "maptext": raw(ce(33), false, ia5("x")),
		"noany0": raw(ce(54), false, primitive(2, []byte{0})), "NOANY0": raw(ce(54), true, primitive(2, []byte{0})), "NOANY1": raw(ce(54), true, primitive(2, []byte{1})), "NOANYNEG": raw(ce(54), true, primitive(2, []byte{0xff})), "NOANYTEXT": raw(ce(54), true, ia5("x")),
	}
	var all []extension
	for w := range strings.FieldsSeq(word) {
		all = append(all, values[w])
	}
	return all
}

func policies(word string) change {
	return func(c *certificate) { c.extensions = append(c.extensions, oddPolicy(word)...) }
}

// policies are paths in which each certificate speaks about policies.
func (o *odd) policies() {
	seen := map[string]bool{}
	made := func(kind, word string, forge func(name string, changes ...change)) string {
		name := fmt.Sprintf("policy %s-%s", word, kind)
		name = strings.ReplaceAll(name, " ", "-")
		if !seen[name] {
			seen[name] = true
			forge(name, policies(word))
		}
		return name
	}
	ask := func(root, sub, leaf string) {
		r := made("root", root, func(name string, changes ...change) {
			o.root(name, "fixed256:root", append([]change{namedRoot(cn("Odd root"))}, changes...)...)
		})
		s := made("sub", sub, func(name string, changes ...change) {
			o.sub(name, "fixed256:sub", oddRoot, append([]change{named(cn("Odd sub"))}, changes...)...)
		})
		l := made("leaf", leaf, func(name string, changes ...change) { o.leaf(name, leafKey, oddSub, changes...) })
		o.ask(fmt.Sprintf("Policies of root, subordinate and leaf: %q, %q, %q.", root, sub, leaf), []string{l, s, r}, r)
	}
	subs := []string{
		"", "one", "two", "any", "ONE", "EXPLICIT0", "one EXPLICIT0", "any EXPLICIT0", "one EXPLICIT1", "any EXPLICIT1", "EXPLICIT2", "explicit0", "one explicit0", "any NOANY0 EXPLICIT0",
		"one MAP12 EXPLICIT0", "one map12 explicit0", "any map12 EXPLICIT0", "one MAP12", "one mapany", "one maptoany", "one NOMAP0", "one MAP12 NOMAP0 EXPLICIT0",
	}
	for _, sub := range subs {
		for _, leaf := range []string{"", "one", "two", "any", "one-two", "ONE"} {
			ask("", sub, leaf)
		}
	}
	for _, root := range []string{"EXPLICIT0", "EXPLICIT1", "EXPLICIT2", "explicit0", "one EXPLICIT0", "NOANY0 EXPLICIT0", "NOANY1", "ONE"} {
		for _, rest := range [][2]string{{"", ""}, {"one", "one"}, {"any", "one"}, {"any", "any"}, {"two", "one"}, {"one MAP12", "two"}} {
			ask(root, rest[0], rest[1])
		}
	}
	for _, word := range []string{
		"cps", "notice", "strange", "CPS", "NOTICE", "STRANGE", "ANY", "ANYCPS", "EMPTY", "empty", "one-one", "text", "emptypc", "textpc", "NOANY0", "noany0", "NOANYNEG", "NOANYTEXT",
		"EXPLICIT0", "EXPLICIT1", "EXPLICIT9", "EXPLICITNEG", "BOTH0", "NOMAP0", "mapempty", "maptext", "MAP12", "one MAP12", "mapany", "explicit0", "one EXPLICIT0", "any EXPLICIT0", "any NOANY0 EXPLICIT0",
	} {
		ask("", "", word)
		ask("", word, "")
		ask("", word, "one")
		ask(word, "", "")
	}
}
