#include "templates/part.h"

#include <algorithm>

namespace stepd::templates {
namespace {

std::vector<std::string> fields_of(const std::string& arn) {
  std::vector<std::string> fields;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = arn.find(':', from)) != std::string::npos; from = end + 1) {
    fields.push_back(arn.substr(from, end - from));
  }
  fields.push_back(arn.substr(from));
  return fields;
}

}  // namespace

std::string Part::text(const Node& of, std::string_view name, std::string fallback) {
  const Node* found = of.find(name);
  if (found == nullptr || found->is_null()) return fallback;
  if (found->is_scalar()) return found->text;
  error(found->at, std::string(name) + ": expected a text");
  return fallback;
}

bool Part::flag(const Node& of, std::string_view name, bool fallback) {
  auto written = text(of, name, fallback ? "true" : "false");
  std::transform(written.begin(), written.end(), written.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  if (written == "true" || written == "yes") return true;
  if (written == "false" || written == "no") return false;
  error(of.find(name)->at, std::string(name) + ": expected true or false, got " + written);
  return fallback;
}

const Node* Part::map(const Node& of, std::string_view name) {
  const Node* found = of.find(name);
  if (found == nullptr || found->is_null()) return nullptr;
  if (found->is_map()) return found;
  error(found->at, std::string(name) + ": expected a mapping");
  return nullptr;
}

const Node* Part::list(const Node& of, std::string_view name) {
  const Node* found = of.find(name);
  if (found == nullptr || found->is_null()) return nullptr;
  if (found->is_list()) return found;
  error(found->at, std::string(name) + ": expected a list");
  return nullptr;
}

void Part::error(Place at, const std::string& why) {
  conversion_.problems.error(at.line > 0 ? at : resource_.at, resource_.logical_id + ": " + why);
}

void Part::warning(Place at, const std::string& why) {
  conversion_.problems.warning(at.line > 0 ? at : resource_.at, resource_.logical_id + ": " + why);
}

void Part::unserved(const std::string& what, const std::string& within) {
  Origin from = origin();
  if (!within.empty()) from.id += "." + within;
  draft_.project.unserved.push_back({std::move(from), what});
}

void Part::set_aside(const std::string& what) { draft_.project.set_aside.push_back({origin(), what}); }

std::optional<Target> target_of(const std::string& arn) {
  if (arn.empty()) return std::nullopt;
  const auto fields = fields_of(arn);
  if (fields.front() != "arn") return Target{Target::Kind::Function, fields.front()};
  if (fields.size() < 6) return std::nullopt;
  if (fields[2] == "lambda" && fields[5] == "function" && fields.size() >= 7)
    return Target{Target::Kind::Function, fields[6]};
  if (fields[2] == "states" && fields[5] == "stateMachine" && fields.size() >= 7) {
    return Target{Target::Kind::Machine, fields[6]};
  }
  if (fields[2] == "sns" && fields.size() == 6) return Target{Target::Kind::Topic, fields[5]};
  return std::nullopt;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

}  // namespace stepd::templates
