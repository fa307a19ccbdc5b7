#include "storage/items/key_bytes.h"

#include <algorithm>

namespace stepd::storage {
namespace {

// A key begins with the type. Text and bytes follow with 00 written as 00 FF, and end with 00 00.
constexpr char kBytesTag = 'B';
constexpr char kNumberTag = 'N';
constexpr char kTextTag = 'S';

// A number goes on with its sign, the power of ten of its first digit, its digits and an end; of a negative one all
// bits are the opposite.
constexpr unsigned char kNegative = 0x40;
constexpr unsigned char kZero = 0x80;
constexpr unsigned char kPositive = 0xC0;
constexpr std::int64_t kPowerBias = 1LL << 31;

void append_escaped(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    out += c;
    if (c == '\0') out += '\xff';
  }
}

void append_number(std::string& out, const ExactNumber& number) {
  out += kNumberTag;
  if (number.is_zero()) {
    out += static_cast<char>(kZero);
    return;
  }
  out += static_cast<char>(number.is_negative() ? kNegative : kPositive);
  const auto begin = out.size();
  const auto power = static_cast<std::uint64_t>(number.magnitude() + kPowerBias);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(power >> shift & 0xff);
  out += number.digits();
  out += '\0';
  if (!number.is_negative()) return;
  std::transform(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                 out.begin() + static_cast<std::ptrdiff_t>(begin), [](char c) { return static_cast<char>(~c); });
}

}  // namespace

std::string key_bytes(const Attribute& value) {
  std::string out;
  if (const auto* number = value.as<ExactNumber>()) {
    append_number(out, *number);
    return out;
  }
  out = key_bytes_of_beginning(value);
  if (!out.empty()) out += std::string(2, '\0');
  return out;
}

std::string key_bytes_of_beginning(const Attribute& beginning) {
  std::string out;
  if (const auto* text = beginning.as<std::string>()) {
    out += kTextTag;
    append_escaped(out, *text);
  } else if (const auto* bytes = beginning.as<AttributeBytes>()) {
    out += kBytesTag;
    append_escaped(out, bytes->bytes);
  }
  return out;
}

std::string after_all(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace stepd::storage
