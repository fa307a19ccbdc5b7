// Events of SAM functions and state machines, AWS::Events::Rule, SNS topics and their subscriptions.
#include "templates/resources/resources.h"

#include <algorithm>

namespace stepd::templates {
namespace {

bool is_default_bus(const std::string& bus) {
  return bus.empty() || bus == "default" || bus.ends_with("event-bus/default");
}

/// A constant as the template of a transformer: `<` must begin no variable there, so JSON's escape stands for it.
std::string constant_template(const std::string& json) {
  std::string out;
  for (const char c : json) out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

bool read_input(Part& part, const RuleSource& source, ProjectRule& rule) {
  const Node& options = *source.options;
  if (options.has("Input")) {
    rule.transformer = constant_template(part.text(options, "Input"));
    return true;
  }
  rule.input_path = part.text(options, "InputPath");
  const Node* transformer = part.map(options, "InputTransformer");
  if (transformer == nullptr) return true;
  if (const Node* paths = part.map(*transformer, "InputPathsMap")) rule.paths = *paths;
  rule.transformer = part.text(*transformer, "InputTemplate");
  if (rule.transformer.empty()) part.error(transformer->at, "InputTransformer has no InputTemplate");
  return !rule.transformer.empty();
}

void add_s3_event(Part& part, const std::string& name, const Node& event, const Target& target) {
  std::vector<std::string> kinds;
  if (const Node* events = event.find("Events")) {
    if (events->is_scalar()) kinds.push_back(events->text);
    for (const auto& each : events->items) kinds.push_back(each.text);
  }
  const Node* filter = part.map(event, "Filter");
  const Node* key = filter == nullptr ? nullptr : part.map(*filter, "S3Key");
  const Node* rules = key == nullptr ? nullptr : part.list(*key, "Rules");
  add_notification(part, part.resource().logical_id + "-" + name, part.text(event, "Bucket"), kinds, rules, target);
}

void add_rule_event(Part& part, const std::string& name, const Node& event, const Target& target) {
  RuleSource source;
  source.name = part.text(event, "RuleName", part.resource().logical_id + "-" + name);
  source.within = "Events." + name;
  source.pattern = part.map(event, "Pattern");
  source.options = &event;
  source.bus = part.text(event, "EventBusName");
  source.enabled = part.text(event, "State", "ENABLED") != "DISABLED" && part.flag(event, "Enabled", true);
  add_event_rule(part, source, target);
}

void add_sns_event(Part& part, const std::string& name, const Node& event, const Target& target) {
  ProjectSubscriber subscriber;
  subscriber.origin = part.origin();
  subscriber.name = part.resource().logical_id + "-" + name;
  subscriber.function = target.name;
  if (const Node* policy = part.map(event, "FilterPolicy")) subscriber.filter = *policy;
  if (part.text(event, "FilterPolicyScope", "MessageAttributes") == "MessageBody") {
    return part.unserved("a filter over the body of messages", "Events." + name);
  }
  if (const Node* queue = event.find("SqsSubscription"); queue != nullptr && queue->text != "false") {
    return part.unserved("a subscription through a queue", "Events." + name);
  }
  part.draft().subscribers.emplace_back(part.text(event, "Topic"), std::move(subscriber));
}

void add_start_event(Part& part, const std::string& api, const std::string& path, const Node& event,
                     const Target& target) {
  ProjectRoute route;
  route.origin = part.origin();
  route.kind = ProjectRoute::Kind::Start;
  route.method = "POST";
  route.path = route_path(path);
  route.target = target.name;
  const auto arn = part.stack().attribute_of(part.resource(), "Arn");
  const bool apostrophes = part.flag(event, "UnescapeMappingTemplate", false);
  route.mapping = R"({"input": "$util.escapeJavaScript($input.json('$')))" +
                  std::string(apostrophes ? R"(.replaceAll("\\'","'"))" : "") + R"(", "stateMachineArn": ")" + arn +
                  R"("})";
  part.draft().api_routes.emplace_back(api, std::move(route));
}

