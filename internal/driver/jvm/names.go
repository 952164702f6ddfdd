package jvm

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgjdbcProperties are the names of org.postgresql.PGProperty, 42.2.8 to
// 42.7.14; the driver ignores every other one.
//
// Source: PGProperty.values() of 42.2.8, 42.4.2, 42.5.5, 42.7.8 and 42.7.14; host, port and dbname
// are translated by Driver.parseURL.
var pgjdbcProperties = strings.Fields(`ApplicationName PGDBNAME PGHOST PGPORT adaptiveFetch adaptiveFetchMaximum adaptiveFetchMinimum allowEncodingChanges
assumeMinServerVersion authenticationPluginClassName autosave binaryTransfer binaryTransferDisable
binaryTransferEnable cancelSignalTimeout channelBinding classLoaderStrategy cleanupSavepoints connectExecutor
connectExecutorArg connectTimeout convertBooleanToNumeric currentSchema databaseMetadataCacheFields
databaseMetadataCacheFieldsMiB defaultRowFetchSize disableColumnSanitiser escapeSyntaxCallMode flushCacheOnDdl
groupStartupParameters gssEncMode gssResponseTimeout gssUseDefaultCreds gsslib hideUnprivilegedObjects
hostRecheckSeconds jaasApplicationName jaasLogin kerberosServerName loadBalanceHosts localSocketAddress
logServerErrorDetail logUnclosedConnections loggerFile loggerLevel loginTimeout maxResultBuffer maxSendBufferSize
options password pemKeyAlgorithm preferQueryMode prepareThreshold preparedStatementCacheQueries
preparedStatementCacheSizeMiB protocolVersion queryTimeout quoteReturningIdentifiers reWriteBatchedInserts
reWriteBatchedInsertsSize readOnly readOnlyMode receiveBufferSize replication requireAuth scramMaxIterations
sendBufferSize service socketFactory socketFactoryArg socketTimeout ssl sslNegotiation sslResponseTimeout sslcert
sslfactory sslfactoryarg sslhostnameverifier sslkey sslmode sslpassword sslpasswordcallback sslrootcert
sspiServiceClass stringtype targetServerType tcpKeepAlive tcpNoDelay unknownLength useSpnego user xmlFactoryFactory`)

// PgjdbcNames are the names that pgjdbc knows, and with a URL of AWS's wrapper
// those of the wrapper. System properties of the JVM are declared beside them.
func PgjdbcNames(s policy.Settings) policy.Known {
	known := policy.Known{
		Properties: append([]string{"javax.net.ssl.*", "jdk.*", "java.*", "https.*"}, pgjdbcProperties...),
		Parameters: append([]string{"host", "port", "dbname"}, pgjdbcProperties...),
		Given:      arguments,
		Variables:  append([]string{"PGSERVICEFILE", "PGSYSCONFDIR", "PGPASSFILE", "PGSSLROOTCERT"}, policy.JavaVariables...),
	}
	if strings.HasPrefix(s.Connection, awsWrapper) {
		known.Properties, known.Parameters = append(known.Properties, awsWrapperNames...), append(known.Parameters, awsWrapperNames...)
	}
	return known
}

// R2dbcNames are the names that r2dbc-postgresql knows.
//
// Source: pgjdbc/r2dbc-postgresql v1.0.0 to v1.1.2,
// PostgresqlConnectionFactoryProvider; r2dbc-spi, ConnectionFactoryOptions.
func R2dbcNames(s policy.Settings) policy.Known {
	names := slices.Clone(r2dbcNames)
	if v, declared := policy.ParseVersion(s.Version); declared && s.Version != "" && v.Before(r2dbcNegotiation) {
		names = slices.DeleteFunc(names, func(name string) bool { return strings.EqualFold(name, "sslNegotiation") })
	}
	return policy.Known{Properties: append([]string{"javax.net.ssl.*", "jdk.*", "java.*"}, names...), Parameters: names, Given: arguments, Variables: policy.JavaVariables}
}

var r2dbcNames = strings.Fields(`ssl host port database user password protocol driver connectTimeout lockWaitTimeout
statementTimeout applicationName autodetectExtensions channelBinding channel_binding compatibilityMode currentSchema errorResponseLogLevel
extensions fetchSize forceBinary hostRecheckTime loadBalanceHosts loopResources maxMessageSize noticeLogLevel options
preferAttachedBuffers preparedStatementCacheQueries schema socket sslContextBuilderCustomizer sslCert sslKey sslMode sslPassword
sslRootCert sslNegotiation sslSni sslHostnameVerifier sslmode sslnegotiation targetServerType tcpKeepAlive tcpNoDelay timeZone`)

// arguments are what stands behind the question mark.
func arguments(connection string) map[string]string {
	_, query, _ := strings.Cut(connection, "?")
	given := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key != "" {
			given[conninfo.LenientUnescape(key, true)] = conninfo.LenientUnescape(value, true)
		}
	}
	return given
}
