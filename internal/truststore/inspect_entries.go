package truststore

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// judge fills what follows from the entries: anchors by validator, problems,
// missing roots.
func (c *Contents) judge(content []byte, opt InspectOptions) {
	c.takeAnchors(content)
	c.noteDuplicates()
	if len(c.Entries) == 0 && len(c.Problems) == 0 {
		c.note(Problem{Code: CodeEmptyStore, Detail: "The store holds no certificate.", Remedy: "Add the root CA of the Region."})
	}
	held := make(map[string]bool, len(c.Entries))
	subjects := make(map[string]bool, len(c.Entries))
	for _, entry := range c.Entries {
		if entry.Kind != EntryNone {
			held[entry.SHA256] = true
		}
		if selfSigned(entry.Certificate) {
			subjects[string(entry.Certificate.RawSubject)] = true
		}
	}
	for i := range c.Entries {
		c.judgeEntry(&c.Entries[i], subjects, opt)
	}
	c.judgeImport(opt.Region)
	for _, root := range rdsca.Roots(opt.Region) { // none without a Region
		if !held[root.SHA256] {
			c.MissingRoots = append(c.MissingRoots, root)
		}
	}
	c.judgeRegion(opt.Region)
}

// selfSigned compares names only, as a root's issuer and subject.
func selfSigned(certificate *x509.Certificate) bool {
	return bytes.Equal(certificate.RawSubject, certificate.RawIssuer)
}

// describe names a certificate in a message: it is public data.
func describe(entry *Entry) string {
	name := entry.Certificate.Subject.CommonName
	if name == "" {
		name = entry.Certificate.Subject.String()
	}
	if entry.Alias != "" {
		return fmt.Sprintf("%q (alias %q)", clipped(name), clipped(entry.Alias))
	}
	return fmt.Sprintf("%q", clipped(name))
}

func (c *Contents) judgeEntry(entry *Entry, selfSignedSubjects map[string]bool, opt InspectOptions) {
	certificate := entry.Certificate
	c.judgeTime(entry, opt)
	ca, isRDS := rdsca.BySHA256(entry.SHA256)
	if isRDS && rdsca.Retired(ca, opt.At) {
		c.note(Problem{
			Code:   CodeRetiredRDSCA,
			Detail: fmt.Sprintf("%s is the CA %s of %s, and RDS no longer uses that CA.", describe(entry), ca.Identifier, ca.Region),
			Remedy: "Add the roots from the latest bundle; the old root may stay.",
		})
	}
	if entry.Kind == EntryTrusted && !selfSignedSubjects[string(certificate.RawIssuer)] {
		c.judgePinned(entry)
	}
	c.judgeStrength(entry)
}

func (c *Contents) judgeTime(entry *Entry, opt InspectOptions) {
	switch end := entry.Certificate.NotAfter; {
	case end.IsZero(): // It cannot be read.
	case end.Before(opt.At):
		c.note(Problem{
			Code:   CodeAnchorExpired,
			Detail: fmt.Sprintf("%s expired on %s: most clients refuse the certificates that it signed (Java and rustls do not check this date).", describe(entry), end.Format(time.DateOnly)),
			Remedy: "Add the root that replaces it.",
		})
	case end.Before(opt.At.Add(opt.MinimumValidity)):
		c.note(Problem{
			Code:   CodeAnchorExpiring,
			Detail: fmt.Sprintf("%s expires on %s.", describe(entry), end.Format(time.DateOnly)),
			Remedy: "Before then, add the root that replaces it.",
		})
	}
}

// judgePinned is for a certificate whose issuer is not in the store.
func (c *Contents) judgePinned(entry *Entry) {
	if entry.Certificate.IsCA {
		c.note(Problem{
			Code:   CodeSubordinate,
			Detail: fmt.Sprintf("%s is a subordinate CA, and its root is not in the store: OpenSSL accepts no certificate chain that ends in a subordinate CA, and RDS replaces its subordinate CAs without notice.", describe(entry)),
			Remedy: "Put the root CA of the Region into the store.",
		})
		return
	}
	c.note(Problem{
		Code:   CodeServerCertificate,
		Detail: fmt.Sprintf("%s is a server certificate, not a CA: clients break at its next renewal.", describe(entry)),
		Remedy: "Put the root CA of the Region into the store.",
	})
}

