// UploadPart: one part from one body; again with the same number it replaces.
#include "api/s3/object_answer.h"
#include "api/s3/object_properties.h"
#include "api/s3/upload_call.h"

namespace stepd::api::s3 {
namespace {

class PartSink final : public S3Sink {
 public:
  PartSink(const S3Call& call, S3Body body, std::string algorithm, std::unique_ptr<PartWriter> writer)
      : call_(call), body_(std::move(body)), algorithm_(std::move(algorithm)), writer_(std::move(writer)) {}

  S3Result<void> write(std::string_view piece) override {
    return body_.take(piece, [this](std::string_view data) { return writer_->write(data); });
  }

  S3Result<Response> finish() override {
    STEPD_CHECK(body_.finish());
    const auto part = writer_->commit(body_.value_of(algorithm_));
    if (!part.has_value()) return upload_error(call_, part.error());
    Response response;
    response.fields.push_back({"ETag", quoted_etag(part->md5)});
    const auto& shown = body_.given_algorithm().empty() ? algorithm_ : body_.given_algorithm();
    response.fields.push_back({"x-amz-checksum-" + shown, body_.value_of(shown)});
    return response;
  }

 private:
  const S3Call& call_;
  S3Body body_;
  const std::string algorithm_;
  std::unique_ptr<PartWriter> writer_;
};

S3Result<S3Opened> open_part(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(refuse_foreign_fields(call));
  STEPD_CHECK(check_length(call));
  STEPD_TRY(const unsigned number, part_number(call));
  STEPD_TRY(const UploadStat upload, find_upload(call, context));
  STEPD_TRY(S3Body body, S3Body::of(call, context.object_bytes_max));
  const auto& wanted = upload.upload.checksum_algorithm;
  if (!wanted.empty() && !body.given_algorithm().empty() && body.given_algorithm() != wanted) {
    return invalid_request("Checksum Type mismatch occurred, expected checksum Type: " + wanted +
                           ", actual checksum Type: " + body.given_algorithm());
  }
  const auto algorithm = kept_algorithm(upload.upload);
  body.compute(algorithm);
  auto writer = context.uploads->write_part(call.ref(), upload.id, number);
  if (!writer.has_value()) return upload_error(call, writer.error());
  return S3Opened(std::make_unique<PartSink>(call, std::move(body), algorithm, *std::move(writer)));
}

}  // namespace

extern const S3Operation kUploadPart{"UploadPart", "PUT", Level::Object, "uploadId", "", open_part};

}  // namespace stepd::api::s3
