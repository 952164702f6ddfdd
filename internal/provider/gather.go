package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// gathered is the evidence of one judgement.
type gathered struct {
	// instance is RDS's word, or what is remembered of it; zero where RDS was
	// not asked, or has no such DB instance.
	instance        gate.Instance
	target, current readiness.Evidence
	forceSSL        *bool
	serverTLS       readiness.ServerTLS
	host            string
	endpoint        string // the host that RDS reports
	// engine and account are RDS's word; empty is not known.
	engine, account string
	// topology is nil where RDS was not asked.
	topology *readiness.Topology
	notes    []readiness.Finding
	// factRegion is the Region whose root the fact table gave for the target,
	// where RDS was not asked; else empty.
	factRegion string
}

// gather reads what the configuration does not give. It asks RDS only where a
// DB instance is named. before is what is remembered of that DB instance, or
// nil.
func gather(ctx context.Context, s *services, m judgementModel, before *seenInstance) (gathered, diag.Diagnostics) {
	g := gathered{
		host:     m.text("host"),
		forceSSL: field[types.Bool](m.fields, "force_ssl").ValueBoolPointer(), serverTLS: serverTLSOf(fieldsOf(m.fields["server_tls"])),
	}
	var diags diag.Diagnostics
	if retired := retiredTarget(m, s.now()); retired != nil {
		diags.Append(retired)
		return g, diags
	}
	region, offered := m.text("region"), rdsapi.Certificates{}
	target := m.text("target_ca_cert_identifier")
	if m.isSet("db_instance_identifier") {
		reader, err := s.rds(ctx, m.text("region"))
		if err != nil {
			diags.Append(cannotReadInstance(err))
			return g, diags
		}
		region, offered = g.ask(ctx, reader, m, region, before, &diags)
		if diags.HasError() {
			return g, diags
		}
	}
	if region == "" && m.isSet("db_instance_identifier") {
		region = s.region(ctx, "")
	}
	endpoint, is := rdsca.ParseEndpoint(g.host)
	switch {
	case !is || endpoint.Region == "":
	case region == "":
		region = endpoint.Region
	case m.isSet("region") && m.isSet("host") && region != endpoint.Region:
		diags.Append(otherRegion(endpoint.Region, region))
		return g, diags
	}
	present := cmp.Or(m.text("current_ca_cert_identifier"), g.instance.CA)
	g.target = targetEvidence(m, region, offered, &diags)
	if !m.isSet("db_instance_identifier") && g.target.Source == sourceFactTable {
		g.factRegion = region
	}
	g.current = evidence(m, present, region, offered, "current_server_certificate_chain_pem", &diags)
	if ca := m.text("current_ca_cert_identifier"); ca != "" && !diags.HasError() && !known(g.current) {
		diags.AddAttributeWarning(path.Root("current_ca_cert_identifier"), "Unknown CA Identifier", fmt.Sprintf(
			"No root CA is known for %q in this Region, so it is not known how clients behave now, and a gate with on_unready = \"hold\" would assign this CA to the DB instance. Correct the identifier, or set current_server_certificate_chain_pem.", ca))
	}
	if !diags.HasError() && !known(g.target) {
		diags.Append(targetNotKnown(target, region))
	}
	return g, diags
}

// retiredTarget refuses a CA that RDS no longer offers, whatever is known of it.
func retiredTarget(m judgementModel, now time.Time) diag.Diagnostic {
	target := m.text("target_ca_cert_identifier")
	if !rdsca.Known(target) || !rdsca.Retired(rdsca.CA{Identifier: target, NotAfter: now.AddDate(1, 0, 0)}, now) {
		return nil
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("target_ca_cert_identifier"), "Retired CA", fmt.Sprintf(
		"RDS has retired %q and would refuse the switch. Choose a CA that RDS offers: %s.", target, strings.Join(rdsca.Identifiers(), ", ")))
}

