// Dispatcher: hands each task to its integration, and owns what the integrations work with. It stores nothing about
// tasks: which tasks are awaited is part of the executions.
#pragma once

#include "engine/run/task_services.h"
#include "services/integrations.h"

#include <chrono>

namespace stepd::services {

/// Thread: any.
class Dispatcher final : public run::TaskServices {
 public:
  /// `handlers`, `clock` and `runtime`, which may be null, outlive the dispatcher. Without `ask_engine` it has no
  /// integrations with Step Functions itself.
  Dispatcher(const ServiceOptions& options, const Handlers& handlers, const Clock& clock,
             run::GatewayDoor ask_engine = {}, functions::Runtime* runtime = nullptr);

  /// The functions of one's own code end with it.
  ~Dispatcher() override;

  std::optional<Result<Payload>> compute(const core::TaskLabel& label, const Payload& input) override;
  void start(run::TaskCall call) override;
  void cancel(const std::string& attempt) override;
  void invoke(run::InvokeFunction request, std::function<void(run::InvokedFunction)> done) override;
  asl::Diagnostics check(const Json& definition) const override;
  void drain(std::chrono::milliseconds grace) override;
  std::vector<LaneDepth> lanes() const override;

 private:
  const std::map<std::string, std::string> topics_;
  const Inventory inventory_;
  MissingFunctions missing_;
  FunctionTable functions_;
  tasks::HandlerPool pool_;
  tasks::HttpClient http_;
  Workbench bench_;
};

/// For run::make_engine(), which makes a dispatcher for the engine. `handlers`, `clock` and `runtime`, which may be
/// null, outlive the engine.
run::ServicesFactory make_services_factory(ServiceOptions options, const Handlers& handlers, const Clock& clock,
                                           functions::Runtime* runtime = nullptr);

}  // namespace stepd::services
