#include "jsonata_cases.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace stepd::jsonata {

namespace {

std::filesystem::path cases_folder() { return std::filesystem::path(STEPD_SOURCE_DIR) / "tests/jsonata/cases"; }

Value json_of(const std::string& text) {
  auto value = parse_value(text);
  if (!value) throw std::runtime_error(text + ": " + value.error().cause);
  return *std::move(value);
}

}  // namespace

std::vector<std::string> case_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(cases_folder())) names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Case> read_cases(const std::string& name) {
  std::ifstream file(cases_folder() / (name + ".txt"));
  std::vector<Case> cases;
  Case next;
  next.file = name;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto rest = [&](std::string_view word) { return line.substr(word.size()); };
    if (line.starts_with("## ")) {
      next.heading = rest("## ");
    } else if (line.empty() || line.starts_with("# ")) {
      continue;
    } else if (line.starts_with("input ")) {
      next.input = rest("input ") == "none" ? std::optional<Value>() : json_of(rest("input "));
    } else if (line.starts_with("now ")) {
      next.now_ms = std::stoll(rest("now "));
    } else if (line.starts_with("dialect ")) {
      next.dialect = rest("dialect ") == "StepFunctions" ? Dialect::StepFunctions : Dialect::Standard;
    } else if (line.starts_with("=> ")) {
      next.expected = rest("=> ");
      cases.push_back(next);
    } else {
      next.line = number;
      next.expression = line;
    }
  }
  if (cases.empty()) throw std::runtime_error("no cases in " + name);
  return cases;
}

Outcome run_case(const Case& test) {
  const auto compiled = Expression::compile(test.expression, test.dialect);
  if (const auto* error = std::get_if<Error>(&compiled)) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::Failed;
    outcome.error = *error;
    return outcome;
  }
  const Bounds bounds = test.dialect == Dialect::StepFunctions ? Bounds::of_step_functions() : Bounds();
  return evaluate(std::get<Expression>(compiled), test.input, {}, Environment{test.now_ms, 1}, bounds);
}

std::string show_outcome(const Outcome& outcome, std::string_view expected) {
  switch (outcome.kind) {
    case Outcome::Kind::Undefined:
      return "nothing";
    case Outcome::Kind::Function:
      return "function";
    case Outcome::Kind::NotFinite:
    case Outcome::Kind::Value:
      return print(outcome.value);
    case Outcome::Kind::Failed:
      break;
  }
  std::string out = "error " + outcome.error.code;
  if (outcome.error.code.empty()) out += outcome.error.message;
  const bool tells_position = !expected.starts_with("error ") || expected.find('@') != std::string_view::npos;
  if (tells_position) out += " @" + std::to_string(outcome.error.position);
  const bool tells_token = std::count(expected.begin(), expected.end(), ' ') > (tells_position ? 2 : 1);
  return tells_token ? out + " " + outcome.error.token : out;
}

bool is_as_expected(const Outcome& outcome, std::string_view expected) {
  const bool is_value = outcome.kind == Outcome::Kind::Value || outcome.kind == Outcome::Kind::NotFinite;
  if (!is_value) return show_outcome(outcome, expected) == expected;
  const auto value = parse_value(expected);
  return value && outcome.value == *value;
}

}  // namespace stepd::jsonata
