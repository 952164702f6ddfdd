package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAccExampleOfAccounts applies the example with several accounts and
// Regions: Terraform takes main.tf, and OpenTofu main.tofu.
func TestAccExampleOfAccounts(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return
	}
	l := newRegionsLab(t)
	l.regions.Enable(fleetRegion, otherRegion)
	p := newModuleProcess(t, "accounts", "", "AWS_ENDPOINT_URL="+l.url, "AWS_ACCESS_KEY_ID=lab", "AWS_SECRET_ACCESS_KEY=lab")
	if p == nil {
		return
	}
	if written, err := p.run(t, "apply", "-no-color", "-auto-approve"); err != nil {
		t.Fatalf("apply: %v\n%s", err, written)
	}
	written, err := p.run(t, "output", "-json", "gates")
	must(t, err)
	var gates map[string]map[string]string
	must(t, json.Unmarshal([]byte(written), &gates))
	held := map[string]string{otherRegion + "/" + orders: targetCA} // In the other Region it is on the example's target.
	if diff := cmp.Diff(map[string]map[string]string{"shop": held, "ledger": held}, gates); diff != "" {
		t.Errorf("gates (-want +got):\n%s", diff)
	}
	var roles []string
	for _, request := range slices.Concat(l.here.Requests(), l.there.Requests()) {
		if request.Action == "AssumeRole" && !slices.Contains(roles, request.Params.Get("RoleArn")) {
			roles = append(roles, request.Params.Get("RoleArn"))
		}
	}
	slices.Sort(roles)
	if got := strings.Join(roles, " "); got != "arn:aws:iam::111111111111:role/readiness arn:aws:iam::222222222222:role/readiness" {
		t.Errorf("roles assumed: %s", got)
	}
}

// TestRolesAreAssumedAsTheyAreGiven: no roles are as good as none given, and a
// tag that is null is not there, as for hashicorp/aws.
func TestRolesAreAssumedAsTheyAreGiven(t *testing.T) {
	t.Parallel()
	role := func(tags any) []any {
		return []any{values{"role_arn": "arn:aws:iam::111111111111:role/readiness", "tags": tags}}
	}
	tests := map[string]struct {
		roles   any
		assumed bool
		tags    string
	}{
		"none given":   {nil, false, ""},
		"no roles":     {[]any{}, false, ""},
		"no tags":      {role(nil), true, ""},
		"tags":         {role(values{"team": "shop", "empty": "", "none": nil}), true, "empty= team=shop"},
		"only null":    {role(values{"none": nil}), true, ""},
		"an empty map": {role(values{}), true, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			p := newProtocol(t, always(judgedAt), with(a.settings(), "assume_role", tc.roles))
			if _, told := p.read(t, "sslready_force_ssl", values{"db_instance_identifier": orders}); told.failed() {
				t.Fatal(told)
			}
			var tags []string
			assumed := false
			for _, request := range a.api.Requests() {
				if request.Action != "AssumeRole" {
					continue
				}
				assumed = true
				for i := 1; request.Params.Has(fmt.Sprintf("Tags.member.%d.Key", i)); i++ {
					tags = append(tags, request.Params.Get(fmt.Sprintf("Tags.member.%d.Key", i))+"="+request.Params.Get(fmt.Sprintf("Tags.member.%d.Value", i)))
				}
			}
			slices.Sort(tags) // The role is assumed again where its credentials have ended.
			if got := strings.Join(slices.Compact(tags), " "); got != tc.tags || assumed != tc.assumed {
				t.Errorf("a role was assumed: %t, with the tags %q; want %t and %q", assumed, got, tc.assumed, tc.tags)
			}
		})
	}
}
