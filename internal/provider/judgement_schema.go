package provider

import (
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// The values of the judgement's enumerations, as users write them.
const (
	choiceBlock = "block"
	choiceWarn  = "warn"

	unreadyError = "error"
	unreadyHold  = "hold"

	viaDirect   = "direct"
	viaRDSProxy = "rds_proxy"
)

// judgementPermissions ends the descriptions of both.
const judgementPermissions = " With `db_instance_identifier` it needs `rds:DescribeDBInstances`; without `rds:DescribeCertificates`, `rds:DescribeDBParameters` or `rds:DescribeDBClusterParameters`, `rds:DescribeDBEngineVersions`, `rds:DescribeDBClusters` or `rds:DescribePendingMaintenanceActions` what they tell is not known, which a warning or a finding says."

// judgementAttributes are the inputs and outputs that the data source
// sslready_readiness and the resource sslready_trust_store_validation share.
func judgementAttributes() attributes {
	all := judgementInputs()
	for name, o := range outputs() {
		all[name] = o.attribute
	}
	return all
}

func judgementInputs() attributes {
	return attributes{
		"target_ca_cert_identifier":            {kind: text, required: true, strings: notEmpty(), description: "Identifier of the CA to switch to, as RDS names it: " + codeList(rdsca.Identifiers()) + ", or another one that RDS offers."},
		"db_instance_identifier":               {kind: text, strings: notEmpty(), description: "Identifier of the DB instance. Its Region, endpoint, present CA, engine version and `rds.force_ssl` are then read from RDS. Write it as a literal or a variable: the DB instance depends on this verdict, not the other way around. Without it no AWS access is needed."},
		"region":                               {kind: text, strings: notEmpty(), description: "AWS Region of the DB instance, for the root CA of the fact table. A client whose host is an RDS endpoint of another Region is then an error. Default: the provider's Region where `db_instance_identifier` is given, else the Region in the name of `host`."},
		"host":                                 {kind: text, strings: notEmpty(), description: "Name or address under which clients reach the server, for clients whose own settings name none. Default: the endpoint that RDS reports."},
		"current_ca_cert_identifier":           {kind: text, strings: notEmpty(), description: "Identifier of the CA that the DB instance has now. Default: what RDS reports; when neither is known, clients are judged against the target alone. Given by hand it is to follow the switch: it is where a gate that holds puts the DB instance back to."},
		"force_ssl":                            {kind: boolean, description: "Whether the server refuses connections without TLS (`rds.force_ssl`). Default: what RDS reports; when neither is known, a client whose outcome depends on it is `indeterminate`."},
		"server_tls":                           {kind: object, nested: serverTLSAttributes(), description: "What the server takes of a TLS handshake: a client with nothing in common with it is cut off, whatever it verifies. Default: what the parameter group says where `db_instance_identifier` is given, else PostgreSQL's own defaults."},
		"server_certificate_chain_pem":         {kind: text, description: "What the server presents after the switch, PEM, server certificate first, exactly as sent. Default: the root of `canary_server_certificate_chain_pem`, else the Region's root CA by RDS's Thumbprint and the fact table, in the shape of RDS's paths (server certificate, one subordinate CA, root)."},
		"canary_server_certificate_chain_pem":  {kind: text, description: "What another DB instance of the Region, which is on the target CA already, presents: `chain_pem` of `sslready_server_certificate`. Its root is the evidence then; its names and its subordinate CA are not, since each DB instance has its own. A path that does not end in the target's root is an error. Ignored where `server_certificate_chain_pem` is given. Default: none."},
		"current_server_certificate_chain_pem": {kind: text, description: "What the server presents now, PEM, server certificate first, exactly as sent. Default: the Region's root CA of the present CA, as for `server_certificate_chain_pem`."},
		"clients": {
			kind: byName, required: true, nested: clientAttributes(), maps: []validator.Map{mapvalidator.SizeAtLeast(1)},
			description: "The clients of the DB instance. The key is the client's name in every message.",
		},
		"observations": {
			kind: objects, nested: observationAttributes(false), writeOnly: true,
			description: "Who was seen: the `observation` of `sslready_clients`, `sslready_connection_log` and `sslready_client_census`. A session on TLS that no declared client matches is a finding, and so is an observation that is not complete. It is never stored. Default: coverage is not checked.",
		},
		"on_undeclared":     {kind: text, strings: oneOf(choiceBlock, choiceWarn), description: "Whether an observed session that no client matches, or an observation that is not complete, makes the whole unready: `block` (default) or `warn`."},
		"on_indeterminate":  {kind: text, strings: oneOf(choiceBlock, choiceWarn), description: "Whether a client that cannot be judged counts as unready: `block` (default) or `warn`."},
		"apply_immediately": {kind: boolean, description: "Whether the switch is to be applied at once, as `apply_immediately` of `aws_db_instance` says it; `rotation` then tells so. Default: `false`, as there."},
		"evaluation_time":   {kind: text, strings: []validator.String{timestamp{}}, description: "Judge as of this time, RFC 3339 such as `2026-01-31T08:00:00Z`. Default: now."},
		"minimum_validity":  {kind: text, strings: []validator.String{duration{}}, description: "Trust anchors that end sooner than this after the evaluation time are a finding; a Go duration such as `720h`, with `h` as the largest unit. Default: no such finding."},
		"waivers": {kind: byName, nested: attributes{
			"reason":  {kind: text, required: true, strings: notEmpty(), description: "Why the client may stay unready; shown in the findings."},
			"expires": {kind: text, required: true, strings: []validator.String{timestamp{}}, description: "When the waiver ends, RFC 3339 such as `2026-01-31T08:00:00Z`. An expired waiver waives nothing."},
		}, description: "Clients that may be unready for a time, by client name. Default: none."},
		"on_unready": {kind: text, resourceOnly: true, strings: oneOf(unreadyError, unreadyHold), description: "What an unready client does: `error` (default) fails the plan, or the apply where values were unknown at plan; `hold` keeps the present CA in `ca_cert_identifier` and warns. A saved plan is carried out as it stands where what it rests on changes before its apply: one that holds the DB instance back does so once more, and one that switches it fails if a client is not ready by then. A plan that creates a gate, or changes more of it than its target, promises only what its apply cannot contradict: with `error` that is `ca_cert_identifier`; with `hold` it is known after the apply, which judges once more and then decides."},
	}
}

func serverTLSAttributes() attributes {
	return attributes{
		"min_protocol_version": {kind: text, strings: oneOf(policy.TLSVersions()...), description: "`ssl_min_protocol_version`: " + codeList(policy.TLSVersions()) + ". Default: `TLSv1.2`."},
		"max_protocol_version": {kind: text, strings: oneOf(policy.TLSVersions()...), description: "`ssl_max_protocol_version`, one of the same. Default: no bound."},
		"ciphers":              {kind: text, strings: notEmpty(), description: "`ssl_ciphers`, the suites up to TLS 1.2, by OpenSSL's names or the standard's. It matters where they are for RSA keys only and the target CA is `rds-ca-ecc384-g1`. Default: suites for every type of key."},
	}
}

func clientAttributes() attributes {
	all := attributes{
		"driver":          {kind: text, required: true, strings: []validator.String{knownDriver{}}, description: "The client's driver: " + codeList(driver.Names()) + "."},
		"driver_version":  {kind: text, strings: notEmpty(), description: "Version of the driver, such as `42.7.4`; for drivers built on libpq, the version of libpq. Default: the newest whose rules are known."},
		"runtime_version": {kind: text, strings: notEmpty(), description: "Version of what the driver runs on: Java, Node, Python, .NET or, for libpq and Rust's drivers, OpenSSL. Default: the newest whose rules are known."},
		"connection":      {kind: text, description: "Connection string in the driver's own syntax: conninfo, URI, JDBC URL. One that carries a password is refused: use `provider::sslready::connection_without_password`. A client without connection, environment, properties and image is an error: `connection = \"\"` says that the driver's defaults are meant."},
		"environment":     {kind: textMap, description: "What the driver reads from its environment, such as `PGSSLMODE` or `NODE_EXTRA_CA_CERTS`; a name that it does not read changes nothing. Passwords are refused. Default: nothing is set."},
		"properties":      {kind: textMap, description: "Settings given in code, by the driver's own names, such as `sslfactory` or `ssl.rejectUnauthorized`; a name that the driver does not know changes nothing, as there. In Node `ssl.ca` is the text of certificates, and a file's name there is none: where the program reads a file, write so, as in `ssl.ca = \"readFileSync('/etc/ssl/rds.pem')\"`. Of drivers in Rust also what they are built with, such as `connector` or `tls`: the guide Conformance lists them. Passwords are refused, except that of a Java trust store, which is kept in the state. Default: nothing is set."},
		"trust_store":     {kind: object, nested: trustStoreAttributes(), description: "The trust store that the client finds where its settings point; for a client that trusts the store of its operating system, JVM or runtime, give that one with `place = \"system\"`. Default: nothing is there; of a store of the operating system, JVM or runtime, that it holds no root of RDS."},
		"files": {kind: byName, nested: attributes{
			"path":   {kind: text, strings: notEmpty(), description: "The file to read where Terraform runs. Of a private key only whether it is there and whether it fits the certificate is used; its content is never stored. Give `path`, or `absent`."},
			"absent": {kind: boolean, description: "`true`: the client has no such file. Default: `false`."},
			"mode":   {kind: text, strings: []validator.String{permissions{}}, description: "Permissions of the file as the client has it, octal such as `0600`: libpq and lib/pq refuse a private key that others may read. Default: not known."},
		}, description: "Files of the client beside its trust store, such as a client certificate and its key, by the absolute path that the client sees. A file that the settings name and that is not here makes the client `indeterminate` where it matters (reason `file_not_declared`); the default ones in `~/.postgresql` are taken as absent. With `image`, the image has them. Default: none."},
		"via":       {kind: text, strings: oneOf(viaDirect, viaRDSProxy), description: "`direct` (default), or `rds_proxy` for a client of RDS Proxy or Aurora Serverless v1, whose certificates a switch does not touch."},
		"framework": {kind: object, nested: frameworkAttributes(), description: "What the client's framework does beside the settings that it hands on: `provider::sslready::framework_client` sets it. Default: there is no framework, the settings are the driver's own."},
		"match": {kind: object, nested: attributes{
			"usernames":         {kind: texts, lists: named(), description: "Database user names. Default: any."},
			"databases":         {kind: texts, lists: named(), description: "Database names. Default: any."},
			"application_names": {kind: texts, lists: named(), description: "Values of `application_name`. Default: any."},
			"client_cidrs":      {kind: texts, lists: append(named(), cidrs{}), description: "Networks of the client's address, such as `10.0.0.0/8`. Default: any."},
		}, description: "Which observed sessions are this client: those that satisfy every kind that is given; a list without a value is satisfied by none. Default: none."},
	}
	maps.Copy(all, imageAttributes())
	return all
}

// frameworkAttributes are what framework_client finds out.
func frameworkAttributes() attributes {
	all := attributes{
		"name":        {kind: text, required: true, strings: notEmpty(), description: "Name of the framework."},
		"version":     {kind: text, description: "Version of the framework. Default: every one that the rules know."},
		"unread":      {kind: textMap, description: "Settings that the framework drops without a word, with their values, by the path of their names. Each is a finding `setting_not_read`; one that looks like TLS, trust or an address makes a client `indeterminate` that would pass. Default: none."},
		"added":       {kind: texts, description: "Names of the settings that the framework adds or replaces by itself. Default: none."},
		"start_error": {kind: text, description: "The text with which the framework refuses its settings: the client then fails. Default: it starts."},
		"undecided":   {kind: text, description: "Why it is not known what the framework hands on: the client is then `indeterminate`. Default: it is known."},
	}
	alternative := attributes{"when": {kind: text, required: true, description: "The condition, such as `sqlalchemy 2.1`."}}
	maps.Copy(alternative, attributes{
		"driver":         {kind: text, required: true, strings: []validator.String{knownDriver{}}, description: "As of the client."},
		"driver_version": {kind: text, description: "As of the client."}, "runtime_version": {kind: text, description: "As of the client."},
		"connection": {kind: text, description: "As of the client."}, "properties": {kind: textMap, description: "As of the client."},
		"start_error": all["start_error"], "undecided": all["undecided"],
	})
	all["alternatives"] = attribute{kind: objects, nested: alternative, description: "All that the framework can hand on, where something that is not declared decides. The verdict is the one on which they agree, else `indeterminate`. Default: the settings of the client alone."}
	return all
}

func trustStoreAttributes() attributes {
	return attributes{
		"path":           {kind: text, strings: notEmpty(), description: "File or directory to read where Terraform runs; a relative one starts at its working directory. Give one of `path`, `content` and `content_base64`."},
		"content":        {kind: text, sensitive: true, writeOnly: true, description: "Content of the store as text (PEM). Never stored."},
		"content_base64": {kind: text, sensitive: true, writeOnly: true, description: "Content of the store in Base64, for binary formats. Never stored."},
		"format":         {kind: text, strings: oneOf(formatNames()...), description: "Format that the store must have: " + codeList(formatNames()) + ". Default: `auto`, any. It does not change what the client's own reader takes."},
		"password_wo":    {kind: text, sensitive: true, writeOnly: true, resourceOnly: true, description: "Password of the store; write-only, never stored."},
		"password_env":   {kind: text, strings: oneVariable(), description: "Name of an environment variable of the provider's process that holds the password."},
		"password":       {kind: text, sensitive: true, description: "Password of the store. It is kept in the state: prefer `password_wo` or `password_env`."},
		"place":          {kind: text, strings: oneOf(string(policy.PlaceAuto), string(policy.PlaceHome), string(policy.PlaceSystem)), description: "Where the store lies on the client's side: `auto` (default), where the settings point, else the driver's default root file; `home`, the default root file; `system`, the store of the operating system, JVM or runtime."},
	}
}

func verdictAttributes() attributes {
	return attributes{
		"outcome":        {kind: text, computed: true, description: codeList(readiness.Outcomes()) + "."},
		"reason":         {kind: text, computed: true, description: "Stable code that says why; the guide Verdicts explains each."},
		"detail":         {kind: text, computed: true, description: "Why, in words; null when there is nothing to add."},
		"expected_error": {kind: text, computed: true, description: "The client's own error text, its constant part; null when it connects or the text is not known."},
		"anchor_subject": {kind: text, computed: true, description: "Subject of the trust anchor that the path ends in; null when none was verified."},
		"anchor_sha256":  {kind: text, computed: true, description: "SHA-256 of the trust anchor that the path ends in, lower-case hexadecimal; null when none was verified."},
		"validator":      {kind: text, computed: true, description: "The code that verifies, such as `openssl` or `java`; null when nothing is verified."},
	}
}

// codeList writes names as inline code, separated by commas.
func codeList(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "`" + strings.Join(names, "`, `") + "`"
}

func oneOf(values ...string) []validator.String { return []validator.String{choice(values)} }

// named is for lists of names: null is the name of nobody.
func named() []validator.List { return []validator.List{listvalidator.NoNullValues()} }

func notEmpty() []validator.String {
	return []validator.String{stringvalidator.LengthAtLeast(1)}
}
