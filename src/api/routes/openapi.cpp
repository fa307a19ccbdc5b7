#include "api/routes/openapi.h"

#include "base/payload.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

constexpr auto kOpenApiDescription = R"({
  "summary": "This description", "responses": {"200": {"description": "OpenAPI 3.1"}}
})";

Json path_parameter(const std::string& name, bool takes_rest) {
  Json parameter{{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
  if (takes_rest) parameter["description"] = "May hold slashes";
  return parameter;
}

/// OpenAPI's template of a pattern, which has no `{name...}`, and its parameters.
std::pair<std::string, Json> describe_pattern(const std::string& pattern) {
  std::pair<std::string, Json> read{"", Json::array()};
  std::size_t from = 0;
  for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{', from)) {
    const auto close = pattern.find('}', open);
    auto name = pattern.substr(open + 1, close - open - 1);
    const bool takes_rest = name.ends_with("...");
    if (takes_rest) name.resize(name.size() - 3);
    read.first += pattern.substr(from, open - from) + "{" + name + "}";
    read.second.push_back(path_parameter(name, takes_rest));
    from = close + 1;
  }
  read.first += pattern.substr(from);
  return read;
}

void add(Json& paths, const std::string& method, const std::string& pattern, const std::string& description) {
  const auto [path, parameters] = describe_pattern(pattern);
  Json operation = Json::parse(description);
  for (const auto& parameter : parameters) operation["parameters"].push_back(parameter);
  auto& responses = operation["responses"];
  if (!responses.contains("default")) responses["default"] = {{"$ref", "#/components/responses/Refused"}};
  paths[path][to_lower(method)] = std::move(operation);
}

Json components() {
  const Json schema{{"type", "object"}, {"required", {"error"}}, {"properties", {{"error", {{"type", "string"}}}}}};
  return {{"responses",
           {{"Refused", {{"description", "Why not"}, {"content", {{"application/json", {{"schema", schema}}}}}}}}}};
}

Json document(const Router& router) {
  Json paths = Json::object();
  for (const Route* route : router.routes()) {
    if (!route->description.empty()) add(paths, route->method, route->pattern, route->description);
  }
  add(paths, "GET", "/openapi.json", kOpenApiDescription);
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "stepd"}, {"version", STEPD_VERSION}}},
          {"paths", std::move(paths)},
          {"components", components()}};
}

}  // namespace

Route openapi_route(const Router& router) {
  Route route;
  route.method = "GET";
  route.pattern = "/openapi.json";
  route.description = kOpenApiDescription;
  route.handle = [text = print_json(document(router))](const Request&, const Reply& reply, Workers&) {
    Response response;
    response.fields.push_back({"Content-Type", "application/json"});
    response.body = text;
    reply(std::move(response));
  };
  return route;
}

}  // namespace stepd::api
