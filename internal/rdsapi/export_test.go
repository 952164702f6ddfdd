package rdsapi

import (
	"context"
	"strings"
)

// PendingMaintenance returns the actions that wait for the DB instance or
// cluster with an ARN; none is an empty list. The Region's list is read once
// for all.
func (r *Reader) PendingMaintenance(ctx context.Context, arn string) (_ []MaintenanceAction, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	all, err := r.allPendingMaintenance(ctx)
	return all[strings.ToLower(arn)], err
}

// MaxLookahead is maxLookahead.
const MaxLookahead = maxLookahead

// EachPage reads the whole list and hands visit the DB instances of each page.
func (r *Reader) EachPage(ctx context.Context, visit func([]DBInstance)) error {
	return r.remembered().instances.walk(ctx, visit)
}
