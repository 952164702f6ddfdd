package framework_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/framework"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

func decoded(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// resolve is Resolve where it has to succeed.
func resolve(t testing.TB, name, settings string, o framework.Options) framework.Result {
	t.Helper()
	result, err := framework.Resolve(name, decoded(t, settings), o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestSecretsNeverLeave plants a secret in every place in which settings hold
// one.
func TestSecretsNeverLeave(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]string{
		"sqlalchemy":    {`"postgresql://app:s3cret@db/app?sslmode=require&password=s3cret"`, `{"drivername":"postgresql","username":"a","password":"s3cret","connect_args":{"password":"s3cret","sslpassword":"s3cret"}}`},
		"django":        {`{"ENGINE":"django.db.backends.postgresql","NAME":"a","PASSWORD":"s3cret","OPTIONS":{"sslpassword":"s3cret"},"api_token":"s3cret"}`},
		"dbt":           {`{"type":"postgres","pass":"s3cret","password":"s3cret"}`},
		"airflow":       {`"postgres://u:s3cret@h/d?sslpassword=s3cret"`, `{"password":"s3cret","extra":"{\"sslpassword\":\"s3cret\"}"}`},
		"pgadmin":       {`{"Host":"h","Password":"s3cret","ConnectionParameters":{"sslpassword":"s3cret"}}`},
		"rails":         {`"postgresql://app:s3cret@db/app?sslpassword=s3cret"`, `{"password":"s3cret","sslpassword":"s3cret","url":"postgres://a:s3cret@h/d","aws_secret":"s3cret"}`},
		"sequel":        {`"postgres://app:s3cret@db/app"`, `{"adapter":"postgres","password":"s3cret","driver_options":{"sslpassword":"s3cret"}}`, `{"adapter":"postgres","conn_str":"host=h password=s3cret"}`},
		"laravel":       {`"pgsql://app:s3cret@db/app"`, `{"driver":"pgsql","password":"s3cret","ssl_passphrase":"s3cret"}`},
		"sequelize":     {`"postgres://app:s3cret@db/app?ssl=true"`, `{"dialect":"postgres","password":"s3cret","dialectOptions":{"ssl":{"key":"-----BEGIN PRIVATE KEY-----s3cret","passphrase":"s3cret"}}}`},
		"typeorm":       {`{"type":"postgres","url":"postgres://a:s3cret@h/d","password":"s3cret","extra":{"password":"s3cret"}}`},
		"knex":          {`"postgres://a:s3cret@h/d"`, `"pg://a:s3cret@h/d?password=s3cret"`, `{"client":"pg","connection":{"password":"s3cret","connectionString":"postgres://a:s3cret@h/d"}}`},
		"drizzle":       {`"postgres://a:s3cret@h/d"`, `{"connection":{"password":"s3cret"}}`, `{"dbCredentials":{"url":"postgres://a:s3cret@h/d","password":"s3cret"}}`},
		"prisma":        {`"postgres://a:s3cret@h/d?sslpassword=s3cret"`, `{"connectionString":"postgres://a:s3cret@h/d","password":"s3cret"}`},
		"spring":        {`{"spring":{"datasource":{"url":"jdbc:postgresql://h/d?user=a&password=s3cret","password":"s3cret","passwort":"jdbc:postgresql://h/d?password=s3cret","hikari":{"data-source-properties":{"sslpassword":"s3cret"}}}}}`},
		"hikari":        {`{"jdbcUrl":"jdbc:postgresql://h/d?password=s3cret","password":"s3cret","dataSource.password":"s3cret"}`},
		"hibernate":     {`{"hibernate.connection.url":"jdbc:postgresql://h/d?password=s3cret","hibernate.connection.password":"s3cret","jakarta.persistence.jdbc.password":"s3cret"}`},
		"quarkus":       {`{"quarkus":{"datasource":{"password":"s3cret","jdbc":{"url":"jdbc:postgresql://h/d?password=s3cret"}}}}`},
		"gorm":          {`"host=h user=a password=s3cret"`, `{"dsn":"postgres://a:s3cret@h/d"}`},
		"pgxpool":       {`"postgres://a:s3cret@h/d"`},
		"efcore":        {`"Host=h;Password=s3cret"`, `{"ConnectionStrings":{"A":"Host=h;Pwd=s3cret"}}`},
		"pgbouncer.ini": {`"[databases]\napp = host=h password=s3cret\n"`, `{"databases":{"app":"host=h password=s3cret"}}`},
	} {
		for _, text := range settings {
			result := resolve(t, name, text, framework.Options{Environment: map[string]string{"DB_PASSWORD": "s3cret", "OTHER_URL": "postgres://a:s3cret@h/d"}})
			if printed := fmt.Sprintf("%+v", result); strings.Contains(printed, "s3cret") {
				t.Errorf("%s %s: %s", name, text, printed)
			}
		}
	}
	if missing := len(framework.Names()) - 21; missing != 0 {
		t.Errorf("%d frameworks have no planted secret", missing)
	}
}

// TestPlaceholders are filled in from the environment where the framework does
// it, and named where not.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DB_HOST": "db", "DATABASE": "postgres://db/app?sslmode=require"}
	for _, v := range []struct{ name, settings, connection, host, undecided string }{
		{"rails", `{"adapter":"postgresql","host":"<%= ENV[\"DB_HOST\"] %>"}`, "", "db", ""},
		{"rails", `{"adapter":"postgresql","host":"<%= ENV.fetch('DB_HOST') { 'x' } %>"}`, "", "db", ""},
		{"rails", `{"adapter":"postgresql","host":"<%= ENV.fetch(\"NONE\", \"x\") %>"}`, "", "x", ""},
		{"rails", `{"adapter":"postgresql","host":"<%= ENV['NONE'] || 'y' %>"}`, "", "y", ""},
		{"rails", `{"adapter":"postgresql","host":"<%= Rails.application.credentials.host %>"}`, "", "<%= Rails.application.credentials.host %>", "host contains the placeholder <%= Rails.application.credentials.host %>"},
		{"rails", `{"adapter":"postgresql","host":"db","password":"<%= ENV['PW'] %>","username":"${USER}"}`, "", "db", ""},
		{"dbt", `{"type":"postgres","host":"{{ env_var('DB_HOST') }}","port":1}`, "", "db", ""},
		{"dbt", `{"type":"postgres","host":"{{ env_var('NONE', 'x') }}","port":1}`, "", "x", ""},
		{"dbt", `{"type":"postgres","host":"{{ env_var('NONE') }}","port":1}`, "", "{{ env_var('NONE') }}", "host contains the placeholder"},
		{"spring", `{"spring.datasource.url":"jdbc:postgresql://${DB_HOST:x}/${NONE}"}`, "jdbc:postgresql://db/${NONE}", "", ""},
		{"spring", `{"spring.datasource.url":"jdbc:postgresql://${db.host}/app","db.host":"z"}`, "jdbc:postgresql://db/app", "", ""},
		{"spring", `{"spring.datasource.url":"jdbc:postgresql://${my.host}/app","my.host":"z"}`, "jdbc:postgresql://z/app", "", ""},
		{"quarkus", `{"quarkus.datasource.jdbc.url":"jdbc:postgresql://${DB_HOST}/app"}`, "jdbc:postgresql://db/app", "", ""},
		{"sequelize", `{"dialect":"postgres","host":"${DB_HOST}"}`, "", "${DB_HOST}", "host contains the placeholder ${DB_HOST}"},
		{"sequelize", `{"dialect":"postgres","use_env_variable":"DATABASE"}`, "postgres://db/app?sslmode=require", "db", ""},
		{"sqlalchemy", `"postgresql+asyncpg://%(user)s:%(pw)s@%(host)s/app"`, "", "%(host)s", "host contains the placeholder %(host)s"},
		{"sqlalchemy", `"${DATABASE_URL}"`, "", "", "contains the placeholder ${DATABASE_URL}"},
		{"gorm", `"host=db user=${USER} sslmode=require"`, "host=db user=${USER} sslmode=require", "", ""},
		{"gorm", `"host={{ host }} sslmode=require"`, "host={{ host }} sslmode=require", "", "the connection string contains the placeholder {{ host }}"},
	} {
		result := resolve(t, v.name, v.settings, framework.Options{Environment: environment, Version: map[string]string{"sequelize": "6", "rails": "7.1"}[v.name], DriverVersion: "16"})
		if result.Connection != v.connection || result.Properties["host"] != v.host || !strings.Contains(result.Undecided, v.undecided) || v.undecided == "" && result.Undecided != "" {
			t.Errorf("%s %s: %q, host %q, undecided %q", v.name, v.settings, result.Connection, result.Properties["host"], result.Undecided)
		}
	}
}

// TestVersionsDecide: without a version every one that the rules know is an
// alternative, and equal ones are one.
func TestVersionsDecide(t *testing.T) {
	t.Parallel()
	drivers := func(r framework.Result) (all []string) {
		for _, a := range r.Alternatives {
			all = append(all, a.When+": "+a.Driver)
		}
		return all
	}
	for _, v := range []struct {
		name, settings string
		options        framework.Options
		driver         string
		alternatives   []string
	}{
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{}, "psycopg", []string{"sqlalchemy 1.4, sqlalchemy 2.0: psycopg2", "sqlalchemy 2.1: psycopg"}},
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{Version: "2.0.58"}, "psycopg2", nil},
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{Version: "2.1.0rc1"}, "psycopg", nil},
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{Version: "2"}, "psycopg", []string{"sqlalchemy 2.0: psycopg2", "sqlalchemy 2.1: psycopg"}},
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{Version: "SQLAlchemy 2.0"}, "psycopg2", nil},
		{"sequelize", `"postgresql://db/app?sslmode=require"`, framework.Options{Version: "7.0.0-alpha.48"}, "node-postgres", nil},
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{Driver: "psycopg2"}, "psycopg2", nil},
		{"sqlalchemy", `"postgresql+asyncpg://db/app"`, framework.Options{}, "asyncpg", nil},
		{"django", `{"ENGINE":"django.db.backends.postgresql","NAME":"a"}`, framework.Options{Version: "3.2.25"}, "psycopg2", nil},
		{"django", `{"ENGINE":"django.db.backends.postgresql","NAME":"a"}`, framework.Options{Version: "5.2"}, "psycopg", []string{"django 5.1 with psycopg2: psycopg2", "django 5.1 with psycopg: psycopg"}},
		{"rails", `{"host":"h","sslnegotiation":"direct"}`, framework.Options{Version: "7.1"}, "ruby-pg", []string{
			"rails 7.0 with libpq 12, rails 7.0 with libpq 13, rails 7.0 with libpq 14, rails 7.0 with libpq 15, rails 7.0 with libpq 16: ruby-pg", "rails 7.0 with libpq 17, rails 7.0 with libpq 18: ruby-pg",
		}},
		{"rails", `{"host":"h","sslnegotiation":"direct"}`, framework.Options{Version: "7.1", DriverVersion: "libpq 17.2"}, "ruby-pg", nil},
		{"rails", `{"host":"h","sslnegotiation":"direct"}`, framework.Options{Version: "7", DriverVersion: "17.2"}, "ruby-pg", nil},
		{"prisma", `"postgres://db/app"`, framework.Options{}, "prisma", []string{"prisma 4: prisma", "prisma 7: prisma"}},
	} {
		result := resolve(t, v.name, v.settings, v.options)
		if diff := cmp.Diff(v.alternatives, drivers(result)); diff != "" || result.Driver != v.driver {
			t.Errorf("%s %s %+v: %s (-want +got)\n%s", v.name, v.settings, v.options, result.Driver, diff)
		}
	}
	none := resolve(t, "sqlalchemy", `"postgresql://db/app"`, framework.Options{Version: "latest"})
	if want := `the rules cover sqlalchemy 1.4 and later, not "latest"`; none.Undecided != want {
		t.Errorf("no version: %q, not %q", none.Undecided, want)
	}
	old := resolve(t, "django", `{"ENGINE":"django.db.backends.postgresql","NAME":"a"}`, framework.Options{Version: "2.2"})
	if want := `the rules cover django 3.2 and later, not "2.2"`; old.Undecided != want {
		t.Errorf("an old version: %q, not %q", old.Undecided, want)
	}
}

