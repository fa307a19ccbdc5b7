// From a definition's JSON to asl::Definition, with every fault it has. What one state type alone has is read by that
// type (engine/core/states).
#include "base/limits.h"
#include "engine/asl/grammar.h"
#include "engine/asl/pointer.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace stepd::asl {
namespace {

constexpr int kNestedWorkflows = 200;
constexpr std::int64_t kSecondsMax = 99'999'999;

/// Characters, not bytes, of UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

class DefinitionParser {
 public:
  explicit DefinitionParser(std::span<const StateGrammar* const> types) : types_(types) {}

  ParsedDefinition run(const Json& json) {
    auto definition = std::make_shared<Definition>();
    definition_ = definition.get();
    if (!json.is_object()) {
      diagnostics_.push_back(
          {Severity::Error, "SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object", ""});
      return {nullptr, std::move(diagnostics_)};
    }
    Fields fields(json, "", diagnostics_);
    definition->comment = fields.string("Comment").value_or("");
    definition->timeout_seconds = fields.integer("TimeoutSeconds", 1, kSecondsMax);
    check_version(fields);
    check_query_language(fields);
    workflow(fields, definition->workflow, 0);
    fields.refuse_others();
    const bool refused = std::any_of(diagnostics_.begin(), diagnostics_.end(),
                                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
    return {refused ? nullptr : std::move(definition), std::move(diagnostics_)};
  }

 private:
  static void check_version(Fields& fields) {
    const auto version = fields.string("Version");
    if (version && *version != "1.0") fields.fault("Version", "Value must be '1.0'");
  }

  static void check_query_language(Fields& fields) {
    const auto language = fields.string("QueryLanguage");
    if (!language || *language == "JSONPath") return;
    if (*language == "JSONata")
      fields.fault("QueryLanguage", "JSONata is not supported yet; use JSONPath");
    else
      fields.fault("QueryLanguage", "Value must be one of: [JSONPath, JSONata]");
  }

  // ---- one scope of states ------------------------------------------------------------------------------------

  struct Reference {
    std::string target;
    std::string pointer;
    std::string_view from = {};  ///< the state that leads there; empty for StartAt
  };
  using Names = std::set<std::string_view>;

  void workflow(Fields& fields, Workflow& into, int depth) {
    if (depth > kNestedWorkflows) {
      for (const auto name : {"StartAt", "States"}) fields.take(name);
      return fields.fault_here("Workflows are nested more than " + std::to_string(kNestedWorkflows) + " levels deep");
    }
    std::vector<std::string_view> required;
    for (const auto name : {"States", "StartAt"}) {
      if (!fields.has(name)) required.emplace_back(name);
    }
    if (!required.empty()) fields.require(required);
    into.start_at = fields.string("StartAt").value_or("");
    const Json* states = fields.object("States");
    if (states == nullptr) return;
    if (states->empty()) return fields.fault("States", "Value cannot be empty");

    std::vector<Reference> references;
    if (!into.start_at.empty()) references.push_back({into.start_at, fields.pointer_to("StartAt"), {}});
    for (const auto& [name, json] : states->items()) {
      auto state = std::make_unique<State>();
      state->name = name;
      state->pointer = child_pointer(fields.pointer_to("States"), name);
      const auto known = references.size();
      read_state(json, *state, references, depth);
      for (auto i = known; i < references.size(); ++i) references[i].from = state->name;
      into.states.push_back(std::move(state));
    }
    Names names;
    for (const auto& state : into.states) names.insert(state->name);
    check_references(names, references);
    // Without a start there is no telling what it reaches, and AWS names the missing start alone.
    if (names.contains(into.start_at)) check_reachable(into, references);
    check_ends(into, fields.pointer_to("States"));
  }

  void check_references(const Names& names, const std::vector<Reference>& references) {
    for (const auto& [target, pointer, from] : references) {
      if (!names.contains(target)) fault("MISSING_TRANSITION_TARGET", "Missing 'Next' target: " + target, pointer);
    }
  }

  /// Every state is reached from StartAt.
  void check_reachable(const Workflow& scope, const std::vector<Reference>& references) {
    std::multimap<std::string_view, std::string_view> edges;
    for (const auto& reference : references) edges.emplace(reference.from, reference.target);
    Names reached{scope.start_at};
    for (std::vector<std::string_view> open{scope.start_at}; !open.empty();) {
      const auto from = open.back();
      open.pop_back();
      const auto [begin, end] = edges.equal_range(from);
      for (auto edge = begin; edge != end; ++edge) {
        if (reached.insert(edge->second).second) open.push_back(edge->second);
      }
    }
    for (const auto& state : scope.states) {
      if (!reached.contains(state->name))
        fault("UNREACHABLE_STATE", "State '" + state->name + "' is not reachable", state->pointer);
    }
  }

  /// Something ends the workflow. What is wrong by itself is given the benefit of the doubt.
  void check_ends(const Workflow& scope, const std::string& pointer) {
    const bool ends = std::any_of(scope.states.begin(), scope.states.end(), [](const auto& state) {
      const auto type = state->grammar != nullptr ? state->grammar->type : std::string_view("Pass");
      return type == "Succeed" || type == "Fail" || (state->next.empty() && type != "Choice");
    });
    if (!ends)
      fault("NO_TERMINAL_STATE", "No path leads to a state that ends the workflow (End: true, Succeed or Fail)",
            pointer);
  }

  // ---- one state ----------------------------------------------------------------------------------------------

  void read_state(const Json& json, State& state, std::vector<Reference>& references, int depth) {
    check_name(state);
    if (!json.is_object()) return fault("SCHEMA_VALIDATION_FAILED", "Expected value of type Object", state.pointer);
    Fields fields(json, state.pointer, diagnostics_);
    state.grammar = grammar(fields);
    if (state.grammar == nullptr) return;
    fields.take("Comment");
    check_query_language(fields);
    const auto has = [&](FieldGroup group) { return (state.grammar->groups & group) != 0; };
    if (has(kInputOutput)) {
      state.input_path = selector(fields, "InputPath");
      state.output_path = selector(fields, "OutputPath");
    }
    if (has(kParameters)) state.parameters = fields.payload_template("Parameters");
    if (has(kResultSelector)) state.result_selector = object_template(fields, "ResultSelector");
    if (has(kResultPath)) state.result_path = result_path(fields);
    if (has(kAssign)) state.assign = assign(fields);
    if (has(kRetryCatch)) {
      state.retry = retriers(fields);
      state.catchers = catchers(fields, references);
    }
    if (has(kNextOrEnd)) next_or_end(fields, state, references);
    if (state.grammar->parse != nullptr) {
      StateReader reader{
          fields, state,
          [&, depth](const Json& nested, const std::string& pointer) { nest(nested, pointer, state, depth); },
          [&](const std::string& target, const std::string& pointer) {
            references.push_back({target, pointer, {}});
          }};
      state.body = state.grammar->parse(reader);
    }
    fields.refuse_others();
  }

  void nest(const Json& json, const std::string& pointer, State& state, int depth) {
    auto scope = std::make_unique<Workflow>();
    if (!json.is_object()) {
      fault("SCHEMA_VALIDATION_FAILED", "Expected value of type Object", pointer);
    } else {
      Fields fields(json, pointer, diagnostics_);
      fields.take("Comment");
      fields.take("ProcessorConfig");  // read by Map
      check_query_language(fields);
      workflow(fields, *scope, depth + 1);
      fields.refuse_others();
    }
    state.workflows.push_back(std::move(scope));
  }

  void check_name(const State& state) {
    if (!definition_->by_name.emplace(state.name, &state).second) {
      fault("DUPLICATE_STATE_NAME", "State name '" + state.name + "' is used more than once in the state machine",
            state.pointer);
    }
    if (state.name.empty()) fault("SCHEMA_VALIDATION_FAILED", "A state name cannot be empty", state.pointer);
    if (characters(state.name) > limits::kStateNameChars) {
      fault("SCHEMA_VALIDATION_FAILED",
            "A state name has at most " + std::to_string(limits::kStateNameChars) + " characters", state.pointer);
    }
  }

  const StateGrammar* grammar(Fields& fields) {
    if (!fields.has("Type")) {
      fields.fault_here("These fields are required: [Type]");
      return nullptr;
    }
    const auto type = fields.string("Type");
    if (!type) return nullptr;
    for (const auto* each : types_) {
      if (each->type == *type) return each;
    }
    std::string known;
    for (const auto* each : types_) known += (known.empty() ? "" : ", ") + std::string(each->type);
    fields.fault("Type", "The field 'Type' should have one of these values: [" + known + "]");
    return nullptr;
  }

  // ---- common fields ------------------------------------------------------------------------------------------

  static Selector selector(Fields& fields, std::string_view name) {
    Selector selector;
    const Json* value = fields.take(name);
    if (value == nullptr) return selector;
    if (value->is_null())
      selector.discards = true;
    else if (auto path = fields.path(name))
      selector.path = *std::move(path);
    return selector;
  }

  static ResultPath result_path(Fields& fields) {
    ResultPath result;
    const Json* value = fields.take("ResultPath");
    if (value == nullptr) return result;
    if (value->is_null()) {
      result.discards = true;
    } else if (auto path = fields.reference_path("ResultPath")) {
      if (path->root_kind() != Path::Root::Input)
        fields.fault("ResultPath", "ResultPath must begin with '$.' or be '$'");
      result.path = *std::move(path);
    }
    return result;
  }

  static std::optional<PayloadTemplate> object_template(Fields& fields, std::string_view name) {
    if (!fields.has(name) || fields.object(name) == nullptr) return std::nullopt;
    return fields.payload_template(name);
  }

  static std::optional<PayloadTemplate> assign(Fields& fields) {
    const Json* value = fields.object("Assign");
    if (value == nullptr) return std::nullopt;
    for (const auto& [key, member] : value->items()) {
      const auto name = key.ends_with(".$") ? key.substr(0, key.size() - 2) : key;
      if (characters(name) > limits::kVariableNameChars)
        fields.fault("Assign", "Variable name '" + name + "' is longer than 80 characters");
      if (name == "states") fields.fault("Assign", "Variable name 'states' is reserved");
      const auto fine = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
                        name.find_first_of(" .$[]'\"()") == std::string::npos;
      if (!fine) fields.fault("Assign", "'" + name + "' is no variable name");
    }
    return fields.payload_template("Assign");
  }

  static void next_or_end(Fields& fields, State& state, std::vector<Reference>& references) {
    const auto next = fields.string("Next");
    const auto end = fields.boolean("End");
    if (next && end.value_or(false)) return fields.fault_here("Only one of these fields may be used: [Next, End]");
    if (next) {
      state.next = *next;
      references.push_back({*next, fields.pointer_to("Next"), {}});
    } else if (!fields.has("Next") && !end.value_or(false)) {
      fields.fault_here("One of these fields is required: [Next, End]");
    }
  }

  template <class Item>
  void each_object(Fields& fields, std::string_view name, Item item) {
    const Json* list = fields.array(name);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto pointer = child_pointer(fields.pointer_to(name), std::to_string(i));
      if (!(*list)[i].is_object()) {
        fault("SCHEMA_VALIDATION_FAILED", "Expected value of type Object", pointer);
        continue;
      }
      Fields inner((*list)[i], pointer, diagnostics_);
      inner.take("Comment");
      item(inner, i + 1 == list->size());
      inner.refuse_others();
    }
  }

