#include "services/object_writes.h"

#include "engine/asl/resource.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

constexpr int kNesting = 200;  // deeper definitions are refused (engine/asl/parser.cpp)

const Json* member_of(const Json& object, const std::string& name) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

/// A member of a payload template: `name` is literal, `name.$` an expression. Empty: it is neither.
struct Written {
  std::string text;
  bool computed = false;
};

Written written_member(const Json& object, const std::string& name) {
  if (const auto* literal = member_of(object, name); literal != nullptr && literal->is_string()) {
    const auto& text = literal->get_ref<const std::string&>();
    return {text, text.starts_with("{%")};
  }
  if (const auto* computed = member_of(object, name + ".$"); computed != nullptr && computed->is_string()) {
    return {computed->get<std::string>(), true};
  }
  return {};
}

/// `text` with `{` and `}` around what is filled in later.
KeyShape shape_of_template(std::string_view text) {
  const auto open = text.find('{');
  if (open == std::string_view::npos) return {std::string(text), "", true};
  const auto close = text.rfind('}');
  return {std::string(text.substr(0, open)),
          close == std::string_view::npos ? std::string() : std::string(text.substr(close + 1)), false};
}

/// Of States.Format the text between quotes tells the beginning and the end.
KeyShape shape_of_expression(std::string_view text) {
  constexpr std::string_view kFormat = "States.Format('";
  if (!text.starts_with(kFormat)) return {};
  text.remove_prefix(kFormat.size());
  const auto end = text.find('\'');
  if (end == std::string_view::npos || text.substr(0, end).find('\\') != std::string_view::npos) return {};
  return shape_of_template(text.substr(0, end));
}

enum class Braces { Template, Literal };

KeyShape shape_of(const Written& key, Braces braces) {
  if (key.text.empty()) return {};
  if (key.computed) return shape_of_expression(key.text);
  if (braces == Braces::Literal) return KeyShape{key.text, "", true};
  auto shape = shape_of_template(key.text);
  // Of the parts of a key only these have slashes (tasks/key_template.h).
  shape.flat = key.text.find("{key") == std::string::npos && key.text.find("{dir") == std::string::npos;
  return shape;
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// Whether the path is one under which events and the inputs made of them name the bucket of an arrived object.
bool names_source(const std::string& path) {
  const auto text = lowered(path);
  constexpr std::array<std::string_view, 5> kTargets{"dest", "target", "output", "result", "out_"};
  if (std::any_of(kTargets.begin(), kTargets.end(), [&](auto word) { return text.find(word) != std::string::npos; })) {
    return false;
  }
  constexpr std::array<std::string_view, 6> kEndings{".bucket",      ".bucket.name",  ".bucketname",
                                                     ".bucket_name", ".sourcebucket", ".source_bucket"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return text.ends_with(ending); });
}

void add_write(Reach& reach, const Written& bucket, KeyShape key, const std::string& source, const std::string& where) {
  if (bucket.text.empty()) return;
  if (!bucket.computed) return reach.writes.push_back({bucket.text, false, std::move(key), where});
  const bool into_source = bucket.text == source || names_source(bucket.text);
  if (into_source) reach.writes.push_back({"", true, std::move(key), where});
}

/// The name in the ARN of a state machine, a version or an alias, or a bare name.
std::string state_machine_name(const std::string& text) {
  constexpr std::string_view kMark = ":stateMachine:";
  const auto at = text.find(kMark);
  if (at == std::string::npos) return text.find(':') == std::string::npos ? text : "";
  const auto name = text.substr(at + kMark.size());
  return name.substr(0, name.find(':'));
}

void add_start(Reach& reach, const Written& machine) {
  if (machine.computed) return;
  if (auto name = state_machine_name(machine.text); !name.empty()) reach.state_machines.push_back(std::move(name));
}

// ---- definitions ----------------------------------------------------------------------------------------------------

class DefinitionReach {
 public:
  void visit_workflow(const Json& workflow, int depth = 0) {
    const auto* states = member_of(workflow, "States");
    if (states == nullptr || !states->is_object() || depth > kNesting) return;
    for (const auto& [name, state] : states->items()) visit_state(name, state, depth);
  }

  Reach reach;

