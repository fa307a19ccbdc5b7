// What each type of resource becomes. One function per type or family; registry.cpp lists them.
#pragma once

#include "templates/part.h"

#include <string_view>

namespace stepd::templates {

using Add = void(Part& part);

Add add_function;
Add add_lambda;
Add add_layer;
Add add_state_machine;
Add add_activity;
Add add_bucket;
Add add_cdk_notifications;
Add add_table;
Add add_simple_table;
Add add_topic;
Add add_subscription;
Add add_rule;
Add add_api;
Add add_http_api;
Add add_rest_api;
Add add_api_path;
Add add_api_method;
Add add_api_stage;
Add add_stored_parameter;
Add add_secret;
Add add_queue;
Add add_event_bus;
Add add_nested;
Add add_nothing;  ///< what is a part of something else, or only a name
Add add_aside;    ///< what stepd does not need: permissions, keys, networks

/// What the type becomes; null if stepd does not serve it.
Add* find_add(std::string_view type);

/// The events of a SAM function or state machine.
void add_events(Part& part, const Target& target);

/// `<prefix>*` and suffix of a notification's filter; none, with a line in the list of what is not served, if the
/// events are not of objects that arrive.
void add_notification(Part& part, const std::string& name, const std::string& bucket,
                      const std::vector<std::string>& events, const Node* rules, const Target& target);

/// A rule for `arn`, from the members of an event or of a target.
struct RuleSource {
  std::string name;
  std::string within;  ///< behind the logical id
  const Node* pattern = nullptr;
  const Node* options = nullptr;  ///< Input, InputPath, InputTransformer
  std::string bus;
  bool enabled = true;
};
void add_event_rule(Part& part, const RuleSource& source, const Target& target);

/// Routes of an OpenAPI document whose operations have x-amazon-apigateway-integration. `api`: id of the API.
void add_openapi(Part& part, const Node& document, const std::string& api, ProjectRoute::Event event);

/// A route of an integration of API Gateway: a function, or an action of Step Functions; else a line in the list of
/// what is not served. `integration` has the members of OpenAPI's extension.
void add_integration(Part& part, const std::string& api, const std::string& method, const std::string& path,
                     const Node& integration, ProjectRoute::Event event);

/// `/a/{b+}` -> `/a/{b...}`.
std::string route_path(std::string path);

}  // namespace stepd::templates
