#include "api/s3/s3_error.h"

#include <spdlog/spdlog.h>
#include <array>

namespace stepd::api::s3 {
namespace {

struct Known {
  std::string_view name;
  int status;
  std::string_view code;
  std::string_view message;  ///< empty: the store's own
};

// Errors of the store -> S3's.
constexpr std::array<Known, 15> kStoreErrors{{
    {"Object.NoSuchBucket", 404, "NoSuchBucket", "The specified bucket does not exist"},
    {"Object.NotFound", 404, "NoSuchKey", "The specified key does not exist."},
    {"Object.NoSuchUpload", 404, "NoSuchUpload",
     "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
     "completed."},
    {"Object.InvalidKey", 400, "InvalidRequest", ""},
    {"Object.InvalidMetadata", 400, "MetadataTooLarge",
     "Your metadata headers exceed the maximum allowed metadata size"},
    {"Object.InvalidBucketName", 400, "InvalidBucketName", "The specified bucket is not valid."},
    {"Object.BucketExists", 409, "BucketAlreadyOwnedByYou",
     "Your previous request to create the named bucket succeeded and you already own it."},
    {"Object.BucketNotEmpty", 409, "BucketNotEmpty", "The bucket you tried to delete is not empty"},
    {"Object.ConditionFailed", 412, "PreconditionFailed",
     "At least one of the pre-conditions you specified did not hold"},
    {"Object.AccessDenied", 403, "AccessDenied", ""},
    {"Object.Conflict", 409, "OperationAborted", ""},
    {"Object.Exists", 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"},
    {"Object.StorageFull", 507, "InsufficientStorage", ""},
    {"Object.TooManyUploads", 503, "SlowDown", ""},
    {"Object.KeyTooLong", 400, "KeyTooLongError", "Your key is too long"},
}};

}  // namespace

S3Error::S3Error(const AslError& error) {
  for (const auto& known : kStoreErrors) {
    if (known.name != error.name) continue;
    status = known.status;
    code = known.code;
    message = known.message.empty() ? error.cause : known.message;
    return;
  }
  spdlog::error("{}: {}", error.name, error.cause);
  *this = internal_error();
}

S3Error&& S3Error::with(std::string name, std::string value) && {
  elements.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

S3Error no_such_bucket(const std::string& bucket) {
  return S3Error(404, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", bucket);
}

S3Error no_such_key(const std::string& key) {
  return S3Error(404, "NoSuchKey", "The specified key does not exist.").with("Key", key);
}

S3Error no_such_upload(const std::string& id) {
  return S3Error(
             404, "NoSuchUpload",
             "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
             "or completed.")
      .with("UploadId", id);
}

S3Error invalid_argument(std::string message, const std::string& name, const std::string& value) {
  S3Error error(400, "InvalidArgument", std::move(message));
  if (!name.empty()) error.elements = {{"ArgumentName", name}, {"ArgumentValue", value}};
  return error;
}

S3Error invalid_request(std::string message) { return {400, "InvalidRequest", std::move(message)}; }

S3Error malformed_xml() {
  return {400, "MalformedXML",
          "The XML you provided was not well-formed or did not validate against our published schema"};
}

S3Error precondition_failed(const std::string& condition) {
  return S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
      .with("Condition", condition);
}

S3Error not_implemented(const std::string& name) {
  return S3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
      .with("Header", name);
}

S3Error internal_error() { return {500, "InternalError", "We encountered an internal error. Please try again."}; }

}  // namespace stepd::api::s3
