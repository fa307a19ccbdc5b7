#include "tasks/image/metadata/metadata_arguments.h"

#include "tasks/arguments.h"

namespace stepd::tasks::image {

Result<MetadataRequest> read_metadata_request(const Json& event) {
  Arguments arguments(event);
  MetadataRequest request;
  request.source = {arguments.text("bucket"), arguments.text("key")};
  for (const auto& [name, wanted] : {std::pair<const char*, bool&>{"exif", request.exif},
                                     {"iptc", request.iptc},
                                     {"xmp", request.xmp},
                                     {"gps", request.gps},
                                     {"checksums", request.checksums},
                                     {"colours", request.colours},
                                     {"hashes", request.hashes},
                                     {"statistics", request.statistics}}) {
    wanted = arguments.flag(name, wanted);
  }
  STEPD_CHECK(arguments.finish());
  return request;
}

}  // namespace stepd::tasks::image
