#include "base/value/escape.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace stepd {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// 0: printed as it is; 'u': printed as \u00XX; anything else: the letter after the backslash.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) escapes[byte] = 'u';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}();

char escape_of(char byte) { return kEscapes[static_cast<unsigned char>(byte)]; }
bool ends_plain(char byte) { return escape_of(byte) != 0 || static_cast<signed char>(byte) < 0; }

struct Lead {
  std::size_t length;       // of the sequence; 0: no lead byte
  unsigned char low, high;  // what the second byte lies between
};

/// Unicode standard, table 3-7: well-formed UTF-8 byte sequences.
Lead lead_of(unsigned char byte) {
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

struct Sequence {
  std::size_t valid;  // bytes that are well-formed so far, at least 1
  bool whole;
};

Sequence read_sequence(const char* at, const char* end) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(at[i]); };
  const auto room = static_cast<std::size_t>(end - at);
  const Lead lead = lead_of(byte(0));
  if (lead.length == 0) return {1, false};
  for (std::size_t i = 1; i < lead.length; ++i) {
    const unsigned char low = i == 1 ? lead.low : 0x80;
    const unsigned char high = i == 1 ? lead.high : 0xBF;
    if (i >= room || byte(i) < low || byte(i) > high) return {i, false};
  }
  return {lead.length, true};
}

char* write_escape(char* out, char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const char escape = escape_of(byte);
  *out++ = '\\';
  *out++ = escape;
  if (escape != 'u') return out;
  *out++ = '0';
  *out++ = '0';
  *out++ = kHex[static_cast<unsigned char>(byte) >> 4];
  *out++ = kHex[static_cast<unsigned char>(byte) & 15];
  return out;
}

}  // namespace

const char* skip_plain(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    const __m128i ends = _mm_or_si128(marks, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    // The sign bits of `bytes` are those of what is not ASCII.
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(ends, bytes)));
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  return std::find_if(at, end, ends_plain);
}

std::size_t utf8_sequence(const char* at, const char* end) {
  const Sequence sequence = read_sequence(at, end);
  return sequence.whole ? sequence.valid : 0;
}

bool is_utf8(std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* at = skip_plain(text.data(), end); at != end; at = skip_plain(at, end)) {
    const std::size_t length = static_cast<signed char>(*at) >= 0 ? 1 : utf8_sequence(at, end);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string replace_invalid(std::string_view text) {
  std::string valid;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const Sequence sequence = static_cast<signed char>(*at) >= 0 ? Sequence{1, true} : read_sequence(at, end);
    valid += sequence.whole ? std::string_view(at, sequence.valid) : kReplacement;
    at += sequence.valid;
  }
  return valid;
}

std::uint32_t printed_bytes(char byte) {
  const char escape = escape_of(byte);
  return escape == 0 ? 1 : escape == 'u' ? 6 : 2;
}

std::uint64_t printed_bytes(std::string_view text) {
  std::uint64_t bytes = 2;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const char* const plain = skip_plain(at, end);
    bytes += static_cast<std::uint64_t>(plain - at);
    at = plain;
    // One by one over what is not ASCII: it comes in runs.
    while (at != end && ends_plain(*at)) bytes += printed_bytes(*at++);
  }
  return bytes;
}

char* write_quoted(char* out, std::string_view text, bool plain) {
  *out++ = '"';
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const char* const run = plain ? end : skip_plain(at, end);
    std::memcpy(out, at, static_cast<std::size_t>(run - at));
    out += run - at;
    for (at = run; at != end && ends_plain(*at); ++at) {
      if (escape_of(*at) != 0) {
        out = write_escape(out, *at);
      } else {
        *out++ = *at;
      }
    }
  }
  *out++ = '"';
  return out;
}

}  // namespace stepd
