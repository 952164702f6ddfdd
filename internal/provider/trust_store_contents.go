package provider

import (
	"crypto/sha1" //nolint:gosec // RDS and keytool name certificates by it; it identifies, it does not protect.
	"encoding/hex"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// storedCertificateAttributes are of a certificate of a store, for the data
// sources and the function.
func storedCertificateAttributes() attributes {
	return attributes{
		"alias":                  {kind: text, description: "Name of the entry; null when the format has no names for entries."},
		"entry":                  {kind: text, description: "How the store holds the certificate: `trusted`, `key` (the first certificate in the entry of a private key) or `none` (any further certificate in the entry of a private key, or a PKCS#12 certificate without Java's trust attribute)."},
		"subject":                {kind: text, description: "Distinguished name of the subject."},
		"issuer":                 {kind: text, description: "Distinguished name of the issuer."},
		"serial":                 {kind: text, description: "Serial number, decimal."},
		"sha1":                   {kind: text, description: "SHA-1 of the certificate, lower-case hexadecimal. For a CA, this is the value that RDS reports as its thumbprint."},
		"sha256":                 {kind: text, description: "SHA-256 of the certificate, lower-case hexadecimal."},
		"not_before":             {kind: text, description: "Start of validity, RFC 3339."},
		"not_after":              {kind: text, description: "End of validity, RFC 3339."},
		"key_type":               {kind: text, description: "Type of the public key, such as `RSA` or `ECDSA`; null when it is not known."},
		"is_ca":                  {kind: boolean, description: "Whether the certificate may sign other certificates."},
		"self_signed":            {kind: boolean, description: "Whether subject and issuer are the same."},
		"rds_region":             {kind: text, description: "AWS Region of the RDS CA that this certificate belongs to; null when it is not the certificate of an RDS CA."},
		"rds_ca_cert_identifier": {kind: text, description: "Identifier of the RDS CA that this certificate belongs to; null when it is not the certificate of an RDS CA."},
	}
}

// presentedCertificateAttributes are those of a certificate from a handshake,
// which has no entries.
func presentedCertificateAttributes() attributes {
	all := storedCertificateAttributes()
	all["alias"] = attribute{kind: text, description: "Always null: only trust stores have entries with names."}
	all["entry"] = attribute{kind: text, description: "Always `none`: only trust stores have entries."}
	return all
}

// storeContents translates what a store holds.
func storeContents(contents truststore.Contents) fields {
	as := trustStoreSourceAttributes()
	answer := fields{
		"certificates": storedCertificates(contents.Entries),
		"anchors": as["anchors"].nested.object(fields{
			"openssl": textList(contents.Anchors.OpenSSL), "java": textList(contents.Anchors.Java), "go": textList(contents.Anchors.Go),
		}),
		"problems": as["problems"].nested.list(each(contents.Problems, func(p truststore.Problem) fields {
			return fields{"code": types.StringValue(p.Code), "detail": shown(p.Detail), "remedy": optionalText(p.Remedy)}
		})),
	}
	if contents.Format != "" && contents.Format != truststore.FormatUnknown {
		answer["detected_format"] = types.StringValue(string(contents.Format))
	}
	return answer
}

func storedCertificates(entries []truststore.Entry) types.List {
	return storedCertificateAttributes().list(each(entries, storedCertificate))
}

func storedCertificate(entry truststore.Entry) fields {
	c := entry.Certificate
	sum := sha1.Sum(c.Raw) //nolint:gosec // See the import.
	f := fields{
		"alias": optionalText(entry.Alias), "entry": types.StringValue(string(entry.Kind)),
		"subject": shown(c.Subject.String()), "issuer": shown(c.Issuer.String()),
		"sha1": types.StringValue(hex.EncodeToString(sum[:])), "sha256": types.StringValue(entry.SHA256),
		"not_before": types.StringValue(c.NotBefore.UTC().Format(time.RFC3339)), "not_after": types.StringValue(c.NotAfter.UTC().Format(time.RFC3339)),
		"is_ca": types.BoolValue(c.IsCA), "self_signed": types.BoolValue(string(c.RawSubject) == string(c.RawIssuer)),
	}
	if c.SerialNumber != nil {
		f["serial"] = types.StringValue(c.SerialNumber.String())
	}
	if c.PublicKey != nil {
		f["key_type"] = types.StringValue(c.PublicKeyAlgorithm.String())
	}
	if ca, known := rdsca.BySHA256(entry.SHA256); known {
		f["rds_region"], f["rds_ca_cert_identifier"] = types.StringValue(ca.Region), types.StringValue(ca.Identifier)
	}
	return f
}
