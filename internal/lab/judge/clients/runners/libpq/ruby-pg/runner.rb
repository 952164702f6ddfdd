# Connects with ruby-pg, one JSON case a line: the connection string, and the
# properties as a hash beside it.
require "json"
require "pg"
require "tempfile"

QUERY = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"

def connect(kase)
  given = (kase["properties"] || {}).reject { |k, _| k == "pg_service.conf" }.transform_keys(&:to_sym)
  connection = kase["connection"].to_s
  args = []
  args << connection unless connection.empty?
  args << given unless given.empty?
  session = PG.connect(*args)
  session.exec(QUERY).getvalue(0, 0) == "t"
ensure
  session&.finish
end

def openssl_version
  library = Dir["/usr/lib/*/libcrypto.so.3"].first
  File.binread(library)[/OpenSSL (\d+\.\d+\.\d+[a-z]?) /, 1]
end

$stdout.sync = true
number = PG.library_version
libpq = "#{number / 10_000}.#{number % 10_000}"
puts JSON.generate(driver: "ruby-pg", version: PG::VERSION, rule_version: libpq,
                   runtime: "Ruby #{RUBY_VERSION}, libpq #{libpq}, OpenSSL #{openssl_version}",
                   runtime_version: openssl_version)
ambient = ENV.to_h
$stdin.each_line do |line|
  kase = JSON.parse(line)
  ENV.replace(ambient.merge(kase["environment"] || {}).merge("HOME" => kase["home"]))
  services = nil
  if (content = (kase["properties"] || {})["pg_service.conf"])
    services = Tempfile.create.tap { |f| f.write(content); f.close }
    ENV["PGSERVICEFILE"] = services.path
  end
  result = { id: kase["id"], outcome: "fails", error: "" }
  begin
    result[:outcome] = connect(kase) ? "tls" : "plaintext"
  rescue StandardError => e
    result[:error] = "#{e.class}: #{e.message}".scrub[0, 500]
  end
  File.unlink(services.path) if services
  puts JSON.generate(result)
end
