// Runs the golden cases: one checker per kind.
#include "base/payload.h"
#include "case_table.h"
#include "engine/asl/choice_operators.h"
#include "engine/asl/choice_rules.h"
#include "engine/asl/expression.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "engine/asl/resource.h"
#include "engine/asl/source.h"
#include "engine/core/compile.h"
#include "support.h"

#include <algorithm>
#include <regex>

namespace stepd::asl::test {
namespace {

std::string text_of(const Json& fields, const char* name) { return fields.at(name).get<std::string>(); }

FixedScope scope_of(const Json& fields) {
  return FixedScope(fields.value("input", Json::object()), fields.value("context", Json::object()),
                    fields.value("variables", Json::object()));
}

/// `refused`: part of the text that says why, or true where no text is promised.
void expect_refused(const Json& fields, const AslError& error) {
  ASSERT_TRUE(fields.contains("refused")) << "refused: " << error.cause;
  EXPECT_EQ(error.name, "");
  if (fields["refused"].is_string()) {
    EXPECT_THAT(error.cause, ::testing::HasSubstr(text_of(fields, "refused")));
  }
}

/// `gives`: the value; `matches`: a regular expression; `fails`: {error, cause}, the cause exact unless `cause_has`.
void expect_result(const Json& fields, const Result<Json>& result) {
  ASSERT_FALSE(fields.contains("refused")) << "accepted, and gives " << (result ? print_json(*result) : "an error");
  if (!fields.contains("fails")) {
    ASSERT_TRUE(result.has_value()) << result.error().name << ": " << result.error().cause;
    if (fields.contains("matches")) {
      EXPECT_TRUE(std::regex_match(result->get<std::string>(), std::regex(text_of(fields, "matches")))) << *result;
    } else {
      expect_same(*result, fields.at("gives"));
    }
    return;
  }
  ASSERT_FALSE(result.has_value()) << "gives " << print_json(*result);
  const Json& wanted = fields["fails"];
  EXPECT_EQ(result.error().name, text_of(wanted, "error"));
  if (wanted.contains("cause")) {
    EXPECT_EQ(result.error().cause, text_of(wanted, "cause"));
  }
  if (wanted.contains("cause_has")) {
    EXPECT_THAT(result.error().cause, ::testing::HasSubstr(text_of(wanted, "cause_has")));
  }
}

Result<Json> taken(const Result<Value>& value) {
  if (!value) return value.error();
  return to_json(*value);
}

/// Its location as AWS writes it, or its pointer where no whole definition was read.
std::string place_of(const Diagnostic& each) {
  return each.location.empty() && each.located != Located::Nowhere ? each.pointer : each.location;
}

/// `faults`: each with `at` (a place) and `says` (the whole message), in any order, none missing, none more. `code`,
/// `hint` and `pointer` where they matter. Warnings are left out, unless the case has `warnings: true`.
void expect_faults(const Json& fields, Diagnostics diagnostics) {
  if (!fields.value("warnings", false))
    std::erase_if(diagnostics, [](const Diagnostic& each) { return each.severity == Severity::Warning; });
  std::vector<std::string> got;
  std::vector<std::string> wanted;
  for (const auto& each : diagnostics) got.push_back(place_of(each) + " | " + each.message);
  for (const auto& each : fields.value("faults", Json::array()))
    wanted.push_back(text_of(each, "at") + " | " + text_of(each, "says"));
  EXPECT_THAT(got, ::testing::UnorderedElementsAreArray(wanted));
  if (fields.value("in_order", false)) {
    EXPECT_EQ(got, wanted);
  }
  for (const auto& each : fields.value("faults", Json::array())) {
    const auto fits = [&](const Diagnostic& d) {
      return place_of(d) == text_of(each, "at") && d.message == text_of(each, "says") &&
             d.code == each.value("code", d.code) && d.hint == each.value("hint", d.hint) &&
             d.pointer == each.value("pointer", d.pointer);
    };
    EXPECT_TRUE(std::any_of(diagnostics.begin(), diagnostics.end(), fits)) << "no fault " << each;
  }
}

void check_path(const Json& fields) {
  const auto path = Path::parse(text_of(fields, "path"));
  if (!path) return expect_refused(fields, path.error());
  if (fields.contains("definite")) {
    EXPECT_EQ(path->is_definite(), fields["definite"].get<bool>());
  }
  if (fields.contains("reference")) {
    EXPECT_EQ(path->is_reference(), fields["reference"].get<bool>());
  }
  expect_result(fields, taken(path->select(scope_of(fields))));
}

void check_put(const Json& fields) {
  const auto path = Path::parse(text_of(fields, "path"));
  ASSERT_TRUE(path.has_value()) << path.error().cause;
  Budget budget;
  expect_result(fields, taken(put_at(*path, from_json(fields.at("input")), from_json(fields.at("result")), budget)));
}

void check_expression(const Json& fields) {
  const auto expression = Expression::parse(text_of(fields, "expression"), "value.$");
  if (!expression) return expect_refused(fields, expression.error());
  expect_result(fields, taken(expression->evaluate(scope_of(fields))));
}

void check_template(const Json& fields) {
  Diagnostics diagnostics;
  const auto compiled = PayloadTemplate::compile(fields.at("template"), "/P", diagnostics);
  expect_faults(fields, diagnostics);
  if (!diagnostics.empty() || fields.contains("faults")) return;
  if (fields.contains("names")) expect_same(Json(compiled.variables()), fields["names"]);
  expect_result(fields, taken(compiled.evaluate(scope_of(fields))));
}

void check_choice(const Json& fields) {
  Diagnostics diagnostics;
  const auto rule = ChoiceRule::compile(fields.at("rule"), "/R", diagnostics);
  expect_faults(fields, diagnostics);
  if (!diagnostics.empty() || fields.contains("faults")) return;
  const auto holds = rule.holds(scope_of(fields));
  expect_result(fields, holds ? Result<Json>(Json(*holds)) : Result<Json>(holds.error()));
}

void expect_comparison(const Json& rule, const Json& input, bool wanted) {
  Diagnostics diagnostics;
  const auto compiled = ChoiceRule::compile(rule, "", diagnostics);
  ASSERT_TRUE(diagnostics.empty()) << rule << ": " << diagnostics.front().message;
  const auto holds = compiled.holds(FixedScope(input));
  ASSERT_TRUE(holds.has_value()) << rule << " over " << input << ": " << holds.error().cause;
  EXPECT_EQ(*holds, wanted) << rule << " over " << input;
}

/// `holds` and `not`: pairs of value and operand, each tried against the literal operand and, where the operator has
/// such a form, against a path to it. `not_by_path`: pairs whose operand only a path can bring.
void check_comparison(const Json& fields) {
  const auto name = text_of(fields, "operator");
  const bool by_path = fields.value("by_path", true);
  const auto check = [&](const char* list, bool wanted, bool by_literal) {
    for (const auto& pair : fields.value(list, Json::array())) {
      const Json input{{"v", pair.at(0)}, {"o", pair.at(1)}};
      if (by_literal) expect_comparison({{"Variable", "$.v"}, {name, pair.at(1)}}, input, wanted);
      if (by_path) expect_comparison({{"Variable", "$.v"}, {name + "Path", "$.o"}}, input, wanted);
    }
  };
  check("holds", true, true);
  check("not", false, true);
  check("not_by_path", false, false);
}

/// What is valid and cannot be run here is a fault in cases with `runs: true` alone.
void check_definition(const Json& fields) {
  ParseOptions options;
  options.express = fields.value("express", false);
  options.templated = fields.value("templated", false);
  options.stored = fields.value("stored", false);
  options.tested = !fields.value("runs", false);
  if (fields.contains("text"))
    return expect_faults(fields, core::compile_text(std::string_view(text_of(fields, "text")), options).diagnostics);
  const auto compiled = core::compile(fields.at("definition"), options);
  expect_faults(fields, compiled.diagnostics);
  const bool refused = fields.contains("faults") && !fields.value("warnings", false);
  EXPECT_EQ(compiled.definition == nullptr, refused || options.templated);
}

void check_source(const Json& fields) {
  const auto format = text_of(fields, "format") == "yaml" ? Format::Yaml : Format::Json;
  const auto source = Source::read(text_of(fields, "text"), format);
  if (!source) return expect_refused(fields, source.error());
  ASSERT_FALSE(fields.contains("refused")) << "accepted: " << source->value();
  if (fields.contains("gives")) expect_same(source->value(), fields["gives"]);
  const Json places = fields.value("places", Json::object());
  for (const auto& [pointer, place] : places.items()) {
    const auto position = source->position_of(pointer);
    EXPECT_EQ(Json({position.line, position.column}), place) << "place of " << pointer;
  }
}

void check_substitution(const Json& fields) {
  std::map<std::string, std::string> values;
  const Json wanted = fields.value("values", Json::object());
  for (const auto& [name, value] : wanted.items()) values[name] = value.get<std::string>();
  Json definition = fields.at("definition");
  const auto unknown = substitute(definition, values);
  expect_same(definition, fields.at("gives"));
  expect_same(Json(unknown), fields.value("unknown", Json::array()));
}

void check_resource(const Json& fields) {
  static const char* kKinds[] = {"LambdaFunction", "Activity", "Service"};
  static const char* kPatterns[] = {"RequestResponse", "Sync", "Sync2", "WaitForTaskToken"};
  const auto resource = Resource::parse(text_of(fields, "resource"));
  if (!resource) return expect_refused(fields, resource.error());
  ASSERT_FALSE(fields.contains("refused")) << "accepted";
  const Json got{{"kind", kKinds[static_cast<int>(resource->kind)]},
                 {"pattern", kPatterns[static_cast<int>(resource->pattern)]},
                 {"service", resource->service},
                 {"action", resource->action},
                 {"name", resource->name}};
  for (const auto& [name, value] : fields.at("is").items()) EXPECT_EQ(got.at(name), value) << name;
}

const std::map<std::string, void (*)(const Json&)>& checkers() {
  static const std::map<std::string, void (*)(const Json&)> all{
      {"path", check_path},
      {"put", check_put},
      {"expression", check_expression},
      {"template", check_template},
      {"choice", check_choice},
      {"comparison", check_comparison},
      {"definition", check_definition},
      {"source", check_source},
      {"substitution", check_substitution},
      {"resource", check_resource},
  };
  return all;
}

class GoldenCase : public ::testing::TestWithParam<Case> {};

TEST_P(GoldenCase, holds) {
  SCOPED_TRACE(GetParam().where);
  const auto checker = checkers().find(GetParam().kind);
  ASSERT_NE(checker, checkers().end()) << "no checker for kind " << GetParam().kind;
  checker->second(*GetParam().fields);
}

INSTANTIATE_TEST_SUITE_P(Asl, GoldenCase, ::testing::ValuesIn(all_cases()),
                         [](const auto& each) { return each.param.name; });

}  // namespace

void PrintTo(const Case& one, std::ostream* out) { *out << one.where; }

}  // namespace stepd::asl::test