  static std::vector<std::string> error_equals(Fields& fields, bool last) {
    if (!fields.has("ErrorEquals")) fields.fault_here("These fields are required: [ErrorEquals]");
    const auto read = fields.strings("ErrorEquals");
    auto names = read.value_or(std::vector<std::string>{});
    if (read && names.empty()) fields.fault("ErrorEquals", "Value cannot be empty");
    if (std::find(names.begin(), names.end(), "States.ALL") != names.end()) {
      if (names.size() > 1) fields.fault("ErrorEquals", "States.ALL must stand alone in ErrorEquals");
      if (!last) fields.fault("ErrorEquals", "States.ALL must be in the last element of its list");
    }
    return names;
  }

  std::vector<Retrier> retriers(Fields& fields) {
    std::vector<Retrier> all;
    each_object(fields, "Retry", [&](Fields& f, bool last) {
      Retrier retrier;
      retrier.error_equals = error_equals(f, last);
      retrier.interval_seconds = f.integer("IntervalSeconds", 1, kSecondsMax).value_or(1);
      retrier.max_attempts = f.integer("MaxAttempts", 0, kSecondsMax).value_or(3);
      retrier.backoff_rate = f.number("BackoffRate", 1.0, 1e9).value_or(2.0);
      retrier.max_delay_seconds = f.integer("MaxDelaySeconds", 1, 31'622'400);
      if (const auto jitter = f.string("JitterStrategy")) {
        retrier.full_jitter = *jitter == "FULL";
        if (*jitter != "FULL" && *jitter != "NONE") f.fault("JitterStrategy", "Value must be one of: [FULL, NONE]");
      }
      if (retrier.max_delay_seconds && *retrier.max_delay_seconds <= retrier.interval_seconds) {
        f.fault("MaxDelaySeconds", "MaxDelaySeconds must be greater than IntervalSeconds");
      }
      all.push_back(std::move(retrier));
    });
    return all;
  }

  std::vector<Catcher> catchers(Fields& fields, std::vector<Reference>& references) {
    std::vector<Catcher> all;
    each_object(fields, "Catch", [&](Fields& f, bool last) {
      Catcher catcher;
      catcher.error_equals = error_equals(f, last);
      if (!f.has("Next")) f.fault_here("These fields are required: [Next]");
      catcher.next = f.string("Next").value_or("");
      if (!catcher.next.empty()) references.push_back({catcher.next, f.pointer_to("Next"), {}});
      catcher.result_path = result_path(f);
      catcher.assign = assign(f);
      all.push_back(std::move(catcher));
    });
    return all;
  }

  void fault(std::string code, std::string message, std::string pointer) {
    diagnostics_.push_back({Severity::Error, std::move(code), std::move(message), std::move(pointer)});
  }

  std::span<const StateGrammar* const> types_;
  Definition* definition_ = nullptr;
  Diagnostics diagnostics_;
};

}  // namespace

ParsedDefinition parse_definition(const Json& definition, std::span<const StateGrammar* const> types) {
  return DefinitionParser(types).run(definition);
}

}  // namespace stepd::asl
