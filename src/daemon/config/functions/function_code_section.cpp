#include "daemon/config/functions/function_code_section.h"

#include "base/payload.h"
#include "functions/blueprint.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMebibyte = 1024 * 1024;
// Lambda quotas.
constexpr milliseconds kLongest{900'000};
constexpr std::uint64_t kMostMemory = 10'240 * kMebibyte;
constexpr std::uint64_t kLeastMemory = 64 * kMebibyte;
constexpr std::size_t kVariableBytes = 4'096;
constexpr std::size_t kLayers = 5;

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_runtime(std::string_view text) {
  if (text == "python3") return true;
  if (text.starts_with("python3.")) return is_version(text.substr(8));
  if (text.starts_with("nodejs")) {
    auto version = text.substr(6);
    if (version.ends_with(".x")) version.remove_suffix(2);
    return is_version(version);
  }
  return text == "provided" || text == "provided.al2" || text == "provided.al2023";
}

/// Lambda's own name pattern, of the last part of an ARN.
bool is_function_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

functions::Variables read_variables(Mapping& mapping) {
  functions::Variables variables;
  const Json* written = mapping.object("environment", false);
  if (written == nullptr) return variables;
  std::size_t bytes = 0;
  for (const auto& [name, value] : written->items()) {
    if (!value.is_string() && !value.is_number() && !value.is_boolean()) {
      mapping.fault("environment", "environment: the value of " + name + " must be a text, a number, true or false");
      continue;
    }
    if (functions::is_reserved_variable(name)) {
      mapping.fault("environment", "environment: " + name + " is set by the runtime, as on Lambda");
      continue;
    }
    variables.emplace_back(name, value.is_string() ? value.get<std::string>() : print_json(value));
    bytes += name.size() + variables.back().second.size();
  }
  if (bytes > kVariableBytes) mapping.fault("environment", "environment: names and values have more than 4 KB");
  return variables;
}

std::vector<std::string> read_layers(Mapping& mapping) {
  auto layers = mapping.texts("layers");
  if (layers.size() > kLayers) mapping.fault("layers", "layers: a function has at most 5");
  for (auto& each : layers) {
    if (!each.starts_with("arn:")) each = mapping.reading().places.resolve(each).string();
  }
  return layers;
}

void read_program(Mapping& mapping, functions::FunctionCode& code) {
  code.command = mapping.texts("command");
  if (mapping.has("command")) {
    if (code.command.empty()) mapping.fault("command", "command: expected a list, a program and its arguments");
    code.runtime = mapping.optional_text("runtime").value_or("");
    code.handler = mapping.optional_text("handler").value_or("");
    return;
  }
  code.runtime = mapping.text("runtime");
  if (!code.runtime.empty() && !is_runtime(code.runtime)) {
    mapping.fault("runtime",
                  "runtime: expected python3.12, nodejs22.x or another version of these, or provided.al2023, "
                  "got " +
                      code.runtime);
  }
  const bool provided = code.runtime.starts_with("provided");
  code.handler = provided ? mapping.optional_text("handler").value_or("bootstrap") : mapping.text("handler");
}

}  // namespace

bool is_function_code(const Mapping& mapping) { return mapping.has("code") || mapping.has("command"); }

functions::FunctionCode read_function_code(const std::string& name, Mapping& mapping) {
  functions::FunctionCode code;
  code.name = name;
  if (!is_function_name(name)) {
    mapping.fault_here("a function of one's own code has a name of at most 64 letters, digits, - and _");
  }
  const auto path = mapping.path("code");
  if (path) code.code = path->lexically_normal();
  std::error_code failed;
  if (!path) {
    mapping.fault("code", "code: expected the folder of the function, or a .zip");
  } else if (!std::filesystem::exists(code.code, failed)) {
    mapping.reading().faults.push_back({asl::Severity::Warning, "CONFIGURATION",
                                        "code: there is no " + code.code.string(), mapping.pointer_to("code")});
  }
  read_program(mapping, code);
  code.environment = read_variables(mapping);
  code.timeout = mapping.duration("timeout", milliseconds{100}, kLongest, code.timeout);
  code.memory = mapping.bytes("memory", code.memory);
  if (code.memory < kLeastMemory || code.memory > kMostMemory) {
    mapping.fault("memory", "memory: expected 64 MiB to 10240 MiB");
  }
  code.layers = read_layers(mapping);
  code.concurrency = static_cast<unsigned>(mapping.number("concurrency", 1, 1'000, 0));
  code.log_group = mapping.optional_text("log_group").value_or("/aws/lambda/" + name);
  return code;
}

functions::WorkerRules read_function_workers(Mapping& root) {
  functions::WorkerRules rules;
  root.section("function_workers", [&](Mapping& mapping) {
    rules.processes = static_cast<unsigned>(mapping.number("processes", 1, 1'000, rules.processes));
    rules.processes_max = static_cast<unsigned>(mapping.number("processes_max", 1, 10'000, rules.processes_max));
    rules.idle = mapping.duration("idle", milliseconds{100}, milliseconds{86'400'000}, rules.idle);
    rules.confined = mapping.flag("confined", true);
    for (const auto& each : mapping.texts("readable")) {
      rules.readable.push_back(mapping.reading().places.resolve(each));
    }
  });
  return rules;
}

}  // namespace stepd::daemon
