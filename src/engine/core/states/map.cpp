// Map (ASL §Map State), inline: one iteration per item of an array, their outputs in one array.
#include "base/limits.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/core/map_fields.h"
#include "engine/core/state_type.h"

#include <algorithm>
#include <charconv>

namespace stepd::core::states {
namespace {

using Body = MapFields;

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) { return parse_map(reader); }

/// What an integer of any size comes to, also one in a text.
std::optional<std::int64_t> as_integer(const Value& value) {
  const auto text = value.is_string() ? std::string(value.string()) : value.is_number() ? print(value) : "";
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) return text.front() == '-' ? INT64_MIN : INT64_MAX;
  return read.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

Result<std::int64_t> integer_at(const asl::Path& path, const std::string& field, const asl::Scope& scope) {
  STEPD_TRY(auto value, path.select(scope));
  if (const auto number = as_integer(value)) return *number;
  const auto shown = value.is_string() ? std::string(value.string()) : print_for_cause(value);
  return asl::errors::runtime("The " + field + " field refers to value \"" + shown +
                              "\" which is not a valid integer: " + path.text());
}

Result<std::int64_t> count_at(const asl::Path& path, const std::string& field, const asl::Scope& scope) {
  STEPD_TRY(const auto number, integer_at(path, field, scope));
  if (number >= 0) return number;
  return asl::errors::runtime("The " + field + " field refers to a negative value: " + path.text() +
                              " == " + std::to_string(number));
}

/// 0 stands for as many as there may be at once.
asl::Evaluated<std::int64_t> concurrency(const Body& body, const asl::Scope& scope) {
  if (body.max_concurrency_query) return body.max_concurrency_query->integer(scope, 0, INT64_MAX);
  if (!body.max_concurrency_path) return body.max_concurrency;
  STEPD_TRY(const auto number, integer_at(*body.max_concurrency_path, "MaxConcurrencyPath", scope));
  if (number >= 0) return number;
  return asl::errors::runtime("Expected non-negative integer for MaxConcurrency, got '" + std::to_string(number) +
                              "' instead.");
}

/// As recorded from AWS: of a path into the context object its message shows the beginning alone.
AslError no_list(const asl::Path& path) {
  const bool context = path.root_kind() == asl::Path::Root::Context;
  return asl::errors::runtime("Reference path \"" + (context ? "$" : path.text()) + "\" must point to array.");
}

/// AWS's texts, recorded (LocalStack's snapshots, Items of a Map).
asl::Evaluated<Value> jsonata_items(const Body& body, const asl::Scope& scope) {
  if (!body.items_template) {
    auto input = scope.input();
    if (input.is_array()) return input;
    return asl::EvaluationError(AslError(std::string(asl::errors::kQueryEvaluationError),
                                         "Map state input must be an array but was: " + print_for_cause(input)));
  }
  STEPD_TRY(auto items, body.items_template->evaluate(scope));
  const auto* query = body.items_template->query();
  if (!items.is_array() && query != nullptr) return query->unexpected(items, "array");
  return items;
}

asl::Evaluated<Value> items_of(const asl::State& state, const asl::Scope& scope) {
  const auto& body = body_of<Body>(state);
  if (state.language == asl::QueryLanguage::Jsonata) return jsonata_items(body, scope);
  STEPD_TRY(auto items, body.items.select(scope));
  if (!items.is_array()) return no_list(body.items);
  return items;
}

/// How much failure a Map in DISTRIBUTED mode puts up with: a test shows it and keeps to it.
asl::Evaluated<void> tell_tolerance(const Turn& turn, FrameId frame, const Body& body, const asl::Scope& scope) {
  auto count = body.tolerated_failure_count;
  if (const auto& path = body.tolerated_failure_count_path) {
    STEPD_TRY(count, count_at(*path, "ToleratedFailureCountPath", scope));
  }
  if (const auto& query = body.tolerated_failure_count_query) {
    STEPD_TRY(count, query->integer(scope, 0, kToleratedFailuresMax));
  }
  auto percentage = body.tolerated_failure_percentage;
  if (const auto& path = body.tolerated_failure_percentage_path) {
    STEPD_TRY(auto value, path->select(scope));
    if (!value.is_number())
      return asl::errors::runtime("The ToleratedFailurePercentagePath field refers to value \"" +
                                  print_for_cause(value) + "\" which is not a number: " + path->text());
    percentage = value.number();
  }
  if (const auto& query = body.tolerated_failure_percentage_query) {
    STEPD_TRY(percentage, query->number(scope, 0, 100));
  }
  if (count) turn.tell(frame, Step::ToleratedFailureCount, Payload(Value::integer(*count)));
  if (percentage) turn.tell(frame, Step::ToleratedFailurePercentage, Payload(Value::number(*percentage)));
  return {};
}

std::uint32_t at_once(std::int64_t concurrency) {
  constexpr std::int64_t kCeiling = limits::kInlineMapConcurrency;
  return static_cast<std::uint32_t>(concurrency == 0 ? kCeiling : std::min(concurrency, kCeiling));
}

void join_if_done(Turn& turn, FrameId frame) {
  const auto& standing = std::get<AwaitingFrames>(turn.frame(frame).standing);
  if (standing.finished < standing.total) return;
  turn.leave_joined(frame);
}

/// Opens iterations while there are items and room. `previous`: what AWS names as the event before.
void open_iterations(Turn& turn, FrameId frame, std::optional<std::uint32_t> previous) {
  const auto& state = turn.state_of(frame);
  const auto& body = body_of<Body>(state);
  std::optional<Payload> input;
  for (;;) {
    const auto& standing = std::get<AwaitingFrames>(turn.frame(frame).standing);
    if (standing.opened >= standing.total || standing.opened - standing.finished >= standing.max_concurrency) return;
    const auto index = standing.opened;
    const auto items = standing.items.value();
    const Value& item = items[index];
    Payload item_input;
    if (body.item_selector) {
      if (!input) {
        auto found = turn.effective_input(frame);
        if (!found) return turn.fail(frame, found.error());
        input = *std::move(found);
      }
      auto selected = body.item_selector->evaluate(*turn.item_scope(frame, input->value(), index, item));
      if (!selected) return turn.fail(frame, selected.error());
      if (selected->text_bytes() > limits::kPayloadBytes) return turn.fail(frame, asl::errors::of_limit(Limit::Bytes));
      item_input = Payload(*std::move(selected));
      turn.tell(frame, Step::AfterItemSelector, item_input);
    } else {
      item_input = Payload(item);
    }
    turn.record(frame,
                event::IterationStarted{state.name, index, std::move(item_input), state.workflows.front()->start_at},
                Turn::Shown::InHistory, previous);
  }
}

void enter(Turn& turn, FrameId frame) {
  const auto& state = turn.state_of(frame);
  const auto& body = body_of<Body>(state);
  const auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  const auto scope = turn.scope(frame, input->value());
  auto items = items_of(state, *scope);
  if (!items) return turn.fail(frame, items.error());
  const auto max_concurrency = concurrency(body, *scope);
  if (!max_concurrency) return turn.fail(frame, max_concurrency.error());
  turn.tell(frame, Step::MaxConcurrency, Payload(Value::integer(*max_concurrency)));
  const auto tolerance = tell_tolerance(turn, frame, body, *scope);
  if (!tolerance) return turn.fail(frame, tolerance.error());
  const auto length = static_cast<std::uint32_t>(items->size());
  const Payload list(*std::move(items));
  turn.tell(frame, Step::AfterItemsPath, list);
  turn.record(frame, event::MapStarted{list, length, at_once(*max_concurrency)});
  open_iterations(turn, frame, std::nullopt);
  if (length == 0) join_if_done(turn, frame);
}

void child_finished(Turn& turn, FrameId frame, FrameId child) {
  const auto index = turn.frame(child).index;
  const auto last = turn.frame(child).last_id;
  turn.record(child, event::IterationSucceeded{turn.frame(frame).state, index});
  open_iterations(turn, frame, last);
  const Frame* still = turn.execution().find(frame);  // gone if an ItemSelector failed the execution
  if (still != nullptr && std::holds_alternative<AwaitingFrames>(still->standing)) join_if_done(turn, frame);
}

void child_failed(Turn& turn, FrameId frame, FrameId child) {
  turn.record(child, event::IterationFailed{turn.frame(frame).state, turn.frame(child).index});
}

void child_aborted(Turn& turn, FrameId frame, FrameId child) {
  turn.record(child, event::IterationAborted{turn.frame(frame).state, turn.frame(child).index}, Turn::Shown::InHistory,
              turn.frame(frame).last_id);
}

}  // namespace

const StateType map{{.type = "Map",
                     .groups = asl::kInputOutput | asl::kResultSelector | asl::kResultPath | asl::kAssign |
                               asl::kNextOrEnd | asl::kRetryCatch,
                     .parse = parse,
                     .own_of_one_language = kMapFieldsOfOneLanguage},
                    enter,
                    nullptr,
                    child_finished,
                    child_failed,
                    child_aborted};

}  // namespace stepd::core::states
