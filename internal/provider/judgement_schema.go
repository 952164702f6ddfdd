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
const judgementPermissions = " With `db_instance_identifier` it needs `rds:DescribeDBInstances`; without `rds:DescribeCertificates`, `rds:DescribeDBParameters` or `rds:DescribeDBClusterParameters`, `rds:DescribeDBEngineVersions`, `rds:DescribeDBClusters` or `rds:DescribePendingMaintenanceActions`, the facts they would give are not known, and a warning or a finding says so."

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
		"db_instance_identifier":               {kind: text, strings: notEmpty(), description: "Identifier of the DB instance. Its Region, endpoint, current CA, engine version and `rds.force_ssl` are then read from RDS. Write it as a literal or a variable: the DB instance depends on this verdict, not the other way around. Without it no AWS access is needed."},
		"region":                               {kind: text, filled: true, strings: regionNames(), description: "AWS Region of the DB instance. The API of this Region is called, with the provider's credentials, and the root CA of this Region is taken from the provider's own list of RDS CAs. A client whose host is an RDS endpoint in another Region is an error. Default: the provider's Region if `db_instance_identifier` is given, else the Region in the name of `host`; null when neither is known."},
		"host":                                 {kind: text, strings: notEmpty(), description: "Name or address under which clients reach the server, for clients whose own settings name none. Default: the endpoint that RDS reports."},
		"current_ca_cert_identifier":           {kind: text, strings: notEmpty(), description: "Identifier of the CA that the DB instance has now. Default: what RDS reports. If that is not known either, clients are judged against the target CA alone. If you set it yourself, change it after the switch: a gate that holds back the switch returns this value as `ca_cert_identifier`."},
		"force_ssl":                            {kind: boolean, description: "Whether the server refuses connections without TLS (`rds.force_ssl`). Default: what RDS reports. If that is not known either, a client whose outcome depends on it is `indeterminate`."},
		"server_tls":                           {kind: object, nested: serverTLSAttributes(), description: "TLS versions and cipher suites that the server accepts. A client that has none of them in common with the server is cut off, even if it verifies nothing. Default: what the parameter group says if `db_instance_identifier` is given, else PostgreSQL's own defaults."},
		"server_certificate_chain_pem":         {kind: text, description: "The certificates that the server presents after the switch, in PEM, server certificate first, exactly as sent. Default: the root of `canary_server_certificate_chain_pem`, else the Region's root CA, found by RDS's Thumbprint and in the provider's own list of RDS CAs. The server is then assumed to present RDS's usual chain: server certificate, one subordinate CA, root."},
		"canary_server_certificate_chain_pem":  {kind: text, description: "The certificates of another DB instance in the Region that is already on the target CA: `chain_pem` of `sslready_server_certificate`. Only its root counts as evidence, since each DB instance has its own names and subordinate CA. A path that does not end in the target's root is an error. Ignored if `server_certificate_chain_pem` is given. Default: none."},
		"current_server_certificate_chain_pem": {kind: text, description: "The certificates that the server presents now, in PEM, server certificate first, exactly as sent. Default: the Region's root of the current CA, as for `server_certificate_chain_pem`."},
		"clients": {
			kind: byName, required: true, nested: clientAttributes(), maps: []validator.Map{mapvalidator.SizeAtLeast(1)},
			description: "The clients of the DB instance. The key is the client's name in every message.",
		},
		"observations": {
			kind: objects, nested: observationAttributes(false), writeOnly: true,
			description: "Which clients were seen: the `observation` outputs of `sslready_clients`, `sslready_connection_log` and `sslready_client_census`. A TLS session that matches no declared client is a finding, and so is an observation that is not complete. It is never stored. Default: coverage is not checked.",
		},
		"on_undeclared":     {kind: text, strings: oneOf(choiceBlock, choiceWarn), description: "Whether an observed session that matches no client, or an observation that is not complete, blocks the switch: `block` (default) or `warn`."},
		"on_indeterminate":  {kind: text, strings: oneOf(choiceBlock, choiceWarn), description: "Whether a client that cannot be judged counts as unready: `block` (default) or `warn`."},
		"apply_immediately": {kind: boolean, description: "Whether the switch is applied immediately. Give the same value as for `apply_immediately` of `aws_db_instance`. It only affects what `rotation` reports. Default: `false`, as in `aws_db_instance`."},
		"evaluation_time":   {kind: text, strings: []validator.String{timestamp{}}, description: "Judge as of this time, RFC 3339 such as `2026-01-31T08:00:00Z`. Default: now."},
		"minimum_validity":  {kind: text, strings: []validator.String{duration{}}, description: "How long trust anchors must stay valid after the evaluation time; one that expires sooner is reported as a finding. A Go duration such as `720h`, with `h` as the largest unit. Default: no such finding."},
		"waivers": {kind: byName, nested: attributes{
			"reason":  {kind: text, required: true, strings: notEmpty(), description: "Why the client may stay unready; shown in the findings."},
			"expires": {kind: text, required: true, strings: []validator.String{timestamp{}}, description: "When the waiver ends, RFC 3339 such as `2026-01-31T08:00:00Z`. An expired waiver has no effect."},
		}, description: "Clients that may be unready for a time, by client name. Default: none."},
		"details":    {kind: boolean, resourceOnly: true, description: "Whether the gate keeps " + codeList(detailNames()) + ". Terraform prints the old value of every output that a plan changes: about 30 lines for each client of a gate that switches. With `false`, these outputs are null, and such a plan stays short. Warnings and errors still name every client that is not ready, and the data source `sslready_readiness` gives the rest. Use it if one plan has many gates, or a gate has many clients. Default: `true`."},
		"on_unready": {kind: text, resourceOnly: true, strings: oneOf(unreadyError, unreadyHold), description: "What happens if a client is not ready: `error` (default) fails the plan, or the apply if values were not known in the plan; `hold` keeps the current CA in `ca_cert_identifier` and warns. If the facts change between a saved plan and its apply, a plan that holds the DB instance back still holds it, and a plan that switches it fails if a client is no longer ready. In a plan that creates a gate, or changes more than its `target_ca_cert_identifier`, an output is known only if the apply cannot change it. With `error`, that is true of `ca_cert_identifier`. With `hold`, `ca_cert_identifier` is known after the apply, which judges again and then decides."},
	}
}

