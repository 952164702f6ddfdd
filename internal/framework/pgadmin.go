package framework

import (
	"maps"
	"slices"
)

// pgadmin is one entry of the Servers in a servers.json of pgAdmin 4.
//
// ConnectionParameters go to libpq as they are, and pgAdmin adds keepalives. In
// server mode the names of files start in the user's storage, and one that is not
// there is dropped without a word.
//
// Source: pgadmin-org/pgadmin4, web/pgadmin/utils/driver/psycopg3/server_manager.py,
// create_connection_string, bc58657d; not run.
func pgadmin(r request) []Alternative {
	s := r.settings
	if servers := s.inner("Servers"); len(servers.values) > 0 {
		var all []Alternative
		for _, key := range slices.Sorted(maps.Keys(servers.values)) {
			all = append(all, Alternative{When: "with server " + key, Client: pgadminServer(servers.inner(key))})
		}
		return all
	}
	return one(pgadminServer(s))
}

func pgadminServer(s section) Client {
	c := client("pgadmin")
	for field, keyword := range map[string]string{
		"Host": "host", "HostAddr": "hostaddr", "Port": "port", "MaintenanceDB": "dbname", "Username": "user", "Service": "service",
		"SSLMode": "sslmode", "SSLCert": "sslcert", "SSLKey": "sslkey", "SSLRootCert": "sslrootcert", "SSLCrl": "sslcrl", "SSLCompression": "sslcompression",
	} {
		c.set(keyword, s.text(field))
	}
	if tunnel, _ := s.take("UseSSHTunnel"); truthy(tunnel) {
		c.add("hostaddr", "127.0.0.1")
	}
	parameters := s.inner("ConnectionParameters")
	for _, name := range parameters.rest() {
		c.set(name, scalar(parameters.values[name]))
	}
	s.own(kept["pgadmin"]...)
	s.unreadInto(&c)
	return c
}
