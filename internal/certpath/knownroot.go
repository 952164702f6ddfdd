package certpath

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// verifyKnownRoot judges before there is a certificate to see: the server will
// present its certificate, one subordinate CA that cannot be predicted, and
// the root with the given fingerprint.
//
// Source: what RDS PostgreSQL presents under its g1 CAs, from public reports;
// the subordinates last ten years, and every Region has several of each kind.
func verifyKnownRoot(p Profile, presented Presented, store []*certificate, at time.Time) Result {
	if presented.RootSHA256 == "" && presented.RootSHA1 == "" {
		return Result{Detail: "nothing is known about the certificates that the server presents"}
	}
	if !slices.Contains([]Validator{OpenSSL, Java, Go, WebPKI, SChannel}, p.Validator) {
		return Result{Detail: fmt.Sprintf("the validator %q is not known", p.Validator)}
	}
	for _, anchor := range store {
		if fingerprint(anchor) == strings.ToLower(presented.RootSHA256) {
			if rejected := rejectedBelow(p, store, presented.RootSubject); rejected != nil {
				return Result{
					Reason: UnpredictablePath,
					Detail: fmt.Sprintf("the trust store rejects %s, and it cannot be predicted whether the server will present that very certificate", quoteSubject(rejected)),
				}
			}
			return rootInStore(p, anchor, at)
		}
	}
	subordinate := findSubordinate(store, presented.RootSubject)
	if subordinate == nil {
		return Result{
			Reason:      UnknownAuthority,
			Detail:      fmt.Sprintf("the trust store does not hold the root %s", rootName(presented)),
			ClientError: unknownRootError(p),
		}
	}
	if needsSelfSigned(p) && subordinate.trust != TrustServers {
		return Result{
			Reason: AnchorNotSelfSigned,
			Detail: fmt.Sprintf("the trust store holds %s, but not its self-signed root %s",
				quoteSubject(subordinate), rootName(presented)),
		}
	}
	return Result{
		Reason: UnpredictablePath,
		Detail: fmt.Sprintf("the trust store lacks the root %s but holds %s, and it cannot be predicted whether the server will present that very certificate",
			rootName(presented), quoteSubject(subordinate)),
	}
}

// needsSelfSigned reports a validator whose paths must end at a self-signed
// anchor.
func needsSelfSigned(p Profile) bool {
	return (p.Validator == OpenSSL && !p.PartialChain) || p.Validator == SChannel
}

// rootInStore judges an anchor that is the root of the path to come.
func rootInStore(p Profile, anchor *certificate, at time.Time) Result {
	result := Result{Reason: Accepted, Anchor: anchor.Certificate, Detail: "the chain will end at " + quoteSubject(anchor)}
	refuse := func(reason Reason, clientError string) Result {
		return Result{Reason: reason, Detail: detail(reason, anchor, at), ClientError: clientError}
	}
	switch p.Validator {
	case OpenSSL:
		run := opensslRun{profile: p, level: securityLevel(p), legacy: isLegacyOpenSSL(p.Version), at: at}
		switch {
		case anchor.trust == TrustRejected:
			return refuse(AnchorRejected, errRejected.text(run.legacy))
		case !run.selfSigned(anchor) && !p.PartialChain:
			return refuse(AnchorNotSelfSigned, errIssuerCert.text(run.legacy))
		case !run.keyStrong(anchor):
			return refuse(WeakKey, errCAKeyTooWeak.text(run.legacy))
		case run.timeError(anchor) == errNotYetValid:
			return refuse(CertificateNotYet, errNotYetValid.text(run.legacy))
		case run.timeError(anchor) == errExpired:
			return refuse(AnchorExpired, errExpired.text(run.legacy))
		}
	case Java:
		if message := disabledKey(anchor, javaUpTo17(p.Version)); message != "" {
			return refuse(WeakKey, message)
		}
		if failure := nonCAAnchor(anchor); failure != nil {
			return failure.result(at)
		}
	case Go, SChannel:
		if at.After(anchor.NotAfter) || at.Before(anchor.NotBefore) {
			return refuse(timeReason(anchor, at), "")
		}
	case WebPKI: // looks at an anchor's name and key only
	}
	return result
}

// unknownRootError is what the client prints for RDS's path, which ends with
// the self-signed root, where the store does not know it.
func unknownRootError(p Profile) string {
	switch p.Validator {
	case OpenSSL:
		return errSelfSignedInChain.text(isLegacyOpenSSL(p.Version))
	case Java:
		return "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: " +
			"unable to find valid certification path to requested target"
	case Go:
		return "x509: certificate signed by unknown authority"
	case WebPKI:
		return "invalid peer certificate: UnknownIssuer"
	case SChannel:
		return dotNetError
	default:
		return ""
	}
}

func rootName(presented Presented) string {
	switch {
	case presented.RootSubject != "":
		return `"` + presented.RootSubject + `"`
	case presented.RootSHA256 != "":
		return "with the SHA-256 " + presented.RootSHA256
	default:
		return "with the thumbprint " + presented.RootSHA1
	}
}

// rejectedBelow returns a subordinate of the root that the trust settings of
// OpenSSL reject.
func rejectedBelow(p Profile, store []*certificate, root string) *certificate {
	if p.Validator != OpenSSL {
		return nil
	}
	rejected := slices.DeleteFunc(slices.Clone(store), func(c *certificate) bool { return c.trust != TrustRejected })
	return findSubordinate(rejected, root)
}

// findSubordinate returns an anchor that is not self-issued and stands below
// the root of the given name: a subordinate CA of it, or a server certificate
// of a subordinate that is named as RDS names them.
func findSubordinate(store []*certificate, root string) *certificate {
	if root == "" {
		return nil
	}
	below := strings.Replace(root, " Root CA ", " Subordinate CA ", 1)
	for _, anchor := range store {
		if anchor.selfIssued {
			continue
		}
		issuer := anchor.Issuer
		if issuer.CommonName == root || issuer.String() == root {
			return anchor
		}
		if below != root && strings.HasPrefix(issuer.CommonName, below+".") {
			return anchor
		}
	}
	return nil
}
