package rdsca

import "strings"

// Agreement says how a Thumbprint that RDS reports fits the table.
type Agreement uint8

// The agreements. The zero value is that the table has nothing to say.
const (
	// NotInTable: neither the thumbprint nor the CA of the Region is known.
	NotInTable Agreement = iota
	// Agrees: it is the thumbprint of this CA in this Region.
	Agrees
	// Contradicts: it belongs to another CA or Region, or the Region's CA has
	// another one.
	Contradicts
)

// CompareThumbprint holds the Thumbprint that RDS reports for a CA of a Region
// against the table. An empty region is any, an empty thumbprint says nothing. With Agrees and with Contradicts
// fact is the table's entry: of the thumbprint if it has it, else of the CA.
//
// For rds-ca-2019 the Region's intermediate and the global root both agree:
// RDS has reported either, see [BySHA1].
func CompareThumbprint(region, identifier, thumbprint string) (fact CA, agreement Agreement) {
	fact, known := BySHA1(thumbprint)
	if thumbprint == "" {
		return CA{}, NotInTable // RDS reports none.
	}
	if !known {
		if fact, known = Root(region, identifier); known {
			return fact, Contradicts
		}
		return CA{}, NotInTable
	}
	_, plain, prefixed := strings.Cut(fact.Region, ":") // preview:us-east-2
	if !prefixed {
		plain = fact.Region
	}
	if fact.Identifier != identifier || (region != "" && plain != region && plain != "global") {
		return fact, Contradicts
	}
	return fact, Agrees
}
