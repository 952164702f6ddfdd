package paths

import (
	"crypto/x509"
	"encoding/asn1"
	"net"
)

// unknownExtension is one that no validator knows.
func unknownExtension(isCritical bool) extension {
	return extension{ID: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: isCritical, Value: []byte{5, 0}}
}

// family makes root, sub and leaf with one kind of key, with a prefix.
func (b *cast) family(prefix, rootKey, subKey, leafKey string) {
	b.root(prefix+"root", rootKey+":"+prefix+"root")
	b.sub(prefix+"sub", subKey+":"+prefix+"sub", prefix+"root")
	b.leaf(prefix+"leaf", leafKey+":"+prefix+"leaf", prefix+"sub")
}

// variant makes a leaf of its own below a sub of its own, so that each change
// is alone in its path.
func (b *cast) variantSub(name string, changes ...change) {
	b.sub("sub-"+name, "rsa2048:sub", "root", append([]change{named(cn("Lab sub-" + name))}, changes...)...)
	b.leaf("leaf-under-"+name, "rsa2048:leaf", "sub-"+name)
}

func (b *cast) variantLeaf(name string, changes ...change) {
	b.leaf("leaf-"+name, "rsa2048:leaf", "sub", changes...)
}

func (b *cast) variantRoot(name string, changes ...change) {
	b.root("root-"+name, "rsa2048:root-"+name, append([]change{namedRoot(cn("Lab root-" + name))}, changes...)...)
	b.sub("sub-of-"+name, "rsa2048:sub", "root-"+name)
	b.leaf("leaf-of-"+name, "rsa2048:leaf", "sub-of-"+name)
}

// paths makes the certificates of the path vectors.
func (b *cast) paths() {
	b.family("", "rsa2048", "rsa2048", "rsa2048")
	b.family("ec-", "p384", "p384", "p384")
	b.family("mixed-", "p384", "rsa2048", "p256")
	b.family("big-", "rsa4096", "rsa3072", "rsa2048")
	b.family("ed-", "ed25519", "ed25519", "ed25519")
	b.family("p521-", "p521", "p521", "p256")
	b.family("other-", "rsa2048", "rsa2048", "rsa2048")
	b.roots()
	b.subs()
	b.leaves()
	b.weak()
	b.long()
}

// roots are other certificates of the root's name, key or both.
func (b *cast) roots() {
	name := cn("Lab root")
	b.root("root-expired", "rsa2048:root", namedRoot(name), valid(past, ended))
	b.root("root-not-yet", "rsa2048:root", namedRoot(name), valid(starts, future))
	b.root("root-reissued", "rsa2048:root", namedRoot(name))
	b.root("root-namesake", "rsa2048:namesake", namedRoot(name))
	b.root("root-namesake-without-id", "rsa2048:namesake", namedRoot(name), without(idSubjectKey))
	b.sub("root-cross", "rsa2048:root", "other-root", named(name), with(basicConstraints(true, -1, true)))
	b.sub("root-cross-expired", "rsa2048:root", "other-root", named(name), with(basicConstraints(true, -1, true)), valid(past, ended))
	b.variantRoot("v1", version1)
	b.variantRoot("v1-expired", version1, valid(past, ended))
	b.variantRoot("pathlen0", with(basicConstraints(true, 0, true)))
	b.variantRoot("pathlen1", with(basicConstraints(true, 1, true)))
	b.variantRoot("no-usage", without(idKeyUsage))
	b.variantRoot("usage-without-certsign", with(keyUsage(x509.KeyUsageDigitalSignature)))
	b.variantRoot("not-ca", with(basicConstraints(false, -1, true)))
	b.variantRoot("no-constraints", without(idBasicConstraints))
	b.variantRoot("bare", without(idBasicConstraints, idKeyUsage, idSubjectKey))
	b.variantRoot("client-only", with(extKeyUsage(false, purposeClient)))
	b.variantRoot("critical-unknown", with(unknownExtension(true)))
	b.variantRoot("no-id", without(idSubjectKey))
	b.variantRoot("constraints-optional", with(basicConstraints(true, -1, false)))
	b.variantRoot("permits-other", with(nameConstraints([][]byte{dnsTree("example.org")}, nil)))
	b.variantRoot("with-own-id", func(c *certificate) { with(authorityKeyID(c.key))(c) })
	b.variantRoot("with-wrong-own-id", func(c *certificate) { with(authorityKeyID(b.keys["rsa2048:sub"]))(c) })
	b.variantRoot("tampered", tampered)
	// A root and its subordinate write one name in two ways.
	b.root("root-printable", "rsa2048:printable", namedRoot(rdn{
		{oid: oidOrganization, tag: asn1.TagPrintableString, value: "sslready lab"},
		{oid: oidCommonName, tag: asn1.TagPrintableString, value: "Lab Printable"},
	}))
	for name, text := range map[string]string{"utf8": "Lab Printable", "case": "LAB printable", "blanks": " Lab  Printable "} {
		b.sub("sub-name-"+name, "rsa2048:sub", "root-printable", named(cn("Lab sub-name-"+name)), issuedBy(cn(text)))
		b.leaf("leaf-name-"+name, "rsa2048:leaf", "sub-name-"+name)
	}
}

