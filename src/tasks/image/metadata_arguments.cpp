#include "tasks/image/metadata_arguments.h"

#include "tasks/arguments.h"

namespace stepd::tasks::image {

Result<MetadataRequest> read_metadata_request(const Json& event) {
  Arguments arguments(event);
  MetadataRequest request;
  request.source = {arguments.text("bucket"), arguments.text("key")};
  request.wants_exif = arguments.flag("exif", true);
  STEPD_CHECK(arguments.finish());
  return request;
}

}  // namespace stepd::tasks::image
