#include "api/s3/object_properties.h"

#include "base/encoding.h"
#include "base/limits.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace stepd::api::s3 {
namespace {

constexpr std::string_view kMetadata = "x-amz-meta-";
constexpr std::string_view kDefaultType = "binary/octet-stream";
constexpr std::size_t kTagsMax = 10;
constexpr std::size_t kFieldMax = 2'048;

constexpr std::array<std::string_view, 5> kKeptFields{"cache-control", "content-disposition", "content-encoding",
                                                      "content-language", "expires"};

// Fields that S3 acts upon.
constexpr std::array<std::string_view, 9> kForeignFields{"x-amz-website-redirect-location",
                                                         "x-amz-write-offset-bytes",
                                                         "x-amz-rename-source",
                                                         "x-amz-grant-full-control",
                                                         "x-amz-grant-read",
                                                         "x-amz-grant-read-acp",
                                                         "x-amz-grant-write",
                                                         "x-amz-grant-write-acp",
                                                         "x-amz-if-match-size"};
constexpr std::array<std::string_view, 4> kForeignPrefixes{"x-amz-server-side-encryption-", "x-amz-object-lock-",
                                                           "x-amz-copy-source-server-side-encryption-",
                                                           "x-amz-if-match-last-modified"};

constexpr std::array<std::string_view, 8> kAcls{
    "private",       "public-read",       "public-read-write",         "authenticated-read",
    "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"};

constexpr std::array<std::string_view, 6> kStorageClasses{"STANDARD",   "STANDARD_IA",         "ONEZONE_IA",
                                                          "GLACIER_IR", "INTELLIGENT_TIERING", "REDUCED_REDUNDANCY"};

template <std::size_t kCount>
bool holds(const std::array<std::string_view, kCount>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string without_end_blanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return std::string(text);
}

/// Without `aws-chunked`, which is the body's framing and no coding of the object.
std::string kept_encoding(std::string_view text) {
  if (to_lower(text).find("aws-chunked") == std::string::npos) return std::string(text);
  std::string kept;
  while (!text.empty()) {
    auto member = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), member.size() + 1));
    while (member.starts_with(' ')) member.remove_prefix(1);
    while (member.ends_with(' ')) member.remove_suffix(1);
    if (member.empty() || equal_ignoring_case(member, "aws-chunked")) continue;
    kept += (kept.empty() ? "" : ",") + std::string(member);
  }
  return kept;
}

/// `=?charset?B or Q?text?=`
std::optional<std::string> decode_word(std::string_view word) {
  if (!word.starts_with("=?") || !word.ends_with("?=") || word.size() < 6) return std::nullopt;
  word.remove_prefix(2);
  word.remove_suffix(2);
  const auto first = word.find('?');
  const auto second = first == std::string_view::npos ? first : word.find('?', first + 1);
  if (second == std::string_view::npos || second != first + 2) return std::nullopt;
  const auto text = word.substr(second + 1);
  const char coding = word[first + 1];
  if (coding == 'B' || coding == 'b') return from_base64_leniently(text);
  if (coding != 'Q' && coding != 'q') return std::nullopt;
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=' && i + 2 < text.size()) {
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (!high || !low) return std::nullopt;
      decoded += static_cast<char>(*high << 4U | *low);
      i += 2;
    } else {
      decoded += text[i] == '_' ? ' ' : text[i];
    }
  }
  return decoded;
}

S3Result<void> check_acl(const S3Call& call) {
  const auto acl = call.field("x-amz-acl");
  if (acl.empty() || holds(kAcls, acl)) return {};
  return invalid_argument("", "x-amz-acl", std::string(acl));
}

S3Result<void> check_storage_class(const S3Call& call) {
  const auto wanted = call.field("x-amz-storage-class");
  if (wanted.empty() || holds(kStorageClasses, wanted)) return {};
  for (const std::string_view foreign : {"GLACIER", "DEEP_ARCHIVE", "OUTPOSTS", "SNOW", "EXPRESS_ONEZONE"}) {
    if (wanted == foreign) return not_implemented("x-amz-storage-class");
  }
  return S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid")
      .with("StorageClassRequested", std::string(wanted));
}

