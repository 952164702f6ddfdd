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
	if run.find(func(a *certificate) bool { return a.sameAs(presented[0]) }) != nil {
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

func (r *javaRun) find(match func(*certificate) bool) *certificate {
	for _, anchor := range r.store {
		if match(anchor) {
			return anchor
		}
	}
	return nil
}

// path decides whether to validate the path as sent, cut at the first
// certificate that the store knows, or to build one.
func (r *javaRun) path() (*certificate, *javaFailure) {
	for i, c := range r.presented[1:] {
		if !javaNamed(r.presented[i], c) {
			return r.build()
		}
		known := r.find(func(a *certificate) bool {
			return a.sameAs(c) || (sameSubject(a, c) && sameKey(a, c))
		})
		if known != nil {
			return r.validate(r.presented[:i+1])
		}
	}
	last := r.presented[len(r.presented)-1]
	if r.find(func(a *certificate) bool { return javaNamed(last, a) }) != nil {
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
		r.undecided = "the chain can end at two trust anchors with the same name, and Java may use either: " + quoteSubject(e.others[0]) + " is not a CA"
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
		if !javaNamed(top, issuer) || contains(path, issuer) || (top.selfIssued && issuer.selfIssued) {
			continue
		}
		if anchor := s.from(append(slices.Clip(path), issuer)); anchor != nil {
			return anchor
		}
	}
	return nil
}

// check holds a path, leaf first, against the PKIX rules below an anchor. The
// anchor's own dates, basicConstraints and nameConstraints do not matter.
func (r *javaRun) check(path []*certificate, anchor *certificate) *javaFailure {
	for _, c := range path {
		if !c.spend(c.readingWork()) {
			return &javaFailure{SearchLimit, "", c}
		}
	}
	message := disabledKey(anchor, r.older)
	if anchor.key.family == familyECDH {
		message = "" // the signature fails first
	}
	if message != "" && !r.older {
		return &javaFailure{WeakKey, message, anchor}
	} else if message != "" {
		message = "Algorithm constraints check failed on signature algorithm: " + javaAlgorithm(path[len(path)-1])
		return &javaFailure{WeakKey, message, anchor}
	}
	state := javaState{issuer: anchor, budget: len(path), policies: newJavaPolicies(len(path))}
	for i, c := range slices.Backward(path) {
		if failure := r.checkOne(&state, c, i == 0); failure != nil {
			return failure
		}
	}
	return nil
}

// javaState goes down the path with the checks.
type javaState struct {
	issuer      *certificate
	budget      int // issuers that may follow
	constraints []*certificate
	policies    javaPolicies
}

func (r *javaRun) checkOne(state *javaState, c *certificate, leaf bool) *javaFailure {
	if failure := r.disabledAlgorithm(c); failure != nil {
		return failure
	}
	checks := []func(*certificate) *javaFailure{uselessUsage, state.checkCA}
	if !r.older {
		slices.Reverse(checks)
	}
	for i, check := range checks {
		if isCA := (i == 1) == r.older; leaf && isCA {
			continue
		}
		if failure := check(c); failure != nil {
			return failure
		}
	}
	if leaf || !c.selfIssued {
		if message := state.namesAllowed(c, r.older); message != "" {
			return &javaFailure{NameConstraint, message, c}
		}
	}
	if state.mergesNetworks(c, r.older) {
		r.undecided = "two certificates in the chain, one of them " + quoteSubject(c) + ", permit only certain addresses, and the rules do not cover how Java combines the two"
	}
	state.constraints = append(state.constraints, c)
	from, to := c.javaTimes()
	switch {
	case r.at.Before(from):
		return &javaFailure{CertificateNotYet, "validity check failed", c}
	case r.at.After(to):
		return &javaFailure{CertificateExpired, "validity check failed", c}
	case !javaNamed(c, state.issuer):
		return &javaFailure{UnknownAuthority, "subject/issuer name chaining check failed", c}
	}
	if ok, known := javaSignature(c, state.issuer); !ok && known {
		return &javaFailure{SignatureInvalid, "signature check failed", c}
	} else if !known {
		r.undecided = "the signature of " + quoteSubject(c) + " cannot be checked here"
	}
	if failure := state.policies.check(c, leaf); failure != nil {
		return failure
	}
	if c.unknownCritical(javaKnows...) {
		return &javaFailure{CriticalExtension, "unrecognized critical extension(s)", c}
	}
	state.issuer = c
	return nil
}

// checkCA is KeyChecker and ConstraintsChecker for an issuer of the path.
func (s *javaState) checkCA(c *certificate) *javaFailure {
	if !c.mayUse(usageCertSign) {
		return &javaFailure{NotACA, "CA key usage check failed: keyCertSign bit is not set", c}
	}
	limit := c.pathLen()
	switch {
	case c.number() < 3 && c.selfIssued, c.javaCA() && limit < 0:
		limit = s.budget
	case !c.javaCA():
		return &javaFailure{NotACA, "basic constraints check failed: this is not a CA certificate", c}
	}
	if !c.selfIssued {
		if s.budget <= 0 {
			return &javaFailure{
				PathTooLong, "basic constraints check failed: pathLenConstraint violated - " +
					"this cert must be the last cert in the certification path", c,
			}
		}
		s.budget--
	}
	s.budget = min(s.budget, limit)
	return nil
}

// namesAllowed holds the names of a certificate against the constraints of the
// issuers above it. It returns Java's message, or nothing where they allow it.
func (s *javaState) namesAllowed(c *certificate, older bool) string {
	for _, issuer := range s.constraints {
		if limits := issuer.javaLimits(older); limits != nil {
			if message := javaConstrain(limits, c, older); message != "" {
				return message
			}
		}
	}
	return ""
}

// mergesNetworks reports permitted addresses in a certificate and in one above
// it. Java intersects them, and where they have nothing in common it ends with
// a NullPointerException, depending on what else it looks at.
//
// Source: OpenJDK 17, sun.security.x509.GeneralSubtrees, intersect and
// createWidestSubtree; found in mixtures.
func (s *javaState) mergesNetworks(c *certificate, older bool) bool {
	permits := func(of *certificate) bool {
		limits := of.javaLimits(older)
		return limits != nil && slices.ContainsFunc(limits.permitted, func(t subtree) bool { return t.tag == tagIPAddress })
	}
	return permits(c) && slices.ContainsFunc(s.constraints, permits)
}

func sameSubject(a, b *certificate) bool {
	return a.javaSubject() == b.javaSubject()
}

func sameKey(a, b *certificate) bool {
	return bytes.Equal(a.encoding.key, b.encoding.key)
}

func contains(path []*certificate, c *certificate) bool {
	for _, in := range path {
		if in.sameAs(c) {
			return true
		}
	}
	return false
}
