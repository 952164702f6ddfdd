package rdsserver

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// action answers one API action into out. The server's lock is held.
type action func(s *Server, c call, out *document) error

// actions is the part of the API that the server has.
var actions = map[string]action{
	"DescribeDBInstances":               (*Server).describeDBInstances,
	"DescribeDBClusters":                (*Server).describeDBClusters,
	"DescribeDBParameters":              (*Server).describeDBParameters,
	"DescribeDBClusterParameters":       (*Server).describeDBClusterParameters,
	"DescribeCertificates":              (*Server).describeCertificates,
	"DescribeDBEngineVersions":          (*Server).describeDBEngineVersions,
	"DescribePendingMaintenanceActions": (*Server).describePendingMaintenanceActions,
	"DescribeDBLogFiles":                (*Server).describeDBLogFiles,
	"DownloadDBLogFilePortion":          (*Server).downloadDBLogFilePortion,
	"ListTagsForResource":               (*Server).listTagsForResource,
	"CreateDBInstance":                  (*Server).createDBInstance,
	"ModifyDBInstance":                  (*Server).modifyDBInstance,
	"DeleteDBInstance":                  (*Server).deleteDBInstance,
	"AddTagsToResource":                 (*Server).addTagsToResource,
	"RemoveTagsFromResource":            (*Server).removeTagsFromResource,
	"GetCallerIdentity":                 (*Server).getCallerIdentity,
	"AssumeRole":                        (*Server).assumeRole,
	"AssumeRoleWithWebIdentity":         (*Server).assumeRole,
}

// foreign reports whether the call is for another Region, where nothing is.
func (s *Server) foreign(c call) bool { return c.region != "" && c.region != s.region }

