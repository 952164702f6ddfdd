package driver_test

import (
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestRSASuitesOnly(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]bool{
		"": false,
		"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256":                        true,
		"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384":                      false,
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_256_CBC_SHA":             true,
		"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": false,
		"HIGH:!aNULL:!3DES":                                    false,
		"HIGH:!aNULL:!aECDSA":                                  true,
		"HIGH:!aNULL:!ECDSA":                                   true,
		"!aECDSA:ECDHE-ECDSA-AES256-GCM-SHA384:HIGH":           true,
		"ECDHE-RSA-AES256-GCM-SHA384:HIGH:!aRSA":               false,
		"ECDHE-ECDSA-AES256-GCM-SHA384:HIGH:-aECDSA":           false,
		"ECDHE-RSA-AES256-GCM-SHA384:HIGH:!RSA:!3DES":          false,
		"HIGH:MEDIUM:+3DES:!aNULL:ECDHE-RSA-AES256-GCM-SHA384": false,
	} {
		if got := openssl.RSASuitesOnly(list); got != want {
			t.Errorf("RSASuitesOnly(%q) = %t", list, got)
		}
	}
}

// TestSuitesThatAreTakenAwayForGood, as PgBouncer offers the rest of them.
func TestSuitesThatAreTakenAwayForGood(t *testing.T) {
	t.Parallel()
	const ecdsaAlone, none = "suites for ECDSA keys alone", "no cipher suite that is known"
	for ciphers, want := range map[string]struct {
		noECDSA      bool
		onTLS, doubt string // parts of them
	}{
		"HIGH:!aECDSA":                        {noECDSA: true},
		"HIGH:!ECDSA":                         {noECDSA: true},
		"ECDHE-RSA-AES256-GCM-SHA384:!aECDSA": {noECDSA: true},
		"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:!aECDSA": {noECDSA: true},
		"ECDHE-RSA-AES256-GCM-SHA384:-aECDSA":                               {noECDSA: true},
		"HIGH:!aRSA":                                                        {onTLS: ecdsaAlone},
		"HIGH:!RSA":                                                         {onTLS: ecdsaAlone},
		"ECDHE-ECDSA-AES256-GCM-SHA384:!aRSA":                               {onTLS: ecdsaAlone},
		"HIGH:!aRSA:!aECDSA":                                                {doubt: none},
		"ECDHE-RSA-AES256-GCM-SHA384:!aRSA":                                 {doubt: none},
		"ECDHE-ECDSA-AES256-GCM-SHA384:!aECDSA":                             {doubt: none},
		"ECDHE-RSA-AES256-GCM-SHA384:HIGH:-aECDSA":                          {},
		"ECDHE-ECDSA-AES256-GCM-SHA384:HIGH:!aNULL":                         {},
	} {
		p := driver.Resolve(policy.Settings{Driver: "pgbouncer", Host: "h", Properties: map[string]string{
			"server_tls_sslmode": "require", "server_tls_protocols": "tlsv1.2", "server_tls_ciphers": ciphers,
		}})
		if p.TLS.NoECDSA != want.noECDSA {
			t.Errorf("%s: RSA alone is %t", ciphers, p.TLS.NoECDSA)
		}
		for got, part := range map[string]string{"on TLS: " + p.TLSDoubt: want.onTLS, "always: " + p.Doubt: want.doubt} {
			_, text, _ := strings.Cut(got, ": ")
			if (text == "") != (part == "") || !strings.Contains(text, part) {
				t.Errorf("%s: doubt %q, want one with %q", ciphers, got, part)
			}
		}
	}
}

func TestNpgsqlPropertyUnderTwoNames(t *testing.T) {
	t.Parallel()
	p := driver.Resolve(policy.Settings{Driver: "npgsql", Host: "h", Properties: map[string]string{"SSL Mode": "Require", "SslMode": "Disable"}})
	if !strings.Contains(p.Undecided, "is declared under another name as well") {
		t.Errorf("undecided: %q", p.Undecided)
	}
}
