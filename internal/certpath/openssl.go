package certpath

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// maxChainDepth is OpenSSL's default depth (X509_VERIFY_PARAM of
// "ssl_server"): so many certificates may stand between leaf and anchor.
const maxChainDepth = 100

// opensslRun is one call of X509_verify_cert, as a TLS client makes it.
type opensslRun struct {
	profile   Profile
	level     int
	legacy    bool // OpenSSL 1.1
	at        time.Time
	presented []*certificate
	store     []*certificate

	chain     []*certificate
	untrusted int  // so many of chain come from the server
	rejected  bool // the store forbids its top
	err       verifyError
	culprit   int // depth of err
	undecided string
}

// verifyOpenSSL follows X509_verify_cert with purpose "sslserver".
//
// Source: OpenSSL 3.0.20 and 1.1.1, crypto/x509/x509_vfy.c: build_chain,
// check_extensions, check_auth_level, internal_verify, check_name_constraints,
// in this order; ssl/ssl_cert.c, ssl_verify_cert_chain, for the parameters.
// Judged by libcrypto 3.0.19 and 1.1.1, see the path vectors.
func verifyOpenSSL(p Profile, presented, store []*certificate, at time.Time) *opensslRun {
	run := &opensslRun{
		profile: p, level: securityLevel(p), legacy: isLegacyOpenSSL(p.Version),
		at: at, presented: presented, store: store,
		chain: []*certificate{presented[0]}, untrusted: 1,
	}
	if run.legacy {
		run.useLegacy()
	}
	if !run.keyStrong(run.presented[0]) && run.stop(errLeafKeyTooWeak, 0) {
		return run
	}
	steps := []func() bool{
		run.build, run.checkExtensions, run.checkLevel, run.checkSignatures, run.checkNameConstraints,
	}
	for _, step := range steps {
		if !step() {
			break
		}
	}
	return run
}

// useLegacy looks at all certificates as 1.1.1 does.
func (r *opensslRun) useLegacy() {
	for _, set := range []*[]*certificate{&r.presented, &r.store, &r.chain} {
		all := make([]*certificate, len(*set))
		for i, c := range *set {
			all[i] = c.legacy()
		}
		*set = all
	}
}

// stop records an error and reports whether the verification ends with it. A
// client whose callback goes on is told the last one.
func (r *opensslRun) stop(err verifyError, depth int) bool {
	r.err, r.culprit = err, depth
	return !r.profile.ReportsLastError
}

// timeError is ossl_x509_check_cert_time. X509_cmp_time takes the last second
// for over, which Java and Go do not, and no form of time but RFC 5280's.
func (r *opensslRun) timeError(c *certificate) verifyError {
	return cmp.Or(r.startError(c), r.endError(c))
}

func (r *opensslRun) startError(c *certificate) verifyError {
	from, ok := c.validity[0].strict()
	if !ok {
		return errNotBeforeField
	}
	if r.at.Before(from) {
		return errNotYetValid
	}
	return errNone
}

func (r *opensslRun) endError(c *certificate) verifyError {
	to, ok := c.validity[1].strict()
	if !ok {
		return errNotAfterField
	}
	if !r.at.Before(to) {
		return errExpired
	}
	return errNone
}

func (r *opensslRun) top() *certificate { return r.chain[len(r.chain)-1] }

// selfSigned is OpenSSL's EXFLAG_SS: no signature is checked for it.
func (r *opensslRun) selfSigned(c *certificate) bool {
	if !c.selfIssued || !c.identifies(c) {
		return false
	}
	if r.legacy {
		return c.mayUse(usageCertSign)
	}
	return c.key.fits(c.algorithm)
}

// issued is check_issued: whether issuer can have issued c, by names, key
// identifiers and the kind of key.
func (r *opensslRun) issued(c, issuer *certificate) bool {
	if !c.named(issuer) || !c.identifies(issuer) {
		return false
	}
	if r.legacy {
		return issuer.mayUse(usageCertSign)
	}
	return !c.invalid && !issuer.invalid && issuer.key.fits(c.algorithm)
}

// findIssuer prefers an issuer that is valid now, else the one that ended
// last (3.0) or stands last (1.1).
func (r *opensslRun) findIssuer(among []*certificate, c *certificate, noRepeats bool) *certificate {
	var best *certificate
	for _, candidate := range among {
		if !r.issued(c, candidate) || (noRepeats && r.repeats(c, candidate)) {
			continue
		}
		if r.timeError(candidate) == errNone {
			return candidate
		}
		if best == nil || r.legacy || candidate.NotAfter.After(best.NotAfter) {
			best = candidate
		}
	}
	return best
}

