package rdsapi

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
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
	all := map[string][]MaintenanceAction{}
	in := &rds.DescribePendingMaintenanceActionsInput{MaxRecords: aws.Int32(pageSize)}
	w := walk{of: "pending maintenance actions", action: "rds:DescribePendingMaintenanceActions", most: maxListPages}
	for page, err := range list(ctx, r, w, r.api.DescribePendingMaintenanceActions, in, &in.Marker) {
		if err != nil {
			return nil, err
		}
		in.Marker = page.Marker
		for _, resource := range page.PendingMaintenanceActions {
			arn := strings.ToLower(aws.ToString(resource.ResourceIdentifier))
			for _, action := range resource.PendingMaintenanceActionDetails {
				all[arn] = append(all[arn], MaintenanceAction{
					Action:           aws.ToString(action.Action),
					OptInStatus:      aws.ToString(action.OptInStatus),
					AutoAppliedAfter: aws.ToTime(action.AutoAppliedAfterDate),
					CurrentApply:     aws.ToTime(action.CurrentApplyDate),
					ForcedApply:      aws.ToTime(action.ForcedApplyDate),
				})
			}
		}
	}
	return all, nil
}
