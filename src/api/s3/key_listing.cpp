#include "api/s3/key_listing.h"

#include "api/s3/object_answer.h"
#include "api/s3/s3_body.h"
#include "base/encoding.h"
#include "base/limits.h"

#include <algorithm>

namespace stepd::api::s3 {
namespace {

/// Keys that are asked for at once where any text may be the delimiter: what lies behind a common prefix is read in
/// vain.
constexpr std::size_t kKeysBetweenPrefixes = 64;

}  // namespace

std::string ListQuestion::shown(std::string_view text) const {
  return url_encoded ? percent_encode(text, "-._~/*") : std::string(text);
}

S3Result<ListQuestion> read_list_question(const S3Call& call) {
  ListQuestion question;
  question.prefix = call.parameter("prefix").value_or("");
  question.delimiter = call.parameter("delimiter").value_or("");
  STEPD_TRY(const auto keys_max, number_parameter(call, "max-keys", limits::kPageMax));
  question.keys_max = std::min<std::uint32_t>(keys_max, limits::kPageMax);
  if (const auto encoding = call.parameter("encoding-type")) {
    if (*encoding != "url") {
      return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", *encoding);
    }
    question.url_encoded = true;
  }
  return question;
}

S3Result<ListPage> list_page(const ObjectStore& objects, const std::string& bucket, const ListQuestion& question) {
  ListPage page;
  if (question.keys_max == 0) {
    STEPD_CHECK(objects.bucket(bucket));
    return page;
  }
  // No key has the byte 0xFF, as it is no part of UTF-8: behind a prefix and this byte comes nothing beneath it.
  const auto behind = [](const std::string& prefix) { return prefix + '\xFF'; };
  auto from = question.after;
  const auto& delimiter = question.delimiter;
  const bool is_prefix = !delimiter.empty() && from.size() > question.prefix.size() &&
                         from.starts_with(question.prefix) && from.ends_with(delimiter);
  if (is_prefix) from = behind(from);
  const bool by_folder = delimiter == "/";  // the store knows folders: one key of each is enough
  while (true) {
    std::size_t wanted = question.keys_max - page.count() + 1;
    if (!delimiter.empty() && !by_folder) wanted = std::min(wanted, kKeysBetweenPrefixes);
    STEPD_TRY(ObjectListing listing, by_folder ? objects.list_level(bucket, question.prefix, from, wanted)
                                               : objects.list(bucket, question.prefix, from, wanted));
    bool jumped = false;
    for (auto& entry : listing.entries) {
      if (entry.key <= from) continue;  // beneath a prefix that is on the page
      if (page.count() == question.keys_max) {
        page.truncated = true;
        return page;
      }
      const auto end = delimiter.empty() ? std::string::npos : entry.key.find(delimiter, question.prefix.size());
      if (end == std::string::npos) {
        from = page.last = entry.key;
        page.entries.push_back(std::move(entry));
        continue;
      }
      page.last = entry.key.substr(0, end + delimiter.size());
      page.prefixes.push_back(page.last);
      from = behind(page.last);
      jumped = !by_folder;
      if (jumped) break;
    }
    if (jumped) continue;
    if (!listing.more) return page;
    if (listing.entries.size() < wanted && page.count() > 0) {  // the store ended its page early
      page.truncated = true;
      return page;
    }
  }
}

void write_owner(XmlWriter& xml, const std::string& owner, std::string_view element) {
  xml.open(element).text("ID", owner).close();
}

void write_entry(XmlWriter& xml, const ListQuestion& question, const ObjectListing::Entry& entry,
                 const std::string& owner) {
  const auto& stat = entry.stat;
  xml.text("Key", question.shown(entry.key)).text("LastModified", xml_time(stat.modified));
  xml.text("ETag", quoted_etag(stat.etag));
  if (const auto& checksum = stat.bytes.checksum) {
    xml.text("ChecksumAlgorithm", upper_name(checksum->algorithm));
    xml.text("ChecksumType", checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  xml.number("Size", stat.size_bytes);
  if (!owner.empty()) write_owner(xml, owner);
  xml.text("StorageClass", "STANDARD");
}

void write_prefixes(XmlWriter& xml, const ListQuestion& question, const ListPage& page) {
  for (const auto& prefix : page.prefixes) xml.open("CommonPrefixes").text("Prefix", question.shown(prefix)).close();
}

}  // namespace stepd::api::s3
