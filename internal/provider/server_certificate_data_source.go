package provider

import (
	"bytes"
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// serverCertificateDataSource reads what a server presents.
func serverCertificateDataSource() datasource.DataSource {
	return &answeringSource{read: readServerCertificate, dataSource: dataSource{
		name:        "server_certificate",
		description: "Reads, without logging in, the certificates that a PostgreSQL server presents in a TLS handshake: the certificate chain, its names and dates, and the RDS CA that it belongs to. If the server is already on the target CA, pass `chain_pem` to `canary_server_certificate_chain_pem` of `sslready_trust_store_validation` (the gate) or `sslready_readiness`, since the other DB instances in the Region will present the same root after their switch. With `db_instance_identifier`, `rds:DescribeDBInstances` is required.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("host")),
		},
		attributes: attributes{
			"db_instance_identifier": {kind: text, strings: notEmpty(), description: "Identifier of the DB instance, whose endpoint is read from RDS. Set either this or `host`."},
			"region":                 regionalAttribute(regionalWithoutAWS),
			"host":                   {kind: text, strings: notEmpty(), description: "Name or address of the server. With this argument, no AWS access is needed."},
			"port":                   {kind: number, numbers: []validator.Int64{int64validator.Between(1, 65535)}, description: "Port of the server. Default: what RDS reports, else 5432."},
			"negotiation":            {kind: text, strings: oneOf(negotiationRequest, negotiationDirect), description: "How TLS is started: `sslrequest` (default), or `direct`, which PostgreSQL 17 and later accept."},
			"timeout":                {kind: text, strings: oneDuration(), description: "Time limit for each connection. Default: `10s`."},
			"allow_unreachable":      {kind: boolean, description: "Whether to return `reachable = false` instead of an error if the server cannot be reached. Default: `false`."},
			"reachable":              {kind: boolean, computed: true, description: "Whether the server could be reached. If not, all results of the handshake are null."},
			"chain_pem":              {kind: text, computed: true, description: "The certificates that the server presents, in PEM, server certificate first, as sent. Null when the server is unreachable."},
			"certificates":           {kind: objects, computed: true, nested: presentedCertificateAttributes(), description: "The presented certificates, server certificate first. Null when the server is unreachable."},
			"dns_names":              {kind: texts, computed: true, description: "DNS names in the server certificate. Null when the server is unreachable."},
			"ip_addresses":           {kind: texts, computed: true, description: "IP addresses in the server certificate. Null when the server is unreachable."},
			"not_after":              {kind: text, computed: true, description: "When the server certificate expires, RFC 3339. Null when the server is unreachable."},
			"next_renewal":           {kind: text, computed: true, description: "Approximate time at which RDS automatically renews the server certificate, about halfway through the certificate's validity period, RFC 3339. Null when the chain does not end in a root from the provider's own list of RDS CAs, or when the server is unreachable."},
			"tls_version":            {kind: text, computed: true, description: "TLS version negotiated with a client that offers TLS 1.3. Null when the server is unreachable."},
			"cipher":                 {kind: text, computed: true, description: "Cipher suite negotiated with a client that offers TLS 1.3. Null when the server is unreachable."},
			"accepts_rsa":            {kind: boolean, computed: true, description: "Whether a TLS 1.2 client that offers only RSA suites can connect. Null when the server is unreachable."},
			"rsa_tls_version":        {kind: text, computed: true, description: "TLS version negotiated with a client that offers at most TLS 1.2, with RSA suites only. Null when such a client cannot connect, or when the server is unreachable."},
			"rsa_cipher":             {kind: text, computed: true, description: "Cipher suite negotiated with a client that offers at most TLS 1.2, with RSA suites only. Null when such a client cannot connect, or when the server is unreachable."},
			"accepts_ecdsa":          {kind: boolean, computed: true, description: "Whether a TLS 1.2 client that offers only ECDSA suites can connect. Null when the server is unreachable."},
			"ecdsa_tls_version":      {kind: text, computed: true, description: "TLS version negotiated with a client that offers at most TLS 1.2, with ECDSA suites only. Null when such a client cannot connect, or when the server is unreachable."},
			"ecdsa_cipher":           {kind: text, computed: true, description: "Cipher suite negotiated with a client that offers at most TLS 1.2, with ECDSA suites only. Null when such a client cannot connect, or when the server is unreachable."},
			"ca_cert_identifier":     {kind: text, computed: true, description: "Identifier of the RDS CA in whose root the chain ends. Null when the chain does not end in a root from the provider's own list of RDS CAs, or when the server is unreachable."},
			"ca_region":              {kind: text, computed: true, description: "AWS Region of the RDS CA in whose root the chain ends. Null when the chain does not end in a root from the provider's own list of RDS CAs, or when the server is unreachable."},
			"verified":               {kind: boolean, computed: true, description: "Whether the chain ends in a root from the provider's own list of RDS CAs, all signatures in the chain are valid, and none of its certificates has expired. Null when the server is unreachable."},
		},
	}}
}

