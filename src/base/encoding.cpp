#include "base/encoding.h"

#include "base/assert.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>

namespace stepd {
namespace {

constexpr std::size_t kUuidBytes = 16;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_base64_digit(char c) { return is_letter_or_digit(c) || c == '+' || c == '/'; }

/// The byte that the two digits behind a `%` stand for.
std::optional<char> escaped_byte(std::string_view text, std::size_t percent) {
  if (text.size() - percent < 3) return std::nullopt;
  const auto high = hex_value(text[percent + 1]);
  const auto low = hex_value(text[percent + 2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

enum class StrayPercent : std::uint8_t { Refuse, Keep };

std::optional<std::string> decode_percent(std::string_view text, Space space, StrayPercent stray) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' && space == Space::Plus ? ' ' : text[i];
    } else if (const auto byte = escaped_byte(text, i)) {
      decoded += *byte;
      i += 2;
    } else if (stray == StrayPercent::Keep) {
      decoded += '%';
    } else {
      return std::nullopt;
    }
  }
  return decoded;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15u];
  }
  return text;
}

std::optional<unsigned> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

std::string to_uuid(std::string_view bytes) {
  STEPD_ASSERT(bytes.size() >= kUuidBytes);
  std::string text = to_hex(bytes.substr(0, kUuidBytes));
  for (const std::size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
  return text;
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock writes a terminating zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  auto bytes = text.size() % 4 == 0 ? from_base64_leniently(text) : std::nullopt;
  if (bytes && to_base64(*bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<std::string> from_base64_leniently(std::string_view text) {
  const auto digits = text.substr(0, text.find_last_not_of('=') + 1);
  const std::size_t given = text.size() - digits.size();
  if (given > 2 || (given > 0 && text.size() % 4 != 0) || digits.size() % 4 == 1) return std::nullopt;
  // EVP_DecodeBlock would trim blanks.
  if (!std::all_of(digits.begin(), digits.end(), is_base64_digit)) return std::nullopt;
  const std::size_t padding = (4 - digits.size() % 4) % 4;
  const std::string padded = std::string(digits).append(padding, '=');
  std::string bytes(padded.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(padded),
                                   static_cast<int>(padded.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);  // EVP_DecodeBlock counts the padding as bytes
  return bytes;
}

std::string to_base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  return from_base64(plain);
}

std::string percent_encode(std::string_view text, std::string_view marks, Space space) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter_or_digit(c) || marks.find(c) != std::string_view::npos) {
      encoded += c;
    } else if (c == ' ' && space == Space::Plus) {
      encoded += '+';
    } else {
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15u]};
    }
  }
  return encoded;
}

std::optional<std::string> percent_decode(std::string_view text, Space space) {
  return decode_percent(text, space, StrayPercent::Refuse);
}

std::string percent_decode_leniently(std::string_view text, Space space) {
  return *decode_percent(text, space, StrayPercent::Keep);
}

}  // namespace stepd
