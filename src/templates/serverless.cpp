#include "templates/serverless.h"

#include "templates/serverless_variables.h"
#include "templates/template.h"

#include <algorithm>

namespace stepd::templates {
namespace {

/// `my-fn_a` -> `MyDashfnUnderscorea` (Serverless framework: AWS infrastructure resources, "normalized" names).
std::string normalized(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '-') {
      out += "Dash";
    } else if (c == '_') {
      out += "Underscore";
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      out += c;
    }
  }
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 32);
  return out;
}

Node resource(const std::string& type, Node properties) {
  Node node = Node::map(properties.at);
  node.set("Type", Node::of(type, properties.at));
  node.set("Properties", std::move(properties));
  return node;
}

/// `GET /path`.
std::pair<std::string, std::string> method_and_path(const Node& written) {
  if (written.is_map()) return {written.text_of("method").value_or("any"), written.text_of("path").value_or("/")};
  const auto space = written.text.find(' ');
  if (space == std::string::npos) return {"any", written.text == "*" ? "" : written.text};
  return {written.text.substr(0, space), written.text.substr(space + 1)};
}

void copy(const Node& from, const char* name, Node& to, const char* as) {
  if (const Node* found = from.find(name); found != nullptr && !found->is_null()) to.set(as, *found);
}

class Service {
 public:
  Service(Node root, std::string stage, Problems& problems)
      : root_(std::move(root)), stage_(std::move(stage)), problems_(problems) {
    const Node* service = root_.find("service");
    name_ = service->is_map() ? service->text_of("name").value_or("service") : service->text;
    if (const Node* provider = root_.find("provider"); provider != nullptr) provider_ = *provider;
  }

  Node make_template() {
    add_written_resources();
    each("layers", root_, [this](const std::string& key, const Node& layer) { add_layer(key, layer); });
    each("functions", root_, [this](const std::string& key, const Node& function) { add_function(key, function); });
    const Node* machines = root_.find("stepFunctions");
    if (machines != nullptr) {
      each("stateMachines", *machines,
           [this](const std::string& key, const Node& machine) { add_machine(key, machine); });
      if (const Node* activities = machines->find("activities")) {
        for (const auto& activity : activities->items) {
          Node properties = Node::map(activity.at);
          properties.set("Name", activity);
          resources_.set(normalized(activity.text) + "StepFunctionsActivity",
                         resource("AWS::StepFunctions::Activity", std::move(properties)));
        }
      }
    }
    Node made = Node::map();
    made.set("Transform", Node::of("AWS::Serverless-2016-10-31"));
    for (const char* section : {"Parameters", "Mappings", "Conditions", "Outputs"}) {
      if (const Node* written = sections_.find(section)) made.set(section, *written);
    }
    made.set("Resources", std::move(resources_));
    rename_references(made);
    return made;
  }

 private:
  template <class Add>
  void each(const char* name, const Node& in, Add add) {
    const Node* found = in.find(name);
    if (found == nullptr || found->is_null()) return;
    if (found->is_list()) {  // of maps, as several files give them
      for (const auto& item : found->items) {
        for (const auto& member : item.members) add(member.name, member.value);
      }
      return;
    }
    if (!found->is_map()) return problems_.error(found->at, std::string(name) + ": expected a mapping");
    for (const auto& member : found->members) {
      if (member.value.is_map()) {
        add(member.name, member.value);
      } else {
        problems_.error(member.at, std::string(name) + ": " + member.name + ": expected a mapping");
      }
    }
  }

  void add_written_resources() {
    const Node* written = root_.find("resources");
    if (written == nullptr) return;
    const auto take = [this](const Node& part) {
      for (const auto& section : part.members) {
        Node& into = section.name == "Resources"               ? resources_
                     : sections_.find(section.name) == nullptr ? sections_.set(section.name, Node::map(section.at))
                                                               : *sections_.find(section.name);
        for (const auto& member : section.value.members) into.set(member.name, member.value);
      }
    };
    if (written->is_list()) {
      for (const auto& part : written->items) take(part);
    } else {
      take(*written);
    }
  }

