#include "services/integrations/handler_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Result<HandlerCall> translated(const run::TaskCall& call, const Translate& translate) {
  const Json input = call.input.json();
  tasks::Arguments parameters(input);
  auto wanted = translate(parameters);
  if (const auto faults = parameters.finish(); !faults) {
    return AslError{"States.Runtime", "The Parameters of " + call.label.type + ":" + call.label.resource +
                                          " cannot be used: " + faults.error().cause};
  }
  return wanted;
}

}  // namespace

void call_handler(const Workbench& bench, run::TaskCall call, const Translate& translate, Manner manner) {
  auto wanted = translated(call, translate);
  if (!wanted) {
    return call.done(wanted.error().name.empty() ? manner.error(wanted.error()) : wanted.error());
  }
  const auto handler = bench.handlers.find(wanted->handler);
  if (handler == bench.handlers.end()) {
    return call.done(AslError{"States.Runtime", "There is no handler '" + std::string(wanted->handler) + "'."});
  }
  auto done = [done = std::move(call.done), shape = std::move(wanted->shape),
               manner = std::move(manner)](const Result<Json>& result) {
    if (!result) return done(manner.error(result.error()));
    done(manner.answer(shape(*result)));
  };
  bench.pool.submit({*handler->second, std::move(wanted->event), std::move(call.attempt), std::move(call.started),
                     std::move(done), call.lineage});
}

}  // namespace stepd::services::integrations
