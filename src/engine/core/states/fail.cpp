// Fail (ASL §Fail State): ends its workflow badly, with an error and a cause of the author's choice.
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/expression.h"
#include "engine/core/state_type.h"

#include <array>

namespace stepd::core::states {
namespace {

/// Error or Cause: fixed, or computed in one of the query languages.
struct Text {
  std::optional<std::string> fixed;
  std::optional<asl::Expression> path;
  std::string path_field;
  std::optional<asl::Query> query;
};

struct Body : asl::StateBody {
  Text error;
  Text cause;
};

/// AWS dev guide, Fail: a reference path, or an intrinsic function that makes a string.
std::optional<asl::Expression> text_path(asl::Fields& fields, std::string_view name) {
  const auto text = fields.string(name);
  if (!text) return std::nullopt;
  auto expression = asl::Expression::parse(*text, std::string(name));
  if (expression) return *std::move(expression);
  fields.fault(name, "The value for the field '" + std::string(name) +
                         "' must be a valid JSONPath or a valid intrinsic function call");
  return std::nullopt;
}

Text read_text(asl::Fields& fields, const std::string& name) {
  Text text;
  text.query = fields.query(name);
  text.fixed = fields.string(name);
  text.path_field = name + "Path";
  text.path = text_path(fields, text.path_field);
  return text;
}

constexpr std::array<std::string_view, 2> kPaths{"CausePath", "ErrorPath"};

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  reader.fields.at_most_one({"Error", "ErrorPath"});
  reader.fields.at_most_one({"Cause", "CausePath"});
  body->error = read_text(reader.fields, "Error");
  body->cause = read_text(reader.fields, "Cause");
  return body;
}

asl::Evaluated<std::optional<std::string>> evaluate(const Text& text, const asl::Scope& scope) {
  if (text.query) {
    STEPD_TRY(auto value, text.query->string(scope));
    return std::optional(std::move(value));
  }
  if (!text.path) return text.fixed;
  STEPD_TRY(auto value, text.path->evaluate(scope));
  if (!value.is_string()) {
    return asl::errors::runtime("The " + text.path_field + " field refers to value " + print_for_cause(value) +
                                " which is not a string: " + text.path->text());
  }
  return std::optional(std::string(value.string()));
}

void enter(Turn& turn, FrameId frame) {
  const auto& body = body_of<Body>(turn.state_of(frame));
  const auto scope = turn.scope(frame, turn.frame(frame).input.value());
  auto error = evaluate(body.error, *scope);
  if (!error) return turn.fail(frame, error.error());
  auto cause = evaluate(body.cause, *scope);
  if (!cause) return turn.fail(frame, cause.error());
  turn.fail(frame, Failure{*std::move(error), *std::move(cause)});
}

}  // namespace

const StateType fail{{.type = "Fail", .groups = 0, .parse = parse, .own_of_one_language = kPaths}, enter};

}  // namespace stepd::core::states
