package provider

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// trustStoreCertificatesFunction lists the certificates of a store.
func trustStoreCertificatesFunction() function.Function {
	return providerFunction{name: "trust_store_certificates", run: runTrustStoreCertificates, definition: function.Definition{
		Summary:             "The certificates of a trust store",
		MarkdownDescription: "Returns the certificates in a trust store of any format that the data source `sslready_trust_store` reads, as a list of objects like those in that data source's `certificates`. Call it as `provider::sslready::trust_store_certificates(filebase64(\"store.pem\"))` or `provider::sslready::trust_store_certificates(filebase64(\"store.p12\"), var.password)`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "content_base64", MarkdownDescription: "Content of the store in Base64."},
		},
		// Not a parameter that may be null: OpenTofu 1.12 cannot hand over a null.
		VariadicParameter: function.StringParameter{
			Name: "password", AllowNullValue: true,
			MarkdownDescription: "Password of the store; at most one argument. Default: no password, which is not the same as an empty password. Null also means no password, but OpenTofu cannot pass null here.",
		},
		Return: function.ListReturn{ElementType: storedCertificateAttributes().objectType()},
	}}
}

func runTrustStoreCertificates(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError) {
	var encoded string
	var passwords []*string
	if failed := given.Get(ctx, &encoded, &passwords); failed != nil {
		return nil, failed
	}
	if len(passwords) > 1 {
		return nil, function.NewArgumentFuncError(2, "a store has only one password, but several were passed")
	}
	var password *string
	if len(passwords) > 0 {
		password = passwords[0]
	}
	content, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, function.NewArgumentFuncError(0, "the content is not valid Base64")
	}
	contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: password})
	switch {
	case err == nil && holds(contents.Problems, truststore.CodeNullPassword):
		return nil, function.NewArgumentFuncError(1, "the store's certificates are encrypted, and no password was passed")
	case errors.Is(err, truststore.ErrWrongPassword), errors.Is(err, truststore.ErrPasswordNeeded):
		return nil, function.NewArgumentFuncError(1, err.Error())
	case err != nil:
		return nil, function.NewArgumentFuncError(0, err.Error())
	}
	return storedCertificates(contents.Entries), nil
}

func holds(problems []truststore.Problem, code string) bool {
	return slices.ContainsFunc(problems, func(p truststore.Problem) bool { return p.Code == code })
}
