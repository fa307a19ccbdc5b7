// The intrinsics over texts: formatting, splitting, JSON, Base64, hashes. All of them work on UTF-8.
#include "base/digest.h"
#include "base/encoding.h"
#include "base/payload.h"
#include "engine/asl/intrinsics/intrinsic.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::asl::intrinsic {
namespace {

constexpr std::size_t kEncodingBytes = 10'000;

/// Values inside a formatted string: strings bare, objects and arrays as the Java maps and lists that AWS shows.
void print_java(const Json& value, std::string& out) {
  if (value.is_string()) {
    out += value.get_ref<const std::string&>();
  } else if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [name, member] : value.items()) {
      if (!std::exchange(first, false)) out += ", ";
      out += name + "=";
      print_java(member, out);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const auto& item : value) {
      if (!std::exchange(first, false)) out += ", ";
      print_java(item, out);
    }
    out += ']';
  } else {
    out += print_json(value);
  }
}

/// One view per character of UTF-8.
std::vector<std::string_view> letters(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
    all.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return all;
}

/// What is no UTF-8 becomes U+FFFD, as in a Java string.
std::string as_text(std::string bytes) {
  const auto printed = Json(std::move(bytes)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(printed).get<std::string>();
}

std::optional<DigestKind> digest_kind(std::string_view algorithm) {
  if (algorithm == "MD5") return DigestKind::Md5;
  if (algorithm == "SHA-1") return DigestKind::Sha1;
  if (algorithm == "SHA-256") return DigestKind::Sha256;
  if (algorithm == "SHA-384") return DigestKind::Sha384;
  if (algorithm == "SHA-512") return DigestKind::Sha512;
  return std::nullopt;
}

}  // namespace

Result<Json> format(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_string()) return intrinsic_failure("The template of States.Format must be a string");
  const auto& text = arguments[0].get_ref<const std::string&>();
  std::string out;
  std::size_t next = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (text[i] == '{' && i + 1 < text.size() && text[i + 1] == '}') {
      ++i;
      if (next == arguments.size()) return intrinsic_failure("States.Format has more {} than arguments");
      print_java(arguments[next++], out);
    } else {
      out += text[i];
    }
  }
  if (next != arguments.size()) return intrinsic_failure("States.Format has fewer {} than arguments");
  return Json(std::move(out));
}

Result<Json> string_split(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_string() || !arguments[1].is_string()) {
    return intrinsic_failure("The arguments of States.StringSplit must be strings");
  }
  const auto& text = arguments[0].get_ref<const std::string&>();
  const auto splitters = letters(arguments[1].get_ref<const std::string&>());
  Json parts = Json::array();
  std::string part;
  const auto close = [&] {
    if (!part.empty()) parts.push_back(std::exchange(part, {}));
  };
  for (const auto letter : letters(text)) {
    if (std::find(splitters.begin(), splitters.end(), letter) != splitters.end())
      close();
    else
      part += letter;
  }
  close();
  return parts;
}

Result<Json> base64_encode(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.Base64Encode must be a string");
  const auto& text = arguments[0].get_ref<const std::string&>();
  if (text.size() > kEncodingBytes) return intrinsic_failure("States.Base64Encode takes at most 10,000 characters");
  return Json(to_base64(text));
}

Result<Json> base64_decode(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.Base64Decode must be a string");
  const auto& text = arguments[0].get_ref<const std::string&>();
  if (text.size() > kEncodingBytes) return intrinsic_failure("States.Base64Decode takes at most 10,000 characters");
  auto bytes = from_base64_leniently(text);
  if (!bytes) return intrinsic_failure("The argument of States.Base64Decode is no Base64");
  return Json(as_text(*std::move(bytes)));
}

Result<Json> hash(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[1].is_string()) return intrinsic_failure("The algorithm of States.Hash must be a string");
  const auto kind = digest_kind(arguments[1].get_ref<const std::string&>());
  if (!kind) return intrinsic_failure("States.Hash knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512");
  const auto data = arguments[0].is_string() ? arguments[0].get<std::string>() : print_json(arguments[0]);
  if (data.size() > kEncodingBytes) return intrinsic_failure("States.Hash takes at most 10,000 characters");
  const auto digest = digest_of(*kind, data);
  if (!digest) return intrinsic_failure("The algorithm of States.Hash is not available on this machine");
  return Json(to_hex(*digest));
}

Result<Json> json_merge(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_object() || !arguments[1].is_object()) {
    return intrinsic_failure("The first two arguments of States.JsonMerge must be objects");
  }
  if (arguments[2] != Json(false))
    return intrinsic_failure("States.JsonMerge merges shallowly only: its third argument must be false");
  for (auto& [name, member] : arguments[1].items()) arguments[0][name] = std::move(member);
  return std::move(arguments[0]);
}

Result<Json> json_to_string(std::vector<Json>& arguments, const Scope&) { return Json(print_json(arguments[0])); }

Result<Json> string_to_json(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.StringToJson must be a string");
  const auto& text = arguments[0].get_ref<const std::string&>();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return Json();  // AWS: a blank text is null
  auto parsed = parse_json(text);
  if (!parsed) return intrinsic_failure("The argument of States.StringToJson is no JSON: " + parsed.error().cause);
  return parsed;
}

}  // namespace stepd::asl::intrinsic