S3Result<void> check_metadata(const ObjectMetadata& metadata) {
  std::size_t size = 0;
  for (const auto& [name, value] : metadata) size += name.size() + value.size();
  if (size <= limits::kObjectMetadataBytes) return {};
  return S3Error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
      .with("Size", std::to_string(size))
      .with("MaxSizeAllowed", std::to_string(limits::kObjectMetadataBytes));
}

}  // namespace

std::string decode_words(const std::string& text) {
  if (text.find("=?") == std::string::npos) return text;
  std::string decoded;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    const auto plain = word.starts_with("=?") ? decode_word(word) : std::string(word);
    if (!plain) return text;
    decoded += (decoded.empty() ? "" : " ") + *plain;
  }
  const bool is_ascii = std::all_of(decoded.begin(), decoded.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  return is_ascii ? decoded : text;
}

S3Result<void> refuse_foreign_fields(const S3Call& call) {
  for (const Field& field : call.request.fields) {
    const auto name = to_lower(field.name);
    const bool foreign =
        holds(kForeignFields, name) || std::any_of(kForeignPrefixes.begin(), kForeignPrefixes.end(),
                                                   [&](std::string_view prefix) { return name.starts_with(prefix); });
    if (foreign) return not_implemented(field.name);
    // Encryption at rest by S3's own keys changes nothing that a client could see.
    if (name == "x-amz-server-side-encryption" && field.value != "AES256") return not_implemented(field.name);
  }
  STEPD_CHECK(check_acl(call));
  return check_storage_class(call);
}

S3Result<void> check_tag(const std::string& key, const std::string& value) {
  const S3Error invalid(400, "InvalidTag", "The TagKey you have provided is invalid");
  if (key.empty() || key.size() > 512 || value.size() > 1'024) return invalid;
  const auto count_characters = [](const std::string& text) {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  };
  if (count_characters(key) > 128) return invalid;
  if (count_characters(value) > 256) return S3Error(400, "InvalidTag", "The TagValue you have provided is invalid");
  return {};
}

S3Result<std::map<std::string, std::string>> read_tagging(const std::string& text) {
  std::map<std::string, std::string> tags;
  for (auto& [key, value] : read_query(text)) {
    STEPD_CHECK(check_tag(key, value));
    if (!tags.emplace(key, value).second) {
      return S3Error(400, "InvalidTag", "Cannot provide multiple Tags with the same key");
    }
  }
  if (tags.size() > kTagsMax) return S3Error(400, "BadRequest", "Object tags cannot be greater than 10");
  return tags;
}

S3Result<ObjectProperties> read_properties(const S3Call& call) {
  ObjectProperties properties;
  for (const Field& field : call.request.fields) {
    const auto name = to_lower(field.name);
    if (name.starts_with(kMetadata) && name.size() > kMetadata.size()) {
      auto& value = properties.metadata[name.substr(kMetadata.size())];
      value += (value.empty() ? "" : ",") + without_end_blanks(decode_words(field.value));
    }
    if (!holds(kKeptFields, name)) continue;
    auto value = name == "content-encoding" ? kept_encoding(field.value) : field.value;
    if (value.size() > kFieldMax) return invalid_request("The value of " + name + " is too long.");
    auto& kept = properties.notes.fields[name];
    if (!value.empty()) kept += (kept.empty() ? "" : ",") + value;
    if (kept.empty()) properties.notes.fields.erase(name);
  }
  STEPD_CHECK(check_metadata(properties.metadata));
  properties.content_type = call.field("content-type");
  if (properties.content_type.empty()) properties.content_type = kDefaultType;
  STEPD_TRY(properties.notes.tags, read_tagging(std::string(call.field("x-amz-tagging"))));
  return properties;
}

}  // namespace stepd::api::s3
