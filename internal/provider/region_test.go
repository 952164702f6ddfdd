package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

const otherRegion = "eu-west-1"

// regionsLab has a DB instance orders-prod in each of two Regions, on another
// CA each.
type regionsLab struct {
	regions     *rdsserver.Regions
	here, there *rdsserver.Server // in fleetRegion and in otherRegion
	url         string
}

func newRegionsLab(t testing.TB) *regionsLab {
	t.Helper()
	l := &regionsLab{here: regionalAPI(t, fleetRegion, presentCA), there: regionalAPI(t, otherRegion, targetCA)}
	l.regions = rdsserver.NewRegions(l.here, l.there)
	url, stop, err := l.regions.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	l.url = url
	return l
}

func regionalAPI(t testing.TB, region, ca string) *rdsserver.Server {
	t.Helper()
	api := rdsserver.New(rdsserver.Options{Region: region, Now: always(judgedAt)})
	for _, id := range pki.CAIdentifiers() {
		root, known := rdsca.Root(region, id)
		if !known {
			t.Fatalf("no root of %s in %s", id, region)
		}
		api.PutCertificate(rdsserver.Certificate{Identifier: id, Thumbprint: root.SHA1, ValidFrom: root.NotBefore, ValidTill: root.NotAfter})
	}
	api.PutParameterGroup(forceSSLGroup("orders-pg16", "1"))
	api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.3", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	instance := ordersInstance()
	instance.Host, instance.CAIdentifier = orders+".c0example."+region+".rds.amazonaws.com", ca
	api.PutInstance(instance)
	return api
}

func (l *regionsLab) settings() values {
	return values{
		"region": fleetRegion, "access_key": "lab", "secret_key": "lab", "max_retries": 2,
		"endpoints": values{"rds": l.url, "sts": l.url, "account": l.url},
	}
}

func (l *regionsLab) protocol(t testing.TB) *protocol {
	t.Helper()
	return newProtocol(t, always(judgedAt), l.settings())
}

// TestEveryTypeAsksItsRegion: the given Region is asked and no other, and
// without one the provider's, which the output then names.
func TestEveryTypeAsksItsRegion(t *testing.T) {
	t.Parallel()
	judged := values{"target_ca_cert_identifier": targetCA, "db_instance_identifier": orders, "clients": values{"app": unverified()}}
	types := map[string]values{
		"sslready_ca_certificate":     {"db_instance_identifier": orders},
		"sslready_force_ssl":          {"db_instance_identifier": orders},
		"sslready_instances":          {},
		"sslready_readiness":          judged,
		"sslready_server_certificate": {"db_instance_identifier": orders, "allow_unreachable": true, "timeout": "1ms"},
		"sslready_clients":            {"db_instance_identifier": orders, "allow_unreachable": true, "timeout": "1ms"},
		gateType:                      judged,
	}
	for name, config := range types {
		for _, given := range []any{nil, fleetRegion, otherRegion} {
			t.Run(fmt.Sprint(name, given), func(t *testing.T) {
				t.Parallel()
				l := newRegionsLab(t)
				read := l.protocol(t).read
				if name == gateType {
					read = func(t testing.TB, _ string, config values) (tftypes.Value, diagnostics) {
						t.Helper()
						return l.protocol(t).planGate(t, config)
					}
				}
				state, told := read(t, name, with(maps.Clone(config), "region", given))
				if told.failed() {
					t.Fatal(told)
				}
				want, asked, left := fleetRegion, l.here, l.there
				if given == otherRegion {
					want, asked, left = otherRegion, l.there, l.here
				}
				if got := at(t, state, "region"); got != want {
					t.Errorf("region = %v, want %s", got, want)
				}
				if len(asked.Requests()) == 0 || len(left.Requests()) > 0 {
					t.Errorf("%d calls of its Region, and %d of the other", len(asked.Requests()), len(left.Requests()))
				}
			})
		}
	}
}

// TestARegionIsAskedOnce: each Region has its own answers, and they are shared.
func TestARegionIsAskedOnce(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	p := l.protocol(t)
	for range 3 {
		for region, want := range map[string]string{fleetRegion: presentCA, otherRegion: targetCA} {
			state, told := p.read(t, instancesType, values{"region": region})
			if told.failed() {
				t.Fatal(told)
			}
			one := object(list(at(t, state, "instances"))[0])
			if one["ca_cert_identifier"] != want || one["region"] != region || one["account_id"] != rdsserver.DefaultAccountID {
				t.Errorf("in %s: %v", region, one)
			}
			if _, told := p.read(t, "sslready_ca_certificate", values{"region": region}); told.failed() {
				t.Fatal(told)
			}
		}
	}
	for _, api := range []*rdsserver.Server{l.here, l.there} {
		if n := api.Counts()["DescribeCertificates"]; n != 1 {
			t.Errorf("the CAs of %s were asked for %d times, want 1", api.Region(), n)
		}
	}
}

func TestWrongRegionsAreRefused(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	tests := map[string]struct {
		config values
		want   complaint
	}{
		"no name":    {values{"region": "evil.example/"}, complaint{"ERROR", "region", "Invalid Region", `"evil.example/"`, "must be the name of an AWS Region", "such as eu-west-1"}},
		"not of AWS": {values{"region": "eu-nowhere-1"}, complaint{"ERROR", "identifiers", "Cannot Read the DB Instances", `Invalid AWS Region: "eu-nowhere-1"`, "The result depends on facts from AWS, and the provider does not guess them.", "Check the Region, both here and in the provider's configuration."}},
		"no names":   {values{"regions": []any{"EU-WEST-1"}}, complaint{"ERROR", "regions[0]", "Invalid Region", `"EU-WEST-1"`, "must be the name of an AWS Region", "such as eu-west-1"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, told := l.protocol(t).read(t, instancesType, tc.config)
			tc.want.expectIn(t, told)
		})
	}
	for _, both := range []values{{"region": fleetRegion, "regions": []any{otherRegion}}, {"identifiers": []any{orders}, "regions": []any{otherRegion}}, {"regions": []any{"*", otherRegion}}, {"regions": []any{}}} {
		if _, told := l.protocol(t).read(t, instancesType, both); !told.failed() {
			t.Errorf("%v is taken", both)
		}
	}
}

