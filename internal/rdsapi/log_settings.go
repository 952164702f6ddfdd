package rdsapi

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// LogSettings is what the parameter groups of a DB instance say about its log.
// Empty is PostgreSQL's own default, or a group without the parameter.
type LogSettings struct {
	// Connections is log_connections: a boolean up to PostgreSQL 17, a list
	// from 18.
	Connections string
	// LinePrefix is log_line_prefix.
	LinePrefix string
	// Timezone is log_timezone.
	Timezone string
	// MinMessages is log_min_messages.
	MinMessages string
	// Messages is lc_messages.
	Messages string
	// InForce reports whether the server runs with its parameter group; it
	// does not after another was attached and before a restart.
	InForce bool
}

// logParameters are the names of the parameters, and where their values go.
var logParameters = map[string]func(s *LogSettings) *string{
	"log_connections":  func(s *LogSettings) *string { return &s.Connections },
	"log_line_prefix":  func(s *LogSettings) *string { return &s.LinePrefix },
	"log_timezone":     func(s *LogSettings) *string { return &s.Timezone },
	"log_min_messages": func(s *LogSettings) *string { return &s.MinMessages },
	"lc_messages":      func(s *LogSettings) *string { return &s.Messages },
}

// LogSettings reads what the parameter groups say about the log of a DB
// instance. In a DB cluster, what somebody set in the instance's own group goes
// before the cluster's. Nothing is remembered: the parameters are dynamic.
//
// Errors: ErrDBInstanceNotFound, ErrNoParameterGroup, ErrParameterGroupNotFound
// and those of every call.
func (r *Reader) LogSettings(ctx context.Context, instanceIdentifier string) (LogSettings, error) {
	instance, err := r.DBInstance(ctx, instanceIdentifier)
	if err != nil {
		return LogSettings{}, err
	}
	var keys []groupKey
	inForce := true
	if instance.ClusterIdentifier != "" {
		cluster, err := r.DBCluster(ctx, instance.ClusterIdentifier)
		if err != nil {
			return LogSettings{}, err
		}
		if cluster.ParameterGroup != "" {
			keys = append(keys, groupKey{cluster: true, name: cluster.ParameterGroup})
		}
	}
	for _, group := range instance.ParameterGroups {
		keys = append(keys, groupKey{name: group.Name})
		inForce = inForce && group.ApplyStatus != "pending-reboot" && group.ApplyStatus != "failed-to-apply"
	}
	if len(keys) == 0 {
		return LogSettings{}, ErrNoParameterGroup
	}
	settings := LogSettings{InForce: inForce}
	given := map[string]bool{}
	for _, key := range keys {
		if err := r.readLogSettings(ctx, key, &settings, given); err != nil {
			return LogSettings{}, err
		}
	}
	return settings, nil
}

func (r *Reader) readLogSettings(ctx context.Context, key groupKey, settings *LogSettings, given map[string]bool) error {
	names := slices.Collect(maps.Keys(logParameters))
	m := r.remembered()
	_, err := withFilter(ctx, m, &m.unfilteredReads, func(ctx context.Context, filtered bool) (struct{}, error) {
		met := map[string]bool{}
		return struct{}{}, r.walkGroup(ctx, key, names, filtered, func(parameter types.Parameter) int {
			name := aws.ToString(parameter.ParameterName)
			field, wanted := logParameters[name]
			if !wanted {
				return len(met)
			}
			met[name] = true
			bySomebody := aws.ToString(parameter.Source) == "user"
			if value := aws.ToString(parameter.ParameterValue); bySomebody || !given[name] && value != "" {
				*field(settings) = value
			}
			given[name] = given[name] || bySomebody
			return len(met)
		})
	})
	return err
}
