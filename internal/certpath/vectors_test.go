package certpath_test

import (
	"os"
	"strings"
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
}

// rules are the judges of the name vectors; what follows the dash is the
// version.
var rules = map[string]certpath.NameRule{
	"libpq": certpath.NameLibpq, "pgjdbc": certpath.NamePgjdbc, "java": certpath.NameJSSE, "go": certpath.NameGo,
	"python": certpath.NameOpenSSL, "node": certpath.NameNode,
}

func load(t *testing.T) *paths.Corpus {
	t.Helper()
	corpus, err := paths.Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return corpus
}

func TestPathsAreJudgedAsTheRealValidatorsDo(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	asked := map[string]int{}
	for _, v := range corpus.Paths {
		presented := certpath.Presented{Certificates: corpus.Chain(v.Presented)}
		anchors := certpath.Anchors(corpus.Chain(v.Anchors)...)
		for judge, want := range v.Answers {
			profile, known := profiles[judge]
			if !known {
				t.Fatalf("no profile for the judge %q", judge)
			}
			asked[judge]++
			got := certpath.Verify(profile, presented, anchors, v.At)
			comparePath(t, judge, v.ID, got, want)
		}
	}
	for judge := range profiles {
		if asked[judge] < 200 {
			t.Errorf("%s: only %d answers", judge, asked[judge])
		}
	}
}

func comparePath(t *testing.T, judge, id string, got certpath.Result, want paths.Answer) {
	t.Helper()
	accepted := got.Reason == certpath.Accepted
	switch {
	case accepted != want.OK:
		t.Errorf("%s: %s: %q (%s), the judge says %t %q", judge, id, got.Reason, got.Detail, want.OK, want.Text)
	case accepted && got.Anchor == nil:
		t.Errorf("%s: %s: accepted without an anchor", judge, id)
	case !accepted && !sameText(got.ClientError, want.Text):
		t.Errorf("%s: %s: text %q, the judge says %q", judge, id, got.ClientError, want.Text)
	case !accepted && got.Detail == "":
		t.Errorf("%s: %s: %q without a detail", judge, id, got.Reason)
	}
}

// sameText compares a predicted text with a judge's. A client can put more in
// front than the judge, and Java names the certificate at the end.
func sameText(got, want string) bool {
	return strings.HasSuffix(got, want) || (got != "" && strings.Contains(want, got))
}

func TestNamesAreJudgedAsTheRealClientsDo(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	asked := map[string]int{}
	for _, v := range corpus.Names {
		for judge, want := range v.Answers {
			name, version, _ := strings.Cut(judge, "-")
			rule, known := rules[name]
			if !known {
				t.Fatalf("no rule for the judge %q", judge)
			}
			asked[judge]++
			got := certpath.MatchName(rule, version, corpus.Certificates[v.Leaf], v.Host)
			switch accepted := got.Reason == certpath.Accepted; {
			case accepted != want.OK:
				t.Errorf("%s: %s: %q (%s), the judge says %t %q", judge, v.ID, got.Reason, got.Detail, want.OK, want.Text)
			case !accepted && want.Text != "" && !sameText(got.ClientError, want.Text):
				t.Errorf("%s: %s: text %q, the judge says %q", judge, v.ID, got.ClientError, want.Text)
			case !accepted && got.Reason != certpath.HostNameMismatch:
				t.Errorf("%s: %s: reason %q", judge, v.ID, got.Reason)
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