// readServerCertificate makes the handshakes.
func readServerCertificate(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	at, region := identifiedBy(given), given["region"]
	endpoint := postgres.Endpoint{Host: given.text("host")}
	if given.isSet("db_instance_identifier") {
		found, err := knownEndpoint(ctx, s, given)
		if err != nil {
			diags.Append(awsDiagnostic(at, titleServerCertificate, err))
			return nil
		}
		endpoint, region = found, types.StringValue(s.region(ctx, given.text("region")))
	}
	endpoint.Port = cmp.Or(portOf(int(given.number("port"))), endpoint.Port)
	endpoint.Timeout = given.duration("timeout")
	negotiation := postgres.SSLRequest
	if given.text("negotiation") == negotiationDirect {
		negotiation = postgres.Direct
	}
	answer, err := handshakes(ctx, endpoint, negotiation, s.now())
	if err != nil {
		if !given.flag("allow_unreachable") {
			diags.AddAttributeError(at, titleServerCertificate, fmt.Sprintf(
				"%s It is therefore not known what clients would have to trust. %s", readiness.Sentence(err.Error()), postgresRemedy(err, false)))
			return nil
		}
		diags.AddAttributeWarning(at, titleServerCertificate, fmt.Sprintf("%s The result says nothing about the server's certificate. %s", readiness.Sentence(err.Error()), postgresRemedy(err, true)))
		answer = fields{"reachable": types.BoolValue(false)} // And nothing of what an earlier handshake showed.
	}
	answer["region"] = region
	return answer
}

const (
	titleServerCertificate = "Cannot Read the Server Certificate"

	negotiationRequest = "sslrequest"
	negotiationDirect  = "direct"
)

func knownEndpoint(ctx context.Context, s *services, given fields) (postgres.Endpoint, error) {
	reader, err := s.rds(ctx, given.text("region"))
	if err != nil {
		return postgres.Endpoint{}, err
	}
	instance, err := postgreSQL(ctx, reader, given.text("db_instance_identifier"))
	if err == nil && instance.Endpoint == nil {
		err = errNoEndpoint
	}
	return endpointOf(instance), err
}

// handshakes asks the server as three kinds of clients would.
func handshakes(ctx context.Context, endpoint postgres.Endpoint, negotiation postgres.Negotiation, now time.Time) (fields, error) {
	presented, err := postgres.ServerCertificate(ctx, endpoint, postgres.OfferAny, negotiation)
	if err != nil {
		return nil, err
	}
	answer, err := describe(presented, now)
	if err != nil {
		return nil, err
	}
	answer["reachable"], answer["tls_version"], answer["cipher"] = types.BoolValue(true), shown(presented.TLSVersion), shown(presented.Cipher)
	for _, offer := range []postgres.Offer{postgres.OfferRSA, postgres.OfferECDSA} {
		got, err := postgres.ServerCertificate(ctx, endpoint, offer, negotiation)
		if err != nil && !errors.Is(err, postgres.ErrTLSHandshake) {
			return nil, err
		}
		kind := string(offer)
		answer["accepts_"+kind], answer[kind+"_tls_version"], answer[kind+"_cipher"] = types.BoolValue(err == nil), optionalText(got.TLSVersion), optionalText(got.Cipher)
	}
	return answer, nil
}

// describe says what the presented path is.
func describe(presented postgres.Presented, now time.Time) (fields, error) {
	var text bytes.Buffer
	for _, der := range presented.Chain {
		if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return nil, err
		}
	}
	path, err := certpath.ParsePresented(text.Bytes())
	if err != nil {
		return nil, err
	}
	entries := make([]truststore.Entry, len(path.Certificates))
	for i, c := range path.Certificates {
		entries[i] = truststore.Entry{Kind: truststore.EntryNone, Certificate: c, SHA256: sha256Of(c.Raw)}
	}
	leaf, last := path.Certificates[0], path.Certificates[len(path.Certificates)-1]
	answer := fields{
		"chain_pem": types.StringValue(text.String()), "not_after": optionalTime(leaf.NotAfter), "verified": types.BoolValue(false),
		"certificates": storedCertificates(entries),
		"dns_names":    textList(leaf.DNSNames), "ip_addresses": textList(each(leaf.IPAddresses, net.IP.String)),
	}
	root, known := rdsca.BySHA256(sha256Of(last.Raw))
	if !known || !root.SelfSigned {
		return answer, nil
	}
	answer["ca_cert_identifier"], answer["ca_region"] = types.StringValue(root.Identifier), types.StringValue(root.Region)
	answer["next_renewal"] = optionalTime(rdsca.AutomaticRenewal(leaf.NotBefore, leaf.NotAfter))
	result := certpath.Verify(certpath.Profile{Validator: certpath.Go}, path, certpath.Anchors(last), now)
	answer["verified"] = types.BoolValue(result.Reason == certpath.Accepted)
	return answer, nil
}
