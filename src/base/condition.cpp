#include "base/condition.h"

#include "base/long_integer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stepd {
namespace {

AslError wrong(std::string cause) { return AslError{"", std::move(cause)}; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

bool equal(const Json& a, const Json& b) {
  const auto left = as_double(a);
  const auto right = as_double(b);
  return left && right ? *left == *right : a == b;
}

/// `*` stands for any characters, `\*` for a star itself (EventBridge user guide: matching using wildcards).
class Wildcard {
 public:
  explicit Wildcard(std::string_view pattern) {
    pieces_.emplace_back();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const bool escaped =
          pattern[i] == '\\' && i + 1 < pattern.size() && (pattern[i + 1] == '*' || pattern[i + 1] == '\\');
      if (escaped) {
        pieces_.back() += pattern[++i];
      } else if (pattern[i] == '*') {
        pieces_.emplace_back();
      } else {
        pieces_.back() += pattern[i];
      }
    }
  }

  bool matches(std::string_view text) const {
    if (pieces_.size() == 1) return text == pieces_.front();
    if (!text.starts_with(pieces_.front())) return false;
    text.remove_prefix(pieces_.front().size());
    for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {  // the leftmost place is as good as any
      const auto found = text.find(pieces_[i]);
      if (found == std::string_view::npos) return false;
      text.remove_prefix(found + pieces_[i].size());
    }
    return text.ends_with(pieces_.back());
  }

 private:
  std::vector<std::string> pieces_;  ///< between the stars
};

using TextTest = std::function<bool(const std::string&)>;

Condition on_text(TextTest test) {
  return [test = std::move(test)](const Json* value) {
    return value != nullptr && value->is_string() && test(value->get_ref<const std::string&>());
  };
}

/// `"text"` or `{"equals-ignore-case": "text"}`, which prefix and suffix both take.
Result<TextTest> compile_affix(const std::string& name, const Json& value) {
  const bool prefix = name == "prefix";
  if (value.is_string()) {
    return TextTest([prefix, wanted = value.get<std::string>()](const std::string& text) {
      return prefix ? text.starts_with(wanted) : text.ends_with(wanted);
    });
  }
  if (value.is_object() && value.size() == 1 && value.contains("equals-ignore-case") &&
      value["equals-ignore-case"].is_string()) {
    return TextTest([prefix, wanted = lower(value["equals-ignore-case"].get<std::string>())](const std::string& text) {
      const std::string folded = lower(text);
      return prefix ? folded.starts_with(wanted) : folded.ends_with(wanted);
    });
  }
  return wrong(name + " takes a text or {\"equals-ignore-case\": text}");
}

Result<TextTest> compile_text_test(const std::string& name, const Json& value) {
  if (name == "prefix" || name == "suffix") return compile_affix(name, value);
  if (!value.is_string()) return wrong(name + " takes a text");
  const auto text = value.get<std::string>();
  if (name == "wildcard") {
    if (text.find("**") != std::string::npos) return wrong("wildcard takes no two stars in a row");
    return TextTest([wildcard = Wildcard(text)](const std::string& found) { return wildcard.matches(found); });
  }
  return TextTest([wanted = lower(text)](const std::string& found) { return lower(found) == wanted; });
}

bool is_text_operator(const std::string& name) {
  return name == "prefix" || name == "suffix" || name == "wildcard" || name == "equals-ignore-case";
}

/// A value, a list of values, or one text operator, whose own value may be a list as well.
Result<Condition> compile_anything_but(const Json& value) {
  if (value.is_object()) {
    if (value.size() != 1 || !is_text_operator(value.begin().key())) {
      return wrong("anything-but takes values, or one of prefix, suffix, equals-ignore-case, wildcard");
    }
    const std::string& name = value.begin().key();
    const Json wanted = value.begin()->is_array() ? *value.begin() : Json::array({*value.begin()});
    std::vector<TextTest> tests;
    for (const auto& one : wanted) {
      STEPD_TRY(TextTest test, compile_text_test(name, one));
      tests.push_back(std::move(test));
    }
    return on_text([tests](const std::string& text) {
      return std::none_of(tests.begin(), tests.end(), [&](const TextTest& test) { return test(text); });
    });
  }
  const Json unwanted = value.is_array() ? value : Json::array({value});
  for (const auto& one : unwanted) {
    if (!one.is_string() && !as_double(one)) return wrong("anything-but takes texts and numbers");
  }
  return Condition([unwanted](const Json* found) {
    return found != nullptr &&
           std::none_of(unwanted.begin(), unwanted.end(), [&](const Json& one) { return equal(one, *found); });
  });
}

/// `[">=", 0, "<", 5]`: one comparison, or a lower and an upper bound.
Result<Condition> compile_numeric(const Json& value) {
  static const std::string kHelp = "numeric takes [operator, number] once or twice; operators are = < <= > >=";
  if (!value.is_array() || value.empty() || value.size() > 4 || value.size() % 2 != 0) return wrong(kHelp);
  std::vector<std::pair<std::string, double>> bounds;
  for (std::size_t i = 0; i < value.size(); i += 2) {
    const auto limit = as_double(value[i + 1]);
    if (!value[i].is_string() || !limit) return wrong(kHelp);
    const auto sign = value[i].get<std::string>();
    if (sign != "=" && sign != "<" && sign != "<=" && sign != ">" && sign != ">=") return wrong(kHelp);
    bounds.emplace_back(sign, *limit);
  }
  return Condition([bounds](const Json* found) {
    const auto number = found == nullptr ? std::nullopt : as_double(*found);
    return number && std::all_of(bounds.begin(), bounds.end(), [number = *number](const auto& bound) {
             const auto& [sign, limit] = bound;
             if (sign == "=") return number == limit;
             if (sign == "<") return number < limit;
             if (sign == "<=") return number <= limit;
             return sign == ">" ? number > limit : number >= limit;
           });
  });
}

Result<Condition> compile_operator(const std::string& name, const Json& value) {
  if (is_text_operator(name)) {
    STEPD_TRY(TextTest test, compile_text_test(name, value));
    return on_text(std::move(test));
  }
  if (name == "anything-but") return compile_anything_but(value);
  if (name == "numeric") return compile_numeric(value);
  if (name == "exists") {
    if (!value.is_boolean()) return wrong("exists takes true or false");
    return Condition([wanted = value.get<bool>()](const Json* found) { return (found != nullptr) == wanted; });
  }
  return wrong("unknown operator '" + name +
               "'; known are prefix, suffix, wildcard, equals-ignore-case, anything-but, numeric and exists");
}

}  // namespace

Result<Condition> compile_condition(const Json& value) {
  if (value.is_object()) {
    if (value.size() != 1) return wrong("an operator stands alone: {\"prefix\": \"uploads/\"}");
    return compile_operator(value.begin().key(), *value.begin());
  }
  if (value.is_array()) return wrong("a list within the list of values");
  return Condition([value](const Json* found) { return found != nullptr && equal(value, *found); });
}

}  // namespace stepd
