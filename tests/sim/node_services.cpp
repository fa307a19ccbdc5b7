#include "sim/node_services.h"

#include "engine/run/uuid.h"
#include "sim/oracle_comparison.h"

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

/// The token that a callback's call hands out; empty: none.
std::string token_in(const Json& call) {
  for (const auto* place : {"/Payload/token", "/Input/token"}) {
    const Json::json_pointer pointer(place);
    if (call.contains(pointer)) return call.at(pointer).get<std::string>();
  }
  return "";
}

}  // namespace

void SimulatedServices::start(run::TaskCall call) {
  ledger_.task_called(call);
  calls_.push_back({std::move(call)});
}

void SimulatedServices::cancel(const std::string& attempt) {
  for (auto& each : calls_) {
    if (each.call.attempt == attempt) each.cancelled = true;
  }
}

bool SimulatedServices::answer_one() {
  if (calls_.empty()) return false;
  const auto place = calls_.begin() + static_cast<std::ptrdiff_t>(chance_.draw(calls_.size()));
  if (!place->started && chance_.one_in(3)) {
    place->started = true;
    place->call.started();
    return true;
  }
  OpenCall open = std::move(*place);
  calls_.erase(place);
  // Who is not awaited any more may answer all the same.
  if (open.cancelled && chance_.one_in(2)) return true;
  if (open.call.label.type == "states") {
    if (!open.started) open.call.started();
    start_execution(std::move(open.call));
    return true;
  }
  open.call.done(answer(open.call));
  return true;
}

Result<Payload> SimulatedServices::answer(const run::TaskCall& call) {
  const Json input = call.input.json();
  if (const auto token = token_in(input); !token.empty()) {
    ledger_.token_given(token);
    return Payload(Json{{"handed", "out"}});
  }
  if (const auto* retries = ledger_.pure_task(call.origin)) {
    const auto made = oracle_reply(retries->state, retries->retries, call.input.text());
    if (!made.result) return AslError{made.error, made.cause};
    return ledger_.offered(call.origin, Payload::parse(*made.result).value());
  }
  if (chance_.one_in(4)) return AslError{chance_.one_in(2) ? "Odd" : "Even", "as chance will have it"};
  return ledger_.offered(call.origin, Payload(Json{{"h", chance_.draw(1'000'000)}}));
}

void SimulatedServices::start_execution(run::TaskCall call) {
  const Json parameters = call.input.json();
  using Pattern = asl::Resource::Pattern;
  const auto pattern = call.label.pattern();
  if (const auto token = token_in(parameters); !token.empty()) ledger_.token_given(token);
  run::StartExecution request;
  request.state_machine_arn = parameters["StateMachineArn"].get<std::string>();
  request.input = parameters["Input"].dump();
  request.name = parameters.contains("Name")
                     ? parameters["Name"].get<std::string>()
                     : run::uuid_of(call.origin.execution_arn + "#" + std::to_string(call.origin.token));
  request.parent = call.origin;
  request.parent->awaits_end = pattern == Pattern::Sync || pattern == Pattern::Sync2;
  ask_engine_([this, request = std::move(request), call = std::move(call)](run::Gateway& gateway) {
    gateway.start_execution(
        request, ledger_.expect<run::StartedExecution>("the start of a child", [this, call](const auto& started) {
          ledger_.child_started(started);
          if (!started.has_value()) return call.done(AslError{"StepFunctions.Refused", "as the engine says"});
          call.done(ledger_.offered(call.origin, Payload(Json{{"ExecutionArn", started->arn}, {"StartDate", 1}})));
        }));
  });
}

}  // namespace stepd::test
