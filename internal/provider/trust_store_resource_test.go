package provider_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const (
	builtType = "sslready_trust_store"
	built     = builtType + ".app"
	// rdsRoots is a piece of AWS's global bundle: its first certificate and
	// all of us-east-1 and eu-west-1, those of their beta environments too.
	rdsRoots = "../truststore/testdata/rds/roots.pem"
)

func builtBlock(lines ...string) string {
	return "resource \"" + builtType + "\" \"app\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

func pemList(texts ...string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = fmt.Sprintf("%q", text)
	}
	return "certificates_pem = [" + strings.Join(list, ", ") + "]"
}

// holds checks that a file is a store of exactly the CAs, in a format, that it
// has mode 0600 and lies alone in its folder.
func (a *account) holds(t *testing.T, file string, format truststore.Format, password *string, cas ...string) resource.TestCheckFunc {
	t.Helper()
	return func(*terraform.State) error {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: password})
		if err != nil {
			return err
		}
		held := map[string]bool{}
		for _, entry := range contents.Entries {
			held[entry.SHA256] = true
		}
		for _, ca := range cas {
			if !held[pki.SHA256(a.root(t, ca))] {
				return fmt.Errorf("the store lacks the root of %s", ca)
			}
		}
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		beside, err := os.ReadDir(filepath.Dir(file))
		if err != nil {
			return err
		}
		if contents.Format != format || len(held) != len(cas) || info.Mode() != 0o600 || len(beside) != 1 {
			return fmt.Errorf("format %s, %d certificates, mode %v, %d files in the folder; want %s, %d, 0600 and 1", contents.Format, len(held), info.Mode(), len(beside), format, len(cas))
		}
		return nil
	}
}

func emptyPlan() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

func plannedAs(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(built, action)}}
}

// TestAccBuiltStoreKeepsTheOldCertificates goes through the life of a file in
// each format: made, extended, reordered, spoiled, mended, removed.
func TestAccBuiltStoreKeepsTheOldCertificates(t *testing.T) {
	t.Parallel()
	const secret = "store-password-in-test"
	for _, format := range []truststore.Format{truststore.FormatPEM, truststore.FormatJKS, truststore.FormatPKCS12} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			file := filepath.Join(t.TempDir(), "store")
			config := func(more ...string) string {
				return builtBlock(append(more, fmt.Sprintf("format = %q", format), fmt.Sprintf("path = %q", file), fmt.Sprintf("password_wo = %q", secret))...)
			}
			var before os.FileInfo
			same := func(*terraform.State) error {
				after, err := os.Stat(file)
				if err == nil && !os.SameFile(before, after) {
					err = fmt.Errorf("the file was written again")
				}
				return err
			}
			holds := func(cas ...string) resource.TestCheckFunc { return a.holds(t, file, format, new(secret), cas...) }
			run(t,
				resource.TestStep{
					Config: config(pemList(a.roots(t, presentCA))), Check: holds(presentCA), ConfigPlanChecks: emptyPlan(),
					ConfigStateChecks: []statecheck.StateCheck{
						expect(built, "content_base64", knownvalue.Null()), expect(built, "password_wo", knownvalue.Null()),
						expect(built, "sha256", knownvalue.StringRegexp(regexp.MustCompile("^[0-9a-f]{64}$"))),
						expect(built, "certificate_sha256", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact(pki.SHA256(a.root(t, presentCA)))})),
					},
				},
				resource.TestStep{ // The old root stays, though it is no longer named.
					Config: config(pemList(a.roots(t, targetCA))), Check: holds(presentCA, targetCA), ConfigPlanChecks: emptyPlan(),
				},
				resource.TestStep{ // The same certificates in another order are no change.
					PreConfig: func() {
						info, err := os.Stat(file)
						must(t, err)
						before = info
					},
					Config: config(pemList(a.roots(t, targetCA, presentCA, targetCA))), Check: same,
				},
				resource.TestStep{ // A file that went is made again, from what is named.
					PreConfig:        func() { must(t, os.Remove(file)) },
					Config:           config(pemList(a.roots(t, targetCA))),
					Check:            holds(targetCA),
					ConfigPlanChecks: plannedAs(plancheck.ResourceActionUpdate),
				},
				resource.TestStep{
					PreConfig:   func() { must(t, os.WriteFile(file, []byte("<html>"), 0o600)) },
					Config:      config(pemList(a.roots(t, targetCA))),
					ExpectError: regexp.MustCompile(`Cannot Read the Trust Store`),
				},
				resource.TestStep{
					Config: config(pemList(a.roots(t, pki.CAECC384)), "keep_certificates = false"), Check: holds(pki.CAECC384), ConfigPlanChecks: emptyPlan(),
				},
			)
			if _, err := os.Stat(file); !os.IsNotExist(err) {
				t.Errorf("after destroy the file is there still (%v)", err)
			}
		})
	}
}

