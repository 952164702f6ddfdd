package postgres

// LookSQL is the statement of a look.
const LookSQL = lookSQL

// ParseRoots reads sslrootcert.
func ParseRoots(content []byte) error {
	_, err := parseRoots(content)
	return err
}
