package rdsserver

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Instance is a DB instance of the server. Empty strings, nil maps and zero
// times are left out of responses, as RDS does.
type Instance struct {
	// Identifier is the DB instance identifier, in lower case.
	Identifier string
	// ARN is derived from the identifier.
	ARN string
	// Class is the DB instance class; empty means db.t4g.micro.
	Class string
	// Engine and EngineVersion, such as postgres and 15.18.
	Engine, EngineVersion string
	// Status is the DB instance status; empty means available.
	Status string
	// Host and Port are the endpoint. An empty Host means that the endpoint
	// does not exist yet.
	Host string
	Port int
	// MasterUsername as given at creation.
	MasterUsername string
	// AllocatedStorage in GiB; 0 means 20.
	AllocatedStorage int
	// ParameterGroup is the DB parameter group and ParameterApplyStatus its
	// status on this instance; empty means in-sync.
	ParameterGroup, ParameterApplyStatus string
	// CAIdentifier is the CA of the present server certificate, PendingCA the
	// one that waits for the maintenance window; empty means none waits.
	CAIdentifier, PendingCA string
	// ServerCertificateValidTill is when the server certificate ends.
	ServerCertificateValidTill time.Time
	// ClusterIdentifier is the DB cluster that the instance is a member of.
	ClusterIdentifier string
	// ReplicaSource is the identifier of the instance it replicates.
	ReplicaSource string
	// MaintenanceWindow is the preferred one, such as sun:05:00-sun:06:00.
	MaintenanceWindow string
	// LogExports are the logs that go to CloudWatch Logs.
	LogExports []string
	// Tags of the instance.
	Tags map[string]string
}

// Cluster is an Aurora cluster or a Multi-AZ DB cluster of the server.
type Cluster struct {
	// Identifier is the DB cluster identifier, in lower case.
	Identifier string
	// ARN is derived from the identifier.
	ARN string
	// Engine is aurora-postgresql, or postgres for a Multi-AZ DB cluster.
	Engine, EngineVersion string
	// Endpoint and ReaderEndpoint are host names, Port is that of both.
	Endpoint, ReaderEndpoint string
	Port                     int
	// ParameterGroup is the DB cluster parameter group.
	ParameterGroup string
	// Members in the order of the response.
	Members []Member
	// CAIdentifier and ServerCertificateValidTill are set for a Multi-AZ DB
	// cluster only: Aurora keeps the CA on its instances. PendingCA waits for
	// the maintenance window.
	CAIdentifier, PendingCA    string
	ServerCertificateValidTill time.Time
	// MaintenanceWindow is the preferred one.
	MaintenanceWindow string
	// MultiAZ is true for a Multi-AZ DB cluster.
	MultiAZ bool
}

// Member is a DB instance as its cluster sees it.
type Member struct {
	// Identifier of the DB instance.
	Identifier string
	// Writer is true for the one member that takes writes.
	Writer bool
	// ParameterGroupStatus is empty for in-sync.
	ParameterGroupStatus string
}

// Certificate is one CA of the Region.
type Certificate struct {
	// Identifier such as rds-ca-rsa2048-g1.
	Identifier string
	// Thumbprint is the lower-case hex SHA-1 of the root certificate.
	Thumbprint string
	// ValidFrom and ValidTill bound the root certificate.
	ValidFrom, ValidTill time.Time
}

// EngineVersion is what RDS says of one version of an engine.
type EngineVersion struct {
	// Engine and Version, such as postgres and 15.18.
	Engine, Version string
	// SupportedCAs are CA identifiers.
	SupportedCAs []string
	// RotationWithoutRestart is SupportsCertificateRotationWithoutRestart.
	RotationWithoutRestart bool
	// Babelfish is SupportsBabelfish.
	Babelfish bool
}

// MaintenanceAction waits for a DB instance or cluster.
type MaintenanceAction struct {
	// ResourceARN names the DB instance or cluster.
	ResourceARN string
	// Action such as ca-certificate-rotation.
	Action string
	// AutoAppliedAfter is when RDS does it by itself; zero if never.
	AutoAppliedAfter time.Time
}

// state is everything the account has in its Region.
type state struct {
	instances          *table[*instanceRecord]
	clusters           *table[Cluster]
	parameterGroups    *table[[]Parameter]
	certificates       *table[Certificate]
	defaultCertificate string
	engineVersions     *table[EngineVersion]
	maintenance        *table[[]MaintenanceAction]
	logFiles           *table[LogFile]
	sessionKeys        map[string]bool
}

// instanceRecord keeps the rendered response beside the instance, so that the
// server's own work does not blur what a client is measured by.
type instanceRecord struct {
	Instance

	rendered []byte
}

