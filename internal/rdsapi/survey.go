package rdsapi

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
)

// survey is one run of Fleet. It keeps failures as well as answers, so that
// what fails for a thousand instances is asked for once.
type survey struct {
	reader *Reader
	query  FleetQuery
	wg     sync.WaitGroup

	mu    sync.Mutex
	found map[string]DBInstance
	cas   map[string]map[string]string // of members of clusters, wanted or not

	groups   outcomes[groupKey, groupParameters]
	clusters outcomes[string, DBCluster]
	versions outcomes[versionKey, EngineVersion]
	pending  outcomes[struct{}, map[string][]MaintenanceAction]
}

// outcomes asks for each key once.
type outcomes[K comparable, V any] struct {
	mu    sync.Mutex
	byKey map[K]func() (V, error)
}

// ask starts work for a key that nobody asked for before.
func (o *outcomes[K, V]) ask(wg *sync.WaitGroup, key K, work func() (V, error)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, asked := o.byKey[key]; asked {
		return
	}
	if o.byKey == nil {
		o.byKey = map[K]func() (V, error){}
	}
	once := sync.OnceValues(work)
	o.byKey[key] = once
	wg.Go(func() { _, _ = once() })
}

// of returns the answer for a key. Call it after the WaitGroup is done.
func (o *outcomes[K, V]) of(key K) (V, error) {
	answer, asked := o.byKey[key]
	if !asked {
		var none V
		return none, errNotAsked
	}
	return answer()
}

// errNotAsked keeps a mistake in this file from reading as an answer.
var errNotAsked = errors.New("internal error: this value was never requested from AWS")

// list finds the instances: by name if the query names them, else page by page.
func (s *survey) list(ctx context.Context) error {
	if len(s.query.Identifiers) == 0 {
		return s.reader.remembered().instances.walk(ctx, func(page []DBInstance) { s.add(ctx, page) })
	}
	failures := make([]error, len(s.query.Identifiers))
	var wg sync.WaitGroup
	for i, identifier := range s.query.Identifiers {
		wg.Go(func() {
			instance, err := s.reader.DBInstance(ctx, identifier)
			if failures[i] = err; err == nil {
				s.add(ctx, []DBInstance{instance})
			}
		})
	}
	wg.Wait()
	return errors.Join(failures...)
}

// add takes the wanted instances of a page and starts reading their facts. It
// keeps the CA of every member of a cluster, so that the cluster is known to
// have mixed CAs though the query is for one of them.
func (s *survey) add(ctx context.Context, page []DBInstance) {
	for _, instance := range page {
		wanted := s.query.wants(instance)
		s.mu.Lock()
		if id := instance.ClusterIdentifier; id != "" && instance.CAIdentifier != "" {
			if s.cas[id] == nil {
				s.cas[id] = map[string]string{}
			}
			s.cas[id][instance.Identifier] = instance.CAIdentifier
		}
		if wanted {
			s.found[instance.Identifier] = instance
		}
		s.mu.Unlock()
		if wanted {
			s.ask(ctx, instance)
		}
	}
}

// ask starts the calls for what no instance before had.
func (s *survey) ask(ctx context.Context, instance DBInstance) {
	if s.query.EngineVersions {
		key := versionKey{engine: instance.Engine, version: instance.EngineVersion}
		s.versions.ask(&s.wg, key, func() (EngineVersion, error) { return s.reader.EngineVersion(ctx, key.engine, key.version) })
	}
	if id := instance.ClusterIdentifier; id != "" {
		s.clusters.ask(&s.wg, id, func() (DBCluster, error) {
			cluster, err := s.reader.DBCluster(ctx, id)
			if err == nil && (s.query.ForceSSL || (s.query.Babelfish && cluster.Engine == EngineAuroraPostgreSQL)) {
				s.askGroup(ctx, groupKey{cluster: true, name: cluster.ParameterGroup})
			}
			return cluster, err
		})
	} else if s.query.ForceSSL && len(instance.ParameterGroups) > 0 {
		s.askGroup(ctx, groupKey{name: instance.ParameterGroups[0].Name})
	}
}

func (s *survey) askGroup(ctx context.Context, key groupKey) {
	if key.name == "" {
		return
	}
	s.groups.ask(&s.wg, key, func() (groupParameters, error) { return s.reader.parametersOf(ctx, key) })
}

