package certpath

import (
	"bytes"
	"slices"
	"time"
)

// webpkiFailure is an error of rustls: reason, its Display text, certificate.
type webpkiFailure struct {
	reason  Reason
	text    string
	culprit *certificate
	// final ends the search: a limit of webpki's own.
	final bool
}

// webpkiRun is one call of webpki's verify_for_usage for a TLS server.
type webpkiRun struct {
	release    int // 22 for 0.22, 101 to 103 for 0.101 to 0.103
	at         time.Time
	others     []*certificate
	store      []*certificate
	signatures int    // checks that are left
	calls      int    // certificates that may still be tried
	missing    Reason // where no issuer is found
	provider   bool   // aws-lc-rs takes a signature that ring does not
}

// The releases of webpki that rustls has used: 0.22 in rustls 0.20, 0.101 in
// 0.21, 0.102 in 0.22 and 0.23, 0.103 in 0.23 since 2025.
var webpkiReleases = []string{"0.22", "0.101", "0.102", "0.103"}

var webpkiNumbers = map[string]int{"0.22": 22, "0.101": 101, "0.102": 102, "0.103": 103}

// verifyWebPKI follows rustls's webpki: an anchor is a name, a key and name
// constraints, of any certificate and any age; the server certificate must not
// be a CA and cannot be its own anchor; keyUsage does not matter; RSA keys have
// 2048 to 8192 bits, and signatures SHA-256 or better; names are compared
// octet by octet.
//
// Without a version all releases must agree, else it is undecided. So is a
// signature that only one of rustls's providers of cryptography checks.
//
// Source: webpki 0.22.4 and rustls-webpki 0.101.7, 0.102.8 and 0.103.17,
// src/verify_cert.rs, cert.rs, subject_name and signed_data.rs. Judged by
// these, with the algorithms of ring, see the path vectors.
func verifyWebPKI(version string, presented, store []*certificate, at time.Time) Result {
	if release, known := webpkiNumbers[version]; known {
		return verifyWebPKIRelease(release, presented, store, at)
	}
	var results []Result
	for _, release := range webpkiReleases {
		results = append(results, verifyWebPKIRelease(webpkiNumbers[release], presented, store, at))
	}
	last := results[len(results)-1]
	for i, r := range results {
		if (r.Reason == Accepted) != (last.Reason == Accepted) {
			return Result{Detail: "the releases " + webpkiReleases[i] + " and " + webpkiReleases[len(results)-1] + " of webpki give different results, and it is not known which version the client uses"}
		}
	}
	return last
}

func verifyWebPKIRelease(release int, presented, store []*certificate, at time.Time) Result {
	run := &webpkiRun{release: release, at: at, others: presented[1:], signatures: 100, calls: 200_000}
	for _, anchor := range store {
		if run.readsAnchor(anchor) {
			run.store = append(run.store, anchor)
		}
	}
	run.missing = unknownReason(presented, run.store)
	leaf := presented[0]
	failure := run.reads(leaf)
	var anchor *certificate
	if failure == nil {
		anchor, failure = run.search([]*certificate{leaf}, 0)
	}
	if failure != nil && run.provider {
		return Result{Detail: "rustls supports the curve P-521 when it is built with aws-lc-rs but not when it is built with ring, and it is not known which of the two is used"}
	}
	if failure != nil {
		return Result{
			Reason: failure.reason, Detail: detail(failure.reason, failure.culprit, at),
			ClientError: "invalid peer certificate: " + failure.text,
		}
	}
	return Result{Reason: Accepted, Anchor: anchor.Certificate, Detail: "the chain ends at " + quoteSubject(anchor)}
}

// maxWebPKIIntermediates is webpki's limit of sub-CAs in a path.
const maxWebPKIIntermediates = 6

