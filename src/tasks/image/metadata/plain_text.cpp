#include "tasks/image/metadata/plain_text.h"

#include "base/payload.h"

#include <glib.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_utf8(std::string_view bytes) {
  return g_utf8_validate(bytes.data(), static_cast<gssize>(bytes.size()), nullptr) != 0;
}

}  // namespace

std::string plain_text(std::string_view text) {
  text = text.substr(0, std::min(text.find('\0'), kTextBytes));
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  return Json::parse(print_json(Json(std::string(text)))).get<std::string>();
}

std::string plain_text_of_any(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\0'));
  if (is_utf8(bytes)) return plain_text(bytes);
  std::string text;
  for (const char c : bytes.substr(0, kTextBytes)) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return plain_text(text);
}

}  // namespace stepd::tasks::image
