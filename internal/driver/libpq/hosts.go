package libpq

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// server is one entry of the lists of hosts, addresses and ports.
type server struct {
	policy.Host
	port string
	// lost: there is no such host, so that libpq goes on to the next one.
	lost bool
}

// hostList is what becomes of a list of hosts.
type hostList struct {
	// tried are the hosts of which one decides the verdict; later are those
	// after it that do not.
	tried, later []policy.Host
	// anyOf: it is not known which of tried the client talks to.
	anyOf bool
}

// hosts returns the server that libpq tries first. Its name is empty where the
// settings give an address alone: nothing can match then. Later servers of a
// list are tried where an earlier one cannot be reached, but not after a
// failed TLS handshake, unless the client takes the list apart itself.
//
// Where several are given with one port, the first is taken to answer. Ports
// that differ are different servers, and so are those of a random order: any
// of them may be the one.
//
// Source: fe-connect.c, PQconnectPoll, 12 to 18; observed with 12.22 to 18.4.
func (c libpqClient) hosts() (list hostList, undecided string) {
	verifiesName := c.get("sslmode") == "verify-full"
	if c.get("host") == "" && c.get("hostaddr") == "" {
		if c.declared.Host == "" && verifiesName {
			return hostList{}, policy.NoHost
		}
		return hostList{tried: []policy.Host{{Name: c.declared.Host, Local: strings.HasPrefix(c.declared.Host, "/")}}}, ""
	}
	servers := c.servers()
	if found := slices.DeleteFunc(slices.Clone(servers), func(s server) bool { return s.lost }); len(found) > 0 {
		servers = found
	}
	first := servers[0]
	for _, s := range servers {
		list.tried = append(list.tried, s.Host)
		elsewhere := s.port != first.port || c.get("load_balance_hosts") == "random"
		list.anyOf = list.anyOf || elsewhere && s.Host != first.Host && (verifiesName || s.Local != first.Local)
	}
	switch {
	case c.build.eachHost:
		list.anyOf = false
	case list.anyOf && slices.ContainsFunc(list.tried, func(h policy.Host) bool { return h.Local != first.Local }):
		return hostList{}, "some of the hosts are Unix sockets and some are not, and it is not known which host answers"
	case !list.anyOf && len(list.tried) > 1:
		list.tried, list.later = list.tried[:1], list.tried[1:]
	}
	return list, ""
}

// servers returns the lists of hosts, addresses and ports as one.
func (c libpqClient) servers() []server {
	names, addresses := strings.Split(c.get("host"), ","), strings.Split(c.get("hostaddr"), ",")
	ports := strings.Split(c.get("port"), ",")
	reached, _ := c.firstPort()
	var servers []server
	for i := range max(len(names), len(addresses)) {
		name, address := at(names, i), at(addresses, i)
		s := server{Host: policy.Host{Name: name}, port: ports[min(i, len(ports)-1)]}
		s.Local = address == "" && (name == "" || name[0] == '/' || name[0] == '@' && c.build.libpq >= 14)
		s.lost = i < reached || address == "" && !s.Local && !Resolvable(name)
		servers = append(servers, s)
	}
	return servers
}

// lostHost is the constant part of libpq's message.
const lostHost = "could not translate host name"

// rejectLost is for hosts of which none can be there.
func (c libpqClient) rejectLost() *policy.Rejection {
	if slices.ContainsFunc(c.servers(), func(s server) bool { return !s.lost }) {
		return nil
	}
	return policy.Invalid("the host name cannot be resolved", lostHost)
}

// Resolvable is false for what is certainly no host: separators of other
// syntaxes that became part of it, and the top-level domain that RFC 6761
// keeps empty.
func Resolvable(name string) bool {
	return !strings.ContainsAny(name, " \t\"'=;(){}<>?#&|$\\") && !strings.HasSuffix(strings.TrimSuffix(name, "."), ".invalid")
}

// at returns an element, or nothing past the end.
func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
