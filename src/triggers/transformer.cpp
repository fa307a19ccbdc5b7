#include "triggers/transformer.h"

#include "base/json_pointer.h"
#include "base/payload.h"
#include "base/value/json_border.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

constexpr std::string_view kEventJson = "aws.events.event.json";
constexpr std::string_view kRuleName = "aws.events.rule-name";
constexpr std::string_view kIngestionTime = "aws.events.event.ingestion-time";
constexpr std::array kReserved{kEventJson, kRuleName, kIngestionTime};
constexpr std::size_t kPathsMax = 100;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// What stands within quotes for a value: a text without its own quotes, anything else as escaped JSON.
std::string within_quotes(const Json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string() ? value.get<std::string>() : print_json(value);
  const std::string quoted = print_json(Json(text));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

void Transformer::split(std::string_view text) {
  pieces_.emplace_back();
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      pieces_.back().text += c;
      pieces_.back().text += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (c == '<') {
      std::size_t end = i + 1;
      while (end < text.size() && is_name_char(text[end])) ++end;
      if (end > i + 1 && end < text.size() && text[end] == '>') {
        pieces_.back().variable = text.substr(i + 1, end - i - 1);
        pieces_.back().quoted = quoted;
        pieces_.emplace_back();
        i = end;
        continue;
      }
    }
    pieces_.back().text += c;
  }
}

std::string Transformer::render(const std::map<std::string, Json>& values) const {
  std::string text;
  for (const auto& piece : pieces_) {
    text += piece.text;
    if (piece.variable.empty()) continue;
    const auto found = values.find(piece.variable);
    const Json value = found == values.end() ? Json() : found->second;
    text += piece.quoted ? within_quotes(value) : print_json(value);
  }
  return text;
}

Transformer Transformer::compile(const Json& paths, const std::string& text, const std::string& paths_pointer,
                                 const std::string& template_pointer, asl::Diagnostics& diagnostics) {
  const auto fault = [&](const std::string& pointer, std::string message) {
    diagnostics.push_back({asl::Severity::Error, "INVALID_INPUT_TRANSFORMER", std::move(message), pointer});
  };
  Transformer transformer;
  if (paths.size() > kPathsMax) fault(paths_pointer, "more than " + std::to_string(kPathsMax) + " paths");
  for (const auto& [name, path] : paths.items()) {
    const std::string pointer = child_pointer(paths_pointer, name);
    if (!path.is_string()) {
      fault(pointer, "a path is a text that begins with $");
      continue;
    }
    auto parsed = asl::Path::parse(path.get_ref<const std::string&>());
    if (!parsed) {
      fault(pointer, parsed.error().cause);
    } else if (parsed->root_kind() != asl::Path::Root::Input) {
      fault(pointer, "a path looks into the event: it begins with a single $");
    } else {
      transformer.paths_.emplace(name, *std::move(parsed));
    }
  }
  transformer.split(text);
  for (const auto& piece : transformer.pieces_) {
    const std::string& name = piece.variable;
    const bool known =
        name.empty() || paths.contains(name) || std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
    if (!known) fault(template_pointer, "<" + name + "> has no path under paths");
  }
  const auto trial = parse_json(transformer.render({}));
  if (!trial) fault(template_pointer, "the template does not give JSON: " + trial.error().cause);
  return transformer;
}

Result<Json> Transformer::apply(const Json& event, const std::string& rule_name) const {
  std::map<std::string, Json> values;
  Budget budget;
  STEPD_TRY(const Value seen, from_json(event, budget));
  for (const auto& [name, path] : paths_) {
    if (const auto selected = path.select(seen, budget)) values.emplace(name, to_json(*selected));
  }
  values.emplace(kEventJson, event);
  values.emplace(kRuleName, rule_name);
  const auto time = event.find("time");
  values.emplace(kIngestionTime, time == event.end() ? Json() : *time);
  auto value = parse_json(render(values));
  if (!value) return AslError{"", "the input transformer gave no JSON: " + value.error().cause};
  return value;
}

}  // namespace stepd::triggers
