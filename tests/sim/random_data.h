// Random values, and random paths, templates and choice rules that mostly fit them. A maker of state machines hands in
// what a state will probably see, so that most of what is made here leads somewhere.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace stepd::test {

/// What the expressions of a state will probably see.
struct Sight {
  nlohmann::ordered_json input;
  std::map<std::string, nlohmann::ordered_json> variables = {};
  bool in_iteration = false;    ///< there is a $$.Map.Item
  bool counts_retries = false;  ///< there is a $$.State.RetryCount
};

class RandomData {
 public:
  using Value = nlohmann::ordered_json;
  enum class Kind { Any, Number, Text, List, Object };
  struct Expression {
    std::string text;
    Value value;  ///< what it probably gives
  };
  struct Template {
    Value fields;
    Value value;
  };

  explicit RandomData(std::uint64_t seed) : random_(seed) {}

  std::uint64_t draw(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t chances) { return draw(chances) == 0; }

  /// JSON of at most `depth` levels.
  Value value(int depth);
  Value scalar();
  /// The input of an execution.
  Value document();
  /// What a task probably answers: the function is given the same draws that its real answers are made from.
  Value reply();

  /// A path to something of that kind; at times to nothing, or to another kind.
  Expression path(const Sight& sight, Kind kind);
  /// Beneath `$` alone. Text `$` if there is none of that kind.
  Expression input_path(const Sight& sight, Kind kind);
  /// A path or calls of intrinsic functions.
  Expression expression(const Sight& sight, int depth = 2);
  Template payload_template(const Sight& sight, int depth = 2);
  /// Without Next.
  Value choice_rule(const Sight& sight, int depth = 2);

 private:
  Expression call(const Sight& sight, int depth);
  Expression argument(const Sight& sight, int depth);
  Value comparison(const Sight& sight);

  std::mt19937_64 random_;
};

}  // namespace stepd::test
