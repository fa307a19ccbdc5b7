// APIs of API Gateway: SAM's Api and HttpApi, OpenAPI documents, and REST APIs that are written as resources.
#include "templates/resources/resources.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

constexpr std::array<std::string_view, 8> kMethods{"get",    "post", "put",     "patch",
                                                   "delete", "head", "options", "x-amazon-apigateway-any-method"};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

/// A member whose name has any case: CloudFormation writes Uri, OpenAPI uri.
const Node* member_of(const Node& node, const std::string& name) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [&](const Member& each) { return lower(each.name) == lower(name); });
  return found == node.members.end() ? nullptr : &found->value;
}

std::string text_in(const Node& node, const std::string& name) {
  const Node* found = member_of(node, name);
  return found != nullptr && found->is_scalar() ? found->text : "";
}

/// The function in `arn:...:lambda:path/2015-03-31/functions/ARN/invocations`.
std::string function_in(const std::string& uri) {
  constexpr std::string_view kBegin = "/functions/";
  const auto begin = uri.find(kBegin);
  const auto end = uri.rfind("/invocations");
  if (begin == std::string::npos || end == std::string::npos || end < begin + kBegin.size()) return "";
  const auto target = target_of(uri.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  return target && target->kind == Target::Kind::Function ? target->name : "";
}

/// The template for application/json, or the only one.
std::string template_in(const Node* templates) {
  if (templates == nullptr || templates->members.empty()) return "";
  if (const auto json = templates->text_of("application/json")) return *json;
  return templates->members.front().value.text;
}

/// Where the template names its state machine: an ARN in it.
std::string machine_in(const std::string& mapping) {
  const auto begin = mapping.find("arn:aws:states:");
  if (begin == std::string::npos) return "";
  const auto end = mapping.find_first_of("\"'\\ ,}", begin);
  const auto target = target_of(mapping.substr(begin, end == std::string::npos ? end : end - begin));
  return target && target->kind == Target::Kind::Machine ? target->name : "";
}

/// A response template of a synchronous start that picks the output answers the output.
bool answers_output(const Node& integration) {
  const Node* responses = member_of(integration, "responses");
  if (responses == nullptr) responses = member_of(integration, "integrationResponses");
  return responses != nullptr && to_json(*responses).find(".output") != std::string::npos;
}

struct StatesAction {
  std::string name;
  std::string mapping;
};

void add_states_action(Part& part, const std::string& api, ProjectRoute route, const StatesAction& action,
                       const Node& integration) {
  const auto where = route.method + " " + route.path;
  const bool sync = action.name == "StartSyncExecution";
  if (action.name != "StartExecution" && !sync) return part.unserved("the action states:" + action.name, where);
  if (route.method != "POST" && route.method != "ANY") {
    return part.unserved("executions are started by POST, not by " + route.method, where);
  }
  route.kind = ProjectRoute::Kind::Start;
  route.method = "POST";
  route.mapping = action.mapping;
  route.envelope = action.mapping.empty();
  route.target = machine_in(action.mapping);
  if (route.target.empty() && !action.mapping.empty()) {
    return part.unserved("its mapping template does not say which state machine is started", where);
  }
  const auto& check = part.conversion().request.check_mapping;
  if (check && !action.mapping.empty()) {
    if (const auto why = check(action.mapping); !why.empty())
      return part.unserved("its mapping template: " + why, where);
  }
  if (sync) route.answer = answers_output(integration) ? ProjectRoute::Answer::Output : ProjectRoute::Answer::Execution;
  part.draft().api_routes.emplace_back(api, std::move(route));
}

std::string api_id(Part& part) { return part.stack().attribute_of(part.resource(), ""); }

/// A body in the template, or in a file beside it.
std::optional<Node> body_of(Part& part, const char* inline_name, const char* file_name) {
  const Node& properties = part.properties();
  if (const Node* body = part.map(properties, inline_name)) return *body;
  const Node* written = properties.find(file_name);
  if (written == nullptr) return std::nullopt;
  if (!written->is_scalar() || written->text.find("://") != std::string::npos) {
    part.unserved("its definition is not a local file", file_name);
    return std::nullopt;
  }
  Node document = part.stack().included(written->text, written->at);
  return document.is_absent() ? std::nullopt : std::optional(part.stack().evaluator().resolve(document));
}

void add_sam_api(Part& part, ProjectRoute::Event event, const std::string& stage) {
  const auto id = api_id(part);
  part.draft().stages[id].push_back(stage);
  const auto body = body_of(part, "DefinitionBody", "DefinitionUri");
  if (body) add_openapi(part, *body, id, event);
  if (part.properties().has("Auth")) part.set_aside("authorizers: whoever reaches stepd may call the routes");
}

}  // namespace

