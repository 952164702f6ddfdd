package rdsapi

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// DBCluster is what RDS says of an Aurora cluster or a Multi-AZ DB cluster.
// Treat its maps and slices as read-only: callers share them.
type DBCluster struct {
	// Identifier is the DB cluster identifier, in lower case.
	Identifier string
	// ARN and Region of the cluster. Region is empty if the ARN is.
	ARN, Region string
	// Engine is aurora-postgresql, or postgres for a Multi-AZ DB cluster.
	Engine, EngineVersion string
	// Endpoint is where the writer answers, ReaderEndpoint where the readers
	// do; empty while the cluster is being created.
	Endpoint, ReaderEndpoint string
	// Port of both endpoints; 0 if RDS does not say.
	Port int
	// ParameterGroup is the DB cluster parameter group.
	ParameterGroup string
	// Members are the DB instances of the cluster.
	Members []ClusterMember
	// CAIdentifier is the CA of a Multi-AZ DB cluster. It is empty for Aurora,
	// where every instance has its own.
	CAIdentifier string
	// ServerCertificateValidTill is when that server certificate ends; zero
	// for Aurora.
	ServerCertificateValidTill time.Time
	// PendingCAIdentifier waits for the maintenance window; empty if none does.
	PendingCAIdentifier string
	// MaintenanceWindow is in UTC, such as sun:05:00-sun:05:30.
	MaintenanceWindow string
}

// ClusterMember is a DB instance as its cluster sees it.
type ClusterMember struct {
	// InstanceIdentifier names the DB instance.
	InstanceIdentifier string
	// Writer is true for the member that takes writes.
	Writer bool
	// ParameterGroupStatus is in-sync, pending-reboot, applying, …: whether the
	// member runs with the DB cluster parameter group's values.
	ParameterGroupStatus string
}

// DBCluster returns one DB cluster by its identifier, in any case, or ARN.
//
// The error wraps ErrDBClusterNotFound if the account has no such cluster in
// the Region.
func (r *Reader) DBCluster(ctx context.Context, identifier string) (_ DBCluster, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	return r.remembered().clusters.get(ctx, identifier)
}

// govern returns the instance as a Multi-AZ DB cluster has it: the CA, what
// waits for it and the maintenance window are the cluster's. An Aurora cluster
// changes nothing.
func (c DBCluster) govern(instance DBInstance) DBInstance {
	if c.CAIdentifier == "" {
		return instance
	}
	instance.CAIdentifier, instance.ServerCertificateValidTill = c.CAIdentifier, c.ServerCertificateValidTill
	instance.PendingCAIdentifier, instance.MaintenanceWindow = c.PendingCAIdentifier, c.MaintenanceWindow
	return instance
}

func (r *Reader) clusterSource(unfiltered *atomic.Bool) source[DBCluster] {
	return source[DBCluster]{
		list: walk{of: "DB clusters", action: "rds:DescribeDBClusters", most: maxListPages}, describe: r.describeClusters, unfiltered: unfiltered, filter: "db-cluster-id", missing: ErrDBClusterNotFound,
		keys: func(c DBCluster) (identifier, arn string) { return c.Identifier, c.ARN },
	}
}

func (r *Reader) describeClusters(ctx context.Context, ask question) (records []DBCluster, next *string, err error) {
	input := &rds.DescribeDBClustersInput{
		DBClusterIdentifier: ask.identifier, Filters: ask.filters, Marker: ask.marker, MaxRecords: ask.maxRecords,
	}
	out, err := inSlot(ctx, r, ask.take(r.slots), "rds:DescribeDBClusters", r.api.DescribeDBClusters, input)
	if err != nil {
		return nil, nil, err
	}
	records, err = readEach(out.DBClusters, readCluster)
	return records, out.Marker, err
}

func readCluster(in *types.DBCluster) (DBCluster, error) {
	if in.DBClusterIdentifier == nil || in.Engine == nil {
		return DBCluster{}, malformed("rds:DescribeDBClusters", "a DB cluster without an identifier or without an engine")
	}
	name, _ := arn.Parse(aws.ToString(in.DBClusterArn)) // Empty if it is none.
	out := DBCluster{
		Identifier:        *in.DBClusterIdentifier,
		ARN:               aws.ToString(in.DBClusterArn),
		Region:            name.Region,
		Engine:            *in.Engine,
		EngineVersion:     aws.ToString(in.EngineVersion),
		Endpoint:          aws.ToString(in.Endpoint),
		ReaderEndpoint:    aws.ToString(in.ReaderEndpoint),
		Port:              int(aws.ToInt32(in.Port)),
		ParameterGroup:    aws.ToString(in.DBClusterParameterGroup),
		MaintenanceWindow: aws.ToString(in.PreferredMaintenanceWindow),
	}
	for _, member := range in.DBClusterMembers {
		out.Members = append(out.Members, ClusterMember{
			InstanceIdentifier:   aws.ToString(member.DBInstanceIdentifier),
			Writer:               aws.ToBool(member.IsClusterWriter),
			ParameterGroupStatus: aws.ToString(member.DBClusterParameterGroupStatus),
		})
	}
	if details := in.CertificateDetails; details != nil {
		out.CAIdentifier = aws.ToString(details.CAIdentifier)
		out.ServerCertificateValidTill = aws.ToTime(details.ValidTill)
	}
	if pending := in.PendingModifiedValues; pending != nil && pending.CertificateDetails != nil {
		out.PendingCAIdentifier = aws.ToString(pending.CertificateDetails.CAIdentifier)
	}
	return out, nil
}
