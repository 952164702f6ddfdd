package readiness

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// evaluation holds what one call of Evaluate has found out already, so that
// thousands of clients with the same store cost one reading of it.
type evaluation struct {
	in    Input
	reads map[readKey]trust
	held  int // octets of the certificates in reads
	paths map[pathKey]certpath.Result
	sums  map[*byte]string
	// evidence holds the keys of Target and Current, directly and behind a
	// proxy, by the address of their server certificate.
	evidence map[*x509.Certificate]string
}

// readKey names one reading of a store.
type readKey struct {
	store       string // SHA-256 of the content
	reader      truststore.Reader
	version     string
	storeType   string
	hasPassword bool
	password    string
}

// pathKey names one verification. Evidence is either Target or Current, or
// their form behind a proxy, and is told apart by its source.
type pathKey struct {
	profile  certpath.Profile
	store    string
	evidence string
}

// trust is what a client has for trust anchors.
type trust struct {
	key     string // names the set; equal keys are equal sets
	anchors []certpath.Anchor
	taken   truststore.Taken
	// failure is why there are none; nil when there are. It is the verdict
	// of an attempt that verifies.
	failure *Verdict
	// rejectsAll makes failure the verdict of every attempt.
	rejectsAll bool
	// system adds the runtime's own store.
	system bool
}

func newEvaluation(in Input) *evaluation {
	return &evaluation{
		in:    in,
		reads: map[readKey]trust{},
		paths: map[pathKey]certpath.Result{},
		sums:  map[*byte]string{},

		evidence: map[*x509.Certificate]string{},
	}
}

// verify is certpath.Verify, done once for equal questions.
func (e *evaluation) verify(profile certpath.Profile, anchors trust, evidence Evidence) certpath.Result {
	if anchors.system && evidence.Source == trustServices {
		return certpath.Result{Reason: certpath.Accepted, Detail: "The runtime's own store holds the roots of Amazon Trust Services."}
	}
	profile.OtherAnchors = anchors.system
	key := pathKey{profile: profile, store: anchors.key, evidence: e.evidenceKey(evidence)}
	if result, done := e.paths[key]; done {
		return result
	}
	result := certpath.Verify(profile, evidence.resolve(anchors.anchors), anchors.anchors, e.in.At)
	e.paths[key] = result
	return result
}

// evidenceKey is the evidence's key, made once for the same path.
func (e *evaluation) evidenceKey(evidence Evidence) string {
	leaf := evidence.leaf()
	if leaf == nil {
		return evidence.key()
	}
	key, done := e.evidence[leaf]
	if !done {
		key = evidence.key()
		e.evidence[leaf] = key
	}
	return key
}

// key tells pieces of evidence apart.
func (e Evidence) key() string {
	if len(e.Presented.Certificates) > 0 {
		sum := sha256.New()
		for _, c := range e.Presented.Certificates {
			sum.Write(c.Raw)
		}
		return hex.EncodeToString(sum.Sum(nil))
	}
	return e.Source + "/" + e.Presented.RootSHA256 + "/" + e.RootSHA1
}

// anchors reads what the policy says that the client trusts.
func (e *evaluation) anchors(c Client, p policy.Policy) trust {
	if !p.ReadsStore() {
		return trust{key: "unused"}
	}
	a := p.Anchors
	switch a.Source {
	case policy.Declared:
		return e.declared(c, a)
	case policy.Missing:
		return replaced(a.Missing.Then, Verdict{
			Outcome: Fails, Reason: RootCertificateMissing,
			Detail:        missingDetail(a),
			ExpectedError: a.Missing.Client,
		})
	case policy.SystemStore:
		return trust{key: "system", system: true}
	case policy.EmptyStore, policy.NoSource:
		return trust{key: "empty"}
	}
	return trust{key: "empty"}
}

// declared reads the declared store with the driver's reader.
func (e *evaluation) declared(c Client, a policy.Anchors) trust {
	if a.Content != nil {
		c.Store = Store{Content: a.Content}
	}
	if c.Store.Unavailable != "" {
		return trust{key: "unavailable", failure: &Verdict{Reason: TrustStoreNotAvailable, Detail: Sentence(c.Store.Unavailable)}, rejectsAll: true}
	}
	if a.Directory != nil && truststore.Detect(c.Store.Content) == truststore.FormatDirectory {
		failure := Verdict{
			Outcome: Fails, Reason: TrustStoreUnreadable, Detail: "The trust store is a directory, but the client expects a file.", ExpectedError: a.Directory.Client,
		}
		return replaced(a.Directory.Then, failure)
	}
	if a.DirectoryReader != truststore.ReaderUnknown && truststore.Detect(c.Store.Content) == truststore.FormatDirectory {
		a.Reader = a.DirectoryReader
	}
	if a.PEMReader != truststore.ReaderUnknown && truststore.Detect(c.Store.Content) == truststore.FormatPEM {
		a.Reader = a.PEMReader
	}
	read := e.read(c.Store, a)
	if read.failure == nil || read.rejectsAll {
		read.system = a.WithSystem
		return read
	}
	lack, failure := a.Unreadable, *read.failure
	if failure.Reason == TrustStoreNoAnchors {
		lack = a.Empty
	}
	failure.ExpectedError = cmp.Or(lack.Client, failure.ExpectedError)
	return replaced(lack.Then, failure)
}

