package readiness

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// EndpointKind is what a client's host is, seen from the DB instance.
type EndpointKind string

// The kinds of endpoints. Codes are API.
const (
	EndpointInstance  EndpointKind = "instance"  // of one DB instance
	EndpointWriter    EndpointKind = "writer"    // the cluster's, which moves with the writer
	EndpointReader    EndpointKind = "reader"    // any of the cluster's readers
	EndpointCustom    EndpointKind = "custom"    // some members of a cluster, not read
	EndpointProxy     EndpointKind = "rds_proxy" // certificates of its own
	EndpointSocket    EndpointKind = "socket"    // no TLS
	EndpointElsewhere EndpointKind = "elsewhere" // another DB instance or cluster of RDS
	EndpointOther     EndpointKind = "other"     // an alias, an address, a tunnel, or not known
	EndpointSeveral   EndpointKind = "several"   // of several kinds
)

// EndpointKinds lists the codes, for descriptions.
func EndpointKinds() []string {
	kinds := []EndpointKind{
		EndpointInstance, EndpointWriter, EndpointReader, EndpointCustom, EndpointProxy, EndpointSocket, EndpointElsewhere, EndpointOther, EndpointSeveral,
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return names
}

// Affected says whether a client meets a new server certificate.
type Affected string

// Whether a client is affected. The zero value is not a code; codes are API.
const (
	AffectedUnknown  Affected = "unknown"        // not decidable from its settings
	AffectedNow      Affected = "now"            // as soon as the switch is applied
	AffectedFailover Affected = "after_failover" // once its endpoint leads to a member that follows
	NotAffected      Affected = "no"
)

// AffectedCodes lists the codes, for descriptions.
func AffectedCodes() []string {
	return []string{string(AffectedNow), string(AffectedFailover), string(NotAffected), string(AffectedUnknown)}
}

// AffectedClient is what a switch is for one client.
type AffectedClient struct {
	Affected Affected
	Endpoint EndpointKind
	// Members are the DB instances that its endpoints can lead to, sorted.
	Members []string
}

// reach is where one host leads.
type reach struct {
	kind EndpointKind
	// now are the members that it leads to, later those that it can lead to
	// after a failover.
	now, later []RotationMember
}

// affected says which members a client reaches, and whether one of them gets
// the target's certificate.
func (in RotationInput) affected(c Client, r Rotation) AffectedClient {
	if c.ViaProxy {
		return AffectedClient{Affected: NotAffected, Endpoint: EndpointProxy}
	}
	var hosts []policy.Host
	for _, p := range c.Policy().Possible() {
		hosts = append(append(hosts, p.Hosts...), p.Later...)
	}
	out := AffectedClient{Affected: AffectedUnknown, Endpoint: EndpointOther}
	for i, host := range hosts {
		reached := in.reach(host, r.Members)
		effect := reached.effect(r)
		if i == 0 {
			out.Endpoint, out.Affected = reached.kind, effect
		} else {
			if reached.kind != out.Endpoint {
				out.Endpoint = EndpointSeveral
			}
			out.Affected = stronger(out.Affected, effect)
		}
		for _, m := range append(reached.now, reached.later...) {
			out.Members = append(out.Members, m.Identifier)
		}
	}
	slices.Sort(out.Members)
	out.Members = slices.Compact(out.Members)
	return out
}

// stronger prefers what is certain to happen, then what cannot be ruled out.
func stronger(a, b Affected) Affected {
	rank := map[Affected]int{NotAffected: 0, AffectedFailover: 1, AffectedUnknown: 2, AffectedNow: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// effect says what the switch is for a client of these members.
func (x reach) effect(r Rotation) Affected {
	follows := func(m RotationMember) bool { return m.Follows }
	switch {
	case r.State == NotCreated:
		return AffectedUnknown
	case !r.moves():
		return NotAffected
	case slices.ContainsFunc(x.now, follows):
		return AffectedNow
	case x.kind == EndpointOther:
		return AffectedUnknown
	case x.kind == EndpointCustom:
		return x.custom()
	case slices.ContainsFunc(x.later, follows):
		return AffectedFailover
	default:
		return NotAffected
	}
}

// custom is the effect on some members of the cluster, of which it is not known
// which.
func (x reach) custom() Affected {
	following := 0
	for _, m := range x.later {
		if m.Follows {
			following++
		}
	}
	switch following {
	case 0:
		return NotAffected
	case len(x.later):
		return AffectedNow
	default:
		return AffectedUnknown
	}
}

// reach finds the members behind a host.
func (in RotationInput) reach(host policy.Host, members []RotationMember) reach {
	name, t := dnsName(host.Name), in.Topology
	if host.Local {
		return reach{kind: EndpointSocket}
	}
	var all reach
	for _, m := range members {
		switch {
		case name == "":
		case name == dnsName(m.Host), m.Identifier == t.Instance && name == dnsName(in.Host):
			return reach{kind: EndpointInstance, now: []RotationMember{m}}
		case m.Role == RoleWriter:
			all.now = append(all.now, m)
		case m.Role == RoleReader:
			all.later = append(all.later, m)
		}
	}
	endpoint, isRDS := rdsca.ParseEndpoint(name)
	switch {
	case name == "":
		return reach{kind: EndpointOther}
	case name == dnsName(t.ClusterEndpoint):
		all.kind = EndpointWriter
		return all
	case name == dnsName(t.ReaderEndpoint):
		all.kind = EndpointReader
		if len(all.later) > 0 { // Without a reader it leads to the writer.
			all.now, all.later = all.later, all.now
		}
		return all
	case isRDS && endpoint.Kind == rdsca.EndpointProxy:
		return reach{kind: EndpointProxy}
	case isRDS && endpoint.Kind == rdsca.EndpointClusterCustom && t.ClusterIdentifier != "":
		return reach{kind: EndpointCustom, later: append(all.now, all.later...)}
	case isRDS && !t.Incomplete && slices.Contains(ownEndpoints(), endpoint.Kind):
		return reach{kind: EndpointElsewhere}
	}
	return reach{kind: EndpointOther}
}

// ownEndpoints are the kinds that RDS lists with a DB instance or cluster: one
// that is not among a topology's belongs to another.
func ownEndpoints() []rdsca.EndpointKind {
	return []rdsca.EndpointKind{rdsca.EndpointInstance, rdsca.EndpointCluster, rdsca.EndpointClusterReader}
}

func dnsName(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }
