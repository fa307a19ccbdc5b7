#include "daemon/config/server/s3_section.h"

namespace stepd::daemon {

using std::chrono::hours;
using std::chrono::milliseconds;

S3Section read_s3(Mapping& root, const triggers::Origin& origin) {
  constexpr hours kWeek{7 * 24};
  constexpr hours kYear{366 * 24};
  S3Section read;
  read.options.region = origin.region;
  read.options.account = origin.account;
  read.made_buckets = root.reading().places.data / "s3-buckets";
  read.upload_age = kWeek;
  root.section("s3", [&](Mapping& section) {
    read.options.served = section.flag("served", true);
    if (!section.flag("create_buckets", true)) read.made_buckets.clear();
    const auto age = section.duration("upload_age", milliseconds{1'000}, milliseconds{kYear}, milliseconds{kWeek});
    read.upload_age = std::chrono::duration_cast<std::chrono::seconds>(age);
  });
  return read;
}

}  // namespace stepd::daemon
