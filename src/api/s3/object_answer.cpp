#include "api/s3/object_answer.h"

#include "api/routes/byte_range.h"
#include "base/http_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <numeric>

namespace stepd::api::s3 {
namespace {

struct Override {
  std::string_view parameter;
  std::string_view field;
};

constexpr std::array<Override, 6> kOverrides{{{"response-content-type", "Content-Type"},
                                              {"response-cache-control", "Cache-Control"},
                                              {"response-content-disposition", "Content-Disposition"},
                                              {"response-content-encoding", "Content-Encoding"},
                                              {"response-content-language", "Content-Language"},
                                              {"response-expires", "Expires"}}};

void set_field(Response& response, std::string_view name, std::string value) {
  for (Field& field : response.fields) {
    if (equal_ignoring_case(field.name, name)) {
      field.value = std::move(value);
      return;
    }
  }
  response.fields.push_back({std::string(name), std::move(value)});
}

/// A field's characters are those of ISO-8859-1, in UTF-8 U+0000 to U+00FF without control characters.
std::optional<std::string> to_latin1(std::string_view utf8) {
  std::string latin;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x20 || byte == 0x7f) return std::nullopt;
    if (byte < 0x80) {
      latin += utf8[i];
    } else if ((byte == 0xC2 || byte == 0xC3) && i + 1 < utf8.size()) {
      const auto next = static_cast<unsigned char>(utf8[++i]);
      latin += static_cast<char>((byte == 0xC3 ? 0x40U : 0U) + next);
    } else {
      return std::nullopt;
    }
  }
  return latin;
}

S3Result<void> override_fields(const S3Call& call, Response& response) {
  for (const auto& [parameter, field] : kOverrides) {
    const auto asked = call.parameter(parameter);
    if (!asked) continue;
    auto value = to_latin1(*asked);
    if (!value) {
      return invalid_argument("Header value cannot be represented using ISO-8859-1.", std::string(parameter), *asked);
    }
    set_field(response, field, *std::move(value));
  }
  return {};
}

class AnnouncedBytes final : public BodySource {
 public:
  explicit AnnouncedBytes(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(void*, std::size_t) override { return std::size_t{0}; }

 private:
  std::uint64_t size_;
};

S3Result<Extent> read_part(const std::string& asked, const ObjectStat& stat) {
  unsigned number = 0;
  const auto* end = asked.data() + asked.size();
  const auto [rest, error] = std::from_chars(asked.data(), end, number);
  if (error != std::errc{} || rest != end || number == 0 || number > 10'000) {
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", asked);
  }
  const auto& sizes = stat.bytes.part_sizes;
  const auto count = sizes.empty() ? 1 : sizes.size();
  if (number > count) {
    return S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
        .with("ActualPartCount", std::to_string(count))
        .with("PartNumberRequested", asked);
  }
  if (sizes.empty()) return Extent{0, stat.size_bytes, true, 0, 0};
  const auto first = std::accumulate(sizes.begin(), sizes.begin() + (number - 1), std::uint64_t{0});
  return Extent{first, sizes[number - 1], true, static_cast<unsigned>(count), number};
}

}  // namespace

std::string quoted_etag(const std::string& etag) { return "\"" + etag + "\""; }

std::string xml_time(Instant instant) { return to_rfc3339(Instant{std::chrono::floor<std::chrono::seconds>(instant)}); }

std::unique_ptr<BodySource> announced_size(std::uint64_t size) { return std::make_unique<AnnouncedBytes>(size); }

S3Result<Response> describe_object(const S3Call& call, const ObjectStat& stat) {
  Response response;
  response.fields = {
      {"Content-Type", stat.content_type},
      {"ETag", quoted_etag(stat.etag)},
      {"Last-Modified", to_http_date(stat.modified)},
      {"Accept-Ranges", "bytes"},
      // Whatever somebody put here must not run as a page of this server, nor be drawn into one of another.
      {"Content-Security-Policy", "sandbox"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
  for (const auto& [name, value] : stat.notes.fields) set_field(response, name, value);
  for (const auto& [name, value] : stat.metadata) response.fields.push_back({"x-amz-meta-" + name, value});
  if (!stat.notes.tags.empty()) {
    response.fields.push_back({"x-amz-tagging-count", std::to_string(stat.notes.tags.size())});
  }
  STEPD_CHECK(override_fields(call, response));
  return response;
}

void add_checksum(Response& response, const ObjectStat& stat) {
  const auto& checksum = stat.bytes.checksum;
  if (!checksum) return;
  response.fields.push_back({"x-amz-checksum-" + checksum->algorithm, checksum->value});
  response.fields.push_back({"x-amz-checksum-type", checksum->composite ? "COMPOSITE" : "FULL_OBJECT"});
}

void add_checksum_if_asked(const S3Call& call, Response& response, const ObjectStat& stat, const Extent& extent) {
  if (!equal_ignoring_case(call.field("x-amz-checksum-mode"), "ENABLED")) return;
  const auto& sums = stat.bytes.part_sums;
  if (extent.part > 0 && stat.bytes.checksum) {
    if (extent.part > sums.size()) return;
    response.fields.push_back({"x-amz-checksum-" + stat.bytes.checksum->algorithm, sums[extent.part - 1]});
    response.fields.push_back({"x-amz-checksum-type", stat.bytes.checksum->composite ? "COMPOSITE" : "FULL_OBJECT"});
    return;
  }
  if (extent.count == stat.size_bytes) add_checksum(response, stat);
}

S3Result<Extent> read_extent(const S3Call& call, const ObjectStat& stat) {
  const auto part = call.parameter("partNumber");
  const auto range = call.field("range");
  if (part && !range.empty()) return invalid_request("Cannot specify both Range header and partNumber query parameter");
  if (part) return read_part(*part, stat);
  const auto asked = read_range(range, stat.size_bytes);
  if (std::holds_alternative<Unsatisfiable>(asked)) {
    return S3Error(416, "InvalidRange", "The requested range is not satisfiable")
        .with("ActualObjectSize", std::to_string(stat.size_bytes))
        .with("RangeRequested", std::string(range));
  }
  if (const auto* bytes = std::get_if<ByteRange>(&asked)) return Extent{bytes->first, bytes->count, true, 0, 0};
  return Extent{0, stat.size_bytes, false, 0, 0};
}

void add_extent(Response& response, const ObjectStat& stat, const Extent& extent) {
  if (extent.parts > 0) response.fields.push_back({"x-amz-mp-parts-count", std::to_string(extent.parts)});
  if (!extent.partial || extent.count == 0) return;
  response.status = 206;
  response.fields.push_back({"Content-Range", "bytes " + std::to_string(extent.first) + "-" +
                                                  std::to_string(extent.first + extent.count - 1) + "/" +
                                                  std::to_string(stat.size_bytes)});
}

}  // namespace stepd::api::s3
