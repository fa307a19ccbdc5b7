#include "services/function_handler.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/value/builder.h"
#include "base/value/json_border.h"
#include "engine/asl/errors.h"
#include "engine/asl/scope.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

using asl::PayloadTemplate;

constexpr std::size_t kEachMax = 10'000;

asl::Diagnostic fault(const std::string& pointer, std::string message) {
  return {asl::Severity::Error, "INVALID_FUNCTION", std::move(message), pointer};
}

/// An adapter that does not fit fails by a name that States.ALL catches; States.Runtime is caught by nothing.
AslError misfit(const std::string& function, const AslError& error) {
  return {std::string(kInvalidEvent), "The event does not fit the function " + function + ": " + error.cause};
}

PayloadTemplate compile_adapter(const Payload& adapter, const std::string& pointer, asl::Diagnostics& faults) {
  return PayloadTemplate::compile(adapter.json(), pointer, faults, asl::DynamicOrder::AsWritten);
}

std::vector<PayloadTemplate> compile_all(const std::vector<Payload>& values, const std::string& pointer,
                                         asl::Diagnostics& faults) {
  std::vector<PayloadTemplate> templates;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = values.size() == 1 ? pointer : pointer + "/" + std::to_string(i);
    templates.push_back(compile_adapter(values[i], at, faults));
  }
  return templates;
}

std::optional<asl::Path> compile_path(const std::string& text, const std::string& pointer, bool reference,
                                      asl::Diagnostics& faults) {
  auto path = asl::Path::parse(text);
  if (!path) {
    faults.push_back(fault(pointer, path.error().cause));
    return std::nullopt;
  }
  if (path->root_kind() != asl::Path::Root::Input || (reference && !path->is_reference())) {
    faults.push_back(fault(pointer, text + ": expected a path to one place of the event, such as $.s3.object.key"));
    return std::nullopt;
  }
  return *std::move(path);
}

/// A template that is nothing but `{".$": expression}` stands for the expression's own value: else no function could
/// answer a text or a number that it found somewhere.
Result<Json> fill(const PayloadTemplate& adapter, const asl::Scope& scope) {
  STEPD_TRY(const Value made, adapter.evaluate(scope));
  const Value* bare = made.size() == 1 ? made.find("") : nullptr;
  return to_json(bare != nullptr ? *bare : made);
}

/// The first whose paths all lead somewhere; the last one's error if there is none.
Result<Json> fill_first(const std::vector<PayloadTemplate>& adapters, const asl::Scope& scope) {
  for (std::size_t i = 0; i + 1 < adapters.size(); ++i) {
    if (auto made = fill(adapters[i], scope)) return made;
  }
  return fill(adapters.back(), scope);
}

bool names(const std::vector<std::string>& errors, const std::string& name) {
  return std::any_of(errors.begin(), errors.end(),
                     [&](const std::string& each) { return each == asl::errors::kAll || each == name; });
}

std::string text_member(const Json& object, const char* member, const std::string& otherwise) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

}  // namespace

struct FunctionHandler::Call {
  const Json& event;  ///< as it was sent
  const std::string& attempt;
  const std::stop_token& stop;
  Lineage lineage;
  Json steps = Json::object();  ///< what the steps so far have answered
  Instant at;

  Json context(const std::string& function) const {
    const auto milliseconds = at.time_since_epoch().count();
    return Json{
        {"function", function},
        {"event", event},
        {"steps", steps},
        {"time",
         Json{{"iso", to_rfc3339(at)}, {"epochSeconds", milliseconds / 1000}, {"epochMilliseconds", milliseconds}}}};
  }
};

namespace {

/// What evaluations of an adapter may build.
Budget adapter_budget() {
  Budget budget;
  budget.bytes = limits::kEvaluationBytes;
  return budget;
}

Result<Value> value_of(const Json& json) {
  auto budget = adapter_budget();
  return from_json(json, budget);
}

/// Adapters have no variables; `$$` tells of the call, and is made when it is first asked for.
template <class Call>
class AdapterScope final : public asl::Scope {
 public:
  AdapterScope(Value input, const Call& call, const std::string& function)
      : input_(std::move(input)), call_(call), function_(function) {}
  Value input() const override { return input_; }
  Value context() const override {
    if (!context_) context_ = from_json(call_.context(function_));
    return *context_;
  }
  std::optional<Value> variable(std::string_view) const override { return std::nullopt; }
  std::uint64_t draw() const override { return run::random_bits(); }
  Budget& budget() const override { return budget_; }

