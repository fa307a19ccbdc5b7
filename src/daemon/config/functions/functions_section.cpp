#include "daemon/config/functions/functions_section.h"

#include "daemon/config/functions/function_code_section.h"
#include "daemon/config/functions/function_environment.h"
#include "engine/asl/payload_template.h"

#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

Payload checked_template(Mapping& mapping, const std::string& pointer, const Json& value) {
  asl::PayloadTemplate::compile(value, pointer, mapping.reading().faults);
  return Payload(value);
}

/// `name` is a template, or a list of them of which the first that fits counts; `name.$` is one expression.
std::vector<Payload> read_templates(Mapping& mapping, const std::string& name) {
  const Json* object = mapping.take(name);
  const Json* path = mapping.take(name + ".$");
  if (object != nullptr && path != nullptr) mapping.fault(name + ".$", "there is '" + name + "' as well");
  std::vector<Payload> templates;
  if (object != nullptr && object->is_array()) {
    for (std::size_t i = 0; i < object->size(); ++i) {
      const auto at = mapping.pointer_to(name) + "/" + std::to_string(i);
      templates.push_back(checked_template(mapping, at, (*object)[i]));
    }
    if (object->empty()) mapping.fault(name, name + ": the list names no template");
  } else if (object != nullptr) {
    templates.push_back(checked_template(mapping, mapping.pointer_to(name), *object));
  } else if (path != nullptr) {
    templates.push_back(checked_template(mapping, mapping.pointer_to(name + ".$"), Json{{".$", *path}}));
  }
  return templates;
}

std::optional<Payload> read_template(Mapping& mapping, const std::string& name) {
  const Json* found = mapping.has(name) && mapping.take(name)->is_array() ? mapping.take(name) : nullptr;
  if (found != nullptr) mapping.fault(name, name + ": expected one template");
  auto templates = read_templates(mapping, name);
  return templates.empty() ? std::nullopt : std::optional(std::move(templates.front()));
}

std::string checked_endpoint(Mapping& mapping, const std::string& key, const std::string& url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    mapping.fault(key, key + ": expected a URL such as http://127.0.0.1:9001, got " + url);
  return url;
}

services::Function::Catcher read_catcher(Mapping& mapping) {
  services::Function::Catcher catcher;
  catcher.errors = mapping.texts("errors");
  if (catcher.errors.empty()) mapping.fault_here("errors: expected a list of names; States.ALL is every one");
  const auto result = read_template(mapping, "result");
  const auto fail = read_template(mapping, "fail");
  if (result.has_value() == fail.has_value()) {
    mapping.fault_here("expected either 'result', which is answered, or 'fail', with Error and Cause");
  }
  catcher.fails = fail.has_value();
  catcher.answer = fail ? *fail : result.value_or(Payload());
  return catcher;
}

void read_catchers(Mapping& mapping, services::Function& function) {
  const Json* list = mapping.take("catch");
  if (list == nullptr) return;
  if (!list->is_array()) return mapping.fault("catch", "catch: expected a list of {errors, result} or {errors, fail}");
  for (std::size_t i = 0; i < list->size(); ++i) {
    Mapping inner((*list)[i], mapping.pointer_to("catch/" + std::to_string(i)), mapping.reading());
    function.catchers.push_back(read_catcher(inner));
    inner.finish();
  }
}

/// What a function and a step of one have in common.
void read_adapters(Mapping& mapping, services::Function& function) {
  function.decode = mapping.texts("decode");
  if (const Json* defaults = mapping.object("defaults", false)) function.defaults = Payload(*defaults);
  function.arguments = read_templates(mapping, "arguments");
  function.result = read_templates(mapping, "result");
  function.error_result = read_template(mapping, "error_result");
  read_catchers(mapping, function);
}

services::Function read_step(const std::string& name, Mapping& mapping) {
  services::Function step;
  step.name = name;
  step.handler = mapping.text("handler");
  const Json* when = mapping.take("when");
  if (when != nullptr && when->is_string() && (*when == "true" || *when == "false")) {
    step.enabled = *when == "true";
  } else {
    step.enabled = mapping.flag("when", true);
  }
  read_adapters(mapping, step);
  return step;
}

services::Function read_function(const std::string& name, Mapping& mapping) {
  services::Function function;
  function.name = name;
  if (const auto endpoint = mapping.optional_text("endpoint")) {
    function.endpoint = checked_endpoint(mapping, "endpoint", *endpoint);
    return function;
  }
  if (mapping.has("steps")) {
    mapping.each("steps",
                 [&](const std::string& step, Mapping& inner) { function.steps.push_back(read_step(step, inner)); });
    if (mapping.has("handler")) mapping.fault("handler", "there are 'steps' as well");
  } else {
    function.handler = mapping.text("handler");
  }
  function.each = mapping.optional_text("each").value_or("");
  function.keep_event = mapping.flag("keep_event", false);
  read_adapters(mapping, function);
  return function;
}

}  // namespace

std::string read_lambda_endpoint(Mapping& root) {
  const auto url = root.optional_text("lambda_endpoint");
  return url ? checked_endpoint(root, "lambda_endpoint", *url) : "";
}

std::vector<services::Function> read_functions(Mapping& root, std::vector<functions::FunctionCode>& own_code) {
  std::vector<services::Function> functions;
  root.each("functions", [&](const std::string& name, Mapping& written) {
    if (is_function_code(written)) {
      services::Function& function = functions.emplace_back();
      function.name = name;
      function.own_code = true;
      own_code.push_back(read_function_code(name, written));
      return;
    }
    const Json filled = fill_environment(written);
    Mapping mapping(filled, written.pointer(), written.reading());
    functions.push_back(read_function(name, mapping));
    mapping.finish();
  });
  return functions;
}

}  // namespace stepd::daemon
