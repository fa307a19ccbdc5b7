// PutObject: one object from one body.
#include "api/s3/object_answer.h"
#include "api/s3/object_properties.h"
#include "api/s3/s3_body.h"
#include "api/s3/s3_conditions.h"
#include "api/s3/s3_operation.h"

#include <memory>

namespace stepd::api::s3 {
namespace {

constexpr const char* kDefaultChecksum = "crc64nvme";

class PuttingSink final : public S3Sink {
 public:
  PuttingSink(const S3Call& call, const S3Context& context, S3Body body, std::string algorithm,
              std::unique_ptr<ObjectWriter> writer)
      : call_(call),
        context_(context),
        body_(std::move(body)),
        algorithm_(std::move(algorithm)),
        writer_(std::move(writer)) {}

  S3Result<void> write(std::string_view piece) override {
    return body_.take(piece, [this](std::string_view data) { return writer_->write(data); });
  }

  S3Result<Response> finish() override {
    STEPD_CHECK(body_.finish());
    ObjectBytes bytes;
    bytes.checksum = ObjectChecksum{algorithm_, body_.value_of(algorithm_), false};
    writer_->describe(std::move(bytes));
    const auto stat = writer_->commit();
    if (!stat.has_value()) {
      if (!context_.objects.has_bucket(call_.bucket)) return no_such_bucket(call_.bucket);  // removed meanwhile
      return condition_error(call_, stat.error());
    }
    Response response;
    response.fields.push_back({"ETag", quoted_etag(stat->etag)});
    ObjectStat shown = *stat;
    shown.bytes.checksum = ObjectChecksum{algorithm_, body_.value_of(algorithm_), false};
    add_checksum(response, shown);
    return response;
  }

 private:
  const S3Call& call_;
  const S3Context& context_;
  S3Body body_;
  const std::string algorithm_;  ///< of the checksum that is kept
  std::unique_ptr<ObjectWriter> writer_;
};

S3Result<S3Opened> open_put(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(refuse_foreign_fields(call));
  STEPD_CHECK(check_length(call));
  STEPD_TRY(auto properties, read_properties(call));
  STEPD_TRY(S3Body body, S3Body::of(call, context.object_bytes_max));
  STEPD_TRY(ObjectCondition condition, write_condition(call));
  const auto algorithm = body.given_algorithm().empty() ? std::string(kDefaultChecksum) : body.given_algorithm();
  body.compute(algorithm);
  if (condition) {
    // Told before the body comes, where it is known already; commit() asks again.
    const auto present = context.objects.head(call.ref());
    const auto allowed = condition(present.has_value() ? &*present : nullptr);
    if (!allowed.has_value() && (present.has_value() || present.error().name == "Object.NotFound")) {
      return condition_error(call, allowed.error());
    }
  }
  NewObject object;
  object.content_type = std::move(properties.content_type);
  object.metadata = std::move(properties.metadata);
  object.notes = std::move(properties.notes);
  object.condition = std::move(condition);
  object.lineage = call.caller;
  STEPD_TRY(auto writer, context.objects.create(call.ref(), std::move(object)));
  return S3Opened(std::make_unique<PuttingSink>(call, context, std::move(body), algorithm, std::move(writer)));
}

}  // namespace

extern const S3Operation kPutObject{"PutObject", "PUT", Level::Object, "", "", open_put};

}  // namespace stepd::api::s3
