// Pass (ASL §Pass State): hands its input on, or a fixed Result.
#include "base/value/json_border.h"
#include "engine/core/state_type.h"

#include <array>

namespace stepd::core::states {
namespace {

struct Body : asl::StateBody {
  std::optional<Value> result;
};

constexpr std::array<std::string_view, 1> kOwn{"Result"};

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  if (const Json* result = reader.fields.take("Result")) body->result = from_json(*result);
  return body;
}

void enter(Turn& turn, FrameId frame) {
  const auto& body = body_of<Body>(turn.state_of(frame));
  // With a Result neither InputPath nor Parameters are looked at: recorded from AWS, whose TestState shows nothing of
  // them then. Each execution stores the Result as a payload of its own.
  auto result = body.result ? asl::Evaluated<Payload>(Payload(*body.result)) : turn.parameters(frame);
  if (!result) return turn.fail(frame, result.error());
  turn.leave_with_result(frame, *std::move(result));
}

}  // namespace

const StateType pass{
    {.type = "Pass",
     .groups = asl::kInputOutput | asl::kParameters | asl::kResultPath | asl::kAssign | asl::kNextOrEnd,
     .parse = parse,
     .own_of_one_language = kOwn},
    enter};

}  // namespace stepd::core::states