func serverTLSAttributes() attributes {
	return attributes{
		"min_protocol_version": {kind: text, strings: oneOf(policy.TLSVersions...), description: "`ssl_min_protocol_version`: " + codeList(policy.TLSVersions) + ". Default: `TLSv1.2`."},
		"max_protocol_version": {kind: text, strings: oneOf(policy.TLSVersions...), description: "`ssl_max_protocol_version`, one of the same values. Default: no limit."},
		"ciphers":              {kind: text, strings: notEmpty(), description: "`ssl_ciphers`, the suites up to TLS 1.2, under OpenSSL's names or the standard ones. It matters if they are for RSA keys only and the target CA is `rds-ca-ecc384-g1`. Default: suites for every type of key."},
	}
}

func clientAttributes() attributes {
	all := attributes{
		"driver":          {kind: text, required: true, strings: []validator.String{knownDriver{}}, description: "The client's driver: " + codeList(driver.Names()) + "."},
		"driver_version":  {kind: text, strings: notEmpty(), description: "Version of the driver, such as `42.7.4`; for drivers built on libpq, the version of libpq. Default: every version that the rules cover. If these versions behave differently for this client, it is `indeterminate`."},
		"runtime_version": {kind: text, strings: notEmpty(), description: "Version of what the driver runs on: Java, Node, Python, .NET or, for libpq and Rust's drivers, OpenSSL. Default: every version that the rules cover, as for `driver_version`."},
		"connection":      {kind: text, description: "Connection string in the driver's own syntax: conninfo, URI, JDBC URL. A string with a password is refused: use `provider::sslready::connection_without_password`. A client needs at least one of `connection`, `environment`, `properties` and `image`. To rely on the driver's defaults, set `connection = \"\"`."},
		"environment":     {kind: textMap, description: "What the driver reads from its environment, such as `PGSSLMODE` or `NODE_EXTRA_CA_CERTS`. It may be the whole environment of a process: a variable about TLS that the driver does not read is a finding `setting_not_read`. Passwords are refused. Default: nothing is set."},
		"properties":      {kind: textMap, description: "Settings given in code, under the driver's own names, such as `sslfactory` or `ssl.rejectUnauthorized`. A name that the driver does not know is a finding `setting_not_read`. In Node, `ssl.ca` is the text of the certificates, not the name of a file. If the program reads a file, write that call, as in `ssl.ca = \"readFileSync('/etc/ssl/rds.pem')\"`. For drivers in Rust, also say what they are built with, such as `connector` or `tls`; the guide Conformance lists these names. Passwords are refused, except that of a Java trust store, which is kept in the state. Default: nothing is set."},
		"trust_store":     {kind: object, nested: trustStoreAttributes(), description: "The trust store that the client finds where its settings point; for a client that trusts the store of its operating system, JVM or runtime, give that store with `place = \"system\"`. Default: there is no such file, and the store of the operating system, JVM or runtime holds no RDS root."},
		"files": {kind: byName, nested: attributes{
			"path":   {kind: text, strings: notEmpty(), description: "File to read on the machine where Terraform runs. For a private key, the provider only checks that it exists and belongs to the certificate; its content is never stored. Give `path` or `absent`."},
			"absent": {kind: boolean, description: "`true`: the client has no such file. Default: `false`."},
			"mode":   {kind: text, strings: []validator.String{permissions{}}, description: "Permissions of the file on the client's machine, octal, such as `0600`: libpq and lib/pq refuse a private key that others may read. Default: not known."},
		}, description: "Files of the client besides its trust store, such as a client certificate and its key, under the absolute path that the client sees. If the settings name a file that is missing here, and it matters, the client is `indeterminate` (reason `file_not_declared`). The default files in `~/.postgresql` are assumed not to exist. With `image`, the files come from the image. Default: none."},
		"via":       {kind: text, strings: oneOf(viaDirect, viaRDSProxy), description: "`direct` (default), or `rds_proxy` for a client that connects to RDS Proxy or Aurora Serverless v1, whose certificates a switch does not affect."},
		"framework": {kind: object, nested: frameworkAttributes(), description: "What the client's framework does besides passing settings on. The function `provider::sslready::framework_client` sets it. Default: no framework; the settings are the driver's own."},
		"match": {kind: object, nested: attributes{
			"usernames":         {kind: texts, lists: named(), description: "Database user names. Default: any."},
			"databases":         {kind: texts, lists: named(), description: "Database names. Default: any."},
			"application_names": {kind: texts, lists: named(), description: "Values of `application_name`. Default: any."},
			"client_cidrs":      {kind: texts, lists: append(named(), cidrs{}), description: "Networks of the client's address, such as `10.0.0.0/8`. Default: any."},
		}, description: "Which observed sessions belong to this client. A session must match every list that is given; an empty list matches nothing. Default: none."},
	}
	maps.Copy(all, imageAttributes())
	return all
}

