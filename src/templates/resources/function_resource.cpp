// AWS::Serverless::Function, AWS::Lambda::Function and their layers.
#include "templates/resources/resources.h"

#include <algorithm>

namespace stepd::templates {
namespace {

struct Code {
  std::filesystem::path path;
  std::string text;        ///< inline
  std::string why_absent;  ///< what the list of what is not served says
};

/// An object in S3 is here only as an asset of a tool.
Code stored_code(Part& part, const std::string& key) {
  const auto& assets = part.conversion().request.assets;
  auto found = assets.find(key);
  if (found == assets.end()) found = assets.find(key.substr(key.rfind('/') + 1));
  if (found != assets.end()) return {found->second, "", ""};
  return {
      {},
      "",
      "its code is the object " + key + " in S3, not here: give it by --code " + part.resource().logical_id + "=DIR"};
}

Code code_at(Part& part, const Node& written) {
  if (written.is_map()) {
    const char* names[] = {"S3Key", "Key"};
    for (const char* name : names) {
      if (written.has(name)) return stored_code(part, part.text(written, name));
    }
    if (written.has("ZipFile")) return {{}, part.text(written, "ZipFile"), ""};
    if (written.has("ImageUri")) return {{}, "", "image"};
    part.error(written.at, "the code: expected a path, or S3Bucket and S3Key, or ZipFile");
    return {};
  }
  if (!written.is_scalar()) {
    part.error(written.at, "the code: expected a path");
    return {};
  }
  if (written.text.starts_with("s3://")) {
    const auto slash = written.text.find('/', 5);
    return stored_code(part, slash == std::string::npos ? "" : written.text.substr(slash + 1));
  }
  return {part.stack().resolve(written.text), "", ""};
}

Code read_code(Part& part, const Node& properties) {
  const auto& given = part.conversion().request.code;
  for (const auto& name : {part.origin().id, part.resource().logical_id, part.name()}) {
    if (const auto found = given.find(name); found != given.end()) return {found->second, "", ""};
  }
  std::vector<std::string> kinds;
  for (const char* name : {"CodeUri", "Code", "InlineCode", "ImageUri"}) {
    if (properties.has(name)) kinds.emplace_back(name);
  }
  if (properties.text_of("PackageType") == "Image") return {{}, "", "image"};
  if (kinds.size() != 1) {
    part.error({}, kinds.empty() ? "the function has no code: CodeUri, InlineCode or Code is missing"
                                 : "only one of these can be the code: " + quoted_list(kinds));
    return {};
  }
  if (kinds.front() == "InlineCode") return {{}, part.text(properties, "InlineCode"), ""};
  if (kinds.front() == "ImageUri") return {{}, "", "image"};
  return code_at(part, *properties.find(kinds.front()));
}

/// Why the runtime cannot be served; empty if it can.
std::string why_not_runtime(const std::string& runtime) {
  for (const std::string_view served : {"python3", "nodejs", "provided"}) {
    if (runtime.starts_with(served)) return "";
  }
  return runtime.empty() ? "it has no Runtime"
                         : "its runtime is " + runtime + "; Python, Node.js and provided.* are served";
}

void set_variable(Texts& variables, const std::string& name, const std::string& value) {
  const auto found =
      std::find_if(variables.begin(), variables.end(), [&](const auto& each) { return each.first == name; });
  if (found == variables.end()) {
    variables.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

/// Of the file of --env-file: what is for every function, then what is for this one.
void override_variables(Part& part, Texts& variables) {
  const Node& given = part.conversion().request.environment;
  for (const auto& key : {std::string("Parameters"), part.name(), part.resource().logical_id, part.origin().id}) {
    const Node* section = given.find(key);
    if (section == nullptr) continue;
    for (const auto& member : section->members) set_variable(variables, member.name, member.value.text);
  }
}

Texts read_variables(Part& part, const Node& properties) {
  Texts variables;
  const Node* environment = part.map(properties, "Environment");
  const Node* written = environment == nullptr ? nullptr : part.map(*environment, "Variables");
  if (written != nullptr) {
    for (const auto& member : written->members) {
      if (member.value.is_null()) continue;
      if (member.value.is_scalar()) {
        variables.emplace_back(member.name, member.value.text);
      } else {
        part.error(member.at, "Environment: the value of " + member.name + " must be a text");
      }
    }
  }
  override_variables(part, variables);
  return variables;
}

void tell_of_build(Part& part, const Code& code) {
  const auto method = part.resource().metadata.text_of("BuildMethod").value_or("");
  const bool built = code.path.string().find(".aws-sam") != std::string::npos;
  for (const std::string_view builds : {"esbuild", "makefile", "go1.x", "rust-cargolambda", "dotnet"}) {
    if (method.starts_with(builds) && !built) {
      part.warning({}, "its code is made by `sam build` (BuildMethod " + method +
                           "): run that, then use .aws-sam/build/template.yaml");
    }
  }
}

void tell_of_settings(Part& part, const Node& properties) {
  for (const char* name : {"DeadLetterQueue", "DeadLetterConfig", "EventInvokeConfig"}) {
    if (properties.has(name)) part.unserved("failures of asynchronous calls are logged, not sent on", name);
  }
  if (properties.has("FunctionUrlConfig")) part.unserved("function URLs", "FunctionUrlConfig");
}

void add_any_function(Part& part) {
  const Node& properties = part.properties();
  const auto code = read_code(part, properties);
  ProjectFunction function;
  function.origin = part.origin();
  function.name = part.name();
  function.runtime = part.text(properties, "Runtime");
  function.handler = part.text(properties, "Handler");
  std::string why = code.why_absent;
  if (why == "image") why = "it is a container image: run its handler by `command:` in a configuration of your own";
  if (why.empty()) why = why_not_runtime(function.runtime);
  if (!why.empty()) {
    part.unserved(why);
    return;
  }
  if (function.handler.empty()) part.error({}, "the function has no Handler");
  function.code = code.path;
  function.inline_code = code.text;
  if (!code.path.empty() && part.conversion().files.kind(code.path) == Files::Kind::None) {
    part.error({}, "its code, " + code.path.string() + ", does not exist");
  }
  function.environment = read_variables(part, properties);
  function.timeout_s = part.text(properties, "Timeout");
  function.memory_mib = part.text(properties, "MemorySize");
  if (const Node* layers = part.list(properties, "Layers")) {
    for (const auto& layer : layers->items) function.layers.push_back(layer.text);
  }
  const auto reserved = part.text(properties, "ReservedConcurrentExecutions");
  if (reserved != "0") function.concurrency = reserved;
  if (const Node* logging = part.map(properties, "LoggingConfig")) function.log_group = part.text(*logging, "LogGroup");
  tell_of_build(part, code);
  tell_of_settings(part, properties);
  part.project().functions.push_back(std::move(function));
}

/// CDK deletes objects of buckets by a function of its own, which is not needed.
bool is_of_cdk(const Resource& resource) {
  return resource.logical_id.starts_with("CustomS3AutoDeleteObjects") ||
         resource.logical_id.starts_with("BucketNotificationsHandler") ||
         resource.logical_id.starts_with("LogRetention");
}

}  // namespace

void add_function(Part& part) {
  add_any_function(part);
  add_events(part, {Target::Kind::Function, part.name()});
}

void add_lambda(Part& part) {
  if (!is_of_cdk(part.resource())) add_any_function(part);
}

void add_layer(Part& part) {
  const Node& properties = part.properties();
  const Node* written =
      properties.find(part.resource().type == "AWS::Serverless::LayerVersion" ? "ContentUri" : "Content");
  if (written == nullptr) return part.error({}, "the layer has no content");
  const auto code = code_at(part, *written);
  if (!code.why_absent.empty()) return part.unserved(code.why_absent);
  if (!code.path.empty() && part.conversion().files.kind(code.path) == Files::Kind::None) {
    part.error(written->at, "its content, " + code.path.string() + ", does not exist");
  }
  part.draft().layers[part.stack().attribute_of(part.resource(), "")] = code.path.string();
}

}  // namespace stepd::templates