std::string route_path(std::string path) {
  for (auto at = path.find("+}"); at != std::string::npos; at = path.find("+}", at)) path.replace(at, 2, "...}");
  return path.starts_with('/') ? path : "/" + path;
}

void add_integration(Part& part, const std::string& api, const std::string& method, const std::string& path,
                     const Node& integration, ProjectRoute::Event event) {
  const auto where = method + " " + path;
  const auto type = lower(text_in(integration, "type"));
  const auto uri = text_in(integration, "uri");
  if (type == "mock") {
    if (method != "OPTIONS") part.unserved("a mock integration", where);
    return;
  }
  ProjectRoute route;
  route.origin = part.origin();
  route.method = method;
  route.path = route_path(path);
  route.event = text_in(integration, "payloadFormatVersion") == "2.0" ? ProjectRoute::Event::Http : event;
  const auto mapping = template_in(member_of(integration, "requestTemplates"));
  const auto action = uri.find(":states:action/");
  if (type == "aws" && action != std::string::npos) {
    return add_states_action(part, api, std::move(route), {uri.substr(uri.rfind('/') + 1), mapping}, integration);
  }
  route.target = function_in(uri);
  if (route.target.empty()) return part.unserved("an integration of type " + type + " with " + uri, where);
  if (type == "aws") {
    if (!mapping.empty()) return part.unserved("a mapping template in front of a function", where);
    route.event = ProjectRoute::Event::Body;
  }
  part.draft().api_routes.emplace_back(api, std::move(route));
}

void add_openapi(Part& part, const Node& document, const std::string& api, ProjectRoute::Event event) {
  const Node* paths = part.map(document, "paths");
  if (paths == nullptr) return;
  for (const auto& path : paths->members) {
    for (const auto& operation : path.value.members) {
      const auto method = lower(operation.name);
      if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) continue;
      const auto name = method.starts_with("x-") ? "ANY" : upper(method);
      const Node* integration = operation.value.find("x-amazon-apigateway-integration");
      if (integration == nullptr || !integration->is_map()) {
        if (name != "OPTIONS") part.unserved("it has no integration", name + " " + path.name);
        continue;
      }
      add_integration(part, api, name, path.name, *integration, event);
    }
  }
}

void add_api(Part& part) {
  add_sam_api(part, ProjectRoute::Event::Rest, part.text(part.properties(), "StageName", "Prod"));
}

void add_http_api(Part& part) {
  add_sam_api(part, ProjectRoute::Event::Http, part.text(part.properties(), "StageName", "$default"));
}

void add_rest_api(Part& part) {
  const auto body = body_of(part, "Body", "BodyS3Location");
  if (body) add_openapi(part, *body, api_id(part), ProjectRoute::Event::Rest);
}

void add_api_path(Part& part) {
  const Node& properties = part.properties();
  part.draft().api_paths[api_id(part)] = {part.text(properties, "ParentId"), part.text(properties, "PathPart")};
}

void add_api_method(Part& part) {
  const Node& properties = part.properties();
  const Node* integration = part.map(properties, "Integration");
  const auto method = upper(part.text(properties, "HttpMethod", "ANY"));
  if (integration == nullptr) {
    if (method != "OPTIONS") part.unserved("it has no integration");
    return;
  }
  // Its path is known when all resources are: until then it is called by the id of its resource.
  add_integration(part, part.text(properties, "RestApiId"), method, "/" + part.text(properties, "ResourceId"),
                  *integration, ProjectRoute::Event::Rest);
}

void add_api_stage(Part& part) {
  const Node& properties = part.properties();
  const auto stage = part.text(properties, "StageName");
  if (!stage.empty()) part.draft().stages[part.text(properties, "RestApiId")].push_back(stage);
}

}  // namespace stepd::templates
