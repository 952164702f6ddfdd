package paths

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// questions collects path vectors without answers.
type questions struct {
	vectors []PathVector
	asked   map[string]bool
}

// ask adds a vector of the plain ones, whose ID says what it is.
func (q *questions) ask(presented, anchors []string, at time.Time) {
	q.askAt(at, "", presented, anchors...)
}

// askAt adds a vector; one that is there already is not asked twice.
func (q *questions) askAt(at time.Time, what string, presented []string, anchors ...string) {
	id := strings.Join(presented, " ") + " | " + strings.Join(anchors, " ")
	if !at.Equal(now) {
		id += " | " + at.Format(time.DateOnly)
	}
	if q.asked == nil {
		q.asked = map[string]bool{}
	}
	if !q.asked[id] {
		q.asked[id] = true
		q.vectors = append(q.vectors, PathVector{
			ID: id, What: what, Presented: slices.Clone(presented), Anchors: slices.Clone(anchors), At: at, Answers: Answers{},
		})
	}
}

// askPaths lists all path vectors.
func askPaths(b *cast) []PathVector {
	q := &questions{}
	q.shapes()
	q.families()
	q.rootsOfOneName()
	q.variants(b)
	q.addresses()
	q.depths()
	return q.vectors
}

// shapes are the ways to send one good path, below every kind of store.
func (q *questions) shapes() {
	sent := []string{
		"leaf sub root", "leaf sub", "leaf", "leaf root", "leaf root sub", "sub leaf root", "leaf leaf sub root",
		"leaf sub sub root", "leaf sub root other-root", "leaf other-sub sub root", "leaf sub other-sub other-root",
	}
	stores := []string{
		"root", "sub", "leaf", "", "root sub", "leaf sub", "leaf root", "other-root", "other-root root",
		"other-root other-sub sub", "other-leaf", "other-sub", "root root-namesake", "root-namesake root",
		"other-root ec-root mixed-root big-root p521-root root-v1 root-pathlen0 root",
	}
	for _, presented := range sent {
		for _, anchors := range stores {
			q.ask(strings.Fields(presented), strings.Fields(anchors), now)
		}
	}
	for _, at := range []time.Time{past.AddDate(0, 0, -1), past, ended, starts, future, future.AddDate(0, 0, 1)} {
		for _, anchors := range []string{"root", "sub", "leaf"} {
			q.ask([]string{"leaf", "sub", "root"}, strings.Fields(anchors), at)
		}
	}
}

// families are the same with other kinds of keys.
func (q *questions) families() {
	for _, prefix := range []string{"ec-", "mixed-", "big-", "ed-", "p521-", "rsa1024-", "rsa768-", "rsa512-"} {
		leaf, sub, root := prefix+"leaf", prefix+"sub", prefix+"root"
		for _, presented := range [][]string{{leaf, sub, root}, {leaf, sub}, {leaf}} {
			for _, anchors := range [][]string{{root}, {sub}, {leaf}, {root, sub}, {"root"}} {
				q.ask(presented, anchors, now)
			}
		}
	}
}

// rootsOfOneName are stores with several certificates of the root's name.
func (q *questions) rootsOfOneName() {
	stores := []string{
		"root-expired", "root-expired root", "root root-expired", "root-expired root-reissued", "root-not-yet",
		"root-not-yet root", "root-reissued", "root-reissued root", "root-namesake", "root-namesake-without-id",
		"root-namesake-without-id root", "root root-namesake-without-id", "root-cross", "other-root", "root-cross root",
		"root root-cross", "root-cross other-root", "root-cross-expired root", "root-expired root-cross other-root",
	}
	sent := []string{
		"leaf sub root", "leaf sub", "leaf sub root-cross", "leaf sub root-cross other-root", "leaf sub root-reissued",
		"leaf sub root-expired", "leaf sub root-cross-expired", "leaf sub root root-cross", "leaf sub root-namesake",
	}
	for _, presented := range sent {
		for _, anchors := range stores {
			q.ask(strings.Fields(presented), strings.Fields(anchors), now)
		}
	}
}

