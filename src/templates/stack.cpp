#include "templates/stack.h"

#include "templates/parameters.h"
#include "templates/serverless.h"
#include "templates/template_limits.h"
#include "templates/template_reader.h"

#include <algorithm>

namespace stepd::templates {
namespace {

/// Problems are those of another file for a while.
class InFile {
 public:
  InFile(Problems& problems, const std::filesystem::path& file) : problems_(problems), before_(problems.file()) {
    problems_.enter(file.string());
  }
  ~InFile() { problems_.enter(before_); }
  InFile(const InFile&) = delete;
  InFile& operator=(const InFile&) = delete;

 private:
  Problems& problems_;
  std::string before_;
};

bool is_sam(const Resource& resource) {
  return resource.type == "AWS::Serverless::Function" || resource.type == "AWS::Serverless::StateMachine";
}

Node as_node(const std::map<std::string, std::string, std::less<>>& texts) {
  Node node = Node::map();
  for (const auto& [name, value] : texts) node.set(name, Node::of(value));
  return node;
}

ParameterValues values_of(const Node& node) {
  ParameterValues values;
  for (const auto& member : node.members) values[member.name] = member.value;
  return values;
}

}  // namespace

std::optional<Template> Conversion::load(const std::filesystem::path& file) {
  const InFile here(problems, file);
  const auto text = files.read(file);
  if (!text) {
    problems.error({1, 1}, text.error().cause);
    return std::nullopt;
  }
  auto root = read_tree(*text, problems);
  if (!root) return std::nullopt;
  if (looks_like_serverless(*root)) {
    root = template_of_serverless(*root, {request, files, file.parent_path()}, problems);
    if (!root) return std::nullopt;
  }
  return read_template(*std::move(root), problems);
}

Stack::Stack(Conversion& conversion, Template read, Site site, const Parameters& given)
    : conversion_(conversion),
      template_(std::move(read)),
      site_(std::move(site)),
      naming_{conversion.request.region, conversion.request.account, site_.name, conversion.request.endpoint},
      evaluator_(template_.mappings, template_.conditions, *this, conversion.problems, conversion.allowance) {
  ++conversion.stacks_made;
  const InFile here(conversion_.problems, site_.file);
  set_parameters(given);
}

void Stack::set_parameters(const Parameters& given) {
  const auto defaults = site_.depth == 0 ? values_of(as_node(conversion_.request.defaults)) : ParameterValues{};
  const ParameterSources sources{given, defaults, conversion_.request.outside.find("ssm")};
  parameters_ = read_parameters(template_.parameters, sources, conversion_.problems, conversion_.secrets);
}

bool Stack::exists(const Resource& resource) {
  const InFile here(conversion_.problems, site_.file);
  return resource.condition.empty() || evaluator_.condition(resource.condition, resource.at);
}

const Node& Stack::properties(const Resource& resource) {
  if (const auto known = properties_.find(resource.logical_id); known != properties_.end()) return known->second;
  const InFile here(conversion_.problems, site_.file);
  Node resolved = evaluator_.resolve(resource.properties);
  fill_dynamic_references(resolved);
  return properties_[resource.logical_id] = std::move(resolved);
}

std::string Stack::name_of(const Resource& resource) {
  const auto& id = resource.logical_id;
  if (const auto known = names_.find(id); known != names_.end()) return known->second;
  const InFile here(conversion_.problems, site_.file);
  if (std::find(open_names_.begin(), open_names_.end(), id) != open_names_.end()) {
    std::string chain;
    for (const auto& each : open_names_) chain += each + " -> ";
    conversion_.problems.error(resource.at, "names that need each other: " + chain + id);
    return "";
  }
  const auto& type = resource_type(resource.type);
  const Node* written = type.name_property.empty() ? nullptr : resource.properties.find(type.name_property);
  std::string name;
  if (written != nullptr && !written->is_null()) {
    open_names_.push_back(id);
    Node value = evaluator_.resolve(*written);
    open_names_.pop_back();
    fill_dynamic_references(value);
    if (value.is_scalar()) name = value.text;
    if (!value.is_scalar() && !value.is_absent()) {
      conversion_.problems.error(written->at, id + ": " + std::string(type.name_property) + ": expected a text");
    }
  }
  // What an error has left empty gets a name as well, so that all else can be looked at.
  if (name.empty()) name = made_name(type, naming_, id);
  return names_[id] = name;
}

std::string Stack::attribute_of(const Resource& resource, std::string_view attribute) {
  return attribute_node(resource, std::string(attribute), resource.at).text;
}

std::filesystem::path Stack::resolve(const std::string& written) const {
  return (site_.file.parent_path() / written).lexically_normal();
}

// ---- references -----------------------------------------------------------------------------------------------------

std::optional<Node> Stack::pseudo(const std::string& name, Place at) const {
  if (!name.starts_with("AWS::")) return std::nullopt;
  if (name == "AWS::NoValue") return Node::absent(at);
  if (name == "AWS::NotificationARNs") return Node::list(at);
  const auto id = "arn:aws:cloudformation:" + naming_.region + ":" + naming_.account + ":stack/" + site_.name + "/" +
                  stable_uuid(site_.name);
  const std::pair<std::string_view, std::string> values[] = {
      {"AWS::AccountId", naming_.account}, {"AWS::Region", naming_.region}, {"AWS::Partition", "aws"},
      {"AWS::URLSuffix", "amazonaws.com"}, {"AWS::StackName", site_.name},  {"AWS::StackId", id},
  };
  for (const auto& [known, value] : values) {
    if (known == name) return Node::of(value, at);
  }
  return std::nullopt;
}

const Resource* Stack::wanted(const std::string& logical_id, Place at) {
  const Resource* resource = template_.find(logical_id);
  if (resource == nullptr) return nullptr;
  if (exists(*resource)) return resource;
  conversion_.problems.error(at, "a reference to " + logical_id + ", whose condition " + resource->condition +
                                     " is false, so that it does not exist");
  return nullptr;
}

Node Stack::ref(const std::string& name, Place at) {
  if (const auto value = pseudo(name, at)) return *value;
  if (const auto value = parameters_.find(name); value != parameters_.end()) {
    Node copy = value->second;
    copy.at = at;
    return copy;
  }
  if (template_.find(name) != nullptr) {
    const Resource* resource = wanted(name, at);
    return resource == nullptr ? Node::absent(at) : attribute_node(*resource, "", at);
  }
  // `!Ref F.Alias` and `!Ref F.Version` are SAM's.
  if (const auto dot = name.find('.'); dot != std::string::npos && template_.find(name.substr(0, dot)) != nullptr) {
    return attribute(name.substr(0, dot), name.substr(dot + 1), at);
  }
  if (const auto made = made_by_sam(name, "", at)) return *made;
  std::vector<std::string_view> known;
  for (const auto& each : template_.resources) known.push_back(each.logical_id);
  for (const auto& [parameter, value] : parameters_) known.push_back(parameter);
  conversion_.problems.error(at, "there is no parameter or resource '" + name + "'" + suggestion(name, known));
  return Node::absent(at);
}

Node Stack::attribute(const std::string& logical_id, const std::string& attribute, Place at) {
  if (template_.find(logical_id) != nullptr) {
    const Resource* resource = wanted(logical_id, at);
    return resource == nullptr ? Node::absent(at) : attribute_node(*resource, attribute, at);
  }
  if (const auto made = made_by_sam(logical_id, attribute, at)) return *made;
  std::vector<std::string_view> known;
  for (const auto& each : template_.resources) known.push_back(each.logical_id);
  conversion_.problems.error(at, "there is no resource '" + logical_id + "' for " + logical_id + "." + attribute +
                                     suggestion(logical_id, known));
  return Node::absent(at);
}

/// An empty attribute is what Ref gives.
Node Stack::attribute_node(const Resource& resource, const std::string& attribute, Place at) {
  const auto text = [&](std::string value) { return Node::of(std::move(value), at); };
  if (attribute.starts_with("Outputs.")) {
    Stack* stack = nested(resource);
    if (stack == nullptr) return text(resource.logical_id + "." + attribute);
    if (auto value = stack->output(attribute.substr(8))) return *std::move(value);
    conversion_.problems.error(at, resource.logical_id + " has no output '" + attribute.substr(8) + "'");
    return Node::absent(at);
  }
  if (resource.type == "AWS::SSM::Parameter" && attribute == "Value") {
    return text(properties(resource).text_of("Value").value_or(""));
  }
  if (resource.type == "AWS::Lambda::Alias" || resource.type == "AWS::Lambda::Version") {
    auto function = properties(resource).text_of("FunctionName").value_or("");
    const auto& known = resource_type("AWS::Lambda::Function");
    if (!function.starts_with("arn:")) function = fill_pattern(known.attributes.front().pattern, naming_, function);
    if (attribute == "Version") return text("1");
    const bool alias = resource.type == "AWS::Lambda::Alias";
    return text(function + ":" + (alias ? properties(resource).text_of("Name").value_or("") : "1"));
  }
  const auto& type = resource_type(resource.type);
  const auto name = name_of(resource);
  if (attribute.empty()) return text(fill_pattern(type.ref, naming_, name));
  if (is_sam(resource) && (attribute == "Alias" || attribute == "Version")) {
    const auto alias = resource.properties.text_of("AutoPublishAlias").value_or("1");
    return text(fill_pattern(type.attributes.front().pattern, naming_, name) + ":" +
                (attribute == "Alias" ? alias : "1"));
  }
  std::vector<std::string_view> known;
  for (const auto& each : type.attributes) {
    if (each.name == attribute) return text(fill_pattern(each.pattern, naming_, name));
    known.push_back(each.name);
  }
  if (!type.open) {
    conversion_.problems.error(at, resource.logical_id + " (" + resource.type + ") has no attribute '" + attribute +
                                       "'" + suggestion(attribute, known));
    return Node::absent(at);
  }
  // Of a type that nothing here serves: something that has the form.
  if (attribute.ends_with("Arn")) return text(fill_pattern("arn:aws:unknown:{R}:{A}:{N}", naming_, name));
  return text(name + "." + attribute);
}

/// SAM developer guide: Generated CloudFormation resources.
std::optional<Node> Stack::made_by_sam(const std::string& id, const std::string& attribute, Place at) {
  const auto with = [&](std::string_view type, const std::string& name) {
    const auto& known = resource_type(type);
    if (attribute.empty()) return Node::of(fill_pattern(known.ref, naming_, name), at);
    for (const auto& each : known.attributes) {
      if (each.name == attribute) return Node::of(fill_pattern(each.pattern, naming_, name), at);
    }
    return Node::of(name + "." + attribute, at);
  };
  if (id == "ServerlessRestApi") return with("AWS::Serverless::Api", id);
  if (id == "ServerlessHttpApi") return with("AWS::Serverless::HttpApi", id);
  if (id == "ServerlessRestApiProdStage") return Node::of("Prod", at);
  if (id == "ServerlessHttpApiApiGatewayDefaultStage") return Node::of("$default", at);
  for (const auto& each : template_.resources) {
    if (!id.starts_with(each.logical_id) || id == each.logical_id) continue;
    const auto rest = id.substr(each.logical_id.size());
    if (is_sam(each)) {
      const Node* events = each.properties.find("Events");
      if (rest == "Role") return with("AWS::IAM::Role", made_name(resource_type("AWS::IAM::Role"), naming_, id));
      if (rest == "Version" || rest.starts_with("Version")) return attribute_node(each, "Version", at);
      if (rest.starts_with("Alias")) return attribute_node(each, "Alias", at);
      if (events != nullptr && events->has(rest)) {
        return with("AWS::Events::Rule", made_name(resource_type("AWS::Events::Rule"), naming_, id));
      }
    }
    if (each.type == "AWS::Serverless::Api" && rest.ends_with("Stage")) {
      return Node::of(rest.substr(0, rest.size() - 5), at);
    }
    if (each.type == "AWS::Serverless::Api" && rest.starts_with("Deployment"))
      return with("AWS::ApiGateway::Deployment", id);
    if (each.type == "AWS::Serverless::HttpApi" && rest.ends_with("Stage")) return Node::of("$default", at);
  }
  return std::nullopt;
}

Node Stack::imported(const std::string& name, Place at) {
  if (const Node* imports = conversion_.request.outside.find("imports")) {
    if (const auto value = imports->text_of(name)) return Node::of(*value, at);
  }
  if (std::find(open_exports_.begin(), open_exports_.end(), name) == open_exports_.end()) {
    open_exports_.push_back(name);
    for (const auto& each : conversion_.stacks) {
      if (each == nullptr) continue;
      auto value = each->exported(name);
      if (!value) continue;
      open_exports_.pop_back();
      value->at = at;
      return *std::move(value);
    }
    open_exports_.pop_back();
  }
  conversion_.problems.error(at, "Fn::ImportValue: no stack here exports '" + name +
                                     "'; give its value under imports: in the file of --values");
  return Node::absent(at);
}

Node Stack::included(const std::string& location, Place at) {
  const auto file = resolve(location);
  const auto text = conversion_.files.read(file);
  if (!text) {
    conversion_.problems.error(at, "AWS::Include: " + text.error().cause);
    return Node::absent(at);
  }
  const InFile there(conversion_.problems, file);
  auto root = read_tree(*text, conversion_.problems);
  return root ? *std::move(root) : Node::absent(at);
}

// ---- nested stacks and outputs --------------------------------------------------------------------------------------

std::optional<std::string> Stack::location_of(const Resource& resource) {
  const auto& known = properties(resource);
  const auto written = known.text_of(resource.type == "AWS::CloudFormation::Stack" ? "TemplateURL" : "Location");
  if (!written || written->find("://") != std::string::npos) return std::nullopt;
  return written;
}

Stack* Stack::nested(const Resource& resource) {
  const auto& id = resource.logical_id;
  if (const auto known = nested_.find(id); known != nested_.end()) return known->second.get();
  if (std::find(open_names_.begin(), open_names_.end(), id) != open_names_.end()) {
    conversion_.problems.error(resource.at, id + " needs an output of its own");
    return nullptr;
  }
  open_names_.push_back(id);
  const auto location = location_of(resource);
  const Node given = location ? properties(resource) : Node();
  open_names_.pop_back();
  auto& place = nested_[id];
  if (!location) return nullptr;
  const InFile here(conversion_.problems, site_.file);
  if (site_.depth >= limits::kNestedStacks || conversion_.stacks_made >= limits::kStacks) {
    conversion_.problems.error(resource.at, id + ": more than " + std::to_string(limits::kNestedStacks) +
                                                " templates within each other, or " + std::to_string(limits::kStacks) +
                                                " in all");
    return nullptr;
  }
  auto read = conversion_.load(resolve(*location));
  if (!read) return nullptr;
  Parameters parameters;
  if (const Node* values = given.find("Parameters")) parameters = values_of(*values);
  std::vector<std::string_view> known;
  for (const auto& member : read->parameters.members) known.push_back(member.name);
  std::erase_if(parameters, [&](const auto& each) {
    if (read->parameters.has(each.first)) return false;
    conversion_.problems.error(each.second.at, id + ": " + *location + " has no parameter '" + each.first + "'" +
                                                   suggestion(each.first, known));
    return true;
  });
  const Site site{resolve(*location), site_.name + "-" + id, site_.path + id + "/", site_.depth + 1};
  place = std::make_unique<Stack>(conversion_, *std::move(read), site, parameters);
  return place.get();
}

std::optional<Node> Stack::output(const std::string& name) {
  const Node* found = template_.outputs.find(name);
  const Node* value = found == nullptr ? nullptr : found->find("Value");
  if (value == nullptr) return std::nullopt;
  const InFile here(conversion_.problems, site_.file);
  if (const auto condition = found->text_of("Condition"); condition && !evaluator_.condition(*condition, found->at)) {
    return std::nullopt;
  }
  Node resolved = evaluator_.resolve(*value);
  fill_dynamic_references(resolved);
  return resolved;
}

std::optional<Node> Stack::exported(const std::string& name) {
  const InFile here(conversion_.problems, site_.file);
  for (const auto& member : template_.outputs.members) {
    const Node* exported = member.value.find("Export");
    const Node* written = exported == nullptr ? nullptr : exported->find("Name");
    if (written != nullptr && evaluator_.resolve(*written).text == name) return output(member.name);
  }
  return std::nullopt;
}

// ---- dynamic references ---------------------------------------------------------------------------------------------

void Stack::fill_dynamic_references(Node& node) {
  constexpr std::string_view kBegin = "{{resolve:";
  for (auto& item : node.items) fill_dynamic_references(item);
  for (auto& member : node.members) fill_dynamic_references(member.value);
  for (auto at = node.text.find(kBegin); at != std::string::npos; at = node.text.find(kBegin, at)) {
    const auto end = node.text.find("}}", at);
    if (end == std::string::npos) return;
    const auto value = dynamic_value(node.text.substr(at + kBegin.size(), end - at - kBegin.size()), node.at);
    node.text.replace(at, end + 2 - at, value);
    at += value.size();
  }
}

/// `ssm:NAME:VERSION`, `secretsmanager:ID:SecretString:KEY` (CloudFormation user guide: dynamic references).
std::string Stack::dynamic_value(const std::string& reference, Place at) {
  const auto colon = std::min(reference.find(':'), reference.size());
  const auto service = reference.substr(0, colon);
  std::string id = reference.substr(std::min(colon + 1, reference.size()));
  std::string key;
  if (const auto string = id.find(":SecretString"); string != std::string::npos) {
    key = id.substr(std::min(string + 14, id.size()));
    key = key.substr(0, key.find(':'));
    id.resize(string);
  } else if (service != "secretsmanager") {
    id.resize(std::min(id.find(':'), id.size()));
  }
  const Node* section = conversion_.request.outside.find(service == "secretsmanager" ? "secrets" : "ssm");
  const Node* found = section == nullptr ? nullptr : section->find(id);
  if (found != nullptr && !key.empty() && found->is_map()) found = found->find(key);
  if (found != nullptr && !found->is_list()) {
    auto value = found->is_map() ? to_json(*found) : found->text;
    if (service != "ssm" && !value.empty()) conversion_.secrets.push_back(value);
    return value;
  }
  conversion_.problems.warning(at, "{{resolve:" + reference + "}} has no value: give it under " +
                                       (service == "secretsmanager" ? "secrets" : "ssm") + ": in the file of --values");
  return "";
}

}  // namespace stepd::templates
