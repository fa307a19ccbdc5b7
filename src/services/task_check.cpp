#include "services/task_check.h"

#include "base/encoding.h"
#include "base/json_pointer.h"
#include "engine/asl/hint.h"
#include "engine/asl/placeholder.h"
#include "engine/asl/resource.h"
#include "services/integrations.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace stepd::services {
namespace {

constexpr int kNestedWorkflows = 200;  // deeper ones are refused (engine/asl/parser.cpp)

enum class Thing { Function, Bucket, Table, Topic };

/// Where the parameters of an integration name something.
struct NamedPlace {
  std::string_view service;
  std::string_view pointer;  ///< into the parameters
  Thing thing;
};

constexpr std::array kPlaces{
    NamedPlace{"lambda", "/FunctionName", Thing::Function},
    NamedPlace{"sns", "/TopicArn", Thing::Topic},
    NamedPlace{"dynamodb", "/TableName", Thing::Table},
    NamedPlace{"aws-sdk:dynamodb", "/TableName", Thing::Table},
    NamedPlace{"aws-sdk:s3", "/Bucket", Thing::Bucket},
    NamedPlace{"aws-sdk:s3", "/CopySource", Thing::Bucket},
    NamedPlace{"aws-sdk:rekognition", "/Image/S3Object/Bucket", Thing::Bucket},
};

/// `bucket/key`, perhaps encoded and with a slash before it.
std::string bucket_of_source(std::string_view source) {
  auto text = percent_decode_leniently(source);
  if (text.starts_with('/')) text.erase(0, 1);
  return text.substr(0, text.find('/'));
}

std::string name_in(const NamedPlace& place, const std::string& written) {
  if (place.thing == Thing::Function) return asl::function_name(written);
  if (place.thing == Thing::Topic) return written.substr(written.rfind(':') + 1);
  return place.pointer == "/CopySource" ? bucket_of_source(written) : written;
}

class TaskChecker {
 public:
  explicit TaskChecker(const Inventory* inventory) : inventory_(inventory) {}

  void check_workflow(const Json& workflow, const std::string& pointer, int depth = 0) {
    const auto* states = member(workflow, "States");
    if (states == nullptr || !states->is_object() || depth > kNestedWorkflows) return;
    for (const auto& [name, state] : states->items()) {
      check_state(state, child_pointer(child_pointer(pointer, "States"), name), depth);
    }
  }

  void expect(Thing thing, const std::string& name, const std::string& pointer) {
    if (inventory_ == nullptr || name.empty() || asl::has_placeholder(name)) return;
    if (thing == Thing::Function && inventory_->any_function) return;
    const auto& known = names(thing);
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    warn(message(thing, name), pointer, nearest_name(name, known));
  }

  asl::Diagnostics found;

 private:
  static const Json* member(const Json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto at = object.find(name);
    return at == object.end() ? nullptr : &*at;
  }

  void check_state(const Json& state, const std::string& pointer, int depth) {
    if (const auto* type = member(state, "Type"); type != nullptr && *type == "Task") check_task(state, pointer);
    for (const char* name : {"ItemProcessor", "Iterator"}) {
      if (const auto* inner = member(state, name)) check_workflow(*inner, child_pointer(pointer, name), depth + 1);
    }
    const auto* branches = member(state, "Branches");
    if (branches == nullptr || !branches->is_array()) return;
    for (std::size_t i = 0; i < branches->size(); ++i) {
      check_workflow((*branches)[i], pointer + "/Branches/" + std::to_string(i), depth + 1);
    }
  }

  void check_task(const Json& state, const std::string& pointer) {
    const auto* written = member(state, "Resource");
    if (written == nullptr || !written->is_string() || asl::is_placeholder(*written)) return;
    const auto resource = asl::Resource::parse(written->get<std::string>());
    if (!resource || resource->kind == asl::Resource::Kind::Activity) return;
    const auto at = child_pointer(pointer, "Resource");
    if (resource->kind == asl::Resource::Kind::LambdaFunction) {
      return expect(Thing::Function, asl::function_name(resource->name), at);
    }
    const auto name = resource->service + ":" + resource->action;
    if (find_integration(name) == nullptr) {
      return warn("stepd has no integration that serves '" + name + "': the task fails with States.Runtime", at, "");
    }
    const auto* parameters = member(state, "Parameters");
    if (parameters == nullptr) return;
    for (const auto& place : kPlaces) {
      if (place.service == resource->service) check_parameter(*parameters, place, pointer + "/Parameters");
    }
  }

  void check_parameter(const Json& parameters, const NamedPlace& place, const std::string& pointer) {
    const Json::json_pointer at{std::string(place.pointer)};
    if (!parameters.contains(at) || !parameters.at(at).is_string()) return;
    const auto& written = parameters.at(at).get_ref<const std::string&>();
    if (!asl::has_placeholder(written)) expect(place.thing, name_in(place, written), pointer + at.to_string());
  }

  const std::vector<std::string>& names(Thing thing) const {
    switch (thing) {
      case Thing::Function:
        return inventory_->functions;
      case Thing::Bucket:
        return inventory_->buckets;
      case Thing::Table:
        return inventory_->tables;
      case Thing::Topic:
        break;
    }
    return inventory_->topics;
  }

  static std::string message(Thing thing, const std::string& name) {
    switch (thing) {
      case Thing::Function:
        return "Nothing serves the function '" + name + "': calls fail with Lambda.ResourceNotFoundException";
      case Thing::Bucket:
        return "There is no bucket '" + name + "'";
      case Thing::Table:
        return "There is no table '" + name + "'";
      case Thing::Topic:
        break;
    }
    return "There is no topic '" + name + "'";
  }

  void warn(std::string message, const std::string& pointer, std::string hint) {
    asl::Diagnostic warning{asl::Severity::Warning, asl::codes::kNotServedHere, std::move(message), pointer};
    warning.hint = std::move(hint);
    found.push_back(std::move(warning));
  }

  const Inventory* inventory_;
};

void check_argument(TaskChecker& checker, const Json& value, const std::string& pointer) {
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) {
    const auto at = child_pointer(pointer, name);
    check_argument(checker, member, at);
    if (!member.is_string()) continue;
    const auto& text = member.get_ref<const std::string&>();
    if (name == "bucket") checker.expect(Thing::Bucket, text, at);
    if (name == "table") checker.expect(Thing::Table, text, at);
    if (name == "topic") checker.expect(Thing::Topic, text.substr(text.rfind(':') + 1), at);
  }
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kShownMax = 8;
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  auto hint = asl::did_you_mean(name, candidates);
  if (!hint.empty()) return hint;
  if (known.empty()) return "there is none";
  hint = "known are ";
  for (std::size_t i = 0; i < std::min(known.size(), kShownMax); ++i) hint += (i == 0 ? "'" : ", '") + known[i] + "'";
  return hint + (known.size() > kShownMax ? ", ..." : "");
}

asl::Diagnostics check_tasks(const Json& definition, const Inventory* inventory) {
  TaskChecker checker(inventory);
  checker.check_workflow(definition, "");
  return std::move(checker.found);
}

asl::Diagnostics check_arguments(const Json& arguments, const std::string& pointer, const Inventory& inventory) {
  TaskChecker checker(&inventory);
  check_argument(checker, arguments, pointer);
  return std::move(checker.found);
}

}  // namespace stepd::services
