package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// server is one PostgreSQL server to ask.
type server struct {
	instance string // DB instance identifier; empty with host
	endpoint postgres.Endpoint
}

// observed is what one server said, or why it said nothing.
type observed struct {
	server

	observation postgres.Observation
	err         error
}

var (
	errNoEndpoint = errors.New("RDS reports no endpoint: the DB instance is still being created")
	errNoMembers  = errors.New("the DB cluster has no member, so there is no server to query")
)

// name is how messages call the server.
func (s server) name() string {
	if s.instance != "" {
		return "DB instance " + strconv.Quote(s.instance)
	}
	return net.JoinHostPort(s.endpoint.Host, strconv.Itoa(int(s.endpoint.Port)))
}

// named is the error with the DB instance that it is of. The adapter's names
// the address already.
func (o observed) named() error {
	if o.instance == "" {
		return o.err
	}
	return fmt.Errorf("%s: %w", o.name(), o.err)
}

// serversOf are all that have to be asked: of a cluster each member, since a
// server shows its own sessions only.
func serversOf(ctx context.Context, s *services, given fields) ([]server, error) {
	port := portOf(int(given.number("port")))
	if given.isSet("host") {
		return []server{{endpoint: postgres.Endpoint{Host: given.text("host"), Port: cmp.Or(port, postgres.DefaultPort)}}}, nil
	}
	reader, err := s.rds(ctx, given.text("region"))
	if err != nil {
		return nil, err
	}
	identifiers, err := instancesOf(ctx, reader, given)
	if err != nil {
		return nil, err
	}
	servers := make([]server, len(identifiers))
	for i, id := range identifiers {
		instance, err := postgreSQL(ctx, reader, id)
		if err != nil {
			return nil, err
		}
		servers[i] = server{instance: id, endpoint: endpointOf(instance)}
		servers[i].endpoint.Port = cmp.Or(port, servers[i].endpoint.Port)
	}
	return servers, nil
}

// instancesOf names the DB instance that is given, or those of the cluster.
func instancesOf(ctx context.Context, reader *rdsapi.Reader, given fields) ([]string, error) {
	if !given.isSet("db_cluster_identifier") {
		return []string{given.text("db_instance_identifier")}, nil
	}
	cluster, err := reader.DBCluster(ctx, given.text("db_cluster_identifier"))
	if err == nil && len(cluster.Members) == 0 {
		err = errNoMembers
	}
	return memberNames(cluster.Members), err
}

func memberNames(members []rdsapi.ClusterMember) []string {
	return each(members, func(member rdsapi.ClusterMember) string { return member.InstanceIdentifier })
}

// observe asks all servers at the same time, so that looking for a while at a
// cluster takes no longer than at an instance.
func observe(ctx context.Context, s *services, given fields, servers []server) []observed {
	look := postgres.Look{ObserveFor: given.duration("observe_for"), SampleInterval: given.duration("sample_interval")}
	results := make([]observed, len(servers))
	var wait sync.WaitGroup
	for i, one := range servers {
		wait.Go(func() {
			results[i].server = one
			if one.endpoint.Host == "" {
				results[i].err = errNoEndpoint
				return
			}
			if !s.known() {
				results[i].err = errProviderNotKnown
				return
			}
			login := s.postgres(one.endpoint.Host, one.endpoint.Port, given.text("region"))
			login.TotalTimeout = given.duration("timeout")
			results[i].observation, results[i].err = postgres.Sessions(ctx, login, look)
		})
	}
	wait.Wait()
	return results
}

// observationBy is what all servers said, for a judgement.
func observationBy(all []observed, from, to time.Time) readiness.Observation {
	o := readiness.Observation{Source: "sslready_clients", From: from, To: to, Complete: true}
	var why []string
	remedy := ""
	for _, seen := range all {
		switch {
		case seen.err != nil:
			why = append(why, seen.name()+" could not be queried")
		case !seen.observation.Complete:
			why = append(why, fmt.Sprintf("on %s, the provider's role is not allowed to see every session (number of hidden sessions: %d)", seen.name(), seen.observation.HiddenSessions))
			remedy = ". Grant pg_read_all_stats to the provider's role."
		}
		for _, c := range seen.observation.Clients {
			session := readiness.Session{
				Username: shownName(c.Username), Database: shownName(c.Database), ApplicationName: shownName(c.ApplicationName), ClientAddr: c.ClientAddr, Sessions: int64(c.Sessions),
				First: c.FirstSeen, Last: c.LastSeen,
			}
			if !c.Hidden {
				session.SSL = &c.SSL
			}
			o.Sessions = append(o.Sessions, session)
		}
	}
	o.Complete, o.Why = len(why) == 0, strings.Join(why, "; ")+remedy
	return o
}

// merged is what all servers said. A server that said nothing leaves the counts
// null: a sum without it would look like an answer.
func merged(all []observed) fields {
	var sum postgres.Observation
	var clients []fields
	var unreachable []string
	complete := true
	for i, seen := range all {
		if seen.err != nil {
			unreachable = append(unreachable, seen.name())
			continue
		}
		o := seen.observation
		complete = complete && o.Complete
		sum.SSLSessions += o.SSLSessions
		sum.PlaintextSessions += o.PlaintextSessions
		sum.HiddenSessions += o.HiddenSessions
		if i == 0 || o.Samples < sum.Samples {
			sum.Samples = o.Samples
		}
		sum.ServerVersion = cmp.Or(sum.ServerVersion, o.ServerVersion)
		for _, c := range o.Clients {
			clients = append(clients, sessionsOfClient(seen.instance, c))
		}
	}
	answer := fields{
		"reachable": types.BoolValue(unreachable == nil), "complete": types.BoolValue(complete && unreachable == nil),
		"unreachable": textList(unreachable), "clients": clientsAttributes()["clients"].nested.list(clients),
		"samples": types.Int64Value(0), "server_version": optionalText(sum.ServerVersion),
	}
	if unreachable == nil {
		answer["ssl_sessions"], answer["plaintext_sessions"] = types.Int64Value(int64(sum.SSLSessions)), types.Int64Value(int64(sum.PlaintextSessions))
		answer["hidden_sessions"], answer["samples"] = types.Int64Value(int64(sum.HiddenSessions)), types.Int64Value(int64(sum.Samples))
	}
	return answer
}

func sessionsOfClient(instance string, c postgres.Client) fields {
	f := fields{
		"instance": optionalText(instance), "database": nameGiven(c.Database), "username": nameGiven(c.Username),
		"application_name": nameGiven(c.ApplicationName), "client_addr": optionalText(c.ClientAddr),
		"tls_version": optionalText(c.TLSVersion), "cipher": optionalText(c.Cipher), "client_dn": optionalText(c.ClientDN),
		"sessions": types.Int64Value(int64(c.Sessions)), "samples": types.Int64Value(int64(c.Samples)),
		"first_seen": seenAt(c.FirstSeen), "last_seen": seenAt(c.LastSeen),
	}
	if !c.Hidden {
		f["ssl"] = types.BoolValue(c.SSL)
	}
	if c.SSL {
		f["bits"] = types.Int64Value(int64(c.Bits))
	}
	return f
}
