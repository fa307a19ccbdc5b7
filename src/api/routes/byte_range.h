// The Range field of a request (RFC 9110 §14.2): one range of bytes, or the whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace stepd::api {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct Unsatisfiable {
  friend bool operator==(const Unsatisfiable&, const Unsatisfiable&) = default;
};

/// None for what a server may ignore: no range, several, another unit, a malformed one.
std::variant<std::monostate, ByteRange, Unsatisfiable> read_range(std::string_view field, std::uint64_t size);

}  // namespace stepd::api
