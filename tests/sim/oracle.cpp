#include "sim/oracle.h"

#include "sim/oracle_data.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

namespace stepd::test::oracle {
namespace {

constexpr int kVisitsMax = 4'000;
constexpr std::size_t kEndingsMax = 64;
constexpr std::size_t kBytesMax = 30'000;

// Measured on AWS, where the specification has States.NoChoiceMatched.
constexpr const char* kNoRuleMatched = "States.Runtime";

/// How a state is left, or a workflow, which then has no `next` and no variables.
struct Exit {
  Tree output;
  std::string next = {};
  std::map<std::string, Tree> variables = {};
  std::optional<Failure> failure = {};
};
using Exits = std::vector<Exit>;

Exit failed(Failure failure) { return {.output = {}, .failure = std::move(failure)}; }

std::string text_of(const Exit& exit) {
  if (exit.failure) return "!" + exit.failure->error + "!" + exit.failure->cause;
  const auto output = exit.output.dump();
  if (output.size() > kBytesMax) throw Undecided("the data grow too large");
  return output + "\n" + exit.next + "\n" + Tree(exit.variables).dump();
}

Exits without_doubles(Exits exits) {
  std::set<std::string> seen;
  std::erase_if(exits, [&](const Exit& exit) { return !seen.insert(text_of(exit)).second; });
  if (exits.size() > kEndingsMax) throw Undecided("there are too many endings");
  return exits;
}

void append(Exits& exits, Exits more) {
  exits.insert(exits.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool matches(const Tree& error_equals, const std::string& error) {
  if (error == "States.Runtime") return false;
  return std::any_of(error_equals.begin(), error_equals.end(), [&](const Tree& name) {
    return name == error || name == "States.ALL" || (name == "States.TaskFailed" && error != "States.Timeout");
  });
}

Tree with_state(Tree context, const std::string& name, std::optional<int> retries = {}) {
  context["State"] = {{"Name", name}};
  if (retries) context["State"]["RetryCount"] = *retries;
  return context;
}

class Interpreter {
 public:
  explicit Interpreter(const Resource& resource) : resource_(resource) {}

  /// Every ending of the states of one scope.
  Exits workflow(const Tree& workflow, const Tree& input, const Variables* outer, const Tree& context) {
    return go(workflow["States"], workflow["StartAt"].get<std::string>(), {input, context, Variables{{}, outer}});
  }

 private:
  Exits go(const Tree& states, const std::string& name, const Scope& scope) {
    if (++visits_ > kVisitsMax) throw Undecided("there are too many ways");
    Exits endings;
    for (auto& exit : without_doubles(visit(states[name], name, scope))) {
      if (exit.failure || exit.next.empty()) {
        exit.variables.clear();
        endings.push_back(std::move(exit));
      } else {
        append(endings,
               go(states, exit.next, {exit.output, scope.context, Variables{exit.variables, scope.variables.outer}}));
      }
    }
    return without_doubles(std::move(endings));
  }

  Exits visit(const Tree& state, const std::string& name, const Scope& scope) {
    const auto type = state["Type"].get<std::string>();
    if (type == "Task" || type == "Parallel" || type == "Map")
      return attempt(state, name, scope, std::vector<int>(state.value("Retry", Tree::array()).size()));
    try {
      const Tree context = with_state(scope.context, name);
      const Scope raw{scope.input, context, scope.variables};
      if (type == "Pass")
        return {leave(state, raw, state.contains("Result") ? state["Result"] : parameters(state, raw))};
      if (type == "Fail") fail(state, raw);
      return {choose(state, type, raw)};
    } catch (Failure& failure) {
      return {failed(std::move(failure))};
    }
  }

  // ---- states that do nothing outside -----------------------------------------------------------------------------

  [[noreturn]] static void fail(const Tree& state, const Scope& raw) {
    const auto text = [&](const char* field, const char* path) {
      if (state.contains(field)) return state[field].get<std::string>();
      const auto value = evaluate(state[path].get<std::string>(), raw);
      if (!value.is_string()) throw Failure{"States.Runtime", kFaultCause};
      return value.get<std::string>();
    };
    const auto error = text("Error", "ErrorPath");
    throw Failure{error, text("Cause", "CausePath")};
  }

  /// Choice, Wait and Succeed: the input goes on.
  static Exit choose(const Tree& state, const std::string& type, const Scope& raw) {
    const Tree input = select(state, "InputPath", raw);
    const Scope scope{input, raw.context, raw.variables};
    std::string next = state.value("Next", "");
    Tree assign = state.value("Assign", Tree::object());
    if (type == "Choice") {
      const auto& rules = state["Choices"];
      const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Tree& each) { return holds(each, scope); });
      if (rule != rules.end()) assign = rule->value("Assign", Tree::object());
      next = rule != rules.end() ? (*rule)["Next"].get<std::string>() : state.value("Default", "");
      if (next.empty()) throw Failure{kNoRuleMatched, kFaultCause};
    }
    auto variables = assigned(assign, scope);
    return {select(state, "OutputPath", scope), next, std::move(variables)};
  }

  // ---- ASL §Input and Output Processing ---------------------------------------------------------------------------

  static Tree select(const Tree& state, const char* field, const Scope& scope) {
    if (!state.contains(field)) return scope.input;
    return state[field].is_null() ? Tree::object() : find(state[field].get<std::string>(), scope);
  }

  static Tree parameters(const Tree& state, const Scope& raw) {
    Tree input = select(state, "InputPath", raw);
    if (!state.contains("Parameters")) return input;
    return fill(state["Parameters"], {input, raw.context, raw.variables});
  }

  static std::map<std::string, Tree> assigned(const Tree& assign, const Scope& scope) {
    auto variables = scope.variables.own;
    const Tree values = fill(assign, scope);
    for (const auto& [name, value] : values.items()) variables[name] = value;
    return variables;
  }

  static Tree put_result(const Tree& holder, const Tree& raw, const Tree& result) {
    if (!holder.contains("ResultPath")) return result;
    return holder["ResultPath"].is_null() ? raw : put(holder["ResultPath"].get<std::string>(), raw, result);
  }

  static Exit leave(const Tree& state, const Scope& raw, Tree result) {
    if (state.contains("ResultSelector")) result = fill(state["ResultSelector"], {result, raw.context, raw.variables});
    auto variables = assigned(state.value("Assign", Tree::object()), {result, raw.context, raw.variables});
    const Tree effective = put_result(state, raw.input, result);
    return {select(state, "OutputPath", {effective, raw.context, raw.variables}), state.value("Next", ""),
            std::move(variables)};
  }

  // ---- Task, Parallel and Map, with Retry and Catch (ASL §Errors) ---------------------------------------------------

  /// `used`: the retries that each retrier has made.
  Exits attempt(const Tree& state, const std::string& name, const Scope& scope, const std::vector<int>& used) {
    const int retries = std::accumulate(used.begin(), used.end(), 0);
    const Tree context = with_state(scope.context, name, retries);
    const Scope raw{scope.input, context, scope.variables};
    Exits exits;
    for (auto& result : work(state, name, raw, retries)) {
      try {
        if (result.failure) throw Failure(*result.failure);
        exits.push_back(leave(state, raw, std::move(result.output)));
      } catch (const Failure& failure) {
        if (const auto retrier = retrier_of(state, failure, used)) {
          auto more = used;
          ++more[*retrier];
          append(exits, attempt(state, name, scope, more));
        } else {
          exits.push_back(caught(state, raw, failure));
        }
      }
    }
    return exits;
  }

  static std::optional<std::size_t> retrier_of(const Tree& state, const Failure& failure,
                                               const std::vector<int>& used) {
    for (std::size_t i = 0; i < used.size(); ++i) {
      const auto& retrier = state["Retry"][i];
      if (!matches(retrier["ErrorEquals"], failure.error)) continue;
      return used[i] < retrier.value("MaxAttempts", 3) ? std::optional(i) : std::nullopt;
    }
    return std::nullopt;
  }

  static Exit caught(const Tree& state, const Scope& raw, const Failure& failure) {
    for (const auto& catcher : state.value("Catch", Tree::array())) {
      if (!matches(catcher["ErrorEquals"], failure.error)) continue;
      try {
        const Tree error{{"Error", failure.error}, {"Cause", failure.cause}};
        auto variables = assigned(catcher.value("Assign", Tree::object()), {error, raw.context, raw.variables});
        return {put_result(catcher, raw.input, error), catcher["Next"].get<std::string>(), std::move(variables)};
      } catch (Failure& second) {
        return failed(std::move(second));
      }
    }
    return failed(failure);
  }

  Exits work(const Tree& state, const std::string& name, const Scope& raw, int retries) {
    try {
      if (state["Type"] == "Map") return map(state, raw);
      const Tree input = parameters(state, raw);
      if (state["Type"] == "Parallel") {
        std::vector<Exits> children;
        for (const auto& branch : state["Branches"])
          children.push_back(workflow(branch, input, &raw.variables, raw.context));
        return joined(children);
      }
      auto reply = resource_(name, retries, input.dump());
      if (!reply.result) return {failed({std::move(reply.error), std::move(reply.cause)})};
      return {Exit{Tree::parse(*reply.result)}};
    } catch (Failure& failure) {
      return {failed(std::move(failure))};
    }
  }

  Exits map(const Tree& state, const Scope& raw) {
    const Tree input = select(state, "InputPath", raw);
    const Tree items = find(state.value("ItemsPath", "$"), {input, raw.context, raw.variables});
    if (!items.is_array()) throw Failure{"States.Runtime", kFaultCause};
    std::vector<Exits> children;
    for (std::size_t i = 0; i < items.size(); ++i) {
      Tree context = raw.context;
      context["Map"] = {{"Item", {{"Index", i}, {"Value", items[i]}}}};
      children.push_back(iteration(state, items[i], {input, context, raw.variables}));
      // One after the other: what follows a certain failure never begins.
      const auto& last = children.back();
      const bool fails =
          std::all_of(last.begin(), last.end(), [](const Exit& exit) { return exit.failure.has_value(); });
      if (fails && state.value("MaxConcurrency", 0) == 1) break;
    }
    return joined(children);
  }

  Exits iteration(const Tree& state, const Tree& item, const Scope& scope) {
    try {
      const Tree input = state.contains("ItemSelector") ? fill(state["ItemSelector"], scope) : item;
      return workflow(state["ItemProcessor"], input, &scope.variables, scope.context);
    } catch (Failure& failure) {
      return {failed(std::move(failure))};
    }
  }

  /// The failure of any child, and each combination of successes.
  static Exits joined(const std::vector<Exits>& children) {
    Exits results;
    std::vector<Tree> lists{Tree::array()};
    for (const auto& child : children) {
      std::vector<Tree> longer;
      for (const auto& ending : child) {
        if (ending.failure) results.push_back(ending);
        for (std::size_t i = 0; i < lists.size() && !ending.failure; ++i) {
          longer.push_back(lists[i]);
          longer.back().push_back(ending.output);
        }
      }
      lists = std::move(longer);
      if (lists.size() > kEndingsMax) throw Undecided("there are too many combinations");
    }
    for (auto& list : lists) results.push_back({std::move(list)});
    return without_doubles(std::move(results));
  }

  const Resource& resource_;
  int visits_ = 0;
};

}  // namespace

std::vector<Ending> run(const std::string& definition, const std::string& input, const std::string& execution_name,
                        const Resource& resource) {
  const auto data = Tree::parse(input);
  const Tree context{{"Execution", {{"Input", data}, {"Name", execution_name}}}};
  std::vector<Ending> endings;
  for (const auto& exit : Interpreter(resource).workflow(Tree::parse(definition), data, nullptr, context)) {
    if (exit.failure)
      endings.push_back({std::nullopt, exit.failure->error, exit.failure->cause});
    else
      endings.push_back({exit.output.dump()});
  }
  return endings;
}

}  // namespace stepd::test::oracle
