package rdsserver

import (
	"context"
	"strings"
)

func (s *Server) describePendingMaintenanceActions(_ context.Context, c call, out *document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var selected [][]MaintenanceAction
	resource := c.get("ResourceIdentifier")
	for _, arn := range s.state.maintenance.keys() {
		name := arn[strings.LastIndexByte(arn, ':')+1:]
		wanted, err := c.accepts(func(filter string) ([]string, bool) {
			return []string{arn, name}, filter == "db-instance-id" || filter == "db-cluster-id"
		})
		if err != nil {
			return err
		}
		if wanted && !s.foreign(c) && (resource == "" || resource == arn) {
			selected = append(selected, s.state.maintenance.records[arn])
		}
	}
	return list(out, c, "PendingMaintenanceActions", selected, func(out *fragment, actions []MaintenanceAction) {
		out.open("ResourcePendingMaintenanceActions")
		out.text("ResourceIdentifier", actions[0].ResourceARN)
		out.open("PendingMaintenanceActionDetails")
		for _, action := range actions {
			out.open("PendingMaintenanceAction")
			out.text("Action", action.Action)
			out.text("Description", action.Description)
			out.text("OptInStatus", action.OptInStatus)
			out.instant("AutoAppliedAfterDate", action.AutoAppliedAfter)
			out.instant("CurrentApplyDate", action.CurrentApply)
			out.instant("ForcedApplyDate", action.ForcedApply)
			out.close("PendingMaintenanceAction")
		}
		out.close("PendingMaintenanceActionDetails")
		out.close("ResourcePendingMaintenanceActions")
	})
}
