#include "daemon/template_input/template_input.h"

#include "api/mapping_template.h"
#include "daemon/text_file.h"
#include "templates/project_writer.h"
#include "templates/template_reader.h"

#include <unistd.h>
#include <algorithm>
#include <cstring>

namespace stepd::daemon {
namespace {

namespace fs = std::filesystem;

using NamedTexts = std::map<std::string, std::string, std::less<>>;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

Result<NamedTexts> pairs_of(const std::vector<std::string>& written, const char* option) {
  NamedTexts texts;
  for (const auto& pair : written) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return AslError{"", std::string(option) + " takes NAME=VALUE, got " + pair};
    }
    texts[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return texts;
}

Result<templates::Node> read_values(const std::string& file) {
  if (file.empty()) return templates::Node::map();
  STEPD_TRY(const std::string text, read_text_file(file));
  templates::Problems problems;
  problems.enter(file);
  auto root = templates::read_tree(text, problems);
  if (root && (root->is_map() || root->is_null())) return *std::move(root);
  return AslError{"", root ? file + ": expected a mapping" : templates::to_text(problems.list().front())};
}

NamedTexts process_environment() {
  NamedTexts texts;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    if (equals != nullptr) texts[std::string(*entry, static_cast<std::size_t>(equals - *entry))] = equals + 1;
  }
  return texts;
}

/// The file that a folder stands for.
Result<fs::path> template_in(const fs::path& folder) {
  static constexpr const char* kNames[] = {"template.yaml", "template.yml", "template.json", "serverless.yml",
                                           "serverless.yaml"};
  for (const char* name : kNames) {
    if (is_there(folder / name)) return folder / name;
  }
  return AslError{"", "there is no template.yaml, serverless.yml or manifest.json in " + folder.string()};
}

/// What `sam build` has made of a template, if that is newer.
fs::path built_of(const fs::path& file, std::vector<std::string>& notes) {
  const auto built = file.parent_path() / ".aws-sam" / "build" / "template.yaml";
  std::error_code error;
  const auto built_at = fs::last_write_time(built, error);
  if (error) return file;
  const auto written_at = fs::last_write_time(file, error);
  if (error) return file;
  if (built_at < written_at) {
    notes.push_back(built.string() + " is older than the template, so it is not used: run `sam build`");
    return file;
  }
  notes.push_back("taking " + built.string() + ", which `sam build` has made");
  return built;
}

Synthesized read_serverless_folder(const fs::path& folder) {
  Synthesized found;
  found.templates = {folder / "cloudformation-template-update-stack.json"};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".zip") found.assets[entry.path().filename().string()] = entry.path();
  }
  return found;
}

Result<Synthesized> find_templates(const fs::path& input, std::vector<std::string>& notes) {
  std::error_code error;
  if (!fs::is_directory(input, error)) {
    if (!is_there(input)) return AslError{"", "cannot read " + input.string() + ": there is no such file"};
    Synthesized found{{built_of(input, notes)}, read_cdk_assets(input)};
    return found;
  }
  if (is_there(input / "manifest.json")) return read_cdk_folder(input);
  if (is_there(input / "cloudformation-template-update-stack.json")) return read_serverless_folder(input);
  if (is_there(input / "cdk.out" / "manifest.json")) return read_cdk_folder(input / "cdk.out");
  STEPD_TRY(const fs::path file, template_in(input));
  Synthesized found;
  found.templates = {built_of(file, notes)};
  return found;
}

NamedTexts read_defaults(const fs::path& file, std::vector<std::string>& notes) {
  const auto toml = file.parent_path() / "samconfig.toml";
  if (!is_there(toml)) return {};
  const auto text = read_text_file(toml);
  if (!text) return {};
  auto defaults = read_parameter_overrides(*text);
  if (!defaults.empty()) notes.push_back("parameters of " + toml.string() + " count where --parameter gives none");
  return defaults;
}

std::string check_mapping(const std::string& mapping) {
  const auto parsed = api::MappingTemplate::parse(mapping);
  return parsed ? "" : parsed.error().cause;
}

}  // namespace

Result<std::string> DiskFiles::read(const fs::path& file) const { return read_text_file(file); }

templates::Files::Kind DiskFiles::kind(const fs::path& path) const {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return Kind::Folder;
  return fs::exists(status) ? Kind::File : Kind::None;
}

Result<templates::Request> make_request(const TemplateOptions& options, std::vector<std::string>& notes) {
  templates::Request request;
  const auto input = fs::absolute(options.input).lexically_normal();
  STEPD_TRY(auto found, find_templates(input, notes));
  request.templates = std::move(found.templates);
  request.assets = std::move(found.assets);
  STEPD_TRY(request.parameters, pairs_of(options.parameters, "--parameter"));
  STEPD_TRY(request.options, pairs_of(options.options, "--option"));
  STEPD_TRY(const auto code, pairs_of(options.code, "--code"));
  for (const auto& [id, folder] : code) request.code[id] = fs::absolute(folder).lexically_normal();
  STEPD_TRY(request.environment, read_values(options.env_file));
  STEPD_TRY(request.outside, read_values(options.values_file));
  request.process = process_environment();
  if (request.templates.size() == 1) {
    const bool folder = is_there(input) && fs::is_directory(input);
    request.defaults = read_defaults(folder ? input / "template.yaml" : input, notes);
  }
  request.stack_name = options.stack_name;
  request.region = options.region;
  request.account = options.account;
  request.endpoint = "http://" + options.listen;
  request.check_mapping = check_mapping;
  return request;
}

}  // namespace stepd::daemon
