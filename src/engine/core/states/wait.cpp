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
  std::optional<asl::Query> seconds_query;
  std::optional<asl::Query> timestamp_query;

  bool is_absolute() const { return timestamp || timestamp_path || timestamp_query; }
};

constexpr std::array<std::string_view, 2> kPaths{"SecondsPath", "TimestampPath"};

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  auto& fields = reader.fields;
  fields.exactly_one({"SecondsPath", "Seconds", "TimestampPath", "Timestamp"});
  body->seconds_query = fields.query("Seconds");
  body->timestamp_query = fields.query("Timestamp");
  body->seconds = fields.integer("Seconds", 0, kSecondsMax);
  body->seconds_path = fields.path("SecondsPath");
  body->timestamp_path = fields.path("TimestampPath");
  const auto text = fields.string("Timestamp");
  if (!text) return body;
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

/// What is no time is found out once the state waits, as recorded from AWS (LocalStack's snapshots).
asl::Evaluated<Instant> at_query(const asl::Query& query, const asl::Scope& scope) {
  STEPD_TRY(const std::string text, query.string(scope));
  if (const auto instant = from_rfc3339(text)) return *instant;
  asl::EvaluationError error(
      AslError(std::string(asl::errors::kQueryEvaluationError),
               "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: " + text),
      query.location());
  error.within_state = true;
  return error;
}

asl::Evaluated<Instant> due(const Body& body, const asl::Scope& scope, Instant now) {
  if (body.seconds_query) {
    STEPD_TRY(const auto seconds, body.seconds_query->integer(scope, 0, kSecondsMax));
    return now + std::chrono::seconds(seconds);
  }
  if (body.timestamp_query) return at_query(*body.timestamp_query, scope);
  if (body.seconds) return now + std::chrono::seconds(*body.seconds);
  if (body.timestamp) return *body.timestamp;
  STEPD_TRY(const auto instant,
            body.seconds_path ? after_path(*body.seconds_path, scope, now) : at_path(*body.timestamp_path, scope));
  return instant;
}

void go_on(Turn& turn, FrameId frame) {
  const auto& state = turn.state_of(frame);
  const auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  turn.leave(frame, *input, state.next, state.exit);
}

void enter(Turn& turn, FrameId frame) {
  const auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  const auto scope = turn.scope(frame, input->value());
  const auto& body = body_of<Body>(turn.state_of(frame));
  const auto instant = due(body, *scope, turn.now());
  if (!instant) return turn.fail(frame, instant.error());
  if (*instant <= turn.now()) return go_on(turn, frame);
  turn.record(frame, event::TimerArmed{*instant, body.is_absolute()}, Turn::Shown::No);
}

}  // namespace

const StateType wait{{.type = "Wait",
                      .groups = asl::kInputOutput | asl::kAssign | asl::kNextOrEnd,
                      .parse = parse,
                      .own_of_one_language = kPaths},
                     enter,
                     go_on};

}  // namespace stepd::core::states
