#include "tasks/arguments.h"

#include "base/payload.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace stepd::tasks {
namespace {

constexpr std::size_t kShownChars = 60;
constexpr std::size_t kShownFaults = 20;
// Beyond 2^53 a double no longer tells neighbours apart.
constexpr double kExactDouble = 9'007'199'254'740'992.0;

/// Cut before a character of UTF-8, not within one.
std::string shorten(std::string text) {
  if (text.size() <= kShownChars) return text;
  std::size_t end = kShownChars;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end) + "...";
}

std::string describe(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  const auto printed = shorten(print_json(value));
  if (value.is_string()) return "the string " + printed;
  if (value.is_number()) return "the number " + printed;
  return printed;
}

std::string join(std::span<const std::string> words, std::string_view separator) {
  std::string joined;
  for (const auto& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

/// RFC 6901 §3.
std::string pointer_to(const std::string& parent, std::string_view name) {
  std::string pointer = parent + "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return parent + shorten(pointer.substr(parent.size()));
}

/// Levenshtein.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (auto& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

}  // namespace

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  if (word.size() > kShownChars) return {};
  const std::string* best = nullptr;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const auto d = distance(lower(word), lower(candidate));
    if (d < least && d < candidate.size()) {
      least = d;
      best = &candidate;
    }
  }
  return best == nullptr ? std::string() : *best;
}

Arguments::Arguments(const Json& event) : event_(event), faults_(own_faults_) {
  if (!event_.is_object()) faults_.push_back("the arguments: expected an object, got " + describe(event_));
}

Arguments::Arguments(const Json& event, std::string pointer, std::vector<std::string>& faults)
    : event_(event), pointer_(std::move(pointer)), faults_(faults) {}

const Json* Arguments::find(std::string_view name) {
  known_.emplace_back(name);
  if (!event_.is_object()) return nullptr;
  const auto found = event_.find(name);
  return found == event_.end() ? nullptr : &*found;
}

const Json* Arguments::require(std::string_view name, std::string_view expected) {
  const Json* found = find(name);
  if (found == nullptr && event_.is_object()) refuse(name, "missing, expected " + std::string(expected));
  return found;
}

void Arguments::refuse(std::string_view name, const std::string& why) {
  faults_.push_back(pointer_to(pointer_, name) + ": " + why);
}

void Arguments::mismatch(std::string_view name, std::string_view expected, const Json& found) {
  refuse(name, "expected " + std::string(expected) + ", got " + describe(found));
}

bool Arguments::has(std::string_view name) const {
  if (!event_.is_object()) return false;
  const auto found = event_.find(name);
  return found != event_.end() && !found->is_null();
}

std::string Arguments::text(std::string_view name) {
  constexpr std::string_view kExpected = "a string that is not empty";
  const Json* found = require(name, kExpected);
  if (found == nullptr) return {};
  if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
    mismatch(name, kExpected, *found);
    return {};
  }
  return found->get<std::string>();
}

std::optional<std::string> Arguments::optional_text(std::string_view name) {
  const Json* found = find(name);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
    mismatch(name, "a string that is not empty", *found);
    return std::nullopt;
  }
  return found->get<std::string>();
}

std::optional<std::string> Arguments::optional_string(std::string_view name) {
  const Json* found = optional_any(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  mismatch(name, "a string", *found);
  return std::nullopt;
}

std::optional<std::int64_t> Arguments::optional_integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const Json* found = find(name);
  if (found == nullptr || found->is_null()) return std::nullopt;
  std::optional<std::int64_t> number;
  if (found->is_number_unsigned()) {
    const auto value = found->get<std::uint64_t>();
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) number = static_cast<std::int64_t>(value);
  } else if (found->is_number_integer()) {
    number = found->get<std::int64_t>();
  } else if (found->is_number_float()) {
    const auto value = found->get<double>();
    if (std::abs(value) <= kExactDouble && std::trunc(value) == value) number = static_cast<std::int64_t>(value);
  }
  if (!number || *number < least || *number > most) {
    mismatch(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), *found);
    return std::nullopt;
  }
  return number;
}

