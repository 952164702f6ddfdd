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
const judgementPermissions = " With `db_instance_identifier`, `rds:DescribeDBInstances` is required. `rds:DescribeCertificates`, `rds:DescribeDBParameters` (for a member of a DB cluster, instead `rds:DescribeDBClusterParameters`), `rds:DescribeDBEngineVersions`, `rds:DescribeDBClusters` and `rds:DescribePendingMaintenanceActions` are optional: a warning or a finding says what is not known without them."

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
		"target_ca_cert_identifier":  {kind: text, required: true, strings: notEmpty(), description: "Identifier of the CA to switch to, as RDS names it: " + codeList(rdsca.Identifiers(), ", ") + ", or another one that RDS offers."},
		"db_instance_identifier":     {kind: text, strings: notEmpty(), description: "Identifier of the DB instance. If it is set, the provider reads the endpoint, current CA, engine version and `rds.force_ssl` of the DB instance from RDS. Write the identifier as a literal or a variable, not as a reference to the DB instance's own resource, which itself depends on the verdicts. Without this argument, no AWS access is needed."},
		"region":                     {kind: text, filled: true, strings: regionNames(), description: "AWS Region of the DB instance. The provider uses its own credentials to call this Region's API, and takes this Region's root CA from the provider's own list of RDS CAs. If a client's host is an RDS endpoint in another Region, that is an error, unless `db_instance_identifier`, `server_certificate_chain_pem` or `canary_server_certificate_chain_pem` is set. Default: the provider's Region if `db_instance_identifier` is set, else the Region in the name of `host`; null when neither is known."},
		"host":                       {kind: text, strings: notEmpty(), description: "Name or address of the server, for clients whose own settings name no host. Default: the endpoint that RDS reports."},
		"current_ca_cert_identifier": {kind: text, strings: notEmpty(), description: "Identifier of the CA that the DB instance has now. Default: what RDS reports. If RDS does not report it either, clients are judged against the target CA alone. If you set this argument, update it after every switch. With an outdated value, a gate (an `sslready_trust_store_validation` resource) that holds back a later switch may return the old CA as `ca_cert_identifier`."},
		"force_ssl":                  {kind: boolean, description: "Whether the server refuses connections without TLS (`rds.force_ssl`). Default: what RDS reports. If RDS does not report it either, clients whose outcome depends on it are `indeterminate`."},
		"server_tls": {kind: object, description: "TLS versions and cipher suites that the server accepts. A client that has no TLS version, or no usable cipher suite, in common with the server is cut off, even if it does not verify the server certificate. Default: the values in the parameter group if `db_instance_identifier` is set, else PostgreSQL's own defaults.", nested: attributes{
			"min_protocol_version": {kind: text, strings: oneOf(policy.TLSVersions...), description: "The server's `ssl_min_protocol_version`: " + codeList(policy.TLSVersions, " or ") + ". Default: `TLSv1.2`."},
			"max_protocol_version": {kind: text, strings: oneOf(policy.TLSVersions...), description: "The server's `ssl_max_protocol_version`: " + codeList(policy.TLSVersions, " or ") + ". Default: no limit."},
			"ciphers":              {kind: text, strings: notEmpty(), description: "The server's `ssl_ciphers`: the cipher suites for TLS 1.2 and earlier, by their OpenSSL names or their standard names. If all the listed suites are for RSA keys and the target CA is `rds-ca-ecc384-g1`, clients that connect with TLS 1.2 or earlier are cut off. Default: suites for every type of key."},
		}},
		"server_certificate_chain_pem":         {kind: text, description: "The certificates that the server presents after the switch, in PEM, server certificate first, exactly as sent. By default, the server is assumed to present the usual RDS chain: server certificate, one subordinate CA and root. The root is then the one in `canary_server_certificate_chain_pem` if that is set, otherwise the Region's root for the target CA, identified by the thumbprint that RDS reports, by the provider's own list of RDS CAs, or by both."},
		"canary_server_certificate_chain_pem":  {kind: text, description: "The certificates of another DB instance that is in the same Region and already on the target CA: `chain_pem` of `sslready_server_certificate`. Only the root of this chain is used, since the names and the subordinate CA differ from one DB instance to the next. If the chain does not end in the target's root, that is an error. Ignored if `server_certificate_chain_pem` is set. Default: none."},
		"current_server_certificate_chain_pem": {kind: text, description: "The certificates that the server presents now, in PEM, server certificate first, exactly as sent. Default: the usual RDS chain under the Region's root for the current CA. That root is identified by the thumbprint that RDS reports, by the provider's own list of RDS CAs, or by both."},
		"clients": {
			kind: byName, required: true, nested: clientAttributes(), maps: []validator.Map{mapvalidator.SizeAtLeast(1)},
			description: "The clients of the DB instance. Each key is the client's name, which all messages use.",
		},
		"observations": {
			kind: objects, nested: observationAttributes(), writeOnly: true,
			description: "Which clients were seen: `observation` outputs of `sslready_clients`, `sslready_connection_log` and `sslready_client_census`. Incomplete observations, and TLS sessions that match no declared client, are reported as findings. Default: none; undeclared clients are then not detected.",
		},
		"on_undeclared":     {kind: text, strings: oneOf(choiceBlock, choiceWarn), description: "What to do about an incomplete observation, and about an observed session that uses (or may use) TLS and matches no declared client: `block` (default) or `warn`."},
		"on_indeterminate":  {kind: text, strings: oneOf(choiceBlock, choiceWarn), description: "What to do about a client that cannot be judged: `block` (default) or `warn`."},
		"apply_immediately": {kind: boolean, description: "Whether the switch is applied immediately. Set the same value as in `aws_db_instance`. Here, it affects only what `rotation` reports. Default: `false`, as in `aws_db_instance`."},
		"evaluation_time":   {kind: text, strings: oneTimestamp(), description: "Time as of which the clients are judged, in RFC 3339 format, such as `2026-01-31T08:00:00Z`. Default: now."},
		"minimum_validity":  {kind: text, strings: oneDuration(), description: "How long trust anchors must remain valid after the evaluation time. Those that expire sooner are reported as findings. A Go duration such as `720h`, with `h` as the largest unit. Default: not checked."},
		"waivers": {kind: byName, nested: attributes{
			"reason":  {kind: text, required: true, strings: notEmpty(), description: "Why the client is allowed to be unready; shown in the findings."},
			"expires": {kind: text, required: true, strings: oneTimestamp(), description: "When the waiver ends, in RFC 3339 format, such as `2026-01-31T08:00:00Z`. An expired waiver has no effect."},
		}, description: "Clients that are allowed to be unready for a limited time, by client name. Default: none."},
		"details":    {kind: boolean, resourceOnly: true, description: "Whether the gate stores the outputs " + codeList(detailNames(), " and ") + ". Terraform prints the old value of every output that a plan changes: about 30 lines for each client when a gate lets the switch through. With `details = false`, the listed outputs are null, and the plan stays short. Warnings and errors still name every client that is not ready, and the data source `sslready_readiness` has the same outputs. Set `details = false` if a plan has many gates, or a gate has many clients. Default: `true`."},
		"on_unready": {kind: text, resourceOnly: true, strings: oneOf(unreadyError, unreadyHold), description: "What happens if a client is not ready: `error` (default) fails the plan, or the apply if values were not known in the plan; `hold` keeps the current CA in `ca_cert_identifier` and warns. An apply never goes further than its plan: if the plan holds back the switch, so does the apply, even if every client has become ready. If the plan lets the switch through, but a client is no longer ready at the time of the apply, the apply ends in an error. It also ends in an error if the DB instance itself has moved to another CA since the plan. If a plan creates the gate, or changes any argument other than `target_ca_cert_identifier`, then `on_unready` also decides when `ca_cert_identifier` is known: with `error`, it is known in the plan; with `hold`, the plan shows `(known after apply)`, and the apply judges the clients again before it decides."},
	}
}

