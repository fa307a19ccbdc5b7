// key.parts: the parts of an object's key, and a refusal of extensions that are not wanted. It looks at the name alone:
// what the object is, and whether there is one, image.type knows.
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// What follows the last dot, unless that dot comes first or there is none.
std::optional<std::string> after_dot(const std::string& text) {
  const auto dot = text.rfind('.');
  if (dot == std::string::npos || dot == 0) return std::nullopt;
  return text.substr(dot + 1);
}

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

std::vector<std::string> read_extensions(Arguments& arguments) {
  std::vector<std::string> wanted;
  if (!arguments.has("extensions")) {
    arguments.optional_text("extensions");
    return wanted;
  }
  const Json* list = arguments.any("extensions");
  if (!list->is_array()) {
    arguments.refuse("extensions", "expected a list of texts");
    return wanted;
  }
  for (const auto& each : *list) {
    if (each.is_string()) {
      wanted.push_back(lower(each.get<std::string>()));
    } else {
      arguments.refuse("extensions", "expected a list of texts");
    }
  }
  return wanted;
}

class KeyPartsHandler final : public Handler {
 public:
  bool only_computes() const override { return true; }
  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto key = arguments.text("key");
    const auto wanted = read_extensions(arguments);
    STEPD_CHECK(arguments.finish());
    const auto file = key.substr(key.rfind('/') + 1);
    const auto extension = after_dot(file);
    const auto lowered = extension ? std::optional(lower(*extension)) : std::nullopt;
    const bool allowed =
        wanted.empty() || (lowered && std::find(wanted.begin(), wanted.end(), *lowered) != wanted.end());
    if (!allowed) {
      std::string list;
      for (const auto& each : wanted) list += (list.empty() ? "." : ", .") + each;
      return AslError{"Key.ExtensionNotAllowed", "The key " + key + " ends with none of " + list + "."};
    }
    return Json{{"key", key},
                {"dir", key.substr(0, key.size() - file.size())},
                {"file", file},
                {"name", extension ? file.substr(0, file.size() - extension->size() - 1) : file},
                {"extension", or_null(extension)},
                {"extensionLower", or_null(lowered)},
                {"suffix", or_null(after_dot(key))}};
  }
};

}  // namespace

std::unique_ptr<Handler> make_key_parts(const Surroundings&) { return std::make_unique<KeyPartsHandler>(); }

}  // namespace stepd::tasks
