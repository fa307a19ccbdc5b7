#include "api/s3/s3_operation.h"

#include <algorithm>
#include <array>

namespace stepd::api::s3 {
namespace {

/// Parameters by which S3 means something else than the bucket or object itself, and that no operation here has.
constexpr std::array<std::string_view, 32> kSubresources{
    "accelerate",        "acl",         "analytics",      "append",
    "attributes",        "cors",        "delete",         "encryption",
    "inventory",         "legal-hold",  "lifecycle",      "location",
    "logging",           "metrics",     "notification",   "object-lock",
    "ownershipControls", "policy",      "policyStatus",   "publicAccessBlock",
    "renameObject",      "replication", "requestPayment", "restore",
    "retention",         "select",      "session",        "tagging",
    "torrent",           "uploads",     "versioning",     "website"};

class WholeBody final : public S3Sink {
 public:
  WholeBody(const S3Call& call, const S3Context& context, S3Body body, std::size_t bytes_max,
            S3Result<Response> (*run)(const S3Call&, const S3Context&, const std::string&))
      : call_(call), context_(context), body_(std::move(body)), bytes_max_(bytes_max), run_(run) {}

  S3Result<void> write(std::string_view piece) override {
    return body_.take(piece, [this](std::string_view data) {
      if (text_.size() + data.size() > bytes_max_)
        return Result<void>(AslError{"Object.InvalidKey", "The body is too long."});
      text_.append(data);
      return Result<void>();
    });
  }
  S3Result<Response> finish() override {
    STEPD_CHECK(body_.finish());
    return run_(call_, context_, text_);
  }

 private:
  const S3Call& call_;
  const S3Context& context_;
  S3Body body_;
  const std::size_t bytes_max_;
  S3Result<Response> (*run_)(const S3Call&, const S3Context&, const std::string&);
  std::string text_;
};

}  // namespace

S3Result<S3Opened> take_whole_body(const S3Call& call, const S3Context& context, std::size_t bytes_max,
                                   S3Result<Response> (*run)(const S3Call&, const S3Context&, const std::string&),
                                   ChecksumOf checksum_of) {
  STEPD_TRY(S3Body body, S3Body::of(call, bytes_max, checksum_of));
  return S3Opened(std::make_unique<WholeBody>(call, context, std::move(body), bytes_max, run));
}

S3Result<const S3Operation*> find_operation(const S3Call& call) {
  const auto level = call.level();
  const auto is_meant = [&](const S3Operation& operation) {
    return operation.level == level && operation.method == call.request.method &&
           (operation.parameter.empty() || call.has(operation.parameter)) &&
           (operation.field.empty() || call.has_field(operation.field));
  };
  const auto* subresource =
      std::find_if(kSubresources.begin(), kSubresources.end(), [&](std::string_view name) { return call.has(name); });
  const bool has_subresource = subresource != kSubresources.end();
  for (const auto* operation : s3_operations()) {
    if (is_meant(*operation) && (!has_subresource || !operation->parameter.empty())) return operation;
  }
  for (const auto& operation : unconfigured_operations()) {
    if (is_meant(operation)) return &operation;
  }
  if (has_subresource) return not_implemented("?" + std::string(*subresource));
  const char* resource = level == Level::Service ? "SERVICE" : level == Level::Bucket ? "BUCKET" : "OBJECT";
  return S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
      .with("Method", call.request.method)
      .with("ResourceType", resource);
}

Response xml_response(std::string document) {
  Response response;
  response.fields.push_back({"Content-Type", "application/xml"});
  response.body = std::move(document);
  return response;
}

}  // namespace stepd::api::s3
