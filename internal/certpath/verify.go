package certpath

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Verify answers whether a client with this validator accepts what the server
// presents, given the trust anchors that the client took from its store, at
// the given time. It is a pure function: equal arguments give equal answers,
// so callers may remember them. The server's name is for [MatchName].
//
// Reason is empty where this package cannot decide: an unknown validator,
// nothing known of what the server presents, or a certificate with a key or
// an encoding that it cannot check. It is [UnpredictablePath] where only
// the root is known and the store holds a subordinate of that root, which can
// be the one that the server will present or another.
//
// Without anchors no path is accepted. Profiles of OpenSSL resolve a
// SecurityLevel of 0 or -1 to the library's default: 1 for OpenSSL 1.1, 2
// for 3.2 and newer and for 3.0 as Debian and Ubuntu build it.
//
// Source: each validator's own function names its source. OpenSSL 1.1.1, 3.0
// and 3.5, OpenJDK 17 and 25, Go and webpki 0.22 to 0.103 were asked about
// every path vector of testdata, Node and Python about those with plain
// certificates; SChannel is from source.
func Verify(p Profile, presented Presented, anchors []Anchor, at time.Time) Result {
	return NewVerifier().Verify(p, presented, anchors, at)
}

// Verify is the function of this name, with the verifier's memory.
func (v *Verifier) Verify(p Profile, presented Presented, anchors []Anchor, at time.Time) Result {
	v.work = 0
	result := v.verify(p, presented, anchors, at)
	if v.spent() {
		return undecidedAtLimit()
	}
	return result
}

func (v *Verifier) verify(p Profile, presented Presented, anchors []Anchor, at time.Time) Result {
	store := v.anchors(anchors)
	path := v.presented(presented.Certificates)
	if what := tooMuch(path, store); what != "" {
		return Result{Reason: SearchLimit, Detail: what}
	}
	if len(path) == 0 {
		return verifyKnownRoot(p, presented, store, at)
	}
	var result Result
	if refused := unreadable(p, path, at); refused != nil {
		return *refused
	}
	doubtful := false
	store = slices.DeleteFunc(store, func(c *certificate) bool {
		if readableBy(p, c) {
			return false
		}
		doubtful = doubtful || unreadable(p, []*certificate{c}, at).Reason == ""
		return true
	})
	switch p.Validator {
	case OpenSSL:
		result = verifyOpenSSL(p, path, store, at).result()
	case Java:
		result = verifyJava(p, path, store, at)
	case Go:
		result = verifyGo(path, store, at)
	case WebPKI:
		result = verifyWebPKI(p.Version, path, store, at)
	case SChannel:
		result = verifyDotNet(path, store, at)
	default:
		return Result{Detail: fmt.Sprintf("the validator %q is not known", p.Validator)}
	}
	if doubtful && result.Reason != Accepted {
		return Result{Detail: "a trust anchor is encoded in a form that the rules do not cover"}
	}
	if result.Reason == UnknownAuthority && holdsRoot(store, presented.RootSHA256) {
		result.Reason = IssuerMissing
		result.Detail = detail(IssuerMissing, path[len(path)-1], at)
	}
	return result
}

// result puts OpenSSL's code into words.
func (r *opensslRun) result() Result {
	if r.undecided != "" {
		return Result{Detail: r.undecided}
	}
	if r.err == errNone {
		anchor := r.top()
		return Result{Reason: Accepted, Anchor: anchor.Certificate, Detail: "the chain ends at " + quoteSubject(anchor)}
	}
	culprit := r.chain[min(r.culprit, len(r.chain)-1)]
	reason := r.reason(culprit)
	return Result{Reason: reason, Detail: detail(reason, culprit, r.at), ClientError: r.err.text(r.legacy)}
}

// reason of OpenSSL's code: where it stands for several things, by the path.
func (r *opensslRun) reason(culprit *certificate) Reason {
	if reason, ok := verifyReasons[r.err]; ok {
		return reason
	}
	switch {
	case r.err == errExpired || r.err == errNotYetValid:
		return timeReason(culprit, r.at)
	case r.err == errIssuerCert:
		return AnchorNotSelfSigned
	case r.err < errChainTooLong:
		return r.unknownReason()
	default:
		return NotConforming // one of the codes of the strict mode
	}
}

// unknownReason is for the codes about an issuer that the store lacks.
func (r *opensslRun) unknownReason() Reason {
	for _, anchor := range r.store {
		if !r.selfSigned(anchor) && slices.ContainsFunc(r.presented, anchor.sameAs) {
			return AnchorNotSelfSigned
		}
	}
	return unknownReason(r.presented, r.store)
}

