#include "engine/asl/common_fields.h"

#include "base/json_pointer.h"
#include "base/limits.h"
#include "engine/asl/errors.h"
#include "engine/asl/grammar.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

constexpr std::int64_t kSecondsMax = 99'999'999;
constexpr std::int64_t kDelaySecondsMax = 31'622'400;
constexpr double kBackoffRateMax = 1e9;

Selector selector(Fields& fields, std::string_view name) {
  Selector selector;
  const Json* value = fields.take(name);
  if (value == nullptr) return selector;
  if (value->is_null())
    selector.discards = true;
  else if (auto path = fields.path(name))
    selector.path = *std::move(path);
  return selector;
}

ResultPath result_path(Fields& fields) {
  ResultPath result;
  const Json* value = fields.take("ResultPath");
  if (value == nullptr) return result;
  if (value->is_null()) {
    result.discards = true;
  } else if (auto path = fields.reference_path("ResultPath")) {
    if (path->root_kind() != Path::Root::Input) {
      fields.fault("ResultPath", "Value is not a Reference Path");
      fields.diagnostics().back().hint = "a variable is set by Assign, not by ResultPath";
    }
    result.path = *std::move(path);
  }
  return result;
}

/// Letters of any script, digits and `_`, not a digit first (AWS dev guide: Passing data with variables).
bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
  };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

void check_variable(Fields& fields, const std::string& name) {
  if (name == "states")
    return fields.fault("Assign", "Cannot assign to reserved variable '$states'.", codes::kReservedVariable);
  const std::string invalid = "Invalid variable name '" + name + "': ";
  if (characters(name) > limits::kVariableNameChars) {
    fields.fault("Assign", invalid + "the variable name exceeds the 80-character limit.", codes::kInvalidVariable);
  } else if (!is_variable_name(name)) {
    fields.fault("Assign", invalid + "the variable name contains invalid characters.", codes::kInvalidVariable);
  }
}

std::optional<PayloadTemplate> read_assign(Fields& fields, StatesAccess access) {
  const Json* value = fields.object("Assign");
  if (value == nullptr) return std::nullopt;
  for (const auto& [key, member] : value->items())
    check_variable(fields, !fields.is_jsonata() && key.ends_with(".$") ? key.substr(0, key.size() - 2) : key);
  return fields.payload_template("Assign", access);
}

template <class Item>
void each_object(Fields& fields, std::string_view name, Item item) {
  const Json* list = fields.array(name);
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const QueryPlace place = QueryPlace{fields.pointer_to(name), fields.location_of(name)}.item(i);
    Fields inner((*list)[i], place.pointer, fields.diagnostics(), fields.language(), place.location);
    if (!(*list)[i].is_object()) {
      inner.fault_here("Expected value of type Object");
      continue;
    }
    inner.take("Comment");
    item(inner, i + 1 == list->size());
    inner.refuse_others();
  }
}

std::vector<std::string> error_equals(Fields& fields, bool last) {
  const auto read = fields.strings("ErrorEquals");
  auto names = read.value_or(std::vector<std::string>{});
  if (read && names.empty()) fields.fault("ErrorEquals", "Value cannot be empty");
  const bool all = std::find(names.begin(), names.end(), errors::kAll) != names.end();
  if (all && (names.size() > 1 || !last))
    fields.fault("ErrorEquals", "States.ALL must appear alone and at end of list");
  return names;
}

Retrier retrier(Fields& fields, bool last) {
  Retrier retrier;
  fields.require({"ErrorEquals"});
  retrier.error_equals = error_equals(fields, last);
  retrier.interval_seconds = fields.integer("IntervalSeconds", 0, kSecondsMax).value_or(1);
  retrier.max_attempts = fields.integer("MaxAttempts", 0, kSecondsMax).value_or(3);
  retrier.backoff_rate = fields.number("BackoffRate", 1.0, kBackoffRateMax).value_or(2.0);
  retrier.max_delay_seconds = fields.integer("MaxDelaySeconds", 1, kDelaySecondsMax);
  retrier.full_jitter = fields.one_of("JitterStrategy", {"NONE", "FULL"}) == "FULL";
  if (retrier.max_delay_seconds && *retrier.max_delay_seconds <= retrier.interval_seconds)
    fields.fault("MaxDelaySeconds", "MaxDelaySeconds must be greater than IntervalSeconds");
  return retrier;
}

Catcher catcher(Fields& fields, bool last, std::vector<Transition>& transitions) {
  Catcher catcher;
  fields.refuse_other_language({"Output", "ResultPath"});
  fields.require({"ErrorEquals", "Next"});
  catcher.error_equals = error_equals(fields, last);
  if (const auto next = fields.string("Next")) {
    catcher.next = *next;
    transitions.push_back({*next, fields.pointer_to("Next")});
  }
  if (!fields.is_jsonata()) catcher.result_path = result_path(fields);
  catcher.exit = read_exit(fields, {.result = false, .error_output = true});
  return catcher;
}

}  // namespace

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void read_data_fields(Fields& fields, State& state) {
  const auto has = [&](FieldGroup group) { return (state.grammar->groups & group) != 0; };
  // AWS dev guide, Transforming data: $states.result is the result of an API or of a sub-workflow.
  const StatesAccess access{.result = has_result(*state.grammar)};
  if (has(kAssign)) state.exit.assign = read_assign(fields, access);
  if (fields.is_jsonata()) {
    if (has(kInputOutput)) state.exit.output = fields.payload_template("Output", access);
    if (has(kArguments)) state.parameters = fields.payload_template("Arguments");
    return;
  }
  if (has(kInputOutput)) {
    state.input_path = selector(fields, "InputPath");
    state.output_path = selector(fields, "OutputPath");
  }
  if (has(kParameters)) state.parameters = fields.payload_template("Parameters");
  // AWS takes a text as well (functionless, issue 307), as it takes any value for Parameters.
  if (has(kResultSelector)) state.result_selector = fields.payload_template("ResultSelector");
  if (has(kResultPath)) state.result_path = result_path(fields);
}

ExitFields read_exit(Fields& fields, StatesAccess access) {
  ExitFields exit;
  exit.assign = read_assign(fields, access);
  if (fields.is_jsonata()) exit.output = fields.payload_template("Output", access);
  return exit;
}

void read_next_or_end(Fields& fields, State& state, std::vector<Transition>& transitions) {
  const auto next = fields.string("Next");
  const auto end = fields.boolean("End");
  const bool ends = end.value_or(false);  // `End: false` is as good as none
  if (next) {
    transitions.push_back({*next, fields.pointer_to("Next")});
    if (ends) fields.exactly_one({"Next", "End"});
    if (!ends) state.next = *next;
  } else if (!fields.has("Next") && !ends && (end || !fields.has("End"))) {
    fields.fault_here("This object should have only one of the following fields: [Next, End]");
  }
}

void read_retry_and_catch(Fields& fields, State& state, std::vector<Transition>& transitions) {
  each_object(fields, "Retry", [&](Fields& inner, bool last) { state.retry.push_back(retrier(inner, last)); });
  each_object(fields, "Catch",
              [&](Fields& inner, bool last) { state.catchers.push_back(catcher(inner, last, transitions)); });
}

}  // namespace stepd::asl
