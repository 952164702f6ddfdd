package certpath_test

import (
	"crypto/x509"
	"flag"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/paths"
)

// profiles are the judges of the path vectors, as profiles.
var profiles = map[string]certpath.Profile{
	"openssl-3.0":           {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 2},
	"openssl-3.0-level1":    {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 1},
	"openssl-3.0-level0":    {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: certpath.SecurityLevelNone},
	"openssl-3.0-partial":   {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 2, PartialChain: true},
	"openssl-3.0-strict":    {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 2, PartialChain: true, Strict: true},
	"openssl-3.0-last":      {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 1, ReportsLastError: true},
	"node-20":               {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: 1, ReportsLastError: true},
	"python-3.11":           {Validator: certpath.OpenSSL, Version: "3.0", SecurityLevel: -1},
	"python-3.13":           {Validator: certpath.OpenSSL, Version: "3.0", PartialChain: true, Strict: true},
	"openssl-1.1.1":         {Validator: certpath.OpenSSL, Version: "1.1.1", SecurityLevel: 2},
	"openssl-1.1.1-level1":  {Validator: certpath.OpenSSL, Version: "1.1.1", SecurityLevel: 1},
	"openssl-1.1.1-partial": {Validator: certpath.OpenSSL, Version: "1.1.1", SecurityLevel: 2, PartialChain: true},
	"java-17":               {Validator: certpath.Java, Version: "17"},
	"java-25":               {Validator: certpath.Java, Version: "25"},
	"go":                    {Validator: certpath.Go},
	"openssl-3.3":           {Validator: certpath.OpenSSL, Version: "3.3", SecurityLevel: 2},
	"openssl-3.3-level1":    {Validator: certpath.OpenSSL, Version: "3.3", SecurityLevel: 1},
	"openssl-3.3-partial":   {Validator: certpath.OpenSSL, Version: "3.3", SecurityLevel: 2, PartialChain: true},
	"openssl-3.3-strict":    {Validator: certpath.OpenSSL, Version: "3.3", SecurityLevel: 2, PartialChain: true, Strict: true},
	"openssl-3.5":           {Validator: certpath.OpenSSL, Version: "3.5", SecurityLevel: 2},
	"openssl-3.5-level1":    {Validator: certpath.OpenSSL, Version: "3.5", SecurityLevel: 1},
	"openssl-3.5-partial":   {Validator: certpath.OpenSSL, Version: "3.5", SecurityLevel: 2, PartialChain: true},
	"openssl-3.5-strict":    {Validator: certpath.OpenSSL, Version: "3.5", SecurityLevel: 2, PartialChain: true, Strict: true},
	"webpki-0.22":           {Validator: certpath.WebPKI, Version: "0.22"},
	"webpki-0.101":          {Validator: certpath.WebPKI, Version: "0.101"},
	"webpki-0.102":          {Validator: certpath.WebPKI, Version: "0.102"},
	"webpki-0.103":          {Validator: certpath.WebPKI, Version: "0.103"},
}

// rules are the judges of the name vectors; what follows the dash is the
// version.
var rules = map[string]certpath.NameRule{
	"libpq": certpath.NameLibpq, "pgjdbc": certpath.NamePgjdbc, "java": certpath.NameJSSE, "go": certpath.NameGo,
	"python": certpath.NameOpenSSL, "node": certpath.NameNode, "webpki": certpath.NameWebPKI,
}

// vectors are a corpus of which the certificates are read as a caller does.
type vectors struct{ *paths.Corpus }

func load(t *testing.T) vectors {
	t.Helper()
	corpus, err := paths.Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return vectors{corpus}
}

func (c vectors) presented(v paths.PathVector) certpath.Presented {
	return certpath.Presented{Certificates: parse(c.Chain(v.Presented))}
}

func (c vectors) anchors(v paths.PathVector) []certpath.Anchor {
	return certpath.Anchors(parse(c.Chain(v.Anchors))...)
}

