package provider_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

const (
	storeType    = "sslready_trust_store"
	storeAddress = "data.sslready_trust_store.app"
	corpus       = "../truststore/testdata/corpus/stores"
)

// storeOf is a store of the corpus in Base64.
func storeOf(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(corpusStore(t, name))
	must(t, err)
	return base64Of(string(content))
}

func corpusStore(t testing.TB, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join(corpus, name))
	must(t, err)
	return file
}

// TestAccTrustStoreListsWhatIsInside reads a key store with all that the data
// source says of it.
func TestAccTrustStoreListsWhatIsInside(t *testing.T) {
	const secret, name = "changeit", "SSLREADY_TEST_LISTED_PASSWORD"
	t.Setenv(name, secret)
	a := newAccount(t)
	root := a.root(t, presentCA)
	text, sum := knownvalue.StringExact, pki.SHA256(root)
	bundle, err := filepath.Abs(rdsRoots)
	must(t, err)
	read := func(lines ...string) string {
		return "data \"sslready_trust_store\" \"app\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
	}
	run(t,
		resource.TestStep{
			Config: read(fmt.Sprintf("path = %q", a.keystore(t, secret, presentCA)), fmt.Sprintf("password_env = %q", name), `region = "us-east-1"`),
			ConfigStateChecks: []statecheck.StateCheck{
				expect(storeAddress, "readable", knownvalue.Bool(true)), expect(storeAddress, "detected_format", text("jks")),
				expect(storeAddress, "problems", knownvalue.ListSizeExact(0)), expect(storeAddress, "missing_rds_roots", knownvalue.ListSizeExact(3)),
				expect(storeAddress, "certificates", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
					"alias": knownvalue.StringRegexp(regexp.MustCompile("^[a-z0-9-]+$")), "entry": text("trusted"),
					"subject": text(root.Subject.String()), "issuer": text(root.Issuer.String()), "serial": text(root.SerialNumber.String()),
					"sha1": text(pki.Thumbprint(root)), "sha256": text(sum),
					"not_before": text(root.NotBefore.Format(time.RFC3339)), "not_after": text(root.NotAfter.Format(time.RFC3339)),
					"key_type": text("RSA"), "is_ca": knownvalue.Bool(true), "self_signed": knownvalue.Bool(true),
					"rds_region": knownvalue.Null(), "rds_ca_cert_identifier": knownvalue.Null(),
				})})),
				expect(storeAddress, "anchors", knownvalue.ObjectExact(map[string]knownvalue.Check{
					"openssl": knownvalue.ListSizeExact(0), "java": knownvalue.ListExact([]knownvalue.Check{text(sum)}), "go": knownvalue.ListSizeExact(0),
				})),
			},
		},
		resource.TestStep{ // Nothing secret or large is kept.
			Config: read(fmt.Sprintf("content = file(%q)", bundle), `region = "eu-west-1"`, fmt.Sprintf("password = %q", secret)),
			ConfigStateChecks: []statecheck.StateCheck{
				expect(storeAddress, "content", knownvalue.Null()), expect(storeAddress, "password", knownvalue.Null()),
				expect(storeAddress, "missing_rds_roots", knownvalue.ListSizeExact(0)),
				statecheck.ExpectKnownValue(storeAddress, pathTo("certificates").AtSliceIndex(0).AtMapKey("rds_region"), text("sa-east-1")),
				statecheck.ExpectKnownValue(storeAddress, pathTo("certificates").AtSliceIndex(0).AtMapKey("rds_ca_cert_identifier"), text("rds-ca-rsa2048-g1")),
			},
		},
		resource.TestStep{
			Config:      read(fmt.Sprintf("path = %q", corpusStore(t, "text-html.pem"))),
			ExpectError: regexp.MustCompile(`(?s)Cannot Read the Trust Store.*web\s+page`),
		},
		resource.TestStep{
			Config: read(fmt.Sprintf("path = %q", corpusStore(t, "text-html.pem")), "allow_unreadable = true", `region = "us-east-1"`),
			ConfigStateChecks: []statecheck.StateCheck{
				expect(storeAddress, "readable", knownvalue.Bool(false)), expect(storeAddress, "missing_rds_roots", knownvalue.Null()),
				statecheck.ExpectKnownValue(storeAddress, pathTo("problems").AtSliceIndex(0).AtMapKey("code"), text("trust_store_unreadable")),
				statecheck.ExpectKnownValue(storeAddress, pathTo("problems").AtSliceIndex(1).AtMapKey("code"), text("html_page")),
			},
		},
	)
}