// TestAccBuiltStoreOfRDSRoots takes the roots of Regions out of a bundle, into
// the state.
func TestAccBuiltStoreOfRDSRoots(t *testing.T) {
	t.Parallel()
	bundle, err := filepath.Abs(rdsRoots)
	must(t, err)
	config := func(choice string, more ...string) string {
		return builtBlock(append(more, `format = "pem"`, fmt.Sprintf("rds_roots = {\n bundle_pem = file(%q)\n %s\n }", bundle, choice))...)
	}
	held := func(want ...string) resource.TestCheckFunc {
		return resource.TestCheckResourceAttrWith(built, "content_base64", func(encoded string) error {
			content, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return err
			}
			contents, err := truststore.Inspect(content, truststore.InspectOptions{})
			if err != nil {
				return err
			}
			var names []string
			for _, entry := range contents.Entries {
				names = append(names, entry.Certificate.Subject.CommonName)
			}
			for _, name := range want {
				if !strings.Contains(strings.Join(names, "\n"), name) {
					return fmt.Errorf("%q lack %q", names, name)
				}
			}
			if len(names) != len(want) {
				return fmt.Errorf("the store holds %q, want %q", names, want)
			}
			return nil
		})
	}
	east, west := "Amazon RDS us-east-1 Root CA ", "Amazon RDS eu-west-1 Root CA "
	run(t,
		resource.TestStep{
			Config: config(`regions = ["us-east-1"]`), Check: held(east+"RSA2048 G1", east+"RSA4096 G1", east+"ECC384 G1"), ConfigPlanChecks: emptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(built, pathTo("rds_roots").AtMapKey("bundle_pem"), knownvalue.Null())},
		},
		resource.TestStep{
			Config: config("regions = [\"eu-west-1\", \"us-east-1\"]\n ca_cert_identifiers = [\"rds-ca-rsa2048-g1\"]", "keep_certificates = false"),
			Check:  held(east+"RSA2048 G1", west+"RSA2048 G1"), ConfigPlanChecks: emptyPlan(),
		},
		resource.TestStep{ // What the state holds stays.
			Config: config("regions = [\"us-east-1\"]\n ca_cert_identifiers = [\"rds-ca-ecc384-g1\"]"),
			Check:  held(east+"RSA2048 G1", west+"RSA2048 G1", east+"ECC384 G1"), ConfigPlanChecks: emptyPlan(),
		},
		resource.TestStep{Config: config(`regions = ["ap-south-1"]`), ExpectError: regexp.MustCompile(`(?s)RDS Roots Not in the Bundle.*"ap-south-1"`)},
		resource.TestStep{
			Config:      config("regions = [\"us-east-1\"]\n ca_cert_identifiers = [\"rds-ca-2019\"]"),
			ExpectError: regexp.MustCompile(`(?s)no\s+root\s+of\s+rds-ca-2019`),
		},
	)
}

// TestAccBuiltStoreFromOtherStores converts, with write-only contents and
// passwords.
func TestAccBuiltStoreFromOtherStores(t *testing.T) {
	t.Parallel()
	const secret = "source-password-in-test"
	a := newAccount(t)
	jks := a.keystore(t, secret, presentCA)
	config := func(password string) string {
		return builtBlock(`format = "pkcs12"`, `password_wo = "changeit"`, fmt.Sprintf(
			"stores = [{ path = %q, password_wo = %q }, { content = %q }]", jks, password, a.roots(t, targetCA)))
	}
	run(t,
		resource.TestStep{Config: config("not-it"), ExpectError: regexp.MustCompile(`(?s)Cannot Read the Trust Store.*password\s+does\s+not\s+open`)},
		resource.TestStep{
			Config: config(secret), ConfigPlanChecks: emptyPlan(),
			Check: resource.TestCheckResourceAttr(built, "certificate_sha256.#", "2"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(built, pathTo("stores").AtSliceIndex(0).AtMapKey("password_wo"), knownvalue.Null()),
				statecheck.ExpectKnownValue(built, pathTo("stores").AtSliceIndex(1).AtMapKey("content"), knownvalue.Null()),
			},
		},
	)
}

