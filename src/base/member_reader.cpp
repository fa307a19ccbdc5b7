#include "base/member_reader.h"

#include "base/long_integer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stepd {
namespace {

// Beyond 2^53 a double no longer tells neighbours apart.
constexpr double kExactDouble = 9'007'199'254'740'992.0;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Integers above the range of std::int64_t are answered as INT64_MAX.
std::optional<std::int64_t> whole_number(const Json& value, bool floats) {
  if (value.is_number_unsigned()) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value.get<std::uint64_t>(), INT64_MAX));
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!floats || !value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (std::abs(number) > kExactDouble || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

const Json* MemberReader::look_up(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() || contains(hidden_, name) ? nullptr : &*found;
}

const Json* MemberReader::look_up_value(std::string_view name) const {
  const Json* found = look_up(name);
  return found != nullptr && found->is_null() && dialect_.null_is_absent ? nullptr : found;
}

void MemberReader::know(std::string_view name) {
  if (!contains(known_, name)) known_.emplace_back(name);
}

void MemberReader::hide(std::string_view name) {
  know(name);
  hidden_.emplace_back(name);
}

const Json* MemberReader::find(std::string_view name) {
  know(name);
  return look_up(name);
}

const Json* MemberReader::take(std::string_view name) {
  know(name);
  return look_up_value(name);
}

std::vector<std::string> MemberReader::unknown() const {
  std::vector<std::string> names;
  if (!object_.is_object()) return names;
  for (const auto& [name, member] : object_.items()) {
    if (!contains(known_, name)) names.push_back(name);
  }
  return names;
}

bool MemberReader::out_of_range(std::string_view name, const Wanted& wanted, const Json& found, bool) {
  mistyped(name, wanted, found);
  return false;
}

const Json* MemberReader::take_if(std::string_view name, Type type, bool (*fits)(const Json&)) {
  const Json* found = take(name);
  if (found == nullptr || fits(*found)) return found;
  mistyped(name, wanted(type), *found);
  return nullptr;
}

std::optional<std::string> MemberReader::string(std::string_view name) {
  const Json* found = take_if(name, Type::String, [](const Json& value) { return value.is_string(); });
  return found == nullptr ? std::nullopt : std::optional(found->get<std::string>());
}

std::optional<std::string> MemberReader::filled_string(std::string_view name) {
  const Json* found = take_if(name, Type::Text, [](const Json& value) {
    return value.is_string() && !value.get_ref<const std::string&>().empty();
  });
  return found == nullptr ? std::nullopt : std::optional(found->get<std::string>());
}

std::optional<bool> MemberReader::boolean(std::string_view name) {
  const Json* found = take_if(name, Type::Boolean, [](const Json& value) { return value.is_boolean(); });
  return found == nullptr ? std::nullopt : std::optional(found->get<bool>());
}

const Json* MemberReader::object(std::string_view name) {
  return take_if(name, Type::Object, [](const Json& value) { return value.is_object(); });
}

const Json* MemberReader::array(std::string_view name) {
  return take_if(name, Type::Array, [](const Json& value) { return value.is_array(); });
}

template <class Number>
std::optional<Number> MemberReader::within(std::string_view name, Type type, const Json& found,
                                           std::optional<Number> number, Number low, Number high) {
  if (number && *number >= low && *number <= high) return number;
  auto expected = wanted(type);
  expected.low = Json(low).dump();
  expected.high = Json(high).dump();
  if (number) return out_of_range(name, expected, found, *number < low) ? number : std::nullopt;
  mistyped(name, expected, found);
  return std::nullopt;
}

std::optional<std::int64_t> MemberReader::integer(std::string_view name, std::int64_t low, std::int64_t high) {
  const Json* found = take(name);
  if (found == nullptr) return std::nullopt;
  return within(name, Type::Integer, *found, whole_number(*found, dialect_.whole_floats), low, high);
}

std::optional<double> MemberReader::number(std::string_view name, double low, double high) {
  const Json* found = take(name);
  if (found == nullptr) return std::nullopt;
  return within(name, Type::Number, *found, as_double(*found), low, high);
}

}  // namespace stepd
