package framework

import (
	"maps"
	"slices"
	"strings"
)

// pgDataSource is the DataSource of pgjdbc that a pool takes.
const pgDataSource = "org.postgresql.ds.PGSimpleDataSource"

// hikari is the properties of HikariCP (hikari.properties, or a HikariConfig),
// from 4.
//
// With jdbcUrl, dataSource.* are Properties of the driver, by its exact names.
// With dataSourceClassName they are setters of the DataSource: an unknown one
// ends the start, and jdbcUrl is ignored.
//
// Source: brettwooldridge/HikariCP, HikariConfig.java, PoolBase.java,
// DriverDataSource.java and PropertyElf.java, 4.0.3 to 7.0.2.
func hikari(r request) []Alternative {
	flat := flatSection(r.settings.values)
	pool := hikariPool{
		url: flat["jdbcUrl"], user: flat["username"], class: flat["dataSourceClassName"], driver: flat["driverClassName"], source: map[string]string{},
	}
	for name, value := range flat {
		inner, isSource := cutAnyPrefix(name, "dataSource.", "dataSourceProperties.")
		switch {
		case isSource:
			pool.source[inner] = value
		case !slices.Contains(kept["hikari"], name):
			return refused("pgjdbc", "does not exist on target class")
		}
	}
	if _, named := flat["dataSourceJNDI"]; named {
		return undecided("pgjdbc", "the DataSource is in JNDI, where its settings are not visible")
	}
	return pool.into(client("pgjdbc"))
}

// hikariPool is what a HikariConfig holds of the connection.
type hikariPool struct {
	url, user, class, driver string
	source                   map[string]string
}

func (p hikariPool) into(c Client) []Alternative {
	switch {
	case p.class != "" && p.driver != "":
		return refused(c.Driver, "cannot use driverClassName and dataSourceClassName together")
	case p.class != "":
		if p.url != "" {
			c.Unread["jdbcUrl"] = p.url
		}
		return p.dataSource(c)
	case p.url == "" && p.driver != "":
		return refused(c.Driver, "jdbcUrl is required with driverClassName")
	case p.url == "":
		return refused(c.Driver, "dataSource or dataSourceClassName or jdbcUrl is required")
	}
	c.Connection = p.url
	maps.Copy(c.Properties, p.source)
	c.set("user", p.user)
	return one(c)
}

// dataSource sets the properties of a PGSimpleDataSource, which writes a URL of
// them.
func (p hikariPool) dataSource(c Client) []Alternative {
	if p.class != pgDataSource {
		return undecided(c.Driver, "the DataSource is not pgjdbc's PGSimpleDataSource")
	}
	host, port, database := "localhost", "", ""
	for name, value := range p.source {
		setter := pgjdbcSetter(name)
		switch setter {
		case "":
			return refused(c.Driver, "does not exist on target class")
		case "url":
			c.Connection = value
		case "serverName", "serverNames":
			host = value
		case "portNumber", "portNumbers":
			port = value
		case "databaseName":
			database = value
		default:
			c.Properties[setter] = value
		}
	}
	if c.Connection == "" {
		c.Connection = "jdbc:postgresql://" + authority(host, port) + "/" + escape(database)
	}
	c.set("user", p.user)
	return one(c)
}

// pgjdbcSetters are the setters of PGSimpleDataSource, without "set".
//
// Source: pgjdbc/pgjdbc, org.postgresql.ds.common.BaseDataSource, 42.7.8.
var pgjdbcSetters = strings.Fields(`LogWriter ServerName ServerNames DatabaseName User Password PortNumber PortNumbers Options LoginTimeout ConnectTimeout
	GssResponseTimeout SslResponseTimeout ProtocolVersion QuoteReturningIdentifiers ReceiveBufferSize SendBufferSize MaxSendBufferSize PrepareThreshold
	PreparedStatementCacheQueries PreparedStatementCacheSizeMiB DatabaseMetadataCacheFields DatabaseMetadataCacheFieldsMiB DefaultRowFetchSize UnknownLength
	SocketTimeout CancelSignalTimeout Ssl Sslfactory SslMode SslFactoryArg SslHostnameVerifier SslCert SslKey SslRootCert SslNegotiation SslPassword
	SslPasswordCallback ApplicationName TargetServerType LoadBalanceHosts HostRecheckSeconds TcpKeepAlive TcpNoDelay BinaryTransfer BinaryTransferEnable
	BinaryTransferDisable StringType DisableColumnSanitiser ConvertBooleanToNumeric CurrentSchema ReadOnly ReadOnlyMode LogUnclosedConnections
	LogServerErrorDetail AssumeMinServerVersion GroupStartupParameters JaasApplicationName JaasLogin GssUseDefaultCreds KerberosServerName UseSpNego GssLib
	GssEncMode SspiServiceClass AllowEncodingChanges SocketFactory SocketFactoryArg Replication EscapeSyntaxCallMode LocalSocketAddress LoggerLevel LoggerFile
	ChannelBinding Url URL AuthenticationPluginClassName PreferQueryMode Autosave CleanupSavepoints ReWriteBatchedInserts HideUnprivilegedObjects
	MaxResultBuffer AdaptiveFetch AdaptiveFetchMaximum AdaptiveFetchMinimum XmlFactoryFactory Sslfactoryarg Sslcert Sslmode Sslhostnameverifier Sslkey
	Sslrootcert Sslpasswordcallback Sslpassword RecvBufferSize CleanupSavePoints`)

// pgjdbcSetter is the property that a setter sets, as a URL names it; empty
// where there is no such setter. Case counts, but for the first letter.
func pgjdbcSetter(name string) string {
	if name == "" || !slices.Contains(pgjdbcSetters, strings.ToUpper(name[:1])+name[1:]) {
		return ""
	}
	lower := strings.ToLower(name)
	switch {
	case lower == "applicationname":
		return "ApplicationName"
	case lower == "sslnegotiation", lower == "sslresponsetimeout", !strings.HasPrefix(lower, "ssl") && lower != "url":
		return strings.ToLower(name[:1]) + name[1:]
	default:
		return lower
	}
}

func cutAnyPrefix(text string, prefixes ...string) (rest string, found bool) {
	for _, prefix := range prefixes {
		if rest, found = strings.CutPrefix(text, prefix); found {
			return rest, true
		}
	}
	return text, false
}