// timeReason tells why a certificate is not valid at a time.
func timeReason(c *certificate, at time.Time) Reason {
	switch {
	case at.Before(c.NotBefore):
		return CertificateNotYet
	case c.trusted:
		return AnchorExpired
	default:
		return CertificateExpired
	}
}

// unknownReason tells a path with a gap, whose end the store does know, from
// an authority that the store does not know.
func unknownReason(presented, store []*certificate) Reason {
	reached := map[*certificate]bool{presented[0]: true}
	for top := presented[0]; top != nil && !top.selfIssued; {
		var next *certificate
		for _, c := range presented {
			if !reached[c] && top.named(c) {
				next = c
				reached[c] = true
				break
			}
		}
		top = next
	}
	for _, c := range presented {
		if !reached[c] && slices.ContainsFunc(store, c.sameAs) {
			return IssuerMissing
		}
	}
	return UnknownAuthority
}

func holdsRoot(store []*certificate, sha256Hex string) bool {
	sha256Hex = strings.ToLower(sha256Hex)
	return sha256Hex != "" && slices.ContainsFunc(store, func(c *certificate) bool { return fingerprint(c) == sha256Hex })
}

func fingerprint(c *certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// quoteSubject is a certificate's subject for messages, bounded in length.
func quoteSubject(c *certificate) string {
	const longest = 200
	subject := []rune(c.Subject.String())
	if len(subject) > longest {
		subject = append(subject[:longest], '…')
	}
	return `"` + string(subject) + `"`
}

// detail says in words why a certificate stands in the way.
func detail(reason Reason, c *certificate, at time.Time) string {
	const day = "2006-01-02"
	subject := quoteSubject(c)
	switch reason {
	case UnknownAuthority:
		if bytes.Equal(c.RawSubject, c.RawIssuer) {
			return fmt.Sprintf("the chain ends in the root %s, which the trust store does not hold", subject)
		}
		return fmt.Sprintf("the trust store holds no certificate that completes the chain: %s is issued by \"%s\"", subject, c.Issuer)
	case AnchorNotSelfSigned:
		return fmt.Sprintf("the trust store holds a certificate of the chain, but not the chain's self-signed root: %s is issued by \"%s\"",
			subject, c.Issuer)
	case AnchorRejected:
		return fmt.Sprintf("the trust store marks %s as not trusted for TLS servers", subject)
	case CertificateExpired:
		return fmt.Sprintf("%s expired on %s, and the evaluation time is %s", subject, c.NotAfter.UTC().Format(day), at.UTC().Format(day))
	case AnchorExpired:
		return fmt.Sprintf("the trust anchor %s expired on %s, and the evaluation time is %s",
			subject, c.NotAfter.UTC().Format(day), at.UTC().Format(day))
	case CertificateNotYet:
		return fmt.Sprintf("%s is not valid before %s, and the evaluation time is %s", subject, c.NotBefore.UTC().Format(day), at.UTC().Format(day))
	case IssuerMissing:
		return fmt.Sprintf("the server does not send \"%s\", the issuer of %s", c.Issuer, subject)
	case SignatureInvalid:
		return fmt.Sprintf("the signature of %s cannot be verified with the key in its issuer's certificate: that certificate has another key, or one of the two certificates was altered", subject)
	case WeakSignature:
		return fmt.Sprintf("%s is signed with %s, which the client does not accept", subject, c.algorithm.text())
	case WeakKey:
		return fmt.Sprintf("the key of %s (%s, %d bits) is too weak for the client", subject, c.PublicKeyAlgorithm, c.key.bits())
	case NotACA:
		return fmt.Sprintf("%s issued a certificate in the chain, but is not allowed to act as a CA", subject)
	case PathTooLong:
		return fmt.Sprintf("there are more certificates below %s in the chain than its path length constraint or the client allows", subject)
	case WrongPurpose:
		return fmt.Sprintf("the key usages of %s do not allow its use for a TLS server", subject)
	case NameConstraint:
		return fmt.Sprintf("an issuer's name constraints do not allow the names of %s", subject)
	case CriticalExtension:
		return fmt.Sprintf("%s has a critical extension that the client does not know", subject)
	case PolicyRefused:
		return fmt.Sprintf("a certificate in the chain requires a certificate policy that %s does not meet", subject)
	case NotConforming:
		return fmt.Sprintf("%s does not conform to RFC 5280, which the client enforces", subject)
	case MalformedCertificate:
		return fmt.Sprintf("the client cannot use %s", subject)
	case SearchLimit:
		return "the client reaches its own limit and gives up: too many certificates have the same name"
	case Accepted, HostNameMismatch, UnpredictablePath:
		return ""
	default:
		return ""
	}
}
