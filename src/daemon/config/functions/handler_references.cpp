#include "daemon/config/functions/handler_references.h"

#include "base/clock.h"
#include "base/json_pointer.h"
#include "base/objects.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/memory/memory_store.h"
#include "tasks/catalog.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

/// From a catalog over nothing, so that there is one list of handlers and not two.
std::vector<std::string> handler_names() {
  const auto store = storage::open_memory();
  const auto items = storage::make_item_store(*store, {});
  const auto objects = storage::open_local_objects({});
  const SystemClock clock;
  std::vector<std::string> names;
  for (const auto& [name, handler] : tasks::make_catalog({*objects, *items, clock, {}, {}})) names.push_back(name);
  return names;
}

/// Of a function, and of each of its steps.
void check_handler(Mapping& root, const services::Function& function, const std::string& pointer,
                   const std::vector<std::string>& handlers) {
  for (const auto& step : function.steps) {
    check_handler(root, step, child_pointer(pointer + "/steps", step.name), handlers);
  }
  const bool known = std::find(handlers.begin(), handlers.end(), function.handler) != handlers.end();
  if (known || function.handler.empty()) return;
  root.reading().faults.push_back(
      {asl::Severity::Error, "CONFIGURATION",
       "there is no handler '" + function.handler + "'" + suggestion(function.handler, handlers),
       child_pointer(pointer, "handler")});
}

/// A function that is not there is looked for elsewhere if there is such a place.
void check_subscribers(Mapping& root, const tasks::Topic& topic, const std::vector<std::string>& functions,
                       bool any_function) {
  if (any_function) return;
  for (const auto& subscriber : topic.subscribers) {
    const auto* target = std::get_if<tasks::FunctionTarget>(&subscriber.target);
    if (target == nullptr || std::find(functions.begin(), functions.end(), target->function) != functions.end())
      continue;
    const auto section = child_pointer(child_pointer("/topics", topic.name) + "/subscribers", subscriber.name);
    root.reading().faults.push_back(
        {asl::Severity::Error, "CONFIGURATION",
         "there is no function '" + target->function + "'" + suggestion(target->function, functions),
         child_pointer(section, "function")});
  }
}

/// Of a function, and of each of its steps.
void check_arguments_of(Mapping& root, const services::Function& function, const std::string& pointer,
                        const services::Inventory& inventory) {
  for (const auto& step : function.steps) {
    check_arguments_of(root, step, child_pointer(pointer + "/steps", step.name), inventory);
  }
  const bool listed = function.arguments.size() > 1;
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    const auto at = pointer + "/arguments" + (listed ? "/" + std::to_string(i) : "");
    for (auto& warning : services::check_arguments(function.arguments[i].json(), at, inventory)) {
      root.reading().faults.push_back(std::move(warning));
    }
  }
}

}  // namespace

void check_arguments(Mapping& root, const std::vector<services::Function>& functions,
                     const services::Inventory& inventory) {
  for (const auto& function : functions) {
    check_arguments_of(root, function, child_pointer("/functions", function.name), inventory);
  }
}

void check_handlers(Mapping& root, const std::vector<services::Function>& functions,
                    const std::vector<ConfiguredTopic>& topics, bool any_function) {
  const auto handlers = handler_names();
  std::vector<std::string> names;
  for (const auto& function : functions) {
    names.push_back(function.name);
    check_handler(root, function, child_pointer("/functions", function.name), handlers);
  }
  for (const auto& each : topics) {
    check_subscribers(root, each.topic, names, any_function);
    if (!each.function || std::find(names.begin(), names.end(), *each.function) != names.end()) continue;
    root.reading().faults.push_back(
        {asl::Severity::Error, "CONFIGURATION",
         "there is no function '" + *each.function + "'" + suggestion(*each.function, names),
         child_pointer(child_pointer("/topics", each.topic.name), "function")});
  }
}

}  // namespace stepd::daemon