  void add_layer(const std::string& key, const Node& layer) {
    Node properties = Node::map(layer.at);
    copy(layer, "path", properties, "ContentUri");
    copy(layer, "name", properties, "LayerName");
    if (const Node* package = layer.find("package")) copy(*package, "artifact", properties, "ContentUri");
    resources_.set(normalized(key) + "LambdaLayer", resource("AWS::Serverless::LayerVersion", std::move(properties)));
  }

  std::string own_name(const std::string& key) const { return name_ + "-" + stage_ + "-" + key; }

  void add_function(const std::string& key, const Node& function) {
    Node properties = Node::map(function.at);
    properties.set("FunctionName", Node::of(function.text_of("name").value_or(own_name(key)), function.at));
    properties.set("MemorySize", Node::number("1024"));
    properties.set("Timeout", Node::number("6"));
    for (const Node* from : {&std::as_const(provider_), &function}) {
      copy(*from, "runtime", properties, "Runtime");
      copy(*from, "memorySize", properties, "MemorySize");
      copy(*from, "timeout", properties, "Timeout");
      copy(*from, "layers", properties, "Layers");
    }
    copy(function, "handler", properties, "Handler");
    copy(function, "reservedConcurrency", properties, "ReservedConcurrentExecutions");
    copy(function, "image", properties, "ImageUri");
    if (!properties.has("ImageUri")) properties.set("CodeUri", code_of(function));
    Node variables = Node::map(function.at);
    for (const Node* from : {&std::as_const(provider_), &function}) {
      const Node* environment = from->find("environment");
      if (environment == nullptr) continue;
      for (const auto& member : environment->members) variables.set(member.name, member.value);
    }
    Node environment = Node::map(function.at);
    environment.set("Variables", std::move(variables));
    properties.set("Environment", std::move(environment));
    properties.set("Events", events_of(function));
    functions_.push_back(key);
    resources_.set(normalized(key) + "LambdaFunction", resource("AWS::Serverless::Function", std::move(properties)));
  }

  /// `package.artifact` of the function or of the service, else the service's folder.
  Node code_of(const Node& function) const {
    for (const Node* from : {&function, &root_}) {
      const Node* package = from->find("package");
      if (package == nullptr) continue;
      if (const Node* artifact = package->find("artifact"); artifact != nullptr && artifact->is_text())
        return *artifact;
    }
    return Node::of(".", function.at);
  }

  void add_machine(const std::string& key, const Node& machine) {
    Node properties = Node::map(machine.at);
    copy(machine, "name", properties, "Name");
    auto type = machine.text_of("type").value_or("STANDARD");
    std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    properties.set("Type", Node::of(type, machine.at));
    const Node* definition = machine.find("definition");
    if (definition != nullptr && definition->is_map()) {
      properties.set("DefinitionString", call("Fn::ToJsonString", *definition));
    } else if (definition != nullptr) {
      properties.set("DefinitionString", *definition);
    }
    if (const Node* logging = machine.find("loggingConfig"))
      properties.set("LoggingConfiguration", logging_of(*logging));
    properties.set("Events", events_of(machine));
    const auto id = machine.text_of("id");
    const auto logical =
        id ? normalized(*id) : normalized(machine.text_of("name").value_or(key)) + "StepFunctionsStateMachine";
    machines_.emplace_back(key, logical);
    resources_.set(logical, resource("AWS::Serverless::StateMachine", std::move(properties)));
  }

  static Node logging_of(const Node& written) {
    Node logging = Node::map(written.at);
    copy(written, "level", logging, "Level");
    copy(written, "includeExecutionData", logging, "IncludeExecutionData");
    Node destinations = Node::list(written.at);
    if (const Node* arns = written.find("destinations")) {
      for (const auto& arn : arns->items) {
        Node group = Node::map(arn.at);
        group.set("LogGroupArn", arn);
        Node destination = Node::map(arn.at);
        destination.set("CloudWatchLogsLogGroup", std::move(group));
        destinations.items.push_back(std::move(destination));
      }
    }
    logging.set("Destinations", std::move(destinations));
    return logging;
  }

