package provider_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// forms are the ways in which a secret may be written, by their names.
type forms map[string]string

// allForms includes Base64 and hexadecimal of a longer text that holds the
// secret.
func allForms(secret string) forms {
	inJSON, _ := json.Marshal(secret)
	all := forms{
		"plain":               secret,
		"escaped for a query": url.QueryEscape(secret),
		"escaped for a path":  url.PathEscape(secret),
		"userinfo of a URL":   url.UserPassword("", secret).String()[1:],
		"JSON":                strings.Trim(string(inJSON), `"`),
		"quoted by Go":        strings.Trim(strconv.Quote(secret), `"`),
		"hexadecimal":         hex.EncodeToString([]byte(secret)),
		"HEXADECIMAL":         strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"bytes":               strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]"),
	}
	for name, encoding := range map[string]*base64.Encoding{"Base64": base64.RawStdEncoding, "Base64 for URLs": base64.RawURLEncoding} {
		for shift := range 3 { // What stands before it shifts it within the groups of three bytes.
			encoded := encoding.EncodeToString(append(make([]byte, shift), secret...))
			first := (shift*8 + 5) / 6 // The characters before depend on what stands before,
			last := (shift + len(secret)) * 8 / 6
			all[fmt.Sprintf("%s, %d bytes in", name, shift)] = encoded[first:last] // and those behind on what follows.
		}
	}
	return all
}

// in names the forms in which the secret is in a text.
func (f forms) in(text string) []string {
	var found []string
	for name, form := range f {
		if strings.Contains(text, form) {
			found = append(found, name)
		}
	}
	return found
}

// TestTheSweepFindsSecretsInEveryForm: a search that finds nothing proves
// nothing.
func TestTheSweepFindsSecretsInEveryForm(t *testing.T) {
	t.Parallel()
	const secret = `p/a+s "w%ord=é`
	texts := map[string]string{
		"plain": "password=" + secret, "escaped for a query": "?p=" + url.QueryEscape(secret), "escaped for a path": "/" + url.PathEscape(secret) + "/",
		"userinfo of a URL": "postgresql://" + url.UserPassword("app", secret).String() + "@host", "hexadecimal": hex.EncodeToString([]byte("x" + secret + "y")),
		"bytes": fmt.Sprintf("%d", []byte("x"+secret+"y")), "quoted by Go": fmt.Sprintf("%q", "x"+secret),
	}
	inJSON, err := json.Marshal(values{"password": secret})
	must(t, err)
	texts["JSON"] = string(inJSON)
	for _, before := range []string{"", "a", "ab", "abc", "user:"} {
		for _, after := range []string{"", "@", "@h", "@host"} {
			texts["Base64 "+before+after] = base64.StdEncoding.EncodeToString([]byte(before + secret + after))
			texts["Base64 for URLs "+before+after] = base64.URLEncoding.EncodeToString([]byte(before + secret + after))
		}
	}
	for name, text := range texts {
		if len(allForms(secret).in(text)) == 0 {
			t.Errorf("%s: not found in %s", name, text)
		}
		if found := allForms(secret + "x").in(text); len(found) > 0 {
			t.Errorf("%s: another secret is found in %s, as %v", name, text, found)
		}
	}
}