// TestRefusals end in an error that names what is wrong, and no value.
func TestRefusals(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20)
	wide := "[" + strings.Repeat("1,", 10_001) + "1]"
	for _, v := range []struct {
		name, settings string
		options        framework.Options
		want           error
	}{
		{"strapi", `{}`, framework.Options{}, framework.ErrUnknownFramework},
		{"django", `7`, framework.Options{}, framework.ErrSettings},
		{"spring", `"spring:\n  datasource:\n    url: x"`, framework.Options{}, framework.ErrSettings},
		{"django", `["s3cret"]`, framework.Options{}, framework.ErrSettings},
		{"django", `null`, framework.Options{}, framework.ErrSettings},
		{"django", deep, framework.Options{}, framework.ErrTooLarge},
		{"django", `{"a":` + wide + `}`, framework.Options{}, framework.ErrTooLarge},
		{"sqlalchemy", `"postgresql://db/app"`, framework.Options{Driver: "s3cret"}, framework.ErrDriver},
	} {
		_, err := framework.Resolve(v.name, decoded(t, v.settings), v.options)
		if !errors.Is(err, v.want) {
			t.Errorf("%s %.40s: %v, not %v", v.name, v.settings, err, v.want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("postgres://a:b@[::1]:5432/d?sslmode=${X}&sslrootcert=%zz", "sslmode")
	f.Add("[databases]\na = host=h\n%include x", "databases")
	f.Add("<%= ENV['A'] %>", "url")
	f.Fuzz(func(t *testing.T, text, key string) {
		fuzzing.Limit(t)
		for _, name := range framework.Names() {
			for _, settings := range []any{text, map[string]any{key: text}, map[string]any{key: map[string]any{text: []any{text, nil, true}}}} {
				if _, err := framework.Resolve(name, settings, framework.Options{Environment: map[string]string{key: text}}); err != nil && !errors.Is(err, framework.ErrSettings) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}

// TestOneConnectionOfSeveral: a file with several connections is no connection,
// and the error says which one could be meant.
func TestOneConnectionOfSeveral(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ name, settings, one string }{
		{"rails", `{"primary":{"adapter":"postgresql","host":"h"},"cache":{"adapter":"postgresql"}}`, "cache"},
		{"rails", `{"production":{"primary":{"url":"postgresql://h/x"}}}`, "production.primary"},
		{"django", `{"default":{"ENGINE":"django.db.backends.postgresql"}}`, "default"},
		{"laravel", `{"default":"pgsql","connections":{"pgsql":{"driver":"pgsql","host":"h"}}}`, "connections.pgsql"},
		{"sequelize", `{"production":{"use_env_variable":"DATABASE_URL"}}`, "production"},
		{"typeorm", `{"main":{"type":"postgres"}}`, "main"},
		{"knex", `{"production":{"client":"pg","connection":{"host":"h"}}}`, "production"},
		{"knex", `{"client":"pg","connection":{"client":"pg","host":"h"}}`, ""},
		{"rails", `{"host":"h","variables":{"search_path":"x"}}`, ""},
	} {
		_, err := framework.Resolve(v.name, decoded(t, v.settings), framework.Options{})
		if v.one == "" {
			if err != nil {
				t.Errorf("%s %s: %v", v.name, v.settings, err)
			}
			continue
		}
		if !errors.Is(err, framework.ErrSettings) || !strings.HasSuffix(fmt.Sprint(err), "; in this object, the connections are one or more levels further down. Pass only the one that this client uses, for example "+strconv.Quote(v.one)) {
			t.Errorf("%s %s: %v", v.name, v.settings, err)
		}
	}
}
