package conninfo_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

func TestParseR2DBC(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		url     string
		want    conninfo.R2DBC
		wantErr error
	}{
		"one host with options": {
			url: "r2dbc:postgresql://u@db.example:5433/billing?sslMode=verify-full&sslRootCert=%2Fetc%2Frds.pem#x",
			want: conninfo.R2DBC{
				Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "db.example", Port: "5433"}},
				Options: map[string]string{"sslMode": "verify-full", "sslRootCert": "/etc/rds.pem"},
			},
		},
		"the scheme of TLS": {
			url:  "r2dbcs:postgresql://db.example/billing",
			want: conninfo.R2DBC{SSL: true, Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "db.example", Port: "5432"}}, Options: map[string]string{}},
		},
		"failover behind a pool": {
			url: "r2dbc:pool:postgresql:failover://a,b:5433/billing",
			want: conninfo.R2DBC{
				Driver: "postgresql", Protocol: "failover",
				Hosts:   []conninfo.JDBCHost{{Name: "a", Port: "5432"}, {Name: "b", Port: "5433"}},
				Options: map[string]string{},
			},
		},
		"several hosts without failover are one name": {
			url:  "r2dbc:postgresql://a,b/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "a,b", Port: "5432"}}, Options: map[string]string{}},
		},
		"IPv6": {
			url:  "r2dbc:postgresql://[::1]:5433/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "[::1]", Port: "5433"}}, Options: map[string]string{}},
		},
		"an option without a value is none": {
			url:  "r2dbc:postgresql:///?ssl&=x&a=",
			want: conninfo.R2DBC{Driver: "postgresql", Options: map[string]string{"a": ""}},
		},
		"behind a proxy": {
			url:  "r2dbc:proxy:postgresql://b:9/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "b", Port: "9"}}, Options: map[string]string{}},
		},
		"an empty user": {
			url:  "r2dbc:postgresql://@h/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "h", Port: "5432"}}, Options: map[string]string{}},
		},
		"a host of digits": {
			url:  "r2dbc:postgresql://5433/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "5433", Port: "5432"}}, Options: map[string]string{}},
		},
		"a port that is none": {
			url:  "r2dbc:postgresql://h:x/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "h:x", Port: "5432"}}, Options: map[string]string{}},
		},
		"IPv6 without a port": {
			url:  "r2dbc:postgresql://[::1]/billing",
			want: conninfo.R2DBC{Driver: "postgresql", Hosts: []conninfo.JDBCHost{{Name: "[::1]", Port: "5432"}}, Options: map[string]string{}},
		},
		"no slashes":                {url: "r2dbc:postgresql", wantErr: conninfo.ErrR2DBCURL},
		"a blank driver":            {url: "r2dbc: ://h/db", wantErr: conninfo.ErrR2DBCURL},
		"a database among options":  {url: "r2dbc:postgresql://h/db?database=x", wantErr: conninfo.ErrR2DBCURL},
		"a driver among options":    {url: "r2dbc:postgresql://h/db?driver=x", wantErr: conninfo.ErrR2DBCURL},
		"a password among options":  {url: "r2dbc:postgresql://h/db?password=x", wantErr: conninfo.ErrR2DBCURL},
		"a port among options":      {url: "r2dbc:postgresql://h/db?port=x", wantErr: conninfo.ErrR2DBCURL},
		"a protocol among options":  {url: "r2dbc:postgresql://h/db?protocol=x", wantErr: conninfo.ErrR2DBCURL},
		"a user among options":      {url: "r2dbc:postgresql://h/db?user=x", wantErr: conninfo.ErrR2DBCURL},
		"another scheme":            {url: "jdbc:postgresql://h/db", wantErr: conninfo.ErrR2DBCURL},
		"no driver":                 {url: "r2dbc://h/db", wantErr: conninfo.ErrR2DBCURL},
		"the host among options":    {url: "r2dbc:postgresql://h/db?host=x", wantErr: conninfo.ErrR2DBCURL},
		"a space":                   {url: "r2dbc:postgresql://h/d b", wantErr: conninfo.ErrR2DBCURL},
		"a percent sign by itself":  {url: "r2dbc:postgresql://h/db?a=%", wantErr: conninfo.ErrR2DBCURL},
		"a percent sign in the key": {url: "r2dbc:postgresql://h/db?%zz=a", wantErr: conninfo.ErrR2DBCURL},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := conninfo.ParseR2DBC(tc.url)
			if !errors.Is(err, tc.wantErr) {
				t.Fatalf("ParseR2DBC(%q) error = %v, want %v", tc.url, err, tc.wantErr)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("ParseR2DBC(%q) (-want +got):\n%s", tc.url, diff)
			}
		})
	}
}

func FuzzParseR2DBC(f *testing.F) {
	f.Add("r2dbc:postgresql://u:p@h:1/db?sslMode=require&a=%20")
	f.Add("r2dbcs:pool:postgresql:failover://a,[::1]:2,/x?#")
	f.Fuzz(func(t *testing.T, url string) {
		fuzzing.Limit(t)
		if _, err := conninfo.ParseR2DBC(url); err != nil && !errors.Is(err, conninfo.ErrR2DBCURL) {
			t.Errorf("error = %v, not ErrR2DBCURL", err)
		}
	})
}
