#include "sim/node_machines.h"

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

class NodeMachineMaker {
 public:
  NodeMachineMaker(Chance& chance, const NodeMachineOptions& options) : chance_(chance), options_(options) {}

  Json workflow(int depth) {
    std::vector<std::string> names;
    for (auto count = 1 + chance_.draw(depth > 1 ? 3 : 2); count > 0; --count)
      names.push_back("S" + std::to_string(++names_));
    Json states = Json::object();
    for (std::size_t i = 0; i < names.size(); ++i)
      states[names[i]] = state(depth, i + 1 < names.size() ? names[i + 1] : "", names.back());
    return Json{{"StartAt", names.front()}, {"States", std::move(states)}};
  }

 private:
  Json state(int depth, const std::string& next, const std::string& last) {
    Json made = body(depth, next);
    const auto type = made["Type"].get<std::string>();
    if (type == "Choice" || type == "Succeed" || type == "Fail") return made;
    if (next.empty())
      made["End"] = true;
    else
      made["Next"] = next;
    if (type == "Pass" || type == "Wait") return made;
    if (chance_.one_in(2)) {
      made["Retry"] = Json::array({Json{{"ErrorEquals", {chance_.one_in(2) ? "Odd" : "States.ALL"}},
                                        {"IntervalSeconds", 1 + chance_.draw(5)},
                                        {"MaxAttempts", chance_.draw(3)}}});
    }
    if (!next.empty() && chance_.one_in(2)) {
      made["Catch"] = Json::array({Json{{"ErrorEquals", {"States.ALL"}}, {"ResultPath", "$.caught"}, {"Next", last}}});
    }
    return made;
  }

  Json body(int depth, const std::string& next) {
    switch (chance_.draw(depth > 0 ? 13 : 10)) {
      case 0:
        return Json{{"Type", "Pass"}, {"Result", {{"n", chance_.draw(100)}}}, {"ResultPath", "$.p"}};
      case 1:
        // The clock starts at 22:13:20.
        if (chance_.one_in(4)) return Json{{"Type", "Wait"}, {"Timestamp", "2023-11-14T22:13:40Z"}};
        return Json{{"Type", "Wait"}, {"Seconds", chance_.draw(20)}};
      case 2:
        if (!next.empty()) {
          return Json{{"Type", "Choice"},
                      {"Choices", {{{"Variable", "$.p.n"}, {"IsPresent", true}, {"Next", next}}}},
                      {"Default", next}};
        }
        if (chance_.one_in(4)) return Json{{"Type", "Fail"}, {"Error", "Odd"}};
        return Json{{"Type", "Succeed"}};
      case 3:
      case 4:
        return task("work");
      case 5:
        return limited(task("work"), 2);
      case 6:
        return activity();
      case 7:
        return callback();
      case 8:
      case 9:
        return nested();
      case 10:
        return parallel(depth);
      default:
        return map(depth);
    }
  }

  static Json task(const std::string& resource) {
    return Json{{"Type", "Task"}, {"Resource", resource}, {"ResultPath", "$.t"}};
  }

  /// One time in `chances` the time is limited, and sometimes that between heartbeats.
  Json limited(Json task, std::uint64_t chances) {
    if (!chance_.one_in(chances)) return task;
    task["TimeoutSeconds"] = 5 + chance_.draw(60);
    if (chance_.one_in(2)) task["HeartbeatSeconds"] = 1 + chance_.draw(4);
    return task;
  }

  /// A worker that was never told of its task lets it time out.
  Json activity() {
    if (options_.express || options_.activity.empty()) return task("work");
    return limited(task(options_.activity), 1);
  }

  Json callback() {
    if (options_.express) return task("work");
    auto made = task("arn:aws:states:::lambda:invoke.waitForTaskToken");
    made["Parameters"] = {{"FunctionName", "callback"}, {"Payload", {{"token.$", "$$.Task.Token"}}}};
    return limited(std::move(made), 2);
  }

  Json nested() {
    static const std::vector<std::string> kPatterns{"", ".sync", ".sync:2", ".sync", ".waitForTaskToken"};
    if (options_.children.empty()) return task("work");
    const auto pattern = options_.express ? "" : chance_.pick(kPatterns);
    auto made = task("arn:aws:states:::states:startExecution" + pattern);
    Json input{{"items", {1, 2}}};
    if (pattern == ".waitForTaskToken") input["token.$"] = "$$.Task.Token";
    made["Parameters"] = {{"StateMachineArn", chance_.pick(options_.children)}, {"Input", std::move(input)}};
    if (chance_.one_in(6)) made["Parameters"]["Name"] = "shared";
    return limited(std::move(made), 4);
  }

  Json parallel(int depth) {
    Json branches = Json::array();
    for (auto count = 1 + chance_.draw(2); count > 0; --count) branches.push_back(workflow(depth - 1));
    return Json{{"Type", "Parallel"}, {"Branches", std::move(branches)}, {"ResultPath", "$.b"}};
  }

  Json map(int depth) {
    return Json{{"Type", "Map"},
                {"ItemsPath", "$.items"},
                {"ItemSelector", {{"item.$", "$$.Map.Item.Value"}, {"items", {1, 2}}}},
                {"MaxConcurrency", chance_.draw(3)},
                {"ItemProcessor", workflow(depth - 1)},
                {"ResultPath", "$.m"}};
  }

  Chance& chance_;
  const NodeMachineOptions& options_;
  int names_ = 0;
};

}  // namespace

Json random_node_machine(Chance& chance, const NodeMachineOptions& options) {
  auto made = NodeMachineMaker(chance, options).workflow(options.depth);
  if (chance.one_in(4)) made["TimeoutSeconds"] = 10 + chance.draw(300);
  return made;
}

}  // namespace stepd::test
