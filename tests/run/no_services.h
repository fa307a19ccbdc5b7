// The services of an engine whose executions call none.
#pragma once

#include "engine/run/task_services.h"

namespace stepd::test {

/// Every task fails and every function is unknown.
class NoServices final : public run::TaskServices {
 public:
  void start(run::TaskCall call) override { call.done(AslError{"States.Runtime", "This engine has no services."}); }
  void cancel(const std::string&) override {}
  void invoke(run::InvokeFunction, std::function<void(run::InvokedFunction)> done) override {
    done({AslError{"Lambda.ResourceNotFoundException", "This engine has no services."}});
  }
  asl::Diagnostics check(const Json&) const override { return {}; }
  void drain(std::chrono::milliseconds) override {}
  std::vector<LaneDepth> lanes() const override { return {}; }
};

inline std::unique_ptr<run::TaskServices> no_services(const run::GatewayDoor&) {
  return std::make_unique<NoServices>();
}

}  // namespace stepd::test
