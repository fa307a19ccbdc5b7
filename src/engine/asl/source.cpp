#include "engine/asl/source.h"

#include "base/json_pointer.h"
#include "base/limits.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::asl {

// One reader per format; each fills value and places.
Result<Json> read_json_with_places(std::string_view text, Place& root);
Result<Json> read_yaml_with_places(std::string_view text, Place& root);

namespace {

/// `${Name}` with a name of letters, digits, `_`, `.`, `:` and `-`.
std::optional<std::string_view> placeholder_at(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("${")) return std::nullopt;
  const auto end = text.find('}', at);
  if (end == std::string_view::npos) return std::nullopt;
  const auto name = text.substr(at + 2, end - at - 2);
  const bool fine = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_.:-").find(c) != std::string_view::npos;
  });
  return fine ? std::optional(name) : std::nullopt;
}

class Substitution {
 public:
  explicit Substitution(const std::map<std::string, std::string>& values) : values_(values) {}

  void apply(Json& value) {
    if (value.is_string()) {
      auto& text = value.get_ref<std::string&>();
      if (text.find("${") != std::string::npos) text = filled(text);
    } else if (value.is_array()) {
      for (auto& item : value) apply(item);
    } else if (value.is_object()) {
      for (auto& member : value.get_ref<Json::object_t&>()) apply(member.second);
      rename_keys(value);
    }
  }

  std::vector<std::string> unknown() && { return std::move(unknown_); }

 private:
  std::string filled(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      if (const auto name = placeholder_at(text, i)) {
        const auto found = values_.find(std::string(*name));
        if (found != values_.end()) {
          out += found->second;
          i += name->size() + 3;
          continue;
        }
        if (std::find(unknown_.begin(), unknown_.end(), *name) == unknown_.end()) unknown_.emplace_back(*name);
      }
      out += text[i++];
    }
    return out;
  }

  void rename_keys(Json& object) {
    const auto has_placeholder = [](const auto& member) { return member.first.find("${") != std::string::npos; };
    auto& members = object.get_ref<Json::object_t&>();
    if (std::none_of(members.begin(), members.end(), has_placeholder)) return;
    Json renamed = Json::object();
    for (auto& member : members) renamed[filled(member.first)] = std::move(member.second);
    object = std::move(renamed);
  }

  const std::map<std::string, std::string>& values_;
  std::vector<std::string> unknown_;
};

}  // namespace

Format format_of(std::string_view file_name) {
  return file_name.ends_with(".yaml") || file_name.ends_with(".yml") ? Format::Yaml : Format::Json;
}

Result<Source> Source::read(std::string_view text, Format format) {
  if (text.size() > limits::kDefinitionBytes) {
    return AslError{"", "the definition has " + std::to_string(text.size()) + " bytes; the limit is " +
                            std::to_string(limits::kDefinitionBytes)};
  }
  auto places = std::make_shared<Place>();
  auto value = format == Format::Json ? read_json_with_places(text, *places) : read_yaml_with_places(text, *places);
  if (!value) return value.error();
  Source source;
  source.value_ = std::make_shared<Json>(*std::move(value));
  source.places_ = std::move(places);
  return source;
}

Position Source::position_of(std::string_view pointer) const {
  const Place* at = places_.get();
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const auto token = pointer.substr(0, pointer.find('/'));
    const auto found = at->members.find(plain_token(token));
    if (found == at->members.end()) break;
    at = &found->second;
    pointer.remove_prefix(token.size());
  }
  return at->position;
}

std::vector<std::string> substitute(Json& definition, const std::map<std::string, std::string>& values) {
  Substitution substitution(values);
  substitution.apply(definition);
  return std::move(substitution).unknown();
}

}  // namespace stepd::asl
