package paths

import (
	"encoding/asn1"
	"net"
	"strings"
)

// hosts are put to every server certificate of the name vectors.
var hosts = []string{
	"db.example.test", "DB.Example.Test", "db.example.test.", "other.example.test", "example.test", "x.db.example.test",
	"d.example.test", "db", "test", "10.1.2.3", "10.1.2.4", "10.1.515", "010.1.2.3", "2001:db8::1",
	"2001:0DB8:0:0:0:0:0:1", "::ffff:10.1.2.3", "localhost", "my_db.example.test", "xn--bcher-kva.example.test",
	"first.example.test", "second.example.test", "orders.abc123.us-east-1.rds.amazonaws.com",
	"orders.abc123.eu-west-1.rds.amazonaws.com", "", "*.example.test", ".example.test", "db-.example.test", "-db.example.test",
}

// names makes the server certificates of the name vectors.
func (b *cast) names() {
	host := cn("db.example.test")
	b.named("exact", host, "db.example.test")
	b.named("cn-only", host)
	b.named("cn-and-other-name", host, "other.example.test")
	b.named("second-of-two", cn("a.example.test"), "a.example.test", "db.example.test")
	b.named("four-others", cn("a.example.test"), "a.example.test", "b.example.test", "c.example.test", "e.example.test")
	b.named("addresses", host, net.IPv4(10, 1, 2, 3), net.ParseIP("2001:db8::1"))
	b.named("address-then-name", cn("x"), net.IPv4(10, 1, 2, 3), "db.example.test")
	b.named("name-then-address", cn("10.1.2.4"), "db.example.test", net.IPv4(10, 1, 2, 3))
	b.named("address-as-name", cn("x"), "10.1.2.3")
	b.named("address-as-cn", cn("10.1.2.3"))
	b.named("address-as-cn-and-name", cn("10.1.2.3"), "db.example.test")
	b.named("cn-and-address", host, net.IPv4(10, 1, 2, 3))
	b.named("mapped-address", cn("x"), generalName(tagged(7, net.ParseIP("::ffff:10.1.2.3").To16())))
	b.named("short-address", host, generalName(tagged(7, []byte{10, 1, 2, 3})), "other.example.test")
	b.named("wildcard", cn("x"), "*.example.test")
	b.named("wildcard-cn", cn("*.example.test"))
	b.named("wildcard-deep", cn("x"), "*.db.example.test")
	b.named("wildcard-start", cn("x"), "*b.example.test")
	b.named("wildcard-end", cn("x"), "d*.example.test")
	b.named("wildcard-middle", cn("x"), "d*b.example.test")
	b.named("wildcard-inner", cn("x"), "db.*.test")
	b.named("wildcard-twice", cn("x"), "*.*.test")
	b.named("wildcard-two-in-label", cn("x"), "*d*.example.test")
	b.named("wildcard-of-tld", cn("x"), "*.test")
	b.named("wildcard-alone", cn("*"), "*")
	b.named("wildcard-puny", cn("x"), "xn--*.example.test")
	b.named("wildcard-address", cn("x"), "*.1.2.3")
	b.named("upper", cn("DB.EXAMPLE.TEST"), "DB.EXAMPLE.TEST")
	b.named("final-dot", cn("db.example.test."), "db.example.test.")
	b.named("underscore", cn("my_db.example.test"), "my_db.example.test")
	b.named("hyphens", cn("x"), "db-.example.test", "-db.example.test")
	b.named("puny", cn("x"), "xn--bcher-kva.example.test")
	b.named("one-label", cn("localhost"), "localhost")
	b.named("one-label-cn", cn("localhost"))
	b.named("two-cns", rdn{{oid: oidCommonName, value: "first.example.test"}, {oid: oidCommonName, value: "second.example.test"}})
	b.named("no-cn", rdn{{oid: oidOrganization, value: "sslready lab"}}, "db.example.test")
	b.named("no-name", rdn{{oid: oidOrganization, value: "sslready lab"}})
	b.named("mail-only", host, generalName(tagged(1, []byte("dba@example.test"))))
	b.named("uri-only", host, generalName(tagged(6, []byte("https://db.example.test/"))))
	b.named("printable-cn", rdn{{oid: oidCommonName, tag: asn1.TagPrintableString, value: "db.example.test"}})
	b.named("rds", cn("orders.abc123.us-east-1.rds.amazonaws.com"), "orders.abc123.us-east-1.rds.amazonaws.com")
	b.named("rds-wildcard", cn("*.abc123.us-east-1.rds.amazonaws.com"), "*.abc123.us-east-1.rds.amazonaws.com")
}

// named makes a server certificate with a subject and names.
func (b *cast) named(name string, subject rdn, names ...any) {
	change := without(idAltName)
	if len(names) > 0 {
		change = with(altNames(names...))
	}
	b.leaf("name-"+name, leafKey, "sub", change, named(subject))
}

// leafKey is the key of most server certificates. It is a key of the lab that
// is kept, so that a server can use it when judges are asked again.
const leafKey = "rsa2048:leaf"

// askNames lists all name vectors.
func askNames(b *cast) []NameVector {
	var vectors []NameVector
	for _, leaf := range b.order {
		if !strings.HasPrefix(leaf, "name-") {
			continue
		}
		for _, host := range hosts {
			vectors = append(vectors, NameVector{ID: leaf + " " + host, Leaf: leaf, Host: host, Answers: Answers{}})
		}
	}
	return vectors
}