// repeats reports that a candidate is in the chain already. A self-issued
// leaf may find itself.
func (r *opensslRun) repeats(c, candidate *certificate) bool {
	return (len(r.chain) > 1 || !c.selfIssued) && slices.ContainsFunc(r.chain, candidate.sameAs)
}

// build looks for each issuer in the store first and then among what the
// server sent; once in the store it stays there. It ends at a self-signed
// certificate of the store, or with partial chains at any of the store.
func (r *opensslRun) build() bool {
	if r.extend() || r.matchLeaf() {
		return true
	}
	top := len(r.chain) - 1
	switch {
	case r.rejected:
		return !r.stop(errRejected, top)
	case r.err != errNone: // of the server certificate's key: it is told again
		return !r.stop(r.err, top)
	case top > maxChainDepth:
		return !r.stop(errChainTooLong, top)
	case r.selfSigned(r.top()) && top == 0:
		return !r.stop(errSelfSignedLeaf, top)
	case r.selfSigned(r.top()):
		return !r.stop(errSelfSignedInChain, top)
	case r.untrusted < len(r.chain):
		return !r.stop(errIssuerCert, top)
	default:
		return !r.stop(errIssuerLocally, top)
	}
}

// extend grows the chain and reports whether it reached trust.
func (r *opensslRun) extend() bool {
	fromServer := true
	for len(r.chain) <= maxChainDepth+1 {
		current := r.top()
		own := r.selfSigned(current)
		if issuer := r.findIssuer(r.store, current, false); issuer != nil {
			added, trusted := r.trust(current, issuer, own)
			if trusted || r.rejected {
				return trusted
			}
			if added {
				fromServer = false
				if !own && !r.selfSigned(issuer) {
					continue
				}
				return false
			}
		}
		if !fromServer || own {
			return false
		}
		issuer := r.findIssuer(r.presented, current, true)
		if issuer == nil {
			return false
		}
		r.chain = append(r.chain, issuer)
		r.untrusted++
	}
	return false
}

// trust puts a certificate of the store on top of the chain. A self-signed
// one from the server must be the very certificate of the store. Trust
// settings decide, where the store has any.
//
// Source: crypto/x509/x509_vfy.c, check_trust; x509_trust.c, trust_1oidany and
// obj_trust, 1.1.1 and 3.0.
func (r *opensslRun) trust(current, issuer *certificate, own bool) (added, trusted bool) {
	if own {
		if !current.sameAs(issuer) {
			return false, false
		}
		r.untrusted--
		r.chain[len(r.chain)-1] = issuer
	} else {
		r.chain = append(r.chain, issuer)
	}
	r.rejected = issuer.trust == TrustRejected
	return true, !r.rejected && (issuer.trust == TrustServers || r.profile.PartialChain || r.selfSigned(issuer))
}

// matchLeaf is the last resort of partial chains: the server certificate
// itself lies in the store.
func (r *opensslRun) matchLeaf() bool {
	if !r.profile.PartialChain || r.rejected || r.untrusted != len(r.chain) {
		return false
	}
	for _, anchor := range r.store {
		if anchor.sameAs(r.chain[0]) {
			r.chain[0] = anchor
			r.untrusted = 0
			r.rejected = anchor.trust == TrustRejected
			return !r.rejected
		}
	}
	return false
}

// checkSignatures is internal_verify: signatures and times from the anchor
// down, the anchor's own time included.
func (r *opensslRun) checkSignatures() bool {
	n := len(r.chain) - 1
	issuer := r.chain[n]
	if !r.issued(issuer, issuer) && !r.profile.PartialChain {
		if n == 0 {
			return !r.stop(errLeafSignature, 0)
		}
		n--
	}
	for ; n >= 0; n-- {
		subject := r.chain[n]
		if subject != issuer && !r.checkSignature(subject, issuer, n) {
			return false
		}
		if err := r.startError(subject); err != errNone && r.stop(err, n) {
			return false
		}
		if err := r.endError(subject); err != errNone && r.stop(err, n) {
			return false
		}
		issuer = subject
	}
	return true
}

func (r *opensslRun) checkSignature(subject, issuer *certificate, depth int) bool {
	if !r.legacy && !issuer.mayUse(usageCertSign) && r.stop(errKeyUsage, depth+1) {
		return false
	}
	if !bytes.Equal(subject.inner, subject.outer) {
		return !r.stop(errSignature, depth)
	}
	ok, known := subject.madeBy(issuer)
	if !known {
		r.undecided = "the provider cannot check the signature of " + quoteSubject(subject)
		return false
	}
	return ok || !r.stop(errSignature, depth)
}
