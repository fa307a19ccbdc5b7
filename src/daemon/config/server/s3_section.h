// The configuration's `s3`: S3's protocol over the buckets.
#pragma once

#include "api/api.h"
#include "daemon/config/mapping.h"
#include "triggers/object_events.h"

#include <chrono>
#include <filesystem>

namespace stepd::daemon {

struct S3Section {
  api::S3Options options;
  std::filesystem::path made_buckets;  ///< empty: clients make none
  std::chrono::seconds upload_age;     ///< of uploads in parts that nobody adds to
};

S3Section read_s3(Mapping& root, const triggers::Origin& origin);

}  // namespace stepd::daemon
