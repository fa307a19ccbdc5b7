#include "api/routes/bucket_routes.h"

#include "api/routes/byte_range.h"
#include "api/routes/preconditions.h"
#include "api/routes/upload_request.h"
#include "base/http_date.h"
#include "base/limits.h"

#include <spdlog/spdlog.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr const char* kObject = "/buckets/{bucket}/{key...}";
constexpr const char* kBucket = "/buckets/{bucket}";
constexpr std::string_view kMetadataPrefix = "x-amz-meta-";

Response refused(const AslError& error) {
  static constexpr std::array<std::pair<std::string_view, int>, 8> kStatuses = {{
      {"Object.ConditionFailed", 412},
      {"Object.NoSuchBucket", 404},
      {"Object.NotFound", 404},
      {"Object.InvalidKey", 400},
      {"Object.InvalidMetadata", 400},
      {"Object.AccessDenied", 403},
      {"Object.Conflict", 409},
      {"Object.StorageFull", 507},
  }};
  for (const auto& [name, status] : kStatuses) {
    if (error.name == name) return error_response(status, error.cause);
  }
  spdlog::error("{}: {}", error.name, error.cause);
  return error_response(500, "the object store failed");
}

ObjectRef object_of(const Request& request) { return {request.captures.at("bucket"), request.captures.at("key")}; }

/// The types that a browser shows as a page, or runs, beside the many that it only draws: what is not on this list and
/// no XML is inert.
bool can_run(std::string_view content_type) {
  const auto type = to_lower(content_type.substr(0, content_type.find_first_of("; \t")));
  static constexpr std::array<std::string_view, 9> kActive = {"text/html",
                                                              "text/xsl",
                                                              "text/xml",
                                                              "application/xml",
                                                              "text/cache-manifest",
                                                              "message/rfc822",
                                                              "application/pdf",
                                                              "application/x-shockwave-flash",
                                                              ""};
  return std::find(kActive.begin(), kActive.end(), type) != kActive.end() || type.ends_with("+xml") ||
         type.starts_with("multipart/") || type.find("javascript") != std::string::npos ||
         type.find("ecmascript") != std::string::npos || type.find("html") != std::string::npos;
}