func newState() state {
	return state{
		instances:       newTable[*instanceRecord](),
		clusters:        newTable[Cluster](),
		parameterGroups: newTable[[]Parameter](),
		certificates:    newTable[Certificate](),
		engineVersions:  newTable[EngineVersion](),
		maintenance:     newTable[[]MaintenanceAction](),
		logFiles:        newTable[LogFile](),
		sessionKeys:     map[string]bool{},
	}
}

// PutInstance adds or replaces a DB instance. Its cluster, parameter group and
// engine version are not required to exist.
func (s *Server) PutInstance(instance Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putInstance(instance)
}

// putInstance returns the instance as it was put there.
func (s *Server) putInstance(instance Instance) *instanceRecord {
	instance.Identifier = strings.ToLower(instance.Identifier)
	instance.ARN = s.arn("db", instance.Identifier)
	instance.Tags = maps.Clone(instance.Tags)
	record := &instanceRecord{Instance: instance, rendered: renderInstance(instance)}
	s.state.instances.put(instance.Identifier, record)
	return record
}

// Instance returns a DB instance as it is now.
func (s *Server) Instance(identifier string) (instance Instance, exists bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record, exists := s.state.instances.get(strings.ToLower(identifier))
	if !exists {
		return Instance{}, false
	}
	instance = record.Instance
	instance.Tags = maps.Clone(instance.Tags)
	return instance, true
}

// RemoveInstance deletes a DB instance without calling a hook.
func (s *Server) RemoveInstance(identifier string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.instances.remove(strings.ToLower(identifier))
}

// PutCluster adds or replaces a DB cluster.
func (s *Server) PutCluster(cluster Cluster) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cluster.Identifier = strings.ToLower(cluster.Identifier)
	cluster.ARN = s.arn("cluster", cluster.Identifier)
	cluster.Members = slices.Clone(cluster.Members)
	s.state.clusters.put(cluster.Identifier, cluster)
}

// Cluster returns a DB cluster as it is now.
func (s *Server) Cluster(identifier string) (cluster Cluster, exists bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.clusters.get(strings.ToLower(identifier))
}

// PutCertificate adds or replaces a CA of the Region.
func (s *Server) PutCertificate(certificate Certificate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.certificates.put(certificate.Identifier, certificate)
}

// SetDefaultCertificate sets the CA of new DB instances.
func (s *Server) SetDefaultCertificate(identifier string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.defaultCertificate = identifier
}

// PutEngineVersion adds or replaces an engine version.
func (s *Server) PutEngineVersion(version EngineVersion) {
	s.mu.Lock()
	defer s.mu.Unlock()
	version.SupportedCAs = slices.Clone(version.SupportedCAs)
	s.state.engineVersions.put(version.Engine+" "+version.Version, version)
}

// PutMaintenanceAction adds a pending maintenance action to its resource.
func (s *Server) PutMaintenanceAction(action MaintenanceAction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	actions, _ := s.state.maintenance.get(action.ResourceARN)
	s.state.maintenance.put(action.ResourceARN, append(slices.Clone(actions), action))
}

func (s *Server) arn(kind, identifier string) string {
	return "arn:aws:rds:" + s.region + ":" + s.accountID + ":" + kind + ":" + identifier
}

// table is an ordered map: responses list records by identifier.
type table[V any] struct {
	records map[string]V
	order   []string
	sorted  bool
	// selections remember what filters selected, for the next page.
	selections map[string][]V
}

// maxSelections bounds what a table remembers of filters.
const maxSelections = 64

func newTable[V any]() *table[V] { return &table[V]{records: map[string]V{}} }

func (t *table[V]) put(key string, value V) {
	if _, known := t.records[key]; !known {
		t.order = append(t.order, key)
		t.sorted = false
	}
	t.records[key] = value
	t.selections = nil
}

func (t *table[V]) get(key string) (V, bool) {
	value, known := t.records[key]
	return value, known
}

func (t *table[V]) remove(key string) {
	delete(t.records, key)
	t.selections = nil
	t.order = slices.DeleteFunc(t.order, func(have string) bool { return have == key })
}

// keys returns the identifiers in order.
func (t *table[V]) keys() []string {
	if !t.sorted {
		slices.Sort(t.order)
		t.sorted = true
	}
	return t.order
}

// remember keeps a selection until the table changes.
func (t *table[V]) remember(filters string, selected []V) {
	if len(t.selections) >= maxSelections {
		t.selections = nil
	}
	if t.selections == nil {
		t.selections = map[string][]V{}
	}
	t.selections[filters] = selected
}

// Scale says how large a lab is to be.
type Scale struct {
	// Instances, ParameterGroups and EngineVersions are counts. Zero groups or
	// versions mean one.
	Instances, ParameterGroups, EngineVersions int
	// Pending is the number of instances with a CA rotation waiting.
	Pending int
	// Clusters is the number of Aurora clusters, each of three instances that
	// come on top of Instances.
	Clusters int
}