// cannotReadInstance names the way without AWS where there is none to it.
func cannotReadInstance(err error) diag.Diagnostic {
	detail := awsDetail(err)
	if errors.Is(err, rdsapi.ErrNoCredentials) {
		detail += " Alternatively, remove \"db_instance_identifier\" and set \"region\", \"host\", \"current_ca_cert_identifier\" and \"force_ssl\" by hand."
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("db_instance_identifier"), "Cannot Read the DB Instance", detail)
}

// ask fills in what RDS knows of the DB instance, and returns its Region and
// the CAs that the Region offers. What one denied call leaves open is a
// warning, and the judgement says what it then cannot decide.
func (g *gathered) ask(ctx context.Context, reader *rdsapi.Reader, m judgementModel, region string, before *seenInstance, diags *diag.Diagnostics) (string, rdsapi.Certificates) {
	at, id := path.Root("db_instance_identifier"), m.text("db_instance_identifier")
	instance, missing := reader.DBInstance(ctx, id) // First, so that many gates share one call.
	offered, err := reader.Certificates(ctx)
	if err != nil {
		diags.AddAttributeWarning(at, "Cannot Read the Region's CAs", fmt.Sprintf(
			"%s The target CA is taken from the provider's own list of RDS CAs instead. %s", awsCause(err), awsRemedy(err)))
	} else if _, exists := offered.ByIdentifier(m.text("target_ca_cert_identifier")); !exists {
		diags.Append(notOffered(path.Root("target_ca_cert_identifier"), m.text("target_ca_cert_identifier"), offered))
		return region, offered
	}
	switch {
	case errors.Is(missing, rdsapi.ErrDBInstanceNotFound) && before != nil:
		g.topology = &readiness.Topology{Instance: id}
		diags.AddAttributeWarning(at, "DB Instance No Longer Exists", fmt.Sprintf(
			"DB instance %q no longer exists in this account and Region. Its clients are judged as if it were about to be recreated. When it was last seen, its CA was %s. If it should exist, check the identifier, the account and the Region.", id, before.CA))
		if g.take(*before); g.forceSSL == nil {
			g.forceSSL = before.ForceSSL
		}
		if !m.isSet("server_tls") {
			g.serverTLS = before.ServerTLS
		}
		return cmp.Or(region, before.Region), offered
	case errors.Is(missing, rdsapi.ErrDBInstanceNotFound):
		g.topology = &readiness.Topology{Instance: id}
		diags.AddAttributeWarning(at, "DB Instance Does Not Exist Yet", fmt.Sprintf(
			"No DB instance %q exists in this account and Region. Its clients are judged against the target CA alone, as if it were about to be created. If it should already exist, check the identifier, the account and the Region.", id))
		return region, offered
	case missing != nil:
		diags.Append(cannotReadInstance(missing))
		return region, offered
	}
	if !instance.IsPostgreSQL() {
		diags.Append(notPostgreSQL(at, "DB instance", id, instance.Engine))
		return region, offered
	}
	g.engine = instance.Engine
	instance = g.askTopology(ctx, reader, instance)
	g.take(seen(instance))
	g.askParameters(ctx, reader, m, diags)
	offeredForVersion(ctx, reader, instance, m.text("target_ca_cert_identifier"), diags)
	return cmp.Or(region, instance.Region), offered
}

// notPostgreSQL is for the engines of RDS that this provider cannot judge.
func notPostgreSQL(at path.Path, kind, id, engine string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Not a PostgreSQL Database", fmt.Sprintf(
		"The engine of the %s %q is %s. The rules for PostgreSQL do not apply to this engine. Name a DB instance or cluster with the engine postgres or aurora-postgresql.", kind, id, engine))
}

// errNotPostgreSQL is for a DB instance that has no PostgreSQL to be asked.
var errNotPostgreSQL = errors.New("only postgres and aurora-postgresql are supported")

