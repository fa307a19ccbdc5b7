#include "template_case.h"

#include "templates/template_reader.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace stepd::templates::test {
namespace {

std::map<std::string, std::string, std::less<>> texts_in(const Node& root, const char* name) {
  std::map<std::string, std::string, std::less<>> texts;
  if (const Node* found = root.find(name)) {
    for (const auto& member : found->members) texts[member.name] = member.value.text;
  }
  return texts;
}

std::map<std::string, std::filesystem::path, std::less<>> paths_in(const Node& root, const char* name) {
  std::map<std::string, std::filesystem::path, std::less<>> paths;
  for (const auto& [key, value] : texts_in(root, name)) paths[key] = "/project/" + value;
  return paths;
}

}  // namespace

Result<std::string> NamedFiles::read(const std::filesystem::path& file) const {
  const auto found = texts_.find(file.lexically_relative("/project").string());
  if (found == texts_.end()) return AslError{"", "cannot read " + file.string() + ": No such file or directory"};
  return found->second;
}

Files::Kind NamedFiles::kind(const std::filesystem::path& path) const {
  auto name = path.lexically_relative("/project").string();
  if (name == ".") return Kind::Folder;
  if (name.ends_with('/')) name.pop_back();
  if (texts_.contains(name)) return Kind::File;
  const auto next = texts_.lower_bound(name + "/");
  return next != texts_.end() && next->first.starts_with(name + "/") ? Kind::Folder : Kind::None;
}

TemplateCase TemplateCase::parse(const std::string& text) {
  Problems problems;
  const auto root = read_tree(text, problems);
  if (!root) throw std::runtime_error(to_text(problems.list().front()));
  TemplateCase parsed;
  if (const auto written = root->text_of("template")) parsed.files["template.yaml"] = *written;
  for (const auto& [name, content] : texts_in(*root, "files")) parsed.files[name] = content;
  auto& request = parsed.request;
  if (const Node* names = root->find("templates")) {
    for (const auto& each : names->items) request.templates.push_back("/project/" + each.text);
  } else {
    request.templates.emplace_back("/project/template.yaml");
  }
  request.parameters = texts_in(*root, "parameters");
  request.defaults = texts_in(*root, "defaults");
  request.options = texts_in(*root, "options");
  request.process = texts_in(*root, "process");
  request.assets = paths_in(*root, "assets");
  request.code = paths_in(*root, "code");
  if (const Node* environment = root->find("environment")) request.environment = *environment;
  if (const Node* outside = root->find("outside")) request.outside = *outside;
  if (const auto name = root->text_of("stack")) request.stack_name = *name;
  parsed.expected = root->text_of("result").value_or("");
  return parsed;
}

Converted TemplateCase::convert() const { return convert_templates(request, NamedFiles(files)); }

std::string shown(const Converted& converted) {
  std::string text;
  for (const auto& problem : converted.problems) {
    auto line = to_text(problem);
    for (auto at = line.find("/project/"); at != std::string::npos; at = line.find("/project/")) line.erase(at, 9);
    text += line + "\n";
  }
  if (!converted.is_valid()) return text;
  WriteOptions options;
  options.folder = "/project";
  options.inline_folder = "/project/inline";
  options.source = "template.yaml";
  const auto written = write_project(converted, options);
  for (const auto& file : written.files) {
    text += "inline code: " + file.file.lexically_relative("/project").string() + " of " +
            std::to_string(file.text.size()) + " bytes\n";
  }
  return text + written.configuration;
}

std::string read_case_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::filesystem::path case_folder() { return std::filesystem::path(STEPD_SOURCE_DIR) / "tests/templates/cases"; }

}  // namespace stepd::templates::test
