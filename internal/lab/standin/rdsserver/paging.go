package rdsserver

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// Bounds of MaxRecords, the same for every Describe action of RDS.
const (
	minRecords     = 20
	maxRecords     = 100
	defaultRecords = 100
)

// page cuts one page out of total records: those from first to end, and the
// marker of the next page, empty at the last.
func page(c call, total int) (first, end int, next string, err error) {
	size, err := c.number("MaxRecords", defaultRecords)
	if err != nil {
		return 0, 0, "", err
	}
	if size < minRecords || size > maxRecords {
		return 0, 0, "", faultf(http.StatusBadRequest, "InvalidParameterValue",
			"Invalid value %d for MaxRecords. Must be between %d and %d", size, minRecords, maxRecords)
	}
	if marker := c.get("Marker"); marker != "" {
		first, err = readMarker(marker)
		if err != nil || first > total {
			return 0, 0, "", faultf(http.StatusBadRequest, "InvalidParameterValue", "Invalid value for Marker.")
		}
	}
	end = min(first+size, total)
	if end < total {
		next = writeMarker(end)
	}
	return first, end, next, nil
}

func writeMarker(offset int) string {
	return base64.StdEncoding.EncodeToString([]byte("offset:" + strconv.Itoa(offset)))
}

func readMarker(marker string) (int, error) {
	text, err := base64.StdEncoding.DecodeString(marker)
	if err != nil {
		return 0, err
	}
	offset, err := strconv.Atoi(strings.TrimPrefix(string(text), "offset:"))
	if err != nil || offset < 0 {
		return 0, strconv.ErrSyntax
	}
	return offset, nil
}
