#include "daemon/config/mapping.h"

#include "base/json_pointer.h"
#include "base/payload.h"
#include "engine/asl/hint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::daemon {
namespace {

constexpr std::string_view kDataPrefix = "<data>";

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// `64 MiB` by a list of units; a unit without a name may be left out.
template <std::size_t N>
std::optional<std::uint64_t> measure(std::string_view text, const std::array<Unit, N>& units) {
  std::uint64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  for (const auto& unit : units) {
    std::uint64_t product = 0;
    if (unit.name == text && !__builtin_mul_overflow(amount, unit.factor, &product)) return product;
  }
  return std::nullopt;
}

std::string shown(const Json& value) {
  constexpr std::size_t kShownChars = 60;
  std::string text = print_json(value);
  return text.size() <= kShownChars ? text : text.substr(0, kShownChars) + "...";
}

}  // namespace

std::filesystem::path Places::resolve(const std::string& written) const {
  if (written == kDataPrefix) return data;
  if (written.starts_with(std::string(kDataPrefix) + "/")) return data / written.substr(kDataPrefix.size() + 1);
  return (folder / written).lexically_normal();
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const auto hint = asl::did_you_mean(word, std::vector<std::string_view>(known.begin(), known.end()));
  if (!hint.empty()) return ", " + hint;
  if (known.empty()) return ", there is none";
  std::string list;
  for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
  return ", known are " + list;
}

const MemberReader::Dialect Mapping::kDialect{
    .null_is_absent = true,
    .whole_floats = false,
    .types = {"a text", "a text that is not empty", "true or false", "a whole number", "a number", "a mapping",
              "a list"},
};

Mapping::Mapping(const Json& value, std::string pointer, Reading& reading)
    : MemberReader(value, kDialect), pointer_(std::move(pointer)), reading_(reading) {
  if (!value.is_null() && !value.is_object()) fault_here("expected a mapping (key: value), got " + shown(value));
}

void Mapping::mistyped(std::string_view name, const Wanted& wanted, const Json& found) {
  const bool unquoted = wanted.type == Type::Text && found.is_number();
  mismatch(name, unquoted ? "a text (put it in quotes)" : wanted.text(), found);
}

std::vector<std::string> Mapping::names() const {
  std::vector<std::string> names;
  for (const auto& member : value().items()) names.push_back(member.key());
  return names;
}

const Json& Mapping::take_all() {
  for (const auto& key : unknown()) know(key);
  return value();
}

void Mapping::missing(std::string_view name) {
  const bool there = find(name) != nullptr;
  fault_here("the key '" + std::string(name) + (there ? "' has no value" : "' is missing"));
}

std::string Mapping::text(std::string_view name) {
  if (has(name)) return optional_text(name).value_or("");
  know(name);
  missing(name);
  return {};
}

std::vector<std::string> Mapping::texts(std::string_view name) {
  const Json* found = take(name);
  std::vector<std::string> texts;
  if (found == nullptr) return texts;
  if (!found->is_array()) {
    mismatch(name, "a list of texts", *found);
    return texts;
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Json& item = (*found)[i];
    if (item.is_string() && !item.get_ref<const std::string&>().empty()) {
      texts.push_back(item.get<std::string>());
    } else {
      mismatch(std::string(name) + "/" + std::to_string(i), "a text that is not empty", item);
    }
  }
  return texts;
}

std::uint64_t Mapping::number(std::string_view name, std::uint64_t low, std::uint64_t high, std::uint64_t fallback) {
  const auto given = integer(name, static_cast<std::int64_t>(low), static_cast<std::int64_t>(high));
  return given ? static_cast<std::uint64_t>(*given) : fallback;
}

