package conninfo

import (
	"errors"
	"strings"
	"unicode"
)

// ErrADO is returned for a string that ADO.NET does not take.
var ErrADO = errors.New("Format of the initialization string does not conform to specification") //nolint:staticcheck // .NET's own text

// ParseADO reads a connection string as .NET's DbConnectionStringBuilder does:
// keyword=value entries between semicolons. Keywords are lower-cased; the last
// of equal ones counts, and an empty value takes the keyword back. A value in
// single or double quotes may hold semicolons, and its quote twice.
//
// The error is [ErrADO].
//
// Source: dotnet/runtime, System.Data.Common, src/System/Data/Common/
// DbConnectionOptions.Common.cs, GetKeyValuePair. Read, not run.
func ParseADO(connection string) (Settings, error) {
	var settings Settings
	for rest := trimADO(connection); rest != ""; rest = trimADO(rest) {
		keyword, after, err := keywordADO(rest)
		if err != nil {
			return nil, err
		}
		var value string
		if value, rest, err = valueADO(strings.TrimLeftFunc(after, unicode.IsSpace)); err != nil {
			return nil, err
		}
		settings = settings.With(strings.ToLower(keyword), value)
	}
	kept := settings[:0]
	for _, setting := range settings {
		if setting.Value != "" {
			kept = append(kept, setting)
		}
	}
	return kept, nil
}

func trimADO(text string) string {
	return strings.TrimLeftFunc(text, func(r rune) bool { return r == ';' || unicode.IsSpace(r) })
}

// keywordADO reads up to the first "=" that is not doubled.
func keywordADO(text string) (keyword, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '=':
			b.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '=':
			b.WriteByte('=')
			i++
		default:
			keyword = strings.TrimRightFunc(b.String(), unicode.IsSpace)
			if keyword == "" || strings.ContainsFunc(keyword, unicode.IsControl) {
				return "", "", ErrADO
			}
			return keyword, text[i+1:], nil
		}
	}
	return "", "", ErrADO
}

// valueADO reads a value up to its semicolon.
func valueADO(text string) (value, rest string, err error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		value, rest, _ = strings.Cut(text, ";")
		value = strings.TrimRightFunc(value, unicode.IsSpace)
		if strings.ContainsFunc(value, unicode.IsControl) || strings.HasSuffix(value, `"`) || strings.HasSuffix(value, "'") {
			return "", "", ErrADO
		}
		return value, rest, nil
	}
	end := closing(text)
	if end == 0 {
		return "", "", ErrADO
	}
	quote := text[:1]
	value = strings.ReplaceAll(text[1:end], quote+quote, quote)
	rest = strings.TrimLeftFunc(text[end+1:], unicode.IsSpace)
	if rest != "" && rest[0] != ';' {
		return "", "", ErrADO
	}
	return value, rest, nil
}