func clientAttributes() attributes {
	all := attributes{
		"driver":          {kind: text, required: true, strings: oneDriver(), description: "The client's driver: " + codeList(driver.Names(), " or ") + "."},
		"driver_version":  {kind: text, strings: notEmpty(), description: "Version of the driver, such as `42.7.4`; for drivers built on libpq, the version of libpq. Default: all versions that the provider's rules cover. If these versions do not all behave the same way for this client, its outcome is `indeterminate`."},
		"runtime_version": {kind: text, strings: notEmpty(), description: "Version of the runtime or library that the driver uses: Java, Node, Python, .NET or, for drivers built on libpq and for Rust drivers, OpenSSL. Default: all versions that the provider's rules cover, as for `driver_version`."},
		"connection":      {kind: text, description: "Connection string in the driver's own syntax: conninfo, URI or JDBC URL. A connection string with a password is refused; `provider::sslready::connection_without_password` removes the password. A client needs at least one of `connection`, `environment`, `properties`, `image` and `archives`. To rely on the driver's defaults, set `connection = \"\"`."},
		"environment":     {kind: textMap, description: "Environment variables of the client, such as `PGSSLMODE` or `NODE_EXTRA_CA_CERTS`. You can pass the whole environment of the client's process. A variable about TLS that the driver does not read is reported as a finding `setting_not_read`. Passwords are refused; `provider::sslready::tls_environment` removes them. Default: no variables."},
		"properties":      {kind: textMap, description: "Settings that the program passes in code, under the driver's own names, such as `sslfactory` or `ssl.rejectUnauthorized`. A name that the driver does not know is reported as a finding `setting_not_read`. In Node, `ssl.ca` is the text of the certificates, not the name of a file: if the program reads a file, write the call that reads it, as in `ssl.ca = \"readFileSync('/etc/ssl/rds.pem')\"`. For Rust drivers, also declare what they are built with, in properties such as `connector` or `tls`; the guide \"Conformance\" lists these names. Passwords are refused, except the password of a Java trust store; that password is stored in the state. Default: no settings."},
		"trust_store": {kind: object, description: "The trust store at the location that the client's settings point to. For a client that trusts the store of its operating system, JVM or runtime, declare that store with `place = \"system\"`. If this is not set, the client counts as having no trust store of its own, and the store of its operating system, JVM or runtime as containing no RDS root.", nested: attributes{
			"path":           {kind: text, strings: notEmpty(), description: "File or directory on the machine where Terraform runs. Relative paths are relative to the directory where Terraform runs. Set exactly one of `path`, `content` and `content_base64`."},
			"content":        {kind: text, sensitive: true, writeOnly: true, description: "Content of the store as text (PEM). Never stored."},
			"content_base64": {kind: text, sensitive: true, writeOnly: true, description: "Content of the store in Base64, for binary formats. Never stored."},
			"format":         {kind: text, strings: oneOf(formatNames()...), description: "Format that the store must have: " + codeList(formatNames(), " or ") + ". Default: `auto`, which means any of them. This argument does not change which formats the client itself can read."},
			"password_env":   {kind: text, strings: oneVariable(), description: "Name of the environment variable that holds the password. The provider reads this variable from its own environment."},
			"password":       {kind: text, sensitive: true, writeOnly: true, description: "Password of the store. Never stored."},
			"place":          {kind: text, strings: oneOf(string(policy.PlaceAuto), string(policy.PlaceHome), string(policy.PlaceSystem)), description: "Which of the client's stores this is. `auto` (default): the one at the path that the settings name, else the one at the driver's default path. `home`: the one at the driver's default path. `system`: that of the operating system, JVM or runtime."},
		}},
		"files": {kind: byName, nested: attributes{
			"path":   {kind: text, strings: notEmpty(), description: "File to read on the machine where Terraform runs. If the file is a private key, the provider checks only that the key exists and matches the certificate; the content of the key is never stored. Set either `path` or `absent`."},
			"absent": {kind: boolean, description: "`true`: the file does not exist on the client's machine. Default: `false`."},
			"mode":   {kind: text, strings: onePermissions(), description: "Permissions of the file on the client's machine, octal, such as `0600`. They matter for a private key: libpq and lib/pq refuse one that other users may read. Default: unknown."},
		}, description: "Files of the client other than its trust store, such as a client certificate and its private key, each listed under the absolute path that the client sees. If the settings name a file that is missing here and that affects the outcome, the outcome is `indeterminate` (reason `file_not_declared`). The default files in `~/.postgresql` are assumed not to exist. With `image`, the files come from the image. Default: none."},
		"via":       {kind: text, strings: oneOf(viaDirect, viaRDSProxy), description: "`direct` (default), or `rds_proxy` for a client that connects to RDS Proxy or Aurora Serverless v1, whose certificates a switch does not affect."},
		"framework": {kind: object, nested: frameworkAttributes(), description: "What the client's framework does to the settings before it passes them to the driver. The function `provider::sslready::framework_client` sets this attribute. Default: no framework; the driver gets the settings as declared."},
		"match": {kind: object, nested: attributes{
			"usernames":         {kind: texts, lists: named(), description: "Database user names. Default: any."},
			"databases":         {kind: texts, lists: named(), description: "Database names. Default: any."},
			"application_names": {kind: texts, lists: named(), description: "Values of `application_name`. Default: any."},
			"client_cidrs":      {kind: texts, lists: append(named(), networks()), description: "Networks that the client connects from, such as `10.0.0.0/8`. Default: any."},
		}, description: "Which observed sessions belong to this client. A session must match every list that is set; an empty list matches nothing. Default: no sessions."},
	}
	maps.Copy(all, imageAttributes())
	return all
}

