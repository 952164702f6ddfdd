package rdsca_test

import (
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()

	tests := map[string]rdsca.Endpoint{
		"orders.abc123.us-east-1.rds.amazonaws.com":          {rdsca.EndpointInstance, "orders", "us-east-1", "aws"},
		"Orders.ABC123.us-east-1.RDS.amazonaws.com.":         {rdsca.EndpointInstance, "orders", "us-east-1", "aws"},
		"o.cluster-abc123.eu-west-1.rds.amazonaws.com":       {rdsca.EndpointCluster, "o", "eu-west-1", "aws"},
		"o.cluster-ro-abc123.eu-west-1.rds.amazonaws.com":    {rdsca.EndpointClusterReader, "o", "eu-west-1", "aws"},
		"o.cluster-custom-abc.eu-west-1.rds.amazonaws.com":   {rdsca.EndpointClusterCustom, "o", "eu-west-1", "aws"},
		"p.proxy-abc123.us-east-1.rds.amazonaws.com":         {rdsca.EndpointProxy, "p", "us-east-1", "aws"},
		"r.endpoint.proxy-abc.us-east-1.rds.amazonaws.com":   {rdsca.EndpointProxy, "r", "us-east-1", "aws"},
		"s.shardgrp-abc.us-east-1.rds.amazonaws.com":         {rdsca.EndpointShardGroup, "s", "us-east-1", "aws"},
		"g.global-abc123.global.rds.amazonaws.com":           {rdsca.EndpointGlobalDatabase, "g", "", "aws"},
		"orders.abc123.us-gov-west-1.rds.amazonaws.com":      {rdsca.EndpointInstance, "orders", "us-gov-west-1", "aws-us-gov"},
		"orders.abc123.rds.cn-north-1.amazonaws.com.cn":      {rdsca.EndpointInstance, "orders", "cn-north-1", "aws-cn"},
		"orders.abc123.cn-northwest-1.rds.amazonaws.com.cn":  {rdsca.EndpointInstance, "orders", "cn-northwest-1", "aws-cn"},
		"orders.abc123.cn-north-1.rds.amazonaws.com":         {},
		"orders.abc123.us-east-1.rds.amazonaws.com.cn":       {},
		"orders.abc123.rds.us-east-1.amazonaws.com":          {},
		"abc123.us-east-1.rds.amazonaws.com":                 {},
		"rds.us-east-1.amazonaws.com":                        {},
		"a.b.c.us-east-1.rds.amazonaws.com":                  {},
		"orders.abc123.us-east-1.rds.amazonaws.com.evil.org": {},
		"orders.abc123.us-east-1.rds.notamazonaws.com":       {},
		"orders..us-east-1.rds.amazonaws.com":                {},
		"*.abc123.us-east-1.rds.amazonaws.com":               {},
		"g.abc123.global.rds.amazonaws.com":                  {},
		"orders.abc123.us-east-1.rds":                        {},
		"rds.amazonaws.com":                                  {},
		"us-east-1.rds.amazonaws.com":                        {},
		"orders.abc123.us-east-1.elb.amazonaws.com":          {},
		"orders.abc123.nowhere.rds.amazonaws.com":            {},
		"r.endpoint.abc.us-east-1.rds.amazonaws.com":         {},
		"r.other.proxy-abc.us-east-1.rds.amazonaws.com":      {},
		"r.endpoint.b.proxy-abc.us-east-1.rds.amazonaws.com": {},
		"orders.example": {},
		"10.0.0.1":       {},
		"":               {},
		strings.Repeat("a.", 200) + "us-east-1.rds.amazonaws.com": {},
	}
	for host, want := range tests {
		t.Run(host, func(t *testing.T) {
			t.Parallel()

			got, ok := rdsca.ParseEndpoint(host)
			if ok != (want.Kind != "") {
				t.Fatalf("ParseEndpoint(%q) ok = %t, %+v", host, ok, got)
			}
			if ok && got != want {
				t.Errorf("ParseEndpoint(%q) = %+v, want %+v", host, got, want)
			}
		})
	}
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add("orders.abc123.us-east-1.rds.amazonaws.com")
	f.Add("orders.abc123.rds.cn-north-1.amazonaws.com.cn")
	f.Fuzz(func(t *testing.T, host string) {
		fuzzing.Limit(t)
		got, ok := rdsca.ParseEndpoint(host)
		if ok && (got.Name == "" || got.Kind == "") {
			t.Errorf("ParseEndpoint(%q) = %+v", host, got)
		}
	})
}