// selectRecords returns the records that a Describe call asks for, by one
// identifier or by filters, before paging. missing is the error for an
// identifier that is not there.
func selectRecords[V any](s *Server, c call, from *table[V], identifier string, missing *fault, names func(V, string) ([]string, bool)) ([]V, error) {
	if identifier != "" {
		record, exists := from.get(strings.ToLower(lastPart(identifier)))
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

// lastPart is the identifier at the end of an ARN, or the whole of another text.
func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// list writes one page of records, with the marker before them.
func list[V any](out *document, c call, element string, records []V, render func(*fragment, V)) error {
	first, end, next, err := page(c, len(records))
	if err != nil {
		return err
	}
	out.fields("Marker", next)
	out.open(element)
	for _, record := range records[first:end] {
		render(&out.fragment, record)
	}
	out.close(element)
	return nil
}

// Bounds of MaxRecords, the same for every Describe action of RDS.
const (
	minRecords     = 20
	maxRecords     = 100
	defaultRecords = 100
)

// page cuts one page out of total records: those from first to end, and the
// marker of the next page, empty at the last.
func page(c call, total int) (first, end int, next string, err error) {
	size, err := c.number("MaxRecords", defaultRecords)
	if err != nil {
		return 0, 0, "", err
	}
	if size < minRecords || size > maxRecords {
		return 0, 0, "", faultf(http.StatusBadRequest, "InvalidParameterValue",
			"Invalid value %d for MaxRecords. Must be between %d and %d", size, minRecords, maxRecords)
	}
	if marker := c.get("Marker"); marker != "" {
		text, broken := base64.StdEncoding.DecodeString(marker)
		if first, err = strconv.Atoi(strings.TrimPrefix(string(text), "offset:")); broken != nil || err != nil || first < 0 || first > total {
			return 0, 0, "", faultf(http.StatusBadRequest, "InvalidParameterValue", "Invalid value for Marker.")
		}
	}
	end = min(first+size, total)
	if end < total {
		next = base64.StdEncoding.EncodeToString([]byte("offset:" + strconv.Itoa(end)))
	}
	return first, end, next, nil
}

func (s *Server) listingDenied(c call, identifier string) error {
	if identifier == "" && s.faults.current().DenyListing {
		return faultf(http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::123456789012:user/lab is not authorized to perform: rds:%s on resource: *", c.action)
	}
	return nil
}

func (s *Server) describeDBInstances(c call, out *document) error {
	identifier := c.get("DBInstanceIdentifier")
	if err := s.listingDenied(c, identifier); err != nil {
		return err
	}
	records, err := selectRecords(s, c, s.state.instances, identifier, noInstance(identifier), (*instanceRecord).names)
	if err != nil {
		return err
	}
	return list(out, c, "DBInstances", records, func(out *fragment, i *instanceRecord) { out.raw(i.rendered) })
}

func noInstance(identifier string) *fault {
	return faultf(http.StatusNotFound, "DBInstanceNotFound", "DBInstance %s not found.", identifier)
}

func (s *Server) describeDBClusters(c call, out *document) error {
	identifier := c.get("DBClusterIdentifier")
	if err := s.listingDenied(c, identifier); err != nil {
		return err
	}
	records, err := selectRecords(s, c, s.state.clusters, identifier,
		faultf(http.StatusNotFound, "DBClusterNotFoundFault", "DBCluster %s not found.", identifier), Cluster.names)
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

func (s *Server) describeCertificates(c call, out *document) error {
	identifier := c.get("CertificateIdentifier")
	certificates, err := selectRecords(s, c, s.state.certificates, identifier, noCertificate(identifier),
		func(Certificate, string) ([]string, bool) { return nil, false })
	if err != nil {
		return err
	}
	out.fields("DefaultCertificateForNewLaunches", s.state.defaultCertificate)
	return list(out, c, "Certificates", certificates, func(out *fragment, certificate Certificate) {
		out.element("Certificate", "CertificateIdentifier", certificate.Identifier, "CertificateType", "CA", "Thumbprint", certificate.Thumbprint,
			"ValidFrom", certificate.ValidFrom, "ValidTill", certificate.ValidTill,
			"CertificateArn", "arn:aws:rds:"+s.region+"::cert:"+certificate.Identifier, "CustomerOverride", false)
	})
}

func noCertificate(identifier string) *fault {
	return faultf(http.StatusNotFound, "CertificateNotFound", "Certificate %s not found.", identifier)
}

func (s *Server) describeDBEngineVersions(c call, out *document) error {
	var versions []EngineVersion
	for _, key := range s.state.engineVersions.keys() {
		version := s.state.engineVersions.records[key]
		wanted, err := c.accepts(version.names)
		if err != nil {
			return err
		}
		engine, number := c.get("Engine"), c.get("EngineVersion")
		if wanted && (engine == "" || engine == version.Engine) && (number == "" || version.named(number)) {
			versions = append(versions, version)
		}
	}
	return list(out, c, "DBEngineVersions", versions, func(out *fragment, v EngineVersion) {
		out.open("DBEngineVersion")
		out.fields("Engine", v.Engine, "EngineVersion", v.Version, "DBParameterGroupFamily", v.family(), "DBEngineDescription", "PostgreSQL", "Status", "available",
			"SupportsCertificateRotationWithoutRestart", v.RotationWithoutRestart, "SupportsBabelfish", v.Babelfish)
		out.texts("SupportedCACertificateIdentifiers", "member", v.SupportedCAs)
		out.close("DBEngineVersion")
	})
}

// named reports whether a version number names the version or its major.
func (v EngineVersion) named(number string) bool {
	return v.Version == number || strings.HasPrefix(v.Version, number+".")
}

func (v EngineVersion) family() string {
	major, _, _ := strings.Cut(v.Version, ".")
	return v.Engine + major
}

// names gives the names of an engine version for the filters of the API.
func (v EngineVersion) names(filter string) ([]string, bool) {
	name, supported := map[string]string{
		"engine": v.Engine, "engine-version": v.Version, "status": "available", "db-parameter-group-family": v.family(), "engine-mode": "provisioned",
	}[filter]
	return []string{name}, supported
}

func (s *Server) describePendingMaintenanceActions(c call, out *document) error {
	var selected [][]MaintenanceAction
	resource := c.get("ResourceIdentifier")
	for _, arn := range s.state.maintenance.keys() {
		wanted, err := c.accepts(func(filter string) ([]string, bool) {
			return []string{arn, lastPart(arn)}, filter == "db-instance-id" || filter == "db-cluster-id"
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
		out.fields("ResourceIdentifier", actions[0].ResourceARN)
		out.open("PendingMaintenanceActionDetails")
		for _, action := range actions {
			out.element("PendingMaintenanceAction", "Action", action.Action, "AutoAppliedAfterDate", action.AutoAppliedAfter)
		}
		out.close("PendingMaintenanceActionDetails")
		out.close("ResourcePendingMaintenanceActions")
	})
}

// Session credentials that AssumeRole hands out. They open nothing but the lab.
const (
	// SessionAccessKey is the access key of every assumed role.
	SessionAccessKey = "ASIALABSESSION000001"
	sessionSecret    = "lab-session-secret" //nolint:gosec // opens nothing
	sessionToken     = "lab-session-token"
)

func (s *Server) getCallerIdentity(c call, out *document) error {
	arn, user := "arn:aws:iam::"+s.accountID+":user/lab", "AIDALABUSER0000000001"
	if c.accessKey == SessionAccessKey {
		arn, user = "arn:aws:sts::"+s.accountID+":assumed-role/lab/session", "AROALABROLE0000000001:session"
	}
	out.fields("Arn", arn, "UserId", user, "Account", s.accountID)
	return nil
}

func (s *Server) assumeRole(c call, out *document) error {
	role := c.get("RoleArn")
	if !strings.HasPrefix(role, "arn:aws:iam::") || !strings.Contains(role, ":role/") {
		return faultf(http.StatusBadRequest, "ValidationError", "The role ARN is invalid.")
	}
	if c.action == "AssumeRoleWithWebIdentity" && c.get("WebIdentityToken") == "" {
		return faultf(http.StatusBadRequest, "InvalidIdentityToken", "No token was given.")
	}
	s.state.sessionKeys[SessionAccessKey] = true
	name := cmp.Or(c.get("RoleSessionName"), "session")
	out.element("Credentials", "AccessKeyId", SessionAccessKey, "SecretAccessKey", sessionSecret, "SessionToken", sessionToken,
		"Expiration", s.now().Add(time.Hour).UTC().Format(time.RFC3339))
	out.element("AssumedRoleUser", "AssumedRoleId", "AROALABROLE0000000001:"+name, "Arn", strings.Replace(role, ":role/", ":assumed-role/", 1)+"/"+name)
	return nil
}
