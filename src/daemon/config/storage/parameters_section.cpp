#include "daemon/config/storage/parameters_section.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

namespace stepd::daemon {
namespace {

AslError unreadable(std::string why) { return {"", std::move(why)}; }

/// Systems Manager API reference, PutParameter; Secrets Manager API reference, CreateSecret.
bool is_hidden_name(std::string_view name, std::string_view marks) {
  return !name.empty() && name.size() <= 512 && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

/// A text, number or truth value as a text, of a list one of its elements with commas between.
std::optional<std::string> text_of_value(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (!value.is_array()) return std::nullopt;
  std::string list;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto element = value[i].is_array() ? std::nullopt : text_of_value(value[i]);
    if (!element) return std::nullopt;
    list += (i == 0 ? "" : ",") + *element;
  }
  return list;
}

void check_variable(Mapping& mapping, const std::string& variable) {
  if (variable.empty() || std::getenv(variable.c_str()) != nullptr) return;
  mapping.reading().faults.push_back({asl::Severity::Warning, "CONFIGURATION",
                                      "the environment variable " + variable + " is not set here",
                                      mapping.pointer_to("env")});
}

}  // namespace

Result<std::string> HiddenSource::read() const {
  if (!environment.empty()) {
    const char* found = std::getenv(environment.c_str());
    if (found == nullptr) return unreadable("the environment variable " + environment + " is not set");
    return std::string(found);
  }
  if (file.empty()) return value;
  std::ifstream stream(file, std::ios::binary);
  std::string text(kBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (!stream.is_open() || stream.bad()) return unreadable(file.string() + " cannot be read");
  if (text.size() > kBytesMax)
    return unreadable(file.string() + " has more than " + std::to_string(kBytesMax) + " bytes");
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

std::vector<ConfiguredParameter> read_parameters(Mapping& root) {
  std::vector<ConfiguredParameter> parameters;
  root.each("parameters", [&](const std::string& name, Mapping& mapping) {
    static const std::vector<std::string> kTypes{"String", "StringList", "SecureString"};
    ConfiguredParameter parameter;
    parameter.name = name;
    parameter.type = kTypes[mapping.choice("type", kTypes)];
    const Json* value = mapping.take("value");
    parameter.source.file = mapping.path("file").value_or("");
    if ((value == nullptr) == parameter.source.file.empty()) mapping.fault_here("expected either value or file: PATH");
    if (value != nullptr) {
      // What was given is not shown: it may be a secret.
      const auto text = text_of_value(*value);
      if (!text) mapping.fault("value", "value: expected a text, a number, true or false, or a list of them");
      parameter.source.value = text.value_or("");
    }
    if (!is_hidden_name(name, "_.-/"))
      mapping.fault_here("the name of a parameter has letters, digits and _ . - / only");
    parameters.push_back(std::move(parameter));
  });
  std::sort(parameters.begin(), parameters.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return parameters;
}

std::vector<ConfiguredSecret> read_secrets(Mapping& root) {
  std::vector<ConfiguredSecret> secrets;
  root.each("secrets", [&](const std::string& name, Mapping& mapping) {
    ConfiguredSecret secret;
    secret.name = name;
    secret.source.environment = mapping.optional_text("env").value_or("");
    secret.source.file = mapping.path("file").value_or("");
    if (secret.source.environment.empty() == secret.source.file.empty()) {
      mapping.fault_here("expected either env: NAME or file: PATH, where the secret is");
    }
    check_variable(mapping, secret.source.environment);
    if (!is_hidden_name(name, "/_+=.@-"))
      mapping.fault_here("the name of a secret has letters, digits and / _ + = . @ - only");
    secrets.push_back(std::move(secret));
  });
  std::sort(secrets.begin(), secrets.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return secrets;
}

}  // namespace stepd::daemon