// frameworkAttributes are what framework_client finds out.
func frameworkAttributes() attributes {
	all := attributes{
		"name":        {kind: text, required: true, strings: notEmpty(), description: "Name of the framework."},
		"version":     {kind: text, description: "Version of the framework. Default: every version that the rules know."},
		"unread":      {kind: textMap, description: "Settings that the framework silently drops, with their values; the key is the full dotted path of the setting. Each is a finding `setting_not_read`. A client that would pass becomes `indeterminate` if one of them looks like TLS, trust or an address. Default: none."},
		"added":       {kind: texts, description: "Names of the settings that the framework adds or replaces by itself. Default: none."},
		"start_error": {kind: text, description: "The error text with which the framework refuses its settings: the client then fails. Default: the framework starts."},
		"undecided":   {kind: text, description: "Why it is not known what the framework passes on: the client is then `indeterminate`. Default: it is known."},
	}
	alternative := attributes{"when": {kind: text, required: true, description: "The condition, such as `sqlalchemy 2.1`."}}
	maps.Copy(alternative, attributes{
		"driver":         {kind: text, required: true, strings: []validator.String{knownDriver{}}, description: "As in the client."},
		"driver_version": {kind: text, description: "As in the client."}, "runtime_version": {kind: text, description: "As in the client."},
		"connection": {kind: text, description: "As in the client."}, "properties": {kind: textMap, description: "As in the client."},
		"start_error": all["start_error"], "undecided": all["undecided"],
	})
	all["alternatives"] = attribute{kind: objects, nested: alternative, description: "Everything that the framework may pass on, if that depends on something that is not declared. If all alternatives give the same verdict, that is the verdict; otherwise it is `indeterminate`. Default: only the settings of the client."}
	return all
}

func trustStoreAttributes() attributes {
	return attributes{
		"path":           {kind: text, strings: notEmpty(), description: "File or directory on the machine where Terraform runs. Relative paths are resolved from the directory where Terraform runs. Give one of `path`, `content` and `content_base64`."},
		"content":        {kind: text, sensitive: true, writeOnly: true, description: "Content of the store as text (PEM). Never stored."},
		"content_base64": {kind: text, sensitive: true, writeOnly: true, description: "Content of the store in Base64, for binary formats. Never stored."},
		"format":         {kind: text, strings: oneOf(formatNames()...), description: "Format that the store must have: " + codeList(formatNames()) + ". Default: `auto`, any of them. It does not change what the client itself can read."},
		"password_env":   {kind: text, strings: oneVariable(), description: "Name of an environment variable of the provider's process that holds the password."},
		"password":       {kind: text, sensitive: true, writeOnly: true, description: "Password of the store. Never stored."},
		"place":          {kind: text, strings: oneOf(string(policy.PlaceAuto), string(policy.PlaceHome), string(policy.PlaceSystem)), description: "Where the store is on the client's machine. `auto` (default): where the settings point, else the driver's default root file. `home`: the default root file. `system`: the store of the operating system, JVM or runtime."},
	}
}

func verdictAttributes() attributes {
	return attributes{
		"outcome":        {kind: text, computed: true, description: codeList(readiness.Outcomes()) + "."},
		"reason":         {kind: text, computed: true, description: "Stable code that says why; the guide Verdicts explains each."},
		"detail":         {kind: text, computed: true, description: "Why, in words; null when there is nothing to add."},
		"expected_error": {kind: text, computed: true, description: "The constant part of the client's own error text; null when it connects, or when the text is not known."},
		"anchor_subject": {kind: text, computed: true, description: "Subject of the trust anchor that the path ends in; null when nothing was verified."},
		"anchor_sha256":  {kind: text, computed: true, description: "SHA-256 of the trust anchor that the path ends in, lower-case hexadecimal; null when nothing was verified."},
		"validator":      {kind: text, computed: true, description: "What verifies the certificate, such as `openssl` or `java`; null when nothing is verified."},
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
