#include "tasks/arguments.h"

#include "base/json_pointer.h"
#include "base/long_integer.h"
#include "base/nearest_word.h"
#include "base/payload.h"
#include "base/whole_characters.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::size_t kShownChars = 60;
constexpr std::size_t kShownFaults = 20;

/// Cut before a character of UTF-8, not within one.
std::string shorten(std::string text) {
  if (text.size() <= kShownChars) return text;
  return std::string(whole_characters(text, kShownChars)) + "...";
}

std::string describe(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  const auto printed = shorten(print_json(value));
  if (value.is_string()) return "the string " + printed;
  if (value.is_number() || is_long_integer(value)) return "the number " + printed;
  return printed;
}

template <class Words>
std::string join(const Words& words, std::string_view separator) {
  std::string joined;
  for (const auto& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

}  // namespace

const MemberReader::Dialect Arguments::kDialect{
    .null_is_absent = true,
    .whole_floats = true,
    .types = {"a string", "a string that is not empty", "true or false", "a whole number", "a number", "an object",
              "an array"},
};

Arguments::Arguments(const Json& event) : MemberReader(event, kDialect), faults_(own_faults_) {
  if (!event.is_object()) faults_.push_back("the arguments: expected an object, got " + describe(event));
}

Arguments::Arguments(const Json& event, std::string pointer, std::vector<std::string>& faults)
    : MemberReader(event, kDialect), pointer_(std::move(pointer)), faults_(faults) {}

void Arguments::refuse(std::string_view name, const std::string& why) {
  faults_.push_back(pointer_to(name) + ": " + why);
}

std::string Arguments::pointer_to(std::string_view name) const { return pointer_ + shorten(child_pointer("", name)); }

void Arguments::mismatch(std::string_view name, std::string_view expected, const Json& found) {
  refuse(name, "expected " + std::string(expected) + ", got " + describe(found));
}

void Arguments::mistyped(std::string_view name, const Wanted& wanted, const Json& found) {
  mismatch(name, wanted.text(), found);
}

void Arguments::miss(std::string_view name, const std::string& expected) {
  if (value().is_object()) refuse(name, "missing, expected " + expected);
}

bool Arguments::require(std::string_view name, Type type) {
  const Json* found = find(name);
  if (found == nullptr) {
    miss(name, wanted(type).text());
  } else if (found->is_null()) {
    mistyped(name, wanted(type), *found);
  }
  return has(name);
}

std::string Arguments::text(std::string_view name) {
  return require(name, Type::Text) ? filled_string(name).value_or("") : "";
}

std::optional<std::size_t> Arguments::find_word(std::string_view name, const Json& found,
                                                std::span<const std::string_view> words) {
  if (found.is_string()) {
    const auto at = std::find(words.begin(), words.end(), found.get_ref<const std::string&>());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  }
  std::string expected = "one of " + join(words, ", ");
  if (found.is_string()) {
    const std::string near(nearest_word(found.get_ref<const std::string&>(), words));
    if (!near.empty()) expected += " (perhaps " + near + ")";
  }
  mismatch(name, expected, found);
  return std::nullopt;
}

std::optional<std::size_t> Arguments::optional_choice(std::string_view name, std::span<const std::string_view> words) {
  const Json* found = take(name);
  return found == nullptr ? std::nullopt : find_word(name, *found, words);
}

std::vector<std::size_t> Arguments::choices(std::string_view name, std::span<const std::string_view> words) {
  std::vector<std::size_t> chosen;
  const Json* found = take(name);
  if (found == nullptr) return chosen;
  if (!found->is_array()) {
    mismatch(name, "an array of words", *found);
    return chosen;
  }
  for (const auto& word : *found) {
    if (const auto at = find_word(name, word, words)) chosen.push_back(*at);
  }
  return chosen;
}

const Json* Arguments::any(std::string_view name) {
  const Json* found = find(name);
  if (found == nullptr) miss(name, "a value");
  return found;
}

bool Arguments::optional_object(std::string_view name, const std::function<void(Arguments&)>& read) {
  if (const Json* found = optional_object(name)) {
    Arguments inner(*found, pointer_to(name), faults_);
    read(inner);
    inner.refuse_unknown_members();
  }
  return has(name);
}

void Arguments::object(std::string_view name, const std::function<void(Arguments&)>& read) {
  if (require(name, Type::Object)) optional_object(name, read);
}

void Arguments::refuse_unknown_members() {
  const std::vector<std::string_view> words(known().begin(), known().end());
  for (const auto& name : unknown()) {
    const std::string near(nearest_word(name, words));
    refuse(name, near.empty() ? "unknown, known are " + join(words, ", ") : "unknown, did you mean " + near + "?");
  }
}

Result<void> Arguments::finish() {
  refuse_unknown_members();
  if (faults_.empty()) return {};
  const auto shown = std::min(faults_.size(), kShownFaults);
  auto cause = join(std::span(faults_).first(shown), "; ");
  if (faults_.size() > shown) cause += "; and " + std::to_string(faults_.size() - shown) + " more";
  return AslError{"Handler.InvalidArguments", std::move(cause)};
}

}  // namespace stepd::tasks
