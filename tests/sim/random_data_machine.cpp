#include "sim/random_data_machine.h"

#include "sim/random_data.h"

#include <array>

namespace stepd::test {
namespace {

using Value = RandomData::Value;
using DataKind = RandomData::Kind;

constexpr int kLevels = 3;

class DataMaker {
 public:
  explicit DataMaker(std::uint64_t seed) : data_(seed) {}

  DataMachine run() {
    const auto input = data_.document();
    Sight sight{input};
    return {workflow(sight, 0).dump(), input.dump()};
  }

 private:
  /// The states of one scope while they are made.
  struct Scope {
    int level;
    Value states = Value::object();
    std::vector<std::string> chain = {};
    std::size_t at = 0;

    std::string next() const { return at + 1 < chain.size() ? chain[at + 1] : ""; }
  };

  std::string new_name() {
    const auto number = std::to_string(++names_);
    return data_.one_in(6) ? "Größe " + number : "S" + number;
  }

  /// `sight` becomes what the last state probably gives.
  Value workflow(Sight& sight, int level) {
    Scope scope{level};
    for (auto count = 1 + data_.draw(static_cast<std::uint64_t>(kLevels + 1 - level)); count > 0; --count)
      scope.chain.push_back(new_name());
    for (; scope.at < scope.chain.size(); ++scope.at) scope.states[scope.chain[scope.at]] = state(scope, sight);
    return {{"StartAt", scope.chain.front()}, {"States", std::move(scope.states)}};
  }

  Value state(Scope& scope, Sight& sight) {
    sight.counts_retries = false;
    const bool nests = scope.level < kLevels;
    const auto draw = data_.draw(!nests ? 9 : scope.level == 0 ? 14 : 12 - scope.level);
    const bool last = scope.next().empty();
    if (draw < 4) return task(scope, sight);
    if (draw < 6) return pass(scope, sight);
    if (draw == 6) return wait(scope, sight);
    if (draw == 7) return choice(scope, sight);
    if (draw == 8) return last ? terminal(sight) : pass(scope, sight);
    if (draw == 9 || draw > 11) return map(scope, sight);
    return parallel(scope, sight);
  }

  // ---- where to go --------------------------------------------------------------------------------------------------

  void go_on(const Scope& scope, Value& state) {
    if (scope.next().empty())
      state["End"] = true;
    else
      state["Next"] = scope.next();
  }

  /// A later state of the scope, or a new one that ends it.
  std::string target(Scope& scope, const Sight& sight) {
    const auto later = scope.chain.size() - scope.at - 1;
    if (later > 0 && !data_.one_in(4)) return scope.chain[scope.at + 1 + data_.draw(later)];
    const auto name = new_name();
    scope.states[name] = terminal(sight);
    return name;
  }

  Value terminal(const Sight& sight) {
    if (!data_.one_in(3)) return {{"Type", "Succeed"}};
    Value fail{{"Type", "Fail"}, {"Error", data_.one_in(2) ? "Odd" : "Custom.Größe"}};
    if (data_.one_in(3))
      fail["CausePath"] = "States.Format('because of {}', " + data_.path(sight, DataKind::Any).text + ")";
    else
      fail["Cause"] = "as the definition wants it";
    return fail;
  }

  // ---- data ---------------------------------------------------------------------------------------------------------

  void select(Value& state, const char* field, Sight& sight) {
    if (!data_.one_in(8)) return;
    if (data_.one_in(8)) {
      state[field] = nullptr;
      sight.input = Value::object();
      return;
    }
    auto found = data_.input_path(sight, DataKind::Object);
    state[field] = found.text;
    sight.input = std::move(found.value);
  }

  void fill(Value& state, const char* field, Sight& sight, std::uint64_t chances) {
    if (!data_.one_in(chances)) return;
    auto made = data_.payload_template(sight);
    state[field] = std::move(made.fields);
    sight.input = std::move(made.value);
  }

