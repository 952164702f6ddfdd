package certpath_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/paths"
)

var (
	mixed  = flag.Int("mixed", 0, "how many random mixtures of odd certificates are put to the real validators")
	seed   = flag.Uint64("seed", 1, "which mixtures")
	judges = flag.String("judges", "openssl|java|webpki|go", "pattern of the validators")
)

var unquoted = regexp.MustCompile(`"[^"]*"`)

var labKey = filepath.Join("..", "lab", "standin", "pki", "testkeys", "rsa2048-2.pem")

// TestMixturesAreJudgedAsTheRealValidatorsDo forges chains that are in no
// vector and asks the validators that are here. A chain that is accepted and
// that a validator refuses fails; what is refused needlessly is counted.
func TestMixturesAreJudgedAsTheRealValidatorsDo(t *testing.T) {
	t.Parallel()

	if *mixed == 0 {
		t.Skip("run with -mixed 3000 -seed 7")
	}
	corpus, err := paths.Mixed(*mixed, *seed, labKey)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	bench := paths.Bench{Work: t.TempDir(), Only: regexp.MustCompile(*judges), Cache: filepath.Join(cache, "sslready-lab"), Key: labKey}
	report, err := corpus.Rejudge(t.Context(), bench)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d chains\n%s", len(corpus.Paths), report)
	for judge, profile := range profiles {
		asked, undecided, accepted, needless, why := 0, 0, 0, 0, map[string]int{}
		verifier := certpath.NewVerifier()
		for _, v := range corpus.Paths {
			want, there := v.Answers[judge]
			if !there {
				continue
			}
			asked++
			got := verifier.Verify(profile, certpath.Presented{Certificates: parse(corpus.Chain(v.Presented))}, certpath.Anchors(parse(corpus.Chain(v.Anchors))...), v.At)
			switch {
			case want.OK:
				accepted++
				if got.Reason != certpath.Accepted && got.Reason != "" {
					needless++
					t.Logf("%s: refused needlessly: %s: %s: %q (%s)", judge, v.ID, v.What, got.Reason, got.Detail)
				}
			case got.Reason == certpath.Accepted:
				t.Errorf("%s: accepted falsely: %s: %s: the judge says %q %q", judge, v.ID, v.What, want.Code, want.Text)
			}
			if got.Reason == "" {
				undecided++
				why[unquoted.ReplaceAllString(got.Detail, `"…"`)]++
			}
		}
		if asked > 0 {
			t.Logf("%s: %d asked, %d accepted by the judge, %d undecided %v, %d refused needlessly", judge, asked, accepted, undecided, why, needless)
		}
	}
}
