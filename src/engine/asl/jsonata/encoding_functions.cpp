// Functions of encodings: base64 and URLs, as JavaScript has them.
#include "base/encoding.h"
#include "base/value/escape.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

#include <array>

namespace stepd::jsonata::native {

namespace {

constexpr std::string_view kComponentMarks = "-_.!~*'()";
constexpr std::string_view kUrlMarks = "-_.!~*'();/?:@&=+$,#";
constexpr std::string_view kReserved = ";/?:@&=+$,#";

[[noreturn]] void fail_url(const Item& text, std::string_view function) {
  Failure failure("D3140");
  failure.value_json = json_for_error(text);
  failure.function = function;
  throw failure;
}

Item encode(const Call& call, std::string_view marks, std::string_view function) {
  if (call.lacks(0)) return {};
  if (has_surrogates(call[0].text())) fail_url(call[0], function);
  call.meter().check_string(call[0].text().size() * 3);
  return Item::string(percent_encode(call[0].text(), marks), call.meter());
}

/// Escapes of the characters in `kept` stay.
Item decode(const Call& call, std::string_view kept, std::string_view function) {
  if (call.lacks(0)) return {};
  const std::string_view text = call[0].text();
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    // One character: its first byte tells how many escapes it takes.
    std::string bytes;
    std::size_t end = at;
    std::size_t size = 1;
    for (; bytes.size() < size; end += 3) {
      const auto high = end + 2 < text.size() && text[end] == '%' ? hex_value(text[end + 1]) : std::nullopt;
      const auto low = high ? hex_value(text[end + 2]) : std::nullopt;
      if (!low) fail_url(call[0], function);
      const unsigned byte = *high * 16 + *low;
      if (bytes.empty()) size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
      bytes += static_cast<char>(byte);
    }
    if (!is_utf8(bytes)) fail_url(call[0], function);
    const bool keep = bytes.size() == 1 && kept.find(bytes[0]) != std::string_view::npos;
    out += keep ? text.substr(at, end - at) : std::string_view(bytes);
    at = end;
  }
  return Item::string(std::move(out), call.meter());
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

}  // namespace

Item base64_encode(const Call& call) {
  if (call.lacks(0)) return {};
  // Each UTF-16 unit gives its lower byte, as in Node.js.
  const std::string_view text = call[0].text();
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c >= 0x10000) {
      bytes += static_cast<char>((0xD800 + ((c - 0x10000) >> 10)) & 0xFF);
      bytes += static_cast<char>((0xDC00 + ((c - 0x10000) & 0x3FF)) & 0xFF);
    } else {
      bytes += static_cast<char>(c & 0xFF);
    }
  }
  return Item::string(to_base64(bytes), call.meter());
}

Item base64_decode(const Call& call) {
  if (call.lacks(0)) return {};
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : call[0].text()) {
    if (c == '=') break;
    const int digit = base64_digit(c);
    if (digit < 0) continue;  // as Node.js skips what is no digit
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    append_code_point(out, bits >> count & 0xFF);
  }
  return Item::string(std::move(out), call.meter());
}

/// As AWS's evaluator, which fails where the text is not base64 (measured).
Item strict_base64_decode(const Call& call) {
  if (call.lacks(0)) return {};
  const auto bytes = from_base64_leniently(call[0].text());
  if (!bytes) {
    Failure failure(kInternalError);
    failure.message = "the argument of function \"base64decode\" is not base64";
    throw failure;
  }
  std::string out;
  for (const char byte : *bytes) append_code_point(out, static_cast<unsigned char>(byte));
  return Item::string(std::move(out), call.meter());
}

Item encode_url_component(const Call& call) { return encode(call, kComponentMarks, "encodeUrlComponent"); }

Item encode_url(const Call& call) { return encode(call, kUrlMarks, "encodeUrl"); }

Item decode_url_component(const Call& call) { return decode(call, "", "decodeUrlComponent"); }

Item decode_url(const Call& call) { return decode(call, kReserved, "decodeUrl"); }

}  // namespace stepd::jsonata::native
