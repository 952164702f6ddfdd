package rdsca

// ParseTable reads a table that is not the package's own.
var ParseTable = parse
