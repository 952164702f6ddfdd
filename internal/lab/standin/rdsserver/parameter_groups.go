package rdsserver

import (
	_ "embed"
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
	// ApplyMethod is immediate or pending-reboot; empty follows the apply type.
	ApplyMethod string
	// DataType such as boolean; empty means string.
	DataType string
}

// groupRecord is a group with all its parameters in the order of a response.
type groupRecord struct {
	ParameterGroup

	all []Parameter
}

// PutParameterGroup adds or replaces a parameter group.
func (s *Server) PutParameterGroup(group ParameterGroup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putParameterGroup(group)
}

func (s *Server) putParameterGroup(group ParameterGroup) {
	group.Parameters = slices.Clone(group.Parameters)
	s.state.parameterGroups.put(groupKey(group.Cluster, group.Name), &groupRecord{ParameterGroup: group, all: expand(group)})
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
		if own.ApplyType == "" {
			own.ApplyType = all[at].ApplyType
		}
		if own.DataType == "" {
			own.DataType = all[at].DataType
		}
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

// find returns the index of a parameter of the group, or -1.
func (g *groupRecord) find(name string) int {
	return slices.IndexFunc(g.all, func(p Parameter) bool { return p.Name == name })
}

func (p Parameter) render(out *fragment) {
	method := p.ApplyMethod
	if method == "" {
		method = "immediate"
		if p.ApplyType == "static" {
			method = "pending-reboot"
		}
	}
	out.open("Parameter")
	out.text("ParameterName", p.Name)
	out.text("ParameterValue", p.Value)
	out.text("Description", "Parameter "+p.Name+" of PostgreSQL.")
	out.text("Source", or(p.Source, "engine-default"))
	out.text("ApplyType", or(p.ApplyType, "dynamic"))
	out.text("DataType", or(p.DataType, "string"))
	out.flag("IsModifiable", true)
	out.text("ApplyMethod", method)
	out.close("Parameter")
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
