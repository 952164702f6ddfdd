package policy

import "slices"

// Summary is a policy in a few words, for people who configure a client.
type Summary struct {
	// Mode is the driver's effective mode in its own word.
	Mode string
	// Encrypts: the driver's first attempt uses TLS.
	Encrypts bool
	// VerifiesPath and VerifiesHost: every TLS attempt does.
	VerifiesPath, VerifiesHost bool
	// FallsBackToPlaintext: a plaintext attempt can follow one of TLS.
	FallsBackToPlaintext bool
	// Anchors says where trust anchors come from: "none", "file", "missing",
	// "system" or "empty".
	Anchors string
	// Path is the file that the settings name; empty for a default place.
	Path string
}

// Agreed is the policy that stands for all that may be the client's, where they
// come to the same summary; else the policy itself.
func (p Policy) Agreed() Policy {
	all := p.Possible()
	for _, other := range all {
		if other.Undecided != "" || (other.Rejection == nil) != (all[0].Rejection == nil) || Summarize(other) != Summarize(all[0]) {
			return p
		}
	}
	return all[len(all)-1]
}

// Summarize sums up a policy that is neither rejected nor undecided.
func Summarize(p Policy) Summary {
	s := Summary{Mode: p.Mode, Anchors: p.Anchors.Source.String(), Path: p.Anchors.Path}
	if len(p.Attempts) == 0 {
		return s
	}
	tls := slices.DeleteFunc(slices.Clone(p.Attempts), func(a Attempt) bool { return !a.TLS })
	if len(tls) == 0 {
		s.Anchors, s.Path = NoSource.String(), ""
		return s
	}
	s.Encrypts = p.Attempts[0].TLS
	s.VerifiesPath = !slices.ContainsFunc(tls, func(a Attempt) bool { return !a.VerifyPath })
	s.VerifiesHost = !slices.ContainsFunc(tls, func(a Attempt) bool { return !a.VerifyHost })
	for i, a := range p.Attempts[1:] {
		before := p.Attempts[i]
		if !a.TLS && before.TLS && before.After&(TLSUnsupported|TLSFailed) != 0 {
			s.FallsBackToPlaintext = true
		}
	}
	if !slices.ContainsFunc(tls, func(a Attempt) bool { return a.VerifyPath }) {
		s.Anchors, s.Path = NoSource.String(), ""
	}
	return s
}
