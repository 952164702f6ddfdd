package provider

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// builtFormats are the formats that can be written.
var builtFormats = []string{string(truststore.FormatPEM), string(truststore.FormatJKS), string(truststore.FormatPKCS12)}

// builtStore is a trust store as it is to be.
type builtStore struct {
	content      []byte
	fingerprints []string
}

func (b builtStore) sha256() string { return sha256Of(b.content) }

func sha256Of(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// gathering collects certificates, each once, in the order of their sources.
type gathering struct {
	reader  *storeReader
	entries []truststore.Entry
	seen    map[string]bool
	diags   diag.Diagnostics
}

// build gathers the certificates and encodes them. before is the state, whose
// certificates stay.
func build(ctx context.Context, config, before builtStoreModel) (builtStore, diag.Diagnostics) {
	g := gathering{reader: newStoreReader(ctx), seen: map[string]bool{}}
	password := config.PasswordWO.ValueStringPointer()
	if config.keeps() {
		g.keep(config, before, password)
	}
	for i, pem := range config.CertificatesPEM.Elements() {
		if text, isString := pem.(types.String); isString {
			g.add(path.Root("certificates_pem").AtListIndex(i), []byte(text.ValueString()), nil)
		}
	}
	for i, element := range config.Stores.Elements() {
		at, source := path.Root("stores").AtListIndex(i), fieldsOf(element)
		if given := source.given("path", "content", "content_base64"); len(given) != 1 {
			g.fail(at, "Ambiguous Trust Store", fmt.Sprintf(
				"This store needs exactly one of \"path\", \"content\" and \"content_base64\", but has %d, so it is not clear which certificates you mean. Set exactly one.", len(given)))
			continue
		}
		store := g.reader.read(source)
		if store.Unavailable != "" {
			g.fail(at, "Cannot Read the Trust Store", readiness.Sentence(store.Unavailable)+" Without the certificates in this store, the trust store that Terraform builds would be incomplete.")
			continue
		}
		g.add(at, store.Content, store.Password)
	}
	g.addRDSRoots(fieldsOf(config.RDSRoots))
	if g.diags.HasError() {
		return builtStore{}, g.diags
	}
	return g.encode(config.Format.ValueString(), password)
}

// leftBehind warns of certificates that are not kept because the store moves:
// what is kept is what stands at the path.
func leftBehind(config, before builtStoreModel, built builtStore) diag.Diagnostics {
	var diags diag.Diagnostics
	if !config.keeps() || config.Path.Equal(before.Path) {
		return diags
	}
	left := 0
	for _, element := range before.Certificates.Elements() {
		if sum, isString := element.(types.String); isString && !slices.Contains(built.fingerprints, sum.ValueString()) {
			left++
		}
	}
	if left > 0 {
		diags.AddAttributeWarning(path.Root("path"), "Certificates Left Behind", fmt.Sprintf(
			"Because \"path\" has changed, the new store lacks certificates that are in the old store (number missing: %d). Clients that use the new store will not trust them. To keep all certificates, add the old store to \"stores\".", left))
	}
	return diags
}

// keep adds what the store holds already. A file that is not there yet holds
// nothing; one that cannot be read as a store is not overwritten.
func (g *gathering) keep(config, before builtStoreModel, password *string) {
	if config.Path.IsNull() {
		if content, err := base64.StdEncoding.DecodeString(before.ContentBase64.ValueString()); err == nil && len(content) > 0 {
			g.add(path.Root("keep_certificates"), content, password)
		}
		return
	}
	name := config.Path.ValueString()
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return
	}
	store := g.reader.open(name)
	if store.Unavailable != "" {
		g.diags.AddAttributeError(path.Root("path"), "Cannot Read the Existing Trust Store", readiness.Sentence(store.Unavailable)+" The certificates in the existing file would be lost. To replace the file anyway, set keep_certificates = false.")
		return
	}
	g.add(path.Root("path"), store.Content, password)
}

// fail says what is wrong with a source of certificates. It does not point at an
// element of stores: Terraform 1.15 prints all its lines, and a password is in one.
func (g *gathering) fail(at path.Path, title, detail string) {
	if at.Steps()[0].Equal(path.PathStepAttributeName("stores")) {
		g.diags.AddError(title, at.String()+": "+detail)
		return
	}
	g.diags.AddAttributeError(at, title, detail)
}

