<?php
// Runs Laravel's connector and prints the DSN that PDO gets.
require 'Illuminate/Database/autoload.php';

use Illuminate\Database\Connectors\PostgresConnector;
use Illuminate\Support\ConfigurationUrlParser;

class Recorder extends PostgresConnector
{
    public array $handed = [];

    public function createConnection($dsn, array $config, array $options)
    {
        $this->handed = ['connection' => $dsn, 'properties' => isset($config['username']) ? ['user' => (string) $config['username']] : new stdClass()];
        throw new RuntimeException('handed');
    }
}

echo json_encode(['framework' => 'laravel', 'version' => $argv[1]]), "\n";
while (($line = fgets(STDIN)) !== false) {
    $question = json_decode($line, true);
    $recorder = new Recorder();
    $error = '';
    try {
        $config = (new ConfigurationUrlParser())->parseConfiguration($question['settings']);
        $recorder->connect($config);
    } catch (Throwable $e) {
        if (!$recorder->handed) {
            $error = get_class($e) . ': ' . $e->getMessage();
        }
    }
    echo json_encode(['id' => $question['id'], 'driver' => $recorder->handed ? 'php-pgsql' : '', 'error' => $error] + $recorder->handed), "\n";
}
