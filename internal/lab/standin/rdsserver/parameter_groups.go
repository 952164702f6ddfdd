package rdsserver

import (
	"cmp"
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// forceSSLParameter decides whether the server refuses plaintext.
const forceSSLParameter = "rds.force_ssl"

// parameterNames lists the parameters of a PostgreSQL parameter group: name,
// apply type, data type. It has about as many as RDS shows.
//
//go:embed parameters.csv
var parameterNames string

// ParameterGroup is a DB parameter group or a DB cluster parameter group.
type ParameterGroup struct {
	// Name of the group.
	Name string
	// Family such as postgres15 or aurora-postgresql16.
	Family string
	// Cluster is true for a DB cluster parameter group.
	Cluster bool
	// Parameters differ from, or add to, those every group has.
	Parameters []Parameter
	// WithoutForceSSL leaves rds.force_ssl out, as other engines do.
	WithoutForceSSL bool
}

// Parameter is one entry of a parameter group.
type Parameter struct {
	// Name such as rds.force_ssl.
	Name string
	// Value as configured; empty is left out of responses.
	Value string
	// Source is user, system or engine-default; empty means engine-default.
	Source string
	// ApplyType is static or dynamic; empty means dynamic.
	ApplyType string
	// DataType such as boolean; empty means string.
	DataType string
}

// PutParameterGroup adds or replaces a parameter group.
func (s *Server) PutParameterGroup(group ParameterGroup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.parameterGroups.put(groupKey(group.Cluster, group.Name), expand(group))
}

// RemoveParameterGroup deletes a parameter group though instances may use it.
func (s *Server) RemoveParameterGroup(cluster bool, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.parameterGroups.remove(groupKey(cluster, name))
}

func groupKey(cluster bool, name string) string {
	kind := "db:"
	if cluster {
		kind = "cluster:"
	}
	return kind + strings.ToLower(name)
}

// expand lays the group's own parameters over those that every group has.
func expand(group ParameterGroup) []Parameter {
	all := slices.Clone(everyParameter())
	if !group.WithoutForceSSL {
		all = append(all, Parameter{
			Name: forceSSLParameter, Value: "0", Source: "engine-default", ApplyType: "dynamic", DataType: "boolean",
		})
	}
	for _, own := range group.Parameters {
		at := slices.IndexFunc(all, func(p Parameter) bool { return p.Name == own.Name })
		if at < 0 {
			all = append(all, own)
			continue
		}
		own.ApplyType, own.DataType = cmp.Or(own.ApplyType, all[at].ApplyType), cmp.Or(own.DataType, all[at].DataType)
		all[at] = own
	}
	slices.SortFunc(all, func(a, b Parameter) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return all
}

var everyParameter = sync.OnceValue(func() []Parameter {
	var parameters []Parameter
	for line := range strings.Lines(parameterNames) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if len(fields) == 3 {
			parameters = append(parameters, Parameter{Name: fields[0], ApplyType: fields[1], DataType: fields[2]})
		}
	}
	return parameters
})

func (s *Server) describeDBParameters(c call, out *document) error {
	return s.describeParameters(c, out, false, c.get("DBParameterGroupName"))
}

func (s *Server) describeDBClusterParameters(c call, out *document) error {
	return s.describeParameters(c, out, true, c.get("DBClusterParameterGroupName"))
}

func (s *Server) describeParameters(c call, out *document, cluster bool, name string) error {
	group, exists := s.state.parameterGroups.get(groupKey(cluster, name))
	if !exists || s.foreign(c) {
		return faultf(http.StatusNotFound, "DBParameterGroupNotFound", "DBParameterGroup not found: %s", name)
	}
	source := c.get("Source")
	var selected []Parameter
	for _, parameter := range group {
		wanted, err := c.accepts(func(filter string) ([]string, bool) {
			return []string{parameter.Name}, filter == "parameter-name"
		})
		if err != nil {
			return err
		}
		if wanted && (source == "" || source == cmp.Or(parameter.Source, "engine-default")) {
			selected = append(selected, parameter)
		}
	}
	return list(out, c, "Parameters", selected, renderParameter)
}

func renderParameter(out *fragment, p Parameter) {
	method := "immediate"
	if p.ApplyType == "static" {
		method = "pending-reboot"
	}
	out.element("Parameter", "ParameterName", p.Name, "ParameterValue", p.Value, "Description", "Parameter "+p.Name+" of PostgreSQL.",
		"Source", cmp.Or(p.Source, "engine-default"), "ApplyType", cmp.Or(p.ApplyType, "dynamic"), "DataType", cmp.Or(p.DataType, "string"), "IsModifiable", true, "ApplyMethod", method)
}
