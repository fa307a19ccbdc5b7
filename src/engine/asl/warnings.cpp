#include "engine/asl/warnings.h"

#include "base/json_pointer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

constexpr std::array<std::string_view, 6> kTemplates{"Parameters",  "ItemSelector", "ResultSelector",
                                                     "Credentials", "Assign",       "BatchInput"};

bool looks_like_path(std::string_view text) {
  return text == "$" || text == "$$" || text.starts_with("$.") || text.starts_with("$[") || text.starts_with("$$.");
}

bool looks_like_call(std::string_view text) {
  constexpr std::string_view kBegin = "States.";
  if (!text.starts_with(kBegin) || !text.ends_with(")")) return false;
  const auto name = text.substr(kBegin.size(), text.find('(') - kBegin.size());
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

bool looks_dynamic(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return looks_like_path(text) || looks_like_call(text);
}

class Warnings {
 public:
  explicit Warnings(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void of_template(const Json& value, const std::string& pointer) {
    if (!value.is_structured()) return;
    for (const auto& [key, member] : value.items()) {
      const auto place = child_pointer(pointer, key);
      if (looks_dynamic(member) && (value.is_array() || !key.ends_with(".$"))) {
        warn(codes::kNoDollar,
             "The value looks like a JSONPath or an intrinsic function call, but the field name does not end with "
             "'.$'",
             place);
      }
      of_template(member, place);
    }
  }

  void of_result(const Json& value, const std::string& pointer) {
    if (looks_dynamic(value)) {
      warn(codes::kStaticResult, "The Result of a Pass state is static: a path in it is not evaluated", pointer);
    } else if (value.is_structured()) {
      for (const auto& [key, member] : value.items()) of_result(member, child_pointer(pointer, key));
    }
  }

  void of_field(const std::string& name, const Json& value, const std::string& pointer) {
    if (value.is_string() && looks_like_path(value.get_ref<const std::string&>()) && !name.ends_with("Path")) {
      warn(codes::kNoPath, "The value looks like a path, but the field name does not end with 'Path'", pointer);
    }
  }

  void of_rule(const Json& rule, const std::string& pointer) {
    if (!rule.is_object()) return;
    for (const auto& [name, value] : rule.items()) {
      const auto place = child_pointer(pointer, name);
      if (name == "And" || name == "Or")
        of_rules(value, place);
      else if (name == "Not")
        of_rule(value, place);
      else if (name == "Assign")
        of_template(value, place);
      else if (name != "Variable" && name != "Next" && name != "Comment")
        of_field(name, value, place);
    }
  }

  void of_rules(const Json& rules, const std::string& pointer) {
    if (!rules.is_array()) return;
    for (std::size_t i = 0; i < rules.size(); ++i) of_rule(rules[i], child_pointer(pointer, std::to_string(i)));
  }

 private:
  void warn(const char* code, std::string message, const std::string& pointer) {
    diagnostics_.push_back({Severity::Warning, code, std::move(message), pointer});
  }

  Diagnostics& diagnostics_;
};

}  // namespace

void warn_of(const Json& state, std::string_view type, const std::string& pointer, Diagnostics& diagnostics) {
  Warnings warnings(diagnostics);
  for (const auto& [name, value] : state.items()) {
    const auto place = child_pointer(pointer, name);
    if (std::find(kTemplates.begin(), kTemplates.end(), name) != kTemplates.end())
      warnings.of_template(value, place);
    else if (name == "Result" && type == "Pass")
      warnings.of_result(value, place);
    else if (name == "Choices")
      warnings.of_rules(value, place);
    else if (name != "Comment" && name != "Next" && name != "Default")
      warnings.of_field(name, value, place);
  }
}

}  // namespace stepd::asl
