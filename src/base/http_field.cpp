#include "base/http_field.h"

#include <algorithm>

namespace stepd {
namespace {

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

bool is_http_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_http_field_value(std::string_view text) { return std::none_of(text.begin(), text.end(), is_control); }

std::string to_http_field_value(std::string_view text) {
  std::string value(text);
  std::erase_if(value, is_control);
  return value;
}

std::optional<std::string> print_http_field(std::string_view name, std::string_view value) {
  if (!is_http_token(name) || !is_http_field_value(value)) return std::nullopt;
  return std::string(name).append(": ").append(value);
}

void append_http_field(std::string& head, std::string_view name, std::string_view value) {
  if (!is_http_token(name)) return;
  head.append(name).append(": ");
  if (is_http_field_value(value)) {
    head.append(value);
  } else {
    head.append(to_http_field_value(value));
  }
  head.append("\r\n");
}

}  // namespace stepd
