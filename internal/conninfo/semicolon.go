package conninfo

import "strings"

// ParseList reads a semicolon list of keyword=value entries, as ODBC driver
// managers and ADO.NET do: a value may stand in braces or quotes, and then
// hold semicolons. Keywords are lower-cased, and the first of equal ones
// counts. Entries without an equals sign are left out.
//
// Source: unixODBC 2.3.11, DriverManager/SQLDriverConnect.c,
// __parse_connection_string_ex; psqlodbc 13.02, dlg_specific.c, get_DSN_or_Driver.
func ParseList(connection string) Settings {
	var settings Settings
	for _, entry := range splitList(connection) {
		keyword, value, separated := strings.Cut(entry, "=")
		if !separated {
			continue
		}
		keyword = strings.ToLower(strings.TrimSpace(keyword))
		if _, repeated := settings.Get(keyword); !repeated {
			settings = settings.With(keyword, unbrace(value))
		}
	}
	return settings
}

// splitList cuts a list at its semicolons, but not within braces or quotes
// that open a value.
func splitList(list string) []string {
	var entries []string
	start, opens := 0, false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == ';':
			entries = append(entries, list[start:i])
			start, opens = i+1, false
		case c == '=':
			opens = true
		case opens && strings.IndexByte("{\"'", c) >= 0:
			if end := closing(list[i:]); end > 0 {
				i += end
			}
			opens = false
		case !isSpace(c):
			opens = false
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
	value = strings.TrimSpace(value)
	if len(value) >= 2 && value[0] == '{' && value[len(value)-1] == '}' {
		return strings.ReplaceAll(value[1:len(value)-1], "}}", "}")
	}
	return value
}
