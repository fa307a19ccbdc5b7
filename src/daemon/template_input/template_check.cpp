#include "daemon/template_input/template_check.h"

#include "daemon/config/config.h"
#include "daemon/template_input/template_input.h"
#include "templates/convert.h"
#include "templates/project_writer.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace stepd::daemon {
namespace {

/// Of the configuration that the template stands for. It is no file, so the faults name the template.
Faults check_configuration(templates::Converted converted, const std::filesystem::path& file) {
  for (auto& function : converted.project.functions) {
    // Code that stands in the template is written nowhere, so a folder that exists stands for it.
    if (function.code.empty()) function.code = file.parent_path();
  }
  templates::WriteOptions writing;
  writing.source = file.filename().string();
  const auto written = templates::write_project(converted, writing);
  Faults faults = load_config_text(written.configuration, file, std::nullopt).faults;
  for (Fault& fault : faults) {
    if (fault.file == file) fault.at = {1, 1};
    fault.message = templates::masked(std::move(fault.message), converted.secrets);
  }
  return faults;
}

}  // namespace

bool looks_like_template(const std::filesystem::path& file, const std::string& text) {
  if (file.filename() == "serverless.yml" || file.filename() == "serverless.yaml") return true;
  constexpr std::array<std::string_view, 3> kMembers{"AWSTemplateFormatVersion", "Resources", "Transform"};
  const auto is_at_top = [&](std::string_view member) {
    for (auto at = text.find(member); at != std::string::npos; at = text.find(member, at + 1)) {
      const bool begins_line = at == 0 || text[at - 1] == '\n';
      const bool is_first = text.find_first_not_of(" \t\r\n{\"") == at;  // of JSON
      const std::string_view rest = std::string_view(text).substr(at + member.size());
      if ((begins_line || is_first) && (rest.starts_with(':') || rest.starts_with('"'))) return true;
    }
    return false;
  };
  return std::any_of(kMembers.begin(), kMembers.end(), is_at_top);
}

Faults check_template(const std::filesystem::path& file, const std::vector<std::string>& parameters) {
  TemplateOptions options;
  options.input = file.string();
  options.parameters = parameters;
  std::vector<std::string> notes;
  const auto request = make_request(options, notes);
  if (!request) return {Fault{file, {1, 1}, request.error().cause, ""}};
  auto converted = templates::convert_templates(*request, DiskFiles());
  Faults faults;
  for (const templates::Problem& each : converted.problems) {
    const bool is_error = each.severity == templates::Problem::Severity::Error;
    faults.push_back({each.file,
                      {each.at.line, each.at.column},
                      each.message,
                      "",
                      is_error ? asl::Severity::Error : asl::Severity::Warning});
  }
  if (!converted.is_valid()) return faults;
  auto more = check_configuration(std::move(converted), std::filesystem::absolute(file));
  faults.insert(faults.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return faults;
}

}  // namespace stepd::daemon