// add takes the trusted certificates of a store.
func (g *gathering) add(at path.Path, content []byte, password *string) {
	contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: password})
	if errors.Is(err, truststore.ErrWrongPassword) && at.Equal(path.Root("path")) {
		g.diags.AddError("Password Does Not Open the Existing Trust Store",
			"The password does not open the file at \"path\", so its certificates cannot be kept. To change the password, list the file in \"stores\" with its old password and set keep_certificates = false for one apply.")
		return
	}
	if err != nil {
		g.fail(at, "Cannot Read the Trust Store", fmt.Sprintf(
			"%s Without the certificates in this store, the trust store that Terraform builds would be incomplete. %s", readiness.Sentence(err.Error()), storeRemedy(err, contents.Problems)))
		return
	}
	for _, p := range contents.Problems {
		switch p.Code {
		case truststore.CodePrivateKey:
			if at.Equal(path.Root("path")) {
				g.diags.AddAttributeError(at, "A Private Key Would Be Lost", p.Detail+" This resource writes certificates only, so the file would be replaced by one without the key. Choose another path, or move the file away.")
			}
		case truststore.CodeUnreadableCertificate, truststore.CodeLostBlock, truststore.CodeReadingStopped, truststore.CodeTruncated,
			truststore.CodeNullPassword, truststore.CodeWithoutTrustAttribute:
			g.fail(at, "Broken Trust Store", p.Detail+" The trust store that Terraform builds may lack a certificate. "+p.Remedy)
		}
	}
	for _, entry := range contents.Entries {
		if entry.Kind == truststore.EntryTrusted && !g.seen[entry.SHA256] {
			g.seen[entry.SHA256] = true
			g.entries = append(g.entries, entry)
		}
	}
}

// addRDSRoots takes roots out of a bundle. A Region or CA without any is an
// error: the client would not be ready for it.
func (g *gathering) addRDSRoots(roots fields) {
	if roots == nil {
		return
	}
	at := path.Root("rds_roots")
	contents, err := truststore.Inspect([]byte(roots.text("bundle_pem")), truststore.InspectOptions{})
	if err != nil {
		g.diags.AddAttributeError(at.AtName("bundle_pem"), "Cannot Read the Bundle", readiness.Sentence(err.Error())+" Set bundle_pem to the content of a bundle of RDS CAs in PEM.")
		return
	}
	wanted := roots.texts("ca_cert_identifiers")
	for i, region := range roots.texts("regions") {
		found := map[string]bool{}
		for _, entry := range contents.Entries {
			ca, known := rdsca.BySHA256(entry.SHA256)
			if !known || ca.Region != region || !ca.SelfSigned || len(wanted) > 0 && !slices.Contains(wanted, ca.Identifier) {
				continue
			}
			found[ca.Identifier] = true
			if !g.seen[entry.SHA256] {
				g.seen[entry.SHA256] = true
				g.entries = append(g.entries, entry)
			}
		}
		missing := slices.DeleteFunc(slices.Clone(wanted), func(id string) bool { return found[id] })
		if len(found) == 0 || len(missing) > 0 {
			g.diags.AddAttributeError(at.AtName("regions").AtListIndex(i), "RDS Roots Not in the Bundle", fmt.Sprintf(
				"The bundle has no root of %s for Region %q, so clients would not trust DB instances in that Region. Check the Region and the identifiers, or get the latest bundle.", cmp.Or(strings.Join(missing, ", "), "any CA"), region))
		}
	}
}

// encode orders the certificates by fingerprint, so that the order of their
// sources does not change the bytes.
func (g *gathering) encode(format string, password *string) (builtStore, diag.Diagnostics) {
	slices.SortFunc(g.entries, func(a, b truststore.Entry) int { return cmp.Compare(a.SHA256, b.SHA256) })
	var built builtStore
	certificates := truststore.Certificates(g.entries)
	for _, entry := range g.entries {
		built.fingerprints = append(built.fingerprints, entry.SHA256)
	}
	var err error
	switch format {
	case string(truststore.FormatJKS):
		built.content, err = truststore.EncodeJKS(certificates, password)
	case string(truststore.FormatPKCS12):
		built.content, err = truststore.EncodePKCS12(certificates, password)
	default:
		built.content, err = truststore.EncodePEM(certificates)
	}
	switch {
	case errors.Is(err, truststore.ErrPasswordNeeded), errors.Is(err, truststore.ErrPasswordNotASCII):
		g.diags.AddError("Unusable Password", readiness.Sentence(err.Error())+" Otherwise, clients would not be able to open the store. Set password_wo to a password of ASCII characters.")
	case err != nil:
		g.diags.AddError("Cannot Build the Trust Store", readiness.Sentence(err.Error())+" Nothing was written. Add certificates with \"certificates_pem\", \"stores\" or \"rds_roots\".")
	}
	return built, g.diags
}