// TestAccBuiltStoreChangesItsPassword says what to do, and does it.
func TestAccBuiltStoreChangesItsPassword(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	file := filepath.Join(t.TempDir(), "store.p12")
	config := func(password string, more ...string) string {
		return builtBlock(append(more, `format = "pkcs12"`, fmt.Sprintf("path = %q", file), fmt.Sprintf("password_wo = %q", password), pemList(a.roots(t, presentCA)))...)
	}
	run(t,
		resource.TestStep{Config: config("first-password")},
		resource.TestStep{Config: config("second-password"), ExpectError: regexp.MustCompile(`Password Does Not Open the Existing Trust Store`)},
		resource.TestStep{
			Config: config("second-password", "keep_certificates = false", fmt.Sprintf(`stores = [{ path = %q, password_wo = "first-password" }]`, file)),
			Check:  a.holds(t, file, truststore.FormatPKCS12, new("second-password"), presentCA),
			// The old password opens the file no longer: the entry has to go.
			ExpectNonEmptyPlan: false, ExpectError: regexp.MustCompile(`(?s)stores\[0\]|Cannot Read the Trust Store`),
		},
		resource.TestStep{Config: config("second-password"), ConfigPlanChecks: emptyPlan()},
	)
}

// TestAccBuiltStoreIsReadBack is the README's pair of resource and data source.
func TestAccBuiltStoreIsReadBack(t *testing.T) {
	const name = "SSLREADY_TEST_BUILT_PASSWORD"
	t.Setenv(name, "changeit")
	bundle, err := filepath.Abs(rdsRoots)
	must(t, err)
	file := filepath.Join(t.TempDir(), "truststore.p12")
	run(t, resource.TestStep{
		Config: builtBlock(`format = "pkcs12"`, `password_wo = "changeit"`, fmt.Sprintf("path = %q", file),
			fmt.Sprintf(`rds_roots = { bundle_pem = file(%q), regions = ["us-east-1"] }`, bundle)) + fmt.Sprintf(`
data "sslready_trust_store" "app" {
  path         = sslready_trust_store.app.path
  password_env = %q
  region       = "us-east-1"
  depends_on   = [sslready_trust_store.app]

  lifecycle {
    postcondition {
      condition     = length(self.missing_rds_roots) == 0
      error_message = "The trust store lacks roots of the Region."
    }
  }
}
`, name),
		ConfigPlanChecks: emptyPlan(),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(storeAddress, "problems", knownvalue.ListSizeExact(0)),
			statecheck.ExpectKnownValue(storeAddress, pathTo("anchors").AtMapKey("java"), knownvalue.ListSizeExact(3)),
		},
	})
}

// TestAccBuiltStoreMovesWithoutWhatItKept warns and leaves the kept behind.
func TestAccBuiltStoreMovesWithoutWhatItKept(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	first, second := filepath.Join(t.TempDir(), "first.pem"), filepath.Join(t.TempDir(), "second.pem")
	config := func(file string, cas ...string) string {
		return builtBlock(`format = "pem"`, fmt.Sprintf("path = %q", file), pemList(a.roots(t, cas...)))
	}
	run(t,
		resource.TestStep{Config: config(first, presentCA)},
		resource.TestStep{Config: config(first, targetCA), Check: a.holds(t, first, truststore.FormatPEM, nil, presentCA, targetCA)},
		resource.TestStep{
			Config: config(second, targetCA), ConfigPlanChecks: plannedAs(plancheck.ResourceActionReplace),
			Check: a.holds(t, second, truststore.FormatPEM, nil, targetCA),
		},
	)
}

// TestAccBuiltStoreWaitsForUnknownValues builds in the apply.
func TestAccBuiltStoreWaitsForUnknownValues(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	run(t, resource.TestStep{
		Config: fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %q\n}\n", a.roots(t, presentCA)) +
			builtBlock(`format = "pem"`, "certificates_pem = [terraform_data.later.output]"),
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectUnknownValue(built, pathTo("content_base64"))},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		ConfigStateChecks: []statecheck.StateCheck{expect(built, "content_base64", knownvalue.StringExact(base64Of(a.roots(t, presentCA))))},
	})
}

// TestAccBuiltStoreTakesOverAFile imports a file by its path.
func TestAccBuiltStoreTakesOverAFile(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	file := a.store(t, "rds.pem", presentCA)
	config := builtBlock(`format = "pem"`, fmt.Sprintf("path = %q", file), pemList(a.roots(t, targetCA)))
	run(t,
		resource.TestStep{Config: config, ResourceName: built, ImportState: true, ImportStateId: filepath.Dir(file), ExpectError: regexp.MustCompile(`Cannot Import a Trust Store of This Format`)},
		resource.TestStep{Config: config, ResourceName: built, ImportState: true, ImportStateId: file, ImportStatePersist: true},
		resource.TestStep{
			Config: config, Check: a.holds(t, file, truststore.FormatPEM, nil, presentCA, targetCA),
			ConfigPlanChecks: plannedAs(plancheck.ResourceActionUpdate),
		},
	)
}

