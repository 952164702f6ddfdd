package openssl_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestSeries(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"1.1.1": "1.1.1", "3.0.2": "3.0.2", "3.0.5": "3.0", "3.0.17": "3.0", "3.5.1": "3.5"} {
		if got := openssl.Series(policy.MustVersion(version)); got != want {
			t.Errorf("%s is %s, want %s", version, got, want)
		}
	}
}
