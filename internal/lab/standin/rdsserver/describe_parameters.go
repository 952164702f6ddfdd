package rdsserver

import (
	"context"
	"net/http"
	"strings"
)

func (s *Server) describeDBParameters(_ context.Context, c call, out *document) error {
	return s.describeParameters(c, out, false, c.get("DBParameterGroupName"))
}

func (s *Server) describeDBClusterParameters(_ context.Context, c call, out *document) error {
	return s.describeParameters(c, out, true, c.get("DBClusterParameterGroupName"))
}

func (s *Server) describeParameters(c call, out *document, cluster bool, name string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	group, exists := s.state.parameterGroups.get(groupKey(cluster, name))
	if !exists || s.foreign(c) {
		return faultf(http.StatusNotFound, "DBParameterGroupNotFound", "DBParameterGroup not found: %s", name)
	}
	source := c.get("Source")
	var selected []Parameter
	for _, parameter := range group.all {
		wanted, err := c.accepts(func(filter string) ([]string, bool) {
			return []string{parameter.Name}, filter == "parameter-name"
		})
		if err != nil {
			return err
		}
		if wanted && (source == "" || source == or(parameter.Source, "engine-default")) {
			selected = append(selected, parameter)
		}
	}
	return list(out, c, "Parameters", selected, func(out *fragment, p Parameter) { p.render(out) })
}

func (s *Server) describeDBParameterGroups(_ context.Context, c call, out *document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := c.get("DBParameterGroupName")
	var groups []*groupRecord
	for _, key := range s.state.parameterGroups.keys() {
		group := s.state.parameterGroups.records[key]
		if !group.Cluster && (name == "" || strings.EqualFold(name, group.Name)) && !s.foreign(c) {
			groups = append(groups, group)
		}
	}
	if name != "" && len(groups) == 0 {
		return faultf(http.StatusNotFound, "DBParameterGroupNotFound", "DBParameterGroup not found: %s", name)
	}
	return list(out, c, "DBParameterGroups", groups, func(out *fragment, group *groupRecord) {
		out.open("DBParameterGroup")
		out.text("DBParameterGroupName", group.Name)
		out.text("DBParameterGroupFamily", group.Family)
		out.text("Description", "Parameter group of the lab.")
		out.text("DBParameterGroupArn", s.arn("pg", group.Name))
		out.close("DBParameterGroup")
	})
}
