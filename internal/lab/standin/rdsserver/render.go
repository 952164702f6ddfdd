package rdsserver

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// fault is an error of the API: an HTTP status, a code and a message.
type fault struct {
	status  int
	code    string
	message string
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func faultf(status int, code, format string, args ...any) *fault {
	return &fault{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// fragment writes XML elements. It knows nothing of the API.
type fragment struct{ buffer bytes.Buffer }

func (f *fragment) open(name string)  { f.buffer.WriteString("<" + name + ">") }
func (f *fragment) close(name string) { f.buffer.WriteString("</" + name + ">") }

// raw puts in what was rendered before.
func (f *fragment) raw(rendered []byte) { f.buffer.Write(rendered) }

// fields writes elements: a name, its value, the next name. An empty text and a
// zero time are left out, as RDS leaves out what an instance does not have.
func (f *fragment) fields(namesAndValues ...any) {
	for i := 0; i < len(namesAndValues); i += 2 {
		name, text := fmt.Sprint(namesAndValues[i]), fmt.Sprint(namesAndValues[i+1])
		if at, is := namesAndValues[i+1].(time.Time); is {
			if text = ""; !at.IsZero() {
				text = at.UTC().Format("2006-01-02T15:04:05.000Z")
			}
		}
		if text == "" {
			continue
		}
		f.open(name)
		_ = xml.EscapeText(&f.buffer, []byte(text)) // a buffer does not fail
		f.close(name)
	}
}

// element writes one that has fields.
func (f *fragment) element(name string, namesAndValues ...any) {
	f.open(name)
	f.fields(namesAndValues...)
	f.close(name)
}

// texts writes a list; an empty one is written as an empty element.
func (f *fragment) texts(list, member string, values []string) {
	f.open(list)
	for _, value := range values {
		f.fields(member, value)
	}
	f.close(list)
}

// document is a response: the envelope with the result inside.
type document struct {
	fragment

	action    string
	requestID string
}

func newDocument(action, namespace, requestID string) *document {
	d := &document{action: action, requestID: requestID}
	d.buffer.WriteString("<" + action + `Response xmlns="` + namespace + `">`)
	d.open(action + "Result")
	return d
}

func (d *document) finish() []byte {
	d.close(d.action + "Result")
	d.element("ResponseMetadata", "RequestId", d.requestID)
	d.close(d.action + "Response")
	return d.buffer.Bytes()
}

func writeError(w http.ResponseWriter, requestID string, err error) {
	f := &fault{status: http.StatusInternalServerError, code: "InternalFailure", message: "The request processing has failed."}
	errors.As(err, &f)
	kind := "Sender"
	if f.status >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	var body fragment
	body.buffer.WriteString(`<ErrorResponse xmlns="` + rdsNamespace + `">`)
	body.element("Error", "Type", kind, "Code", f.code, "Message", f.message)
	body.fields("RequestId", requestID)
	body.close("ErrorResponse")
	w.WriteHeader(f.status)
	_, _ = w.Write(body.buffer.Bytes()) // the client went away: nobody to tell
}

func renderInstance(i Instance) []byte {
	var out fragment
	out.open("DBInstance")
	out.fields(
		"DBInstanceIdentifier", i.Identifier, "DBInstanceArn", i.ARN, "DbiResourceId", "db-"+strings.ToUpper(i.Identifier),
		"DBInstanceClass", cmp.Or(i.Class, "db.t4g.micro"), "DBInstanceStatus", cmp.Or(i.Status, "available"),
		"Engine", i.Engine, "EngineVersion", i.EngineVersion, "LicenseModel", "postgresql-license", "AutoMinorVersionUpgrade", true,
		"MasterUsername", i.MasterUsername, "IAMDatabaseAuthenticationEnabled", false,
		"AllocatedStorage", max(i.AllocatedStorage, 20), "StorageType", "gp3", "StorageEncrypted", true,
		"PreferredBackupWindow", "04:00-04:30", "BackupRetentionPeriod", 7, "CopyTagsToSnapshot", false,
		"PreferredMaintenanceWindow", cmp.Or(i.MaintenanceWindow, "sun:05:00-sun:05:30"),
		"MultiAZ", false, "PubliclyAccessible", false, "DeletionProtection", false, "PerformanceInsightsEnabled", false, "DbInstancePort", 0,
		"ReadReplicaSourceDBInstanceIdentifier", i.ReplicaSource, "DBClusterIdentifier", i.ClusterIdentifier, "CACertificateIdentifier", i.CAIdentifier,
	)
	if i.Host != "" {
		out.element("Endpoint", "Address", i.Host, "Port", i.Port, "HostedZoneId", "Z2R2ITUGPM61AM")
	}
	out.texts("DBSecurityGroups", "DBSecurityGroup", nil)
	out.texts("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier", nil)
	out.open("VpcSecurityGroups")
	out.element("VpcSecurityGroupMembership", "VpcSecurityGroupId", "sg-0b9130572daf3dc16", "Status", "active")
	out.close("VpcSecurityGroups")
	out.open("DBParameterGroups")
	if i.ParameterGroup != "" {
		out.element("DBParameterGroup", "DBParameterGroupName", i.ParameterGroup, "ParameterApplyStatus", cmp.Or(i.ParameterApplyStatus, "in-sync"))
	}
	out.close("DBParameterGroups")
	out.element("PendingModifiedValues", "CACertificateIdentifier", i.PendingCA)
	if len(i.LogExports) > 0 {
		out.texts("EnabledCloudwatchLogsExports", "member", i.LogExports)
	}
	renderTags(&out, i.Tags)
	if i.CAIdentifier != "" {
		out.element("CertificateDetails", "CAIdentifier", i.CAIdentifier, "ValidTill", i.ServerCertificateValidTill)
	}
	out.close("DBInstance")
	return out.buffer.Bytes()
}

func renderTags(out *fragment, tags map[string]string) {
	out.open("TagList")
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out.element("Tag", "Key", key, "Value", tags[key])
	}
	out.close("TagList")
}

func renderCluster(out *fragment, c Cluster) {
	out.open("DBCluster")
	out.fields(
		"DBClusterIdentifier", c.Identifier, "DBClusterArn", c.ARN, "Status", "available", "DBClusterParameterGroup", c.ParameterGroup,
		"Engine", c.Engine, "EngineVersion", c.EngineVersion, "EngineMode", "provisioned", "MultiAZ", c.MultiAZ, "IAMDatabaseAuthenticationEnabled", false,
		"Endpoint", c.Endpoint, "ReaderEndpoint", c.ReaderEndpoint, "Port", c.Port,
		"PreferredMaintenanceWindow", cmp.Or(c.MaintenanceWindow, "sun:05:00-sun:05:30"),
	)
	out.open("DBClusterMembers")
	for _, member := range c.Members {
		out.element("DBClusterMember", "DBInstanceIdentifier", member.Identifier, "IsClusterWriter", member.Writer,
			"DBClusterParameterGroupStatus", cmp.Or(member.ParameterGroupStatus, "in-sync"), "PromotionTier", 1)
	}
	out.close("DBClusterMembers")
	renderTags(out, nil)
	if c.CAIdentifier != "" {
		out.element("CertificateDetails", "CAIdentifier", c.CAIdentifier, "ValidTill", c.ServerCertificateValidTill)
	}
	if c.PendingCA != "" {
		out.open("PendingModifiedValues")
		out.element("CertificateDetails", "CAIdentifier", c.PendingCA)
		out.close("PendingModifiedValues")
	}
	out.close("DBCluster")
}
