#include "daemon/config/config.h"

#include "daemon/config/functions/handler_references.h"
#include "daemon/config/workflows/feedback_loops.h"
#include "daemon/text_file.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace stepd::daemon {
namespace {

constexpr std::string_view kRegion = "us-east-1";
constexpr std::string_view kAccount = "123456789012";

triggers::Origin read_origin(Mapping& root) {
  triggers::Origin origin{root.optional_text("region").value_or(std::string(kRegion)),
                          root.optional_text("account").value_or(std::string(kAccount))};
  const bool digits =
      origin.account.size() == 12 && origin.account.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) root.fault("account", "account: expected 12 digits, got " + origin.account);
  if (origin.region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) {
    root.fault("region", "region: expected a name such as us-east-1, got " + origin.region);
  }
  return origin;
}

std::filesystem::path read_data(Mapping& root, const std::filesystem::path& folder,
                                const std::optional<std::filesystem::path>& given) {
  const auto written = root.optional_text("data");
  if (given) return std::filesystem::absolute(*given).lexically_normal();
  if (written) return (folder / *written).lexically_normal();
  return std::filesystem::absolute("data");
}

void read_sections(Mapping& root, Config& config, const Substitutions& substitutions, Faults& faults) {
  config.listen = read_listen(root);
  config.origin = read_origin(root);
  config.buckets = read_buckets(root);
  config.tables = read_tables(root);
  config.topics = read_topics(root, config.origin);
  config.functions = read_functions(root, config.own_code);
  config.function_workers = read_function_workers(root);
  config.lambda_endpoint = read_lambda_endpoint(root);
  const auto inventory = inventory_of(config);
  config.state_machines = read_state_machines(root, config.origin, substitutions, inventory, faults);
  config.rules = read_rules(root, config.origin, config.state_machines, config.topics, inventory);
  config.notifications = read_notifications(root, config.origin, config.buckets, config.state_machines, inventory);
  config.routes = read_routes(
      root, config.origin,
      {config.state_machines, config.tables, config.buckets, config.functions, !config.lambda_endpoint.empty()});
  config.s3 = read_s3(root, config.origin);
  config.routes.s3 = config.s3.options;
  config.limits = read_limits(root);
  config.logs = read_log_groups(root);
  config.parameters = read_parameters(root);
  config.secrets = read_secrets(root);
  config.image_presets = read_image_presets(root);
  config.workers = read_workers(root);
  config.image_workers = read_image_workers(root, config.workers.tasks);
  config.traces = read_traces(root);
  config.labels = read_labels(root, config.functions, !config.lambda_endpoint.empty());
  check_handlers(root, config.functions, config.topics, !config.lambda_endpoint.empty());
  check_arguments(root, config.functions, inventory);
  check_feedback_loops(root, {config.origin, config.buckets, config.functions, config.state_machines, config.rules,
                              config.notifications});
  root.finish();
}

void sort_by_place(Faults& faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.file, a.at.line, a.at.column) < std::tie(b.file, b.at.line, b.at.column);
  });
  const auto same = [](const Fault& a, const Fault& b) { return to_text(a) == to_text(b); };
  faults.erase(std::unique(faults.begin(), faults.end(), same), faults.end());
}

}  // namespace

services::Inventory inventory_of(const Config& config) {
  services::Inventory inventory;
  for (const auto& each : config.functions) inventory.functions.push_back(each.name);
  for (const auto& each : config.buckets) inventory.buckets.push_back(each.name);
  for (const auto& each : config.tables) inventory.tables.push_back(each.name);
  for (const auto& each : config.topics) inventory.topics.push_back(each.topic.name);
  inventory.any_function = !config.lambda_endpoint.empty();
  return inventory;
}

bool LoadedConfig::is_valid() const {
  return std::none_of(faults.begin(), faults.end(),
                      [](const Fault& fault) { return fault.severity == asl::Severity::Error; });
}

Result<LoadedConfig> load_config(const std::filesystem::path& file, const std::optional<std::filesystem::path>& data,
                                 const Substitutions& substitutions) {
  STEPD_TRY(const std::string text, read_text_file(file));
  return load_config_text(text, file, data, substitutions);
}

LoadedConfig load_config_text(const std::string& text, const std::filesystem::path& file,
                              const std::optional<std::filesystem::path>& data, const Substitutions& substitutions) {
  LoadedConfig loaded;
  loaded.config.file = file;
  const auto source = asl::Source::read(text, asl::Format::Yaml);
  if (!source) {
    loaded.faults.push_back(syntax_fault(file, source.error().cause));
    return loaded;
  }
  Reading reading;
  Mapping root(source->value(), "", reading);
  reading.places.folder = std::filesystem::absolute(file).parent_path();
  reading.places.data = read_data(root, reading.places.folder, data);
  loaded.config.data = reading.places.data;
  read_sections(root, loaded.config, substitutions, loaded.faults);
  for (const auto& fault : reading.faults) {
    loaded.faults.push_back(
        {file, source->position_of(fault.pointer), fault.message, "", fault.severity, fault.code, fault.hint});
  }
  sort_by_place(loaded.faults);
  return loaded;
}

bool looks_like_config(const std::string& text) {
  static constexpr std::array kSections{"listen",     "buckets",        "tables", "topics",        "functions",
                                        "data",       "state_machines", "rules",  "notifications", "routes",
                                        "parameters", "secrets",        "traces"};
  const auto source = asl::Source::read(text, asl::Format::Yaml);
  if (!source || !source->value().is_object()) return false;
  const Json& value = source->value();
  if (value.contains("States") || value.contains("StartAt")) return false;
  return std::any_of(kSections.begin(), kSections.end(), [&](const char* name) { return value.contains(name); });
}

}  // namespace stepd::daemon
