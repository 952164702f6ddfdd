package truststore

import (
	"errors"
	"fmt"
	"slices"
)

// validatorNames are the families of clients, in messages and codes.
var validatorNames = [...]struct{ code, name string }{
	{CodeOpenSSLTakesLess, "OpenSSL (libpq, Python)"},
	{CodeJavaTakesLess, "Java (pgjdbc)"},
	{CodeGoTakesLess, "Go (pgx, lib/pq)"},
}

// takeAnchors asks the reader of each validator and says why it takes less
// than there is.
func (c *Contents) takeAnchors(content []byte) {
	held := make(map[string]bool, len(c.Entries))
	for _, entry := range c.Entries {
		held[entry.SHA256] = true
	}
	readers := [...]Reader{OpenSSLFile, JavaCertificateFactory, GoCertPool}
	if c.Format == FormatDirectory {
		readers[0] = OpenSSLDirectory
	}
	var notes []func()
	for i, list := range []*[]string{&c.Anchors.OpenSSL, &c.Anchors.Java, &c.Anchors.Go} {
		*list = []string{}
		// Only Java opens key stores, only OpenSSL directories: that is no
		// mistake of the store's owner.
		if i != 1 && c.isKeyStore() || i != 0 && c.Format == FormatDirectory {
			continue
		}
		taken, err := c.taken(content, readers[i])
		for _, anchor := range taken.Anchors {
			*list = append(*list, anchor.SHA256)
			if !held[anchor.SHA256] { // such as DER between the blocks, which Java takes
				held[anchor.SHA256] = true
				c.add(anchor.Certificate)
			}
		}
		notes = append(notes, func() { c.noteDifference(i, len(held), taken, err) })
	}
	for _, note := range notes { // once it is known what the store holds
		note()
	}
}

func (c *Contents) isKeyStore() bool {
	return c.Format == FormatPKCS12 || c.Format == FormatJKS || c.Format == FormatJCEKS
}

// taken is what a reader takes. A key store is open already: deriving its keys
// is what costs.
func (c *Contents) taken(content []byte, reader Reader) (Taken, error) {
	if !c.isKeyStore() {
		return Read(content, Options{Reader: reader, decoder: c.decoder})
	}
	taken, err := takeKeyStore(c.Entries, slices.Clip(c.Problems))
	if err != nil {
		return taken, err
	}
	return taken, nil
}

// noteDifference explains where a validator takes less than the store holds.
func (c *Contents) noteDifference(validator, held int, taken Taken, err error) {
	if len(taken.Anchors) >= held {
		return
	}
	known := make(map[Problem]bool, len(c.Problems))
	broken := false
	for _, p := range c.Problems {
		known[p] = true
		broken = broken || p.Code == CodeUnreadableCertificate
	}
	for _, p := range taken.Problems {
		if p.Code == CodeUnreadableCertificate && !broken {
			p.Code = CodeUnusualCertificate // somebody reads it, or it would be broken
		}
		if !known[p] && p.Code != CodeDuplicateEntry && p.Code != CodeMoreProblems {
			c.note(p)
		}
	}
	v := validatorNames[validator]
	detail := fmt.Sprintf("%s accepts %d of %s.", v.name, len(taken.Anchors), countOf(held, "certificate", "certificates"))
	if failed := (*ReadError)(nil); errors.As(err, &failed) {
		detail = fmt.Sprintf("%s accepts nothing, because %s.", v.name, failed.Error())
	}
	c.note(Problem{
		Code: v.code, Detail: detail,
		Remedy: "Write the store as plain CERTIFICATE blocks in PEM or, for Java, as a key store.",
	})
}
