// Package paths asks real validators about certification paths and host
// names, and keeps their answers: the vectors of package certpath.
//
// The certificates are made here, the answers are only ever written by
// OpenSSL, Java, Go, Node, libpq and pgjdbc themselves. The replay against the
// prediction is a test of package certpath, and takes milliseconds.
package paths

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// Answer is what a judge said. The zero value is a refusal without a text.
type Answer struct {
	OK   bool   `json:"ok"`
	Text string `json:"text,omitempty"` // the refusal in the judge's own words
}

// Answers holds answers by judge: "openssl-3.0", "java-17", "libpq-14". In
// JSON, judges with the same answer share one entry.
type Answers map[string]Answer

// sameAnswer is an entry of the JSON form.
type sameAnswer struct {
	By []string `json:"by"`
	Answer
}

// MarshalJSON writes equal answers once, in an order that does not change.
func (a Answers) MarshalJSON() ([]byte, error) {
	judges := slices.Sorted(maps.Keys(a))
	var groups []sameAnswer
	for _, judge := range judges {
		i := slices.IndexFunc(groups, func(g sameAnswer) bool { return g.Answer == a[judge] })
		if i < 0 {
			groups = append(groups, sameAnswer{By: []string{judge}, Answer: a[judge]})
			continue
		}
		groups[i].By = append(groups[i].By, judge)
	}
	return json.Marshal(groups)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Answers) UnmarshalJSON(content []byte) error {
	var groups []sameAnswer
	if err := json.Unmarshal(content, &groups); err != nil {
		return err
	}
	*a = Answers{}
	for _, group := range groups {
		for _, judge := range group.By {
			(*a)[judge] = group.Answer
		}
	}
	return nil
}

// PathVector is a certification path with the answers about it.
type PathVector struct {
	ID        string    `json:"id"`
	Presented []string  `json:"presented"` // names of certificates, as the server sends them
	Anchors   []string  `json:"anchors"`
	At        time.Time `json:"at"`
	Answers   Answers   `json:"answers"`
}

// NameVector is a server certificate and a host's name.
type NameVector struct {
	ID      string  `json:"id"`
	Leaf    string  `json:"leaf"`
	Host    string  `json:"host"`
	Answers Answers `json:"answers"`
}

// Corpus is all vectors with their certificates.
type Corpus struct {
	Paths        []PathVector
	Names        []NameVector
	Certificates map[string]*x509.Certificate
}

// The files of a corpus.
const (
	pathsFile        = "paths.json"
	namesFile        = "names.json"
	certificatesFile = "certificates.pem"
)

// nameHeader is the PEM header that holds a certificate's name.
const nameHeader = "Name"

var errBroken = errors.New("the corpus is broken")

// Load reads a corpus from a folder.
func Load(folder fs.FS) (*Corpus, error) {
	corpus := &Corpus{Certificates: map[string]*x509.Certificate{}}
	if err := loadJSON(folder, pathsFile, &corpus.Paths); err != nil {
		return nil, err
	}
	if err := loadJSON(folder, namesFile, &corpus.Names); err != nil {
		return nil, err
	}
	rest, err := fs.ReadFile(folder, certificatesFile)
	if err != nil {
		return nil, err
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		name := block.Headers[nameHeader]
		if corpus.Certificates[name], err = x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("certificate %s: %w", name, err)
		}
	}
	return corpus, corpus.check()
}

func loadJSON(folder fs.FS, name string, into any) error {
	content, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// check finds names that mean nothing and vectors that are there twice.
func (c *Corpus) check() error {
	seen := map[string]bool{}
	unique := func(id string) error {
		if seen[id] {
			return fmt.Errorf("%w: %s is there twice", errBroken, id)
		}
		seen[id] = true
		return nil
	}
	for _, v := range c.Paths {
		if err := unique(v.ID); err != nil {
			return err
		}
		for _, name := range slices.Concat(v.Presented, v.Anchors) {
			if c.Certificates[name] == nil {
				return fmt.Errorf("%w: %s names no certificate %q", errBroken, v.ID, name)
			}
		}
	}
	for _, v := range c.Names {
		if err := unique(v.ID); err != nil {
			return err
		}
		if c.Certificates[v.Leaf] == nil {
			return fmt.Errorf("%w: %s names no certificate %q", errBroken, v.ID, v.Leaf)
		}
	}
	return nil
}

// Chain returns the certificates of names, in their order.
func (c *Corpus) Chain(names []string) []*x509.Certificate {
	chain := make([]*x509.Certificate, 0, len(names))
	for _, name := range names {
		chain = append(chain, c.Certificates[name])
	}
	return chain
}

// encodeCertificates is the inverse of reading certificates.pem.
func encodeCertificates(order []string, certificates map[string]*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, name := range order {
		block := pem.Block{
			Type: "CERTIFICATE", Bytes: certificates[name].Raw, Headers: map[string]string{nameHeader: name},
		}
		if err := pem.Encode(&out, &block); err != nil {
			panic(err) // a buffer takes everything, and the header holds no colon
		}
	}
	return out.Bytes()
}

// encodeVectors writes one vector a line, which keeps changes readable.
func encodeVectors[V any](vectors []V) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, vector := range vectors {
		line, err := json.Marshal(vector)
		if err != nil {
			return nil, err
		}
		out.Write(line)
		if i < len(vectors)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("]\n")
	return out.Bytes(), nil
}