// TestManyRegionsAreReadAtOnce: what fails in one Region is named, and what the
// others said stays.
func TestManyRegionsAreReadAtOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		regions []any
		change  func(*regionsLab)
		want    []string // Region and CA of each DB instance
		unread  []string
		why     string
	}{
		"a list, in its order": {regions: []any{otherRegion, fleetRegion}, want: []string{otherRegion + " " + targetCA, fleetRegion + " " + presentCA}},
		"all of the account":   {regions: []any{"*"}, want: []string{otherRegion + " " + targetCA, fleetRegion + " " + presentCA}},
		"one is denied": {
			regions: []any{fleetRegion, otherRegion}, change: func(l *regionsLab) { l.here.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBInstances"}}) },
			want: []string{otherRegion + " " + targetCA}, unread: []string{fleetRegion}, why: "Grant rds:DescribeDBInstances",
		},
		"one that the account has, and that does not answer": {
			regions: []any{"*"}, change: func(l *regionsLab) { l.regions.Enable("ap-south-1", otherRegion) },
			want: []string{otherRegion + " " + targetCA}, unread: []string{"ap-south-1"}, why: "InvalidClientTokenId",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newRegionsLab(t)
			if tc.change != nil {
				tc.change(l)
			}
			state, told := l.protocol(t).read(t, instancesType, values{"regions": tc.regions})
			if told.failed() {
				t.Fatal(told)
			}
			var got, unread []string
			for _, i := range list(at(t, state, "instances")) {
				got = append(got, fmt.Sprint(object(i)["region"], " ", object(i)["ca_cert_identifier"]))
			}
			for _, u := range list(at(t, state, "unread")) {
				unread = append(unread, fmt.Sprint(object(u)["region"]))
				if detail := fmt.Sprint(object(u)["detail"]); !strings.Contains(detail, tc.why) {
					t.Errorf("the detail does not say %q: %s", tc.why, detail)
				}
				told.expect(t, "WARNING", "regions", "Region Could Not Be Read", tc.why, `Nothing is known about the DB instances in this Region, and they are not counted, so the attribute "complete" is false`)
			}
			if diff := cmp.Diff(tc.want, got) + cmp.Diff(tc.unread, unread); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if complete := at(t, state, "complete"); complete != (len(tc.unread) == 0) || at(t, state, "region") != nil {
				t.Errorf("complete = %v, region = %v", complete, at(t, state, "region"))
			}
		})
	}
}

// TestNoRegionCanBeRead: an empty fleet would be an invented answer.
func TestNoRegionCanBeRead(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	for _, api := range []*rdsserver.Server{l.here, l.there} {
		api.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBInstances"}})
	}
	_, told := l.protocol(t).read(t, instancesType, values{"regions": []any{fleetRegion, otherRegion}})
	if titles := told.errors(); len(titles) != 2 || !strings.Contains(fmt.Sprint(titles), "Region Could Not Be Read (eu-west-1)") {
		t.Errorf("want an error for each Region: %v", told)
	}
	l.regions.DenyListing()
	_, told = l.protocol(t).read(t, instancesType, values{"regions": []any{"*"}})
	told.expect(t, "ERROR", "regions", "Cannot Read the DB Instances", "account:ListRegions", "Grant account:ListRegions")
}

// TestTheGateIsOfARegion: the Region that it was judged in is in the state, and
// another one, given or the provider's, makes it a new gate.
func TestTheGateIsOfARegion(t *testing.T) {
	t.Parallel()
	l := newRegionsLab(t)
	config := gate(values{"app": unverified()})
	before := l.protocol(t).refreshGate(t, config)
	schema := before.schemas.ResourceSchemas[gateType].ValueType()
	if got := at(t, decode(t, schema, before.state), "region"); got != fleetRegion {
		t.Fatalf("region = %v, want %s", got, fleetRegion)
	}
	same := before.change(t, with(maps.Clone(config), "region", fleetRegion))
	if len(same.RequiresReplace) > 0 || diagnosticsOf(same.Diagnostics).failed() {
		t.Errorf("the same Region replaces %v", same.RequiresReplace)
	}
	moved := before.change(t, with(maps.Clone(config), "region", otherRegion))
	settings := l.settings()
	settings["region"] = otherRegion
	moving := newProtocol(t, always(judgedAt), settings)
	elsewhere := refreshedGate{moving, before.state, before.private}.change(t, config)
	for _, plan := range []*tfprotov6.PlanResourceChangeResponse{moved, elsewhere} {
		if len(plan.Diagnostics) > 0 || len(plan.RequiresReplace) != 1 || plan.RequiresReplace[0].String() != `AttributeName("region")` {
			t.Errorf("another Region replaces %v: %v", plan.RequiresReplace, diagnosticsOf(plan.Diagnostics))
		}
		if got := at(t, decode(t, schema, plan.PlannedState), "region"); got != otherRegion {
			t.Errorf("region = %v, want %s", got, otherRegion)
		}
	}
}
