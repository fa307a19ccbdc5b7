// AbortMultipartUpload: the parts are removed.
#include "api/s3/upload_call.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  STEPD_TRY(UploadStore * uploads, uploads_of(context));
  const auto aborted = uploads->abort(call.ref(), call.parameter("uploadId").value_or(""));
  if (!aborted.has_value()) return upload_error(call, aborted.error());
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

extern const S3Operation kAbortMultipartUpload{"AbortMultipartUpload", "DELETE", Level::Object, "uploadId", "",
                                               without_body<run>};

}  // namespace stepd::api::s3
