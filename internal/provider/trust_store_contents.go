package provider

import (
	"crypto/sha1" //nolint:gosec // RDS and keytool name certificates by it; it identifies, it does not protect.
	"encoding/hex"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

type (
	storedCertificateModel struct {
		Alias               types.String `tfsdk:"alias"`
		Entry               types.String `tfsdk:"entry"`
		Subject             types.String `tfsdk:"subject"`
		Issuer              types.String `tfsdk:"issuer"`
		Serial              types.String `tfsdk:"serial"`
		SHA1                types.String `tfsdk:"sha1"`
		SHA256              types.String `tfsdk:"sha256"`
		NotBefore           types.String `tfsdk:"not_before"`
		NotAfter            types.String `tfsdk:"not_after"`
		KeyType             types.String `tfsdk:"key_type"`
		IsCA                types.Bool   `tfsdk:"is_ca"`
		SelfSigned          types.Bool   `tfsdk:"self_signed"`
		RDSRegion           types.String `tfsdk:"rds_region"`
		RDSCACertIdentifier types.String `tfsdk:"rds_ca_cert_identifier"`
	}
	validatorAnchorsModel struct {
		OpenSSL []types.String `tfsdk:"openssl"`
		Java    []types.String `tfsdk:"java"`
		Go      []types.String `tfsdk:"go"`
	}
	storeProblemModel struct {
		Code   types.String `tfsdk:"code"`
		Detail types.String `tfsdk:"detail"`
		Remedy types.String `tfsdk:"remedy"`
	}
	missingRootModel struct {
		CACertIdentifier types.String `tfsdk:"ca_cert_identifier"`
		Subject          types.String `tfsdk:"subject"`
		SHA256           types.String `tfsdk:"sha256"`
	}
)

// storedCertificateDescriptions describes a certificate of a store once, for
// the data source and the function.
var storedCertificateDescriptions = map[string]string{
	"alias":                  "Name of the entry; null when the format has none.",
	"entry":                  "`trusted`, `key` (the first certificate in the entry of a private key) or `none` (a certificate that belongs to no entry).",
	"subject":                "Distinguished name of the subject.",
	"issuer":                 "Distinguished name of the issuer.",
	"serial":                 "Serial number, decimal.",
	"sha1":                   "SHA-1 of the certificate, lower-case hexadecimal. RDS reports it as the thumbprint of a CA.",
	"sha256":                 "SHA-256 of the certificate, lower-case hexadecimal.",
	"not_before":             "Start of validity, RFC 3339.",
	"not_after":              "End of validity, RFC 3339.",
	"key_type":               "Type of the public key, such as `RSA` or `ECDSA`; null when it is not known.",
	"is_ca":                  "Whether it may sign certificates.",
	"self_signed":            "Whether subject and issuer are the same.",
	"rds_region":             "AWS Region of the RDS CA; null when it is not an RDS CA.",
	"rds_ca_cert_identifier": "Identifier of the RDS CA; null when it is not an RDS CA.",
}

func storedCertificateAttributes() map[string]schema.Attribute {
	all := make(map[string]schema.Attribute, len(storedCertificateDescriptions))
	for name, description := range storedCertificateDescriptions {
		if isFlag(name) {
			all[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: description}
			continue
		}
		all[name] = schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return all
}

// presentedCertificateAttributes are those of a certificate from a handshake,
// which has no entries.
func presentedCertificateAttributes() map[string]schema.Attribute {
	all := storedCertificateAttributes()
	all["alias"] = computedText("Always null: only trust stores have entries with names.")
	all["entry"] = computedText("Always `none`: only trust stores have entries.")
	return all
}

func storedCertificateTypes() map[string]attr.Type {
	all := make(map[string]attr.Type, len(storedCertificateDescriptions))
	for name := range storedCertificateDescriptions {
		all[name] = types.StringType
		if isFlag(name) {
			all[name] = types.BoolType
		}
	}
	return all
}

func isFlag(name string) bool { return name == "is_ca" || name == "self_signed" }

func validatorAnchorAttributes() map[string]schema.Attribute {
	list := func(description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description + " Empty when no certificate is accepted."}
	}
	return map[string]schema.Attribute{
		"openssl": list("What OpenSSL 3 accepts when used as in libpq and Python."),
		"java":    list("What Java accepts: from pgjdbc's root file or, if the store is a key store, from the JVM's trust store."),
		"go":      list("What Go accepts when used as in pgx and lib/pq."),
	}
}

func storeProblemAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"code":   schema.StringAttribute{Computed: true, MarkdownDescription: "Stable code. For a store that can be read: " + codeList(truststore.ProblemCodes()) + ". For a store that cannot be read, first in the list: " + codeList(unreadableCodes()) + "."},
		"detail": schema.StringAttribute{Computed: true, MarkdownDescription: "What was found, and where."},
		"remedy": schema.StringAttribute{Computed: true, MarkdownDescription: "What to do, in one sentence; null when there is nothing to do."},
	}
}

func missingRootAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"ca_cert_identifier": schema.StringAttribute{Computed: true, MarkdownDescription: "Identifier of the CA."},
		"subject":            schema.StringAttribute{Computed: true, MarkdownDescription: "Common name of the root."},
		"sha256":             schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-256 of the root, lower-case hexadecimal."},
	}
}

// fill translates what a store holds.
func (m *trustStoreModel) fill(contents truststore.Contents, readable bool) {
	m.Readable, m.DetectedFormat = types.BoolValue(readable), types.StringNull()
	if contents.Format != "" && contents.Format != truststore.FormatUnknown {
		m.DetectedFormat = types.StringValue(string(contents.Format))
	}
	m.Certificates = storedCertificates(contents.Entries)
	m.Anchors = &validatorAnchorsModel{
		OpenSSL: texted(contents.Anchors.OpenSSL), Java: texted(contents.Anchors.Java), Go: texted(contents.Anchors.Go),
	}
	m.Problems = make([]storeProblemModel, len(contents.Problems))
	for i, p := range contents.Problems {
		m.Problems[i] = storeProblemModel{Code: types.StringValue(p.Code), Detail: shown(p.Detail), Remedy: optionalText(p.Remedy)}
	}
	if m.Region.IsNull() || !readable {
		m.MissingRDSRoots = nil
		return
	}
	m.MissingRDSRoots = make([]missingRootModel, len(contents.MissingRoots))
	for i, root := range contents.MissingRoots {
		m.MissingRDSRoots[i] = missingRootModel{
			CACertIdentifier: types.StringValue(root.Identifier), Subject: types.StringValue(root.Subject), SHA256: types.StringValue(root.SHA256),
		}
	}
}

func storedCertificates(entries []truststore.Entry) []storedCertificateModel {
	certificates := make([]storedCertificateModel, len(entries))
	for i, entry := range entries {
		certificates[i] = storedCertificate(entry)
	}
	return certificates
}

func storedCertificate(entry truststore.Entry) storedCertificateModel {
	c := entry.Certificate
	sum := sha1.Sum(c.Raw) //nolint:gosec // See the import.
	m := storedCertificateModel{
		Alias: optionalText(entry.Alias), Entry: types.StringValue(string(entry.Kind)),
		Subject: shown(c.Subject.String()), Issuer: shown(c.Issuer.String()),
		Serial: types.StringNull(), SHA1: types.StringValue(hex.EncodeToString(sum[:])), SHA256: types.StringValue(entry.SHA256),
		NotBefore: types.StringValue(c.NotBefore.UTC().Format(time.RFC3339)), NotAfter: types.StringValue(c.NotAfter.UTC().Format(time.RFC3339)),
		KeyType: types.StringNull(), IsCA: types.BoolValue(c.IsCA),
		SelfSigned: types.BoolValue(string(c.RawSubject) == string(c.RawIssuer)),
	}
	if c.SerialNumber != nil {
		m.Serial = types.StringValue(c.SerialNumber.String())
	}
	if c.PublicKey != nil {
		m.KeyType = types.StringValue(c.PublicKeyAlgorithm.String())
	}
	if ca, known := rdsca.BySHA256(entry.SHA256); known {
		m.RDSRegion, m.RDSCACertIdentifier = types.StringValue(ca.Region), types.StringValue(ca.Identifier)
	}
	return m
}

func texted(values []string) []types.String {
	all := make([]types.String, len(values))
	for i, v := range values {
		all[i] = shown(v)
	}
	return all
}
