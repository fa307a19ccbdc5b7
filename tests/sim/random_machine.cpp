#include "sim/random_machine.h"

#include <nlohmann/json.hpp>
#include <random>

namespace stepd::test {
namespace {

constexpr int kDepth = 3;

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Json workflow(int depth) {
    const auto count = 1 + draw(4);
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < count; ++i) names.push_back("S" + std::to_string(++names_));
    Json states = Json::object();
    for (std::size_t i = 0; i < count; ++i) {
      const auto next = i + 1 < count ? names[i + 1] : "";
      states[names[i]] = state(depth, next, names.back());
    }
    return Json{{"StartAt", names.front()}, {"States", std::move(states)}};
  }

 private:
  std::uint64_t draw(std::uint64_t limit) { return random_() % limit; }

  Json state(int depth, const std::string& next, const std::string& last) {
    Json made = body(depth, next);
    if (made["Type"] == "Choice" || made["Type"] == "Succeed") return made;
    if (next.empty())
      made["End"] = true;
    else
      made["Next"] = next;
    const bool may_fail = made["Type"] == "Task" || made["Type"] == "Parallel" || made["Type"] == "Map";
    if (may_fail && draw(2) == 0) {
      made["Retry"] = Json::array({Json{{"ErrorEquals", {draw(2) == 0 ? "Odd" : "States.ALL"}},
                                        {"IntervalSeconds", 1 + draw(5)},
                                        {"MaxAttempts", draw(3)}}});
    }
    if (may_fail && !next.empty() && draw(2) == 0) {
      made["Catch"] = Json::array({Json{{"ErrorEquals", {"States.ALL"}}, {"ResultPath", "$.caught"}, {"Next", last}}});
    }
    return made;
  }

  Json body(int depth, const std::string& next) {
    switch (draw(depth > 0 ? 8 : 6)) {
      case 0:
        return Json{{"Type", "Pass"}, {"Result", {{"n", draw(100)}}}, {"ResultPath", "$.p"}};
      case 1:
        return Json{{"Type", "Wait"}, {"Seconds", draw(20)}};
      case 2:
        if (!next.empty()) return choice(next);
        return Json{{"Type", "Succeed"}};
      case 3:
        return Json{
            {"Type", "Task"}, {"Resource", late_resource()}, {"TimeoutSeconds", 1 + draw(10)}, {"ResultPath", "$.t"}};
      case 4:
      case 5:
        return Json{{"Type", "Task"}, {"Resource", "quick"}, {"ResultPath", "$.t"}};
      case 6:
        return parallel(depth);
      default:
        return map(depth);
    }
  }

  std::string late_resource() {
    switch (draw(3)) {
      case 0:
        return "slow";
      case 1:
        return "arn:aws:states:us-east-1:123456789012:activity:work";
      default:
        return "arn:aws:states:::lambda:invoke.waitForTaskToken";
    }
  }

  Json choice(const std::string& next) {
    return Json{{"Type", "Choice"},
                {"Choices", {{{"Variable", "$.p.n"}, {"IsPresent", true}, {"Next", next}}}},
                {"Default", next}};
  }

  Json parallel(int depth) {
    Json branches = Json::array();
    const auto count = 1 + draw(3);
    for (std::uint64_t i = 0; i < count; ++i) branches.push_back(workflow(depth - 1));
    return Json{{"Type", "Parallel"}, {"Branches", std::move(branches)}, {"ResultPath", "$.b"}};
  }

  Json map(int depth) {
    return Json{{"Type", "Map"},
                {"ItemsPath", "$.items"},
                {"ItemSelector", {{"item.$", "$$.Map.Item.Value"}, {"items", {1, 2}}}},
                {"MaxConcurrency", draw(3)},
                {"ItemProcessor", workflow(depth - 1)},
                {"ResultPath", "$.m"}};
  }

  std::mt19937_64 random_;
  int names_ = 0;
};

}  // namespace

Json random_machine(std::uint64_t seed) { return Maker(seed).workflow(kDepth); }

}  // namespace stepd::test