// frameworkAttributes are what framework_client finds out.
func frameworkAttributes() attributes {
	all := attributes{
		"name":        {kind: text, required: true, strings: notEmpty(), description: "Name of the framework."},
		"version":     {kind: text, description: "Version of the framework. Default: all versions that the provider's rules cover."},
		"unread":      {kind: textMap, description: "Settings that the framework silently drops, with their values; the key is the full dotted path of the setting. Each is reported as a finding `setting_not_read`. If one of them seems to concern TLS, trust or an address, the outcome of a client that would otherwise be ready is `indeterminate`. Default: none."},
		"added":       {kind: texts, description: "Names of the settings that the framework adds or replaces by itself. Default: none."},
		"start_error": {kind: text, description: "The error that the framework reports when it rejects its settings. If this is set, the client counts as failing. Default: none, which means that the framework starts."},
		"undecided":   {kind: text, description: "Why the settings that the framework passes on are not known; the outcome is then `indeterminate`. Default: none; the settings are known."},
	}
	alternative := attributes{"when": {kind: text, required: true, description: "The condition under which this alternative applies, such as `sqlalchemy 2.1`."}}
	maps.Copy(alternative, attributes{
		"driver":         {kind: text, required: true, strings: oneDriver(), description: "The client's `driver` in this alternative."},
		"driver_version": {kind: text, description: "The client's `driver_version` in this alternative."}, "runtime_version": {kind: text, description: "The client's `runtime_version` in this alternative."},
		"connection": {kind: text, description: "The client's `connection` in this alternative."}, "properties": {kind: textMap, description: "The client's `properties` in this alternative."},
		"start_error": all["start_error"], "undecided": all["undecided"],
	})
	all["alternatives"] = attribute{kind: objects, nested: alternative, description: "The possible sets of settings, for a framework whose choice among them depends on something that is not declared. If all alternatives lead to the same outcome, that is the client's outcome; otherwise, the outcome is `indeterminate`. Default: only the settings of the client."}
	return all
}

