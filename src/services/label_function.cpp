#include "services/label_function.h"

#include "services/dispatcher.h"
#include "tasks/arguments.h"

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

ServiceOptions only(const ServiceOptions& all, const std::string& function) {
  ServiceOptions options = all;
  options.topics.clear();
  std::erase_if(options.functions, [&](const Function& each) { return each.name != function; });
  return options;
}

bool is_label(const Json& each) {
  return each.is_object() && each.contains("Name") && each["Name"].is_string() && each.contains("Confidence") &&
         each["Confidence"].is_number();
}

/// Without the error object that Lambda makes of a cause, as the task's own call makes one again. What the function was
/// given is right: a function that finds fault with it is at fault.
AslError told_by(const std::string& function, const AslError& error) {
  std::string cause = error.cause;
  if (const auto object = parse_json(cause); object && object->is_object()) {
    const auto message = object->find("errorMessage");
    if (message != object->end() && message->is_string()) cause = message->get<std::string>();
  }
  if (error.name != "Handler.InvalidArguments") return {error.name, std::move(cause)};
  return {"Image.LabelModelFailed", "The function " + function + " could not be called: " + cause};
}

class LabelFunction final : public tasks::Handler {
 public:
  LabelFunction(const ServiceOptions& options, std::string function, const Handlers& handlers, const Clock& clock,
                functions::Runtime* runtime)
      : function_(std::move(function)), dispatcher_(only(options, function_), handlers, clock, {}, runtime) {}

  tasks::TaskLane lane() const override { return tasks::TaskLane::Images; }

  Result<Json> invoke(const tasks::Invocation& invocation) override {
    tasks::Arguments arguments(invocation.event);
    Json event = Json::object();
    if (auto bytes = arguments.optional_text("bytes")) {
      event["bytes"] = *std::move(bytes);
    } else {
      event = {{"bucket", arguments.text("bucket")}, {"key", arguments.text("key")}};
    }
    const auto most = arguments.optional_integer("maxLabels", 1, 1'000);
    const auto least = arguments.optional_number("minConfidence", 0, 100);
    STEPD_CHECK(arguments.finish());
    if (most) event["maxLabels"] = *most;
    if (least) event["minConfidence"] = *least;

    const auto given = call(Payload(std::move(event)), invocation);
    if (!given) return told_by(function_, given.error());
    const Json answer = given->json();
    const bool fits = answer.is_object() && answer.contains("Labels") && answer["Labels"].is_array() &&
                      std::all_of(answer["Labels"].begin(), answer["Labels"].end(), is_label);
    if (!fits) {
      return AslError{"Image.LabelModelFailed",
                      "The function " + function_ +
                          R"( answered something else than {"Labels": [{"Name": text, "Confidence": number}]}.)"};
    }
    // A function need not know what was asked for.
    Json labels = Json::array();
    for (const auto& label : answer["Labels"]) {
      if (most && labels.size() == static_cast<std::size_t>(*most)) break;
      if (!least || label["Confidence"].get<double>() >= *least) labels.push_back(label);
    }
    const bool named = answer.contains("LabelModelVersion") && answer["LabelModelVersion"].is_string();
    return Json{{"Labels", std::move(labels)},
                {"LabelModelVersion", named ? answer["LabelModelVersion"] : Json(function_)}};
  }

 private:
  Result<Payload> call(Payload event, const tasks::Invocation& invocation) {
    const std::string attempt = invocation.attempt + ".labels";
    const auto promise = std::make_shared<std::promise<Result<Payload>>>();
    auto answer = promise->get_future();
    run::TaskCall call{{asl::Resource::Kind::LambdaFunction, "", function_},
                       std::move(event),
                       attempt,
                       [] {},
                       [promise](Result<Payload> result) { promise->set_value(std::move(result)); }};
    call.lineage = invocation.lineage;
    dispatcher_.start(std::move(call));
    // What is cancelled is answered all the same.
    const std::stop_callback give_up(invocation.stop, [&] { dispatcher_.cancel(attempt); });
    return answer.get();
  }

  const std::string function_;
  Dispatcher dispatcher_;
};

}  // namespace

std::unique_ptr<tasks::Handler> make_label_function(const ServiceOptions& options, const std::string& function,
                                                    const Handlers& handlers, const Clock& clock,
                                                    functions::Runtime* runtime) {
  return std::make_unique<LabelFunction>(options, function, handlers, clock, runtime);
}

}  // namespace stepd::services