  // ---- events -------------------------------------------------------------------------------------------------------

  Node events_of(const Node& owner) {
    Node events = Node::map(owner.at);
    const Node* list = owner.find("events");
    if (list == nullptr) return events;
    for (const auto& each : list->items) {
      if (!each.is_map() || each.members.empty()) continue;
      const auto& member = each.members.front();
      const auto name = "E" + std::to_string(events.members.size() + 1);
      auto [type, properties] = event_of(member.name, member.value);
      Node event = Node::map(member.at);
      event.set("Type", Node::of(type, member.at));
      event.set("Properties", std::move(properties));
      events.set(name, std::move(event));
      events.members.back().at = member.at;
    }
    return events;
  }

  std::pair<std::string, Node> event_of(const std::string& kind, const Node& written) {
    Node properties = Node::map(written.at);
    if (kind == "http" || kind == "httpApi") {
      const bool http = kind == "httpApi";
      auto [method, path] = method_and_path(written);
      if (!path.empty()) properties.set("Path", Node::of(path.starts_with('/') ? path : "/" + path, written.at));
      properties.set("Method", Node::of(method == "*" ? "any" : method, written.at));
      properties.set(http ? "ApiId" : "RestApiId", call("Ref", Node::of(api(http), written.at)));
      return {http ? "HttpApi" : "Api", std::move(properties)};
    }
    if (kind == "s3") return {"S3", s3_event(written)};
    if (kind == "sns") return {"SNS", sns_event(written)};
    if ((kind == "eventBridge" || kind == "cloudwatchEvent") && !written.has("schedule")) {
      copy(written, kind == "eventBridge" && written.has("pattern") ? "pattern" : "event", properties, "Pattern");
      copy(written, "eventBus", properties, "EventBusName");
      copy(written, "eventBusName", properties, "EventBusName");
      copy(written, "inputPath", properties, "InputPath");
      if (const Node* input = written.find("input")) {
        properties.set("Input", input->is_map() ? call("Fn::ToJsonString", *input) : *input);
      }
      if (const Node* transformer = written.find("inputTransformer")) {
        Node made = Node::map(transformer->at);
        copy(*transformer, "inputPathsMap", made, "InputPathsMap");
        copy(*transformer, "inputTemplate", made, "InputTemplate");
        properties.set("InputTransformer", std::move(made));
      }
      if (written.text_of("enabled") == "false") properties.set("State", Node::of("DISABLED", written.at));
      return {"EventBridgeRule", std::move(properties)};
    }
    const auto known = kind == "sqs"           ? "SQS"
                       : kind == "eventBridge" ? "Schedule"
                       : kind == "schedule"    ? "Schedule"
                                               : kind;
    return {known, std::move(properties)};
  }

  std::string api(bool http) {
    const std::string id = http ? "HttpApi" : "ApiGatewayRestApi";
    if (!resources_.has(id)) {
      Node properties = Node::map();
      if (!http) properties.set("StageName", Node::of(stage_));
      resources_.set(id, resource(http ? "AWS::Serverless::HttpApi" : "AWS::Serverless::Api", std::move(properties)));
    }
    return id;
  }

