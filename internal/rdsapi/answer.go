package rdsapi

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// answer is what an action always answers with.
type answer struct {
	// service is the prefix of the action in IAM. Those of RDS and STS answer
	// in XML, all others in JSON.
	service string
	// element is there in every answer, an empty list included. A response
	// without it is no answer: the SDK would decode it to an empty list, which
	// here would read as "there are none".
	element string
}

// answers are those of the actions that this package calls.
//
// Source: the response samples of the API reference; an empty list is written
// as an empty element, which is why the AWS CLI prints "DBInstances": [].
var answers = map[string]answer{
	"DescribeDBInstances":               {"rds", "DBInstances"},
	"DescribeDBClusters":                {"rds", "DBClusters"},
	"DescribeDBParameters":              {"rds", "Parameters"},
	"DescribeDBClusterParameters":       {"rds", "Parameters"},
	"DescribeCertificates":              {"rds", "Certificates"},
	"DescribeDBEngineVersions":          {"rds", "DBEngineVersions"},
	"DescribePendingMaintenanceActions": {"rds", "PendingMaintenanceActions"},
	"DescribeDBLogFiles":                {"rds", "DescribeDBLogFiles"},
	"DownloadDBLogFilePortion":          {"rds", "AdditionalDataPending"},
	"GetCallerIdentity":                 {"sts", "Account"},
	"FilterLogEvents":                   {"logs", "events"},
	"GetAuthorizationToken":             {"ecr", "authorizationData"},
	"ListRegions":                       {"account", "Regions"},
}

// Bounds of one response, several times what RDS sends: a page has at most a
// hundred records of some hundred elements each.
const (
	maxResponseBytes = 8 << 20
	maxRecords       = 1_000
	maxTags          = 300_000
)

var (
	errEmptyBody = errors.New("the response has no body")
	errHugeBody  = fmt.Errorf("the response is larger than %d MiB", maxResponseBytes>>20)
	errCrowded   = fmt.Errorf("the response has more than %d records or %d values", maxRecords, maxTags)
	errNoElement = errors.New("the response does not contain the result that this API call should return")
)

// checkAnswer reports why a body is no answer to an action. It reads as far as
// it must to find the element, and does not decode it.
func checkAnswer(action string, body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errEmptyBody
	}
	wanted, known := answers[action]
	switch {
	case !known:
		return fmt.Errorf("%w: nothing is known about %s", errNoElement, action)
	case wanted.service != "rds" && wanted.service != "sts":
		return checkJSON(body, wanted.element)
	case crowded(body):
		return errCrowded
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			return errNoElement
		}
		switch tag := token.(type) {
		case xml.StartElement:
			depth++
			name := tag.Name.Local
			switch {
			case depth == 1 && !strings.EqualFold(name, action+"Response"), depth == 2 && !strings.EqualFold(name, action+"Result"):
				return errNoElement
			case depth == 3 && strings.EqualFold(name, wanted.element):
				return nil
			}
		case xml.EndElement:
			if depth--; depth < 2 {
				return errNoElement // The result ends without it.
			}
		}
	}
}

// checkJSON is for the actions that answer in JSON. What it lets pass is
// decoded, and looked at again.
func checkJSON(body []byte, element string) error {
	if body = bytes.TrimSpace(body); body[0] != '{' || !bytes.Contains(body, []byte(`"`+element+`"`)) {
		return errNoElement
	}
	if crowdedJSON(body) {
		return errCrowded
	}
	return nil
}

// crowdedJSON counts the values before anything is decoded, as crowded does: an
// empty object of three octets becomes a map and a struct.
func crowdedJSON(body []byte) bool {
	inText, values := false, 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			inText = !inText
		case inText && c == '\\':
			i++
		case !inText && (c == '{' || c == '[' || c == ','):
			values++
		}
	}
	return values > maxTags
}

// crowded counts the members of lists directly below the result, and all tags,
// before anything is decoded: an empty element of a few octets becomes a struct
// of a kilobyte.
func crowded(body []byte) bool {
	depth, records, tags := 0, 0, 0
	for rest := body; ; {
		at := bytes.IndexByte(rest, '<')
		if at < 0 || at+1 >= len(rest) {
			return false
		}
		rest = rest[at+1:]
		if tags++; tags > maxTags {
			return true
		}
		switch rest[0] {
		case '!', '?':
			continue
		case '/':
			depth--
			continue
		}
		if depth == 3 {
			if records++; records > maxRecords {
				return true
			}
		}
		if end := bytes.IndexByte(rest, '>'); end > 0 && rest[end-1] == '/' {
			continue
		}
		depth++
	}
}
