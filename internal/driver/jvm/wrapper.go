package jvm

import "strings"

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
			return "jdbc:postgresql:" + rest
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
