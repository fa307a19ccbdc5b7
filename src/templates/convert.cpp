#include "templates/convert.h"

#include "templates/completion.h"
#include "templates/parameters.h"
#include "templates/resources/resources.h"
#include "templates/template_limits.h"

#include <algorithm>

namespace stepd::templates {
namespace {

/// As stacks are called: letters, digits and hyphens, a letter first (CloudFormation API reference: CreateStack).
std::string stack_name_of(const std::filesystem::path& file, const std::string& given) {
  if (!given.empty()) return given;
  std::string name;
  for (const char c : file.parent_path().filename().string()) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (fine || !name.ends_with('-')) name += fine ? c : '-';
  }
  while (name.starts_with('-')) name.erase(0, 1);
  while (name.ends_with('-')) name.pop_back();
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) name = "stack" + (name.empty() ? "" : "-" + name);
  constexpr std::size_t kCharsMax = 128;
  return name.substr(0, kCharsMax);
}

void add_resource(Conversion& conversion, Stack& stack, const Resource& resource, Draft& draft) {
  Part part(conversion, stack, resource, draft);
  // The names and properties of all types are resolved, so that a wrong reference is found wherever it stands.
  part.name();
  part.properties();
  if (Add* add = find_add(resource.type)) return add(part);
  part.unserved("resources of type " + resource.type);
}

void add_stack(Conversion& conversion, Stack& stack, Draft& draft) {
  conversion.problems.enter(stack.file().string());
  for (const auto& resource : stack.source().resources) {
    if (conversion.allowance.spent) return;
    if (!stack.exists(resource)) continue;
    add_resource(conversion, stack, resource, draft);
    const bool nests = resource.type == "AWS::Serverless::Application" || resource.type == "AWS::CloudFormation::Stack";
    if (!nests || !stack.location_of(resource)) continue;
    if (Stack* nested = stack.nested(resource)) add_stack(conversion, *nested, draft);
    conversion.problems.enter(stack.file().string());
  }
}

void add_outputs(Stack& stack, Project& project) {
  for (const auto& member : stack.source().outputs.members) {
    const auto value = stack.output(member.name);
    if (!value || value->is_absent()) continue;
    project.outputs.push_back({member.name, value->is_scalar() ? value->text : to_json(*value),
                               member.value.text_of("Description").value_or("")});
  }
}

/// A parameter of the command line belongs to every stack that declares it.
ParameterValues given_to(const Template& read, const Request& request, bool alone) {
  ParameterValues given;
  for (const auto& [name, value] : request.parameters) {
    if (alone || read.parameters.has(name)) given[name] = Node::of(value);
  }
  return given;
}

void read_stacks(Conversion& conversion) {
  const auto& request = conversion.request;
  const bool alone = request.templates.size() == 1;
  for (const auto& file : request.templates) {
    if (conversion.stacks_made >= limits::kStacks) {
      conversion.problems.error({}, "more than " + std::to_string(limits::kStacks) + " templates");
      return;
    }
    auto read = conversion.load(file);
    if (!read) continue;
    // CDK's check of its own bootstrap stack reads a parameter that only AWS has.
    read->parameters.erase("BootstrapVersion");
    const auto given = given_to(*read, request, alone);
    const auto name = alone ? stack_name_of(file, request.stack_name) : file.stem().stem().string();
    conversion.stacks.push_back(
        std::make_unique<Stack>(conversion, *std::move(read), Stack::Site{file, name, "", 0}, given));
  }
}

}  // namespace

bool Converted::is_valid() const {
  return std::none_of(problems.begin(), problems.end(),
                      [](const Problem& each) { return each.severity == Problem::Severity::Error; });
}

std::string masked(std::string text, const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets) {
    if (secret.empty()) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 8)) {
      text.replace(at, secret.size(), kMasked);
    }
  }
  return text;
}

Converted convert_templates(const Request& request, const Files& files) {
  Conversion conversion{request, files, {}, {}, {}, {}};
  Draft draft;
  draft.project.region = request.region;
  draft.project.account = request.account;
  read_stacks(conversion);
  for (const auto& stack : conversion.stacks) {
    if (draft.project.name.empty()) draft.project.name = stack->name();
    add_stack(conversion, *stack, draft);
    add_outputs(*stack, draft.project);
  }
  complete(draft, conversion.problems);
  Converted converted{std::move(draft.project), conversion.problems.list(), std::move(conversion.secrets)};
  for (auto& problem : converted.problems) problem.message = masked(std::move(problem.message), converted.secrets);
  return converted;
}

}  // namespace stepd::templates