// search extends a path, leaf first, until an anchor completes it. issuers
// counts the CAs below the one on top.
func (r *webpkiRun) search(path []*certificate, issuers int) (*certificate, *webpkiFailure) {
	top := path[len(path)-1]
	if !top.spend(top.readingWork()) {
		return nil, &webpkiFailure{SearchLimit, "", top, true}
	}
	if failure := r.checkAlone(top, len(path) == 1, issuers); failure != nil {
		return nil, failure
	}
	failure := &webpkiFailure{reason: r.missing, text: "UnknownIssuer", culprit: top}
	for _, anchor := range r.store {
		if !bytes.Equal(top.issuer, anchor.subject) {
			continue
		}
		if !top.spend(5) {
			return nil, failure
		}
		failed := r.signed(path, anchor)
		if failed == nil {
			return anchor, nil
		}
		if failure = r.worse(failure, failed); failed.final {
			return nil, failure
		}
	}
	for _, issuer := range r.others {
		if !top.spend(5) {
			return nil, failure
		}
		failed := r.reads(issuer)
		if failed == nil {
			if !bytes.Equal(top.issuer, issuer.subject) || r.loops(path, issuer) {
				continue
			}
			if failed = r.enter(path, issuer); failed == nil {
				next := issuers
				if len(path) > 1 {
					next++
				}
				var anchor *certificate
				if anchor, failed = r.search(append(slices.Clip(path), issuer), next); failed == nil {
					return anchor, nil
				}
			}
		}
		if failure = r.worse(failure, failed); failed.final {
			return nil, failure
		}
	}
	return nil, failure
}

// worse is the error that is reported of two: in 0.22 always the same one,
// later the one that says more.
func (r *webpkiRun) worse(old, failed *webpkiFailure) *webpkiFailure {
	if failed.final || (failed.text != "UnknownIssuer" && (old.text == "UnknownIssuer" || failed.rank() >= old.rank())) {
		return failed
	}
	return old
}

// rank orders errors by what they say, as webpki's Error::rank does.
func (f *webpkiFailure) rank() int {
	order := []Reason{
		MalformedCertificate, CriticalExtension, NotACA, WeakSignature, PathTooLong, WrongPurpose, NameConstraint, SignatureInvalid, CertificateNotYet, CertificateExpired,
	}
	return slices.Index(order, f.reason)
}

// loops reports an issuer whose name and key the path has already.
func (r *webpkiRun) loops(path []*certificate, issuer *certificate) bool {
	return slices.ContainsFunc(path, func(c *certificate) bool {
		return bytes.Equal(c.subject, issuer.subject) && bytes.Equal(c.encoding.key, issuer.encoding.key)
	})
}

// enter spends what webpki allows for one more certificate of a path.
func (r *webpkiRun) enter(path []*certificate, issuer *certificate) *webpkiFailure {
	if r.calls--; r.calls < 0 {
		return &webpkiFailure{SearchLimit, "MaximumPathBuildCallsExceeded", issuer, true}
	}
	if len(path) > maxWebPKIIntermediates {
		return &webpkiFailure{PathTooLong, "MaximumPathDepthExceeded", issuer, false}
	}
	return nil
}

// signed checks signatures and name constraints of a path below an anchor.
func (r *webpkiRun) signed(path []*certificate, anchor *certificate) *webpkiFailure {
	issuer := anchor
	for _, c := range slices.Backward(path) {
		if r.signatures--; r.signatures < 0 {
			return &webpkiFailure{SearchLimit, "MaximumSignatureChecksExceeded", c, true}
		}
		if !webpkiAlgorithm(c, issuer) {
			r.provider = r.provider || (r.release > 101 && issuer.key.curve == curveP521 && c.algorithm.family == familyECDSA && c.algorithm.bare && modernDigest(c.algorithm.hash))
			return &webpkiFailure{WeakSignature, "UnsupportedSignatureAlgorithm", c, false}
		}
		if ok, _ := c.madeBy(issuer); !ok {
			return &webpkiFailure{SignatureInvalid, "BadSignature", c, false}
		}
		issuer = c
	}
	issuer = anchor
	for i, c := range slices.Backward(path) {
		if limits := issuer.limits; limits != nil || issuer.has(extNameConstraints) {
			for _, below := range slices.Backward(path[:i+1]) {
				if failure := r.constrain(limits, below); failure != nil {
					return failure
				}
			}
		}
		issuer = c
	}
	return nil
}
