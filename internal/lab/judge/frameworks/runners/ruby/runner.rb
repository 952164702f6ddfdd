# Runs a framework of Ruby and prints what it hands to the gem pg.
require "json"
require "pg"

class Handed < StandardError; end

HANDED = {}

recorder = lambda do |*args, **keywords, &_|
  properties = args.last.is_a?(Hash) ? args.pop : keywords
  HANDED.update(driver: "ruby-pg", connection: args.join(" "), properties: properties.transform_keys(&:to_s).compact.transform_values(&:to_s))
  raise Handed
end
%i[connect new open async_connect sync_connect].each { |name| PG::Connection.define_singleton_method(name, &recorder) }
PG.define_singleton_method(:connect, &recorder)

def rails(settings)
  ActiveRecord::Base.configurations = { "test" => settings }
  ActiveRecord::Base.establish_connection(:test)
  ActiveRecord::Base.connection
end

def sequel(settings)
  options = settings.is_a?(Hash) ? settings.transform_keys(&:to_sym) : settings
  options[:driver_options] = options[:driver_options].transform_keys(&:to_sym) if options.is_a?(Hash) && options[:driver_options]
  Sequel.connect(options)
end

name = ARGV[0]
if name == "rails"
  ENV["RAILS_ENV"] = "test"
  require "active_record"
  version = ActiveRecord::VERSION::STRING
else
  require "sequel"
  version = Sequel.version
end
$stdout.sync = true
puts JSON.generate(framework: name, version: version)
STDIN.each_line do |line|
  question = JSON.parse(line)
  HANDED.clear
  error = ""
  begin
    method(name).call(question["settings"])
  rescue Exception => e # rubocop:disable Lint/RescueException: whatever it is, it is the framework's answer.
    error = "#{e.class}: #{e.message}" if HANDED.empty?
  end
  puts JSON.generate(id: question["id"], driver: HANDED.fetch(:driver, ""), connection: HANDED.fetch(:connection, ""), properties: HANDED.fetch(:properties, {}), error: error)
end
