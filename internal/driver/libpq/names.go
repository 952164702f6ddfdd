package libpq

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// libpqVariables are those of libpq, in any version, and of its TLS library.
var libpqVariables = func() []string {
	names := append([]string{"PGREQUIRESSL"}, openssl.Variables...)
	for major := oldestLibpq; major <= conninfo.Newest; major++ {
		for _, variable := range conninfo.Variables(major) {
			names = append(names, variable.Value)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}()

// Names are what libpq reads, and with it whoever hands everything to it: a
// keyword that it does not know is an error.
func Names(policy.Settings) policy.Known { return policy.Known{Variables: libpqVariables} }

// PerlNames are the attributes of DBI->connect beside the DSN, none of which is
// about TLS.
//
// Source: bucardo/dbdpg 3.16, Pg.pm, private_attribute_info; DBI 1.643,
// "ATTRIBUTES COMMON TO ALL HANDLES".
func PerlNames(policy.Settings) policy.Known {
	return policy.Known{Variables: libpqVariables, Properties: strings.Fields(`user username Username password Password AutoCommit RaiseError PrintError
		PrintWarn RaiseWarn HandleError ShowErrorStatement ChopBlanks FetchHashKeyName LongReadLen LongTruncOk ReadOnly TraceLevel AutoInactiveDestroy
		InactiveDestroy Callbacks pg_*`)}
}

// PHPNames are the arguments of PDO's constructor, and of pg_connect, beside the
// connection string, none of which is about TLS.
//
// Source: php/php-src 8.2, ext/pdo/pdo_dbh.c, and ext/pdo_pgsql/pgsql_driver.c,
// pdo_pgsql_handle_factory.
func PHPNames(policy.Settings) policy.Known {
	return policy.Known{Variables: libpqVariables, Properties: strings.Fields(`user username password flags PDO::ATTR_* PDO::PGSQL_* ATTR_*`)}
}

// ODBCNames are the attributes of psqlodbc's connection string. It passes over
// every other one, and nothing is set beside the string.
//
// Source: postgresql-interfaces/psqlodbc bc439e8 and 13.02, dlg_specific.h and
// dlg_specific.c, copyConnAttributes and get_DSN_or_Driver.
func ODBCNames(policy.Settings) policy.Known {
	return policy.Known{
		Variables: libpqVariables, Properties: []string{}, Fold: true,
		Parameters: strings.Fields(`dsn driver description servername server port database dx uid username password pwd cx debug b2 fetch a7 readonly a0
			commlog b3 protocol a1 optimizer b4 ksqo b5 connsettings a6 uniqueindex uix unknownsizes a9 cancelasfreestmt c1 usedeclarefetch b6
			textaslongvarchar b7 unknownsaslongvarchar b8 boolsaschar b9 maxvarcharsize b0 maxlongvarcharsize b1 fakeoidindex a2 showoidcolumn a3
			rowversioning a4 showsystemtables a5 lie parse c0 extrasystableprefixes c2 translationname translationdll translationoption
			disallowpremature c3 updatablecursors c4 lfconversion c5 trueisminus1 c6 bi numericas d6 byteaaslongvarbinary c7 useserversideprepare c8
			lowercaseidentifier c9 sslmode ca ab logdir gssauthusegss d0 keepalivetime d1 keepaliveinterval d2 preferlibpq d3 xaopt d4 pqopt d5
			optionalerrors d7 batchsize d8 ignoretimeout d9 dtclog fetchrefcursors da savefile filedsn`),
		Given: func(connection string) map[string]string {
			given := map[string]string{}
			for _, attribute := range conninfo.ParseODBC(connection) {
				name := attribute.Keyword // In small letters; people look for what they wrote.
				if at := strings.Index(strings.ToLower(connection), name); at >= 0 && at+len(name) <= len(connection) {
					name = connection[at : at+len(name)]
				}
				given[strings.TrimSpace(name)] = attribute.Value
			}
			return given
		},
	}
}
