package jvm

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// AWSWrapper returns the policy of the AWS Advanced JDBC Wrapper over pgjdbc,
// whose release is the declared version: the wrapper takes its own prefix off
// the URL and its own properties out, and hands everything else on. With the
// connection plugins that are on by default it also connects to the other
// instances of a cluster, by names that RDS's certificates hold.
//
// Source: aws/aws-advanced-jdbc-wrapper 2.6, software.amazon.jdbc.Driver,
// DriverConnectionProvider and GenericTargetDriverDialect. 2.6.8 was run over
// pgjdbc 42.7.8 on Java 17.
func AWSWrapper(s policy.Settings) policy.Policy {
	return overPgjdbc(s, "jdbc:aws-wrapper:postgresql:")
}

// AWSSecretsManager returns the policy of AWS's Secrets Manager JDBC driver over
// pgjdbc, whose release is the declared version. The driver takes user and
// password from the secret that user names, and changes only the prefix of the
// URL. A secret's name in the place of a URL leaves the host to the secret.
//
// Source: aws/aws-secretsmanager-jdbc 2, AWSSecretsManagerDriver, connect and
// unwrapUrl; AWSSecretsManagerPostgreSQLDriver. 2.0.2 was run over pgjdbc 42.7.8 on
// Java 17, with a stand-in for Secrets Manager.
func AWSSecretsManager(s policy.Settings) policy.Policy {
	if s.Connection != "" && !strings.HasPrefix(s.Connection, "jdbc") {
		// The secret holds host, port and database, and nothing of TLS.
		s.Connection = ""
	}
	p := overPgjdbc(s, "jdbc-secretsmanager:postgresql:")
	if len(p.Attempts) > 0 {
		p.PlaintextError = "reached max connection retries" // It takes the refusal for an old password.
	}
	return p
}

// overPgjdbc is pgjdbc with the prefix of a layer above it.
func overPgjdbc(s policy.Settings, prefix string) policy.Policy {
	if strings.HasPrefix(s.Connection, pgjdbcScheme) {
		return policy.Policy{Undecided: "the URL is for pgjdbc itself, so it is not known whether the connection goes through the declared driver: set \"driver\" to pgjdbc, or declare a URL that starts with " + prefix}
	}
	if s.Connection != "" && !strings.HasPrefix(s.Connection, prefix) {
		return policy.Refused("the URL does not start with "+prefix+", so this driver does not accept it", "No suitable driver found")
	}
	s.Connection = Unwrapped(s.Connection)
	return Pgjdbc(s)
}

// awsWrapper starts the URLs of AWS's advanced JDBC wrapper.
const awsWrapper = "jdbc:aws-wrapper:"

// Unwrapped is the URL that a driver in front of pgjdbc hands to it: AWS's
// advanced JDBC wrapper, and its library for Secrets Manager. It is the given
// one where none is in front.
//
// Source: aws/aws-advanced-jdbc-wrapper cb7137ed, Driver.java, connect, and
// DriverConnectionProvider; aws/aws-secretsmanager-jdbc, AWSSecretsManagerDriver,
// unwrapUrl.
func Unwrapped(connection string) string {
	for _, scheme := range []string{awsWrapper, "jdbc-secretsmanager:"} {
		if rest, wrapped := strings.CutPrefix(connection, scheme+"postgresql:"); wrapped {
			return pgjdbcScheme + rest
		}
	}
	return connection
}

// awsWrapperNames are properties that the wrapper keeps to itself. None of them
// changes what pgjdbc verifies.
//
// Source: aws/aws-advanced-jdbc-wrapper cb7137ed, every AwsWrapperProperty.
var awsWrapperNames = strings.Fields(`wrapper* failover* failureDetection* cluster* globalCluster* iam* idp* secretsManager* bg* customEndpoint* cache* limitless*
srw* gdb* telemetry* monitor* dataCache* dataKey* metadataCache* keyManagement* highestLoad* lowestLoad* roundRobin* activeHomeFailoverMode
inactiveHomeFailoverMode adfs allowAwsLoginSession allowStatementRecreationOnConnectionSwitch appId assumeWriteTransaction
auditLoggingEnabled autoSortWrapperPluginOrder awsProfile connectionPoolType database dbUser defaultHostAvailabilityStrategy
enableClusterAwareFailover enableConnectFailover enableGreenNodeReplacement enableTelemetry encryptionMetadataSchema
endpointSubstitutionRole enhancedLogQueryEnabled hostAvailabilityStrategyInitialBackoffTime hostAvailabilityStrategyMaxRetries
httpClientConnectTimeout httpClientSocketTimeout inactiveClusterWriterEndpointSubstitutionRole initialConnectionHostSelectorStrategy
loadBalancingIncludeWriter openConnectionRetryIntervalMs openConnectionRetryTimeoutMs queryLevelLoadBalancing readerHostSelectorStrategy
readerInitialConnectionHostSelectorStrategy resetSessionStateOnClose responseMeasurementIntervalMs rollbackOnSwitch rpIdentifier
singleWriterConnectionString skipFailoverOnInterruptedThread skipInactiveWriterClusterEndpointCheck skipWrappingForPackages sslInsecure
targetDriverAutoRegister transferSessionStateOnSwitch verifyInactiveClusterWriterEndpointConnectionType verifyInitialConnectionRole
verifyInitialConnectionType verifyNewSrwConnections verifyOpenedConnectionType waitForCustomEndpointInfo waitForInitialTopologyMs
weightedRandomHostWeightPairs`)
