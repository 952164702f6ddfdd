package rdsapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// MaintenanceAction waits to be applied to a DB instance or cluster.
type MaintenanceAction struct {
	// Action such as ca-certificate-rotation or system-update.
	Action string
	// Description by RDS; may be empty.
	Description string
	// OptInStatus such as next-maintenance; empty if nobody opted in.
	OptInStatus string
	// AutoAppliedAfter, CurrentApply and ForcedApply are RDS's dates of the same
	// names; zero if there is none.
	AutoAppliedAfter, CurrentApply, ForcedApply time.Time
}

// IsCertificateRotation reports whether the action gives the instance a new
// server certificate. RDS uses both names.
//
// Source: AWS documents ca-certificate-rotation; consoles and mails show
// server-certificate-rotation.
func (a MaintenanceAction) IsCertificateRotation() bool {
	return a.Action == "ca-certificate-rotation" || a.Action == "server-certificate-rotation"
}

// PendingMaintenance returns the actions that wait for the DB instance or
// cluster with an ARN; none is an empty list. The Region's list is read once
// for all.
func (r *Reader) PendingMaintenance(ctx context.Context, arn string) (_ []MaintenanceAction, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	all, err := r.allPendingMaintenance(ctx)
	return all[strings.ToLower(arn)], err
}

func (r *Reader) allPendingMaintenance(ctx context.Context) (map[string][]MaintenanceAction, error) {
	return r.remembered().maintenance.do(ctx, struct{}{}, r.readPendingMaintenance)
}

func (r *Reader) readPendingMaintenance(ctx context.Context) (map[string][]MaintenanceAction, error) {
	all := map[string][]MaintenanceAction{}
	marker, pages := "", walk{of: "pending maintenance actions", most: maxListPages}
	for {
		page, err := limited(ctx, r, "rds:DescribePendingMaintenanceActions", func(ctx context.Context) (*rds.DescribePendingMaintenanceActionsOutput, error) {
			return r.api.DescribePendingMaintenanceActions(ctx, &rds.DescribePendingMaintenanceActionsInput{
				Marker: optional(marker), MaxRecords: aws.Int32(pageSize),
			})
		})
		if err != nil {
			return nil, err
		}
		for _, resource := range page.PendingMaintenanceActions {
			arn := strings.ToLower(aws.ToString(resource.ResourceIdentifier))
			all[arn] = slices.Concat(all[arn], readActions(resource.PendingMaintenanceActionDetails))
		}
		next := aws.ToString(page.Marker)
		if next == "" {
			return all, nil
		}
		if err := pages.next(next); err != nil {
			return nil, &CallError{Action: "rds:DescribePendingMaintenanceActions", Err: err}
		}
		marker = next
	}
}

func readActions(in []types.PendingMaintenanceAction) []MaintenanceAction {
	actions := make([]MaintenanceAction, 0, len(in))
	for _, action := range in {
		actions = append(actions, MaintenanceAction{
			Action:           aws.ToString(action.Action),
			Description:      aws.ToString(action.Description),
			OptInStatus:      aws.ToString(action.OptInStatus),
			AutoAppliedAfter: aws.ToTime(action.AutoAppliedAfterDate),
			CurrentApply:     aws.ToTime(action.CurrentApplyDate),
			ForcedApply:      aws.ToTime(action.ForcedApplyDate),
		})
	}
	return actions
}
