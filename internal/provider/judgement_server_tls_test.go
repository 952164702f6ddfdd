package provider_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// TestTheServersHandshake: a client that verifies nothing is cut off by a CA
// with another type of key where the server has no suite for it.
func TestTheServersHandshake(t *testing.T) {
	t.Parallel()
	rsaTo12 := values{"max_protocol_version": "TLSv1.2", "ciphers": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_128_GCM_SHA256"}
	inGroup := []rdsserver.Parameter{
		{Name: "ssl_max_protocol_version", Value: "TLSv1.2", Source: "user"},
		{Name: "ssl_ciphers", Value: "ECDHE-RSA-AES256-GCM-SHA384", Source: "user"},
	}
	tests := map[string]struct {
		group           []rdsserver.Parameter
		status          string
		given           any
		outcome, reason string
	}{
		"PostgreSQL's own settings":      {outcome: "connects_unverified", reason: "not_verified"},
		"given":                          {given: rsaTo12, outcome: "fails", reason: "key_type_not_offered"},
		"of the parameter group":         {group: inGroup, outcome: "fails", reason: "key_type_not_offered"},
		"of a group that waits":          {group: inGroup, status: "pending-reboot", outcome: "connects_unverified", reason: "not_verified"},
		"given against the group":        {group: inGroup, given: values{"max_protocol_version": "TLSv1.3"}, outcome: "connects_unverified", reason: "not_verified"},
		"nothing in common with clients": {given: values{"min_protocol_version": "TLSv1.3"}, outcome: "fails", reason: "protocol_version_not_offered"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			group := forceSSLGroup("orders-pg16", "1")
			group.Parameters = append(group.Parameters, tc.group...)
			a.api.PutParameterGroup(group)
			instance := ordersInstance()
			instance.ParameterApplyStatus = tc.status
			a.api.PutInstance(instance)
			client := values{"driver": "psql", "driver_version": "16", "connection": "sslmode=require"}
			if name == "nothing in common with clients" {
				client["connection"] = "sslmode=require ssl_max_protocol_version=TLSv1.2"
			}
			state, told := a.protocol(t).read(t, readinessType, values{
				"db_instance_identifier": orders, "target_ca_cert_identifier": pki.CAECC384, "server_tls": tc.given,
				"clients": values{"app": client},
			})
			if told.failed() {
				t.Fatal(told)
			}
			outcome, reason := at(t, state, "verdicts", "app", "target", "outcome"), at(t, state, "verdicts", "app", "target", "reason")
			if outcome != tc.outcome || reason != tc.reason {
				t.Errorf("%v (%v), want %s (%s)", outcome, reason, tc.outcome, tc.reason)
			}
		})
	}
}