// update writes the predictions into the vectors as what is expected; the diff
// is to be reviewed.
var update = flag.Bool("update", false, "write the predicted reasons and details into the vectors")

var saving sync.Mutex

var parsed sync.Map

// parse reads certificates as a caller does, each once.
func parse(chain [][]byte) []*x509.Certificate {
	certificates := make([]*x509.Certificate, 0, len(chain))
	for _, der := range chain {
		known, _ := parsed.LoadOrStore(string(der), sync.OnceValue(func() *x509.Certificate {
			c, _ := certpath.ParseCertificate(der)
			return c
		}))
		once, is := known.(func() *x509.Certificate)
		if !is {
			panic("not a function that parses a certificate")
		}
		certificates = append(certificates, once())
	}
	return certificates
}

// folded takes out what the table escapes or folds: blanks and backslashes.
var folded = strings.NewReplacer(" ", "", "\\t", "", "\t", "", "\\", "")

func TestPathsAreJudgedAsTheRealValidatorsDo(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	if len(corpus.Paths) < 5000 {
		t.Fatalf("only %d vectors", len(corpus.Paths))
	}
	// A verifier keeps the signatures that it has checked, for whatever profile.
	verifiers := sync.Pool{New: func() any { return certpath.NewVerifier() }}
	for judge, profile := range profiles {
		t.Run(judge, func(t *testing.T) {
			t.Parallel()

			asked, undecided, reviewed := 0, 0, 0
			verifier, _ := verifiers.Get().(*certpath.Verifier)
			defer verifiers.Put(verifier)
			for i, v := range corpus.Paths {
				want, there := v.Answers[judge]
				if !there {
					continue
				}
				asked++
				got := verifier.Verify(profile, corpus.presented(v), corpus.anchors(v), v.At)
				if _, there := v.Expected[judge]; there && !*update {
					reviewed++
				}
				if *update {
					saving.Lock()
					corpus.Paths[i].Expected[judge] = expectation(got)
					saving.Unlock()
				}
				if got.Reason == "" && !v.Spoiled {
					undecided++
				}
				for _, fault := range pathFaults(judge, corpus.Paths[i], want, got) {
					t.Errorf("%s: %s: %s", judge, v.ID, fault)
				}
			}
			if asked < 300 || undecided*50 > asked || (reviewed > 0 && reviewed != asked) {
				t.Errorf("%d answers, %d undecided, %d reviewed", asked, undecided, reviewed)
			}
		})
	}
	t.Cleanup(func() {
		if *update && !t.Failed() {
			if err := corpus.Save("testdata"); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestJavaTakesEitherOfTwoAnchors: which of two anchors of one name and key it
// takes, a CA and another, changes from run to run.
func TestJavaTakesEitherOfTwoAnchors(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	for _, presented := range [][]string{{"odd-leaf", "odd-sub", "odd-root"}, {"odd-leaf", "odd-root", "odd-sub"}} {
		for _, anchors := range [][]string{{"odd-root", "twin-root"}, {"twin-root", "odd-root"}} {
			got := certpath.Verify(profiles["java-17"], certpath.Presented{Certificates: parse(corpus.Chain(presented))},
				certpath.Anchors(parse(corpus.Chain(anchors))...), corpus.Paths[0].At)
			if got.Reason != "" || !strings.Contains(got.Detail, "either") {
				t.Errorf("%v under %v: %q, %q", presented, anchors, got.Reason, got.Detail)
			}
		}
	}
}

// expectation is a prediction as a vector holds it.
func expectation(got certpath.Result) paths.Expectation {
	return paths.Expectation{Reason: string(got.Reason), Detail: folded.Replace(got.Detail)}
}

// pathFaults are the differences between a prediction and what a judge said,
// or what was reviewed.
func pathFaults(judge string, v paths.PathVector, want paths.Answer, got certpath.Result) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if expected, there := v.Expected[judge]; there {
		if expected.Detail = folded.Replace(expected.Detail); expected != expectation(got) {
			fault("reason and detail %+v, expected %+v", expectation(got), expected)
		}
	}
	if got.Reason == "" || (v.Spoiled && got.Reason != certpath.Accepted) {
		return faults
	}
	if !allowed(judge, want.Code, got.Reason) {
		fault("the judge's code %q, the reason %q", want.Code, got.Reason)
	}
	accepted := got.Reason == certpath.Accepted
	switch {
	case accepted != want.OK:
		fault("%q (%s), the judge says %t %q", got.Reason, got.Detail, want.OK, want.Text)
	case accepted && got.Anchor == nil:
		fault("accepted without an anchor")
	case !accepted && !sameText(got.ClientError, want.Text, judge) && (got.ClientError != "" || got.Reason != certpath.MalformedCertificate):
		fault("text %q, the judge says %q", got.ClientError, want.Text)
	case !accepted && got.Detail == "":
		fault("%q without a detail", got.Reason)
	}
	return faults
}

// sameText compares a predicted text with a judge's. A client can put more in
// front than the judge, but for Java, which names the certificate at the end.
func sameText(got, want, judge string) bool {
	front := strings.HasSuffix(got, want) && !strings.HasPrefix(judge, "java-")
	return front || got == want || (got != "" && strings.Contains(want, got))
}

func TestNamesAreJudgedAsTheRealClientsDo(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	asked := map[string]int{}
	leaves := map[string]*x509.Certificate{}
	for _, v := range corpus.Names {
		leaves[v.Leaf] = parse([][]byte{corpus.Certificates[v.Leaf]})[0]
		for judge, want := range v.Answers {
			name, version, _ := strings.Cut(judge, "-")
			rule, known := rules[name]
			if !known {
				t.Fatalf("no rule for the judge %q", judge)
			}
			asked[judge]++
			if fault := nameFault(certpath.MatchName(rule, version, leaves[v.Leaf], v.Host), want); fault != "" {
				t.Errorf("%s: %s: %s", judge, v.ID, fault)
			}
		}
	}
	for judge, n := range asked {
		if n < 200 {
			t.Errorf("%s: only %d answers", judge, n)
		}
	}
	if judges := len(asked); judges < len(rules) {
		t.Errorf("only %d judges", judges)
	}
}

// nameFault is what is wrong with a prediction; empty is nothing.
func nameFault(got certpath.Result, want paths.Answer) string {
	switch accepted := got.Reason == certpath.Accepted; {
	case accepted != want.OK:
		return fmt.Sprintf("%q (%s), the judge says %t %q", got.Reason, got.Detail, want.OK, want.Text)
	case !accepted && want.Text != "" && !sameText(got.ClientError, want.Text, ""):
		return fmt.Sprintf("text %q, the judge says %q", got.ClientError, want.Text)
	case !accepted && got.Reason != certpath.HostNameMismatch:
		return fmt.Sprintf("reason %q", got.Reason)
	}
	return ""
}

// TestMalformedAlternativeNamesMatchNoHost: some clients drop the names that they
// cannot decode, and then go by the common name, or by nothing.
func TestMalformedAlternativeNamesMatchNoHost(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	open, read := 0, 0
	for _, v := range corpus.Paths {
		if !strings.HasPrefix(v.ID, "spoiled-leaf-names-7") {
			continue
		}
		leaf := parse(corpus.Chain(v.Presented))[0]
		for rule := range maps.Values(rules) {
			switch got := certpath.MatchName(rule, "", leaf, "db.example.test"); {
			case got.Reason == "" && strings.Contains(got.Detail, "alternative names are malformed"):
				open++
			case got.Reason == certpath.Accepted && v.Answers["openssl-3.0-partial"].Text != "":
				t.Errorf("%s: %s: %+v, and OpenSSL says %q", v.ID, rule, got, v.Answers["openssl-3.0-partial"].Text)
			case got.Reason == certpath.Accepted:
				read++
			}
		}
	}
	if open < 100 || read < 100 {
		t.Errorf("%d open, %d read", open, read)
	}
}
