// Definition: a state machine definition as the engine runs it. It is immutable and shared by all executions of a
// revision. Thread: any.
#pragma once

#include "base/json.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "engine/asl/query_language.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

struct StateGrammar;

/// The fields that only one state type has. Each type derives its own (engine/core/states).
struct StateBody {
  virtual ~StateBody() = default;
  /// Whether the context object has Task.Token: it has for tasks that are answered by their token.
  virtual bool has_token() const { return false; }
};

/// InputPath or OutputPath: a path, or `null`, which selects `{}` (ASL §Input and Output Processing).
struct Selector {
  bool discards = false;
  Path path = Path::root();
};

/// ResultPath: a reference path, or `null`, which drops the result.
struct ResultPath {
  bool discards = false;
  Path path = Path::root();
};

/// ASL §Retrying After Error.
struct Retrier {
  std::vector<std::string> error_equals;
  std::int64_t interval_seconds = 1;
  std::int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<std::int64_t> max_delay_seconds;
  bool full_jitter = false;
};

/// What a state, a Choice rule or a catcher gives to what comes after it.
struct ExitFields {
  std::optional<PayloadTemplate> assign;
  std::optional<PayloadTemplate> output;  ///< of JSONata
};

/// ASL §Fallback States.
struct Catcher {
  std::vector<std::string> error_equals;
  std::string next;
  ResultPath result_path;
  ExitFields exit;
};

struct State;

/// The states of the machine itself, of a branch of a Parallel state, or of the processor of a Map state.
struct Workflow {
  std::string start_at;
  std::vector<std::unique_ptr<State>> states;  ///< in document order
};

struct State {
  std::string name;
  std::string pointer;  ///< JSON pointer into the definition
  const StateGrammar* grammar = nullptr;
  QueryLanguage language = QueryLanguage::JsonPath;
  Selector input_path;
  Selector output_path;
  std::optional<PayloadTemplate> parameters;  ///< in JSONata: Arguments
  std::optional<PayloadTemplate> result_selector;
  ResultPath result_path;
  ExitFields exit;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  std::string next;  ///< empty: the state ends its workflow
  std::unique_ptr<const StateBody> body;
  std::vector<std::unique_ptr<Workflow>> workflows;  ///< branches, or the one item processor
};

struct Definition {
  std::string comment;
  std::optional<std::int64_t> timeout_seconds;
  bool express = false;  ///< an EXPRESS state machine, whose executions have no limit of history events
  Workflow workflow;
  std::map<std::string, const State*, std::less<>> by_name;  ///< all states; names are unique in the whole machine

  const State* find(std::string_view name) const {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
  }
};

}  // namespace stepd::asl
