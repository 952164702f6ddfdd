# Connects with DBD::Pg: the connection is a DSN such as "dbi:Pg:dbname=x";
# one JSON case a line.
use strict;
use warnings;
use DBI;
use DBD::Pg;
use JSON::PP;

$| = 1;
my $json    = JSON::PP->new->utf8->canonical;
my $query   = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
my %ambient = %ENV;

sub openssl {
    my ($library) = glob '/usr/lib/*/libcrypto.so.3';
    open my $in, '<:raw', $library or die "$library: $!";
    local $/;
    my ($version) = <$in> =~ /OpenSSL (\d+\.\d+\.\d+[a-z]?) /;
    return $version;
}

sub encrypted {
    my ($dsn) = @_;
    my $session = DBI->connect( $dsn, '', '', { RaiseError => 1, PrintError => 0 } );
    my ($answer) = $session->selectrow_array($query);
    $session->disconnect;
    return $answer;
}

my ($libpq) = qx(dpkg-query -W -f='\${Version}' libpq5) =~ /^([0-9.]+)/;
my $openssl = openssl();
print $json->encode(
    {
        driver          => 'dbd-pg',
        version         => "$DBD::Pg::VERSION",
        rule_version    => $libpq,
        runtime         => sprintf( 'Perl %vd, libpq %s, OpenSSL %s', $^V, $libpq, $openssl ),
        runtime_version => $openssl,
    }
), "\n";
while ( my $line = <STDIN> ) {
    my $case = $json->decode($line);
    %ENV = ( %ambient, %{ $case->{environment} || {} }, HOME => $case->{home} );
    my $result = { id => $case->{id}, outcome => 'fails', error => '' };
    my $answer = eval { encrypted( $case->{connection} ) };
    if ($@) {
        $result->{error} = substr "$@", 0, 500;
    }
    else {
        $result->{outcome} = $answer ? 'tls' : 'plaintext';
    }
    print $json->encode($result), "\n";
}
