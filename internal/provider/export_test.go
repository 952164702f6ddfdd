package provider

// EdgeOf puts the edge before a server.
var EdgeOf = edgeOf
