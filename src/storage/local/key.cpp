// What may name a bucket or an object, and what a name's extension says about its bytes. It touches no file.
#include "base/limits.h"
#include "storage/local/local_objects.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

namespace stepd::storage {
namespace {

constexpr std::size_t kPartBytes = 255;  // NAME_MAX of Linux's file systems

AslError invalid_key(const std::string& why) { return {"Object.InvalidKey", "The key " + why + "."}; }

/// Length of the well-formed UTF-8 sequence (RFC 3629: no overlong form, no surrogate) at the beginning; 0 if none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const auto lead = byte(0);
  const auto second = byte(1);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

Result<void> check_characters(std::string_view key) {
  for (std::size_t i = 0; i < key.size();) {
    const auto lead = static_cast<unsigned char>(key[i]);
    if (lead < 0x20 || lead == 0x7F) return invalid_key("contains a control character");
    const auto length = utf8_length(key.substr(i));
    if (length == 0) return invalid_key("is not valid UTF-8");
    // U+0080 to U+009F: control characters too.
    if (lead == 0xC2 && static_cast<unsigned char>(key[i + 1]) < 0xA0)
      return invalid_key("contains a control character");
    i += length;
  }
  return {};
}

Result<void> check_part(std::string_view part) {
  if (part.empty()) return invalid_key("has an empty part: it begins or ends with '/' or contains '//'");
  if (part == "." || part == "..") return invalid_key("has a part '" + std::string(part) + "'");
  if (part.size() > kPartBytes) {
    return invalid_key("has a part of " + std::to_string(part.size()) + " bytes, " + std::to_string(kPartBytes) +
                       " are the limit");
  }
  return {};
}

bool is_ip_address(std::string_view name) {
  return std::count(name.begin(), name.end(), '.') == 3 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

// Extension (lower case) -> media type, for what a pipeline of pictures and documents meets.
constexpr std::array<std::pair<std::string_view, std::string_view>, 36> kMediaTypes{{
    {"avif", "image/avif"},
    {"bmp", "image/bmp"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"jp2", "image/jp2"},
    {"jpe", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"jsonl", "application/jsonl"},
    {"jxl", "image/jxl"},
    {"md", "text/markdown"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"txt", "text/plain"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"xml", "application/xml"},
    {"yaml", "application/yaml"},
    {"zip", "application/zip"},
}};

}  // namespace

Result<void> check_key(std::string_view key) {
  if (key.empty()) return invalid_key("is empty");
  if (key.size() > limits::kObjectKeyBytes) {
    return invalid_key("has " + std::to_string(key.size()) + " bytes, " + std::to_string(limits::kObjectKeyBytes) +
                       " are the limit");
  }
  STEPD_CHECK(check_characters(key));
  for (std::string_view rest = key;;) {
    const auto slash = rest.find('/');
    STEPD_CHECK(check_part(rest.substr(0, slash)));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  for (const auto folder : {kTemporaryFolder, kOddKeysFolder}) {
    if (key.substr(0, key.find('/')) == folder) {
      return invalid_key("lies beneath '" + std::string(folder) + "', which is the store's own");
    }
  }
  return {};
}

// AWS S3 user guide: bucketnamingrules.
Result<void> check_bucket_name(std::string_view name) {
  const auto invalid = [&](const std::string& why) {
    return AslError{"Object.InvalidBucketName", "'" + std::string(name) + "' cannot name a bucket: it " + why + "."};
  };
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 63) return invalid("must have 3 to 63 characters");
  for (const char c : name) {
    if (!is_alphanumeric(c) && c != '-' && c != '.')
      return invalid("may hold lower-case letters, digits, '-' and '.' only");
  }
  if (!is_alphanumeric(name.front()) || !is_alphanumeric(name.back())) {
    return invalid("must begin and end with a letter or digit");
  }
  if (name.find("..") != std::string_view::npos) return invalid("must not hold two dots in a row");
  if (name.find(".-") != std::string_view::npos || name.find("-.") != std::string_view::npos)
    return invalid("must not hold a dot beside a '-'");
  if (is_ip_address(name)) return invalid("must not look like an IP address");
  for (const std::string_view prefix : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(prefix)) return invalid("must not begin with '" + std::string(prefix) + "'");
  }
  for (const std::string_view suffix : {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}) {
    if (name.ends_with(suffix)) return invalid("must not end with '" + std::string(suffix) + "'");
  }
  return {};
}

std::string content_type_of(std::string_view key) {
  const auto name = key.substr(key.rfind('/') + 1);  // npos + 1 is 0
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    std::string extension(name.substr(dot + 1));
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::find_if(kMediaTypes.begin(), kMediaTypes.end(),
                                    [&](const auto& known) { return known.first == extension; });
    if (found != kMediaTypes.end()) return std::string(found->second);
  }
  return "application/octet-stream";
}

}  // namespace stepd::storage
