// GetObject: the bytes, a range of them, or a part.
#include "api/s3/object_bytes.h"
#include "api/s3/s3_conditions.h"

namespace stepd::api::s3 {
namespace {

S3Result<Response> run(const S3Call& call, const S3Context& context) {
  auto opened = context.objects.open(call.ref());
  if (!opened.has_value()) {
    if (opened.error().name == "Object.NotFound") return no_such_key(call.key);
    return S3Error(opened.error());
  }
  auto reader = std::move(*opened);
  const ObjectStat stat = reader->stat();
  STEPD_TRY(const auto verdict, check_read(call, stat, context.clock.now()));
  STEPD_TRY(Response response, describe_object(call, stat));
  if (verdict == ReadVerdict::NotModified) {
    response.status = 304;
    return response;
  }
  STEPD_TRY(const Extent extent, read_extent(call, stat));
  add_extent(response, stat, extent);
  add_checksum_if_asked(call, response, stat, extent);
  STEPD_TRY(response.source, object_body(std::move(reader), extent));
  return response;
}

}  // namespace

extern const S3Operation kGetObject{"GetObject", "GET", Level::Object, "", "", without_body<run>};

}  // namespace stepd::api::s3
