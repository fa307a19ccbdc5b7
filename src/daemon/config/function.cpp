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

std::string checked_endpoint(Mapping& mapping, const std::string& key, const std::string& url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    mapping.fault(key, key + ": expected a URL such as http://127.0.0.1:9001, got " + url);
  return url;
}

}  // namespace

std::string read_lambda_endpoint(Mapping& root) {
  const auto url = root.optional_text("lambda_endpoint");
  return url ? checked_endpoint(root, "lambda_endpoint", *url) : "";
}

std::vector<run::Function> read_functions(Mapping& root) {
  std::vector<run::Function> functions;
  root.each("functions", [&](const std::string& name, Mapping& mapping) {
    run::Function function;
    function.name = name;
    if (const auto endpoint = mapping.optional_text("endpoint")) {
      function.endpoint = checked_endpoint(mapping, "endpoint", *endpoint);
    } else {
      function.handler = mapping.text("handler");
    }
    function.arguments = read_template(mapping, "arguments");
    function.result = read_template(mapping, "result");
    function.error_result = read_template(mapping, "error_result");
    functions.push_back(std::move(function));
  });
  return functions;
}

}  // namespace stepd::daemon