std::uint64_t Mapping::bytes(std::string_view name, std::uint64_t fallback) {
  static constexpr std::array<Unit, 5> kUnits{
      {{"", 1}, {"B", 1}, {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}}};
  const Json* found = take(name);
  if (found == nullptr) return fallback;
  const std::string text = found->is_string() ? found->get<std::string>() : print_json(*found);
  const auto amount = measure(text, kUnits);
  if (amount && *amount > 0) return *amount;
  mismatch(name, "a size such as 64 MiB", *found);
  return fallback;
}

std::chrono::milliseconds Mapping::duration(std::string_view name, std::chrono::milliseconds low,
                                            std::chrono::milliseconds high, std::chrono::milliseconds fallback) {
  static constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
  const Json* found = take(name);
  if (found == nullptr) return fallback;
  if (found->is_string()) {
    const auto amount = measure(found->get_ref<const std::string&>(), kUnits);
    if (amount && *amount >= static_cast<std::uint64_t>(low.count()) &&
        *amount <= static_cast<std::uint64_t>(high.count())) {
      return std::chrono::milliseconds(*amount);
    }
  }
  mismatch(name,
           "a duration such as 500ms, 5s or 2m, from " + std::to_string(low.count()) + "ms to " +
               std::to_string(high.count()) + "ms",
           *found);
  return fallback;
}

std::optional<std::filesystem::path> Mapping::path(std::string_view name) {
  const auto written = optional_text(name);
  if (!written) return std::nullopt;
  return reading_.places.resolve(*written);
}

const Json* Mapping::object(std::string_view name, bool required) {
  if (required && !has(name)) missing(name);
  return MemberReader::object(name);
}

std::size_t Mapping::choice(std::string_view name, const std::vector<std::string>& words) {
  const Json* found = take(name);
  if (found == nullptr) return 0;
  if (found->is_string()) {
    const auto at = std::find(words.begin(), words.end(), found->get_ref<const std::string&>());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
    fault(name, "unknown word " + shown(*found) + suggestion(found->get_ref<const std::string&>(), words));
  } else {
    mismatch(name, "a word", *found);
  }
  return 0;
}

void Mapping::section(std::string_view name, const std::function<void(Mapping&)>& read) {
  static const Json kAbsent;
  const Json* found = take(name);
  Mapping inner(found == nullptr ? kAbsent : *found, pointer_to(name), reading_);
  read(inner);
  inner.finish();
}

void Mapping::each(std::string_view name, const std::function<void(const std::string&, Mapping&)>& read) {
  const Json* found = take(name);
  if (found == nullptr) return;
  if (!found->is_object()) return mismatch(name, "a mapping of names", *found);
  for (const auto& [key, value] : found->items()) {
    Mapping inner(value, child_pointer(pointer_to(name), key), reading_);
    if (!value.is_null() && !value.is_object()) continue;
    read(key, inner);
    inner.finish();
  }
}

void Mapping::fault(std::string_view name, std::string message) {
  reading_.faults.push_back({asl::Severity::Error, "CONFIGURATION", std::move(message), pointer_to(name)});
}

void Mapping::fault_here(std::string message) {
  reading_.faults.push_back({asl::Severity::Error, "CONFIGURATION", std::move(message), pointer_});
}

void Mapping::finish() {
  for (const auto& key : unknown()) {
    reading_.faults.push_back({asl::Severity::Error, "CONFIGURATION",
                               "unknown key '" + key + "'" + suggestion(key, known()), child_pointer(pointer_, key)});
  }
}

std::string Mapping::pointer_to(std::string_view name) const {
  const auto slash = name.find('/');  // an item of a list
  if (slash == std::string_view::npos) return child_pointer(pointer_, name);
  return child_pointer(pointer_, name.substr(0, slash)) + std::string(name.substr(slash));
}

void Mapping::mismatch(std::string_view name, std::string_view expected, const Json& found) {
  const auto shown_name = std::string(name.substr(0, name.find('/')));
  fault(name, shown_name + ": expected " + std::string(expected) + ", got " + shown(found));
}

}  // namespace stepd::daemon
