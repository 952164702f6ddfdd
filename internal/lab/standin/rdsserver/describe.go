package rdsserver

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// action answers one API action into out.
type action func(s *Server, ctx context.Context, c call, out *document) error

// actions is the part of the API that the server has.
var actions = map[string]action{
	"DescribeDBInstances":               (*Server).describeDBInstances,
	"DescribeDBClusters":                (*Server).describeDBClusters,
	"DescribeDBParameters":              (*Server).describeDBParameters,
	"DescribeDBClusterParameters":       (*Server).describeDBClusterParameters,
	"DescribeDBParameterGroups":         (*Server).describeDBParameterGroups,
	"DescribeCertificates":              (*Server).describeCertificates,
	"DescribeDBEngineVersions":          (*Server).describeDBEngineVersions,
	"DescribePendingMaintenanceActions": (*Server).describePendingMaintenanceActions,
	"DescribeDBLogFiles":                (*Server).describeDBLogFiles,
	"DownloadDBLogFilePortion":          (*Server).downloadDBLogFilePortion,
	"ListTagsForResource":               (*Server).listTagsForResource,
	"CreateDBInstance":                  (*Server).createDBInstance,
	"ModifyDBInstance":                  (*Server).modifyDBInstance,
	"ModifyDBCluster":                   (*Server).modifyDBCluster,
	"DeleteDBInstance":                  (*Server).deleteDBInstance,
	"RebootDBInstance":                  (*Server).rebootDBInstance,
	"ModifyDBParameterGroup":            (*Server).modifyDBParameterGroup,
	"ModifyDBClusterParameterGroup":     (*Server).modifyDBClusterParameterGroup,
	"ModifyCertificates":                (*Server).modifyCertificates,
	"AddTagsToResource":                 (*Server).addTagsToResource,
	"RemoveTagsFromResource":            (*Server).removeTagsFromResource,
	"GetCallerIdentity":                 (*Server).getCallerIdentity,
	"AssumeRole":                        (*Server).assumeRole,
	"AssumeRoleWithWebIdentity":         (*Server).assumeRole,
}

// foreign reports whether the call is for another Region, where nothing is.
func (s *Server) foreign(c call) bool { return c.region != "" && c.region != s.region }

// selectRecords returns the records that a Describe call asks for, by one
// identifier or by filters, before paging. The caller holds the write lock.
// missing is the error for an
// identifier that is not there.
func selectRecords[V any](s *Server, c call, from *table[V], identifier string, missing *fault, names func(V, string) ([]string, bool)) ([]V, error) {
	if identifier != "" {
		key := strings.ToLower(identifier[strings.LastIndexByte(identifier, ':')+1:])
		record, exists := from.get(key)
		if !exists || s.foreign(c) {
			return nil, missing
		}
		return []V{record}, nil
	}
	if s.foreign(c) {
		return nil, nil
	}
	filters := fmt.Sprint(c.filters)
	if selected, known := from.selections[filters]; known {
		return selected, nil
	}
	selected := make([]V, 0, len(from.order))
	for _, key := range from.keys() {
		record := from.records[key]
		wanted, err := c.accepts(func(name string) ([]string, bool) { return names(record, name) })
		if err != nil {
			return nil, err
		}
		if wanted {
			selected = append(selected, record)
		}
	}
	from.remember(filters, selected)
	return selected, nil
}

// list writes one page of records, with the marker before them.
func list[V any](out *document, c call, element string, records []V, render func(*fragment, V)) error {
	first, end, next, err := page(c, len(records))
	if err != nil {
		return err
	}
	out.text("Marker", next)
	out.open(element)
	for _, record := range records[first:end] {
		render(&out.fragment, record)
	}
	out.close(element)
	return nil
}

func (s *Server) listingDenied(c call, identifier string) error {
	if identifier == "" && s.faults.current().DenyListing {
		return faultf(http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::123456789012:user/lab is not authorized to perform: rds:%s on resource: *", c.action)
	}
	return nil
}

func (s *Server) describeDBInstances(_ context.Context, c call, out *document) error {
	identifier := c.get("DBInstanceIdentifier")
	if err := s.listingDenied(c, identifier); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	records, err := selectRecords(s, c, s.state.instances, identifier,
		faultf(http.StatusNotFound, "DBInstanceNotFound", "DBInstance %s not found.", identifier),
		(*instanceRecord).names)
	if err != nil {
		return err
	}
	return list(out, c, "DBInstances", records, func(out *fragment, i *instanceRecord) { out.raw(i.rendered) })
}

func (s *Server) describeDBClusters(_ context.Context, c call, out *document) error {
	identifier := c.get("DBClusterIdentifier")
	if err := s.listingDenied(c, identifier); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	records, err := selectRecords(s, c, s.state.clusters, identifier,
		faultf(http.StatusNotFound, "DBClusterNotFoundFault", "DBCluster %s not found.", identifier),
		Cluster.names)
	if err != nil {
		return err
	}
	return list(out, c, "DBClusters", records, renderCluster)
}

// names gives the names of a DB instance for the filters that RDS documents.
func (i *instanceRecord) names(filter string) ([]string, bool) {
	switch filter {
	case "db-instance-id":
		return []string{i.Identifier, i.ARN}, true
	case "db-cluster-id":
		return []string{i.ClusterIdentifier}, true
	case "engine":
		return []string{i.Engine}, true
	default:
		return nil, false
	}
}

// names gives the names of a DB cluster for the filters that RDS documents.
func (c Cluster) names(filter string) ([]string, bool) {
	switch filter {
	case "db-cluster-id":
		return []string{c.Identifier, c.ARN}, true
	case "engine":
		return []string{c.Engine}, true
	default:
		return nil, false
	}
}
