package readiness_test

import (
	"crypto/x509"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestWhatAStoreGives goes through the stores that a client may have and what
// its driver does with each: with a path that verifies, and, where it does not
// verify, whether the settings are refused all the same.
func TestWhatAStoreGives(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	right, wrong := "changeit", "other"
	root := []*x509.Certificate{s.next.Root}
	jks, err := truststore.EncodeJKS(root, &right)
	if err != nil {
		t.Fatal(err)
	}
	p12, err := truststore.EncodePKCS12(root, &right)
	if err != nil {
		t.Fatal(err)
	}
	file, other := pki.PEM(root...), pki.PEM(s.old.Root)
	directory := truststore.Directory{"a.pem": file}.Archive()
	store := func(content []byte) readiness.Store { return readiness.Store{Content: content} }
	opened := func(content []byte, password *string) readiness.Store {
		return readiness.Store{Content: content, Password: password}
	}
	openssl := func(set func(*policy.Anchors)) policy.Anchors {
		a := policy.Anchors{
			Source: policy.Declared, Reader: truststore.OpenSSLFile,
			Missing: policy.Lack{Client: "missing"}, Unreadable: policy.Lack{Client: "unreadable"}, Empty: policy.Lack{Client: "empty"},
		}
		if set != nil {
			set(&a)
		}
		return a
	}
	java := func(set func(*policy.Anchors)) policy.Anchors {
		a := policy.Anchors{Source: policy.Declared, Reader: truststore.JavaKeyStore, ReaderVersion: "17"}
		if set != nil {
			set(&a)
		}
		return a
	}
	lacks := func(a *policy.Anchors) {
		a.Unreadable, a.Empty = policy.Lack{Client: "unreadable"}, policy.Lack{Client: "empty"}
	}
	otherwise := func(then policy.Reaction) policy.Anchors { return openssl(nil).Otherwise(then) }
	missing := func(a policy.Anchors) policy.Anchors { a.Source = policy.Missing; return a }
	type verdict struct {
		outcome readiness.Outcome
		reason  readiness.Reason
		text    string
	}
	var (
		connects  = verdict{readiness.Connects, certpath.Accepted, ""}
		stranger  = verdict{readiness.Fails, certpath.UnknownAuthority, "self-signed certificate in certificate chain"}
		encrypts  = verdict{readiness.ConnectsUnverified, readiness.NotVerified, ""}
		noStore   = verdict{readiness.Fails, readiness.RootCertificateMissing, "missing"}
		garbage   = verdict{readiness.Fails, readiness.TrustStoreUnreadable, "unreadable"}
		nothing   = verdict{readiness.Fails, readiness.TrustStoreNoAnchors, "empty"}
		uncovered = verdict{readiness.Indeterminate, readiness.TrustStoreNotCovered, ""}
	)
	for name, tc := range map[string]struct {
		store      readiness.Store
		anchors    policy.Anchors
		want       verdict
		unverified verdict // of a client that does not verify
	}{
		"a file":                         {store(file), openssl(nil), connects, encrypts},
		"another file":                   {store(other), openssl(nil), stranger, encrypts},
		"another file, whatever rejects": {store(other), otherwise(policy.RejectAll), stranger, encrypts},
		"what the settings hold":         {store(other), openssl(func(a *policy.Anchors) { a.Content = file }), connects, encrypts},
		"nobody could get it":            {readiness.Store{Unavailable: "no such file"}, openssl(nil), verdict{readiness.Indeterminate, readiness.TrustStoreNotAvailable, ""}, encrypts},
		"nobody could get it, and the settings hold one": {readiness.Store{Unavailable: "no such file"}, openssl(func(a *policy.Anchors) { a.Content = file }), connects, encrypts},

		"a directory":                           {store(directory), openssl(nil), verdict{readiness.Fails, readiness.TrustStoreUnreadable, "unreadable"}, encrypts},
		"a directory in words of its own":       {store(directory), openssl(func(a *policy.Anchors) { a.Directory = &policy.Lack{Client: "EISDIR"} }), verdict{readiness.Fails, readiness.TrustStoreUnreadable, "EISDIR"}, encrypts},
		"a directory that is always refused":    {store(directory), openssl(func(a *policy.Anchors) { a.Directory = &policy.Lack{Client: "EISDIR", Then: policy.RejectAll} }), verdict{readiness.Fails, readiness.TrustStoreUnreadable, "EISDIR"}, verdict{readiness.Fails, readiness.TrustStoreUnreadable, "EISDIR"}},
		"a file where a directory is refused":   {store(file), openssl(func(a *policy.Anchors) { a.Directory = &policy.Lack{Client: "EISDIR", Then: policy.RejectAll} }), connects, encrypts},
		"a directory with its reader":           {store(directory), openssl(func(a *policy.Anchors) { a.DirectoryReader = truststore.EveryFile }), connects, encrypts},
		"a directory for a reader of them":      {store(directory), openssl(func(a *policy.Anchors) { a.Reader = truststore.EveryFile }), connects, encrypts},
		"a file beside a reader of directories": {store(file), openssl(func(a *policy.Anchors) { a.DirectoryReader = truststore.EveryFile }), connects, encrypts},
		"PEM with its reader":                   {store(file), java(func(a *policy.Anchors) { a.PEMReader = truststore.JavaCertificateFactory }), connects, encrypts},
		"a JKS beside a reader of PEM":          {opened(jks, &right), java(func(a *policy.Anchors) { a.PEMReader = truststore.JavaCertificateFactory }), connects, encrypts},

		"an unreadable file":                         {store([]byte("-----BEGIN CERTIFICATE-----\n")), openssl(nil), garbage, encrypts},
		"an unreadable file always refused":          {store([]byte("-----BEGIN CERTIFICATE-----\n")), openssl(func(a *policy.Anchors) { a.Unreadable.Then = policy.RejectAll }), garbage, garbage},
		"an unreadable file, and the system's":       {store([]byte("-----BEGIN CERTIFICATE-----\n")), openssl(func(a *policy.Anchors) { a.Unreadable.Then = policy.UseSystem }), stranger, encrypts},
		"an unreadable file that is nothing":         {store([]byte("-----BEGIN CERTIFICATE-----\n")), openssl(func(a *policy.Anchors) { a.Unreadable.Then = policy.TakeNone }), stranger, encrypts},
		"no anchor":                                  {store(p12), java(lacks), nothing, encrypts},
		"no anchor, and unreadable ones are refused": {store(p12), java(func(a *policy.Anchors) { lacks(a); a.Unreadable.Then = policy.RejectAll }), nothing, encrypts},
		"no anchor, always refused":                  {store(p12), java(func(a *policy.Anchors) { lacks(a); a.Empty.Then = policy.RejectAll }), nothing, nothing},
		"no anchor, and the system's":                {store(p12), java(func(a *policy.Anchors) { lacks(a); a.Empty.Then = policy.UseSystem }), stranger, encrypts},
		"a reader that nobody knows":                 {store(file), openssl(func(a *policy.Anchors) { a.Reader = 99 }), uncovered, encrypts},
		"a reader that nobody knows, always asked":   {store(file), openssl(func(a *policy.Anchors) { a.Reader = 99; a.Unreadable.Then = policy.RejectAll }), uncovered, uncovered},

		"a JKS":                        {opened(jks, &right), java(nil), connects, encrypts},
		"a JKS without a password":     {store(jks), java(nil), connects, encrypts},
		"a JKS with a wrong one":       {opened(jks, &wrong), java(nil), verdict{readiness.Fails, readiness.WrongTrustStorePassword, "Keystore was tampered with, or password was incorrect"}, encrypts},
		"a wrong one that nobody uses": {opened(jks, &wrong), java(func(a *policy.Anchors) { a.NoPassword = true }), connects, encrypts},
		"the settings' own":            {opened(jks, &wrong), java(func(a *policy.Anchors) { a.Password = &right }), connects, encrypts},
		"the settings' own, wrong":     {opened(jks, &right), java(func(a *policy.Anchors) { a.Password = &wrong }), verdict{readiness.Fails, readiness.WrongTrustStorePassword, "Keystore was tampered with, or password was incorrect"}, encrypts},
		"a PKCS#12":                    {opened(p12, &right), java(nil), connects, encrypts},
		"a PKCS#12, and nobody tells":  {opened(p12, &right), java(func(a *policy.Anchors) { a.OwnPassword = true }), verdict{readiness.Fails, readiness.TrustStoreNoAnchors, "the trustAnchors parameter must be non-empty"}, encrypts},
		"a PKCS#12 with its own":       {opened(p12, &wrong), java(func(a *policy.Anchors) { a.OwnPassword, a.Password = true, &right }), connects, encrypts},
		"a JKS, and nobody tells":      {opened(jks, &wrong), java(func(a *policy.Anchors) { a.OwnPassword = true }), verdict{readiness.Fails, readiness.WrongTrustStorePassword, "Keystore was tampered with, or password was incorrect"}, encrypts},

		"none":                   {store(nil), missing(openssl(nil)), noStore, encrypts},
		"none, always refused":   {store(nil), missing(otherwise(policy.RejectAll)), noStore, noStore},
		"none, and the system's": {store(nil), missing(otherwise(policy.UseSystem)), stranger, encrypts},
		"none, and nothing":      {store(nil), missing(otherwise(policy.TakeNone)), stranger, encrypts},
		"the system's":           {store(file), policy.Anchors{Source: policy.SystemStore}, stranger, encrypts},
		"an empty one":           {store(file), policy.Anchors{Source: policy.EmptyStore}, stranger, encrypts},
		"nobody says":            {store(file), policy.Anchors{}, stranger, encrypts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for verifies, want := range map[bool]verdict{true: tc.want, false: tc.unverified} {
				c := readiness.Client{Name: "c", Store: tc.store}.With(policy.Policy{
					Hosts: []policy.Host{{Name: endpoint}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: verifies}},
					Anchors: tc.anchors, Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
				})
				v := readiness.Evaluate(s.input(c)).Verdicts["c"].Target
				if got := (verdict{v.Outcome, v.Reason, v.ExpectedError}); got != want {
					t.Errorf("verifies %t: %v (%s), want %v", verifies, got, v.Detail, want)
				}
			}
		})
	}
	for name, tc := range map[string]struct {
		anchors policy.Anchors
		want    readiness.Outcome
	}{
		"a file alone":           {openssl(nil), readiness.Fails},
		"beside the system's":    {openssl(func(a *policy.Anchors) { a.WithSystem = true }), readiness.Connects},
		"the system's":           {policy.Anchors{Source: policy.SystemStore}, readiness.Connects},
		"none, and the system's": {missing(otherwise(policy.UseSystem)), readiness.Connects},
		"none, and nothing":      {missing(otherwise(policy.TakeNone)), readiness.Fails},
	} {
		c := readiness.Client{Name: "c", Store: store(file), ViaProxy: true}.With(policy.Policy{
			Hosts: []policy.Host{{Name: endpoint}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: true}},
			Anchors: tc.anchors, Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
		})
		if v := readiness.Evaluate(s.input(c)).Verdicts["c"].Target; v.Outcome != tc.want {
			t.Errorf("behind RDS Proxy, %s: %s (%s)", name, v.Outcome, v.Detail)
		}
	}
}
