#include "api/routes/byte_range.h"

#include <algorithm>
#include <charconv>

namespace stepd::api {
namespace {

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

}  // namespace

std::variant<std::monostate, ByteRange, Unsatisfiable> read_range(std::string_view field, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return std::monostate{};
  field.remove_prefix(kUnit.size());
  const auto dash = field.find('-');
  if (dash == std::string_view::npos) return std::monostate{};
  const auto from = field.substr(0, dash);
  const auto to = field.substr(dash + 1);
  const auto last = read_number(to);
  if (from.empty()) {  // the last n bytes
    if (!last) return std::monostate{};
    const auto count = std::min(*last, size);
    if (count == 0) return Unsatisfiable{};
    return ByteRange{size - count, count};
  }
  const auto first = read_number(from);
  if (!first || (!last && !to.empty()) || (last && *last < *first)) return std::monostate{};
  if (*first >= size) return Unsatisfiable{};
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

}  // namespace stepd::api
