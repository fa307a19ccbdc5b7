// The files of tools: CDK's cdk.out and SAM's samconfig.toml.
#include "daemon/template_input/template_input.h"
#include "daemon/text_file.h"
#include "templates/template_reader.h"

#include <algorithm>
#include <sstream>

namespace stepd::daemon {
namespace {

namespace fs = std::filesystem;

Result<templates::Node> read_json(const fs::path& file) {
  STEPD_TRY(const std::string text, read_text_file(file));
  auto root = templates::read_json_tree(text);
  if (!root) return AslError{"", file.string() + ": " + root.error().cause};
  return root;
}

void add_assets(const fs::path& file, std::map<std::string, fs::path, std::less<>>& assets) {
  const auto root = read_json(file);
  const templates::Node* files = root ? root->find("files") : nullptr;
  if (files == nullptr) return;
  for (const auto& asset : files->members) {
    const templates::Node* source = asset.value.find("source");
    const templates::Node* destinations = asset.value.find("destinations");
    const auto path = source == nullptr ? std::nullopt : source->text_of("path");
    if (!path || destinations == nullptr) continue;
    for (const auto& destination : destinations->members) {
      if (const auto key = destination.value.text_of("objectKey")) {
        assets[*key] = (file.parent_path() / *path).lexically_normal();
      }
    }
  }
}

/// `a = "b c"` and `a = ["b", "c"]`: the texts within the quotes.
std::vector<std::string> quoted_texts(const std::string& line) {
  std::vector<std::string> texts;
  bool open = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!open && line[i] == '"') {
      open = true;
      texts.emplace_back();
    } else if (open && line[i] == '\\' && i + 1 < line.size()) {
      texts.back() += line[++i];
    } else if (open && line[i] == '"') {
      open = false;
    } else if (open) {
      texts.back() += line[i];
    }
  }
  return texts;
}

/// `Stage=dev Name="two words"`.
void add_overrides(const std::string& text, std::map<std::string, std::string, std::less<>>& overrides) {
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    const auto equals = word.find('=');
    if (equals != std::string::npos && equals > 0) overrides[word.substr(0, equals)] = word.substr(equals + 1);
    word.clear();
  };
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      finish();
    } else {
      word += c;
    }
  }
  finish();
}

}  // namespace

Result<Synthesized> read_cdk_folder(const fs::path& folder) {
  STEPD_TRY(const auto manifest, read_json(folder / "manifest.json"));
  Synthesized found;
  const templates::Node* artifacts = manifest.find("artifacts");
  if (artifacts == nullptr) return AslError{"", (folder / "manifest.json").string() + " has no artifacts"};
  for (const auto& artifact : artifacts->members) {
    const templates::Node* properties = artifact.value.find("properties");
    if (properties == nullptr) continue;
    const auto type = artifact.value.text_of("type").value_or("");
    if (type == "aws:cloudformation:stack") {
      if (const auto file = properties->text_of("templateFile")) found.templates.push_back(folder / *file);
    } else if (type == "cdk:asset-manifest") {
      if (const auto file = properties->text_of("file")) add_assets(folder / *file, found.assets);
    }
  }
  if (found.templates.empty()) return AslError{"", folder.string() + " has no stack of CloudFormation"};
  return found;
}

std::map<std::string, fs::path, std::less<>> read_cdk_assets(const fs::path& file) {
  std::map<std::string, fs::path, std::less<>> assets;
  auto name = file.filename().string();
  constexpr std::string_view kEnd = ".template.json";
  if (!name.ends_with(kEnd)) return assets;
  name.resize(name.size() - kEnd.size());
  add_assets(file.parent_path() / (name + ".assets.json"), assets);
  return assets;
}

std::map<std::string, std::string, std::less<>> read_parameter_overrides(const std::string& toml) {
  std::map<std::string, std::string, std::less<>> overrides;
  std::istringstream lines(toml);
  bool within = false;
  bool listed = false;
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    const auto content = line.substr(first);
    if (content.front() == '[' && !listed) {
      within = content.starts_with("[default.deploy.parameters]") || content.starts_with("[default.global.parameters]");
      continue;
    }
    const bool begins = within && content.starts_with("parameter_overrides");
    if (!begins && !listed) continue;
    for (const auto& text : quoted_texts(begins ? content.substr(content.find('=') + 1) : content))
      add_overrides(text, overrides);
    listed = (listed || content.find('[') != std::string::npos) && content.find(']') == std::string::npos;
  }
  return overrides;
}

}  // namespace stepd::daemon
