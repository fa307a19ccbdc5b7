#include "tasks/image/resize/resize_presets.h"

#include "tasks/image/resize/resize_arguments.h"

#include "base/nearest_word.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace stepd::tasks::image {
namespace {

AslError wrong(const std::string& pointer, const std::string& why) {
  return {"Handler.InvalidArguments", pointer + ": " + why};
}

/// `taken_from` is what the request says beside the preset.
Result<void> check_nothing_else(const Json& request, const std::string& pointer) {
  constexpr std::array<std::string_view, 5> kPermitted{"bucket", "key", "destination", "preset", "outputs"};
  for (const auto& member : request.items()) {
    if (std::find(kPermitted.begin(), kPermitted.end(), member.key()) == kPermitted.end())
      return wrong(pointer + "/" + member.key(), "only presets are permitted here");
  }
  return {};
}

Result<Json> expand_one(const Json& request, const ImagePresets& presets, const std::string& pointer) {
  if (!request.is_object()) return request;
  if (presets.only) STEPD_CHECK(check_nothing_else(request, pointer));
  const auto name = request.find("preset");
  if (name == request.end() || name->is_null()) return request;
  const auto at = pointer + "/preset";
  if (!name->is_string()) return wrong(at, "expected the name of a preset");
  const auto found = presets.named.find(name->get_ref<const std::string&>());
  if (found == presets.named.end()) {
    std::vector<std::string_view> known;
    for (const auto& [each, arguments] : presets.named) known.push_back(each);
    const std::string near(nearest_word(name->get_ref<const std::string&>(), known));
    return wrong(at, "there is no preset of that name" + (near.empty() ? "" : ", did you mean " + near + "?"));
  }
  Json expanded = found->second.json();
  for (const auto& member : request.items()) {
    if (member.key() != "preset") expanded[member.key()] = member.value();
  }
  return expanded;
}

/// With presets only, each result needs one of its own or that of the whole request.
Result<void> check_named(const Json& event, const ImagePresets& presets) {
  if (!presets.only || !event.is_object()) return {};
  const auto has = [](const Json& request) { return request.is_object() && request.contains("preset"); };
  const auto outputs = event.find("outputs");
  const bool each_has = outputs != event.end() && outputs->is_array() && !outputs->empty() &&
                        std::all_of(outputs->begin(), outputs->end(), has);
  if (has(event) || each_has) return {};
  return wrong("/preset", "missing, only presets are permitted here");
}

}  // namespace

Result<Json> expand_presets(const Json& event, const ImagePresets& presets) {
  STEPD_CHECK(check_named(event, presets));
  STEPD_TRY(Json expanded, expand_one(event, presets, ""));
  if (!expanded.is_object()) return expanded;
  const auto outputs = expanded.find("outputs");
  if (outputs == expanded.end() || !outputs->is_array()) return expanded;
  for (std::size_t at = 0; at < outputs->size(); ++at) {
    STEPD_TRY(outputs->at(at), expand_one(outputs->at(at), presets, "/outputs/" + std::to_string(at)));
  }
  return expanded;
}

Result<void> check_preset(const Json& arguments) {
  if (!arguments.is_object()) return wrong("", "expected an object of arguments");
  Json request{{"bucket", "b"}, {"key", "k"}, {"destination", {{"bucket", "b"}, {"key", "t"}}}};
  request.update(arguments);
  if (const auto read = read_resize_request(request, {}); !read) return read.error();
  return {};
}

}  // namespace stepd::tasks::image