 private:
  void visit_state(const std::string& name, const Json& state, int depth) {
    if (const auto* type = member_of(state, "Type"); type != nullptr && *type == "Task") visit_task(name, state);
    for (const char* field : {"ItemProcessor", "Iterator"}) {
      if (const auto* inner = member_of(state, field)) visit_workflow(*inner, depth + 1);
    }
    const auto* branches = member_of(state, "Branches");
    if (branches == nullptr || !branches->is_array()) return;
    for (const auto& branch : *branches) visit_workflow(branch, depth + 1);
  }

  void visit_task(const std::string& name, const Json& state) {
    const auto* written = member_of(state, "Resource");
    if (written == nullptr || !written->is_string()) return;
    const auto resource = asl::Resource::parse(written->get<std::string>());
    if (!resource || resource->kind == asl::Resource::Kind::Activity) return;
    if (resource->kind == asl::Resource::Kind::LambdaFunction) {
      return reach.functions.push_back(asl::function_name(resource->name));
    }
    const auto* parameters = member_of(state, "Parameters");
    if (parameters == nullptr) parameters = member_of(state, "Arguments");
    if (parameters == nullptr) return;
    const auto service = resource->service + ":" + resource->action.substr(0, resource->action.find('.'));
    if (service == "lambda:invoke") {
      if (const auto function = written_member(*parameters, "FunctionName"); !function.computed) {
        reach.functions.push_back(asl::function_name(function.text));
      }
    } else if (service == "states:startExecution" || service == "aws-sdk:sfn:startExecution" ||
               service == "aws-sdk:sfn:startSyncExecution") {
      add_start(reach, written_member(*parameters, "StateMachineArn"));
    } else if (service == "aws-sdk:s3:putObject" || service == "aws-sdk:s3:copyObject") {
      add_write(reach, written_member(*parameters, "Bucket"),
                shape_of(written_member(*parameters, "Key"), Braces::Literal), "", "state '" + name + "'");
    }
  }
};

// ---- functions ------------------------------------------------------------------------------------------------------

bool writes_to_destinations(const std::string& handler) {
  return handler == "image.resize" || handler == "object.copy" || handler == "object.move";
}

void visit_destination(Reach& reach, const Json& arguments, const std::string& source, const std::string& where) {
  if (const auto* destination = member_of(arguments, "destination")) {
    add_write(reach, written_member(*destination, "bucket"),
              shape_of(written_member(*destination, "key"), Braces::Template), source, where);
  }
  const auto* outputs = member_of(arguments, "outputs");
  if (outputs == nullptr || !outputs->is_array()) return;
  for (const auto& output : *outputs) {
    if (const auto* destination = member_of(output, "destination")) {
      add_write(reach, written_member(*destination, "bucket"),
                shape_of(written_member(*destination, "key"), Braces::Template), source, where);
    }
  }
}

void visit_function(Reach& reach, const Function& function, const std::string& where) {
  for (const auto& step : function.steps) {
    if (step.enabled) visit_function(reach, step, where);
  }
  for (const auto& given : function.arguments) {
    const Json arguments = given.json();
    if (writes_to_destinations(function.handler)) {
      visit_destination(reach, arguments, written_member(arguments, "bucket").text, where);
    } else if (function.handler == "object.put") {
      add_write(reach, written_member(arguments, "bucket"), shape_of(written_member(arguments, "key"), Braces::Literal),
                "", where);
    } else if (function.handler == "execution.start") {
      add_start(reach, written_member(arguments, "stateMachine"));
    }
  }
}

}  // namespace

bool KeyShape::may_be(std::string_view key) const {
  if (whole) return key == head;
  if (key.size() < head.size() + tail.size() || !key.starts_with(head) || !key.ends_with(tail)) return false;
  const auto between = key.substr(head.size(), key.size() - head.size() - tail.size());
  return !flat || between.find('/') == std::string_view::npos;
}

bool KeyShape::may_have(std::string_view prefix, std::string_view suffix) const {
  if (whole) return head.starts_with(prefix) && head.ends_with(suffix);
  const auto reaches = [&] {
    return prefix.starts_with(head) && !(flat && prefix.find('/', head.size()) != std::string_view::npos);
  };
  const bool begins = head.starts_with(prefix) || reaches();
  return begins && (tail.ends_with(suffix) || suffix.ends_with(tail));
}

Reach reach_of_definition(const Json& definition) {
  DefinitionReach found;
  found.visit_workflow(definition);
  return std::move(found.reach);
}

Reach reach_of_function(const Function& function) {
  Reach reach;
  visit_function(reach, function, "function '" + function.name + "'");
  return reach;
}

}  // namespace stepd::services
