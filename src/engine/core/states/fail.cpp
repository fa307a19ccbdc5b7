// Fail (ASL §Fail State): ends its workflow badly, with an error and a cause of the author's choice.
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/expression.h"
#include "engine/core/state_type.h"

#include <array>

namespace stepd::core::states {
namespace {

struct Body : asl::StateBody {
  std::optional<std::string> error;
  std::optional<std::string> cause;
  std::optional<asl::Expression> error_path;
  std::optional<asl::Expression> cause_path;
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

constexpr std::array<std::string_view, 2> kPaths{"CausePath", "ErrorPath"};

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  reader.fields.at_most_one({"Error", "ErrorPath"});
  reader.fields.at_most_one({"Cause", "CausePath"});
  body->error = reader.fields.string("Error");
  body->cause = reader.fields.string("Cause");
  body->error_path = text_path(reader.fields, "ErrorPath");
  body->cause_path = text_path(reader.fields, "CausePath");
  return body;
}

Result<std::optional<std::string>> text(const std::optional<std::string>& fixed,
                                        const std::optional<asl::Expression>& path, std::string_view field,
                                        const asl::Scope& scope) {
  if (!path) return fixed;
  STEPD_TRY(auto value, path->evaluate(scope));
  if (!value.is_string()) {
    return asl::errors::runtime("The " + std::string(field) + " field refers to value " + print_for_cause(value) +
                                " which is not a string: " + path->text());
  }
  return std::optional(std::string(value.string()));
}

void enter(Turn& turn, FrameId frame) {
  const auto& body = body_of<Body>(turn.state_of(frame));
  const auto scope = turn.scope(frame, turn.frame(frame).input.value());
  auto error = text(body.error, body.error_path, "ErrorPath", *scope);
  if (!error) return turn.fail(frame, error.error());
  auto cause = text(body.cause, body.cause_path, "CausePath", *scope);
  if (!cause) return turn.fail(frame, cause.error());
  turn.fail(frame, Failure{*std::move(error), *std::move(cause)});
}

}  // namespace

const StateType fail{{.type = "Fail", .groups = 0, .parse = parse, .own_of_one_language = kPaths}, enter};

}  // namespace stepd::core::states