// judgeStrength applies OpenSSL's security level 2, Debian's default: keys of
// at least 112 bits of security, which every curve has that Go knows, and no
// SHA-1 or MD5 in signatures other than a root's own.
//
// Source: openssl/openssl 3.0.20, crypto/x509/x509_vfy.c, check_key_level and
// check_sig_level.
func (c *Contents) judgeStrength(entry *Entry) {
	certificate := entry.Certificate
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		c.note(Problem{
			Code:   CodeWeakKey,
			Detail: fmt.Sprintf("%s has an RSA key of %d bits, which OpenSSL refuses at security level 2.", describe(entry), key.N.BitLen()),
			Remedy: "Use a CA with a longer key.",
		})
	}
	weakSignatures := []x509.SignatureAlgorithm{x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1}
	if !selfSigned(certificate) && slices.Contains(weakSignatures, certificate.SignatureAlgorithm) {
		c.note(Problem{
			Code:   CodeWeakSignature,
			Detail: fmt.Sprintf("%s is signed with %s, which OpenSSL refuses at security level 2.", describe(entry), certificate.SignatureAlgorithm),
			Remedy: "Use the root CA instead of this certificate.",
		})
	}
}

// judgeRegion looks for roots of other Regions in place of the wanted ones.
func (c *Contents) judgeRegion(region string) {
	var others []rdsca.CA
	for _, entry := range c.Entries {
		ca, _ := rdsca.BySHA256(entry.SHA256)
		switch {
		case ca.Role != rdsca.RoleRoot || entry.Kind != EntryTrusted:
		case ca.Region == region:
			return
		default:
			others = append(others, ca)
		}
	}
	if len(others) == 0 || len(rdsca.Roots(region)) == 0 {
		return
	}
	c.note(Problem{
		Code:   CodeWrongRegion,
		Detail: fmt.Sprintf("The store holds RDS roots of other Regions, such as %s, but none of %s.", others[0].Region, region),
		Remedy: fmt.Sprintf("Add the roots of %s, from %s-bundle.pem.", region, region),
	})
}

// firstOfBundle is the certificate that AWS's global bundle begins with.
//
// Source: global-bundle.pem of truststore.pki.rds.amazonaws.com as of 2026-07.
const firstOfBundle = "376e82dd0d72b3f4234e1dad34f7bc086d51947f8b343a887e3ae122e0fd212b"

// judgeImport looks for a key store into which keytool imported a bundle: it
// takes the first certificate and leaves the others out without a word.
func (c *Contents) judgeImport(region string) {
	var only *Entry
	for i := range c.Entries {
		if c.Entries[i].Kind == EntryTrusted {
			if only != nil {
				return
			}
			only = &c.Entries[i]
		}
	}
	if only == nil || !c.isKeyStore() {
		return
	}
	ca, _ := rdsca.BySHA256(only.SHA256)
	elsewhere := ca.Region != region && len(rdsca.Roots(region)) > 0
	if ca.Role != rdsca.RoleRoot || (!elsewhere && only.SHA256 != firstOfBundle) {
		return
	}
	c.note(Problem{
		Code:   CodeBundleFirstOnly,
		Detail: fmt.Sprintf("The only certificate in the store is the root %s of %s, probably because keytool -importcert imports only the first certificate of a bundle.", ca.Identifier, ca.Region),
		Remedy: "Split the bundle and import each certificate under an alias of its own, or use the sslready_trust_store resource.",
	})
}

func (c *Contents) noteDuplicates() {
	seen := make(map[string]bool, len(c.Entries))
	repeated := 0
	for _, entry := range c.Entries {
		if seen[entry.SHA256] {
			repeated++
		}
		seen[entry.SHA256] = true
	}
	if repeated > 0 {
		c.note(duplicates(repeated))
	}
}

// noteKeys adds a problem for private keys in a key store.
func (c *Contents) noteKeys() {
	for i := range c.Entries {
		if c.Entries[i].Kind == EntryKey {
			c.note(Problem{
				Code:   CodePrivateKey,
				Detail: fmt.Sprintf("There is a private key under the alias %q; Java accepts its certificate as a trust anchor.", clipped(c.Entries[i].Alias)),
				Remedy: removeKey,
			})
		}
	}
}
