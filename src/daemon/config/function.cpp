#include "daemon/config/function.h"

#include "engine/asl/payload_template.h"

#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

std::optional<Payload> read_template(Mapping& mapping, const std::string& name) {
  const Json* object = mapping.take(name);
  const Json* path = mapping.take(name + ".$");
  if (object != nullptr && path != nullptr) mapping.fault(name + ".$", "there is '" + name + "' as well");
  if (object == nullptr && path == nullptr) return std::nullopt;
  if (object != nullptr) {
    asl::PayloadTemplate::compile(*object, mapping.pointer_to(name), mapping.reading().faults);
    return Payload(*object);
  }
  const Json whole{{".$", *path}};
  asl::PayloadTemplate::compile(whole, mapping.pointer_to(name + ".$"), mapping.reading().faults);
  return Payload(whole);
}

}  // namespace

std::vector<run::Function> read_functions(Mapping& root) {
  std::vector<run::Function> functions;
  root.each("functions", [&](const std::string& name, Mapping& mapping) {
    run::Function function;
    function.name = name;
    function.handler = mapping.text("handler");
    function.arguments = read_template(mapping, "arguments");
    function.result = read_template(mapping, "result");
    function.error_result = read_template(mapping, "error_result");
    functions.push_back(std::move(function));
  });
  return functions;
}

}  // namespace stepd::daemon