  /// Scopes inside one another have names of their own, as an inner one cannot assign what is outside.
  void assign(const Scope& scope, Value& holder, const Sight& seen, Sight& after) {
    if (!data_.one_in(4)) return;
    Value fields = Value::object();
    for (auto count = 1 + data_.draw(2); count > 0; --count) {
      const auto name = std::string(1, static_cast<char>('p' + scope.level)) + std::to_string(1 + data_.draw(3));
      fields.erase(name);
      fields.erase(name + ".$");
      auto found = data_.expression(seen);
      // At most one is computed: which of two failing members fails first is not the oracle's business.
      const bool fixed = count > 1 || data_.one_in(4);
      fields[fixed ? name : name + ".$"] = fixed ? Value(7) : Value(found.text);
      after.variables[name] = fixed ? Value(7) : std::move(found.value);
    }
    holder["Assign"] = std::move(fields);
  }

  void result_path(Value& holder, Value& raw, const Value& result) {
    const auto draw = data_.draw(20);
    if (draw == 0) {
      holder["ResultPath"] = nullptr;
    } else if (draw == 1 || (draw < 18 && !raw.is_object())) {
      raw = result;
    } else if (draw == 2) {
      holder["ResultPath"] = "$";
      raw = result;
    } else if (draw == 3) {
      holder["ResultPath"] = "$.deep.er";
      if (raw.is_object() && !raw.contains("deep")) raw["deep"] = {{"er", result}};
    } else if (draw == 4) {
      holder["ResultPath"] = data_.input_path({raw}, DataKind::Any).text;
    } else {
      const auto name = "r" + std::to_string(1 + data_.draw(3));
      holder["ResultPath"] = "$." + name;
      if (raw.is_object()) raw[name] = result;
    }
  }

  /// From the result on; `raw` is the state's input.
  void finish(const Scope& scope, Value& state, Sight& sight, Value raw, Value result) {
    Sight seen = sight;
    seen.input = std::move(result);
    const auto type = state["Type"].get<std::string>();
    if (type != "Pass") fill(state, "ResultSelector", seen, 4);
    assign(scope, state, seen, sight);
    result_path(state, raw, seen.input);
    sight.input = std::move(raw);
    select(state, "OutputPath", sight);
    go_on(scope, state);
  }

  // ---- states -------------------------------------------------------------------------------------------------------

  Value pass(Scope& scope, Sight& sight) {
    Value state{{"Type", "Pass"}};
    const auto raw = sight.input;
    if (data_.one_in(4)) {
      state["Result"] = data_.one_in(8) ? Value{{"kept.$", "$.as.it.is"}} : data_.value(2);
      finish(scope, state, sight, raw, state["Result"]);
      return state;
    }
    Sight seen = sight;
    select(state, "InputPath", seen);
    fill(state, "Parameters", seen, 2);
    finish(scope, state, sight, raw, seen.input);
    return state;
  }

  Value wait(Scope& scope, Sight& sight) {
    Value state{{"Type", "Wait"}, {"Seconds", data_.draw(20)}};
    select(state, "InputPath", sight);
    assign(scope, state, Sight(sight), sight);
    select(state, "OutputPath", sight);
    go_on(scope, state);
    return state;
  }

  Value choice(Scope& scope, Sight& sight) {
    Value state{{"Type", "Choice"}};
    select(state, "InputPath", sight);
    // The next state has to be reachable.
    const bool without_default = data_.one_in(6);
    Value rules = Value::array();
    for (auto count = 1 + data_.draw(3); count > 0; --count) {
      auto rule = data_.choice_rule(sight);
      const bool leads_on = without_default && rules.empty() && !scope.next().empty();
      rule["Next"] = leads_on ? scope.next() : target(scope, sight);
      Sight after = sight;
      assign(scope, rule, sight, after);
      rules.push_back(std::move(rule));
    }
    if (!without_default) state["Default"] = scope.next().empty() ? target(scope, sight) : scope.next();
    state["Choices"] = std::move(rules);
    assign(scope, state, Sight(sight), sight);
    select(state, "OutputPath", sight);
    return state;
  }

