package paths

import (
	"encoding/asn1"
	"strings"
)

// found are paths that [Mixed] showed first: each was judged wrongly once.
func (o *odd) found() {
	o.ask("A common name that is no text, under constraints of DNS names.", []string{"subject-octets-no-alt-leaf", "excludes-dns-EXAMPLE.test-sub", oddRoot}, oddRoot)
	for _, id := range []string{"netscape-text", "netscape-0", "purpose-client", "purpose-integers", "usage-integer", "constraints-text", "names-text"} {
		name := id + "-leaf"
		o.ask("A server certificate, which is its own anchor: "+id+".", []string{name, oddSub, oddRoot}, name)
	}
	o.root("twin-root", "fixed256:root", namedRoot(cn("Odd root")), with(basicConstraints(false, -1, true)))
	o.ask("A root that is no CA.", []string{oddLeaf, oddSub, oddRoot}, "twin-root")
	o.ask("A root that is no CA; the path is built.", []string{oddLeaf, oddRoot, oddSub}, "twin-root")
	o.sub("short-cut", "fixed256:depth-8", oddRoot, named(cn("Odd depth-8")), with(basicConstraints(true, -1, true)))
	path := strings.Fields("depth-8-leaf depth-8 depth-7 depth-6 depth-5 depth-4 depth-3 depth-2 depth-1 short-cut")
	o.ask("A path that is too long for some, and a short cut behind it.", path, oddRoot)
	o.ask("A subordinate CA that permits addresses of one kind, and a server certificate that permits others itself.", []string{"permits-ip-4-leaf", "permits-ip-gap-sub", oddRoot}, oddRoot)
	start := func(tag int, text string) change {
		return forged(func(f *fields) {
			f.validity = seq(primitive(tag, []byte(text)), primitive(asn1.TagUTCTime, []byte("400101000000Z")))
		})
	}
	o.inLeaf("time-utc-minutes-offset", "a UTCTime without seconds with an offset", start(asn1.TagUTCTime, "2001010000+0100"))
	o.inLeaf("time-general-comma", "a comma before a fraction of a second", start(asn1.TagGeneralizedTime, "20200101000000,12345Z"))
	o.root("rsa-trailer-root", "kept:rsa2048", namedRoot(cn("Odd rsa-lab")), signedWith("pss-sha256-trailer-2"))
	o.ask("A root whose signature has parameters that nobody has, and which is sent.", []string{"signed-lab-sha256WithRSAEncryption", "rsa-trailer-root"}, "rsa-lab-root")
	o.ask("A root whose signature has parameters that nobody has.", []string{"signed-lab-sha256WithRSAEncryption"}, "rsa-trailer-root")
}
