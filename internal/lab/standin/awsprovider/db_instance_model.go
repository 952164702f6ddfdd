package awsprovider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// settleTimeout bounds the waiting for an instance to become available.
const settleTimeout = 2 * time.Minute

// dbInstanceModel is aws_db_instance. Its id is the DBI resource ID, as with
// hashicorp/aws from version 5.
type dbInstanceModel struct {
	ID                 types.String `tfsdk:"id"`
	Identifier         types.String `tfsdk:"identifier"`
	Engine             types.String `tfsdk:"engine"`
	EngineVersion      types.String `tfsdk:"engine_version"`
	InstanceClass      types.String `tfsdk:"instance_class"`
	AllocatedStorage   types.Int64  `tfsdk:"allocated_storage"`
	DBName             types.String `tfsdk:"db_name"`
	Username           types.String `tfsdk:"username"`
	Password           types.String `tfsdk:"password"`
	Port               types.Int64  `tfsdk:"port"`
	CACertIdentifier   types.String `tfsdk:"ca_cert_identifier"`
	ParameterGroupName types.String `tfsdk:"parameter_group_name"`
	MaintenanceWindow  types.String `tfsdk:"maintenance_window"`
	PubliclyAccessible types.Bool   `tfsdk:"publicly_accessible"`
	IAMAuthentication  types.Bool   `tfsdk:"iam_database_authentication_enabled"`
	DeletionProtection types.Bool   `tfsdk:"deletion_protection"`
	ApplyImmediately   types.Bool   `tfsdk:"apply_immediately"`
	SkipFinalSnapshot  types.Bool   `tfsdk:"skip_final_snapshot"`
	FinalSnapshot      types.String `tfsdk:"final_snapshot_identifier"`
	Tags               types.Map    `tfsdk:"tags"`
	TagsAll            types.Map    `tfsdk:"tags_all"`
	Address            types.String `tfsdk:"address"`
	Endpoint           types.String `tfsdk:"endpoint"`
	ARN                types.String `tfsdk:"arn"`
	Status             types.String `tfsdk:"status"`
	ResourceID         types.String `tfsdk:"resource_id"`
	EngineActual       types.String `tfsdk:"engine_version_actual"`
}

// read fills everything that RDS knows. What it does not return (password,
// apply_immediately, skip_final_snapshot) stays as it is.
func (m *dbInstanceModel) read(in *rdstypes.DBInstance) {
	m.ID = types.StringPointerValue(in.DbiResourceId)
	m.Identifier = types.StringPointerValue(in.DBInstanceIdentifier)
	m.Engine = types.StringPointerValue(in.Engine)
	m.EngineActual = types.StringPointerValue(in.EngineVersion)
	if m.EngineVersion.IsNull() || m.EngineVersion.IsUnknown() {
		m.EngineVersion = types.StringPointerValue(in.EngineVersion)
	}
	m.InstanceClass = types.StringPointerValue(in.DBInstanceClass)
	m.AllocatedStorage = types.Int64Value(int64(aws.ToInt32(in.AllocatedStorage)))
	m.DBName = types.StringPointerValue(in.DBName)
	m.Username = types.StringPointerValue(in.MasterUsername)
	m.CACertIdentifier = types.StringPointerValue(in.CACertificateIdentifier)
	m.MaintenanceWindow = types.StringPointerValue(in.PreferredMaintenanceWindow)
	m.PubliclyAccessible = types.BoolValue(aws.ToBool(in.PubliclyAccessible))
	m.IAMAuthentication = types.BoolValue(aws.ToBool(in.IAMDatabaseAuthenticationEnabled))
	m.DeletionProtection = types.BoolValue(aws.ToBool(in.DeletionProtection))
	m.ParameterGroupName = types.StringNull()
	if len(in.DBParameterGroups) > 0 {
		m.ParameterGroupName = types.StringPointerValue(in.DBParameterGroups[0].DBParameterGroupName)
	}
	tags := make(map[string]attr.Value, len(in.TagList))
	for _, tag := range in.TagList {
		tags[aws.ToString(tag.Key)] = types.StringValue(aws.ToString(tag.Value))
	}
	m.TagsAll = types.MapValueMust(types.StringType, tags)
	if m.Tags = m.TagsAll; len(tags) == 0 {
		m.Tags = types.MapNull(types.StringType)
	}
	m.Address, m.Endpoint, m.Port = types.StringNull(), types.StringNull(), types.Int64Null()
	if in.Endpoint != nil {
		address, port := aws.ToString(in.Endpoint.Address), int64(aws.ToInt32(in.Endpoint.Port))
		m.Address, m.Port = types.StringValue(address), types.Int64Value(port)
		m.Endpoint = types.StringValue(fmt.Sprintf("%s:%d", address, port))
	}
	m.ARN = types.StringPointerValue(in.DBInstanceArn)
	m.Status = types.StringPointerValue(in.DBInstanceStatus)
	m.ResourceID = types.StringPointerValue(in.DbiResourceId)
}

// tagList turns tags into what the API takes; unknown values do not get here.
func tagList(ctx context.Context, tags types.Map) []rdstypes.Tag {
	values := map[string]string{}
	tags.ElementsAs(ctx, &values, false)
	list := make([]rdstypes.Tag, 0, len(values))
	for key, value := range values {
		list = append(list, rdstypes.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return list
}

// describe returns the instance, or nil if there is none.
func describe(ctx context.Context, client *rds.Client, identifier string) (*rdstypes.DBInstance, error) {
	out, err := client.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(identifier)})
	if _, missing := errors.AsType[*rdstypes.DBInstanceNotFoundFault](err); missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(out.DBInstances) == 0 {
		return nil, nil
	}
	return &out.DBInstances[0], nil
}

// settle waits until the instance is available.
func settle(ctx context.Context, client *rds.Client, identifier string) (*rdstypes.DBInstance, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for {
		instance, err := describe(ctx, client, identifier)
		if err != nil {
			return nil, err
		}
		if instance == nil {
			return nil, fmt.Errorf("DB instance %q vanished", identifier)
		}
		if aws.ToString(instance.DBInstanceStatus) == "available" {
			return instance, nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, fmt.Errorf("DB instance %q is %s: %w", identifier, aws.ToString(instance.DBInstanceStatus), ctx.Err())
		}
	}
}