// subs are subordinates that something is wrong with, or unusual.
func (b *cast) subs() {
	b.variantSub("expired", valid(past, ended))
	b.variantSub("not-yet", valid(starts, future))
	b.variantSub("not-ca", with(basicConstraints(false, -1, true)))
	b.variantSub("no-constraints", without(idBasicConstraints))
	b.variantSub("no-constraints-no-usage", without(idBasicConstraints, idKeyUsage))
	b.variantSub("usage-without-certsign", with(keyUsage(x509.KeyUsageDigitalSignature)))
	b.variantSub("no-usage", without(idKeyUsage))
	b.variantSub("client-only", with(extKeyUsage(false, purposeClient)))
	b.variantSub("any-purpose", with(extKeyUsage(false, purposeAny)))
	b.variantSub("server-only", with(extKeyUsage(true, purposeServer)))
	b.variantSub("critical-unknown", with(unknownExtension(true)))
	b.variantSub("optional-unknown", with(unknownExtension(false)))
	b.variantSub("no-ids", without(idSubjectKey, idAuthorityKey))
	b.variantSub("constraints-optional", with(basicConstraints(true, 0, false)))
	b.variantSub("wrong-id", func(c *certificate) { with(authorityKeyID(c.key))(c) })
	b.variantSub("tampered", tampered)
	b.variantSub("v1", version1)
	b.variantSub("permits", with(nameConstraints([][]byte{dnsTree("example.test")}, nil)))
	b.variantSub("permits-other", with(nameConstraints([][]byte{dnsTree("example.org")}, nil)))
	b.variantSub("excludes", with(nameConstraints(nil, [][]byte{dnsTree("db.example.test")})))
	b.variantSub("excludes-other", with(nameConstraints(nil, [][]byte{dnsTree("example.org")})))
	b.variantSub("permits-address", with(nameConstraints([][]byte{ipTree([]byte{10, 0, 0, 0, 255, 0, 0, 0})}, nil)))
	b.leaf("leaf-address-permitted", "rsa2048:leaf", "sub-permits-address", with(altNames(net.IPv4(10, 1, 2, 3))))
	b.leaf("leaf-address-not-permitted", "rsa2048:leaf", "sub-permits-address", with(altNames(net.IPv4(192, 0, 2, 1))))
	b.leaf("leaf-common-name-not-permitted", "rsa2048:leaf", "sub-permits-other", without(idAltName))
	b.sub("sub-below-sub", "rsa2048:below", "sub")
	b.leaf("leaf-too-deep", "rsa2048:leaf", "sub-below-sub")
	b.sub("sub-self-issued", "rsa2048:self-issued", "sub", named(cn("Lab sub")))
	b.leaf("leaf-below-self-issued", "rsa2048:leaf", "sub-self-issued")
	b.sub("sub-serial", "rsa2048:sub", "root", named(cn("Lab sub-serial")), with(authorityNameSerial(cn("Lab root"), 1)))
	b.leaf("leaf-serial", "rsa2048:leaf", "sub-serial")
	b.sub("sub-wrong-serial", "rsa2048:sub", "root", named(cn("Lab sub-wrong-serial")), with(authorityNameSerial(cn("Lab root"), 77)))
	b.leaf("leaf-wrong-serial", "rsa2048:leaf", "sub-wrong-serial")
	b.sub("sub-wrong-issuer-name", "rsa2048:sub", "root", named(cn("Lab sub-wrong-issuer-name")), with(authorityNameSerial(cn("Somebody else"), 1)))
	b.leaf("leaf-wrong-issuer-name", "rsa2048:leaf", "sub-wrong-issuer-name")
}

