package truststore

import (
	"errors"
	"fmt"
)

// validatorNames are the families of clients, in messages and codes.
var validatorNames = [...]struct{ code, name string }{
	{CodeOpenSSLTakesLess, "OpenSSL (libpq, Python)"},
	{CodeJavaTakesLess, "Java (pgjdbc)"},
	{CodeGoTakesLess, "Go (pgx, lib/pq)"},
}

// takeAnchors asks the reader of each validator and says why it takes less
// than there is.
func (c *Contents) takeAnchors(content []byte, opt InspectOptions) {
	java := Options{Reader: JavaCertificateFactory}
	keyStore := c.Format == FormatPKCS12 || c.Format == FormatJKS || c.Format == FormatJCEKS
	if keyStore {
		java = Options{Reader: JavaKeyStore, StoreType: string(c.Format), Password: opt.Password}
	}
	openssl := Options{Reader: OpenSSLFile}
	if c.Format == FormatDirectory {
		openssl.Reader = OpenSSLDirectory
	}
	readers := []Options{openssl, java, {Reader: GoCertPool}}
	lists := []*[]string{&c.Anchors.OpenSSL, &c.Anchors.Java, &c.Anchors.Go}
	for i, options := range readers {
		*lists[i] = []string{}
		// Only Java opens key stores, only OpenSSL directories: that is no
		// mistake of the store's owner.
		if i != 1 && keyStore || i != 0 && c.Format == FormatDirectory {
			continue
		}
		taken, err := Read(content, options)
		for _, anchor := range taken.Anchors {
			*lists[i] = append(*lists[i], anchor.SHA256)
		}
		c.noteDifference(i, taken, err)
	}
}

// noteDifference explains where a validator takes less than the store holds.
func (c *Contents) noteDifference(validator int, taken Taken, err error) {
	held := make(map[string]bool, len(c.Entries))
	for _, entry := range c.Entries {
		held[entry.SHA256] = true
	}
	if len(taken.Anchors) >= len(held) {
		return
	}
	known := make(map[Problem]bool, len(c.Problems))
	for _, p := range c.Problems {
		known[p] = true
	}
	for _, p := range taken.Problems {
		if !known[p] && p.Code != CodeDuplicateEntry && p.Code != CodeMoreProblems {
			c.note(p)
		}
	}
	v := validatorNames[validator]
	detail := fmt.Sprintf("%s takes %d of %s.", v.name, len(taken.Anchors), countOf(len(held), "certificate", "certificates"))
	if failed := (*ReadError)(nil); errors.As(err, &failed) {
		detail = fmt.Sprintf("%s takes nothing: %s.", v.name, failed.Error())
	}
	c.note(Problem{
		Code: v.code, Detail: detail,
		Remedy: "Write the store as plain CERTIFICATE blocks in PEM, or as a key store for Java.",
	})
}
