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

// allPendingMaintenance has the actions that wait, by the ARN of the DB instance
// or cluster in lower case. The Region's list is read once for all.
func (r *Reader) allPendingMaintenance(ctx context.Context) (map[string][]MaintenanceAction, error) {
	return r.remembered().maintenance.do(ctx, struct{}{}, r.readPendingMaintenance)
}

func (r *Reader) readPendingMaintenance(ctx context.Context) (map[string][]MaintenanceAction, error) {
	const action = "rds:DescribePendingMaintenanceActions"
	all := map[string][]MaintenanceAction{}
	err := walk{of: "pending maintenance actions", most: maxListPages}.pages(action, func(marker *string) (next string, err error) {
		page, err := limited(ctx, r, action, func(ctx context.Context) (*rds.DescribePendingMaintenanceActionsOutput, error) {
			return r.api.DescribePendingMaintenanceActions(ctx, &rds.DescribePendingMaintenanceActionsInput{Marker: marker, MaxRecords: aws.Int32(pageSize)})
		})
		if err != nil {
			return "", err
		}
		for _, resource := range page.PendingMaintenanceActions {
			arn := strings.ToLower(aws.ToString(resource.ResourceIdentifier))
			all[arn] = slices.Concat(all[arn], readActions(resource.PendingMaintenanceActionDetails))
		}
		return aws.ToString(page.Marker), nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func readActions(in []types.PendingMaintenanceAction) []MaintenanceAction {
	actions := make([]MaintenanceAction, 0, len(in))
	for _, action := range in {
		actions = append(actions, MaintenanceAction{
			Action:           aws.ToString(action.Action),
			OptInStatus:      aws.ToString(action.OptInStatus),
			AutoAppliedAfter: aws.ToTime(action.AutoAppliedAfterDate),
			CurrentApply:     aws.ToTime(action.CurrentApplyDate),
			ForcedApply:      aws.ToTime(action.ForcedApplyDate),
		})
	}
	return actions
}
