#include "templates/machine_definition.h"

#include "templates/template_limits.h"
#include "templates/template_reader.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace stepd::templates {
namespace {

constexpr std::size_t kClosedBytes = 16 * limits::kTemplateBytes;  // that substitutions within each other may make

std::optional<std::string_view> placeholder_at(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("${")) return std::nullopt;
  constexpr std::size_t kNameMax = 256;
  const auto end = text.substr(at, kNameMax).find('}');
  if (end == std::string_view::npos) return std::nullopt;
  const auto name = text.substr(at + 2, end - 2);
  const bool fine = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.:-").find(c) != std::string_view::npos;
  });
  return fine ? std::optional(name) : std::nullopt;
}

/// The value of each name. Views into the list that it was made of.
using Lookup = std::map<std::string_view, std::string_view>;

Lookup lookup_of(const Texts& values) { return {values.begin(), values.end()}; }

bool is_yaml(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

bool is_json_text(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

/// Whether a placeholder with a value stands outside the quotes of JSON.
bool has_bare_placeholder(std::string_view text, const Lookup& values) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (const auto name = quoted ? std::nullopt : placeholder_at(text, i)) {
      if (values.contains(*name)) return true;
    }
  }
  return false;
}

/// Whether it stands for the same text within quotes of JSON and as a plain scalar of YAML.
bool is_plain_text(std::string_view value) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '$'; };
  if (value.empty() || !letter(value.front()) || value.back() == ':') return false;
  for (const std::string_view word : {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    const bool same = value.size() == word.size() && std::equal(value.begin(), value.end(), word.begin(),
                                                                [](char a, char b) { return (a | 0x20) == b; });
    if (same) return false;
  }
  return std::all_of(value.begin(), value.end(),
                     [](char c) {
                       return c > ' ' && c < 0x7F &&
                              std::string_view("\"\\#{}[],&*!|>'%@`").find(c) == std::string_view::npos;
                     }) &&
         value.find(": ") == std::string_view::npos;
}

/// Whether replacing in the parsed tree gives what replacing in the text gives.
bool same_in_tree(const std::filesystem::path& file, std::string_view text, const Texts& values) {
  const bool json = is_json_text(text);
  if (!json && !is_yaml(file)) return false;  // stepd goes by the extension
  const auto lookup = lookup_of(values);
  for (const auto& name : placeholders_in(text)) {
    const auto value = lookup.find(name);
    if (value == lookup.end()) continue;
    const bool harmless = std::none_of(value->second.begin(), value->second.end(), [](char c) {
      return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
    });
    if (json ? !harmless : !is_plain_text(value->second)) return false;
  }
  return !json || !has_bare_placeholder(text, lookup);
}

Texts read_substitutions(Part& part, const Node& properties) {
  Texts values;
  const Node* map = part.map(properties, "DefinitionSubstitutions");
  if (map == nullptr) return values;
  for (const auto& member : map->members) {
    const bool decimal = member.value.kind == Node::Kind::Number && member.value.text.find('.') != std::string::npos;
    if (!member.value.is_scalar() || decimal) {
      part.error(member.at,
                 "DefinitionSubstitutions: " + member.name + " must be a text, a whole number, true or false");
    } else {
      values.emplace_back(member.name, member.value.text);
    }
  }
  return closed_substitutions(std::move(values));
}

void keep_used(const std::vector<std::string>& used, Texts& values) {
  const std::set<std::string_view> names(used.begin(), used.end());
  std::erase_if(values, [&](const auto& each) { return !names.contains(each.first); });
}

/// Placeholders without a value stay as they are, as on AWS: stepd's configuration is told so.
void keep_unfilled(Part& part, const std::vector<std::string>& names, Texts& values) {
  std::vector<std::string> unfilled;
  const auto lookup = lookup_of(values);
  std::copy_if(names.begin(), names.end(), std::back_inserter(unfilled),
               [&](const std::string& name) { return !lookup.contains(name); });
  for (const auto& name : unfilled) values.emplace_back(name, "${" + name + "}");
  if (unfilled.empty()) return;
  part.warning({},
               "the definition has placeholders that DefinitionSubstitutions does not fill; they stay as they are: " +
                   quoted_list(unfilled));
}

/// Of a text whose placeholders have been replaced.
void set_inline(Part& part, ProjectMachine& machine, Node definition) {
  machine.definition = std::move(definition);
  machine.substitutions.clear();
  keep_unfilled(part, placeholders_in(to_json(machine.definition)), machine.substitutions);
}

