// The intrinsics over texts: formatting, splitting, JSON, Base64, hashes. All of them work on UTF-8.
#include "base/payload.h"
#include "engine/asl/intrinsics/intrinsic.h"

#include <openssl/evp.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
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

/// RFC 4648; the padding may be left out, as Java's decoder has it.
bool is_base64(std::string_view text) {
  const auto padding = text.size() - std::min(text.find_last_not_of('=') + 1, text.size());
  if (padding > 2 || (padding > 0 && text.size() % 4 != 0)) return false;
  text.remove_suffix(padding);
  return text.size() % 4 != 1 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '+' || c == '/';
         });
}

/// What is no UTF-8 becomes U+FFFD, as in a Java string.
std::string as_text(std::string bytes) {
  const auto printed = Json(std::move(bytes)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(printed).get<std::string>();
}

const EVP_MD* digest_of(const std::string& algorithm) {
  if (algorithm == "MD5") return EVP_md5();
  if (algorithm == "SHA-1") return EVP_sha1();
  if (algorithm == "SHA-256") return EVP_sha256();
  if (algorithm == "SHA-384") return EVP_sha384();
  if (algorithm == "SHA-512") return EVP_sha512();
  return nullptr;
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
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return Json(std::move(out));
}

Result<Json> base64_decode(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.Base64Decode must be a string");
  auto text = arguments[0].get<std::string>();
  if (text.size() > kEncodingBytes) return intrinsic_failure("States.Base64Decode takes at most 10,000 characters");
  if (!is_base64(text)) return intrinsic_failure("The argument of States.Base64Decode is no Base64");
  while (text.size() % 4 != 0) text += '=';
  std::string out(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  const auto padding = text.ends_with("==") ? 2u : text.ends_with("=") ? 1u : 0u;
  out.resize(static_cast<std::size_t>(size) - padding);
  return Json(as_text(std::move(out)));
}

Result<Json> hash(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[1].is_string()) return intrinsic_failure("The algorithm of States.Hash must be a string");
  const auto* algorithm = digest_of(arguments[1].get_ref<const std::string&>());
  if (algorithm == nullptr) return intrinsic_failure("States.Hash knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512");
  const auto data = arguments[0].is_string() ? arguments[0].get<std::string>() : print_json(arguments[0]);
  if (data.size() > kEncodingBytes) return intrinsic_failure("States.Hash takes at most 10,000 characters");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), digest.data(), &size, algorithm, nullptr);
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return Json(std::move(out));
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
