package rdsca

import (
	"regexp"
	"slices"
	"strings"
)

// EndpointKind is what stands behind a host name of RDS.
type EndpointKind string

// The kinds of endpoints. The zero value is not an endpoint of RDS.
const (
	EndpointInstance       EndpointKind = "instance"
	EndpointCluster        EndpointKind = "cluster"         // the writer, wherever it is
	EndpointClusterReader  EndpointKind = "cluster_reader"  // any reader
	EndpointClusterCustom  EndpointKind = "cluster_custom"  // a custom endpoint of a cluster
	EndpointProxy          EndpointKind = "proxy"           // RDS Proxy: presents Amazon Trust Services
	EndpointShardGroup     EndpointKind = "shard_group"     // Aurora Limitless Database
	EndpointGlobalDatabase EndpointKind = "global_database" // the writer of an Aurora global database
)

// Endpoint is what a host name of RDS says. The zero value is none.
type Endpoint struct {
	Kind EndpointKind
	// Name is the DB instance, cluster or proxy identifier, the first label.
	Name string
	// Region is the Region's name; empty for a global database, whose
	// endpoint moves between Regions.
	Region string
	// Partition is "aws", "aws-us-gov" or "aws-cn".
	Partition string
}

var (
	regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$`)
	label      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// ParseEndpoint reads a host name such as
// "orders.abc123.us-east-1.rds.amazonaws.com". Case and one trailing dot do not
// matter. It is false for every other name, an alias of a DB instance
// included: the name then says nothing, not that the server is not RDS.
//
// Source: RDS and Aurora User Guides, "Finding the connection information":
// Region before "rds" in the commercial and GovCloud partitions, and in China
// in both orders, under amazonaws.com.cn.
func ParseEndpoint(host string) (Endpoint, bool) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	rest, china := strings.CutSuffix(host, ".amazonaws.com.cn")
	if !china {
		var ok bool
		if rest, ok = strings.CutSuffix(host, ".amazonaws.com"); !ok {
			return Endpoint{}, false
		}
	}
	labels := strings.Split(rest, ".")
	region, labels, ok := cutRegion(labels, china)
	if !ok || slices.ContainsFunc(labels, func(l string) bool { return !label.MatchString(l) }) {
		return Endpoint{}, false
	}
	kind, ok := endpointKind(labels, region)
	if !ok {
		return Endpoint{}, false
	}
	endpoint := Endpoint{Kind: kind, Name: labels[0], Region: region, Partition: partition(region, "")}
	if kind == EndpointGlobalDatabase {
		endpoint.Region = ""
	}
	return endpoint, china == (endpoint.Partition == "aws-cn")
}

// cutRegion takes the Region and the word "rds" off the end of the labels.
func cutRegion(labels []string, china bool) (region string, rest []string, ok bool) {
	n := len(labels)
	if n < 4 { // name, account, Region, "rds"
		return "", nil, false
	}
	region, word := labels[n-2], labels[n-1]
	if china && region == "rds" {
		region, word = word, region
	}
	known := region == "global" || regionName.MatchString(region)
	return region, labels[:n-2], word == "rds" && known
}

// endpointKind tells the kind by the label in front of the Region.
func endpointKind(labels []string, region string) (EndpointKind, bool) {
	kinds := []struct {
		prefix string
		kind   EndpointKind
	}{
		{"cluster-ro-", EndpointClusterReader},
		{"cluster-custom-", EndpointClusterCustom},
		{"cluster-", EndpointCluster},
		{"proxy-", EndpointProxy},
		{"shardgrp-", EndpointShardGroup},
		{"global-", EndpointGlobalDatabase},
	}
	account := labels[len(labels)-1]
	kind := EndpointInstance
	for _, k := range kinds {
		if strings.HasPrefix(account, k.prefix) {
			kind = k.kind
			break
		}
	}
	if (kind == EndpointGlobalDatabase) != (region == "global") {
		return "", false
	}
	// A proxy's own endpoints have one label more: name.endpoint.proxy-….
	if kind == EndpointProxy && len(labels) == 3 && labels[1] == "endpoint" {
		return kind, true
	}
	return kind, len(labels) == 2
}
