// Package paths asks real validators about certification paths and host
// names, and keeps their answers: the vectors of package certpath.
//
// The certificates are made here, the answers are only ever written by
// OpenSSL, Java, Go, Node, libpq and pgjdbc themselves. The replay against the
// prediction is a test of package certpath, and takes milliseconds.
package paths

import (
	"cmp"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Answer is what a judge said. The zero value is a refusal without a text.
type Answer struct {
	OK bool `json:"ok,omitempty"`
	// Code says why not in the judge's own terms: OpenSSL's number, Java's
	// exception and its reason, Go's type of error, webpki's error, Node's code.
	// "unreadable" is for a certificate that the judge cannot even read.
	Code string `json:"code,omitempty"`
	Text string `json:"text,omitempty"` // the refusal in the judge's own words
}

// Unreadable is the code for a certificate of the server that the judge's
// decoder refuses. An anchor that it refuses is left out.
const Unreadable = "unreadable"

// Answers holds answers by judge: "openssl-3.0", "java-17", "libpq-14".
type Answers map[string]Answer

// PathVector is a certification path with the answers about it.
type PathVector struct {
	ID        string
	What      string   // one sentence that says what the chain is
	Presented []string // names of certificates, as the server sends them
	Anchors   []string
	At        time.Time
	// Spoiled is a path with a certificate that no CA issues: the prediction may
	// refuse what a judge accepts, or leave it open.
	Spoiled bool
	Answers Answers
	// Expected are what the prediction must be, by judge: reviewed, not judged.
	Expected map[string]Expectation
}

// Expectation is a prediction in full.
type Expectation struct {
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// NameVector is a server certificate and a host's name.
type NameVector struct {
	ID      string
	Leaf    string
	Host    string
	Answers Answers
}

// Corpus is all vectors with their certificates.
type Corpus struct {
	Paths        []PathVector
	Names        []NameVector
	Certificates map[string][]byte // DER, not always good DER
}

// The files of a corpus.
const (
	pathsFile        = "paths.tsv"
	namesFile        = "names.tsv"
	certificatesFile = "certificates.pem"
)

// nameHeader is the PEM header that holds a certificate's name.
const nameHeader = "Name"

var errBroken = errors.New("the corpus is broken")

// Load reads a corpus from a folder, and makes the odd certificates.
func Load(folder fs.FS) (*Corpus, error) {
	content, err := fs.ReadFile(folder, certificatesFile)
	if err != nil {
		return nil, err
	}
	b := newCast()
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		b.certificates[block.Headers[nameHeader]] = block.Bytes
	}
	corpus := &Corpus{Certificates: b.certificates}
	kept, err := readTable(folder, pathsFile)
	if err != nil {
		return nil, err
	}
	if b.keys[leafKey], err = publicKey(b.certificates["leaf"]); err != nil {
		return nil, err
	}
	odds, oddNames := oddVectors(b)
	if b.err != nil {
		return nil, b.err
	}
	for _, line := range kept.lines {
		if _, isOdd := b.made[firstWord(line.id)]; !isOdd {
			v, err := plainVector(line.id)
			if err != nil {
				return nil, err
			}
			corpus.Paths = append(corpus.Paths, v)
		}
	}
	corpus.Paths = append(corpus.Paths, odds...)
	for i := range corpus.Paths {
		corpus.Paths[i].Answers, corpus.Paths[i].Expected = kept.answers(corpus.Paths[i].ID)
	}
	if kept, err = readTable(folder, namesFile); err != nil {
		return nil, err
	}
	for _, line := range kept.lines {
		leaf, host, _ := strings.Cut(line.id, " ")
		if _, isOdd := b.made[leaf]; !isOdd {
			corpus.Names = append(corpus.Names, NameVector{ID: line.id, Leaf: leaf, Host: host})
		}
	}
	corpus.Names = append(corpus.Names, oddNames...)
	for i := range corpus.Names {
		corpus.Names[i].Answers, _ = kept.answers(corpus.Names[i].ID)
	}
	return corpus, corpus.check()
}

func firstWord(id string) string {
	word, _, _ := strings.Cut(id, " ")
	return word
}

// plainVector is one of the vectors whose certificates are kept in a file.
func plainVector(id string) (PathVector, error) {
	parts := strings.Split(id, " | ")
	v := PathVector{ID: id, At: now, Answers: Answers{}}
	if len(parts) < 2 {
		parts = append(parts, "")
	}
	v.Presented, v.Anchors = strings.Fields(strings.TrimSuffix(parts[0], " |")), strings.Fields(parts[1])
	v.What = fmt.Sprintf("The server sends %s; the store holds %s.", strings.Join(v.Presented, ", "), cmp.Or(strings.Join(v.Anchors, ", "), "nothing"))
	if len(parts) == 3 {
		var err error
		if v.At, err = time.Parse(time.DateOnly, parts[2]); err != nil {
			return v, fmt.Errorf("%w: %s: %w", errBroken, id, err)
		}
		v.What += " It is " + parts[2] + "."
	}
	return v, nil
}

// publicOnly stands for the key of the lab's server, which signs nothing here.
type publicOnly struct {
	crypto.Signer
	key crypto.PublicKey
}

func (p publicOnly) Public() crypto.PublicKey { return p.key }

func publicKey(der []byte) (crypto.Signer, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return publicOnly{key: c.PublicKey}, nil
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

// above are the issuer of a name vector's leaf, and the anchor.
func (v NameVector) above() (issuer, anchor string) {
	if strings.HasPrefix(v.Leaf, "name-") {
		return "sub", "root"
	}
	return oddSub, oddRoot
}

// Chain returns the certificates of names, in their order.
func (c *Corpus) Chain(names []string) [][]byte {
	chain := make([][]byte, 0, len(names))
	for _, name := range names {
		chain = append(chain, c.Certificates[name])
	}
	return chain
}
