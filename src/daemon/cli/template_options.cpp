#include "daemon/cli/template_options.h"

#include "daemon/cli/cli.h"
#include "templates/project_writer.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace stepd::daemon {

void add_template_options(CLI::App& command, TemplateOptions& options) {
  command
      .add_option("TEMPLATE", options.input,
                  "template.yaml or .json (SAM, CloudFormation), serverless.yml, or a folder: of one of them, cdk.out, "
                  ".serverless")
      ->required();
  command.add_option("--parameter", options.parameters, "NAME=VALUE of the template; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--env-file", options.env_file,
                     "JSON or YAML, as `sam local --env-vars`: {FUNCTION: {NAME: VALUE}, Parameters: {NAME: VALUE}}");
  command.add_option("--values", options.values_file,
                     "values that other stacks and services hold: {imports: {...}, ssm: {...}, secrets: {...}}");
  command.add_option("--code", options.code, "FUNCTION=FOLDER, for code that lies in S3; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--option", options.options, "NAME=VALUE of ${opt:NAME} in serverless.yml; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--stack-name", options.stack_name, "AWS::StackName (default: the name of the folder)");
  command.add_option("--region", options.region, "of every ARN")->capture_default_str();
  command.add_option("--account", options.account, "of every ARN")->capture_default_str();
}

std::optional<templates::Converted> convert_input(const TemplateOptions& options, int& exit_code) {
  std::vector<std::string> notes;
  const auto request = make_request(options, notes);
  for (const auto& note : notes) std::cerr << "stepd: " << note << "\n";
  exit_code = kCannotRun;
  if (!request) {
    std::cerr << "stepd: " << request.error().cause << "\n";
    return std::nullopt;
  }
  auto converted = templates::convert_templates(*request, DiskFiles());
  for (const auto& problem : converted.problems) std::cerr << templates::to_text(problem) << "\n";
  if (!converted.is_valid()) return std::nullopt;
  exit_code = kSuccess;
  return converted;
}

std::string title_of(const TemplateOptions& options) {
  const auto path = std::filesystem::path(options.input);
  return path.filename().empty() ? path.parent_path().filename().string() : path.filename().string();
}

}  // namespace stepd::daemon
