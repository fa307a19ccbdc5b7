// Choice (ASL §Choice State): the first rule that holds says where to go.
#include "engine/asl/choice_rules.h"

#include "engine/asl/common_fields.h"
#include "engine/asl/errors.h"
#include "engine/core/state_type.h"

#include <nlohmann/json.hpp>

namespace stepd::core::states {
namespace {

struct Rule {
  asl::ChoiceRule condition;
  std::string next;
  asl::ExitFields exit;
};

struct Body : asl::StateBody {
  std::vector<Rule> rules;
  std::string default_next;
};

Rule parse_rule(asl::StateReader& reader, const Json& json, const asl::QueryPlace& place) {
  asl::Fields fields(json, place.pointer, reader.fields.diagnostics(), reader.fields.language(), place.location);
  fields.require({"Next"});
  Rule rule{
      asl::ChoiceRule::compile(json, place.pointer, fields.diagnostics(), fields.language(), place.location), {}, {}};
  if (const auto next = fields.string("Next")) {
    rule.next = *next;
    reader.refer(*next, fields.pointer_to("Next"));
  }
  rule.exit = asl::read_exit(fields);
  return rule;
}

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  reader.fields.require({"Choices"});
  if (const auto next = reader.fields.string("Default")) {
    body->default_next = *next;
    reader.refer(*next, reader.fields.pointer_to("Default"));
  }
  const Json* rules = reader.fields.array("Choices");
  if (rules == nullptr) return body;
  if (rules->empty()) reader.fields.fault("Choices", "Value cannot be empty");
  for (std::size_t i = 0; i < rules->size(); ++i) {
    const auto place =
        asl::QueryPlace{reader.fields.pointer_to("Choices"), reader.fields.location_of("Choices")}.item(i);
    if ((*rules)[i].is_object())
      body->rules.push_back(parse_rule(reader, (*rules)[i], place));
    else
      reader.fields.diagnostics().push_back(
          {asl::Severity::Error, asl::codes::kSchema, "Expected value of type Object", place.pointer});
  }
  return body;
}

void enter(Turn& turn, FrameId frame) {
  const auto& state = turn.state_of(frame);
  const auto& body = body_of<Body>(state);
  const auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  const auto scope = turn.scope(frame, input->value());
  for (const auto& rule : body.rules) {
    const auto holds = rule.condition.holds(*scope);
    if (!holds) return turn.fail(frame, holds.error());
    if (*holds) return turn.leave(frame, *input, rule.next, rule.exit);
  }
  if (!body.default_next.empty()) return turn.leave(frame, *input, body.default_next, state.exit);
  // Measured on AWS (floci, pull request 3167), where the specification has States.NoChoiceMatched.
  turn.fail(frame,
            asl::errors::runtime("Failed to transition out of the state. The state does not point to a next state."));
}

}  // namespace

const StateType choice{{.type = "Choice", .groups = asl::kInputOutput | asl::kAssign, .parse = parse}, enter};

}  // namespace stepd::core::states
