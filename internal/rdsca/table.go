package rdsca

import (
	"cmp"
	_ "embed" // the tables are data of the program
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed authorities.tsv
var authoritiesTSV string

//go:embed trust_services.tsv
var trustServicesTSV string

// regional is the key of a Region's CA.
type regional struct{ region, identifier string }

// index is the table, ordered and keyed.
type index struct {
	all           []CA
	bySHA1        map[string]CA
	bySHA256      map[string]CA
	roots         map[regional]CA
	intermediates map[regional]bool
	identifiers   map[string]bool
	regions       []string
}

// authorities parses the table once. It panics only on a table that the tests
// of this package reject.
var authorities = sync.OnceValue(func() *index {
	all, err := parse(authoritiesTSV)
	if err != nil {
		panic(err)
	}
	return newIndex(all)
})

var trustServices = sync.OnceValue(func() []CA {
	all, err := parse(trustServicesTSV)
	if err != nil {
		panic(err)
	}
	return all
})

func newIndex(all []CA) *index {
	table := &index{
		all:           all,
		bySHA1:        make(map[string]CA, len(all)),
		bySHA256:      make(map[string]CA, len(all)),
		roots:         make(map[regional]CA, len(all)),
		intermediates: map[regional]bool{},
		identifiers:   map[string]bool{},
	}
	slices.SortStableFunc(all, func(a, b CA) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.Identifier, b.Identifier))
	})
	for _, ca := range all {
		table.bySHA1[ca.SHA1] = ca
		table.bySHA256[ca.SHA256] = ca
		table.identifiers[ca.Identifier] = true
		key := regional{ca.Region, ca.Identifier}
		switch ca.Role {
		case RoleRoot:
			table.roots[key] = ca
			if slices.Contains(Identifiers(), ca.Identifier) && !strings.Contains(ca.Region, ":") {
				table.regions = append(table.regions, ca.Region)
			}
		case RoleIntermediate:
			table.intermediates[key] = true
		case RoleSubordinate: // found by its fingerprint only
		}
	}
	table.regions = slices.Compact(table.regions)
	return table
}

// parse reads a table of tab-separated lines; lines that start with a number
// sign are comments.
func parse(text string) ([]CA, error) {
	var all []CA
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		ca, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("CA table: line %q: %w", line, err)
		}
		all = append(all, ca)
	}
	return all, nil
}

const columns = 12

func parseLine(line string) (CA, error) {
	f := strings.Split(line, "\t")
	if len(f) != columns {
		return CA{}, fmt.Errorf("%d columns, want %d", len(f), columns)
	}
	notBefore, err := time.Parse(time.RFC3339, f[7])
	if err != nil {
		return CA{}, fmt.Errorf("not before: %w", err)
	}
	notAfter, err := time.Parse(time.RFC3339, f[8])
	if err != nil {
		return CA{}, fmt.Errorf("not after: %w", err)
	}
	return CA{
		Region: f[0], Identifier: f[1], Partition: partition(f[0], f[3]),
		Role: Role(f[2]), Subject: f[3],
		SHA1: f[4], SHA256: f[5], SPKISHA256: f[6],
		NotBefore: notBefore, NotAfter: notAfter,
		KeyType: f[9], SignatureAlgorithm: f[10], SelfSigned: f[11] == "yes",
	}, nil
}

// partition of a CA: by its Region, and for the root that GovCloud's Regions
// shared by its name.
func partition(region, subject string) string {
	switch {
	case strings.HasPrefix(region, "us-gov-"), strings.Contains(subject, "GovCloud"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	default:
		return "aws"
	}
}
