package certpath

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// maxJavaIntermediates is PKIXBuilderParameters' default maximum of
// intermediate certificates, self-issued ones not counted.
const maxJavaIntermediates = 5

// javaFailure is why a PKIX check failed. Nil is success.
type javaFailure struct {
	reason  Reason
	message string // of the exception, without its class
	culprit *certificate
}

// javaRun is one check of a server's certificates by JSSE's default trust
// manager.
type javaRun struct {
	older     bool // its messages are those of Java 17
	at        time.Time
	presented []*certificate
	store     []*certificate
	undecided string
}

// verifyJava follows sun.security.validator.PKIXValidator and the PKIX path
// algorithm behind it, as X509TrustManagerImpl calls them in a handshake:
// anchors of any kind and any age; a server certificate that is an anchor
// itself is accepted as it is; a path in order is validated, another is built.
//
// Source: OpenJDK 25 sun.security.validator, sun.security.provider.certpath,
// sun.security.ssl.X509TrustManagerImpl. Judged by OpenJDK 17 and 25, see the
// path vectors.
func verifyJava(p Profile, presented, store []*certificate, at time.Time) Result {
	run := &javaRun{older: javaUpTo17(p.Version), at: at, presented: presented, store: store}
	if slices.ContainsFunc(store, presented[0].sameAs) {
		return Result{
			Reason: Accepted, Anchor: presented[0].Certificate,
			Detail: "the server certificate itself is in the trust store",
		}
	}
	if len(store) == 0 && !p.OtherAnchors {
		failure := javaFailure{UnknownAuthority, noAnchors, presented[len(presented)-1]}
		return failure.result(at)
	}
	anchor, failure := run.path()
	if failure == nil {
		failure = javaEndEntity(presented[0], run.older)
	}
	if run.undecided != "" {
		return Result{Detail: run.undecided}
	}
	if failure != nil {
		return failure.result(at)
	}
	return Result{Reason: Accepted, Anchor: anchor.Certificate, Detail: "the chain ends at " + quoteSubject(anchor)}
}

// path decides whether to validate the path as sent, cut at the first
// certificate that the store knows, or to build one.
func (r *javaRun) path() (*certificate, *javaFailure) {
	for i, c := range r.presented[1:] {
		if !javaNamed(r.presented[i], c) {
			return r.build()
		}
		known := slices.ContainsFunc(r.store, func(a *certificate) bool {
			return a.sameAs(c) || (a.javaSubject() == c.javaSubject() && bytes.Equal(a.encoding.key, c.encoding.key))
		})
		if known {
			return r.validate(r.presented[:i+1])
		}
	}
	last := r.presented[len(r.presented)-1]
	if slices.ContainsFunc(r.store, func(a *certificate) bool { return javaNamed(last, a) }) {
		return r.validate(r.presented)
	}
	return r.build()
}

// validate tries each anchor that can have issued the last certificate of the
// path, leaf first. The error is the last anchor's.
func (r *javaRun) validate(path []*certificate) (*certificate, *javaFailure) {
	last := path[len(path)-1]
	failure := &javaFailure{
		reason: UnknownAuthority, culprit: last,
		message: "Path does not chain with any of the trust anchors",
	}
	var ends ends
	for _, anchor := range r.store {
		if !javaNamed(last, anchor) || !identifiesForJava(last, anchor) {
			continue
		}
		if found := r.check(path, anchor); found != nil {
			failure = found
		} else {
			ends.add(anchor)
		}
	}
	if anchor := r.end(ends); anchor != nil {
		failure := nonCAAnchor(anchor)
		if failure != nil {
			failure.message = "PKIX path validation failed: " + failure.message
		}
		return anchor, failure
	}
	if unexpected, is := strings.CutPrefix(failure.message, javaException); is {
		failure.message = unexpected
		return nil, failure
	}
	failure.message = "PKIX path validation failed: java.security.cert.CertPathValidatorException: " + failure.message
	return nil, failure
}

// ends are the anchors that complete a path: those that are CAs, and the others,
// which Java refuses once it has taken one of them.
type ends struct{ cas, others []*certificate }

func (e *ends) add(anchor *certificate) {
	if nonCAAnchor(anchor) == nil {
		e.cas = append(e.cas, anchor)
	} else {
		e.others = append(e.others, anchor)
	}
}

// end is the anchor that Java takes: the first in a set without an order.
func (r *javaRun) end(e ends) *certificate {
	switch {
	case len(e.cas) > 0 && len(e.others) > 0:
		r.undecided = "the chain can end at two trust anchors with the name " + quoteSubject(e.others[0]) + ": Java may use either, and one of them is not a CA"
		return e.cas[0]
	case len(e.cas) > 0:
		return e.cas[0]
	case len(e.others) > 0:
		return e.others[0]
	}
	return nil
}

// noAnchors is what Java says of an empty store when it is loaded.
const noAnchors = "the trustAnchors parameter must be non-empty"

// build looks for any path that passes. Its error never says which check
// failed.
func (r *javaRun) build() (*certificate, *javaFailure) {
	search := &javaSearch{javaRun: r}
	anchor := search.from([]*certificate{r.presented[0]})
	if anchor != nil {
		failure := nonCAAnchor(anchor)
		if failure != nil {
			failure.message = "PKIX path building failed: " + failure.message
		}
		return anchor, failure
	}
	failure := &javaFailure{reason: UnknownAuthority, culprit: r.presented[0]}
	if search.failure != nil {
		failure.reason, failure.culprit = search.failure.reason, search.failure.culprit
	}
	failure.message = "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: " +
		"unable to find valid certification path to requested target"
	return nil, failure
}

// javaSearch is a depth-first search for a path.
type javaSearch struct {
	*javaRun

	failure *javaFailure // of the last complete path that failed
}

// from extends a path, leaf first, and returns the anchor that completes it.
func (s *javaSearch) from(path []*certificate) *certificate {
	top := path[len(path)-1]
	var ends ends
	for _, anchor := range s.store {
		if !javaNamed(top, anchor) {
			continue
		}
		failure := s.check(path, anchor)
		if failure == nil {
			ends.add(anchor)
		} else if s.failure == nil || failure.reason != SignatureInvalid {
			s.failure = failure
		}
	}
	if anchor := s.end(ends); anchor != nil {
		return anchor
	}
	if len(path) > maxJavaIntermediates {
		return nil
	}
	for _, issuer := range s.presented {
		if !top.spend(5) {
			return nil
		}
		if !javaNamed(top, issuer) || slices.ContainsFunc(path, issuer.sameAs) || (top.selfIssued && issuer.selfIssued) {
			continue
		}
		if anchor := s.from(append(slices.Clip(path), issuer)); anchor != nil {
			return anchor
		}
	}
	return nil
}