 private:
  Value input_;
  const Call& call_;
  const std::string& function_;
  mutable std::optional<Value> context_;
  mutable Budget budget_ = adapter_budget();
};

}  // namespace

FunctionHandler::FunctionHandler(const Function& function, const Handlers& handlers, const Clock* clock,
                                 const std::string& pointer, asl::Diagnostics& faults)
    : name_(function.name), clock_(clock), defaults_(function.defaults), keep_event_(function.keep_event) {
  if (const auto handler = handlers.find(function.handler); handler != handlers.end()) {
    inner_ = handler->second.get();
  } else if (function.steps.empty()) {
    faults.push_back(fault(pointer + "/handler", "There is no handler '" + function.handler + "'"));
  }
  for (const auto& step : function.steps) {
    const auto at = pointer + "/steps/" + step.name;
    steps_.push_back(step.enabled ? std::make_unique<FunctionHandler>(step, handlers, clock, at, faults) : nullptr);
    step_names_.push_back(step.name);
  }
  if (!function.each.empty()) each_ = compile_path(function.each, pointer + "/each", false, faults);
  for (const auto& text : function.decode) {
    if (auto path = compile_path(text, pointer + "/decode", true, faults)) decode_.push_back(*std::move(path));
  }
  arguments_ = compile_all(function.arguments, pointer + "/arguments", faults);
  result_ = compile_all(function.result, pointer + "/result", faults);
  for (std::size_t i = 0; i < function.catchers.size(); ++i) {
    const auto& catcher = function.catchers[i];
    const auto at = pointer + "/catch/" + std::to_string(i) + (catcher.fails ? "/fail" : "/result");
    catchers_.push_back({catcher.errors, compile_adapter(catcher.answer, at, faults), catcher.fails});
  }
  if (function.error_result) {
    catchers_.push_back({{std::string(asl::errors::kAll)},
                         compile_adapter(*function.error_result, pointer + "/error_result", faults),
                         false});
  }
  is_bare_ = is_bare();
}

Result<Json> FunctionHandler::invoke(const tasks::Invocation& invocation) {
  if (each_) return invoke_each(invocation);
  return run(
      {invocation.event, invocation.attempt, invocation.stop, invocation.lineage, Json::object(), clock_->now()});
}

tasks::TaskLane FunctionHandler::lane() const {
  const auto is_of_images = [](const auto& step) { return step != nullptr && step->lane() == tasks::TaskLane::Images; };
  if (std::any_of(steps_.begin(), steps_.end(), is_of_images)) return tasks::TaskLane::Images;
  return inner_ != nullptr ? inner_->lane() : tasks::TaskLane::Quick;
}

bool FunctionHandler::only_computes() const {
  const auto computes = [](const auto& step) { return step == nullptr || step->only_computes(); };
  return !each_ && std::all_of(steps_.begin(), steps_.end(), computes) &&
         (inner_ == nullptr || inner_->only_computes());
}

/// Every element is tried, so that one that fails takes none of the others with it.
Result<Json> FunctionHandler::invoke_each(const tasks::Invocation& invocation) const {
  STEPD_TRY(const Value event, value_of(invocation.event));
  auto budget = adapter_budget();
  const auto selected = each_->select(event, budget);
  if (!selected) return misfit(name_, selected.error());
  const Json list = to_json(*selected);
  if (!list.is_array()) return misfit(name_, {"", each_->text() + " is no list"});
  if (list.size() > kEachMax) return misfit(name_, {"", each_->text() + " has more than 10,000 elements"});
  Json results = Json::array();
  std::optional<AslError> first;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto attempt = invocation.attempt + "." + std::to_string(i);
    auto result = run({list[i], attempt, invocation.stop, invocation.lineage, Json::object(), clock_->now()});
    if (result) {
      results.push_back(*std::move(result));
    } else if (++failed == 1) {
      first = result.error();
    }
  }
  if (!first) return results;
  first->cause = std::to_string(failed) + " of " + std::to_string(list.size()) + " failed, the first: " + first->cause;
  return *std::move(first);
}

