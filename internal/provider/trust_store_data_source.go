package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// trustStoreDataSource lists what is inside a trust store.
func trustStoreDataSource() datasource.DataSource {
	return &answeringSource{local: true, read: readTrustStore, dataSource: dataSource{
		name: "trust_store", attributes: trustStoreSourceAttributes(),
		description: "Lists what is in a trust store, which of its certificates each kind of client accepts as trust anchors, and what is wrong with it. OpenSSL, Java and Go may accept different certificates from the same file. Needs no AWS access and no network.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot("path"), path.MatchRoot("content"), path.MatchRoot("content_base64")),
			// Terraform prints the line of the first: not the password.
			datasourcevalidator.Conflicting(path.MatchRoot("password_env"), path.MatchRoot("password")),
		},
	}}
}

func trustStoreSourceAttributes() attributes {
	const unaccepted = " Empty when no certificate is accepted."
	formats := formatNames()
	return attributes{
		"path":             {kind: text, strings: notEmpty(), description: "File or directory on the machine where Terraform runs. Relative paths are relative to the directory where Terraform runs. Set exactly one of `path`, `content` and `content_base64`."},
		"content":          {kind: text, sensitive: true, description: "Content of the store as text (PEM). Not kept in the state."},
		"content_base64":   {kind: text, sensitive: true, description: "Content of the store in Base64, for binary formats. Not kept in the state."},
		"format":           {kind: text, strings: oneOf(formats...), description: "Format to read: " + codeList(formats, " or ") + ". Default: `auto`, which detects the format from the content."},
		"password":         {kind: text, sensitive: true, description: "Password of the store. Not kept in the state. Default: no password, which is not the same as an empty password."},
		"password_env":     {kind: text, strings: oneVariable(), description: "Name of the environment variable that holds the password. The provider reads this variable from its own environment."},
		"region":           {kind: text, strings: notEmpty(), description: "AWS Region whose RDS root CAs the store should contain. Default: no roots are expected."},
		"minimum_validity": {kind: text, strings: oneDuration(), description: "Certificates that expire within this time are reported as a problem. A Go duration such as `720h`, with `h` as the largest unit. Default: only certificates that have expired are reported."},
		"evaluation_time":  {kind: text, strings: oneTimestamp(), description: "Expiry is judged as of this time, RFC 3339. Default: now."},
		"allow_unreadable": {kind: boolean, description: "Whether to return `readable = false` and a problem instead of an error if the store cannot be read. Default: `false`."},
		"readable":         {kind: boolean, computed: true, description: "Whether the store could be read."},
		"detected_format":  {kind: text, computed: true, description: "Format, as detected from the content; null when none was detected."},
		"certificates":     {kind: objects, computed: true, nested: storedCertificateAttributes(), description: "All certificates that can be read, whether or not a client accepts them."},
		"anchors": {kind: object, computed: true, description: "SHA-256 fingerprints of the certificates that each kind of client accepts as trust anchors.", nested: attributes{
			"openssl": {kind: texts, description: "Certificates that OpenSSL 3 accepts when libpq or Python loads the store." + unaccepted},
			"java":    {kind: texts, description: "Certificates that Java accepts when pgjdbc loads the store as its root file or, for a key store, when the JVM loads it as its trust store." + unaccepted},
			"go":      {kind: texts, description: "Certificates that Go accepts when pgx or lib/pq loads the store." + unaccepted},
		}},
		"problems": {kind: objects, computed: true, description: "What is wrong with the store.", nested: attributes{
			"code":   {kind: text, description: "Stable code. For a store that can be read: " + codeList(truststore.ProblemCodes(), " or ") + ". For a store that cannot be read, the first problem in the list has one of these codes: " + codeList(unreadableCodes(), " or ") + "."},
			"detail": {kind: text, description: "What was found, and where."},
			"remedy": {kind: text, description: "What to do; null when there is nothing to do."},
		}},
		"missing_rds_roots": {kind: objects, computed: true, description: "The roots of `region` that the store does not contain as trusted certificates. Null without `region`, or when the store is not readable.", nested: attributes{
			"ca_cert_identifier": {kind: text, description: "Identifier of the CA."},
			"subject":            {kind: text, description: "Common name of the root."},
			"sha256":             {kind: text, description: "SHA-256 of the root, lower-case hexadecimal."},
		}},
	}
}