// TestAccBuiltStoreRefuses what would leave clients without their roots.
func TestAccBuiltStoreRefuses(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	root := a.roots(t, presentCA)
	file := filepath.Join(t.TempDir(), "store")
	withKey, err := filepath.Abs("../truststore/testdata/corpus/stores/keytool-key.jks")
	must(t, err)
	opensslMade, err := filepath.Abs("../truststore/testdata/corpus/stores/p12-nokeys-default.p12")
	must(t, err)
	held := filepath.Join(t.TempDir(), "held.jks")
	content, err := os.ReadFile(withKey)
	must(t, err)
	must(t, os.WriteFile(held, content, 0o600))
	tests := map[string]struct{ config, want string }{
		"nothing to build from":                {builtBlock(`format = "pem"`), `(?s)At\s+least\s+one`},
		"JKS without a password":               {builtBlock(`format = "jks"`, pemList(root)), `(?s)Unusable Password.*The trust store needs a password because its format is JKS\.`},
		"a password that Java's PKCS#12 lacks": {builtBlock(`format = "pkcs12"`, `password_wo = "pässwörd"`, pemList(root)), "Unusable Password"},
		"a certificate cut off":                {builtBlock(`format = "pem"`, pemList(root, root[:len(root)/2])), `(?s)certificates_pem|Cannot Read the Trust Store`},
		"a bad block among good ones": {
			builtBlock(`format = "pem"`, pemList(root+"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")), "Broken Trust Store",
		},
		"a source that is none":         {builtBlock(`format = "pem"`, `stores = [{}]`), `(?s)stores\[0\]:\s+This\s+store\s+needs\s+exactly\s+one\s+of`},
		"no Region to take roots of":    {builtBlock(`format = "pem"`, `rds_roots = { bundle_pem = "x", regions = [] }`), `(?s)at\s+least\s+1`},
		"a source that is not there":    {builtBlock(`format = "pem"`, `stores = [{ path = "/nowhere/at/all" }]`), "Cannot Read the Trust Store"},
		"a device as source":            {builtBlock(`format = "pem"`, `stores = [{ path = "/dev/zero" }]`), `(?s)neither\s+a\s+regular\s+file`},
		"a source Java does not trust":  {builtBlock(`format = "pem"`, fmt.Sprintf(`stores = [{ path = %q, password_wo = "changeit" }]`, opensslMade), pemList(root)), "Broken Trust Store"},
		"a source opened with nothing":  {builtBlock(`format = "pem"`, fmt.Sprintf(`stores = [{ path = %q }]`, opensslMade), pemList(root)), "Broken Trust Store"},
		"a file with a private key":     {builtBlock(`format = "jks"`, `password_wo = "changeit"`, fmt.Sprintf("path = %q", held), pemList(root)), "A Private Key Would Be Lost"},
		"a folder that is not there":    {builtBlock(`format = "pem"`, fmt.Sprintf("path = %q", filepath.Join(file, "store.pem")), pemList(root)), "Cannot Write the Trust Store"},
		"a format that is only read":    {builtBlock(`format = "pkcs7"`, pemList(root)), `(?s)value\s+must\s+be\s+one\s+of`},
		"a bundle that is no bundle":    {builtBlock(`format = "pem"`, `rds_roots = { bundle_pem = "<html>", regions = ["us-east-1"] }`), "Cannot Read the Bundle"},
		"an environment without a word": {builtBlock(`format = "pem"`, fmt.Sprintf(`stores = [{ path = %q, password_env = "SSLREADY_TEST_NO_SUCH" }]`, opensslMade)), "SSLREADY_TEST_NO_SUCH"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, resource.TestStep{Config: tc.config, ExpectError: regexp.MustCompile(tc.want)})
		})
	}
}

// TestAccBuiltStoreLeavesAFileOfOthersAlone: what somebody else wrote is taken
// in by an apply, and is not removed by a destroy.
func TestAccBuiltStoreLeavesAFileOfOthersAlone(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	file := filepath.Join(t.TempDir(), "store.pem")
	config := builtBlock(`format = "pem"`, fmt.Sprintf("path = %q", file), pemList(a.roots(t, presentCA)))
	run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { a.rewrite(t, file, presentCA, targetCA) },
			Config:    config, Check: a.holds(t, file, truststore.FormatPEM, nil, presentCA, targetCA), ConfigPlanChecks: emptyPlan(),
		},
		resource.TestStep{Config: config, Check: func(*terraform.State) error {
			a.rewrite(t, file, targetCA)
			return nil
		}, ExpectNonEmptyPlan: true},
	)
	if content, err := os.ReadFile(file); err != nil || string(content) != a.roots(t, targetCA) {
		t.Errorf("destroy removed what somebody else wrote (%v)", err)
	}
}
