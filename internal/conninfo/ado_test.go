package conninfo_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

func TestADOConnectionStrings(t *testing.T) {
	t.Parallel()

	type s = conninfo.Settings
	tests := map[string]s{
		"":                         nil,
		" ; ;":                     nil,
		"Host=a;SSL Mode=Require":  {{"host", "a"}, {"ssl mode", "Require"}},
		" Host = a b ; Port=1 ;":   {{"host", "a b"}, {"port", "1"}},
		"host=a;HOST=b":            {{"host", "b"}},
		"host=a;host=;port=1":      {{"port", "1"}},
		`host="a;b" ; port='1'`:    {{"host", "a;b"}, {"port", "1"}},
		`host="a""b";port='it''s'`: {{"host", `a"b`}, {"port", "it's"}},
		`host=" a "`:               {{"host", " a "}},
		"a==b=c":                   {{"a=b", "c"}},
		"host=a=b":                 {{"host", "a=b"}},
		"host=":                    nil,
		"host=a\nb":                nil,
		"host":                     nil,
		"=a":                       nil,
		`host="a`:                  nil,
		`host="a"b`:                nil,
		`host=a"`:                  nil,
		"host=a'":                  nil,
		"ho\x01st=a":               nil,
		"host=a;port":              nil,
		"a==":                      nil,
		`host="a"b=c`:              nil,
	}
	broken := []string{"host=a\nb", "host", "=a", `host="a`, `host="a"b`, `host=a"`, "host=a'", "ho\x01st=a", "host=a;port", "a==", `host="a"b=c`}
	for connection, want := range tests {
		t.Run(connection, func(t *testing.T) {
			t.Parallel()

			got, err := conninfo.ParseADO(connection)
			if len(got) == 0 {
				got = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ParseADO(%q) (-want +got):\n%s", connection, diff)
			}
			refused := false
			for _, b := range broken {
				refused = refused || b == connection
			}
			if errors.Is(err, conninfo.ErrADO) != refused {
				t.Errorf("ParseADO(%q) = %v, refused should be %t", connection, err, refused)
			}
		})
	}
}
