// GetObjectAttributes: what is known of an object, as a document.
#include "api/s3/object_answer.h"
#include "api/s3/s3_conditions.h"
#include "api/s3/s3_operation.h"
#include "api/s3/xml_writer.h"
#include "base/http_date.h"
#include "base/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace stepd::api::s3 {
namespace {

constexpr std::array<std::string_view, 5> kAttributes{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"};

S3Result<std::set<std::string>> asked_attributes(const S3Call& call) {
  std::set<std::string> asked;
  for (const Field& field : call.request.fields) {
    if (!equal_ignoring_case(field.name, "x-amz-object-attributes")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      auto member = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), member.size() + 1));
      while (member.starts_with(' ')) member.remove_prefix(1);
      while (member.ends_with(' ')) member.remove_suffix(1);
      if (std::find(kAttributes.begin(), kAttributes.end(), member) == kAttributes.end()) {
        return invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", std::string(member));
      }
      asked.emplace(member);
    }
  }
  if (asked.empty()) {
    return invalid_argument(
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either "
        "missing or empty",
        "x-amz-object-attributes");
  }
  return asked;
}

S3Result<std::uint32_t> number_field(const S3Call& call, std::string_view name, std::uint32_t fallback) {
  const auto text = call.field(name);
  if (text.empty()) return fallback;
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) {
    return invalid_argument("Provided " + std::string(name) + " not an integer or within integer range",
                            std::string(name), std::string(text));
  }
  return number;
}

/// The number of parts, and where their checksums are known the parts themselves, a page at a time.
S3Result<void> write_parts(const S3Call& call, const ObjectStat& stat, XmlWriter& xml) {
  const auto& [checksum, sizes, sums, reason] = stat.bytes;
  STEPD_TRY(const auto most, number_field(call, "x-amz-max-parts", limits::kPageMax));
  STEPD_TRY(const auto after, number_field(call, "x-amz-part-number-marker", 0));
  xml.open("ObjectParts");
  if (checksum && sums.size() == sizes.size()) {
    const auto first = std::min<std::size_t>(after, sizes.size());
    const auto end = std::min(sizes.size(), first + std::min<std::size_t>(most, limits::kPageMax));
    for (auto i = first; i < end; ++i) {
      xml.open("Part").number("PartNumber", i + 1).number("Size", sizes[i]);
      xml.text("Checksum" + upper_name(checksum->algorithm), sums[i]).close();
    }
    xml.number("PartNumberMarker", after).number("NextPartNumberMarker", end);
    xml.number("MaxParts", most).flag("IsTruncated", end < sizes.size());
  }
  xml.number("PartsCount", sizes.size()).close();
  return {};
}

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(const auto asked, asked_attributes(call));
  const auto stat = context.objects.head(call.ref());
  if (!stat.has_value()) {
    if (stat.error().name == "Object.NotFound") return no_such_key(call.key);
    return S3Error(stat.error());
  }
  XmlWriter xml("GetObjectAttributesResponse");
  if (asked.contains("ETag")) xml.text("ETag", stat->etag);
  if (const auto& checksum = stat->bytes.checksum; checksum && asked.contains("Checksum")) {
    xml.open("Checksum").text("Checksum" + upper_name(checksum->algorithm), checksum->value);
    xml.text("ChecksumType", checksum->composite ? "COMPOSITE" : "FULL_OBJECT").close();
  }
  if (!stat->bytes.part_sizes.empty() && asked.contains("ObjectParts")) STEPD_CHECK(write_parts(call, *stat, xml));
  if (asked.contains("StorageClass")) xml.text("StorageClass", "STANDARD");
  if (asked.contains("ObjectSize")) xml.number("ObjectSize", stat->size_bytes);
  auto response = xml_response(xml.finish());
  response.fields.push_back({"Last-Modified", to_http_date(stat->modified)});
  return response;
}

}  // namespace

extern const S3Operation kGetObjectAttributes{"GetObjectAttributes", "GET", Level::Object,
                                              "attributes",          "",    without_body<run>};

}  // namespace stepd::api::s3
