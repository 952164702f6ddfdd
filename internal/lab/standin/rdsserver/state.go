package rdsserver

import (
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