// variants puts each odd certificate into its path, below the root, below the
// subordinate, and into the store itself.
func (q *questions) variants(b *cast) {
	for _, name := range b.order {
		c := b.made[name]
		switch {
		case strings.HasPrefix(name, "leaf-under-"):
			sub := "sub-" + strings.TrimPrefix(name, "leaf-under-")
			q.below(name, []string{sub}, "root")
		case strings.HasPrefix(name, "leaf-of-"):
			root := "root-" + strings.TrimPrefix(name, "leaf-of-")
			q.below(name, []string{"sub-of-" + strings.TrimPrefix(name, "leaf-of-")}, root)
		case strings.HasPrefix(name, "leaf-name-"):
			q.below(name, []string{"sub-name-" + strings.TrimPrefix(name, "leaf-name-")}, "root-printable")
		case strings.HasPrefix(name, "leaf-") && !strings.HasPrefix(name, "leaf-below-"):
			var subs []string
			for above := c.issuer[1].value; above != "Lab root"; {
				sub := strings.TrimPrefix(above, "Lab ")
				subs = append(subs, sub)
				above = b.made[sub].issuer[1].value
			}
			q.below(name, subs, "root")
		}
	}
	q.ask([]string{"ec-leaf-sha1", "ec-sub", "ec-root"}, []string{"ec-root"}, now)
	q.below("leaf-below-self-issued", []string{"sub-self-issued", "sub"}, "root")
	for _, name := range []string{"self-signed", "self-signed-expired", "self-signed-ca", "self-signed-without-usage"} {
		q.ask([]string{name}, []string{name}, now)
		q.ask([]string{name}, []string{"root"}, now)
	}
}

// below asks about one path with the stores that matter.
func (q *questions) below(leaf string, subs []string, root string) {
	full := slices.Concat([]string{leaf}, subs, []string{root})
	q.ask(full, []string{root}, now)
	q.ask(full[:len(full)-1], []string{root}, now)
	q.ask(full, []string{leaf}, now)
	if len(subs) > 0 {
		q.ask(full, subs[:1], now)
		q.ask(full, []string{subs[0], root}, now)
		q.ask([]string{leaf}, []string{subs[0], root}, now)
	}
}

func (q *questions) addresses() {
	for _, leaf := range []string{"leaf-address-permitted", "leaf-address-not-permitted"} {
		q.ask([]string{leaf, "sub-permits-address", "root"}, []string{"root"}, now)
		q.ask([]string{leaf, "sub-permits-address", "root"}, []string{"sub-permits-address"}, now)
	}
}

// depths are paths of one to eight subordinates.
func (q *questions) depths() {
	for n, name := range deep {
		subs := slices.Clone(deep[:n+1])
		slices.Reverse(subs)
		full := slices.Concat([]string{"leaf-below-" + name}, subs, []string{"root"})
		q.ask(full, []string{"root"}, now)
		q.ask(full[:len(full)-1], []string{"root"}, now)
		shuffled := slices.Clone(full)
		slices.Reverse(shuffled[1:])
		q.ask(shuffled, []string{"root"}, now)
	}
}

// Generate makes the plain certificates and their vectors anew, without
// answers, and writes the certificates into a folder. key is the file of the
// lab's key.
func Generate(folder, key string) (*Corpus, error) {
	b, err := castOf(key)
	if err != nil {
		return nil, err
	}
	b.paths()
	b.names()
	if b.err != nil {
		return nil, b.err
	}
	plain := b.order
	asked, names := askPaths(b), askNames(b)
	odds, oddNames := oddVectors(b)
	c := &Corpus{Paths: append(asked, odds...), Names: append(names, oddNames...), Certificates: b.certificates}
	if b.err != nil {
		return nil, b.err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, os.WriteFile(filepath.Join(folder, certificatesFile), encodeCertificates(plain, b.certificates), 0o600)
}

// encodeCertificates is the inverse of reading certificates.pem.
func encodeCertificates(order []string, certificates map[string][]byte) []byte {
	var out bytes.Buffer
	for _, name := range order {
		block := pem.Block{Type: "CERTIFICATE", Bytes: certificates[name], Headers: map[string]string{nameHeader: name}}
		if err := pem.Encode(&out, &block); err != nil {
			panic(err) // a buffer takes everything, and the header holds no colon
		}
	}
	return out.Bytes()
}
