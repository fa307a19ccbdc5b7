// Pages of a bucket's keys as S3 lists them: grouped at a delimiter, keys and common prefixes counted together.
#pragma once

#include "api/s3/s3_operation.h"
#include "api/s3/xml_writer.h"
#include "base/objects.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api::s3 {

/// What the three listings have in common.
struct ListQuestion {
  std::string prefix;
  std::string delimiter;
  std::string after;  ///< a key, or a common prefix: the page goes on behind all beneath it
  std::uint32_t keys_max = 1'000;
  bool url_encoded = false;

  /// Text as the answer holds it.
  std::string shown(std::string_view text) const;
};

/// Prefix, delimiter, max-keys and encoding-type of a request. `InvalidArgument`.
S3Result<ListQuestion> read_list_question(const S3Call& call);

struct ListPage {
  std::vector<ObjectListing::Entry> entries;
  std::vector<std::string> prefixes;
  bool truncated = false;
  std::string last;  ///< key or prefix, for the next page
  std::size_t count() const { return entries.size() + prefixes.size(); }
};

S3Result<ListPage> list_page(const ObjectStore& objects, const std::string& bucket, const ListQuestion& question);

/// Key to StorageClass of an entry, within the open element; `owner` may be empty.
void write_entry(XmlWriter& xml, const ListQuestion& question, const ObjectListing::Entry& entry,
                 const std::string& owner);
void write_prefixes(XmlWriter& xml, const ListQuestion& question, const ListPage& page);
void write_owner(XmlWriter& xml, const std::string& owner, std::string_view element = "Owner");

}  // namespace stepd::api::s3
