package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// caCertificateDataSource reads one CA of the Region.
func caCertificateDataSource() datasource.DataSource {
	return &answeringSource{read: readCACertificate, dataSource: dataSource{
		name:        "ca_certificate",
		description: "Reads one CA of the Region as RDS reports it, compares it with the provider's own list of RDS CAs, and says whether a DB instance can use it. Requires `rds:DescribeCertificates` and, if `db_instance_identifier` is set, `rds:DescribeDBInstances` and `rds:DescribeDBEngineVersions`.",
		attributes: attributes{
			"ca_cert_identifier":           {kind: text, filled: true, strings: notEmpty(), description: "Identifier of the CA. Default: the CA of new DB instances in this account and Region."},
			"db_instance_identifier":       {kind: text, strings: notEmpty(), description: "Identifier of a DB instance; `supported` then says whether that instance's engine version can use the CA. Default: none."},
			"region":                       regionalAttribute(""),
			"thumbprint":                   {kind: text, computed: true, description: "SHA-1 of the root CA as RDS reports it, lower-case hexadecimal; null when RDS reports none."},
			"sha256":                       {kind: text, computed: true, description: "SHA-256 of the root CA, lower-case hexadecimal, from the provider's own list of RDS CAs; null unless RDS reports the same thumbprint as that list for this CA and Region."},
			"valid_from":                   {kind: text, computed: true, description: "Start of validity, RFC 3339; null when RDS does not report it."},
			"valid_till":                   {kind: text, computed: true, description: "End of validity, RFC 3339; null when RDS does not report it."},
			"default_for_new_launches":     {kind: boolean, computed: true, description: "Whether new DB instances of the account get this CA."},
			"customer_override":            {kind: boolean, computed: true, description: "Whether the account has chosen this CA as its default."},
			"customer_override_valid_till": {kind: text, computed: true, description: "Time at which the account's choice of this CA as its default ends, RFC 3339; null when the account has not chosen this CA."},
			"key_type":                     {kind: text, computed: true, description: "Key type of the CA, such as `RSA2048`, from the provider's own list of RDS CAs; null unless RDS reports the same thumbprint as that list for this CA and Region."},
			"in_fact_table":                {kind: boolean, computed: true, description: "Whether the provider's own list of RDS CAs has, for this CA and Region, the thumbprint that RDS reports."},
			"supported":                    {kind: boolean, computed: true, description: "Whether the engine version of the DB instance can use the CA; null when `db_instance_identifier` is not set, when RDS does not report which CAs the engine version can use, or when they could not be read (a finding then says why)."},
			"findings":                     {kind: objects, computed: true, nested: findingAttributes(), description: "Where RDS and the provider's own list of RDS CAs do not agree, and what could not be read. A finding about a thumbprint that contradicts that list has the severity `error`."},
		},
	}}
}

// readCACertificate asks RDS and compares with the fact table.
func readCACertificate(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	at := path.Root("ca_cert_identifier")
	reader, err := s.rds(ctx, given.text("region"))
	if err != nil {
		diags.Append(awsDiagnostic(at, titleCA, err))
		return nil
	}
	var instance *rdsapi.DBInstance
	if given.isSet("db_instance_identifier") {
		found, err := reader.DBInstance(ctx, given.text("db_instance_identifier"))
		if err != nil {
			diags.Append(awsDiagnostic(path.Root("db_instance_identifier"), "Cannot Read the DB Instance", err))
			return nil
		}
		instance = &found
	}
	offered, err := reader.Certificates(ctx)
	if err != nil {
		diags.Append(awsDiagnostic(at, titleCA, err))
		return nil
	}
	identifier := cmp.Or(given.text("ca_cert_identifier"), offered.DefaultForNewLaunches)
	ca, exists := offered.ByIdentifier(identifier)
	if !exists {
		diags.Append(notOffered(at, identifier, offered))
		return nil
	}
	region := s.region(ctx, given.text("region"))
	answer := fields{
		"ca_cert_identifier": optionalText(identifier), "region": types.StringValue(region), "thumbprint": optionalText(ca.Thumbprint),
		"valid_from": optionalTime(ca.ValidFrom), "valid_till": optionalTime(ca.ValidTill),
		"default_for_new_launches": types.BoolValue(ca.Identifier == offered.DefaultForNewLaunches),
		"customer_override":        types.BoolValue(ca.CustomerOverride), "customer_override_valid_till": optionalTime(ca.CustomerOverrideValidTill),
		"in_fact_table": types.BoolValue(false),
	}
	findings := compareCA(answer, ca, region)
	if instance != nil {
		findings = append(findings, askSupport(ctx, reader, *instance, ca.Identifier, answer)...)
	}
	answer["findings"] = findingsOf(findings)
	return answer
}

const titleCA = "Cannot Read the CA"

// compareCA holds RDS's thumbprint against the fact table.
func compareCA(answer fields, ca rdsapi.CACertificate, region string) []readiness.Finding {
	fact, agreement := rdsca.CompareThumbprint(region, ca.Identifier, ca.Thumbprint)
	switch agreement {
	case rdsca.NotInTable:
		detail := "The provider's own list of RDS CAs does not contain the thumbprint of this CA: either the CA is newer than the list, or the response does not come from RDS."
		if ca.Thumbprint == "" {
			detail = "RDS reports no thumbprint for this CA, so it cannot be compared with the provider's own list of RDS CAs."
		}
		return []readiness.Finding{{Severity: readiness.Warning, Code: readiness.FindingNotInFactTable, Detail: detail}}
	case rdsca.Contradicts:
		return []readiness.Finding{{Severity: readiness.Blocking, Code: readiness.FindingContradicts, Detail: fmt.Sprintf(
			"RDS reports the thumbprint %s for %s in %s, but the provider's own list of RDS CAs has %s for %s in %s. Either the response does not come from RDS, or it comes from another Region.",
			ca.Thumbprint, ca.Identifier, region, fact.SHA1, fact.Identifier, fact.Region)}}
	case rdsca.Agrees:
		answer["in_fact_table"], answer["sha256"], answer["key_type"] = types.BoolValue(true), types.StringValue(fact.SHA256), types.StringValue(fact.KeyType)
	}
	return nil
}

// askSupport says whether the instance's engine version supports the CA. Where
// that may not be read it is null, and a finding says why.
func askSupport(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance, ca string, answer fields) []readiness.Finding {
	version, err := reader.EngineVersion(ctx, instance.Engine, instance.EngineVersion)
	switch {
	case err != nil:
		return []readiness.Finding{{Severity: readiness.Warning, Code: readiness.FindingFactNotRead, Detail: fmt.Sprintf(
			"%s It is therefore not known whether %s %s can use the CA. %s", awsCause(err), instance.Engine, instance.EngineVersion, awsRemedy(err))}}
	case len(version.SupportedCAs) > 0:
		answer["supported"] = types.BoolValue(slices.Contains(version.SupportedCAs, ca))
	}
	return nil
}