void add_api_event(Part& part, const std::string& name, const Node& event, const Target& target, bool http) {
  const auto path = part.text(event, "Path", http ? "/{proxy+}" : "/");
  auto method = part.text(event, "Method", "any");
  std::transform(method.begin(), method.end(), method.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  const auto& naming = part.stack().naming();
  const auto implicit =
      http ? fill_pattern("{I}", naming, "ServerlessHttpApi") : fill_pattern("{I}", naming, "ServerlessRestApi");
  const auto api = part.text(event, http ? "ApiId" : "RestApiId", implicit);
  if (api == implicit && http) part.draft().stages[api] = {"$default"};
  if (target.kind == Target::Kind::Machine) {
    if (method == "POST") return add_start_event(part, api, path, event, target);
    return part.unserved("executions are started by POST, not by " + method, "Events." + name);
  }
  ProjectRoute route;
  route.origin = part.origin();
  route.method = method;
  route.path = route_path(path);
  route.target = target.name;
  const auto format = part.text(event, "PayloadFormatVersion", http ? "2.0" : "1.0");
  route.event = format == "1.0" ? ProjectRoute::Event::Rest : ProjectRoute::Event::Http;
  part.draft().api_routes.emplace_back(api, std::move(route));
}

/// What the list of what is not served says of the other sources of events.
std::string kind_of_event(const std::string& type) {
  if (type == "Schedule" || type == "ScheduleV2") return "schedules";
  if (type == "SQS") return "messages of queues";
  if (type == "DynamoDB" || type == "Kinesis") return "streams";
  return "events of type " + type;
}

void add_event(Part& part, const Member& member, const Target& target) {
  const auto type = part.text(member.value, "Type");
  if (!member.value.is_map() || type.empty()) return part.error(member.at, "Events: " + member.name + " has no Type");
  const Node none = Node::map(member.at);
  const Node* properties = part.map(member.value, "Properties");
  const Node& event = properties == nullptr ? none : *properties;
  const bool function = target.kind == Target::Kind::Function;
  if (type == "EventBridgeRule" || type == "CloudWatchEvent") return add_rule_event(part, member.name, event, target);
  if (type == "Api") return add_api_event(part, member.name, event, target, false);
  if (function && type == "HttpApi") return add_api_event(part, member.name, event, target, true);
  if (function && type == "S3") return add_s3_event(part, member.name, event, target);
  if (function && type == "SNS") return add_sns_event(part, member.name, event, target);
  part.unserved(kind_of_event(type), "Events." + member.name);
}

void add_endpoint(Part& part, const std::string& topic, const Node& subscription, const std::string& name) {
  ProjectSubscriber subscriber;
  subscriber.origin = part.origin();
  subscriber.name = name;
  const auto protocol = part.text(subscription, "Protocol");
  const auto endpoint = part.text(subscription, "Endpoint");
  if (protocol == "lambda") {
    const auto target = target_of(endpoint);
    if (!target || target->kind != Target::Kind::Function) {
      return part.error(subscription.at, "Endpoint: expected the ARN of a function, got '" + endpoint + "'");
    }
    subscriber.function = target->name;
  } else if (protocol == "email" || protocol == "email-json") {
    subscriber.email = {endpoint};
  } else if (protocol == "http" || protocol == "https") {
    subscriber.webhook = endpoint;
    subscriber.raw = part.flag(subscription, "RawMessageDelivery", false);
  } else {
    return part.unserved("subscriptions by " + (protocol == "sqs" ? std::string("a queue") : protocol), name);
  }
  if (part.text(subscription, "FilterPolicyScope", "MessageAttributes") == "MessageBody") {
    return part.unserved("a filter over the body of messages", name);
  }
  if (const Node* policy = part.map(subscription, "FilterPolicy")) subscriber.filter = *policy;
  part.draft().subscribers.emplace_back(topic, std::move(subscriber));
}

}  // namespace

void add_events(Part& part, const Target& target) {
  const Node* events = part.map(part.properties(), "Events");
  if (events == nullptr) return;
  for (const auto& member : events->members) add_event(part, member, target);
}

void add_event_rule(Part& part, const RuleSource& source, const Target& target) {
  if (!is_default_bus(source.bus)) {
    return part.unserved("events of the bus " + source.bus + ": only the default one is served", source.within);
  }
  if (!source.enabled) return part.unserved("it is disabled, so it is left out", source.within);
  if (source.pattern == nullptr) return part.error({}, source.within + ": a rule needs a pattern");
  ProjectRule rule;
  rule.origin = part.origin();
  rule.name = source.name;
  rule.pattern = *source.pattern;
  rule.target = target;
  if (target.kind == Target::Kind::Topic) {
    const Node* from = rule.pattern.find("source");
    const bool of_executions = from != nullptr && from->items.size() == 1 && from->items.front().text == "aws.states";
    if (!of_executions) return part.unserved("a topic is told of executions alone (source aws.states)", source.within);
  }
  if (read_input(part, source, rule)) part.project().rules.push_back(std::move(rule));
}

void add_rule(Part& part) {
  const Node& properties = part.properties();
  if (properties.has("ScheduleExpression") && !properties.has("EventPattern")) return part.unserved("schedules");
  const Node* targets = part.list(properties, "Targets");
  if (targets == nullptr || targets->items.empty()) return part.unserved("it has no target");
  std::size_t count = 0;
  for (const auto& each : targets->items) {
    RuleSource source;
    ++count;
    source.within = "Targets." + part.text(each, "Id", std::to_string(count));
    source.name = part.name() + (targets->items.size() == 1 ? "" : "-" + part.text(each, "Id", std::to_string(count)));
    source.pattern = part.map(properties, "EventPattern");
    source.options = &each;
    source.bus = part.text(properties, "EventBusName");
    source.enabled = part.text(properties, "State", "ENABLED") != "DISABLED";
    const auto arn = part.text(each, "Arn");
    const auto target = target_of(arn);
    if (!target || !arn.starts_with("arn:")) {
      part.unserved("a target that is no function, state machine or topic: " + arn, source.within);
    } else {
      add_event_rule(part, source, *target);
    }
  }
}

void add_topic(Part& part) {
  const Node& properties = part.properties();
  part.project().topics.push_back({part.origin(), part.name(), {}});
  const Node* subscriptions = part.list(properties, "Subscription");
  if (subscriptions == nullptr) return;
  const auto arn = part.stack().attribute_of(part.resource(), "");
  std::size_t count = 0;
  for (const auto& each : subscriptions->items) {
    add_endpoint(part, arn, each, part.resource().logical_id + "-" + std::to_string(++count));
  }
}

void add_subscription(Part& part) {
  const Node& properties = part.properties();
  add_endpoint(part, part.text(properties, "TopicArn"), properties, part.resource().logical_id);
}

}  // namespace stepd::templates
