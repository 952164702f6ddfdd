package clients

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
)

// Case is one combination to be predicted and judged.
type Case struct {
	Template Template
	Store    string // kind of trust store
	Server   string // kind of server
	User     string // what the server enforces: see [Users]
	Host     string // how the client calls the server
}

// ID names the case; it is the same in every run.
func (c Case) ID() string {
	return strings.Join([]string{c.Template.ID, c.Store, c.Server, c.User, c.Host}, "/")
}

// Users are the roles of each server: for open it takes plaintext and TLS,
// for hostssl TLS alone, for rejected it turns plaintext away by a rule of
// its own.
func Users() []string { return []string{"open", "hostssl", "rejected"} }

// Names that a client can call a server by.
var hosts = []string{"localhost", "127.0.0.1"}

const fullServer = "full"

// coreStores meet every kind of server; the others meet the usual one only.
var coreStores = []string{"absent", "root", "other_root", "subordinate", "root_and_subordinate"}

// nameServers differ in the names of their certificate.
var nameServers = []string{fullServer, "wrong_name", "cn_only", "ip_san"}

// Expand returns the cases of a driver's settings for one version of it, each
// once, in the order of their IDs.
func Expand(s Settings, version, runtime string) []Case {
	var cases []Case
	for _, t := range s.Templates {
		if t.applies(version, runtime) {
			cases = append(cases, t.cases()...)
		}
	}
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Compare(a.ID(), b.ID()) })
	return slices.CompactFunc(cases, func(a, b Case) bool { return a.ID() == b.ID() })
}

// cases varies one thing at a time around the usual server, and the core
// stores with every server: all combinations would be too many to run.
func (t Template) cases() []Case {
	stores := narrow(t.Stores, StoreKinds(), map[string][]string{"keystores": KeyStoreKinds()})
	servers := narrow(t.Servers, ServerKinds(), nil)
	names := narrow(t.Hosts, hosts, nil)
	users := narrow(t.Users, Users(), nil)
	core := intersect(stores, coreStores)
	if len(core) == 0 {
		core = stores[:min(len(stores), 3)]
	}
	main := servers[:1]
	if slices.Contains(servers, fullServer) {
		main = []string{fullServer}
	}

	var cases []Case
	add := func(stores, servers, users, hosts []string) {
		for _, store := range stores {
			for _, server := range servers {
				for _, user := range users {
					for _, host := range hosts {
						cases = append(cases, Case{Template: t, Store: store, Server: server, User: user, Host: host})
					}
				}
			}
		}
	}
	usual := without(users, "rejected")
	add(stores, main, usual, names[:1])
	add(core, servers, usual[len(usual)-1:], names[:1])
	add(core[:1], servers, usual, names[:1])
	add(core[:min(len(core), 3)], main, users, names[:1])
	add(core[:min(len(core), 3)], intersect(servers, nameServers), usual, names)
	return cases
}

// narrow returns what a list of a template asks for.
func narrow(list, all []string, groups map[string][]string) []string {
	if len(list) == 0 {
		return all
	}
	var names []string
	for _, name := range list {
		switch {
		case name == "*":
			names = append(names, all...)
		case groups[name] != nil:
			names = append(names, groups[name]...)
		default:
			names = append(names, name)
		}
	}
	return names
}

func intersect(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// without drops a name unless nothing else is there.
func without(list []string, name string) []string {
	if rest := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name }); len(rest) > 0 {
		return rest
	}
	return list
}

// Sample returns at most n of the cases: always the same ones for a judge,
// and others for another judge, spread over all settings.
func Sample(cases []Case, judge string, n int) []Case {
	if n <= 0 || len(cases) <= n {
		return cases
	}
	type ranked struct {
		round int // how many of the setting's cases come before this one
		hash  uint64
		Case
	}
	list := make([]ranked, len(cases))
	for i, c := range cases {
		h := fnv.New64a()
		_, _ = h.Write([]byte(judge + "|" + c.ID()))
		list[i] = ranked{hash: h.Sum64(), Case: c}
	}
	slices.SortFunc(list, func(a, b ranked) int { return cmp.Compare(a.hash, b.hash) })
	seen := map[string]int{}
	for i := range list {
		list[i].round = seen[list[i].Template.ID]
		seen[list[i].Template.ID]++
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(a.round, b.round) })
	chosen := make([]Case, n)
	for i := range chosen {
		chosen[i] = list[i].Case
	}
	slices.SortFunc(chosen, func(a, b Case) int { return cmp.Compare(a.ID(), b.ID()) })
	return chosen
}