func verdictAttributes() attributes {
	return attributes{
		"outcome":        {kind: text, description: codeList(readiness.Outcomes(), " or ") + "; the guide \"Verdicts\" explains each outcome."},
		"reason":         {kind: text, description: "Stable code that says why the client has this outcome; the guide \"Verdicts\" explains each code."},
		"detail":         {kind: text, description: "Why the client has this outcome, in words; null when there is nothing to add."},
		"expected_error": {kind: text, description: "The constant part of the client's own error message; null when the client connects, or when the message is not known."},
		"anchor_subject": {kind: text, description: "Subject of the trust anchor in which the certificate chain ends; null when nothing was verified."},
		"anchor_sha256":  {kind: text, description: "SHA-256 of the trust anchor in which the certificate chain ends, lower-case hexadecimal; null when nothing was verified."},
		"validator":      {kind: text, description: "What verifies the certificate, such as `openssl` or `java`; null when nothing is verified."},
	}
}

// codeList writes two or more names as inline code, separated by commas and, before
// the last, by another text such as " or ".
func codeList(names []string, last string) string {
	end := len(names) - 1
	return "`" + strings.Join(names[:end], "`, `") + "`" + last + "`" + names[end] + "`"
}

// named is for lists of names: null is the name of nobody.
func named() []validator.List { return []validator.List{listvalidator.NoNullValues()} }

func notEmpty() []validator.String {
	return []validator.String{stringvalidator.LengthAtLeast(1)}
}