bool Arguments::flag(std::string_view name, bool if_absent) {
  const Json* found = find(name);
  if (found == nullptr || found->is_null()) return if_absent;
  if (!found->is_boolean()) {
    mismatch(name, "true or false", *found);
    return if_absent;
  }
  return found->get<bool>();
}

std::optional<double> Arguments::optional_number(std::string_view name, double least, double most) {
  const Json* found = find(name);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (found->is_number()) {
    const auto value = found->get<double>();
    if (value >= least && value <= most) return value;
  }
  mismatch(name, "a number from " + print_json(Json(least)) + " to " + print_json(Json(most)), *found);
  return std::nullopt;
}

std::optional<std::size_t> Arguments::find_word(std::string_view name, const Json& found,
                                                std::span<const std::string_view> words) {
  if (found.is_string()) {
    const auto at = std::find(words.begin(), words.end(), found.get_ref<const std::string&>());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  }
  const std::vector<std::string> listed(words.begin(), words.end());
  std::string expected = "one of " + join(listed, ", ");
  if (found.is_string()) {
    const auto near = nearest_word(found.get_ref<const std::string&>(), listed);
    if (!near.empty()) expected += " (perhaps " + near + ")";
  }
  mismatch(name, expected, found);
  return std::nullopt;
}

std::optional<std::size_t> Arguments::optional_choice(std::string_view name, std::span<const std::string_view> words) {
  const Json* found = find(name);
  return found == nullptr || found->is_null() ? std::nullopt : find_word(name, *found, words);
}

std::vector<std::size_t> Arguments::choices(std::string_view name, std::span<const std::string_view> words) {
  std::vector<std::size_t> chosen;
  const Json* found = find(name);
  if (found == nullptr || found->is_null()) return chosen;
  if (!found->is_array()) {
    mismatch(name, "an array of words", *found);
    return chosen;
  }
  for (const auto& word : *found) {
    if (const auto at = find_word(name, word, words)) chosen.push_back(*at);
  }
  return chosen;
}

const Json* Arguments::any(std::string_view name) { return require(name, "a value"); }

const Json* Arguments::optional_any(std::string_view name) {
  const Json* found = find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

const Json* Arguments::optional_object(std::string_view name) {
  const Json* found = optional_any(name);
  if (found == nullptr || found->is_object()) return found;
  mismatch(name, "an object", *found);
  return nullptr;
}

const Json* Arguments::optional_array(std::string_view name) {
  const Json* found = optional_any(name);
  if (found == nullptr || found->is_array()) return found;
  mismatch(name, "an array", *found);
  return nullptr;
}

bool Arguments::optional_object(std::string_view name, const std::function<void(Arguments&)>& read) {
  const Json* found = find(name);
  if (found == nullptr || found->is_null()) return false;
  read_inner(name, *found, read);
  return true;
}

void Arguments::object(std::string_view name, const std::function<void(Arguments&)>& read) {
  const Json* found = require(name, "an object");
  if (found != nullptr) read_inner(name, *found, read);
}

void Arguments::read_inner(std::string_view name, const Json& found, const std::function<void(Arguments&)>& read) {
  if (!found.is_object()) {
    mismatch(name, "an object", found);
    return;
  }
  Arguments inner(found, pointer_to(pointer_, name), faults_);
  read(inner);
  inner.refuse_unknown_members();
}

void Arguments::refuse_unknown_members() {
  if (!event_.is_object()) return;
  for (const auto& member : event_.items()) {
    if (std::find(known_.begin(), known_.end(), member.key()) != known_.end()) continue;
    const auto near = nearest_word(member.key(), known_);
    refuse(member.key(),
           near.empty() ? "unknown, known are " + join(known_, ", ") : "unknown, did you mean " + near + "?");
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
