#include "engine/run/functions.h"

#include "engine/asl/payload_template.h"
#include "engine/asl/scope.h"
#include "engine/run/uuid.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace stepd::run {
namespace {

using asl::PayloadTemplate;

/// Adapters have no variables; `$$` is what the function was called with.
class AdapterScope final : public asl::Scope {
 public:
  AdapterScope(const Json& input, const Json& event) : input_(input), event_(event) {}
  const Json& input() const override { return input_; }
  const Json& context() const override { return event_; }
  const Json* variable(std::string_view) const override { return nullptr; }
  std::uint64_t draw() const override { return random_bits(); }

 private:
  const Json& input_;
  const Json& event_;
};

/// A template that is nothing but `{".$": expression}` stands for the expression's own value: else no function could
/// answer a text or a number that it found somewhere.
Result<Json> fill(const PayloadTemplate& adapter, const asl::Scope& scope) {
  STEPD_TRY(Json made, adapter.evaluate(scope));
  const bool bare = made.is_object() && made.size() == 1 && made.begin().key().empty();
  if (!bare) return made;
  Json value = std::move(*made.begin());
  return value;
}

struct Adapters {
  std::optional<PayloadTemplate> arguments;
  std::optional<PayloadTemplate> result;
  std::optional<PayloadTemplate> error_result;
};

class AdaptedHandler final : public tasks::Handler {
 public:
  AdaptedHandler(tasks::Handler& inner, Adapters adapters) : inner_(inner), adapters_(std::move(adapters)) {}

  Result<Json> invoke(const tasks::Invocation& call) override {
    Json arguments = call.event;
    if (adapters_.arguments) {
      STEPD_TRY(auto made, fill(*adapters_.arguments, AdapterScope(call.event, call.event)));
      arguments = std::move(made);
    }
    auto result = inner_.invoke({arguments, call.attempt, call.stop});
    Json view{{"event", call.event}, {"arguments", std::move(arguments)}};
    if (result) {
      if (!adapters_.result) return result;
      view["result"] = *std::move(result);
      return fill(*adapters_.result, AdapterScope(view, call.event));
    }
    if (!adapters_.error_result) return result;
    view["error"] = Json{{"Error", result.error().name}, {"Cause", result.error().cause}};
    return fill(*adapters_.error_result, AdapterScope(view, call.event));
  }

 private:
  tasks::Handler& inner_;
  const Adapters adapters_;
};

std::optional<PayloadTemplate> compile_member(const std::optional<Payload>& member, const std::string& pointer,
                                              asl::Diagnostics& faults) {
  if (!member) return std::nullopt;
  return PayloadTemplate::compile(member->value(), pointer, faults);
}

Adapters compile_adapters(const Function& function, asl::Diagnostics& faults) {
  const auto at = "/" + function.name;
  return {compile_member(function.arguments, at + "/arguments", faults),
          compile_member(function.result, at + "/result", faults),
          compile_member(function.error_result, at + "/error_result", faults)};
}

asl::Diagnostic fault(const std::string& pointer, std::string message) {
  return {asl::Severity::Error, "INVALID_FUNCTION", std::move(message), pointer};
}

}  // namespace

FunctionTable::FunctionTable(const EngineOptions& options, const Handlers& handlers)
    : default_endpoint_(options.lambda_endpoint) {
  for (const auto& function : options.functions) {
    if (!function.endpoint.empty()) endpoints_.emplace(function.name, function.endpoint);
    const auto handler = handlers.find(function.handler);
    asl::Diagnostics faults;
    auto adapters = compile_adapters(function, faults);
    if (handler == handlers.end() || !faults.empty()) continue;
    handlers_.emplace(function.name, std::make_unique<AdaptedHandler>(*handler->second, std::move(adapters)));
  }
}

std::optional<FunctionPlace> FunctionTable::find(std::string_view name) const {
  if (const auto handler = handlers_.find(name); handler != handlers_.end())
    return FunctionPlace{handler->second.get(), ""};
  if (const auto endpoint = endpoints_.find(name); endpoint != endpoints_.end())
    return FunctionPlace{nullptr, endpoint->second};
  if (default_endpoint_.empty()) return std::nullopt;
  return FunctionPlace{nullptr, default_endpoint_};
}

asl::Diagnostics check_functions(const EngineOptions& options, const Handlers& handlers) {
  asl::Diagnostics faults;
  for (const auto& function : options.functions) {
    if (function.endpoint.empty() && !handlers.contains(function.handler)) {
      faults.push_back(fault("/" + function.name + "/handler", "There is no handler '" + function.handler + "'"));
    }
    compile_adapters(function, faults);
  }
  for (const auto& [topic, name] : options.topics) {
    const bool known = std::any_of(options.functions.begin(), options.functions.end(),
                                   [&name = name](const auto& function) { return function.name == name; });
    if (!known) faults.push_back(fault("/" + topic, "There is no function '" + name + "'"));
  }
  return faults;
}

}  // namespace stepd::run