// postgreSQL asks RDS for a DB instance that PostgreSQL runs on.
func postgreSQL(ctx context.Context, reader *rdsapi.Reader, id string) (rdsapi.DBInstance, error) {
	instance, err := reader.DBInstance(ctx, id)
	if err == nil && !instance.IsPostgreSQL() {
		return instance, fmt.Errorf("DB instance %q has the engine %s: %w", id, instance.Engine, errNotPostgreSQL)
	}
	return instance, err
}

// take copies the facts of the instance. What it is on is RDS's word, whatever
// the user gave to judge by: a literal that was not brought up to date must
// neither open the gate nor be what the instance is held on.
func (g *gathered) take(instance seenInstance) {
	g.instance = gate.Instance{CA: instance.CA, PendingCA: instance.PendingCA}
	g.host, g.endpoint = cmp.Or(g.host, instance.Host), instance.Host
	g.engine = cmp.Or(g.engine, instance.Engine)
	g.account = instance.AccountID
}

// askParameters reads rds.force_ssl, and beside it what the server takes of a
// handshake, as far as the user gave neither.
func (g *gathered) askParameters(ctx context.Context, reader *rdsapi.Reader, m judgementModel, diags *diag.Diagnostics) {
	if g.forceSSL != nil && m.isSet("server_tls") {
		return
	}
	setting, err := reader.ForceSSL(ctx, m.text("db_instance_identifier"))
	switch {
	case err != nil && g.forceSSL == nil:
		diags.AddAttributeWarning(path.Root("force_ssl"), "Cannot Read rds.force_ssl", fmt.Sprintf(
			"%s Clients whose outcome depends on rds.force_ssl cannot be judged. %s Alternatively, set force_ssl.", awsCause(err), awsRemedy(err)))
	case err == nil && setting.Effect != rdsapi.EffectInForce && g.forceSSL == nil:
		diags.AddAttributeWarning(path.Root("force_ssl"), "Value of rds.force_ssl Is Uncertain", fmt.Sprintf(
			"The status of the parameter group %q is %q, so it is possible that the value of rds.force_ssl is not in force on the server yet. Clients whose outcome depends on that value cannot be judged. Reboot the DB instance, or set force_ssl.",
			setting.ParameterGroupName, setting.Effect))
	}
	if err != nil || setting.Effect != rdsapi.EffectInForce {
		return // Of the handshake, PostgreSQL's own defaults are taken.
	}
	if enforced, certain := effectiveForceSSL(setting); certain && g.forceSSL == nil {
		g.forceSSL = &enforced
	}
	if !m.isSet("server_tls") {
		g.serverTLS = configuredTLS(setting.TLS)
	}
}

// effectiveForceSSL is the configured value, else RDS's default for the
// engine version. It is certain only when that is known.
func effectiveForceSSL(setting rdsapi.ForceSSL) (enforced, certain bool) {
	switch setting.Value {
	case "1":
		return true, true
	case "0":
		return false, true
	case "":
		return rdsca.ForceSSLDefault(setting.Engine, setting.EngineVersion)
	}
	return false, false
}

// offeredForVersion checks that the engine version can use the target CA.
func offeredForVersion(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance, target string, diags *diag.Diagnostics) {
	at := path.Root("target_ca_cert_identifier")
	version, err := reader.EngineVersion(ctx, instance.Engine, instance.EngineVersion)
	if err != nil {
		diags.AddAttributeWarning(at, "Cannot Read the Engine Version", fmt.Sprintf(
			"%s The provider therefore did not check whether %s %s can use this CA; RDS checks that during the switch. %s", awsCause(err), instance.Engine, instance.EngineVersion, awsRemedy(err)))
		return
	}
	if len(version.SupportedCAs) > 0 && !slices.Contains(version.SupportedCAs, target) {
		diags.AddAttributeError(at, "CA Not Offered for the Engine Version", fmt.Sprintf(
			"RDS does not offer %q for %s %s, and would refuse the switch. Choose a CA that RDS offers for this version (%s), or upgrade the engine first.", target, instance.Engine, instance.EngineVersion, strings.Join(version.SupportedCAs, ", ")))
	}
}

