package conninfo

import "strings"

// ParseODBC reads a connection string as psqlodbc does: keyword=value entries
// between semicolons. Keywords are lower-cased; the last of equal ones counts.
// A value that starts with a brace runs up to the closing one, and loses its
// braces where it is pqopt's. Blanks are never cut off.
//
// Source: postgresql-interfaces/psqlodbc, drvconn.c, dconn_get_attributes, and
// dlg_specific.c, copyConnAttributes, 13.02.
func ParseODBC(connection string) Settings {
	var settings Settings
	for _, entry := range splitList(connection, "{") {
		keyword, value, separated := strings.Cut(entry, "=")
		if !separated {
			continue
		}
		keyword = strings.ToLower(keyword)
		if keyword == "pqopt" || keyword == "d5" {
			value = unbrace(value)
		}
		settings = settings.With(keyword, value)
	}
	return settings
}

// ParsePgBouncer reads a connection string of PgBouncer's [databases] section:
// keyword=value pairs between blanks, where a quote within quotes is doubled.
// It is false for a string that PgBouncer does not take.
//
// Source: pgbouncer/pgbouncer, src/loader.c, cstr_get_pair, 1.25.
func ParsePgBouncer(connection string) (settings Settings, known bool) {
	trim := func(s string) string { return strings.TrimLeft(s, " \t\n\v\f\r") }
	for rest := trim(connection); rest != ""; rest = trim(rest) {
		keyword, value, _ := strings.Cut(rest, "=")
		keyword, value = strings.TrimRight(keyword, " \t\n\v\f\r"), trim(value)
		if !isWord(keyword) {
			return nil, false
		}
		if strings.HasPrefix(value, "'") {
			end := closing(value)
			if end == 0 {
				return nil, false
			}
			// The byte after the quote is dropped, whatever it is.
			value, rest = strings.ReplaceAll(value[1:end], "''", "'"), value[min(end+2, len(value)):]
		} else {
			value, rest, _ = strings.Cut(value, " ")
		}
		if value == "" {
			return nil, false
		}
		settings = settings.With(keyword, value)
	}
	return settings, true
}

// splitList cuts a list at its semicolons, but not within what one of opens,
// at the start of a value, opens.
func splitList(list, opens string) []string {
	var entries []string
	start, value := 0, false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == ';':
			entries = append(entries, list[start:i])
			start, value = i+1, false
		case c == '=':
			value = true
		case value && strings.IndexByte(opens, c) >= 0:
			i += closing(list[i:])
			value = false
		case !isSpace(c):
			value = false
		}
	}
	return append(entries, list[start:])
}

// closing returns where the quote or brace that opens text is closed, or 0.
// A doubled one stands for itself.
func closing(text string) int {
	end := text[0]
	if end == '{' {
		end = '}'
	}
	for i := 1; i < len(text); i++ {
		if text[i] != end {
			continue
		}
		if i+1 < len(text) && text[i+1] == end {
			i++
			continue
		}
		return i
	}
	return 0
}

func unbrace(value string) string {
	if len(value) >= 2 && value[0] == '{' && value[len(value)-1] == '}' {
		return strings.ReplaceAll(value[1:len(value)-1], "}}", "}")
	}
	return value
}