void read_file(Part& part, ProjectMachine& machine, const std::filesystem::path& file, Place at, Texts values) {
  auto& conversion = part.conversion();
  const auto text = conversion.files.read(file);
  if (!text) return part.error(at, "the definition: " + text.error().cause);
  if (same_in_tree(file, *text, values)) {
    machine.file = file;
    const auto used = placeholders_in(*text);
    keep_used(used, values);
    keep_unfilled(part, used, values);
    machine.substitutions = std::move(values);
    return;
  }
  const auto before = conversion.problems.file();
  conversion.problems.enter(file.string());
  auto tree = read_tree(substituted(*text, values), conversion.problems);
  conversion.problems.enter(before);
  if (tree) set_inline(part, machine, *std::move(tree));
}

/// `{Bucket, Key}` or `s3://bucket/key`: an asset of a tool, if this conversion knows it.
void read_stored(Part& part, ProjectMachine& machine, const std::string& key, Place at, const Texts& values) {
  const auto& assets = part.conversion().request.assets;
  const auto found = assets.find(key);
  if (found != assets.end()) return read_file(part, machine, found->second, at, values);
  part.error(at, "the definition is the object " + key + " of a bucket, which is not here; name a local file");
}

void read_location(Part& part, ProjectMachine& machine, const Node& location, const Texts& values) {
  if (location.is_map()) {
    return read_stored(part, machine, part.text(location, "Key"), location.at, values);
  }
  if (!location.is_scalar()) return part.error(location.at, "the definition: expected a path, or Bucket and Key");
  if (!location.text.starts_with("s3://")) {
    return read_file(part, machine, part.stack().resolve(location.text), location.at, values);
  }
  const auto slash = location.text.find('/', 5);
  read_stored(part, machine, slash == std::string::npos ? location.text : location.text.substr(slash + 1), location.at,
              values);
}

void read_string(Part& part, ProjectMachine& machine, const Node& written, const Texts& values) {
  if (!written.is_text()) return part.error(written.at, "DefinitionString: expected a text");
  auto tree = read_json_tree(substituted(written.text, values));
  if (!tree) return part.error(written.at, "DefinitionString is no JSON: " + tree.error().cause);
  set_inline(part, machine, *std::move(tree));
}

void read_tree_of(Part& part, ProjectMachine& machine, const Node& written, Texts values) {
  if (!written.is_map()) return part.error(written.at, "Definition: expected a mapping");
  // AWS sorts what is written inline by name, at every level.
  machine.definition = sorted(written);
  const auto used = placeholders_in(to_json(machine.definition));
  keep_used(used, values);
  keep_unfilled(part, used, values);
  machine.substitutions = std::move(values);
}

std::string filled(std::string_view text, const Lookup& values) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() <= 2 * limits::kTemplateBytes;) {
    const auto name = placeholder_at(text, i);
    const auto value = name ? values.find(*name) : values.end();
    if (value == values.end()) {
      out += text[i++];
      continue;
    }
    out += value->second;
    i += name->size() + 3;
  }
  return out;
}

}  // namespace

std::vector<std::string> placeholders_in(std::string_view text) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; (i = text.find("${", i)) != std::string_view::npos; ++i) {
    const auto name = placeholder_at(text, i);
    if (name && seen.insert(*name).second) names.emplace_back(*name);
  }
  return names;
}

std::string substituted(std::string_view text, const Texts& values) { return filled(text, lookup_of(values)); }

Texts closed_substitutions(Texts values) {
  std::size_t bytes = 0;
  for (int round = 0; round < limits::kSubstitutionRounds; ++round) {
    bool changed = false;
    const Texts before = values;
    const auto lookup = lookup_of(before);
    for (auto& [name, value] : values) {
      if (value.find("${") == std::string::npos || bytes > kClosedBytes) continue;
      auto made = filled(value, lookup);
      bytes += made.size();
      changed = changed || made != value;
      value = std::move(made);
    }
    if (!changed) break;
  }
  return values;
}

void read_definition_of(Part& part, ProjectMachine& machine) {
  const Node& properties = part.properties();
  const Texts values = read_substitutions(part, properties);
  std::vector<std::string> given;
  for (const char* name : {"Definition", "DefinitionUri", "DefinitionString", "DefinitionS3Location"}) {
    if (properties.has(name)) given.emplace_back(name);
  }
  if (given.size() != 1) {
    return part.error({}, given.empty() ? "the state machine has no definition"
                                        : "only one of these can be the definition: " + quoted_list(given));
  }
  const Node& written = *properties.find(given.front());
  if (given.front() == "Definition") return read_tree_of(part, machine, written, values);
  if (given.front() == "DefinitionString") return read_string(part, machine, written, values);
  if (given.front() == "DefinitionUri" && written.is_map() && !written.has("Key")) {
    return part.error(written.at, "DefinitionUri: expected a path, or Bucket and Key");
  }
  read_location(part, machine, written, values);
}

}  // namespace stepd::templates