// leaves are server certificates that something is wrong with, or unusual.
func (b *cast) leaves() {
	b.variantLeaf("expired", valid(past, ended))
	b.variantLeaf("not-yet", valid(starts, future))
	b.variantLeaf("tampered", tampered)
	b.variantLeaf("client-only", with(extKeyUsage(false, purposeClient)))
	b.variantLeaf("any-purpose", with(extKeyUsage(false, purposeAny)))
	b.variantLeaf("no-purpose", without(idExtKeyUsage))
	b.variantLeaf("encipher-only", with(keyUsage(x509.KeyUsageKeyEncipherment)))
	b.variantLeaf("agree-only", with(keyUsage(x509.KeyUsageKeyAgreement)))
	b.variantLeaf("certsign-only", with(keyUsage(x509.KeyUsageCertSign)))
	b.variantLeaf("no-usage", without(idKeyUsage))
	b.variantLeaf("bare", without(idKeyUsage, idExtKeyUsage, idBasicConstraints, idSubjectKey, idAuthorityKey))
	b.variantLeaf("ca", with(basicConstraints(true, -1, true)), with(keyUsage(x509.KeyUsageDigitalSignature|x509.KeyUsageCertSign)))
	b.variantLeaf("critical-unknown", with(unknownExtension(true)))
	b.variantLeaf("critical-names", critical(idAltName))
	b.variantLeaf("critical-purpose", critical(idExtKeyUsage))
	b.variantLeaf("no-ids", without(idSubjectKey, idAuthorityKey))
	b.variantLeaf("v1", version1)
	b.variantLeaf("wrong-id", func(c *certificate) { with(authorityKeyID(c.key))(c) })
	b.leaf("leaf-direct", "rsa2048:leaf", "root")
	b.leaf("self-signed", "rsa2048:leaf", "", without(idAuthorityKey))
	b.leaf("self-signed-expired", "rsa2048:leaf", "", without(idAuthorityKey), valid(past, ended))
	b.root("self-signed-ca", "rsa2048:leaf", namedRoot(cn("db.example.test")), with(altNames("db.example.test")))
	b.leaf("self-signed-without-usage", "rsa2048:leaf", "", without(idAuthorityKey, idKeyUsage))
}

// weak are signatures and keys that some refuse.
func (b *cast) weak() {
	for _, digest := range []string{"md5", "sha1", "sha384", "sha512"} {
		algorithm := digest + "WithRSAEncryption"
		b.variantLeaf(digest, signedWith(algorithm))
		b.variantSub(digest, signedWith(algorithm))
		b.variantRoot(digest, signedWith(algorithm))
	}
	b.leaf("ec-leaf-sha1", "p384:ec-leaf", "ec-sub", signedWith("ecdsa-with-SHA1"))
	for _, bits := range []string{"512", "768", "1024"} {
		b.leaf("leaf-rsa"+bits, "rsa"+bits+":leaf", "sub")
		b.family("rsa"+bits+"-", "rsa"+bits, "rsa2048", "rsa2048")
		b.sub("sub-rsa"+bits, "rsa"+bits+":sub", "root")
		b.leaf("leaf-under-rsa"+bits, "rsa2048:leaf", "sub-rsa"+bits)
	}
	b.leaf("leaf-p224", "p224:leaf", "sub")
	b.leaf("leaf-p256", "p256:leaf", "sub")
	b.leaf("leaf-ed25519", "ed25519:leaf", "sub")
}

// long are paths of one to eight subordinates: root, deep-1 … deep-8.
func (b *cast) long() {
	above := "root"
	for _, name := range deep {
		b.sub(name, "rsa2048:deep", above, with(basicConstraints(true, -1, true)), named(cn("Lab "+name)))
		above = name
		b.leaf("leaf-below-"+name, "rsa2048:leaf", name)
	}
}

var deep = []string{"deep-1", "deep-2", "deep-3", "deep-4", "deep-5", "deep-6", "deep-7", "deep-8"}
