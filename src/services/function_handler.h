// FunctionHandler: a function of the configuration, as a handler. It changes an event before a built-in handler gets
// it, and changes the handler's result (ADR 0017). FunctionTable (functions.h) finds functions by name.
#pragma once

#include "base/clock.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "services/service_options.h"
#include "tasks/handler.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::services {

using Handlers = std::map<std::string, std::unique_ptr<tasks::Handler>, std::less<>>;

/// The error name for an event to which the function's templates cannot be applied. Retry and Catch may name it.
inline constexpr std::string_view kInvalidEvent = "Handler.InvalidEvent";

/// Immutable, any thread. Templates are evaluated on the thread that invokes.
class FunctionHandler final : public tasks::Handler {
 public:
  /// Faults go to `faults` under `pointer`; a handler with faults must not be invoked. `handlers` and `clock` outlive
  /// it.
  FunctionHandler(const Function& function, const Handlers& handlers, const Clock* clock, const std::string& pointer,
                  asl::Diagnostics& faults);

  Result<Json> invoke(const tasks::Invocation& call) override;
  /// TaskLane::Images if one of its handlers belongs there.
  tasks::TaskLane lane() const override;
  /// If its handlers do and it is called once.
  bool only_computes() const override;

 private:
  /// The data of `$$` in the templates of one call.
  struct Call;
  struct Catcher {
    std::vector<std::string> errors;
    asl::PayloadTemplate answer;
    bool fails = false;
  };

  Result<Json> invoke_each(const tasks::Invocation& call) const;
  Result<Json> run(const Call& call) const;
  /// It changes neither the event nor the result.
  bool is_bare() const;
  Result<Json> attempt(const Call& call, Json& view) const;
  Result<Json> run_steps(const Call& call) const;
  Result<Json> prepare(const Json& event) const;
  Result<Json> answer_error(const Call& call, Json view, AslError error) const;

  std::string name_;
  const Clock* clock_;
  tasks::Handler* inner_ = nullptr;
  std::vector<std::unique_ptr<FunctionHandler>> steps_;  ///< null where a step is switched off
  std::vector<std::string> step_names_;
  std::optional<asl::Path> each_;
  std::vector<asl::Path> decode_;
  Payload defaults_;
  std::vector<asl::PayloadTemplate> arguments_;
  std::vector<asl::PayloadTemplate> result_;
  std::vector<Catcher> catchers_;
  bool keep_event_ = false;
  bool is_bare_ = false;
};

}  // namespace stepd::services
