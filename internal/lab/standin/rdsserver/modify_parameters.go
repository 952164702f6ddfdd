package rdsserver

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) modifyDBParameterGroup(_ context.Context, c call, out *document) error {
	return s.modifyParameters(c, out, false, c.get("DBParameterGroupName"), "DBParameterGroupName")
}

func (s *Server) modifyDBClusterParameterGroup(_ context.Context, c call, out *document) error {
	return s.modifyParameters(c, out, true, c.get("DBClusterParameterGroupName"), "DBClusterParameterGroupName")
}

func (s *Server) modifyParameters(c call, out *document, cluster bool, name, echo string) error {
	changes := readParameters(c)
	if len(changes) == 0 {
		return faultf(http.StatusBadRequest, "InvalidParameterValue", "At least one parameter must be given.")
	}
	affected, err := s.changeParameters(c, cluster, name, changes)
	if err != nil {
		return err
	}
	for _, instance := range affected {
		if err := s.enforce(instance); err != nil {
			return err
		}
	}
	out.text(echo, name)
	return nil
}

// changeParameters sets the values. It returns the DB instances on which
// rds.force_ssl takes effect at once; the others of the group wait for a
// reboot if that is how the change was asked for.
func (s *Server) changeParameters(c call, cluster bool, name string, changes []Parameter) ([]Instance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	group, exists := s.state.parameterGroups.get(groupKey(cluster, name))
	if !exists || s.foreign(c) {
		return nil, faultf(http.StatusNotFound, "DBParameterGroupNotFound", "DBParameterGroup not found: %s", name)
	}
	changed, reboot := group.ParameterGroup, false
	for _, change := range changes {
		at := group.find(change.Name)
		if at < 0 {
			return nil, faultf(http.StatusBadRequest, "InvalidParameterValue", "Could not find parameter with name: %s", change.Name)
		}
		if change.ApplyMethod == "immediate" && group.all[at].ApplyType == "static" {
			return nil, faultf(http.StatusBadRequest, "InvalidParameterCombination", "cannot use immediate apply method for static parameter")
		}
		reboot = reboot || change.ApplyMethod == "pending-reboot"
		change.Source, change.ApplyType, change.DataType = "user", group.all[at].ApplyType, group.all[at].DataType
		changed.Parameters = append(slices.Clip(changed.Parameters), change)
	}
	s.putParameterGroup(changed)
	var affected []Instance
	for _, key := range s.state.instances.keys() {
		instance := s.state.instances.records[key].Instance
		if cluster || instance.ParameterGroup != name {
			continue
		}
		if reboot {
			instance.ParameterApplyStatus = "pending-reboot"
			s.putInstance(instance)
		} else if instance.ParameterApplyStatus == "" || instance.ParameterApplyStatus == "in-sync" {
			affected = append(affected, instance)
		}
	}
	return affected, nil
}

func readParameters(c call) []Parameter {
	var parameters []Parameter
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("Parameters.Parameter.%d.", i)
		if !c.params.Has(prefix + "ParameterName") {
			return parameters
		}
		parameters = append(parameters, Parameter{
			Name:        c.get(prefix + "ParameterName"),
			Value:       c.get(prefix + "ParameterValue"),
			ApplyMethod: c.get(prefix + "ApplyMethod"),
		})
	}
}