  Node s3_event(const Node& written) {
    Node properties = Node::map(written.at);
    const Node bucket = written.is_map() && written.has("bucket") ? *written.find("bucket") : written;
    properties.set("Bucket", bucket);
    properties.set("Events", Node::of(written.text_of("event").value_or("s3:ObjectCreated:*"), written.at));
    Node rules = Node::list(written.at);
    if (const Node* given = written.find("rules")) {
      for (const auto& each : given->items) {
        for (const auto& member : each.members) {
          Node rule = Node::map(member.at);
          rule.set("Name", Node::of(member.name, member.at));
          rule.set("Value", member.value);
          rules.items.push_back(std::move(rule));
        }
      }
    }
    Node key = Node::map(written.at);
    key.set("Rules", std::move(rules));
    Node filter = Node::map(written.at);
    filter.set("S3Key", std::move(key));
    properties.set("Filter", std::move(filter));
    if (bucket.is_scalar() && written.text_of("existing") != "true")
      declare("AWS::S3::Bucket", "S3Bucket", "BucketName", bucket);
    return properties;
  }

  Node sns_event(const Node& written) {
    Node properties = Node::map(written.at);
    copy(written, "filterPolicy", properties, "FilterPolicy");
    copy(written, "filterPolicyScope", properties, "FilterPolicyScope");
    if (written.has("arn")) {
      copy(written, "arn", properties, "Topic");
      return properties;
    }
    const Node name = written.is_map() && written.has("topicName") ? *written.find("topicName") : written;
    if (name.text.starts_with("arn:")) {
      properties.set("Topic", name);
    } else {
      properties.set("Topic",
                     call("Ref", Node::of(declare("AWS::SNS::Topic", "SNSTopic", "TopicName", name), name.at)));
    }
    return properties;
  }

  /// The logical id of the resource of that name, which is made unless it is written.
  std::string declare(const char* type, const char* prefix, const char* property, const Node& name) {
    for (const auto& member : resources_.members) {
      const Node* properties = member.value.find("Properties");
      if (properties != nullptr && properties->text_of(property) == name.text) return member.name;
    }
    const auto id = prefix + normalized(name.text);
    Node properties = Node::map(name.at);
    properties.set(property, name);
    resources_.set(id, resource(type, std::move(properties)));
    return id;
  }

  /// `!GetAtt fn.Arn` and `!Ref fn` name the key of a function or a state machine.
  void rename_references(Node& node) const {
    const auto function = function_of(node);
    if (function == "Ref" || function == "Fn::GetAtt") {
      Node& argument = node.members.front().value;
      Node& name = argument.is_list() && !argument.items.empty() ? argument.items.front() : argument;
      const auto dot = name.text.find('.');
      name.text = logical_id_of(name.text.substr(0, dot)) + (dot == std::string::npos ? "" : name.text.substr(dot));
    }
    for (auto& item : node.items) rename_references(item);
    for (auto& member : node.members) rename_references(member.value);
  }

  std::string logical_id_of(const std::string& key) const {
    if (std::find(functions_.begin(), functions_.end(), key) != functions_.end())
      return normalized(key) + "LambdaFunction";
    const auto machine =
        std::find_if(machines_.begin(), machines_.end(), [&](const auto& each) { return each.first == key; });
    return machine == machines_.end() ? key : machine->second;
  }

  Node root_;
  std::string stage_;
  std::string name_;
  Node provider_ = Node::map();
  Problems& problems_;
  Node resources_ = Node::map();
  Node sections_ = Node::map();
  std::vector<std::string> functions_;
  std::vector<std::pair<std::string, std::string>> machines_;
};

}  // namespace

bool looks_like_serverless(const Node& root) { return root.has("service") && root.has("provider"); }

std::optional<Node> template_of_serverless(const Node& root, const ServerlessSources& sources, Problems& problems) {
  ServerlessVariables variables(root, sources, problems);
  const auto stage = variables.stage();
  Node resolved = Node::map(root.at);
  // `custom` and `params` are only for variables, and may hold some that nothing asks for.
  for (const auto& member : root.members) {
    if (member.name == "custom" || member.name == "params" || member.name == "plugins") continue;
    resolved.members.push_back({member.name, variables.resolve(member.value), member.at, ""});
  }
  if (problems.has_errors()) return std::nullopt;
  return Service(std::move(resolved), stage, problems).make_template();
}

}  // namespace stepd::templates
