// From a definition's JSON to asl::Definition, with every fault it has. What one state type alone has is read by that
// type (engine/core/states).
#include "base/json_pointer.h"
#include "base/limits.h"
#include "engine/asl/common_fields.h"
#include "engine/asl/grammar.h"
#include "engine/asl/hint.h"
#include "engine/asl/location.h"
#include "engine/asl/transitions.h"
#include "engine/asl/warnings.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::asl {

namespace {

constexpr int kNestedWorkflows = 200;
constexpr std::int64_t kSecondsMax = 99'999'999;

class DefinitionParser {
 public:
  DefinitionParser(std::span<const StateGrammar* const> types, const ParseOptions& options)
      : types_(types), options_(options) {}

  ParsedDefinition run(const Json& json) {
    auto definition = std::make_shared<Definition>();
    definition_ = definition.get();
    definition->express = options_.express;
    if (!json.is_object()) {
      fault(codes::kSchema, "Definition must be a valid JSON object", "");
      diagnostics_.back().located = Located::Nowhere;
      return {nullptr, std::move(diagnostics_)};
    }
    Fields fields(json, "", diagnostics_);
    definition->comment = fields.string("Comment").value_or("");
    const auto seconds = fields.integer("TimeoutSeconds", 0, kSecondsMax);
    if (seconds.value_or(0) > 0) definition->timeout_seconds = seconds;
    fields.one_of("Version", {"1.0"});
    machine_language_ = read_language(fields, QueryLanguage::JsonPath);
    workflow(fields, definition->workflow, 0);
    fields.refuse_others();
    diagnostics_.insert(diagnostics_.end(), transitions_.begin(), transitions_.end());
    finish(json);
    const bool refused = std::any_of(diagnostics_.begin(), diagnostics_.end(),
                                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
    return {refused || options_.templated ? nullptr : std::move(definition), std::move(diagnostics_)};
  }

 private:
  /// AWS takes all but the exact "JSONPath" for JSONata, and complains of the spelling.
  QueryLanguage read_language(Fields& fields, QueryLanguage otherwise) {
    if (!fields.has("QueryLanguage")) {
      fields.take("QueryLanguage");
      return otherwise;
    }
    const auto language = fields.one_of("QueryLanguage", {"JSONPath", "JSONata"});
    return language == "JSONPath" ? QueryLanguage::JsonPath : QueryLanguage::Jsonata;
  }

  // ---- one scope of states ------------------------------------------------------------------------------------

  void workflow(Fields& fields, Workflow& into, int depth) {
    if (depth > kNestedWorkflows) {
      for (const auto name : {"StartAt", "States"}) fields.take(name);
      return fields.fault_here("Workflows are nested more than " + std::to_string(kNestedWorkflows) + " levels deep",
                               codes::kTooDeep);
    }
    fields.require({"States", "StartAt"});
    into.start_at = fields.string("StartAt").value_or("");
    const Json* states = fields.object("States");
    if (states == nullptr) return;
    if (states->empty()) return fields.fault("States", "Value cannot be empty");

    std::vector<Transition> transitions;
    if (!into.start_at.empty()) transitions.push_back({into.start_at, fields.pointer_to("StartAt")});
    for (const auto& [name, json] : states->items()) {
      auto state = std::make_unique<State>();
      state->name = name;
      state->pointer = child_pointer(fields.pointer_to("States"), name);
      const auto known = transitions.size();
      read_state(json, *state, transitions, depth);
      for (auto i = known; i < transitions.size(); ++i) transitions[i].from = state->name;
      into.states.push_back(std::move(state));
    }
    check_transitions(into, transitions, fields.pointer(), options_.templated, transitions_);
  }

  // ---- one state ----------------------------------------------------------------------------------------------

  void read_state(const Json& json, State& state, std::vector<Transition>& transitions, int depth) {
    check_name(state);
    if (!json.is_object()) return fault(codes::kSchema, "Expected value of type Object", state.pointer);
    const auto language = state_language(json);
    state.language = language;
    Fields fields(json, state.pointer, diagnostics_, language);
    state.grammar = grammar(fields);
    if (state.grammar == nullptr) return;
    fields.take("Comment");
    if (is_downgraded(json)) {
      fields.fault_of("QueryLanguage",
                      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
      fields.take("QueryLanguage");
      for (const auto field : kJsonataFields) fields.take(field);  // AWS says nothing more of the languages
    } else {
      fields.refuse_other_language(one_language_fields(*state.grammar));
      read_language(fields, machine_language_);
    }
    read_data_fields(fields, state);
    const auto has = [&](FieldGroup group) { return (state.grammar->groups & group) != 0; };
    if (has(kRetryCatch)) read_retry_and_catch(fields, state, transitions);
    if (has(kNextOrEnd)) read_next_or_end(fields, state, transitions);
    if (state.grammar->parse != nullptr) read_own(fields, state, transitions, depth);
    fields.refuse_others();
    if (language == QueryLanguage::JsonPath) warn_of(json, state.grammar->type, state.pointer, diagnostics_);
  }

  void read_own(Fields& fields, State& state, std::vector<Transition>& transitions, int depth) {
    StateReader reader{
        fields,
        state,
        options_,
        [&, depth](const Json& nested, const std::string& pointer) { nest(nested, pointer, state, depth); },
        [&](const std::string& target, const std::string& pointer) {
          transitions.push_back({target, pointer});
        },
        [&](const std::string& message, const std::string& pointer) { not_run_here(message, pointer); }};
    state.body = state.grammar->parse(reader);
  }

  QueryLanguage state_language(const Json& state) const {
    const auto own = state.find("QueryLanguage");
    if (own == state.end()) return machine_language_;
    return *own == "JSONPath" ? QueryLanguage::JsonPath : QueryLanguage::Jsonata;
  }

  bool is_downgraded(const Json& state) const {
    const auto own = state.find("QueryLanguage");
    return machine_language_ == QueryLanguage::Jsonata && own != state.end() && *own == "JSONPath";
  }

  /// The fields of one language that such a state may have.
  static Fields::Names one_language_fields(const StateGrammar& grammar) {
    Fields::Names names(grammar.own_of_one_language.begin(), grammar.own_of_one_language.end());
    const auto add = [&](FieldGroup group, std::initializer_list<std::string_view> more) {
      if ((grammar.groups & group) != 0) names.insert(names.end(), more);
    };
    add(kInputOutput, {"InputPath", "OutputPath", "Output"});
    add(kParameters, {"Parameters"});
    add(kArguments, {"Arguments"});
    add(kResultSelector, {"ResultSelector"});
    add(kResultPath, {"ResultPath"});
    return names;
  }

  void nest(const Json& json, const std::string& pointer, State& state, int depth) {
    auto scope = std::make_unique<Workflow>();
    if (!json.is_object()) {
      fault(codes::kSchema, "Expected value of type Object", pointer);
    } else {
      Fields fields(json, pointer, diagnostics_);
      fields.take("Comment");
      if (state.grammar->type == "Map") fields.take("ProcessorConfig");  // read by Map
      workflow(fields, *scope, depth + 1);
      fields.refuse_others();
    }
    state.workflows.push_back(std::move(scope));
  }

  void check_name(const State& state) {
    if (!definition_->by_name.emplace(state.name, &state).second)
      fault(codes::kDuplicateState, "Duplicate State name: " + state.name, state.pointer);
    const std::string invalid = "Invalid State name: ";
    if (state.name.empty()) fault(codes::kInvalidStateName, invalid + "a State name cannot be empty", state.pointer);
    if (characters(state.name) > limits::kStateNameChars) {
      fault(codes::kInvalidStateName,
            invalid + "State '" + state.name + "' exceeds the 80-character limit allowed by the service",
            state.pointer);
    }
  }

  const StateGrammar* grammar(Fields& fields) {
    fields.require({"Type"});
    const auto type = fields.string("Type");
    if (!type) return nullptr;
    Fields::Names known;
    for (const auto* each : types_) {
      if (each->type == *type) return each;
      known.push_back(each->type);
    }
    std::string list;
    for (const auto name : known) list += (list.empty() ? "" : ", ") + std::string(name);
    fields.fault("Type", "The field 'Type' should have one of these values: [" + list + "]");
    diagnostics_.back().hint = did_you_mean(*type, known);
    return nullptr;
  }

  // ---- diagnostics --------------------------------------------------------------------------------------------

  void fault(const char* code, std::string message, std::string pointer) {
    diagnostics_.push_back({Severity::Error, code, std::move(message), std::move(pointer)});
  }

  void not_run_here(const std::string& message, const std::string& pointer) {
    if (not_run_here_.empty()) not_run_here_.push_back({Severity::Error, codes::kNotRunHere, message, pointer});
  }

  /// What was accepted before it was refused goes on.
  void allow_to_run_for_ever() {
    for (auto& each : diagnostics_) {
      if (each.code == codes::kMissingEnd && each.pointer.empty()) each.severity = Severity::Warning;
    }
  }

  /// Locations; and what a placeholder stands for is not known to be wrong.
  void finish(const Json& json) {
    const auto refused = [](const Diagnostic& d) { return d.severity == Severity::Error; };
    if (options_.stored) allow_to_run_for_ever();
    Locations locations(json);
    if (options_.templated) {
      std::erase_if(diagnostics_, [&](const Diagnostic& d) { return locations.is_templated(d.pointer); });
    }
    if (!options_.tested && std::none_of(diagnostics_.begin(), diagnostics_.end(), refused))
      diagnostics_.insert(diagnostics_.end(), not_run_here_.begin(), not_run_here_.end());
    for (auto& each : diagnostics_) {
      if (each.located == Located::Nowhere) continue;
      const bool here = each.located == Located::Here;
      each.location = locations.of(here ? each.pointer : each.pointer.substr(0, each.pointer.rfind('/')));
    }
  }

  std::span<const StateGrammar* const> types_;
  const ParseOptions& options_;
  Definition* definition_ = nullptr;
  QueryLanguage machine_language_ = QueryLanguage::JsonPath;
  Diagnostics diagnostics_;
  Diagnostics transitions_;   // after all others, as AWS gives them
  Diagnostics not_run_here_;  // at most one
};

}  // namespace

ParsedDefinition parse_definition(const Json& definition, std::span<const StateGrammar* const> types,
                                  const ParseOptions& options) {
  return DefinitionParser(types, options).run(definition);
}

}  // namespace stepd::asl
