// Wait (ASL §Wait State): a fixed or computed time span, or a point in time.
#include "base/clock.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/core/state_type.h"

#include <array>

namespace stepd::core::states {
namespace {

constexpr std::int64_t kSecondsMax = 99'999'999;

struct Body : asl::StateBody {
  std::optional<std::int64_t> seconds;
  std::optional<Instant> timestamp;
  std::optional<asl::Path> seconds_path;
  std::optional<asl::Path> timestamp_path;
};

constexpr std::array<std::string_view, 2> kPaths{"SecondsPath", "TimestampPath"};

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  auto& fields = reader.fields;
  fields.exactly_one({"SecondsPath", "Seconds", "TimestampPath", "Timestamp"});
  body->seconds = fields.integer("Seconds", 0, kSecondsMax);
  body->seconds_path = fields.path("SecondsPath");
  body->timestamp_path = fields.path("TimestampPath");
  const auto text = fields.string("Timestamp");
  if (!text || (reader.is_jsonata() && text->starts_with("{%"))) return body;
  body->timestamp = from_rfc3339(*text);
  if (!body->timestamp) fields.fault("Timestamp", "String does not match RFC3339 timestamp");
  return body;
}

/// AWS's texts for SecondsPath.
Result<Instant> after_path(const asl::Path& path, const asl::Scope& scope, Instant now) {
  const auto found = path.select(scope);
  if (!found)
    return asl::errors::runtime("The SecondsPath parameter does not reference an input value: " + path.text());
  const auto shown = path.text() + " == " + print_for_cause(*found);
  const auto seconds = found->integer();
  if (!seconds) return asl::errors::runtime("The SecondsPath parameter cannot be parsed as a long value: " + shown);
  if (*seconds < 0) return asl::errors::runtime("The SecondsPath parameter references a negative value: " + shown);
  return now + std::chrono::seconds(std::min(*seconds, kSecondsMax));
}

Result<Instant> at_path(const asl::Path& path, const asl::Scope& scope) {
  const auto found = path.select(scope);
  if (!found)
    return asl::errors::runtime("The TimestampPath parameter does not reference an input value: " + path.text());
  const auto instant = found->is_string() ? from_rfc3339(found->string()) : std::nullopt;
  if (!instant) {
    return asl::errors::runtime(
        "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: " +
        path.text() + " == " + (found->is_string() ? std::string(found->string()) : print_for_cause(*found)));
  }
  return *instant;
}

Result<Instant> due(const Body& body, const asl::Scope& scope, Instant now) {
  if (body.seconds) return now + std::chrono::seconds(*body.seconds);
  if (body.timestamp) return *body.timestamp;
  return body.seconds_path ? after_path(*body.seconds_path, scope, now) : at_path(*body.timestamp_path, scope);
}

void go_on(Turn& turn, FrameId frame) {
  const auto& state = turn.state_of(frame);
  const auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  turn.leave(frame, *input, state.next, state.assign ? &*state.assign : nullptr);
}

void enter(Turn& turn, FrameId frame) {
  const auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  const auto scope = turn.scope(frame, input->value());
  const auto& body = body_of<Body>(turn.state_of(frame));
  const auto instant = due(body, *scope, turn.now());
  if (!instant) return turn.fail(frame, instant.error());
  if (*instant <= turn.now()) return go_on(turn, frame);
  turn.record(frame, event::TimerArmed{*instant, body.timestamp || body.timestamp_path}, Turn::Shown::No);
}

}  // namespace

const StateType wait{{.type = "Wait",
                      .groups = asl::kInputOutput | asl::kAssign | asl::kNextOrEnd,
                      .parse = parse,
                      .own_of_one_language = kPaths},
                     enter,
                     go_on};

}  // namespace stepd::core::states
