package gate_test

import (
	"crypto/sha1"
	"encoding/hex"
	"os"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

func TestAnotherCA(t *testing.T) {
	t.Parallel()
	region := pki.NewRegion("us-east-1", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	chain, err := region.Chain(pki.CARSA2048, pki.Options{DNSNames: []string{"canary.example"}})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(chain.Root.Raw)
	thumbprint := hex.EncodeToString(sum[:])
	path := certpath.Presented{Certificates: chain.Presented()}
	known := realRoot(t)
	none := []gate.CA(nil)
	tests := map[string]struct {
		presented certpath.Presented
		target    string
		region    string
		offered   []gate.CA
		want      string
	}{
		"the target's, by RDS":                {path, pki.CARSA2048, "us-east-1", []gate.CA{{old, "00"}, {pki.CARSA2048, thumbprint}}, ""},
		"another's, by RDS":                   {path, pki.CAECC384, "us-east-1", []gate.CA{{pki.CARSA2048, thumbprint}, {pki.CAECC384, "00"}}, pki.CARSA2048},
		"of no CA that RDS lists":             {path, pki.CAECC384, "us-east-1", []gate.CA{{pki.CAECC384, "00"}}, "a CA that RDS does not list"},
		"RDS does not say the thumbprint":     {path, pki.CAECC384, "us-east-1", []gate.CA{{pki.CAECC384, ""}}, ""},
		"the target is not listed":            {path, pki.CAECC384, "us-east-1", []gate.CA{{pki.CARSA4096, "00"}}, ""},
		"nobody can say":                      {path, pki.CARSA2048, "us-east-1", none, ""},
		"without a root":                      {certpath.Presented{Certificates: path.Certificates[:1]}, pki.CAECC384, "us-east-1", []gate.CA{{pki.CARSA2048, thumbprint}}, ""},
		"no root, and the target is listed":   {certpath.Presented{Certificates: path.Certificates[:1]}, pki.CAECC384, "us-east-1", []gate.CA{{pki.CAECC384, "00"}}, ""},
		"nothing":                             {certpath.Presented{}, pki.CAECC384, "us-east-1", []gate.CA{{pki.CARSA2048, ""}}, ""},
		"the target's, by the fact table":     {known, pki.CARSA2048, "us-east-1", none, ""},
		"another's, by the fact table":        {known, pki.CAECC384, "us-east-1", none, pki.CARSA2048 + " in us-east-1"},
		"another Region's, by the fact table": {known, pki.CARSA2048, "eu-west-1", none, pki.CARSA2048 + " in us-east-1"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := gate.AnotherCA(tc.presented, tc.target, tc.region, tc.offered); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// realRoot is the path of a server under the root of us-east-1.
//
// Source: AWS's global bundle.
func realRoot(t *testing.T) certpath.Presented {
	t.Helper()
	content, err := os.ReadFile("testdata/us-east-1-rsa2048-g1.pem")
	if err != nil {
		t.Fatal(err)
	}
	presented, err := certpath.ParsePresented(content)
	if err != nil {
		t.Fatal(err)
	}
	return presented
}