// sourceFactTable is the source of evidence that nobody but the provider gave.
const sourceFactTable = "fact table"

// evidence is the best there is: the chain that the user gave in an argument, else the root
// that RDS names and the fact table knows, else either of the two.
func evidence(m judgementModel, ca, region string, offered rdsapi.Certificates, chain string, diags *diag.Diagnostics) readiness.Evidence {
	e := readiness.Evidence{CAIdentifier: ca}
	if m.isSet(chain) {
		presented, err := certpath.ParsePresented([]byte(m.text(chain)))
		if err != nil {
			diags.AddAttributeError(path.Root(chain), "Invalid Certificate Chain", fmt.Sprintf(
				"%s The verdicts depend on what the server presents, so no part of the chain can be skipped. Provide the certificates in PEM, server certificate first, exactly as the server sends them.", readiness.Sentence(err.Error())))
			return e
		}
		e.Presented, e.Source = presented, "given chain"
		return e
	}
	if listed, is := offered.ByIdentifier(ca); is && listed.Thumbprint != "" {
		e.RootSHA1, e.Source = listed.Thumbprint, "Thumbprint of DescribeCertificates"
		return e
	}
	if root, is := rdsca.Root(region, ca); is {
		e.Presented = certpath.Presented{RootSHA256: root.SHA256, RootSubject: root.Subject, RootNotAfter: root.NotAfter}
		e.Source = sourceFactTable
	}
	return e
}

func known(e readiness.Evidence) bool {
	return len(e.Presented.Certificates) > 0 || e.Presented.RootSHA256 != "" || e.RootSHA1 != ""
}

// otherRegion is for two inputs of which one must be wrong.
func otherRegion(host, region string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("region"), "Region Contradicts the Host", fmt.Sprintf(
		"\"host\" is an endpoint in %s, but \"region\" is %q. Each Region has its own root CA, so clients would be judged against a root that the server does not use. Correct one of the two, or remove \"region\".", host, region))
}

func targetNotKnown(target, region string) diag.Diagnostic {
	at := path.Root("target_ca_cert_identifier")
	switch {
	case !rdsca.Known(target):
		return diag.NewAttributeErrorDiagnostic(at, "Unknown CA Identifier", fmt.Sprintf(
			"The CA %q is not known, so the certificates that the server would present are not known either. Known CAs are %s. Correct the identifier, set db_instance_identifier so that the provider asks RDS, or set server_certificate_chain_pem.", target, strings.Join(rdsca.Identifiers(), ", ")))
	case region == "":
		return diag.NewAttributeErrorDiagnostic(path.Root("region"), "Region Not Known", fmt.Sprintf(
			"Each Region has its own root CA for %q, and the Region is not known. Set \"region\", \"db_instance_identifier\", a \"host\" that is an RDS endpoint, or \"server_certificate_chain_pem\".", target))
	default:
		return diag.NewAttributeErrorDiagnostic(path.Root("region"), "No Root CA Known for the Region", fmt.Sprintf(
			"The provider's own list of RDS CAs has no root CA for %q in Region %q. Correct the Region, set db_instance_identifier so that the provider asks RDS, or set server_certificate_chain_pem.", target, region))
	}
}

// notOffered refuses a CA that the Region does not have.
func notOffered(at path.Path, identifier string, offered rdsapi.Certificates) diag.Diagnostic {
	choose := "RDS reports no CA at all: check the Region, and the provider's endpoints."
	if len(offered.CAs) > 0 {
		choose = "Choose a CA that the Region offers: " + strings.Join(each(offered.CAs, func(ca rdsapi.CACertificate) string { return ca.Identifier }), ", ") + "."
	}
	return diag.NewAttributeErrorDiagnostic(at, "Unknown CA Identifier", fmt.Sprintf(
		"The Region offers no CA %q, so no DB instance can be switched to it. %s", identifier, choose))
}
