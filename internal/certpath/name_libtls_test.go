package certpath_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

func TestLibtlsNames(t *testing.T) {
	t.Parallel()

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := func(commonName string, names []string, addresses ...string) *x509.Certificate {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: commonName}, DNSNames: names}
		for _, a := range addresses {
			template.IPAddresses = append(template.IPAddresses, net.ParseIP(a))
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	tests := map[string]struct {
		leaf *x509.Certificate
		host string
		want certpath.Reason
	}{
		"a DNS name in any case":                          {leaf("", []string{"DB.example"}), "db.EXAMPLE", certpath.Accepted},
		"another DNS name":                                {leaf("", []string{"db.example"}), "x.example", certpath.HostNameMismatch},
		"a common name without alternative names":         {leaf("db.example", nil), "db.example", certpath.Accepted},
		"a common name counts beside alternative names":   {leaf("db.example", []string{"other.example"}), "db.example", certpath.Accepted},
		"an address as an address counts":                 {leaf("", nil, "127.0.0.1"), "127.0.0.1", certpath.Accepted},
		"an address as a DNS name does not count":         {leaf("", []string{"127.0.0.1"}), "127.0.0.1", certpath.HostNameMismatch},
		"an address as a common name counts":              {leaf("127.0.0.1", nil), "127.0.0.1", certpath.Accepted},
		"a wildcard is one label":                         {leaf("", []string{"*.a.example"}), "db.a.example", certpath.Accepted},
		"a wildcard is not two labels":                    {leaf("", []string{"*.a.example"}), "x.db.a.example", certpath.HostNameMismatch},
		"a wildcard is not the top of a domain":           {leaf("", []string{"*.example"}), "db.example", certpath.HostNameMismatch},
		"a wildcard is not a part of a label":             {leaf("", []string{"d*.a.example"}), "db.a.example", certpath.HostNameMismatch},
		"an empty host matches nothing":                   {leaf("", nil), "", certpath.HostNameMismatch},
		"a dot at the end is not cut off":                 {leaf("", []string{"db.example"}), "db.example.", certpath.HostNameMismatch},
		"a wildcard does not match an address's string":   {leaf("*.0.0.1", nil), "127.0.0.1", certpath.HostNameMismatch},
		"a wildcard common name counts as an alternative": {leaf("*.a.example", nil), "db.a.example", certpath.Accepted},
		"a name without a wildcard is not below itself":   {leaf("", []string{"a.b.example"}), "db.a.b.example", certpath.HostNameMismatch},
		"a wildcard stands for something":                 {leaf("", []string{"*.a.example"}), ".a.example", certpath.HostNameMismatch},
		"a wildcard above two dots":                       {leaf("", []string{"*..a.example"}), "db..a.example", certpath.HostNameMismatch},
		"a wildcard above a domain that ends with a dot":  {leaf("", []string{"*.a..example"}), "db.a..example", certpath.HostNameMismatch},
		"a wildcard alone":                                {leaf("*.", nil), "db.", certpath.HostNameMismatch},
		"an address with a zone is a name":                {leaf("", nil, "fe80::1"), "fe80::1%eth0", certpath.HostNameMismatch},
		"an empty common name matches no host":            {leaf("", nil), "db.example", certpath.HostNameMismatch},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := certpath.MatchName(certpath.NameLibtls, "", tc.leaf, tc.host)
			if got.Reason != tc.want {
				t.Errorf("MatchName = %q (%s), want %q", got.Reason, got.Detail, tc.want)
			}
		})
	}
}