// TestTrustStoreGivesACodeForEveryWayNotToBeRead asks with allow_unreadable.
func TestTrustStoreGivesACodeForEveryWayNotToBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, sparse, dangling, circle := filepath.Join(dir, "pipe"), filepath.Join(dir, "sparse"), filepath.Join(dir, "dangling"), filepath.Join(dir, "circle")
	must(t, syscall.Mkfifo(pipe, 0o600))
	must(t, os.WriteFile(sparse, nil, 0o600))
	must(t, os.Truncate(sparse, 1<<40))
	must(t, os.Symlink(filepath.Join(dir, "nowhere"), dangling))
	must(t, os.Symlink(circle, circle))
	folder := t.TempDir()
	must(t, os.Symlink("/proc/self/mem", filepath.Join(folder, "mem.pem")))
	bks := base64.StdEncoding.EncodeToString(append(append([]byte{0, 0, 0, 2, 0, 0, 0, 20}, make([]byte, 24)...), 1, 0, 1, 'a'))
	tests := map[string]struct {
		config values
		want   string // of the first problem
		detail string
	}{
		"a wrong password":                  {values{"path": corpusStore(t, "keytool-two.jks"), "password": "wrong!"}, "wrong_trust_store_password", "does not open"},
		"a format that is not read":         {values{"content_base64": bks}, "trust_store_format_not_covered", "bks"},
		"nothing":                           {values{"content": ""}, "trust_store_unreadable", "empty"},
		"no file":                           {values{"path": filepath.Join(dir, "nowhere")}, "trust_store_not_available", "no such file"},
		"a pipe that nobody writes to":      {values{"path": pipe}, "trust_store_not_available", "neither a regular file"},
		"a device without an end":           {values{"path": "/dev/zero"}, "trust_store_not_available", "neither a regular file"},
		"a file of a terabyte":              {values{"path": sparse}, "trust_store_not_available", "larger than"},
		"a link to nothing":                 {values{"path": dangling}, "trust_store_not_available", "no such file"},
		"a link to itself":                  {values{"path": circle}, "trust_store_not_available", "too many levels"},
		"a file that cannot be read":        {values{"path": "/proc/self/mem"}, "trust_store_not_available", "input/output error"},
		"a folder with such a file":         {values{"path": folder}, "trust_store_not_available", "mem.pem: input/output error"},
		"a directory of nothing":            {values{"path": dir}, "trust_store_not_available", "larger than"}, // of all its files
		"no environment variable":           {values{"content": "x", "password_env": "SSLREADY_TEST_NO_SUCH"}, "trust_store_not_available", "SSLREADY_TEST_NO_SUCH"},
		"PEM in place of a named key store": {values{"path": corpusStore(t, "text-two.pem"), "format": "jks"}, "trust_store_unreadable", ""},
	}
	p := newProtocol(t, always(judgedAt), values{})
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.config["allow_unreadable"] = true
			start := now()
			state, told := p.read(t, storeType, tc.config)
			if elapsed := now().Sub(start); elapsed > 20*time.Second { // ten times the bar, for busy machines
				t.Errorf("it took %v", elapsed)
			}
			if told.failed() {
				t.Fatal(told)
			}
			problems, _ := at(t, state, "problems").([]any)
			if len(problems) == 0 {
				t.Fatal("no problem is listed")
			}
			first, _ := problems[0].(values)
			if detail := fmt.Sprint(first["detail"]); first["code"] != tc.want || !strings.Contains(detail, tc.detail) || at(t, state, "readable") != false {
				t.Errorf("readable %v, problem %v: %s; want %s with %q", at(t, state, "readable"), first["code"], detail, tc.want, tc.detail)
			}
			delete(tc.config, "allow_unreadable")
			if _, told := p.read(t, storeType, tc.config); !told.failed() {
				t.Error("without allow_unreadable it is no error")
			}
		})
	}
}

func TestTrustStoreReadsDirectoriesAndLinks(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	file := a.store(t, "rds.pem", presentCA)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(file, link))
	p := newProtocol(t, always(judgedAt), values{})
	for name, path := range map[string]string{"a link to a file": link, "a file": file} {
		state, told := p.read(t, storeType, values{"path": path})
		if told.failed() {
			t.Errorf("%s: %v", name, told)
			continue
		}
		if certificates, isList := at(t, state, "certificates").([]any); !isList || len(certificates) != 1 {
			t.Errorf("%s: certificates = %v, want 1", name, certificates)
		}
	}
	_, told := p.read(t, storeType, values{"path": filepath.Dir(file)})
	if !told.failed() || !strings.Contains(fmt.Sprint(told), "openssl rehash") {
		t.Errorf("a directory without hashes: %v", told)
	}
}

// TestTrustStoreCertificatesFunction reads what its caller gives, and names the
// argument at fault.
func TestAccTrustStoreCertificatesFunction(t *testing.T) {
	t.Parallel()
	call := func(file string, passwords ...string) string {
		arguments := append([]string{fmt.Sprintf("filebase64(%q)", corpusStore(t, file))}, passwords...)
		return "provider::sslready::trust_store_certificates(" + strings.Join(arguments, ", ") + ")"
	}
	names := func(list ...string) knownvalue.Check {
		slices.Sort(list)
		checks := make([]knownvalue.Check, len(list))
		for i, name := range list {
			checks[i] = knownvalue.StringExact(name)
		}
		return knownvalue.ListExact(checks)
	}
	run(t,
		resource.TestStep{
			Config: outputs(
				"sort("+call("keytool-two.pkcs12", `"changeit"`)+"[*].alias)",
				call("text-two.pem")+"[*].subject",
				call("keytool-key.jks")+"[*].entry",
			),
			ConfigStateChecks: []statecheck.StateCheck{
				output("a", names("root-ec", "root-rsa")), output("b", knownvalue.ListSizeExact(2)),
				output("c", knownvalue.ListPartial(map[int]knownvalue.Check{0: knownvalue.StringExact("key"), 1: knownvalue.StringExact("none")})),
			},
		},
		resource.TestStep{Config: outputs(call("keytool-two.pkcs12", `"wrong!"`)), ExpectError: regexp.MustCompile(`(?s)"password".*does\s+not\s+open`)},
		resource.TestStep{Config: outputs(call("text-html.pem")), ExpectError: regexp.MustCompile(`(?s)"content_base64".*web\s+page`)},
		resource.TestStep{Config: outputs(`provider::sslready::trust_store_certificates("%%%")`), ExpectError: regexp.MustCompile(`(?s)not\s+valid\s+Base64`)},
	)
}
