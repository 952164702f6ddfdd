package paths

import (
	"fmt"
	"strings"
)

// nameHosts and nameLeaves are put together, each with each: names at the edges
// of the rules by which clients compare them.
var nameHosts = func() []string {
	hosts := strings.Fields(`db.example.test db.example.test. db.example.test.. db..example.test example.test .example.test dxb.example.test test test. a.test -db.example.test
		db_.example.test [db.example.test] 10.1.2.3 10.1.515 10.1.65536 10.1.2.3.4 0x0a.1.2.3 0x.1.2.3 10.+1.2.3 08.1.2.3 4294967296 fe80::1 fe80::1%1`)
	for _, n := range []int{63, 64} {
		hosts = append(hosts, strings.Repeat("a", n)+".example.test")
	}
	return append(hosts, strings.Repeat("a.", 121)+"example.test", strings.Repeat("a.", 122)+"example.test", "d b.example.test")
}()

var nameLeaves = func() map[string][]any {
	leaves := map[string][]any{"two-addresses": {generalName(tagged(7, []byte{10, 1, 2, 3})), generalName(tagged(7, append([]byte{0xfe, 0x80}, append(make([]byte, 13), 1)...)))}}
	for name := range strings.FieldsSeq(`* *. *.test *.example.test *.example.test. *example.test d*.example.test *b.example.test d*b.example.test *d*b.example.test db.*.test *.*.test *..test *.example..test
		*.-x.test *.x_.test .example.test . db.example.test. db..example.test db_.example.test db!.example.test -db.example.test test test. *.0.0.1
		10.1.2.3 *.1.2.3 010.1.2.3 fe80::1`) {
		leaves[name] = []any{name}
	}
	leaves["nothing"], leaves["blank"], leaves["nul"] = []any{""}, []any{"d b.example.test"}, []any{"db.example.test\x00"}
	leaves["other-and-nothing"] = []any{"", "db.example.test"}
	for _, n := range []int{63, 64} {
		leaves[fmt.Sprintf("label-%d", n)] = []any{strings.Repeat("a", n) + ".example.test"}
	}
	for _, n := range []int{121, 122} {
		leaves[fmt.Sprintf("labels-%d", n)] = []any{strings.Repeat("a.", n) + "example.test"}
	}
	return leaves
}()

// names are server certificates with one such name, and the common name "x"; and
// a few with such a common name alone.
func (o *odd) names() (vectors []NameVector) {
	ask := func(leaf string) {
		for _, host := range nameHosts {
			vectors = append(vectors, NameVector{ID: leaf + " " + host, Leaf: leaf, Host: host, Answers: Answers{}})
		}
	}
	for _, id := range sorted(nameLeaves) {
		o.cast.leaf("named-"+id, leafKey, oddSub, named(cn("x")), with(altNames(nameLeaves[id]...)))
		ask("named-" + id)
	}
	for name := range strings.FieldsSeq("* *. *.example.test d*.example.test .example.test db.example.test test 10.1.2.3 db..example.test") {
		o.cast.leaf("called-"+name, leafKey, oddSub, named(cn(name)), without(idAltName))
		ask("called-" + name)
	}
	several := map[string][]string{"more-dots": {"db.example.test", "a.test"}, "fewer-stars": {"db.example.test", "*.example.test"}, "longer": {"dxb.example.test", "b.example.test"}}
	for _, id := range sorted(several) {
		var subject rdn
		for _, name := range several[id] {
			subject = append(subject, attribute{oid: oidCommonName, value: name})
		}
		o.cast.leaf("called-"+id, leafKey, oddSub, named(subject), without(idAltName))
		ask("called-" + id)
	}
	return vectors
}
