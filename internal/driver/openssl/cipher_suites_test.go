package openssl_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
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