  Value task(Scope& scope, Sight& sight) {
    static constexpr std::array kResources{"function", "arn:aws:states:us-east-1:123456789012:activity:work",
                                           "arn:aws:states:::lambda:invoke.waitForTaskToken"};
    Value state{{"Type", "Task"}, {"Resource", kResources[data_.one_in(2) ? data_.draw(3) : 0]}};
    const auto raw = sight.input;
    Sight seen = sight;
    seen.counts_retries = sight.counts_retries = true;
    handle_errors(scope, state, sight, 2);
    select(state, "InputPath", seen);
    fill(state, "Parameters", seen, 2);
    finish(scope, state, sight, raw, data_.reply());
    return state;
  }

  Value parallel(Scope& scope, Sight& sight) {
    Value state{{"Type", "Parallel"}};
    const auto raw = sight.input;
    Sight seen = sight;
    seen.counts_retries = sight.counts_retries = true;
    handle_errors(scope, state, sight, 3);
    select(state, "InputPath", seen);
    fill(state, "Parameters", seen, 2);
    Value branches = Value::array(), results = Value::array();
    for (auto count = 1 + data_.draw(scope.level == 0 ? 3 : 2); count > 0; --count) {
      Sight inside = seen;
      branches.push_back(workflow(inside, scope.level + 1));
      results.push_back(std::move(inside.input));
    }
    state["Branches"] = std::move(branches);
    sight.counts_retries = true;
    finish(scope, state, sight, raw, std::move(results));
    return state;
  }

  Value map(Scope& scope, Sight& sight) {
    Value state{{"Type", "Map"}};
    const auto raw = sight.input;
    Sight seen = sight;
    seen.counts_retries = sight.counts_retries = true;
    handle_errors(scope, state, sight, 3);
    select(state, "InputPath", seen);
    auto items = data_.input_path(seen, DataKind::List);
    if (!items.value.is_array()) items = {"$$.Execution.Input.items", Value::array({{{"n", 1}}})};
    if (items.text != "$") state["ItemsPath"] = items.text;
    if (data_.one_in(2)) state["MaxConcurrency"] = data_.draw(4);
    seen.in_iteration = true;
    Sight inside = seen;
    if (!data_.one_in(4))
      fill(state, "ItemSelector", inside, 1);
    else
      inside.input = items.value.empty() ? Value(1) : items.value[0];
    state["ItemProcessor"] = workflow(inside, scope.level + 1);
    finish(scope, state, sight, raw, Value::array({inside.input}));
    return state;
  }

  // ---- errors -------------------------------------------------------------------------------------------------------

  Value error_equals(bool last) {
    static constexpr std::array kErrors{"Odd",
                                        "Even",
                                        "States.TaskFailed",
                                        "States.Timeout",
                                        "States.IntrinsicFailure",
                                        "States.ResultPathMatchFailure"};
    if (last && data_.one_in(2)) return Value::array({"States.ALL"});
    Value names = Value::array();
    for (auto count = 1 + data_.draw(3); count > 0; --count) names.push_back(kErrors[data_.draw(kErrors.size())]);
    return names;
  }

  void handle_errors(Scope& scope, Value& state, const Sight& sight, std::uint64_t retries_max) {
    if (!data_.one_in(3)) {
      for (auto left = 1 + data_.draw(2); left > 0; --left) {
        Value retrier{{"ErrorEquals", error_equals(left == 1)}, {"IntervalSeconds", 1 + data_.draw(5)}};
        if (!data_.one_in(8)) retrier["MaxAttempts"] = data_.draw(retries_max);
        state["Retry"].push_back(std::move(retrier));
      }
    }
    if (!data_.one_in(3)) {
      for (auto left = 1 + data_.draw(2); left > 0; --left) {
        Sight after = sight;
        Value catcher{{"ErrorEquals", error_equals(left == 1)}};
        const Value error{{"Error", "Odd"}, {"Cause", "c"}};
        result_path(catcher, after.input, error);
        assign(scope, catcher, Sight{error, sight.variables, sight.in_iteration, true}, after);
        catcher["Next"] = target(scope, after);
        state["Catch"].push_back(std::move(catcher));
      }
    }
  }

  RandomData data_;
  int names_ = 0;
};

}  // namespace

DataMachine random_data_machine(std::uint64_t seed) { return DataMaker(seed).run(); }

}  // namespace stepd::test
