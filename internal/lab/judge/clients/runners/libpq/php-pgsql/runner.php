<?php
// Connects with PHP's pg_connect, or with PDO where the connection is a DSN
// that starts with "pgsql:"; one JSON case a line.

const QUERY = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

set_error_handler(function (int $level, string $message): bool {
    throw new ErrorException($message);
});

function encrypted(string $connection): bool
{
    if (str_starts_with($connection, 'pgsql:')) {
        $session = new PDO($connection);
        $answer = $session->query(QUERY)->fetchColumn();
        return $answer === true || $answer === 't';
    }
    $session = pg_connect($connection, PGSQL_CONNECT_FORCE_NEW);
    try {
        return pg_fetch_result(pg_query($session, QUERY), 0, 0) === 't';
    } finally {
        pg_close($session);
    }
}

function applied(array $environment): void
{
    foreach (array_keys(getenv()) as $name) {
        putenv($name);
    }
    foreach ($environment as $name => $value) {
        putenv("$name=$value");
    }
}

function openssl(): string
{
    $library = glob('/usr/lib/*/libcrypto.so.3')[0];
    preg_match('/OpenSSL (\d+\.\d+\.\d+[a-z]?) /', file_get_contents($library), $found);
    return $found[1];
}

// Without a server, pg_version's client field is read from a constant.
$libpq = preg_replace('/[^0-9.].*$/', '', PGSQL_LIBPQ_VERSION);
$openssl = openssl();
echo json_encode(['driver' => 'php-pgsql', 'version' => PHP_VERSION, 'rule_version' => $libpq,
    'runtime' => 'PHP ' . PHP_VERSION . ", libpq $libpq, OpenSSL $openssl", 'runtime_version' => $openssl]), "\n";
$ambient = getenv();
while (($line = fgets(STDIN)) !== false) {
    $case = json_decode($line, true);
    applied(array_merge($ambient, $case['environment'] ?? [], ['HOME' => $case['home']]));
    $result = ['id' => $case['id'], 'outcome' => 'fails', 'error' => ''];
    try {
        $result['outcome'] = encrypted($case['connection'] ?? '') ? 'tls' : 'plaintext';
    } catch (Throwable $error) {
        $result['error'] = substr($error->getMessage(), 0, 500);
    }
    echo json_encode($result, JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