// read reads the store with the driver's reader, once for equal questions.
func (e *evaluation) read(store Store, a policy.Anchors) trust {
	key := readKey{store: e.sum(store), reader: a.Reader, version: a.ReaderVersion, storeType: a.StoreType}
	password := store.Password
	switch {
	case a.NoPassword, a.OwnPassword && a.Password == nil && truststore.Detect(store.Content) == truststore.FormatPKCS12:
		password = nil
	case a.Password != nil:
		password = a.Password
	}
	if password != nil {
		key.hasPassword, key.password = true, *password
	}
	read, done := e.reads[key]
	if !done {
		read = readStore(store, a, password)
		read.key = anchorsKey(read.anchors)
		e.remember(key, read)
	}
	return read
}

// maxHeld bounds the certificates that are remembered, in octets: a parsed one
// takes several times its size.
const maxHeld = 8 << 20

// remember forgets what it knew where it would be too much.
func (e *evaluation) remember(key readKey, read trust) {
	octets := 0
	for _, anchor := range read.anchors {
		octets += len(anchor.Certificate.Raw)
	}
	if e.held += octets; e.held > maxHeld {
		clear(e.reads)
		e.held = octets
	}
	e.reads[key] = read
}

// anchorsKey names a set of anchors: paths to it are verified once, in
// whichever files it lies.
func anchorsKey(anchors []certpath.Anchor) string {
	sum := sha256.New()
	for _, anchor := range anchors {
		sum.Write(anchor.Certificate.Raw)
		fmt.Fprint(sum, anchor.Trust)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// replaced is what stands in for a store that gives nothing.
func replaced(then policy.Reaction, failure Verdict) trust {
	switch then {
	case policy.RejectAll:
		return trust{key: "rejected", failure: &failure, rejectsAll: true}
	case policy.UseSystem:
		return trust{key: "system", system: true}
	case policy.TakeNone:
		return trust{key: "empty"}
	case policy.FailAttempt:
	}
	return trust{key: "failed", failure: &failure}
}

// trustSettings translates what a store says of its certificates.
var trustSettings = map[truststore.TrustSettings]certpath.Trust{
	truststore.TrustServers: certpath.TrustServers, truststore.TrustRejected: certpath.TrustRejected,
}

// readStore reads a store and turns its errors into the verdict of an attempt.
func readStore(store Store, a policy.Anchors, password *string) trust {
	options := truststore.Options{Reader: a.Reader, Version: a.ReaderVersion, Password: password, StoreType: a.StoreType}
	taken, err := truststore.Read(store.Content, options)
	if err == nil {
		anchors := make([]certpath.Anchor, len(taken.Anchors))
		for i, anchor := range taken.Anchors {
			anchors[i] = certpath.Anchor{Certificate: anchor.Certificate, Trust: trustSettings[anchor.Settings]}
		}
		return trust{anchors: anchors, taken: taken}
	}
	failure := Verdict{Outcome: Fails, Reason: TrustStoreUnreadable, Detail: Sentence(err.Error())}
	if read, is := errors.AsType[*truststore.ReadError](err); is {
		failure.ExpectedError = read.Client
	}
	switch {
	case errors.Is(err, truststore.ErrNoAnchors):
		failure.Reason = TrustStoreNoAnchors
	case errors.Is(err, truststore.ErrWrongPassword):
		failure.Reason = WrongTrustStorePassword
	case errors.Is(err, truststore.ErrPasswordNeeded):
		failure.Reason = TrustStorePasswordNeeded
	case errors.Is(err, truststore.ErrUnsupportedFormat), errors.Is(err, truststore.ErrUnknownReader), errors.Is(err, truststore.ErrTooLarge):
		failure.Outcome, failure.Reason = Indeterminate, TrustStoreNotCovered
		return trust{taken: taken, failure: &failure, rejectsAll: true}
	}
	return trust{taken: taken, failure: &failure}
}

// sum names a store's content. Contents that share their first byte's address
// are the same slice, and are hashed once.
func (e *evaluation) sum(store Store) string {
	if len(store.Content) == 0 {
		return "empty"
	}
	address := &store.Content[0]
	if sum := e.sums[address]; strings.HasSuffix(sum, lengthTag(store.Content)) {
		return sum
	}
	digest := sha256.Sum256(store.Content)
	sum := hex.EncodeToString(digest[:]) + lengthTag(store.Content)
	e.sums[address] = sum
	return sum
}

func missingDetail(a policy.Anchors) string {
	if a.Path == "" {
		return "The client looks for a root certificate file in its default place, but no file is declared there."
	}
	return "The client's settings name the root certificate file " + a.Path + ", but no such file is declared."
}