Result<Json> FunctionHandler::prepare(const Json& event) const {
  STEPD_TRY(const Value given, value_of(event));
  auto budget = adapter_budget();
  Value decoded = given;
  for (const auto& path : decode_) {
    const auto found = path.select(given, budget);
    if (!found || !found->is_string()) continue;
    auto text = Value::string(percent_decode_leniently(found->string(), Space::Plus));
    STEPD_TRY(decoded, asl::put_at(path, decoded, std::move(text), budget));
  }
  Json prepared = to_json(decoded);
  if (prepared.is_object()) {
    const Json defaults = defaults_.json();
    for (const auto& [name, value] : defaults.items()) {
      if (!prepared.contains(name)) prepared[name] = value;
    }
  }
  return prepared;
}

bool FunctionHandler::is_bare() const {
  return inner_ != nullptr && steps_.empty() && decode_.empty() && defaults_.json().empty() && arguments_.empty() &&
         result_.empty() && catchers_.empty() && !keep_event_;
}

Result<Json> FunctionHandler::run(const Call& call) const {
  if (is_bare_) return inner_->invoke({call.event, call.attempt, call.stop, call.lineage});
  Json view{{"event", call.event}};
  auto result = attempt(call, view);
  if (!result) return answer_error(call, std::move(view), result.error());
  if (!keep_event_ || !call.event.is_object() || !result->is_object()) return result;
  Json merged = call.event;
  for (const auto& [name, value] : result->items()) merged[name] = value;
  return merged;
}

Result<Json> FunctionHandler::attempt(const Call& call, Json& view) const {
  const auto fit = [&](Result<Json> made) -> Result<Json> {
    if (!made) return misfit(name_, made.error());
    return made;
  };
  STEPD_TRY(Json arguments, fit(prepare(call.event)));
  if (!arguments_.empty()) {
    STEPD_TRY(Value prepared, value_of(arguments));
    STEPD_TRY(Json made, fit(fill_first(arguments_, AdapterScope(std::move(prepared), call, name_))));
    arguments = std::move(made);
  }
  view["arguments"] = arguments;
  Json result;
  if (steps_.empty()) {
    STEPD_TRY(Json made, inner_->invoke({arguments, call.attempt, call.stop, call.lineage}));
    result = std::move(made);
  } else {
    STEPD_TRY(Json made, run_steps({arguments, call.attempt, call.stop, call.lineage, Json::object(), call.at}));
    view["steps"] = made;
    result = std::move(made);
  }
  if (result_.empty()) return result;
  view["result"] = std::move(result);
  STEPD_TRY(Value seen, value_of(view));
  return fit(fill_first(result_, AdapterScope(std::move(seen), call, name_)));
}

/// One after the other over the same event; the first that fails is the function's failure.
Result<Json> FunctionHandler::run_steps(const Call& function) const {
  Call call = function;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const auto& name = step_names_[i];
    if (steps_[i] == nullptr) {
      call.steps[name] = Json::object();
      continue;
    }
    const auto attempt = function.attempt + "." + name;
    Result<Json> result =
        steps_[i]->run({function.event, attempt, function.stop, function.lineage, call.steps, function.at});
    if (!result) return result;
    call.steps[name] = *std::move(result);
  }
  return std::move(call.steps);
}

Result<Json> FunctionHandler::answer_error(const Call& call, Json view, AslError error) const {
  const auto catcher = std::find_if(catchers_.begin(), catchers_.end(),
                                    [&](const Catcher& each) { return names(each.errors, error.name); });
  if (catcher == catchers_.end()) return error;
  view["error"] = Json{{"Error", error.name}, {"Cause", error.cause}};
  STEPD_TRY(Value seen, value_of(view));
  auto answer = fill(catcher->answer, AdapterScope(std::move(seen), call, name_));
  if (!answer) return misfit(name_, answer.error());
  if (!catcher->fails) return answer;
  if (!answer->is_object()) return error;
  return AslError{text_member(*answer, "Error", error.name), text_member(*answer, "Cause", error.cause)};
}

}  // namespace stepd::services