// readTrustStore reads the store, and lists it.
func readTrustStore(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	region := given.text("region")
	if region != "" && len(rdsca.Roots(region)) == 0 {
		diags.AddAttributeError(path.Root("region"), "Region Not Known", fmt.Sprintf(
			"The provider's own list of RDS CAs has no root CA for Region %q, so the provider cannot say what is missing from the store. Correct or remove \"region\".", region))
		return nil
	}
	declared := maps.Clone(given)
	delete(declared, "format") // What is wrong with another format, the inspection says.
	contents, err := inspect(given, newStoreReader(ctx).read(declared), s.now())
	if err != nil {
		tell := diags.AddAttributeError
		if given.flag("allow_unreadable") {
			tell = diags.AddAttributeWarning
			contents.Problems = append([]truststore.Problem{unreadable(err, contents.Problems)}, contents.Problems...)
		}
		at := given.given("path", "content_base64", "content")[0] // One of them is.
		tell(path.Root(at), "Cannot Read the Trust Store", fmt.Sprintf(
			"%s It is therefore not known which certificates in this store would be trusted by clients. %s", readiness.Sentence(err.Error()), storeRemedy(err, contents.Problems)))
	}
	answer := storeContents(contents)
	answer["readable"] = types.BoolValue(err == nil)
	if region != "" && err == nil {
		answer["missing_rds_roots"] = trustStoreSourceAttributes()["missing_rds_roots"].nested.list(each(contents.MissingRoots, func(root rdsca.CA) fields {
			return fields{"ca_cert_identifier": types.StringValue(root.Identifier), "subject": types.StringValue(root.Subject), "sha256": types.StringValue(root.SHA256)}
		}))
	}
	// Data sources have no write-only attributes: the secrets go out here.
	answer["content"], answer["content_base64"], answer["password"] = types.StringNull(), types.StringNull(), types.StringNull()
	return answer
}

var errUnavailable = errors.New("the trust store is not available")

func inspect(given fields, store readiness.Store, at time.Time) (truststore.Contents, error) {
	if store.Unavailable != "" {
		return truststore.Contents{}, fmt.Errorf("%w: %s", errUnavailable, store.Unavailable)
	}
	if given.isSet("evaluation_time") {
		at = given.time("evaluation_time")
	}
	return truststore.Inspect(store.Content, truststore.InspectOptions{
		Format: truststore.Format(given.text("format")), Password: store.Password, At: at,
		MinimumValidity: given.duration("minimum_validity"), Region: given.text("region"),
	})
}

// unreadableCodes are the codes of the problem that says why nothing of a store
// can be read.
func unreadableCodes() []string {
	return []string{
		string(readiness.TrustStoreUnreadable), string(readiness.WrongTrustStorePassword), string(readiness.TrustStorePasswordNeeded),
		string(readiness.TrustStoreNotCovered), string(readiness.TrustStoreNotAvailable),
	}
}

// unreadable is the first problem of a store of which nothing can be read.
func unreadable(err error, others []truststore.Problem) truststore.Problem {
	code := string(readiness.TrustStoreUnreadable)
	switch {
	case errors.Is(err, truststore.ErrWrongPassword):
		code = string(readiness.WrongTrustStorePassword)
	case errors.Is(err, truststore.ErrPasswordNeeded):
		code = string(readiness.TrustStorePasswordNeeded)
	case errors.Is(err, truststore.ErrUnsupportedFormat), errors.Is(err, truststore.ErrTooLarge):
		code = string(readiness.TrustStoreNotCovered)
	case errors.Is(err, errUnavailable):
		code = string(readiness.TrustStoreNotAvailable)
	}
	return truststore.Problem{Code: code, Detail: readiness.Sentence(err.Error()), Remedy: storeRemedy(err, others)}
}

// storeRemedy says what to do about a store that cannot be read: what its first
// problem says, else what the error asks for.
func storeRemedy(err error, problems []truststore.Problem) string {
	for _, p := range problems {
		if p.Remedy != "" {
			return p.Remedy
		}
	}
	return remedies{
		{"Use a store and a password that are available where Terraform runs.", []error{errUnavailable}},
		{"Set the password that the store was written with.", []error{truststore.ErrWrongPassword, truststore.ErrPasswordNeeded}},
	}.of(err, "Recreate the store in a format that its clients read.")
}

func formatNames() []string {
	return each(truststore.Formats(), func(f truststore.Format) string { return string(f) })
}