Response describe(const ObjectStat& stat) {
  Response response;
  response.fields = {
      {"Content-Type", stat.content_type},
      {"ETag", "\"" + stat.etag + "\""},
      {"Last-Modified", to_http_date(stat.modified)},
      {"Accept-Ranges", "bytes"},
      // Whatever somebody put here must not run as a page of this server, nor be drawn into one of another.
      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
  if (can_run(stat.content_type)) response.fields.push_back({"Content-Disposition", "attachment"});
  for (const auto& [name, value] : stat.metadata)
    response.fields.push_back({std::string(kMetadataPrefix) + name, value});
  return response;
}

/// The bytes of an open object from the reader's position on.
class ObjectBody final : public BodySource {
 public:
  ObjectBody(std::unique_ptr<ObjectReader> reader, std::uint64_t size) : reader_(std::move(reader)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(void* buffer, std::size_t size) override { return reader_->read(buffer, size); }

 private:
  std::unique_ptr<ObjectReader> reader_;
  std::uint64_t size_;
};

/// Moves an open object to a position: a seek where it is a file, else by reading up to there.
Result<void> skip(ObjectReader& reader, std::uint64_t bytes) {
  const int file = reader.local_fd();
  if (file >= 0 && lseek(file, static_cast<off_t>(bytes), SEEK_SET) >= 0) return {};
  std::array<char, 65'536> dropped;
  while (bytes > 0) {
    STEPD_TRY(const auto count, reader.read(dropped.data(), std::min<std::uint64_t>(bytes, dropped.size())));
    if (count == 0) return AslError{"Object.Failed", "the object is shorter than it was"};
    bytes -= count;
  }
  return {};
}

Response precondition_failed() { return error_response(412, "a condition of the request does not hold"); }

/// 304, 412 or what a read answers else.
std::optional<Response> refuse_read(const Request& request, const ObjectStat& stat) {
  const auto conditions = Preconditions::of(request);
  if (!conditions) return error_response(400, conditions.error().cause);
  const auto status = conditions->refuse_read(stat);
  if (!status) return std::nullopt;
  if (*status == 412) return precondition_failed();
  auto response = describe(stat);
  response.status = *status;
  return response;
}

/// What the store asks before it writes; empty where the request has no condition.
ObjectCondition condition_of(Preconditions conditions) {
  if (conditions.empty()) return {};
  return [conditions = std::move(conditions)](const ObjectStat* present) -> Result<void> {
    if (conditions.allow_write(present)) return {};
    return AslError{"Object.ConditionFailed", "a condition of the request does not hold"};
  };
}

Response get(const ObjectStore& objects, const Request& request) {
  if (auto answer = refuse_s3_extras(request)) return *std::move(answer);
  auto opened = objects.open(object_of(request));
  if (!opened.has_value()) return refused(opened.error());
  auto reader = std::move(*opened);
  const ObjectStat stat = reader->stat();
  if (auto answer = refuse_read(request, stat)) return *std::move(answer);
  auto response = describe(stat);
  const bool ranged = allows_range(request.field("if-range"), stat);
  const auto asked = read_range(ranged ? request.field("range") : "", stat.size_bytes);
  const auto whole = std::to_string(stat.size_bytes);
  if (std::holds_alternative<Unsatisfiable>(asked)) {
    auto none = error_response(416, "the object has " + whole + " bytes");
    none.fields.push_back({"Content-Range", "bytes */" + whole});
    return none;
  }
  ByteRange range{0, stat.size_bytes};
  if (const auto* part = std::get_if<ByteRange>(&asked)) {
    range = *part;
    response.status = 206;
    response.fields.push_back({"Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                    std::to_string(range.first + range.count - 1) + "/" + whole});
    if (const auto moved = skip(*reader, range.first); !moved.has_value()) return refused(moved.error());
  }
  response.source = std::make_unique<ObjectBody>(std::move(reader), range.count);
  return response;
}

/// Answers as GET does, without opening the object: the body's size is all that is announced.
class AnnouncedSize final : public BodySource {
 public:
  explicit AnnouncedSize(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(void*, std::size_t) override { return std::size_t{0}; }

 private:
  std::uint64_t size_;
};

Response head(const ObjectStore& objects, const Request& request) {
  if (auto answer = refuse_s3_extras(request)) return *std::move(answer);
  const auto stat = objects.head(object_of(request));
  if (!stat.has_value()) return refused(stat.error());
  if (auto answer = refuse_read(request, *stat)) return *std::move(answer);
  auto response = describe(*stat);
  response.source = std::make_unique<AnnouncedSize>(stat->size_bytes);
  return response;
}

Response remove(ObjectStore& objects, const Request& request) {
  if (auto answer = refuse_s3_extras(request)) return *std::move(answer);
  auto conditions = Preconditions::of(request);
  if (!conditions) return error_response(400, conditions.error().cause);
  const auto removed = objects.remove(object_of(request), condition_of(*std::move(conditions)));
  if (!removed.has_value()) return refused(removed.error());
  Response response;
  response.status = 204;
  return response;
}

class Upload final : public BodySink {
 public:
  Upload(ObjectRef ref, UploadBody body, std::unique_ptr<ObjectWriter> writer)
      : ref_(std::move(ref)), body_(std::move(body)), writer_(std::move(writer)) {}

  std::optional<Response> write(std::string_view piece) override {
    auto fault = body_.take(piece, [this](std::string_view data) { return writer_->write(data); });
    if (!fault) return std::nullopt;
    return fault->of_sink ? refused(*fault->of_sink) : std::move(fault->answer);
  }

  Response finish() override {
    if (auto answer = body_.finish()) return *std::move(answer);
    const auto stat = writer_->commit();
    if (!stat.has_value()) return refused(stat.error());
    auto response = json_response(
        200, Json{{"bucket", ref_.bucket}, {"key", ref_.key}, {"size", stat->size_bytes}, {"etag", stat->etag}});
    response.fields.push_back({"ETag", "\"" + stat->etag + "\""});
    return response;
  }

 private:
  ObjectRef ref_;
  UploadBody body_;
  std::unique_ptr<ObjectWriter> writer_;
};

OpenedSink put(ObjectStore& objects, const Request& request, std::uint64_t bytes_max) {
  if (auto answer = refuse_s3_extras(request)) return *std::move(answer);
  auto body = UploadBody::of(request, bytes_max);
  if (auto* answer = std::get_if<Response>(&body)) return std::move(*answer);
  auto ref = object_of(request);
  // curl and browsers send this type when nobody named one: it says nothing about the object.
  auto type = std::string(request.field("content-type"));
  if (request.media_type() == "application/x-www-form-urlencoded") type.clear();
  auto conditions = Preconditions::of(request);
  if (!conditions) return error_response(400, conditions.error().cause);
  NewObject object;
  object.content_type = std::move(type);
  for (const Field& field : request.fields) {
    const auto name = to_lower(field.name);
    if (!name.starts_with(kMetadataPrefix)) continue;
    auto& value = object.metadata[name.substr(kMetadataPrefix.size())];
    value += (value.empty() ? "" : ",") + field.value;
  }
  object.condition = condition_of(*std::move(conditions));
  auto writer = objects.create(ref, std::move(object));
  if (!writer.has_value()) return refused(writer.error());
  return std::make_unique<Upload>(std::move(ref), std::get<UploadBody>(std::move(body)), std::move(*writer));
}

Response list(const ObjectStore& objects, const Request& request) {
  if (auto answer = refuse_s3_extras(request)) return *std::move(answer);
  const auto& bucket = request.captures.at("bucket");
  const auto asked = request.parameter("limit").value_or("");
  std::size_t limit = limits::kPageMax;
  if (!asked.empty()) {
    const auto end = asked.data() + asked.size();
    const auto [rest, error] = std::from_chars(asked.data(), end, limit);
    if (error != std::errc{} || rest != end || limit == 0 || limit > limits::kPageMax) {
      return error_response(400, "limit must be a number from 1 to " + std::to_string(limits::kPageMax));
    }
  }
  const auto prefix = request.parameter("prefix").value_or("");
  const auto listing = objects.list(bucket, prefix, request.parameter("after").value_or(""), limit);
  if (!listing.has_value()) return refused(listing.error());
  Json entries = Json::array();
  for (const auto& [key, stat] : listing->entries) {
    entries.push_back({{"key", key},
                       {"size", stat.size_bytes},
                       {"etag", stat.etag},
                       {"lastModified", to_rfc3339(stat.modified)},
                       {"contentType", stat.content_type}});
  }
  Json answer{{"bucket", bucket}, {"prefix", prefix}, {"objects", std::move(entries)}, {"more", listing->more}};
  if (listing->more && !listing->entries.empty()) answer["after"] = listing->entries.back().key;
  return json_response(200, answer);
}

constexpr auto kPutDescription = R"({
  "summary": "Stores an object",
  "requestBody": {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
  "responses": {"200": {"description": "It is stored whole", "content": {"application/json": {
    "example": {"bucket": "uploads", "key": "a.png", "size": 3, "etag": "900150983cd24fb0d6963f7d28e17f72"}}}}}
})";
constexpr auto kGetDescription = R"({
  "summary": "An object's bytes",
  "parameters": [{"name": "Range", "in": "header", "description": "One range of bytes", "schema": {"type": "string"}}],
  "responses": {"200": {"description": "The bytes"}, "206": {"description": "Those of the range"}}
})";
constexpr auto kHeadDescription = R"({
  "summary": "What is known of an object", "responses": {"200": {"description": "Header fields as of GET, without the bytes"}}
})";
constexpr auto kDeleteDescription = R"({
  "summary": "Deletes an object", "responses": {"204": {"description": "It is gone, or was not there"}}
})";
constexpr auto kListDescription = R"({
  "summary": "The objects of a bucket, by key",
  "parameters": [
    {"name": "prefix", "in": "query", "schema": {"type": "string"}},
    {"name": "after", "in": "query", "description": "Where the page before ended", "schema": {"type": "string"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000}}
  ],
  "responses": {"200": {"description": "A page; `more` says whether there is another", "content": {"application/json": {
    "example": {"bucket": "uploads", "prefix": "", "objects": [], "more": false}}}}}
})";

Route described(Route route, std::string description) {
  route.description = std::move(description);
  return route;
}

}  // namespace

std::vector<Route> bucket_routes(const Backend& backend, std::uint64_t object_bytes_max) {
  ObjectStore& objects = backend.objects;
  Route upload;
  upload.method = "PUT";
  upload.pattern = kObject;
  upload.body_bytes_max = object_bytes_max;
  upload.decodes_bodies = true;
  upload.open_sink = [&objects, object_bytes_max](const Request& request) {
    return put(objects, request, object_bytes_max);
  };

  std::vector<Route> routes;
  const auto add = [&](const char* method, const char* pattern, auto answer, const char* description) {
    auto handle = [&objects, answer](const Request& request) { return answer(objects, request); };
    routes.push_back(described(blocking_route(method, pattern, std::move(handle)), description));
  };
  routes.push_back(described(std::move(upload), kPutDescription));
  add("GET", kObject, get, kGetDescription);
  add("HEAD", kObject, head, kHeadDescription);
  add("DELETE", kObject, remove, kDeleteDescription);
  add("GET", kBucket, list, kListDescription);
  return routes;
}

}  // namespace stepd::api
