package provider

import (
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

// servers are all that have to be asked: of a cluster each member, since a
// server shows its own sessions only.
func (d *clientsDataSource) servers(ctx context.Context, m clientsModel) ([]server, error) {
	port := portOf(int(m.Port.ValueInt64()))
	if !m.Host.IsNull() {
		if port == 0 {
			port = postgres.DefaultPort
		}
		return []server{{endpoint: postgres.Endpoint{Host: m.Host.ValueString(), Port: port}}}, nil
	}
	reader, err := d.services.rds(ctx, m.Region)
	if err != nil {
		return nil, err
	}
	identifiers := []string{m.DBInstanceIdentifier.ValueString()}
	if !m.DBClusterIdentifier.IsNull() {
		cluster, err := reader.DBCluster(ctx, m.DBClusterIdentifier.ValueString())
		if err != nil {
			return nil, err
		}
		identifiers = identifiers[:0]
		for _, member := range cluster.Members {
			identifiers = append(identifiers, member.InstanceIdentifier)
		}
		if len(identifiers) == 0 {
			return nil, errNoMembers
		}
	}
	servers := make([]server, len(identifiers))
	for i, id := range identifiers {
		instance, err := postgreSQL(ctx, reader, id)
		if err != nil {
			return nil, err
		}
		servers[i] = server{instance: id, endpoint: endpointOf(instance)}
		if port != 0 {
			servers[i].endpoint.Port = port
		}
	}
	return servers, nil
}

// observe asks all servers at the same time, so that looking for a while at a
// cluster takes no longer than at an instance.
func (d *clientsDataSource) observe(ctx context.Context, m clientsModel, servers []server) []observed {
	results := make([]observed, len(servers))
	var wait sync.WaitGroup
	for i, s := range servers {
		wait.Go(func() {
			results[i].server = s
			if s.endpoint.Host == "" {
				results[i].err = errNoEndpoint
				return
			}
			if !d.services.known() {
				results[i].err = errProviderNotKnown
				return
			}
			login := d.services.postgres(s.endpoint.Host, s.endpoint.Port, m.Region)
			login.TotalTimeout = durationOf(m.Timeout.ValueString())
			results[i].observation, results[i].err = postgres.Sessions(ctx, login, m.look())
		})
	}
	wait.Wait()
	return results
}

// observationBy is what all servers said, for a judgement.
func observationBy(all []observed, from, to time.Time) readiness.Observation {
	o := readiness.Observation{Source: "sslready_clients", From: from, To: to, Complete: true}
	var why []string
	for _, seen := range all {
		switch {
		case seen.err != nil:
			why = append(why, seen.name()+" could not be queried.")
		case !seen.observation.Complete:
			why = append(why, fmt.Sprintf("On %s, the provider's role is not allowed to see %d sessions: grant it pg_read_all_stats.", seen.name(), seen.observation.HiddenSessions))
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
	o.Complete, o.Why = len(why) == 0, strings.Join(why, " ")
	return o
}

// add merges one server's answer. A server that said nothing leaves the
// counts null: a sum without it would look like an answer.
func (m *clientsModel) add(seen observed) {
	if seen.err != nil {
		m.Reachable, m.Complete = types.BoolValue(false), types.BoolValue(false)
		m.SSLSessions, m.PlaintextSessions, m.HiddenSessions = types.Int64Null(), types.Int64Null(), types.Int64Null()
		m.Unreachable = append(m.Unreachable, shown(seen.name()))
		m.Samples = types.Int64Value(0)
		return
	}
	o := seen.observation
	if !o.Complete {
		m.Complete = types.BoolValue(false)
	}
	m.SSLSessions = plus(m.SSLSessions, o.SSLSessions)
	m.PlaintextSessions = plus(m.PlaintextSessions, o.PlaintextSessions)
	m.HiddenSessions = plus(m.HiddenSessions, o.HiddenSessions)
	if samples := int64(o.Samples); m.Samples.IsNull() || samples < m.Samples.ValueInt64() {
		m.Samples = types.Int64Value(samples)
	}
	if m.ServerVersion.IsNull() {
		m.ServerVersion = optionalText(o.ServerVersion)
	}
	for _, c := range o.Clients {
		m.Clients = append(m.Clients, sessionsOfClient(seen.instance, c))
	}
}

func sessionsOfClient(instance string, c postgres.Client) sessionsModel {
	s := sessionsModel{
		Instance: optionalText(instance),
		Database: nameGiven(c.Database), Username: nameGiven(c.Username),
		ApplicationName: nameGiven(c.ApplicationName), ClientAddr: optionalText(c.ClientAddr),
		SSL: types.BoolValue(c.SSL), TLSVersion: optionalText(c.TLSVersion), Cipher: optionalText(c.Cipher),
		ClientDN: optionalText(c.ClientDN), Sessions: types.Int64Value(int64(c.Sessions)), Samples: types.Int64Value(int64(c.Samples)),
		FirstSeen: seenAt(c.FirstSeen), LastSeen: seenAt(c.LastSeen),
	}
	if c.Hidden {
		s.SSL = types.BoolNull()
	}
	if c.SSL {
		s.Bits = types.Int64Value(int64(c.Bits))
	}
	return s
}

// plus adds to a count, and leaves one that is not known as it is.
func plus(count types.Int64, n int) types.Int64 {
	if count.IsNull() {
		return count
	}
	return types.Int64Value(count.ValueInt64() + int64(n))
}
