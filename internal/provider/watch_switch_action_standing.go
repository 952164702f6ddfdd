package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/watch"
)

// standingOf is what RDS reports of an instance's CA. In a Multi-AZ DB cluster,
// the CA is the cluster's. What cannot be read is not known.
func standingOf(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance) watch.Standing {
	if onMultiAZ(instance) {
		fleet, err := reader.Fleet(ctx, rdsapi.FleetQuery{Identifiers: []string{instance.Identifier}, Engines: []string{instance.Engine}})
		if err != nil || len(fleet.Gaps) > 0 || len(fleet.Instances) != 1 {
			return watch.Standing{}
		}
		instance = fleet.Instances[0].DBInstance
	}
	return watch.Standing{CA: instance.CAIdentifier, PendingCA: instance.PendingCAIdentifier, Settled: instance.Settled()}
}

// notBegunError: there is no switch to wait for.
type notBegunError struct {
	target   string
	standing watch.Standing
}

func (e *notBegunError) Error() string {
	return fmt.Sprintf("the DB instance is on the CA %q and no switch to %q is under way or scheduled", e.standing.CA, e.target)
}

// report warns: where a gate holds the switch back, that is the right result.
func (e *notBegunError) report(id string, diags *diag.Diagnostics) {
	instead := ""
	if e.standing.PendingCA != "" {
		instead = fmt.Sprintf(" A switch to %q is scheduled instead.", e.standing.PendingCA)
	}
	diags.AddAttributeWarning(path.Root("db_instance_identifier"), fmt.Sprintf("The CA of %q Was Not Switched", id), fmt.Sprintf(
		"For a whole minute, RDS kept reporting that %v.%s The action therefore had nothing to watch, and it is not known whether clients would survive the switch. "+
			"This is expected while a gate holds the switch back: the gate's warning says why. Otherwise, check that the action names both the DB instance that was changed and its new CA.", e, instead))
}
