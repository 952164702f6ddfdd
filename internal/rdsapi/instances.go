package rdsapi

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// Engines of RDS that are PostgreSQL. Lists of the fleet hold no others.
const (
	// EnginePostgreSQL is RDS for PostgreSQL, Multi-AZ DB clusters included.
	EnginePostgreSQL = "postgres"
	// EngineAuroraPostgreSQL is Aurora PostgreSQL.
	EngineAuroraPostgreSQL = "aurora-postgresql"
)

// DBInstance is what RDS says of a DB instance. Treat its maps and slices as
// read-only: callers share them.
type DBInstance struct {
	// Identifier is the DB instance identifier, in lower case.
	Identifier string
	// ARN, Region and account of the instance. The others are empty if the ARN
	// is.
	ARN, Region, AccountID string
	// Engine and EngineVersion, such as postgres and 15.18.
	Engine, EngineVersion string
	// Status is the DB instance status, such as available.
	Status string
	// Endpoint is nil while the instance is being created.
	Endpoint *Endpoint
	// CAIdentifier is the CA that signed the present server certificate.
	CAIdentifier string
	// ServerCertificateValidTill is when the present server certificate ends;
	// zero if RDS does not say.
	ServerCertificateValidTill time.Time
	// PendingCAIdentifier waits for the maintenance window; empty if none does.
	PendingCAIdentifier string
	// ParameterGroups are the DB parameter groups, for PostgreSQL one.
	ParameterGroups []ParameterGroupStatus
	// ClusterIdentifier names the DB cluster it belongs to; empty if to none.
	ClusterIdentifier string
	// ReplicaSourceIdentifier names what it replicates; empty if it does not.
	ReplicaSourceIdentifier string
	// ReplicaIdentifiers name its read replicas in the same Region.
	ReplicaIdentifiers []string
	// MaintenanceWindow is in UTC, such as sun:05:00-sun:05:30.
	MaintenanceWindow string
	// LogExports are the logs that go to CloudWatch Logs, such as postgresql.
	LogExports []string
	// Tags of the instance; nil if it has none.
	Tags map[string]string
}

// Endpoint is where a DB instance listens.
type Endpoint struct {
	// Host is the DNS name that the server certificate carries.
	Host string
	// Port is the TCP port.
	Port int
}

// ParameterGroupStatus is a parameter group as an instance has it.
type ParameterGroupStatus struct {
	// Name of the DB parameter group.
	Name string
	// ApplyStatus is applying, failed-to-apply, in-sync,
	// pending-database-upgrade or pending-reboot.
	ApplyStatus string
}

// DBInstance returns one DB instance by its identifier, in any case, or ARN.
//
// Lookups that come together share calls; see Reader. The error wraps
// ErrDBInstanceNotFound if the account has no such instance in the Region.
func (r *Reader) DBInstance(ctx context.Context, identifier string) (_ DBInstance, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	return r.remembered().instances.get(ctx, identifier)
}

func (r *Reader) instanceSource(unfiltered *atomic.Bool) source[DBInstance] {
	return source[DBInstance]{
		list: walk{of: "DB instances", action: "rds:DescribeDBInstances", most: maxListPages}, describe: r.describeInstances, unfiltered: unfiltered, filter: "db-instance-id", missing: ErrDBInstanceNotFound,
		keys: func(i DBInstance) (identifier, arn string) { return i.Identifier, i.ARN },
	}
}

// IsPostgreSQL says whether the engine is one that this package reads.
func (i DBInstance) IsPostgreSQL() bool { return slices.Contains(postgreSQLEngines(), i.Engine) }

// Settled says whether no change of the instance is under way.
//
// Source: AWS, "Viewing Amazon RDS DB instance status"; hashicorp/aws waits for
// the same two after a change (waitDBInstanceAvailable).
func (i DBInstance) Settled() bool {
	return slices.Contains([]string{"available", "storage-optimization"}, i.Status)
}

func postgreSQLEngines() []string { return []string{EnginePostgreSQL, EngineAuroraPostgreSQL} }

func (r *Reader) describeInstances(ctx context.Context, ask question) (records []DBInstance, next *string, err error) {
	input := &rds.DescribeDBInstancesInput{
		DBInstanceIdentifier: ask.identifier, Filters: ask.filters, Marker: ask.marker, MaxRecords: ask.maxRecords,
	}
	out, err := inSlot(ctx, r, ask.take(r.slots), "rds:DescribeDBInstances", r.api.DescribeDBInstances, input)
	if err != nil {
		return nil, nil, err
	}
	records, err = readEach(out.DBInstances, readInstance)
	return records, out.Marker, err
}

func readInstance(in *types.DBInstance) (DBInstance, error) {
	if in.DBInstanceIdentifier == nil || in.Engine == nil {
		return DBInstance{}, malformed("rds:DescribeDBInstances", "a DB instance without an identifier or without an engine")
	}
	name, _ := arn.Parse(aws.ToString(in.DBInstanceArn)) // Empty if it is none.
	out := DBInstance{
		Identifier:              *in.DBInstanceIdentifier,
		ARN:                     aws.ToString(in.DBInstanceArn),
		Region:                  name.Region,
		AccountID:               name.AccountID,
		Engine:                  *in.Engine,
		EngineVersion:           aws.ToString(in.EngineVersion),
		Status:                  aws.ToString(in.DBInstanceStatus),
		CAIdentifier:            aws.ToString(in.CACertificateIdentifier),
		ClusterIdentifier:       aws.ToString(in.DBClusterIdentifier),
		ReplicaSourceIdentifier: aws.ToString(in.ReadReplicaSourceDBInstanceIdentifier),
		ReplicaIdentifiers:      in.ReadReplicaDBInstanceIdentifiers,
		MaintenanceWindow:       aws.ToString(in.PreferredMaintenanceWindow),
		LogExports:              in.EnabledCloudwatchLogsExports,
	}
	if in.Endpoint != nil && aws.ToString(in.Endpoint.Address) != "" {
		out.Endpoint = &Endpoint{Host: *in.Endpoint.Address, Port: int(aws.ToInt32(in.Endpoint.Port))}
	}
	if details := in.CertificateDetails; details != nil {
		out.ServerCertificateValidTill = aws.ToTime(details.ValidTill)
		out.CAIdentifier = cmp.Or(out.CAIdentifier, aws.ToString(details.CAIdentifier))
	}
	if pending := in.PendingModifiedValues; pending != nil {
		out.PendingCAIdentifier = aws.ToString(pending.CACertificateIdentifier)
	}
	for _, group := range in.DBParameterGroups {
		out.ParameterGroups = append(out.ParameterGroups, ParameterGroupStatus{
			Name: aws.ToString(group.DBParameterGroupName), ApplyStatus: aws.ToString(group.ParameterApplyStatus),
		})
	}
	if len(in.TagList) > 0 {
		out.Tags = make(map[string]string, len(in.TagList))
	}
	for _, tag := range in.TagList {
		out.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return out, nil
}