// Populate fills the server with DB instances db-00000, db-00001, …, spread
// evenly over parameter groups pg-00, pg-01, … and PostgreSQL versions, half
// of them on rds-ca-rsa2048-g1 and half on rds-ca-rsa4096-g1. Every third
// group has rds.force_ssl = 1 by the user, every third 0, the rest RDS's own.
// Clusters are cluster-000, … with members cluster-000-1 to cluster-000-3.
func (s *Server) Populate(scale Scale) {
	groups, versions := max(1, scale.ParameterGroups), max(1, scale.EngineVersions)
	for g := range groups {
		group := ParameterGroup{Name: fmt.Sprintf("pg-%02d", g), Family: "postgres15"}
		switch g % 3 {
		case 0:
			group.Parameters = []Parameter{{Name: forceSSLParameter, Value: "1", Source: "user"}}
		case 1:
			group.Parameters = []Parameter{{Name: forceSSLParameter, Value: "0", Source: "user"}}
		}
		s.PutParameterGroup(group)
	}
	for v := range versions {
		s.PutEngineVersion(EngineVersion{Engine: "postgres", Version: scaleVersion(v), SupportedCAs: currentCAs(), RotationWithoutRestart: v%4 != 0})
	}
	created := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	for i := range scale.Instances {
		id := fmt.Sprintf("db-%05d", i)
		s.PutInstance(Instance{
			Identifier: id, Class: "db.m7g.large", Engine: "postgres", EngineVersion: scaleVersion(i % versions),
			Host: s.host(id), Port: 5432, MasterUsername: "postgres",
			ParameterGroup: fmt.Sprintf("pg-%02d", i%groups), CAIdentifier: currentCAs()[i%2],
			ServerCertificateValidTill: created.AddDate(3, 0, i%300),
			Tags:                       map[string]string{"team": fmt.Sprintf("team-%02d", i%25), "stage": []string{"prod", "test"}[i%2]},
		})
		if i < scale.Pending {
			s.PutMaintenanceAction(MaintenanceAction{ResourceARN: s.arn("db", id), Action: "ca-certificate-rotation", AutoAppliedAfter: created.AddDate(2, 0, 0)})
		}
	}
	s.populateClusters(scale.Clusters, created)
}

func (s *Server) populateClusters(count int, created time.Time) {
	if count == 0 {
		return
	}
	s.PutParameterGroup(ParameterGroup{Name: "aurora", Family: "aurora-postgresql16", Cluster: true})
	s.PutEngineVersion(EngineVersion{Engine: "aurora-postgresql", Version: "16.8", SupportedCAs: currentCAs(), RotationWithoutRestart: true})
	for n := range count {
		name := fmt.Sprintf("cluster-%03d", n)
		cluster := Cluster{
			Identifier: name, Engine: "aurora-postgresql", EngineVersion: "16.8", ParameterGroup: "aurora",
			Endpoint: s.host(name + ".cluster"), ReaderEndpoint: s.host(name + ".cluster-ro"), Port: 5432, MultiAZ: true,
		}
		for m := 1; m <= 3; m++ {
			id := fmt.Sprintf("%s-%d", name, m)
			cluster.Members = append(cluster.Members, Member{Identifier: id, Writer: m == 1})
			s.PutInstance(Instance{
				Identifier: id, Class: "db.r7g.large", Engine: "aurora-postgresql", EngineVersion: "16.8",
				Host: s.host(id), Port: 5432, ClusterIdentifier: name,
				ParameterGroup: "default.aurora-postgresql16", CAIdentifier: currentCAs()[m%2],
				ServerCertificateValidTill: created.AddDate(3, 0, 0),
			})
		}
		s.PutCluster(cluster)
	}
}

func scaleVersion(n int) string { return fmt.Sprintf("%d.%d", 13+n%5, 4+n/5) }

func currentCAs() []string {
	return []string{"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"}
}

// defaultCertificates have the shape of RDS's, with thumbprints of nothing.
func defaultCertificates() []Certificate {
	from := time.Date(2021, 5, 24, 22, 0, 0, 0, time.UTC)
	return []Certificate{
		{Identifier: "rds-ca-rsa2048-g1", Thumbprint: "1111111111111111111111111111111111111111", ValidFrom: from, ValidTill: from.AddDate(40, 0, 0)},
		{Identifier: "rds-ca-rsa4096-g1", Thumbprint: "2222222222222222222222222222222222222222", ValidFrom: from, ValidTill: from.AddDate(100, 0, 0)},
		{Identifier: "rds-ca-ecc384-g1", Thumbprint: "3333333333333333333333333333333333333333", ValidFrom: from, ValidTill: from.AddDate(100, 0, 0)},
	}
}
