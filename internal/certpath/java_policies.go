package certpath

import (
	"math"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

const anyPolicy = "2.5.29.32.0"

// javaPolicies is Java's PolicyChecker for a client that asks for no policy:
// policies matter where a certificate demands one.
//
// The tree of RFC 5280, 6.1.2, is a set here: with every policy allowed at its
// root, it only matters which policies the next certificate may have.
//
// Source: OpenJDK 17, sun.security.provider.certpath.PolicyChecker.
type javaPolicies struct {
	expected                 map[string]bool // what the next certificate may have; nil is no valid policy any more
	explicit, mapping, anyOf int             // certificates until a policy is demanded, mapping ends, anyPolicy ends
}

func newJavaPolicies(length int) javaPolicies {
	return javaPolicies{map[string]bool{anyPolicy: true}, length + 1, length + 1, length + 1}
}

// check takes the next certificate, from the anchor down.
func (p *javaPolicies) check(c *certificate, leaf bool) *javaFailure {
	policies, qualified := c.policies()
	if p.expected != nil && policies == nil {
		p.expected = nil
	} else if p.expected != nil {
		if qualified && c.critical(extPolicies) {
			return &javaFailure{PolicyRefused, "critical policy qualifiers present in certificate", c}
		}
		if failure := p.advance(c, policies, leaf); failure != nil {
			return failure
		}
	}
	require, inhibit := policyConstraints(c.value(extPolicyConstraints))
	if leaf {
		p.explicit = countDown(p.explicit, c)
		if require == 0 {
			p.explicit = 0
		}
	}
	if p.explicit == 0 && len(p.expected) == 0 {
		return &javaFailure{PolicyRefused, "non-null policy tree required and policy tree is null", c}
	}
	if !leaf {
		p.explicit = atMost(countDown(p.explicit, c), require)
		p.mapping = atMost(countDown(p.mapping, c), inhibit)
		p.anyOf = atMost(countDown(p.anyOf, c), c.inhibitAny())
	}
	return nil
}

func countDown(n int, c *certificate) int {
	if n > 0 && !c.selfIssued {
		return n - 1
	}
	return n
}

func atMost(n, limit int) int {
	if limit >= 0 {
		return min(n, limit)
	}
	return n
}

// advance finds which of a certificate's policies are valid, and maps them.
func (p *javaPolicies) advance(c *certificate, policies []string, leaf bool) *javaFailure {
	valid := map[string]bool{}
	for _, policy := range policies {
		switch {
		case policy != anyPolicy:
			if p.expected[policy] || p.expected[anyPolicy] {
				valid[policy] = true
			}
		case p.anyOf > 0 || (!leaf && c.selfIssued):
			for e := range p.expected {
				valid[e] = true
			}
		}
	}
	p.expected = valid
	if leaf {
		return nil
	}
	for _, pair := range c.policyMappings() {
		switch {
		case pair[0] == anyPolicy:
			return &javaFailure{PolicyRefused, "encountered an issuerDomainPolicy of ANY_POLICY", c}
		case pair[1] == anyPolicy:
			return &javaFailure{PolicyRefused, "encountered a subjectDomainPolicy of ANY_POLICY", c}
		case valid[pair[0]] && p.mapping > 0:
			delete(valid, pair[0])
			valid[pair[1]] = true
		case valid[pair[0]]:
			delete(valid, pair[0])
		case valid[anyPolicy] && p.mapping > 0:
			valid[pair[1]] = true
		}
	}
	return nil
}

// policies are the identifiers of certificatePolicies; nil where there is no
// extension that Java can read. qualified is whether one other than anyPolicy
// has qualifiers.
func (c *certificate) policies() (ids []string, qualified bool) {
	value := c.value(extPolicies)
	list, ok := sequence(value)
	if !ok || !alone(value, cbasn1.SEQUENCE) {
		return nil, false
	}
	ids = []string{}
	for !list.Empty() {
		var one, oid cryptobyte.String
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) {
			return nil, false
		}
		id := asn.Identifier(oid)
		ids = append(ids, id)
		qualified = qualified || (id != anyPolicy && !one.Empty())
	}
	return ids, qualified
}

// wellFormedPolicies checks each policy of certificatePolicies, and its qualifiers.
func wellFormedPolicies(value []byte) bool {
	list, ok := sequence(value)
	for ok && !list.Empty() {
		var one, oid, qualifiers cryptobyte.String
		var qualified bool
		ok = list.ReadASN1(&one, cbasn1.SEQUENCE) && one.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && asn.WellFormedIdentifier(oid) &&
			one.ReadOptionalASN1(&qualifiers, &qualified, cbasn1.SEQUENCE) && one.Empty()
	}
	return ok
}

// policyConstraints are requireExplicitPolicy and inhibitPolicyMapping; -1 is
// none.
func policyConstraints(value []byte) (require, inhibit int) {
	require, inhibit = -1, -1
	list, ok := sequence(value)
	if !ok {
		return require, inhibit
	}
	for i, to := range []*int{&require, &inhibit} {
		var number cryptobyte.String
		var present bool
		if list.ReadOptionalASN1(&number, &present, cbasn1.Tag(uint8(i)).ContextSpecific()) && present { //nolint:gosec // 0 or 1
			*to = small(number)
		}
	}
	return require, inhibit
}

func (c *certificate) inhibitAny() int {
	input := cryptobyte.String(c.value(extInhibitAnyPolicy))
	var number cryptobyte.String
	if !input.ReadASN1(&number, cbasn1.INTEGER) {
		return -1
	}
	return small(number)
}

// small is a number that counts certificates. Negative ones count as none; one
// that Java cannot hold is beyond.
func small(contents []byte) int {
	value := asn.Integer(contents)
	if !value.IsInt64() || value.Int64() > math.MaxInt32 {
		return beyond
	}
	return int(max(value.Int64(), -1))
}

// policyMappings are pairs of issuer's and subject's policy.
func (c *certificate) policyMappings() (pairs [][2]string) {
	list, _ := sequence(c.value(extPolicyMappings))
	for !list.Empty() {
		var one, from, to cryptobyte.String
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&from, cbasn1.OBJECT_IDENTIFIER) || !one.ReadASN1(&to, cbasn1.OBJECT_IDENTIFIER) {
			return pairs
		}
		pairs = append(pairs, [2]string{asn.Identifier(from), asn.Identifier(to)})
	}
	return pairs
}