// babelfish is rds.babelfish_status of the cluster of an Aurora instance.
func (s *survey) babelfish(instance DBInstance) (string, error) {
	cluster, err := s.clusters.of(instance.ClusterIdentifier)
	if err != nil {
		return "", err
	}
	parameters, err := cluster.parameters(s.groups.of)
	return parameters.babelfish(), err
}

// report puts everything together. It calls nothing.
func (s *survey) report() Fleet {
	fleet := Fleet{Instances: make([]FleetInstance, 0, len(s.found))}
	gaps := map[string]Gap{}
	clusters := map[string]FleetCluster{}
	for _, instance := range s.found {
		cluster, err := s.clusters.of(instance.ClusterIdentifier)
		if err == nil {
			instance = cluster.govern(instance)
		}
		hidden := err != nil && instance.ClusterIdentifier != "" && instance.CAIdentifier == ""
		if !hidden && !s.query.wantsCA(instance.CAIdentifier) {
			continue
		}
		member := FleetInstance{DBInstance: instance}
		for _, err := range s.complete(&member) {
			text := err.Error()
			gaps[text] = Gap{Err: err, Instances: append(gaps[text].Instances, instance.Identifier)}
		}
		if err == nil {
			clusters[cluster.Identifier] = s.cluster(cluster)
		}
		fleet.Instances = append(fleet.Instances, member)
	}
	for _, gap := range gaps {
		slices.Sort(gap.Instances)
		gap.Instances = slices.Compact(gap.Instances)
		fleet.Gaps = append(fleet.Gaps, gap)
	}
	fleet.Clusters = slices.SortedFunc(maps.Values(clusters), func(a, b FleetCluster) int { return strings.Compare(a.Identifier, b.Identifier) })
	slices.SortFunc(fleet.Instances, func(a, b FleetInstance) int { return strings.Compare(a.Identifier, b.Identifier) })
	slices.SortFunc(fleet.Gaps, func(a, b Gap) int { return strings.Compare(a.Err.Error(), b.Err.Error()) })
	return fleet
}

// cluster adds to a cluster what its members and the list of pending
// maintenance say.
func (s *survey) cluster(c DBCluster) FleetCluster {
	out := FleetCluster{DBCluster: c, MemberCAs: s.cas[c.Identifier]}
	if c.CAIdentifier != "" {
		out.MemberCAs = make(map[string]string, len(c.Members))
		for _, member := range c.Members {
			out.MemberCAs[member.InstanceIdentifier] = c.CAIdentifier
		}
	}
	if s.query.PendingMaintenance {
		if pending, err := s.pending.of(struct{}{}); err == nil {
			out.Pending = append([]MaintenanceAction{}, pending[strings.ToLower(c.ARN)]...)
		}
	}
	return out
}

// complete adds the facts that were asked for and returns why any is missing.
func (s *survey) complete(member *FleetInstance) (missing []error) {
	known := func(err error) bool {
		if err != nil {
			missing = append(missing, err)
		}
		return err == nil
	}
	cluster, noCluster := s.clusters.of(member.ClusterIdentifier)
	if s.query.ForceSSL {
		if setting, err := member.forceSSL(s.clusters.of, s.groups.of); known(err) {
			member.ForceSSL = &setting
		}
	} else if member.ClusterIdentifier != "" {
		known(noCluster)
	}
	if s.query.EngineVersions {
		if version, err := s.versions.of(versionKey{engine: member.Engine, version: member.DBInstance.EngineVersion}); known(err) {
			member.EngineVersion = &version
		}
	}
	if s.query.PendingMaintenance {
		if pending, err := s.pending.of(struct{}{}); known(err) {
			member.Pending = append([]MaintenanceAction{}, pending[strings.ToLower(member.ARN)]...)
			if noCluster == nil && cluster.CAIdentifier != "" {
				member.Pending = append(member.Pending, pending[strings.ToLower(cluster.ARN)]...)
			}
		}
	}
	if s.query.Babelfish && member.Engine == EngineAuroraPostgreSQL {
		if status, err := s.babelfish(member.DBInstance); known(err) {
			member.BabelfishStatus = status
		}
	}
	return missing
}
