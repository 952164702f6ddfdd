package certpath

import "slices"

// check holds a path, leaf first, against the PKIX rules below an anchor. The
// anchor's own dates, basicConstraints and nameConstraints do not matter.
func (r *javaRun) check(path []*certificate, anchor *certificate) *javaFailure {
	for _, c := range path {
		if !c.spend(c.readingWork()) {
			return &javaFailure{SearchLimit, "", c}
		}
	}
	// Below an anchor of ECDH the signature fails first.
	if message := disabledKey(anchor, r.older); message != "" && anchor.key.family != familyECDH {
		if r.older {
			message = "Algorithm constraints check failed on signature algorithm: " + javaAlgorithm(path[len(path)-1])
		}
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
	checks := []func(*certificate) *javaFailure{uselessUsage}
	if !leaf {
		checks = append(checks, state.checkCA)
	}
	if !r.older {
		slices.Reverse(checks)
	}
	for _, check := range checks {
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
		r.undecided = "two certificates in the chain, one of them " + quoteSubject(c) + ", permit only certain addresses, and the rules do not cover how Java combines their constraints"
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
		r.undecided = "the provider cannot check the signature of " + quoteSubject(c)
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
