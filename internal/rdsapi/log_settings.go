package rdsapi

import (
	"context"
	"maps"
	"slices"
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

// LogSettings reads what the parameter groups say about the log of a DB
// instance. In a DB cluster, what somebody set in the instance's own group goes
// before the cluster's. Nothing is remembered: the parameters are dynamic.
//
// Errors: ErrDBInstanceNotFound, ErrNoParameterGroup, ErrParameterGroupNotFound
// and those of every call.
func (r *Reader) LogSettings(ctx context.Context, instanceIdentifier string) (_ LogSettings, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
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
	fields := map[string]*string{
		"log_connections":  &settings.Connections,
		"log_line_prefix":  &settings.LinePrefix,
		"log_timezone":     &settings.Timezone,
		"log_min_messages": &settings.MinMessages,
		"lc_messages":      &settings.Messages,
	}
	given := map[string]bool{}
	for _, key := range keys {
		group, err := r.readGroup(ctx, r.remembered(), key, slices.Collect(maps.Keys(fields)))
		if err != nil {
			return LogSettings{}, err
		}
		for name, listed := range group {
			bySomebody := listed.source == "user"
			if bySomebody || !given[name] && listed.value != "" {
				*fields[name] = listed.value
			}
			given[name] = given[name] || bySomebody
		}
	}
	return settings, nil
}
